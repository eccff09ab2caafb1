//! The gateway as a Nomad job, and the blocks each service needs.

use std::fmt::Write as _;

use super::Source;
use super::consul::GATEWAY;
use crate::model::ingress::client::trusted;
use crate::model::ingress::verdict::Target;

/// The job of the gateway.
#[must_use]
pub fn job(source: Source<'_>, target: Target) -> String {
    let ports = ports(source);
    match target {
        Target::Traefik => traefik(&ports, &trusted(source.sites.config)),
        Target::ApiGateway => api(&ports),
        Target::IngressGateway => ingress(source, &ports),
    }
}

fn ports(source: Source<'_>) -> Vec<u16> {
    let mut ports: Vec<u16> =
        source.routes.iter().map(|s| s.port).chain(source.sites.streams.iter().map(|s| s.port)).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// What every gateway shares: three on different nodes, replaced one by one behind a canary that gets no fixed port.
const HEAD: &str = r#"job "gateway" {
  # Three instances on three nodes: one may go at any time. `type = "system"` puts one on every node instead.
  type = "service"

  update {
    max_parallel     = 1
    min_healthy_time = "20s"
    healthy_deadline = "3m"
    auto_revert      = true
    # Ports are fixed, so a canary would need a fourth node: replace one by one.
    canary           = 0
  }

  group "gateway" {
    count = 3

    constraint {
      distinct_hosts = true
    }

    # Leave the catalog first, then let open requests end.
    shutdown_delay = "15s"

"#;

fn network(ports: &[u16], mode: &str, more: &str) -> String {
    let mut out = format!("    network {{\n      mode = \"{mode}\"\n");
    for port in ports {
        let to = if mode == "bridge" { format!("\n        to     = {port}") } else { String::new() };
        // Writing to a text cannot fail.
        let _ = write!(out, "      port \"p{port}\" {{\n        static = {port}{to}\n      }}\n");
    }
    out.push_str(more);
    out.push_str("    }\n\n");
    out
}

/// `trusted` are the networks whose word on the client's address nginx takes.
fn traefik(ports: &[u16], trusted: &[String]) -> String {
    let (why, networks) = match trusted {
        [] => ("The load balancer's networks: without them X-Forwarded-For is dropped.", vec!["10.0.0.0/8"]),
        all => (
            "Those of set_real_ip_from: X-Forwarded-For of anybody else is dropped.",
            all.iter().map(String::as_str).collect(),
        ),
    };
    let networks: Vec<String> = networks.iter().map(|net| format!("\"{net}\"")).collect();
    let networks = networks.join(", ");
    let admin = "      port \"admin\" {}\n";
    let mut entry_points = String::new();
    for port in ports {
        let _ = write!(
            entry_points,
            "  p{port}:\n    address: \":{port}\"\n    forwardedHeaders:\n      # {why}\n      trustedIPs: [{networks}]\n    http:\n      encodedCharacters:\n        # A path that hides a slash evades guards.\n        \
             allowEncodedSlash: false\n    transport:\n      respondingTimeouts:\n        # The whole upload; Traefik's default of 60 s \
             cuts longer ones.\n        readTimeout: \"300s\"\n      lifeCycle:\n        graceTimeOut: \"10s\"\n"
        );
    }
    let static_ports: Vec<String> = ports.iter().map(|p| format!("\"p{p}\"")).collect();
    let static_ports = static_ports.join(", ");
    let network = network(ports, "host", admin);
    let entry_points = entry_points.lines().map(|l| format!("            {l}\n")).collect::<String>();
    format!(
        r#"{HEAD}{network}    service {{
      name     = "gateway"
      port     = "admin"
      provider = "nomad"
      check {{
        type     = "http"
        path     = "/ping"
        interval = "5s"
        timeout  = "2s"
      }}
    }}

    task "traefik" {{
      driver       = "docker"
      kill_timeout = "30s"

      config {{
        image        = "traefik:v3.7"
        network_mode = "host"
        ports        = ["admin", {static_ports}]
        args         = ["--configFile=/local/traefik.yml"]
      }}

      # Routes come from a directory: Traefik watches it, and a file that is renamed into it is read whole. Never edit in place.
      template {{
        destination = "local/traefik.yml"
        change_mode = "restart"
        data        = <<-EOF
          entryPoints:
            admin:
              address: ":{{{{ env "NOMAD_PORT_admin" }}}}"
{entry_points}          ping:
            entryPoint: admin
          providers:
            file:
              directory: /local/dynamic
              watch: true
          accessLog: {{}}
        EOF
      }}

      # The rendered file: `fleet var put gateway/routes dynamic=@dynamic.yml`. Nomad writes templates by rename.
      template {{
        destination     = "local/dynamic/routes.yml"
        change_mode     = "noop"
        left_delimiter  = "[["
        right_delimiter = "]]"
        data            = "[[ with nomadVar \"nomad/jobs/gateway\" ]][[ .dynamic ]][[ end ]]"
      }}

      resources {{
        cpu    = 500
        memory = 256
      }}
    }}
  }}
}}
"#
    )
}

