//! Jobs and groups.

use super::Kind::{AnyMap, ByName, Bytes, Duration, Flag, Many, One, Text, TextMap, Texts, Whole};
use super::service::SERVICE;
use super::task::TASK;
use super::{Struct, api, api_ptr, both, label, plain, ptr, renamed};

pub(crate) static JOB: Struct = Struct::new(
    "Job",
    &[
        ptr("region", "Region", Text),
        ptr("namespace", "Namespace", Text),
        ptr("id", "ID", Text),
        ptr("name", "Name", Text),
        ptr("type", "Type", Text),
        ptr("priority", "Priority", Whole),
        ptr("all_at_once", "AllAtOnce", Flag),
        plain("datacenters", "Datacenters", Texts),
        ptr("node_pool", "NodePool", Text),
        plain("constraint", "Constraints", Many(&CONSTRAINT)),
        plain("affinity", "Affinities", Many(&AFFINITY)),
        plain("group", "TaskGroups", Many(&TASK_GROUP)),
        ptr("update", "Update", One(&UPDATE_STRATEGY)),
        both("multiregion", "Multiregion", One(&MULTIREGION)),
        plain("spread", "Spreads", Many(&SPREAD)),
        both("periodic", "Periodic", One(&PERIODIC_CONFIG)),
        both("parameterized", "ParameterizedJob", One(&PARAMETERIZED_JOB_CONFIG)),
        api_ptr("reschedule", "Reschedule", One(&RESCHEDULE_POLICY)),
        api_ptr("migrate", "Migrate", One(&MIGRATE_STRATEGY)),
        plain("meta", "Meta", TextMap),
        both("ui", "UI", One(&JOB_UI_CONFIG)),
        ptr("", "Stop", Flag),
        ptr("", "ParentID", Text),
        plain("", "Dispatched", Flag),
        ptr("", "DispatchIdempotencyToken", Text),
        plain("", "Payload", Bytes),
        ptr("", "ConsulNamespace", Text),
        ptr("", "VaultNamespace", Text),
        ptr("", "NomadTokenID", Text),
        ptr("", "Status", Text),
        ptr("", "StatusDescription", Text),
        ptr("", "Stable", Flag),
        ptr("", "Version", Whole),
        ptr("", "SubmitTime", Whole),
        ptr("", "CreateIndex", Whole),
        ptr("", "ModifyIndex", Whole),
        ptr("", "JobModifyIndex", Whole),
        both("", "VersionTag", One(&JOB_VERSION_TAG)),
    ],
);

pub(crate) static CONSTRAINT: Struct = Struct::new(
    "Constraint",
    &[
        plain("attribute", "LTarget", Text),
        plain("value", "RTarget", Text),
        plain("operator", "Operand", Text),
    ],
);

pub(crate) static AFFINITY: Struct = Struct::new(
    "Affinity",
    &[
        plain("attribute", "LTarget", Text),
        plain("value", "RTarget", Text),
        plain("operator", "Operand", Text),
        ptr("weight", "Weight", Whole),
    ],
);

pub(crate) static TASK_GROUP: Struct = Struct::new(
    "TaskGroup",
    &[
        label("name", "Name", true),
        ptr("count", "Count", Whole),
        plain("constraint", "Constraints", Many(&CONSTRAINT)),
        plain("affinity", "Affinities", Many(&AFFINITY)),
        plain("task", "Tasks", Many(&TASK)),
        plain("spread", "Spreads", Many(&SPREAD)),
        plain("volume", "Volumes", ByName(&VOLUME_REQUEST)),
        both("restart", "RestartPolicy", One(&RESTART_POLICY)),
        both("disconnect", "Disconnect", One(&DISCONNECT_STRATEGY)),
        both("reschedule", "ReschedulePolicy", One(&RESCHEDULE_POLICY)),
        both("ephemeral_disk", "EphemeralDisk", One(&EPHEMERAL_DISK)),
        both("update", "Update", One(&UPDATE_STRATEGY)),
        both("migrate", "Migrate", One(&MIGRATE_STRATEGY)),
        plain("network", "Networks", Many(&NETWORK_RESOURCE)),
        plain("meta", "Meta", TextMap),
        plain("service", "Services", Many(&SERVICE)),
        both("shutdown_delay", "ShutdownDelay", Duration),
        both("max_run_duration", "MaxRunDuration", Duration),
        both("stop_after_client_disconnect", "StopAfterClientDisconnect", Duration),
        both("max_client_disconnect", "MaxClientDisconnect", Duration),
        both("scaling", "Scaling", One(&SCALING_POLICY)),
        both("consul", "Consul", One(&CONSUL)),
        ptr("prevent_reschedule_on_lost", "PreventRescheduleOnLost", Flag),
    ],
);

