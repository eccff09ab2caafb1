# Five more of the same size: they fill two of the new nodes and half of the third.
job "cache" {
  type = "service"

  update {
    max_parallel      = 3
    min_healthy_time  = "2s"
    healthy_deadline  = "30s"
    progress_deadline = "2m"
  }

  migrate {
    max_parallel     = 1
    min_healthy_time = "2s"
    healthy_deadline = "30s"
  }

  group "cache" {
    count = 5

    task "server" {
      driver = "mock_driver"

      config {
        run_for = "8760h"
      }

      resources {
        cpu    = 1200
        memory = 1800
      }
    }
  }
}
