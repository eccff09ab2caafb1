# A web service of one container, for `fleet deploy --ci` and for `nomad job run`.
#
# Everything a repository may want to differ in is a variable: set NOMAD_VAR_NAME in the pipeline. What variables cannot
# say goes into vars.nomad, job.nomad and group.nomad beside the Dockerfile; they are put in at the markers below.

variables {
  # What the pipeline tells of itself.
  CI_REGISTRY            = ""
  CI_REGISTRY_IMAGE      = ""
  CI_REGISTRY_TAG        = ""
  CI_REGISTRY_USER       = ""
  CI_REGISTRY_PASSWORD   = ""
  CI_REGISTRY_READ_TOKEN = ""
  CI_GITHUB_IMAGE        = ""
  CI_COMMIT_REF_SLUG     = ""
  CI_COMMIT_SHA          = ""
  CI_PROJECT_PATH_SLUG   = ""

  # The job's own name.
  SLUG      = "web"
  NAMESPACE = "default"

  # MHz and MiB; the task may use ten times the memory where the node has room.
  CPU    = 100
  MEMORY = 300

  COUNT          = 1
  COUNT_CANARIES = 1

  # "tcp" when the service does not speak HTTP yet.
  CHECK_PROTOCOL = "http"
  CHECK_PATH     = "/"
  CHECK_TIMEOUT  = "2s"
  # How long a container may take before it is checked.
  HEALTH_TIMEOUT = "20s"

  NETWORK_MODE = "bridge"
  FORCE_PULL   = false

  # Whether other tasks of the group have the other ports.
  MULTI_CONTAINER = false

  # A folder in the container that outlives it, on the nodes' /pv.
  PERSISTENT_VOLUME = ""

  # Work that ends; job.nomad then says its type and when it starts.
  IS_BATCH = false
}

# Port numbers in the container and their names; one is called "http". -1 has the scheduler choose the number, and other
# negative numbers are ports that speak TCP and no HTTP: { 5000 = "http", -7777 = "irc" }.
variable "PORTS" {
  type    = map(string)
  default = { 5000 = "http" }
}

variable "HOSTNAMES" {
  type    = list(string)
  default = ["web.example.com"]
}

# Folders of the node for the container: ["/usr/share/data:/data:ro"].
variable "VOLUMES" {
  type    = list(string)
  default = []
}

# Set when the pipeline has secrets for the job.
variable "HAS_SECRETS" {
  type    = list(bool)
  default = []
}

locals {
  main_port  = { for number, name in var.PORTS : number => name if name == "http" }
  http_ports = { for number, name in var.PORTS : number => name if name != "http" && number > -2 }
  tcp_ports  = { for number, name in var.PORTS : abs(number) => name if name != "http" && number < -1 }
  all_ports  = merge(local.main_port, local.http_ports, local.tcp_ports)
  own_ports  = values(var.MULTI_CONTAINER ? local.main_port : var.PORTS)

  image = var.CI_GITHUB_IMAGE != "" ? var.CI_GITHUB_IMAGE : "${var.CI_REGISTRY_IMAGE}/${var.CI_COMMIT_REF_SLUG}:${var.CI_REGISTRY_TAG}"

  # A read token outlives the pipeline, its password does not.
  registry_user = var.CI_REGISTRY_READ_TOKEN != "" ? "deploy-token" : var.CI_REGISTRY_USER
  registry_keys = [for key in [var.CI_REGISTRY_READ_TOKEN, var.CI_REGISTRY_PASSWORD] : key if key != ""]
  logins        = slice(local.registry_keys, 0, min(1, length(local.registry_keys)))
  no_login      = length(local.logins) > 0 ? [] : [true]

  volumes = concat(var.VOLUMES, var.PERSISTENT_VOLUME == "" ? [] : ["/pv/${var.CI_PROJECT_PATH_SLUG}:${var.PERSISTENT_VOLUME}"])
  rolls   = var.IS_BATCH ? [] : [true]

  host_labels = split(".", var.HOSTNAMES[0])
  host_name   = local.host_labels[0]
  host_domain = join(".", slice(local.host_labels, 1, length(local.host_labels)))
  other_tags = merge(
    { for number, name in local.http_ports : name => ["https://${local.host_name}-${name}.${local.host_domain}"] },
    { for number, name in local.tcp_ports : name => [] },
  )
}

# VARS.NOMAD--INSERTS-HERE

