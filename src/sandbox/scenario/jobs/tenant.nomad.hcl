# One of many services of a big fleet; what differs between them is said in variables.
variable "name" {
  type = string
}

variable "namespace" {
  type    = string
  default = "default"
}

variable "pool" {
  type    = string
  default = "default"
}

variable "datacenter" {
  type    = string
  default = "*"
}

variable "count" {
  type    = number
  default = 2
}

variable "cpu" {
  type    = number
  default = 300
}

variable "memory" {
  type    = number
  default = 256
}

variable "canary" {
  type    = number
  default = 0
}

variable "run_for" {
  type    = string
  default = "8760h"
}

job "tenant" {
  id          = var.name
  name        = var.name
  namespace   = var.namespace
  node_pool   = var.pool
  datacenters = [var.datacenter]
  type        = "service"

  update {
    max_parallel      = 2
    canary            = var.canary
    min_healthy_time  = "10s"
    healthy_deadline  = "1m"
    progress_deadline = "2m"
  }

  migrate {
    max_parallel     = 2
    min_healthy_time = "5s"
    healthy_deadline = "1m"
  }

  group "app" {
    count = var.count

    restart {
      attempts = 0
      mode     = "fail"
    }

    task "server" {
      driver = "mock_driver"

      config {
        run_for   = var.run_for
        exit_code = 1
      }

      resources {
        cpu    = var.cpu
        memory = var.memory
      }
    }
  }
}
