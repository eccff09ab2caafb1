# Six heavy instances: two fill an old node.
job "search" {
  type = "service"

  update {
    max_parallel      = 3
    min_healthy_time  = "2s"
    healthy_deadline  = "30s"
    progress_deadline = "2m"
  }

  migrate {
    max_parallel     = 2
    min_healthy_time = "2s"
    healthy_deadline = "30s"
  }

  group "search" {
    count = 6

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
