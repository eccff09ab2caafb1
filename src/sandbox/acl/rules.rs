//! The rules of a policy: what they may say, and what their shorthands stand for.

use serde_json::{Value as Json, json};

use super::{decode, hcl1};

/// Capabilities as they are written; `None` where the rules do not name any.
pub type Capabilities = Option<Vec<String>>;

/// A shorthand and capabilities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Shorthand {
    pub policy: String,
    pub capabilities: Capabilities,
}

/// A rule for pools or host volumes of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Named {
    pub name: String,
    pub policy: String,
    pub capabilities: Capabilities,
}

/// A rule for namespaces of a name, and for the variables in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct NamespaceRule {
    pub name: String,
    pub policy: String,
    pub capabilities: Capabilities,
    pub paths: Option<Vec<PathRule>>,
}

/// A rule for variables of a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct PathRule {
    pub path: String,
    pub capabilities: Capabilities,
}

/// The rules of a policy, their shorthands expanded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Rules {
    pub namespaces: Vec<NamespaceRule>,
    pub node_pools: Vec<Named>,
    pub host_volumes: Vec<Named>,
    pub agent: Option<String>,
    pub node: Option<String>,
    pub quota: Option<String>,
    pub plugin: Option<String>,
    pub operator: Option<Shorthand>,
    pub sentinel: Option<Shorthand>,
    raw: String,
}

const NAMESPACE_READ: [&str; 9] = [
    "list-jobs",
    "parse-job",
    "read-job",
    "csi-list-volume",
    "csi-read-volume",
    "read-job-scaling",
    "list-scaling-policies",
    "read-scaling-policy",
    "host-volume-read",
];

const NAMESPACE_WRITE: [&str; 11] = [
    "scale-job",
    "submit-job",
    "dispatch-job",
    "read-logs",
    "read-fs",
    "alloc-exec",
    "alloc-lifecycle",
    "csi-mount-volume",
    "csi-write-volume",
    "submit-recommendation",
    "host-volume-create",
];

const NAMESPACE_SCALE: [&str; 6] = [
    "list-scaling-policies",
    "read-scaling-policy",
    "read-job-scaling",
    "scale-job",
    "read-job",
    "submit-recommendation",
];

/// Capabilities that no shorthand stands for.
const NAMESPACE_OTHER: [&str; 26] = [
    "deny",
    "alloc-node-exec",
    "sentinel-override",
    "csi-register-plugin",
    "host-volume-register",
    "host-volume-write",
    "host-volume-delete",
    "register-job",
    "revert-job",
    "deregister-job",
    "purge-job",
    "evaluate-job",
    "plan-job",
    "tag-job-version",
    "stable-job",
    "fail-deployment",
    "pause-deployment",
    "promote-deployment",
    "unblock-deployment",
    "cancel-deployment",
    "set-alloc-health-deployment",
    "gc-allocation",
    "pause-allocation",
    "force-periodic-job",
    "delete-service-registration",
    "host-volume-read",
];

const OPERATOR: [&str; 5] =
    ["snapshot-save", "license-read", "keyring-rotate", "keyring-read", "keyring-delete"];
const SENTINEL: [&str; 3] = ["sentinel-read", "sentinel-submit", "sentinel-delete"];
const POOL: [&str; 3] = ["delete", "read", "write"];
const HOST_VOLUME: [&str; 2] = ["mount-readonly", "mount-readwrite"];
const VARIABLES: [&str; 5] = ["write", "read", "list", "destroy", "deny"];

impl Rules {
    /// Reads the rules of a policy that is being written, which must not have unknown keys at the top.
    ///
    /// # Errors
    /// What is wrong with them, in Nomad's words.
    pub fn parse(text: &str) -> Result<Rules, String> {
        if text.is_empty() {
            return Ok(Rules::default());
        }
        let parsed = hcl1::parse(text).and_then(|items| decode::rules(&items));
        let (mut rules, extra) = parsed.map_err(|words| format!("Failed to parse ACL Policy: {words}"))?;
        if rules == Rules::default() {
            return Err(format!("Invalid policy: {text}"));
        }
        text.clone_into(&mut rules.raw);
        rules.namespaces.iter_mut().try_for_each(NamespaceRule::complete)?;
        rules.node_pools.iter_mut().try_for_each(complete_pool)?;
        rules.host_volumes.iter_mut().try_for_each(complete_volume)?;
        if !extra.is_empty() {
            return Err(format!("Invalid or duplicate policy keys: {}", extra.join(", ")));
        }
        rules.check_rest()?;
        Ok(rules)
    }

