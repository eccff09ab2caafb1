# Every instance has port 8443 of its node, so no two are on one node.
job "gateway" {
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

  group "gateway" {
    count = 3

    network {
      port "https" {
        static = 8443
      }
    }

    task "server" {
      driver = "mock_driver"

      config {
        run_for = "8760h"
      }

      resources {
        cpu    = 200
        memory = 256
      }
    }
  }
}