job "NOMAD_VAR_SLUG" {
  datacenters = ["dc1"]
  namespace   = var.NAMESPACE

  dynamic "update" {
    for_each = local.rolls
    content {
      max_parallel      = var.COUNT
      canary            = var.COUNT_CANARIES
      auto_promote      = var.COUNT_CANARIES > 0
      auto_revert       = true
      min_healthy_time  = "30s"
      healthy_deadline  = "10m"
      progress_deadline = "11m"
    }
  }

  group "group" {
    count = var.COUNT

    restart {
      attempts = 3
      delay    = "15s"
      interval = "30m"
      mode     = "fail"
    }

    network {
      dynamic "port" {
        for_each = local.all_ports
        labels   = [port.value]
        content {
          to = port.key
        }
      }
    }

    service {
      name        = var.SLUG
      task        = "http"
      port        = "http"
      tags        = [for host in var.HOSTNAMES : "https://${host}"]
      canary_tags = [for host in var.HOSTNAMES : "https://canary-${host}"]

      check {
        name     = "alive"
        type     = var.CHECK_PROTOCOL
        path     = var.CHECK_PATH
        port     = "http"
        interval = "10s"
        timeout  = var.CHECK_TIMEOUT

        check_restart {
          limit = 3
          grace = var.HEALTH_TIMEOUT
        }
      }
    }

    dynamic "service" {
      for_each = merge(local.http_ports, local.tcp_ports)
      content {
        name = "${var.SLUG}--${service.value}"
        task = var.MULTI_CONTAINER ? service.value : "http"
        port = service.value
        tags = var.MULTI_CONTAINER ? [] : local.other_tags[service.value]

        check {
          name     = "alive"
          type     = "tcp"
          port     = service.value
          interval = "10s"
          timeout  = var.CHECK_TIMEOUT
        }
      }
    }

    task "http" {
      driver = "docker"

      # It still answers for so long after it was taken out of the services.
      shutdown_delay = "5s"

      # A config block holds nothing dynamic, so there is one with a login and one without.
      dynamic "config" {
        for_each = local.no_login
        content {
          image              = local.image
          image_pull_timeout = "20m"
          network_mode       = var.NETWORK_MODE
          ports              = local.own_ports
          volumes            = local.volumes
          force_pull         = var.FORCE_PULL
          memory_hard_limit  = var.MEMORY * 10
        }
      }
      dynamic "config" {
        for_each = local.logins
        content {
          image              = local.image
          image_pull_timeout = "20m"
          network_mode       = var.NETWORK_MODE
          ports              = local.own_ports
          volumes            = local.volumes
          force_pull         = var.FORCE_PULL
          memory_hard_limit  = var.MEMORY * 10

          auth {
            username = local.registry_user
            password = config.value
          }
        }
      }

      resources {
        cpu        = var.CPU
        memory     = var.MEMORY
        memory_max = var.MEMORY * 10
      }

      template {
        change_mode = "noop"
        destination = "secrets/ci.env"
        env         = true
        data        = <<-EOT
          CI_HOSTNAME=${var.HOSTNAMES[0]}
          CI_COMMIT_REF_SLUG=${var.CI_COMMIT_REF_SLUG}
          CI_PROJECT_PATH_SLUG=${var.CI_PROJECT_PATH_SLUG}
          CI_COMMIT_SHA=${var.CI_COMMIT_SHA}
        EOT
      }

      # The pipeline's secrets, which it stored as a variable that this job may read.
      dynamic "template" {
        for_each = var.HAS_SECRETS
        content {
          change_mode = "noop"
          destination = "secrets/pipeline.env"
          env         = true
          data        = "{{ with nomadVar \"nomad/jobs/${var.SLUG}\" }}{{ .secrets }}{{ end }}"
        }
      }
    }

    # GROUP.NOMAD--INSERTS-HERE
  }

  reschedule {
    attempts       = 10
    delay          = "20s"
    max_delay      = "30m"
    delay_function = "exponential"
    interval       = "4h"
    unlimited      = false
  }

  spread {
    attribute = "${node.unique.id}"
  }

  dynamic "migrate" {
    for_each = local.rolls
    content {
      max_parallel     = var.COUNT
      health_check     = "checks"
      min_healthy_time = "15s"
      healthy_deadline = "10m"
    }
  }

  # An image that is named by its branch has a new content under the old name: the job must differ to be deployed. With a
  # login the image is named by its commit.
  meta {
    commit = var.CI_COMMIT_SHA
    built  = length(local.logins) > 0 ? var.CI_REGISTRY_TAG : uuidv4()
  }

  # JOB.NOMAD--INSERTS-HERE
}