    fn check_rest(&mut self) -> Result<(), String> {
        let plain = [("agent", "Agent", &self.agent), ("node", "Node", &self.node)];
        for (name, go, policy) in plain {
            check_policy(name, go, policy.as_deref())?;
        }
        if let Some(operator) = &mut self.operator {
            let reading = ["license-read", "keyring-read"];
            operator.complete("operator", "Operator", &OPERATOR, &reading)?;
        }
        if let Some(sentinel) = &mut self.sentinel {
            sentinel.complete("sentinel", "Sentinel", &SENTINEL, &SENTINEL[..1])?;
        }
        check_policy("quota", "Quota", self.quota.as_deref())?;
        if let Some(policy) =
            self.plugin.as_deref().filter(|p| !matches!(*p, "deny" | "read" | "list" | "write"))
        {
            return Err(format!("Invalid plugin policy: &acl.PluginPolicy{{Policy:{policy:?}}}"));
        }
        Ok(())
    }

    /// The `RulesJSON` of a policy.
    #[must_use]
    pub fn to_json(&self) -> Json {
        fn or_null<T>(list: &[T], show: impl Fn(&T) -> Json) -> Json {
            if list.is_empty() { Json::Null } else { list.iter().map(show).collect() }
        }
        let named = |rule: &Named| json!({"Name": rule.name, "Policy": rule.policy, "Capabilities": rule.capabilities});
        let path = |rule: &PathRule| json!({"PathSpec": rule.path, "Capabilities": rule.capabilities});
        let namespace = |rule: &NamespaceRule| {
            let variables = rule.paths.as_ref().map(|paths| json!({"Paths": or_null(paths, path)}));
            json!({"Name": rule.name, "Policy": rule.policy, "Capabilities": rule.capabilities, "Variables": variables})
        };
        let plain = |policy: &Option<String>| policy.as_ref().map(|policy| json!({"Policy": policy}));
        let fine = |rule: &Option<Shorthand>| {
            rule.as_ref().map(|rule| json!({"Policy": rule.policy, "Capabilities": rule.capabilities}))
        };
        json!({
            "Namespaces": or_null(&self.namespaces, namespace),
            "NodePools": or_null(&self.node_pools, named),
            "HostVolumes": or_null(&self.host_volumes, named),
            "Agent": plain(&self.agent),
            "Node": plain(&self.node),
            "Operator": fine(&self.operator),
            "Sentinel": fine(&self.sentinel),
            "Quota": plain(&self.quota),
            "Plugin": plain(&self.plugin),
            "Raw": self.raw,
            "ExtraKeysHCL": null,
        })
    }
}

fn is_policy(policy: &str) -> bool {
    matches!(policy, "deny" | "read" | "write" | "scale")
}

fn check_policy(name: &str, go: &str, policy: Option<&str>) -> Result<(), String> {
    match policy {
        Some(policy) if !is_policy(policy) => {
            Err(format!("Invalid {name} policy: &acl.{go}Policy{{Policy:{policy:?}}}"))
        }
        _ => Ok(()),
    }
}

/// A list of texts as Go prints it.
fn go_texts(capabilities: &Capabilities) -> String {
    match capabilities {
        None => "[]string(nil)".to_owned(),
        Some(list) => {
            let quoted: Vec<String> = list.iter().map(|text| format!("{text:?}")).collect();
            format!("[]string{{{}}}", quoted.join(", "))
        }
    }
}

/// The first capability that there is none of.
fn unknown<'c>(capabilities: &'c Capabilities, known: &[&str]) -> Option<&'c String> {
    capabilities.iter().flatten().find(|c| !known.contains(&c.as_str()) && *c != "deny")
}

/// Adds what a shorthand stands for.
fn add(capabilities: &mut Capabilities, more: &[&str]) {
    if !more.is_empty() {
        capabilities.get_or_insert_default().extend(more.iter().map(|&c| c.to_owned()));
    }
}

impl Shorthand {
    fn complete(&mut self, name: &str, go: &str, all: &[&str], reading: &[&str]) -> Result<(), String> {
        if !self.policy.is_empty() && !is_policy(&self.policy) {
            let (policy, capabilities) = (&self.policy, go_texts(&self.capabilities));
            return Err(format!(
                "Invalid {name} policy: &acl.{go}Policy{{Policy:{policy:?}, Capabilities:{capabilities}}}"
            ));
        }
        if let Some(capability) = unknown(&self.capabilities, all) {
            return Err(format!("Invalid {name} capability '{capability}'"));
        }
        expand(&self.policy, &mut self.capabilities, reading, all);
        Ok(())
    }
}

fn expand(policy: &str, capabilities: &mut Capabilities, reading: &[&str], writing: &[&str]) {
    match policy {
        "deny" => add(capabilities, &["deny"]),
        "read" => add(capabilities, reading),
        "write" => add(capabilities, writing),
        _ => {}
    }
}

