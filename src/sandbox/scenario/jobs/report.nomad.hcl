# A batch run of twenty minutes, near its end: worth waiting for.
job "report" {
  type = "batch"

  group "report" {
    task "crunch" {
      driver = "mock_driver"

      config {
        run_for = "20m"
      }

      resources {
        cpu    = 500
        memory = 512
      }
    }
  }
}
