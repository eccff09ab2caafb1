# Collects measurements on every node of every pool.
job "collector" {
  type      = "system"
  node_pool = "all"
  priority  = 90

  group "app" {
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
