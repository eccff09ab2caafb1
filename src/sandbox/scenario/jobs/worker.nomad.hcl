# It runs for long on the old nodes and falls over at once on the new ones: the nodes' metadata says how long.
job "worker" {
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

  group "worker" {
    count = 3

    restart {
      attempts = 0
      mode     = "fail"
    }

    task "server" {
      driver = "mock_driver"

      config {
        run_for   = "${meta.task_life}"
        exit_code = 3
      }

      resources {
        cpu    = 200
        memory = 256
      }
    }
  }
}
