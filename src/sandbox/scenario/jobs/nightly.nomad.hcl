# One of many batch runs of a big fleet; what differs between them is said in variables.
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

job "nightly" {
  id          = var.name
  name        = var.name
  namespace   = var.namespace
  node_pool   = var.pool
  datacenters = [var.datacenter]
  type        = "batch"

  group "app" {
    count = var.count

    task "crunch" {
      driver = "mock_driver"

      config {
        run_for = "720h"
      }

      resources {
        cpu    = var.cpu
        memory = var.memory
      }
    }
  }
}
