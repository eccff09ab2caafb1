# Ships logs from every node.
job "shipper" {
  type     = "system"
  priority = 90

  group "shipper" {
    ephemeral_disk {
      size = 20
    }

    task "agent" {
      driver = "mock_driver"

      config {
        run_for = "8760h"
      }

      logs {
        max_files     = 1
        max_file_size = 5
      }

      resources {
        cpu    = 50
        memory = 64
      }
    }
  }
}
