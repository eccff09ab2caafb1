# A batch run of twenty minutes, near its end: worth waiting for.
job "report" {
  type = "batch"

  group "report" {
    ephemeral_disk {
      size = 100
    }

    task "crunch" {
      driver = "mock_driver"

      config {
        run_for = "20m"
      }

      logs {
        max_files     = 2
        max_file_size = 5
      }

      resources {
        cpu    = 500
        memory = 512
      }
    }
  }
}
