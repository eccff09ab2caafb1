//! Services and their checks.

use super::Kind::{Duration, Flag, Many, One, Text, TextMap, Texts, TextsMap, Whole};
use super::connect::CONSUL_CONNECT;
use super::task::WORKLOAD_IDENTITY;
use super::{Struct, api, api_ptr, both, plain, ptr, server};

pub(crate) static SERVICE: Struct = Struct::new(
    "Service",
    &[
        plain("name", "Name", Text),
        plain("tags", "Tags", Texts),
        plain("canary_tags", "CanaryTags", Texts),
        plain("enable_tag_override", "EnableTagOverride", Flag),
        plain("port", "PortLabel", Text),
        plain("address_mode", "AddressMode", Text),
        plain("address", "Address", Text),
        plain("check", "Checks", Many(&SERVICE_CHECK)),
        api_ptr("check_restart", "CheckRestart", One(&CHECK_RESTART)),
        both("connect", "Connect", One(&CONSUL_CONNECT)),
        plain("meta", "Meta", TextMap),
        plain("canary_meta", "CanaryMeta", TextMap),
        plain("tagged_addresses", "TaggedAddresses", TextMap),
        plain("task", "TaskName", Text),
        plain("on_update", "OnUpdate", Text),
        both("identity", "Identity", One(&WORKLOAD_IDENTITY)),
        both("weights", "Weights", One(&SERVICE_WEIGHTS)),
        plain("provider", "Provider", Text),
        plain("cluster", "Cluster", Text),
        plain("kind", "Kind", Text),
        server("Namespace", Text, false),
    ],
);

pub(crate) static SERVICE_CHECK: Struct = Struct::new(
    "ServiceCheck",
    &[
        plain("name", "Name", Text),
        plain("type", "Type", Text),
        plain("command", "Command", Text),
        plain("args", "Args", Texts),
        plain("path", "Path", Text),
        plain("protocol", "Protocol", Text),
        plain("port", "PortLabel", Text),
        plain("expose", "Expose", Flag),
        plain("address_mode", "AddressMode", Text),
        api("advertise", "Advertise", Text),
        plain("interval", "Interval", Duration),
        plain("timeout", "Timeout", Duration),
        plain("initial_status", "InitialStatus", Text),
        plain("notes", "Notes", Text),
        plain("tls_server_name", "TLSServerName", Text),
        plain("tls_skip_verify", "TLSSkipVerify", Flag),
        plain("header", "Header", TextsMap),
        plain("method", "Method", Text),
        both("check_restart", "CheckRestart", One(&CHECK_RESTART)),
        plain("grpc_service", "GRPCService", Text),
        plain("grpc_use_tls", "GRPCUseTLS", Flag),
        plain("task", "TaskName", Text),
        plain("success_before_passing", "SuccessBeforePassing", Whole),
        plain("failures_before_critical", "FailuresBeforeCritical", Whole),
        plain("failures_before_warning", "FailuresBeforeWarning", Whole),
        plain("body", "Body", Text),
        plain("on_update", "OnUpdate", Text),
    ],
);

pub(crate) static CHECK_RESTART: Struct = Struct::new(
    "CheckRestart",
    &[
        plain("limit", "Limit", Whole),
        ptr("grace", "Grace", Duration),
        plain("ignore_warnings", "IgnoreWarnings", Flag),
    ],
);

pub(crate) static SERVICE_WEIGHTS: Struct =
    Struct::new("ServiceWeights", &[plain("passing", "Passing", Whole), plain("warning", "Warning", Whole)]);
