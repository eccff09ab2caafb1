# A batch run of nearly an hour. In the embedded fleet it is half a minute from its end: worth waiting for.
job "report" {
  type = "batch"

  group "report" {
    task "crunch" {
      driver = "mock_driver"

      config {
        run_for = "56m30s"
      }

      resources {
        cpu    = 500
        memory = 512
      }
    }
  }
}