pub(crate) static UPDATE_STRATEGY: Struct = Struct::new(
    "UpdateStrategy",
    &[
        ptr("stagger", "Stagger", Duration),
        ptr("max_parallel", "MaxParallel", Whole),
        ptr("health_check", "HealthCheck", Text),
        ptr("min_healthy_time", "MinHealthyTime", Duration),
        ptr("healthy_deadline", "HealthyDeadline", Duration),
        ptr("progress_deadline", "ProgressDeadline", Duration),
        ptr("canary", "Canary", Whole),
        ptr("auto_revert", "AutoRevert", Flag),
        ptr("auto_promote", "AutoPromote", Flag),
    ],
);

pub(crate) static MULTIREGION: Struct = Struct::new(
    "Multiregion",
    &[
        both("strategy", "Strategy", One(&MULTIREGION_STRATEGY)),
        plain("region", "Regions", Many(&MULTIREGION_REGION)),
    ],
);

pub(crate) static SPREAD: Struct = Struct::new(
    "Spread",
    &[
        plain("attribute", "Attribute", Text),
        ptr("weight", "Weight", Whole),
        plain("target", "SpreadTarget", Many(&SPREAD_TARGET)),
    ],
);

pub(crate) static PERIODIC_CONFIG: Struct = Struct::new(
    "PeriodicConfig",
    &[
        ptr("enabled", "Enabled", Flag),
        ptr("cron", "Spec", Text),
        plain("crons", "Specs", Texts),
        ptr("", "SpecType", Text),
        ptr("prohibit_overlap", "ProhibitOverlap", Flag),
        ptr("time_zone", "TimeZone", Text),
    ],
);

pub(crate) static PARAMETERIZED_JOB_CONFIG: Struct = Struct::new(
    "ParameterizedJobConfig",
    &[
        plain("payload", "Payload", Text),
        plain("meta_required", "MetaRequired", Texts),
        plain("meta_optional", "MetaOptional", Texts),
    ],
);

pub(crate) static RESCHEDULE_POLICY: Struct = Struct::new(
    "ReschedulePolicy",
    &[
        ptr("attempts", "Attempts", Whole),
        ptr("interval", "Interval", Duration),
        ptr("delay", "Delay", Duration),
        ptr("delay_function", "DelayFunction", Text),
        ptr("max_delay", "MaxDelay", Duration),
        ptr("unlimited", "Unlimited", Flag),
    ],
);

pub(crate) static MIGRATE_STRATEGY: Struct = Struct::new(
    "MigrateStrategy",
    &[
        ptr("max_parallel", "MaxParallel", Whole),
        ptr("health_check", "HealthCheck", Text),
        ptr("min_healthy_time", "MinHealthyTime", Duration),
        ptr("healthy_deadline", "HealthyDeadline", Duration),
    ],
);

pub(crate) static JOB_UI_CONFIG: Struct = Struct::new(
    "JobUIConfig",
    &[plain("description", "Description", Text), plain("link", "Links", Many(&JOB_UI_LINK))],
);

pub(crate) static JOB_VERSION_TAG: Struct = Struct::new(
    "JobVersionTag",
    &[plain("", "Name", Text), plain("", "Description", Text), plain("", "TaggedTime", Whole)],
);

pub(crate) static VOLUME_REQUEST: Struct = Struct::new(
    "VolumeRequest",
    &[
        label("name", "Name", false),
        plain("type", "Type", Text),
        plain("source", "Source", Text),
        plain("read_only", "ReadOnly", Flag),
        plain("sticky", "Sticky", Flag),
        plain("access_mode", "AccessMode", Text),
        plain("attachment_mode", "AttachmentMode", Text),
        both("mount_options", "MountOptions", One(&CSI_MOUNT_OPTIONS)),
        plain("per_alloc", "PerAlloc", Flag),
    ],
);

