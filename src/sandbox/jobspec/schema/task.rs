//! Tasks.

use super::Kind::{AnyMap, Duration, Flag, Many, One, Text, TextMap, Texts, Whole};
use super::job::{AFFINITY, CONSTRAINT, CONSUL, NETWORK_RESOURCE, RESTART_POLICY, SCALING_POLICY};
use super::service::SERVICE;
use super::{Struct, api, api_ptr, both, label, plain, ptr};

pub(crate) static TASK: Struct = Struct::new(
    "Task",
    &[
        label("name", "Name", false),
        plain("driver", "Driver", Text),
        plain("user", "User", Text),
        both("lifecycle", "Lifecycle", One(&TASK_LIFECYCLE)),
        plain("config", "Config", AnyMap),
        plain("constraint", "Constraints", Many(&CONSTRAINT)),
        plain("affinity", "Affinities", Many(&AFFINITY)),
        plain("env", "Env", TextMap),
        plain("service", "Services", Many(&SERVICE)),
        both("resources", "Resources", One(&RESOURCES)),
        both("restart", "RestartPolicy", One(&RESTART_POLICY)),
        plain("meta", "Meta", TextMap),
        ptr("kill_timeout", "KillTimeout", Duration),
        both("logs", "LogConfig", One(&LOG_CONFIG)),
        plain("artifact", "Artifacts", Many(&TASK_ARTIFACT)),
        both("vault", "Vault", One(&VAULT)),
        both("consul", "Consul", One(&CONSUL)),
        plain("template", "Templates", Many(&TEMPLATE)),
        both("dispatch_payload", "DispatchPayload", One(&DISPATCH_PAYLOAD_CONFIG)),
        plain("volume_mount", "VolumeMounts", Many(&VOLUME_MOUNT)),
        both("csi_plugin", "CSIPluginConfig", One(&TASK_CSI_PLUGIN_CONFIG)).omitted(),
        plain("leader", "Leader", Flag),
        plain("shutdown_delay", "ShutdownDelay", Duration),
        plain("kill_signal", "KillSignal", Text),
        plain("kind", "Kind", Text),
        plain("scaling", "ScalingPolicies", Many(&SCALING_POLICY)),
        plain("secret", "Secrets", Many(&SECRET)),
        both("", "Identity", One(&WORKLOAD_IDENTITY)),
        plain("identity", "Identities", Many(&WORKLOAD_IDENTITY)),
        plain("action", "Actions", Many(&ACTION)),
        both("schedule", "Schedule", One(&TASK_SCHEDULE)),
    ],
);

pub(crate) static TASK_LIFECYCLE: Struct = Struct::new(
    "TaskLifecycle",
    &[plain("hook", "Hook", Text).required(), plain("sidecar", "Sidecar", Flag)],
);

pub(crate) static RESOURCES: Struct = Struct::new(
    "Resources",
    &[
        ptr("cpu", "CPU", Whole),
        ptr("cores", "Cores", Whole),
        ptr("memory", "MemoryMB", Whole),
        ptr("memory_max", "MemoryMaxMB", Whole),
        ptr("disk", "DiskMB", Whole),
        plain("network", "Networks", Many(&NETWORK_RESOURCE)),
        plain("device", "Devices", Many(&REQUESTED_DEVICE)),
        both("numa", "NUMA", One(&NUMA_RESOURCE)),
        ptr("secrets", "SecretsMB", Whole),
        ptr("iops", "IOPS", Whole),
    ],
);

pub(crate) static LOG_CONFIG: Struct = Struct::new(
    "LogConfig",
    &[
        ptr("max_files", "MaxFiles", Whole),
        ptr("max_file_size", "MaxFileSizeMB", Whole),
        api_ptr("enabled", "Enabled", Flag),
        ptr("disabled", "Disabled", Flag),
    ],
);

pub(crate) static TASK_ARTIFACT: Struct = Struct::new(
    "TaskArtifact",
    &[
        ptr("source", "GetterSource", Text),
        plain("options", "GetterOptions", TextMap),
        plain("headers", "GetterHeaders", TextMap),
        ptr("mode", "GetterMode", Text),
        ptr("insecure", "GetterInsecure", Flag),
        ptr("destination", "RelativeDest", Text),
        plain("chown", "Chown", Flag),
    ],
);

pub(crate) static VAULT: Struct = Struct::new(
    "Vault",
    &[
        api("policies", "Policies", Texts),
        plain("role", "Role", Text),
        ptr("namespace", "Namespace", Text),
        plain("cluster", "Cluster", Text),
        ptr("env", "Env", Flag),
        ptr("disable_file", "DisableFile", Flag),
        ptr("change_mode", "ChangeMode", Text),
        ptr("change_signal", "ChangeSignal", Text),
        ptr("allow_token_expiration", "AllowTokenExpiration", Flag),
    ],
);

