//! Consul service mesh.

use super::Kind::{AnyMap, ByName, Duration, Flag, Many, One, Text, TextMap, Texts, Whole, Wholes};
use super::task::{LOG_CONFIG, RESOURCES, VOLUME_MOUNT, WORKLOAD_IDENTITY};
use super::{Struct, api, api_ptr, both, label, plain, ptr};

pub(crate) static CONSUL_CONNECT: Struct = Struct::new(
    "ConsulConnect",
    &[
        plain("native", "Native", Flag),
        both("gateway", "Gateway", One(&CONSUL_GATEWAY)),
        both("sidecar_service", "SidecarService", One(&CONSUL_SIDECAR_SERVICE)),
        both("sidecar_task", "SidecarTask", One(&SIDECAR_TASK)),
    ],
);

pub(crate) static CONSUL_GATEWAY: Struct = Struct::new(
    "ConsulGateway",
    &[
        both("proxy", "Proxy", One(&CONSUL_GATEWAY_PROXY)),
        both("ingress", "Ingress", One(&CONSUL_INGRESS_CONFIG_ENTRY)),
        both("terminating", "Terminating", One(&CONSUL_TERMINATING_CONFIG_ENTRY)),
        both("mesh", "Mesh", One(&CONSUL_MESH_CONFIG_ENTRY)),
    ],
);

pub(crate) static CONSUL_SIDECAR_SERVICE: Struct = Struct::new(
    "ConsulSidecarService",
    &[
        plain("tags", "Tags", Texts),
        plain("port", "Port", Text),
        both("proxy", "Proxy", One(&CONSUL_PROXY)),
        plain("disable_default_tcp_check", "DisableDefaultTCPCheck", Flag),
        plain("meta", "Meta", TextMap),
    ],
);

pub(crate) static SIDECAR_TASK: Struct = Struct::new(
    "SidecarTask",
    &[
        plain("name", "Name", Text),
        plain("driver", "Driver", Text),
        plain("user", "User", Text),
        plain("config", "Config", AnyMap),
        plain("env", "Env", TextMap),
        both("resources", "Resources", One(&RESOURCES)),
        plain("meta", "Meta", TextMap),
        both("kill_timeout", "KillTimeout", Duration),
        both("logs", "LogConfig", One(&LOG_CONFIG)),
        both("shutdown_delay", "ShutdownDelay", Duration),
        plain("kill_signal", "KillSignal", Text),
        plain("volume_mount", "VolumeMounts", Many(&VOLUME_MOUNT)),
        plain("identity", "Identities", Many(&WORKLOAD_IDENTITY)),
    ],
);

pub(crate) static CONSUL_GATEWAY_PROXY: Struct = Struct::new(
    "ConsulGatewayProxy",
    &[
        both("connect_timeout", "ConnectTimeout", Duration),
        plain("envoy_gateway_bind_tagged_addresses", "EnvoyGatewayBindTaggedAddresses", Flag),
        plain(
            "envoy_gateway_bind_addresses",
            "EnvoyGatewayBindAddresses",
            ByName(&CONSUL_GATEWAY_BIND_ADDRESS),
        ),
        plain("envoy_gateway_no_default_bind", "EnvoyGatewayNoDefaultBind", Flag),
        plain("envoy_dns_discovery_type", "EnvoyDNSDiscoveryType", Text),
        plain("config", "Config", AnyMap),
    ],
);

pub(crate) static CONSUL_INGRESS_CONFIG_ENTRY: Struct = Struct::new(
    "ConsulIngressConfigEntry",
    &[
        both("tls", "TLS", One(&CONSUL_GATEWAY_TLS_CONFIG)),
        plain("listener", "Listeners", Many(&CONSUL_INGRESS_LISTENER)),
    ],
);

pub(crate) static CONSUL_TERMINATING_CONFIG_ENTRY: Struct = Struct::new(
    "ConsulTerminatingConfigEntry",
    &[plain("service", "Services", Many(&CONSUL_LINKED_SERVICE))],
);

pub(crate) static CONSUL_MESH_CONFIG_ENTRY: Struct = Struct::new("ConsulMeshConfigEntry", &[]);

pub(crate) static CONSUL_PROXY: Struct = Struct::new(
    "ConsulProxy",
    &[
        plain("local_service_address", "LocalServiceAddress", Text),
        plain("local_service_port", "LocalServicePort", Whole),
        both("expose", "Expose", One(&CONSUL_EXPOSE_CONFIG)),
        api_ptr("", "ExposeConfig", One(&CONSUL_EXPOSE_CONFIG)),
        plain("upstreams", "Upstreams", Many(&CONSUL_UPSTREAM)),
        both("transparent_proxy", "TransparentProxy", One(&CONSUL_TRANSPARENT_PROXY)),
        plain("config", "Config", AnyMap),
    ],
);

pub(crate) static CONSUL_GATEWAY_BIND_ADDRESS: Struct = Struct::new(
    "ConsulGatewayBindAddress",
    &[
        label("name", "Name", false).api_only(),
        plain("address", "Address", Text),
        plain("port", "Port", Whole),
    ],
);

