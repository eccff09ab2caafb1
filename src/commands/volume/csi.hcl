# A volume behind a CSI plugin. Have it made with
#   fleet volume create volume.hcl
# or, where it is there already, have the servers know it with
#   fleet volume register volume.hcl

id        = "db"
name      = "db"
type      = "csi"
plugin_id = "ebs"

capacity_min = "10GiB"
capacity_max = "20GiB"

# What the plugin calls a volume that is there already.
# external_id = "vol-1234"

capability {
  access_mode     = "single-node-writer"
  attachment_mode = "file-system"
}

mount_options {
  fs_type     = "ext4"
  mount_flags = ["noatime"]
}

topology_request {
  required {
    topology {
      segments {
        zone = "a"
      }
    }
  }
}