/// Whether a name is made of letters, digits, `-`, `*` and these.
fn is_name(name: &str, also: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '*' || also.contains(c))
}

impl NamespaceRule {
    fn shown(&self) -> String {
        let variables = if self.paths.is_some() { "0xc0012a8c18" } else { "nil" };
        format!(
            "&acl.NamespacePolicy{{Name:{:?}, Policy:{:?}, Capabilities:{}, Variables:(*acl.VariablesPolicy)({variables})}}",
            self.name,
            self.policy,
            go_texts(&self.capabilities)
        )
    }

    fn complete(&mut self) -> Result<(), String> {
        if !is_name(&self.name, "") {
            return Err(format!("Invalid namespace name: {}", self.shown()));
        }
        if !self.policy.is_empty() && !is_policy(&self.policy) {
            return Err(format!("Invalid namespace policy: {}", self.shown()));
        }
        let known = [&NAMESPACE_READ[..], &NAMESPACE_WRITE, &NAMESPACE_OTHER].concat();
        if let Some(capability) = unknown(&self.capabilities, &known) {
            return Err(format!("Invalid namespace capability '{capability}': {}", self.shown()));
        }
        let writing = [&NAMESPACE_READ[..], &NAMESPACE_WRITE].concat();
        match self.policy.as_str() {
            "scale" => add(&mut self.capabilities, &NAMESPACE_SCALE),
            policy => expand(policy, &mut self.capabilities, &NAMESPACE_READ, &writing),
        }
        let mut implied: Vec<&str> = Vec::new();
        for capability in self.capabilities.iter().flatten() {
            implied.extend::<&[&str]>(match capability.as_str() {
                "host-volume-write" => {
                    &["host-volume-register", "host-volume-create", "host-volume-delete", "host-volume-read"]
                }
                "host-volume-register" => &["host-volume-create", "host-volume-read"],
                "host-volume-create" => &["host-volume-read"],
                _ => &[],
            });
        }
        add(&mut self.capabilities, &implied);
        let name = &self.name;
        match &mut self.paths {
            None => Ok(()),
            Some(paths) if paths.is_empty() => {
                Err(format!("Invalid variable policy: no variable paths in namespace {name}"))
            }
            Some(paths) => paths.iter_mut().try_for_each(|path| path.complete(name)),
        }
    }
}

impl PathRule {
    fn complete(&mut self, namespace: &str) -> Result<(), String> {
        if self.path.is_empty() {
            return Err(format!("Invalid missing variable path in namespace {namespace}"));
        }
        if self.path.starts_with('/') {
            return Err(format!(
                "Invalid variable path {:?} in namespace {namespace}: cannot start with a leading '/'`",
                self.path
            ));
        }
        if let Some(capability) = unknown(&self.capabilities, &VARIABLES) {
            return Err(format!("Invalid variable capability '{capability}' in namespace {namespace}"));
        }
        let has = |wanted: &str| self.capabilities.iter().flatten().any(|c| c == wanted);
        if has("deny") {
            self.capabilities = Some(vec!["deny".to_owned()]);
        } else if has("read") && !has("list") {
            add(&mut self.capabilities, &["list"]);
        }
        Ok(())
    }
}

fn complete_pool(rule: &mut Named) -> Result<(), String> {
    let name = &rule.name;
    if !is_name(name, "_") {
        return Err(format!("Invalid node pool name '{name}'"));
    }
    if !rule.policy.is_empty() && !is_policy(&rule.policy) {
        return Err(format!("Invalid node pool policy '{}' for '{name}'", rule.policy));
    }
    if let Some(capability) = unknown(&rule.capabilities, &POOL) {
        return Err(format!("Invalid node pool capability '{capability}' for '{name}'"));
    }
    expand(&rule.policy, &mut rule.capabilities, &["read"], &POOL);
    Ok(())
}

fn complete_volume(rule: &mut Named) -> Result<(), String> {
    let shown = |rule: &Named| {
        format!(
            "&acl.HostVolumePolicy{{Name:{:?}, Policy:{:?}, Capabilities:{}}}",
            rule.name,
            rule.policy,
            go_texts(&rule.capabilities)
        )
    };
    if !is_name(&rule.name, "") {
        return Err(format!("Invalid host volume name: {}", shown(rule)));
    }
    if !rule.policy.is_empty() && !is_policy(&rule.policy) {
        return Err(format!("Invalid host volume policy: {}", shown(rule)));
    }
    if let Some(capability) = unknown(&rule.capabilities, &HOST_VOLUME) {
        return Err(format!("Invalid host volume capability '{capability}': {}", shown(rule)));
    }
    expand(&rule.policy, &mut rule.capabilities, &HOST_VOLUME[..1], &HOST_VOLUME);
    Ok(())
}