pub(crate) static CONSUL_GATEWAY_TLS_CONFIG: Struct = Struct::new(
    "ConsulGatewayTLSConfig",
    &[
        plain("enabled", "Enabled", Flag),
        plain("tls_min_version", "TLSMinVersion", Text),
        plain("tls_max_version", "TLSMaxVersion", Text),
        plain("cipher_suites", "CipherSuites", Texts),
        both("sds", "SDS", One(&CONSUL_GATEWAY_TLSSDS_CONFIG)),
    ],
);

pub(crate) static CONSUL_INGRESS_LISTENER: Struct = Struct::new(
    "ConsulIngressListener",
    &[
        plain("port", "Port", Whole),
        plain("protocol", "Protocol", Text),
        plain("service", "Services", Many(&CONSUL_INGRESS_SERVICE)),
    ],
);

pub(crate) static CONSUL_LINKED_SERVICE: Struct = Struct::new(
    "ConsulLinkedService",
    &[
        plain("name", "Name", Text),
        plain("ca_file", "CAFile", Text),
        plain("cert_file", "CertFile", Text),
        plain("key_file", "KeyFile", Text),
        plain("sni", "SNI", Text),
    ],
);

pub(crate) static CONSUL_EXPOSE_CONFIG: Struct = Struct::new(
    "ConsulExposeConfig",
    &[plain("path", "Paths", Many(&CONSUL_EXPOSE_PATH)), api("", "Path", Many(&CONSUL_EXPOSE_PATH))],
);

pub(crate) static CONSUL_UPSTREAM: Struct = Struct::new(
    "ConsulUpstream",
    &[
        plain("destination_name", "DestinationName", Text),
        plain("destination_namespace", "DestinationNamespace", Text),
        plain("destination_peer", "DestinationPeer", Text),
        plain("destination_partition", "DestinationPartition", Text),
        plain("destination_type", "DestinationType", Text),
        plain("local_bind_port", "LocalBindPort", Whole),
        plain("datacenter", "Datacenter", Text),
        plain("local_bind_address", "LocalBindAddress", Text),
        plain("local_bind_socket_path", "LocalBindSocketPath", Text),
        plain("local_bind_socket_mode", "LocalBindSocketMode", Text),
        ptr("mesh_gateway", "MeshGateway", One(&CONSUL_MESH_GATEWAY)),
        plain("config", "Config", AnyMap),
    ],
);

pub(crate) static CONSUL_TRANSPARENT_PROXY: Struct = Struct::new(
    "ConsulTransparentProxy",
    &[
        plain("uid", "UID", Text),
        plain("outbound_port", "OutboundPort", Whole),
        plain("exclude_inbound_ports", "ExcludeInboundPorts", Texts),
        plain("exclude_outbound_ports", "ExcludeOutboundPorts", Wholes),
        plain("exclude_outbound_cidrs", "ExcludeOutboundCIDRs", Texts),
        plain("exclude_uids", "ExcludeUIDs", Texts),
        plain("no_dns", "NoDNS", Flag),
    ],
);

pub(crate) static CONSUL_GATEWAY_TLSSDS_CONFIG: Struct = Struct::new(
    "ConsulGatewayTLSSDSConfig",
    &[plain("cluster_name", "ClusterName", Text), plain("cert_resource", "CertResource", Text)],
);

pub(crate) static CONSUL_INGRESS_SERVICE: Struct = Struct::new(
    "ConsulIngressService",
    &[
        plain("name", "Name", Text),
        plain("hosts", "Hosts", Texts),
        both("tls", "TLS", One(&CONSUL_GATEWAY_TLS_CONFIG)),
        both("request_headers", "RequestHeaders", One(&CONSUL_HTTP_HEADER_MODIFIERS)),
        both("response_headers", "ResponseHeaders", One(&CONSUL_HTTP_HEADER_MODIFIERS)),
        both("max_connections", "MaxConnections", Whole),
        both("max_pending_requests", "MaxPendingRequests", Whole),
        both("max_concurrent_requests", "MaxConcurrentRequests", Whole),
    ],
);

pub(crate) static CONSUL_EXPOSE_PATH: Struct = Struct::new(
    "ConsulExposePath",
    &[
        plain("path", "Path", Text),
        plain("protocol", "Protocol", Text),
        plain("local_path_port", "LocalPathPort", Whole),
        plain("listener_port", "ListenerPort", Text),
    ],
);

pub(crate) static CONSUL_MESH_GATEWAY: Struct =
    Struct::new("ConsulMeshGateway", &[plain("mode", "Mode", Text)]);

pub(crate) static CONSUL_HTTP_HEADER_MODIFIERS: Struct = Struct::new(
    "ConsulHTTPHeaderModifiers",
    &[plain("add", "Add", TextMap), plain("set", "Set", TextMap), plain("remove", "Remove", Texts)],
);