pub(crate) static RESTART_POLICY: Struct = Struct::new(
    "RestartPolicy",
    &[
        ptr("interval", "Interval", Duration),
        ptr("attempts", "Attempts", Whole),
        ptr("delay", "Delay", Duration),
        ptr("mode", "Mode", Text),
        ptr("render_templates", "RenderTemplates", Flag),
    ],
);

pub(crate) static DISCONNECT_STRATEGY: Struct = Struct::new(
    "DisconnectStrategy",
    &[
        ptr("lost_after", "LostAfter", Duration),
        both("stop_on_client_after", "StopOnClientAfter", Duration),
        both("replace", "Replace", Flag),
        ptr("reconcile", "Reconcile", Text),
    ],
);

pub(crate) static EPHEMERAL_DISK: Struct = Struct::new(
    "EphemeralDisk",
    &[ptr("sticky", "Sticky", Flag), ptr("migrate", "Migrate", Flag), ptr("size", "SizeMB", Whole)],
);

pub(crate) static NETWORK_RESOURCE: Struct = Struct::new(
    "NetworkResource",
    &[
        plain("mode", "Mode", Text),
        plain("device", "Device", Text),
        plain("cidr", "CIDR", Text),
        plain("ip", "IP", Text),
        both("dns", "DNS", One(&DNS_CONFIG)),
        plain("reserved_ports", "ReservedPorts", Many(&PORT)),
        plain("port", "DynamicPorts", Many(&PORT)),
        plain("hostname", "Hostname", Text),
        ptr("mbits", "MBits", Whole),
        both("cni", "CNI", One(&CNI_CONFIG)),
    ],
);

pub(crate) static SCALING_POLICY: Struct = Struct::new(
    "ScalingPolicy",
    &[
        ptr("min", "Min", Whole),
        ptr("max", "Max", Whole),
        plain("policy", "Policy", AnyMap),
        ptr("enabled", "Enabled", Flag),
        plain("type", "Type", Text),
        plain("", "ID", Text),
        api("", "Namespace", Text),
        plain("", "Target", TextMap),
        plain("", "CreateIndex", Whole),
        plain("", "ModifyIndex", Whole),
    ],
);

pub(crate) static CONSUL: Struct = Struct::new(
    "Consul",
    &[
        plain("namespace", "Namespace", Text),
        plain("cluster", "Cluster", Text),
        plain("partition", "Partition", Text),
    ],
);

pub(crate) static MULTIREGION_STRATEGY: Struct = Struct::new(
    "MultiregionStrategy",
    &[ptr("max_parallel", "MaxParallel", Whole), ptr("on_failure", "OnFailure", Text)],
);

pub(crate) static MULTIREGION_REGION: Struct = Struct::new(
    "MultiregionRegion",
    &[
        label("name", "Name", false),
        ptr("count", "Count", Whole),
        plain("datacenters", "Datacenters", Texts),
        plain("node_pool", "NodePool", Text),
        plain("meta", "Meta", TextMap),
    ],
);

pub(crate) static SPREAD_TARGET: Struct =
    Struct::new("SpreadTarget", &[label("name", "Value", false), plain("percent", "Percent", Whole)]);

pub(crate) static JOB_UI_LINK: Struct =
    Struct::new("JobUILink", &[plain("label", "Label", Text), renamed("url", "URL", "Url", Text)]);

pub(crate) static CSI_MOUNT_OPTIONS: Struct = Struct::new(
    "CSIMountOptions",
    &[plain("fs_type", "FSType", Text), plain("mount_flags", "MountFlags", Texts)],
);

pub(crate) static DNS_CONFIG: Struct = Struct::new(
    "DNSConfig",
    &[
        plain("servers", "Servers", Texts),
        plain("searches", "Searches", Texts),
        plain("options", "Options", Texts),
    ],
);

pub(crate) static PORT: Struct = Struct::new(
    "Port",
    &[
        label("name", "Label", false),
        plain("static", "Value", Whole),
        plain("to", "To", Whole),
        plain("host_network", "HostNetwork", Text),
        plain("ignore_collision", "IgnoreCollision", Flag),
    ],
);

pub(crate) static CNI_CONFIG: Struct = Struct::new("CNIConfig", &[plain("args", "Args", TextMap)]);
