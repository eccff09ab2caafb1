# The shop's face: pages from four instances, pictures from two.
job "web" {
  type     = "service"
  priority = 70

  update {
    max_parallel      = 1
    min_healthy_time  = "2s"
    healthy_deadline  = "30s"
    progress_deadline = "2m"
    auto_revert       = true
  }

  migrate {
    max_parallel     = 1
    min_healthy_time = "2s"
    healthy_deadline = "30s"
  }

  group "pages" {
    count          = 4
    shutdown_delay = "1s"

    network {
      port "http" {}
    }

    service {
      name     = "web"
      provider = "nomad"
      port     = "http"
      tags     = ["shop"]
    }

    # The mock driver opens no port, so the check asks what listens on every node: its Nomad agent. The address names
    # the port already.
    service {
      name     = "web-node"
      provider = "nomad"
      address  = "${attr.unique.advertise.address}"
      port     = "0"

      check {
        type     = "tcp"
        interval = "2s"
        timeout  = "1s"
      }
    }

    task "server" {
      driver = "mock_driver"

      config {
        start_block_for = "300ms"
        run_for         = "8760h"
        kill_after      = "500ms"
      }

      resources {
        cpu    = 400
        memory = 512
      }
    }
  }

  group "pictures" {
    count = 2

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
