//! The words of job files for the API's names, and values as they are written there.

use serde_json::Value;

/// Names that are not the API's own in small letters.
const WORDS: &[(&str, &str)] = &[
    ("Affinities", "affinity"),
    ("Artifacts", "artifact"),
    ("Checks", "check"),
    ("CheckRestart", "check_restart"),
    ("Constraints", "constraint"),
    ("CPU", "cpu"),
    ("DestPath", "destination"),
    ("Devices", "device"),
    ("DNS", "dns"),
    ("DynamicPorts", "port"),
    ("EmbeddedTmpl", "data"),
    ("GetterHeaders", "headers"),
    ("GetterMode", "mode"),
    ("GetterOptions", "options"),
    ("GetterSource", "source"),
    ("Identities", "identity"),
    ("LTarget", "attribute"),
    ("LogConfig", "logs"),
    ("MBits", "mbits"),
    ("MaxFileSizeMB", "max_file_size"),
    ("MemoryMB", "memory"),
    ("MemoryMaxMB", "memory_max"),
    ("Networks", "network"),
    ("Operand", "operator"),
    ("ParameterizedJob", "parameterized"),
    ("PortLabel", "port"),
    ("RTarget", "value"),
    ("RelativeDest", "destination"),
    ("ReschedulePolicy", "reschedule"),
    ("ReservedPorts", "port"),
    ("RestartPolicy", "restart"),
    ("SecretsMB", "secrets"),
    ("Services", "service"),
    ("SizeMB", "size"),
    ("SourcePath", "source"),
    ("SpreadTarget", "target"),
    ("Spreads", "spread"),
    ("TLSSkipVerify", "tls_skip_verify"),
    ("Templates", "template"),
    ("UI", "ui"),
    ("Volumes", "volume"),
    ("VolumeMounts", "volume_mount"),
];

/// Blocks whose names are the writer's own.
const OWN_NAMES: &[&str] = &[
    "Config",
    "Env",
    "Meta",
    "CanaryMeta",
    "GetterOptions",
    "GetterHeaders",
    "Header",
    "Policy",
    "TaggedAddresses",
];

/// Fields that are nanoseconds in the API, whatever block they stand in.
const TIMES: &[&str] = &[
    "Cooldown",
    "Deadline",
    "Delay",
    "Grace",
    "HealthyDeadline",
    "Interval",
    "KillTimeout",
    "LostAfter",
    "MaxClientDisconnect",
    "MaxDelay",
    "MinHealthyTime",
    "ProgressDeadline",
    "ShutdownDelay",
    "Splay",
    "Stagger",
    "StopAfterClientDisconnect",
    "StopOnClientAfter",
    "TTL",
    "Timeout",
    "VaultGrace",
];

/// Whether a field is nanoseconds in the API, by its own name.
#[must_use]
pub fn is_time(name: &str) -> bool {
    TIMES.contains(&name)
}

/// The name of a field in a job file, with the blocks it is in.
pub(super) fn in_a_file(keys: &[String]) -> String {
    let mut out = String::new();
    let mut own = false;
    for key in keys {
        if key.starts_with('[') {
            out.push_str(key);
            continue;
        }
        if !out.is_empty() {
            out.push('.');
        }
        if own {
            out.push_str(key);
        } else {
            out.push_str(&word(key));
        }
        own |= OWN_NAMES.contains(&key.as_str());
    }
    out
}

fn word(key: &str) -> String {
    if let Some((_, word)) = WORDS.iter().find(|(name, _)| *name == key) {
        return (*word).to_owned();
    }
    let chars: Vec<char> = key.chars().collect();
    let mut out = String::with_capacity(key.len() + 4);
    for (i, c) in chars.iter().enumerate() {
        let after_small = i > 0 && chars[i - 1].is_lowercase();
        let before_small =
            i > 0 && chars.get(i + 1).is_some_and(|n| n.is_lowercase()) && chars[i - 1].is_uppercase();
        if c.is_uppercase() && (after_small || before_small) {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// A value as a job file has it: durations as text.
pub(super) fn readable(keys: &[String], value: &Value) -> Value {
    let key = keys.last().map(String::as_str).unwrap_or_default();
    let own = keys.iter().rev().skip(1).any(|k| OWN_NAMES.contains(&k.as_str()));
    // A scaling policy counts with the words by which a template waits.
    let waits = matches!(key, "Min" | "Max") && keys.iter().any(|k| k == "Wait");
    match value.as_u64() {
        Some(ns) if (is_time(key) || waits) && !own => Value::String(time(ns)),
        _ => value.clone(),
    }
}

/// A duration as a job file has it: `1h30m`, `10s`, `250ms`.
fn time(ns: u64) -> String {
    let (seconds, rest) = (ns / 1_000_000_000, ns % 1_000_000_000);
    let mut out = String::new();
    for (amount, unit) in [
        (seconds / 3600, "h"),
        (seconds % 3600 / 60, "m"),
        (seconds % 60, "s"),
        (rest / 1_000_000, "ms"),
        (rest % 1_000_000, "ns"),
    ] {
        if amount > 0 {
            out.push_str(&format!("{amount}{unit}"));
        }
    }
    if out.is_empty() { "0s".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn keys(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn names_are_those_of_job_files() {
        let all = [
            ("RestartPolicy.Attempts", "restart.attempts"),
            ("KillTimeout", "kill_timeout"),
            ("Services.[web].Checks.[0].TLSServerName", "service[web].check[0].tls_server_name"),
            ("Resources.MemoryMaxMB", "resources.memory_max"),
            ("Resources.CPU", "resources.cpu"),
            ("Config.imagePullPolicy", "config.imagePullPolicy"),
            ("EphemeralDisk.SizeMB", "ephemeral_disk.size"),
            ("AllAtOnce", "all_at_once"),
        ];
        for (api, file) in all {
            assert_eq!(in_a_file(&keys(api)), file);
        }
    }

    #[test]
    fn durations_are_text_and_counts_are_numbers() {
        assert_eq!(readable(&keys("KillTimeout"), &json!(5_000_000_000_u64)), "5s");
        assert_eq!(readable(&keys("Templates.[0].Wait.Min"), &json!(1_500_000_000_u64)), "1s500ms");
        assert_eq!(readable(&keys("Scaling.Min"), &json!(3)), 3);
        assert_eq!(readable(&keys("Env.Timeout"), &json!(3)), 3);
        assert_eq!(readable(&keys("Count"), &json!(0)), 0);
    }
}
