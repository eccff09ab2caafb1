# Ships logs from every node.
job "shipper" {
  type     = "system"
  priority = 90

  group "shipper" {
    task "agent" {
      driver = "mock_driver"

      config {
        run_for = "8760h"
      }

      resources {
        cpu    = 50
        memory = 64
      }
    }
  }
}
