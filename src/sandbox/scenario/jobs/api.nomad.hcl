# What the shop's pages ask: three instances, of which two may move at a time.
job "api" {
  type = "service"

  update {
    max_parallel      = 1
    min_healthy_time  = "2s"
    healthy_deadline  = "30s"
    progress_deadline = "2m"
  }

  migrate {
    max_parallel     = 2
    min_healthy_time = "2s"
    healthy_deadline = "30s"
    health_check     = "task_states"
  }

  group "api" {
    count = 3

    network {
      port "grpc" {}
    }

    service {
      name     = "api"
      provider = "nomad"
      port     = "grpc"
    }

    task "server" {
      driver       = "mock_driver"
      kill_timeout = "3s"

      config {
        start_block_for = "500ms"
        run_for         = "8760h"
        kill_after      = "1s"
      }

      resources {
        cpu    = 500
        memory = 768
      }
    }
  }
}