fn api(ports: &[u16]) -> String {
    let network = network(
        ports,
        "host",
        "      port \"ready\" {}\n      port \"admin\" {\n        host_network = \"loopback\"\n      }\n",
    );
    format!(
        r#"{HEAD}{network}    service {{
      name     = "gateway-ready"
      port     = "ready"
      provider = "nomad"
      check {{
        type     = "http"
        path     = "/ready"
        interval = "5s"
        timeout  = "2s"
      }}
    }}

    # Nomad has no block for an api-gateway: `consul connect envoy` registers the gateway and writes Envoy's start-up file.
    task "setup" {{
      driver = "docker"
      lifecycle {{
        hook = "prestart"
      }}
      consul {{}}
      config {{
        image        = "hashicorp/consul:1.21"
        network_mode = "host"
        entrypoint   = ["/bin/sh", "-c"]
        args = [
          "consul connect envoy -gateway api -register -deregister-after-critical 10m -service {GATEWAY} -proxy-id {GATEWAY}-${{NOMAD_ALLOC_ID}} -address ${{attr.unique.network.ip-address}}:${{NOMAD_PORT_ready}} -envoy-ready-bind-address 0.0.0.0 -envoy-ready-bind-port ${{NOMAD_PORT_ready}} -admin-bind 127.0.0.1:${{NOMAD_PORT_admin}} -bootstrap > ${{NOMAD_ALLOC_DIR}}/envoy.json",
        ]
      }}
      resources {{
        cpu    = 100
        memory = 64
      }}
    }}

    task "envoy" {{
      driver       = "docker"
      kill_timeout = "30s"
      config {{
        image        = "envoyproxy/envoy:v1.34-latest"
        network_mode = "host"
        ports        = ["ready", "admin"]
        args         = ["--config-path", "${{NOMAD_ALLOC_DIR}}/envoy.json", "--drain-time-s", "10"]
      }}
      resources {{
        cpu    = 500
        memory = 256
      }}
    }}
  }}
}}
"#
    )
}

fn ingress(source: Source<'_>, ports: &[u16]) -> String {
    let network = network(ports, "bridge", "");
    let mut listeners = String::new();
    for port in ports {
        let sites: Vec<_> = source.routes.iter().filter(|s| s.port == *port).collect();
        if sites.is_empty() {
            continue;
        }
        let _ = write!(
            listeners,
            "            listener {{\n              port     = {port}\n              protocol = \"http\"\n"
        );
        for site in sites {
            let hosts: Vec<String> = if site.default {
                vec!["\"*\"".to_owned()]
            } else {
                site.hosts.iter().filter_map(super::consul_host).map(|h| format!("\"{h}\"")).collect()
            };
            if hosts.is_empty() {
                continue;
            }
            let _ = write!(
                listeners,
                "              service {{\n                name  = \"{}\"\n                hosts = [{}]\n              }}\n",
                site.name,
                hosts.join(", ")
            );
        }
        listeners.push_str("            }\n");
    }
    let first = ports.first().copied().unwrap_or(8080);
    format!(
        r#"{HEAD}{network}    # Nomad writes the ingress-gateway entry from this block at every submit, over whatever is there: change the listeners
    # here, and the routers and splitters by `fleet config apply`.
    service {{
      name = "{GATEWAY}"
      port = "{first}"

      connect {{
        gateway {{
          proxy {{
            connect_timeout = "5s"
          }}
          ingress {{
{listeners}          }}
        }}
      }}
    }}
  }}
}}
"#
    )
}

/// The `service` and `connect` blocks for each service that was named.
#[must_use]
pub fn services(source: Source<'_>, target: Target) -> String {
    let mut named: Vec<(&str, Vec<&str>)> = Vec::new();
    for (address, service) in source.services.iter() {
        match named.iter_mut().find(|(name, _)| *name == service) {
            Some((_, addresses)) => addresses.push(address),
            None => named.push((service, vec![address])),
        }
    }
    let mut out = String::from(
        "# For the group of each service. Put the block into its job; the port is the one the app listens on.\n",
    );
    for (service, addresses) in named {
        let port = addresses[0].rsplit(':').next().unwrap_or("8080");
        let from = addresses.join(", ");
        if target == Target::Traefik {
            let _ = write!(
                out,
                r#"
# {service}: was {from}
service {{
  name = "{service}"
  port = "http"
  # Routes are in Traefik's file: two versions of a job with different router tags would take each other's routes away.
  tags = ["traefik.enable=true"]
  check {{
    type     = "tcp"
    interval = "5s"
    timeout  = "2s"
  }}
}}
"#
            );
        } else {
            let _ = write!(
                out,
                r#"
# {service}: was {from}
network {{
  mode = "bridge"
}}
# Leave the mesh before the app stops, or open requests die.
shutdown_delay = "15s"
service {{
  name = "{service}"
  port = "{port}"
  connect {{
    sidecar_service {{}}
  }}
  check {{
    type     = "http"
    path     = "/"
    interval = "5s"
    timeout  = "2s"
    expose   = true
  }}
}}
"#
            );
        }
    }
    out
}
