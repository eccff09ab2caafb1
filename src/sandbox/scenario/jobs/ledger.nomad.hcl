# The one instance that keeps the books: it cannot move without a gap.
job "ledger" {
  type     = "service"
  priority = 80

  update {
    max_parallel      = 1
    min_healthy_time  = "2s"
    healthy_deadline  = "30s"
    progress_deadline = "2m"
  }

  migrate {
    max_parallel     = 1
    min_healthy_time = "2s"
    healthy_deadline = "30s"
  }

  group "ledger" {
    count = 1

    task "server" {
      driver = "mock_driver"

      config {
        start_block_for = "1s"
        run_for         = "8760h"
        kill_after      = "1s"
      }

      resources {
        cpu    = 300
        memory = 512
      }
    }
  }
}
