# A directory of one node, made by Nomad's own plugin "mkdir". Have it made with
#   fleet volume create volume.hcl
# A group of a job takes it with
#   volume "data" {
#     type            = "host"
#     source          = "data"
#     access_mode     = "single-node-single-writer"
#     attachment_mode = "file-system"
#   }

name      = "data"
type      = "host"
plugin_id = "mkdir"

capability {
  access_mode     = "single-node-single-writer"
  attachment_mode = "file-system"
}

# On which node it may be made.
constraint {
  attribute = "${attr.kernel.name}"
  value     = "linux"
}
