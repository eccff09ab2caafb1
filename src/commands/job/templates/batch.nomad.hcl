# Work that ends, every night.
job "example" {
  datacenters = ["dc1"]
  type        = "batch"

  periodic {
    crons            = ["0 3 * * *"]
    time_zone        = "UTC"
    prohibit_overlap = true
  }

  group "work" {
    task "work" {
      driver = "docker"

      config {
        image   = "alpine:3"
        command = "date"
      }

      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