pub(crate) static TEMPLATE: Struct = Struct::new(
    "Template",
    &[
        ptr("source", "SourcePath", Text),
        ptr("destination", "DestPath", Text),
        ptr("data", "EmbeddedTmpl", Text),
        ptr("change_mode", "ChangeMode", Text),
        both("change_script", "ChangeScript", One(&CHANGE_SCRIPT)),
        ptr("change_signal", "ChangeSignal", Text),
        ptr("once", "Once", Flag),
        ptr("splay", "Splay", Duration),
        ptr("perms", "Perms", Text),
        both("uid", "Uid", Whole),
        both("gid", "Gid", Whole),
        ptr("left_delimiter", "LeftDelim", Text),
        ptr("right_delimiter", "RightDelim", Text),
        ptr("env", "Envvars", Flag),
        ptr("vault_grace", "VaultGrace", Duration),
        both("wait", "Wait", One(&WAIT_CONFIG)),
        ptr("error_on_missing_key", "ErrMissingKey", Flag),
    ],
);

pub(crate) static DISPATCH_PAYLOAD_CONFIG: Struct =
    Struct::new("DispatchPayloadConfig", &[plain("file", "File", Text)]);

pub(crate) static VOLUME_MOUNT: Struct = Struct::new(
    "VolumeMount",
    &[
        ptr("volume", "Volume", Text),
        ptr("destination", "Destination", Text),
        ptr("read_only", "ReadOnly", Flag),
        ptr("propagation_mode", "PropagationMode", Text),
        ptr("selinux_label", "SELinuxLabel", Text),
    ],
);

pub(crate) static TASK_CSI_PLUGIN_CONFIG: Struct = Struct::new(
    "TaskCSIPluginConfig",
    &[
        plain("id", "ID", Text),
        plain("type", "Type", Text),
        plain("mount_dir", "MountDir", Text),
        plain("stage_publish_base_dir", "StagePublishBaseDir", Text),
        plain("health_timeout", "HealthTimeout", Duration),
    ],
);

pub(crate) static SECRET: Struct = Struct::new(
    "Secret",
    &[
        label("name", "Name", false),
        plain("provider", "Provider", Text),
        plain("path", "Path", Text),
        plain("config", "Config", AnyMap),
        plain("env", "Env", TextMap),
    ],
);

pub(crate) static WORKLOAD_IDENTITY: Struct = Struct::new(
    "WorkloadIdentity",
    &[
        plain("name", "Name", Text),
        plain("aud", "Audience", Texts),
        plain("change_mode", "ChangeMode", Text),
        plain("change_signal", "ChangeSignal", Text),
        plain("env", "Env", Flag),
        plain("file", "File", Flag),
        plain("filepath", "Filepath", Text),
        plain("service_name", "ServiceName", Text),
        plain("ttl", "TTL", Duration),
        plain("extra_claims", "ExtraClaims", Texts),
    ],
);

pub(crate) static ACTION: Struct = Struct::new(
    "Action",
    &[
        label("name", "Name", false),
        plain("command", "Command", Text).required(),
        plain("args", "Args", Texts),
    ],
);

pub(crate) static TASK_SCHEDULE: Struct =
    Struct::new("TaskSchedule", &[both("cron", "Cron", One(&TASK_SCHEDULE_CRON))]);

pub(crate) static REQUESTED_DEVICE: Struct = Struct::new(
    "RequestedDevice",
    &[
        label("name", "Name", false),
        ptr("count", "Count", Whole),
        plain("constraint", "Constraints", Many(&CONSTRAINT)),
        plain("affinity", "Affinities", Many(&AFFINITY)),
    ],
);

pub(crate) static NUMA_RESOURCE: Struct =
    Struct::new("NUMAResource", &[plain("affinity", "Affinity", Text), plain("devices", "Devices", Texts)]);

pub(crate) static CHANGE_SCRIPT: Struct = Struct::new(
    "ChangeScript",
    &[
        ptr("command", "Command", Text).required(),
        plain("args", "Args", Texts),
        ptr("timeout", "Timeout", Duration),
        ptr("fail_on_error", "FailOnError", Flag).required(),
        ptr("run_on_first_render", "RunOnFirstRender", Flag),
    ],
);

pub(crate) static WAIT_CONFIG: Struct = Struct::new(
    "WaitConfig",
    &[both("min", "Min", Duration).required(), both("max", "Max", Duration).required()],
);

pub(crate) static TASK_SCHEDULE_CRON: Struct = Struct::new(
    "TaskScheduleCron",
    &[plain("start", "Start", Text), plain("end", "End", Text), plain("timezone", "Timezone", Text)],
);
