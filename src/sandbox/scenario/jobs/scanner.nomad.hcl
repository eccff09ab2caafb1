# The document scanner is plugged into c2.
job "scanner" {
  type = "service"

  constraint {
    attribute = "${node.unique.name}"
    value     = "c2"
  }

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

  group "scanner" {
    count = 1

    task "server" {
      driver = "mock_driver"

      config {
        run_for = "8760h"
      }

      resources {
        cpu    = 100
        memory = 128
      }
    }
  }
}
