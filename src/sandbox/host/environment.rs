//! What a task finds in its environment, and what `${…}` stands for in what its job declares for it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::sandbox::host::declaration;
use crate::sandbox::placement::{Machine, PortGrant};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::world::replaced;

/// Where programs are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The environment of a task on a node, as its client builds it.
#[derive(Debug)]
pub(in crate::sandbox) struct Environment<'a> {
    variables: BTreeMap<String, String>,
    machine: Option<&'a Machine>,
}

impl<'a> Environment<'a> {
    /// Of a task whose allocation has its directory here.
    pub(in crate::sandbox) fn of(
        alloc: &Alloc,
        task: &str,
        dir: &Path,
        machine: Option<&'a Machine>,
    ) -> Self {
        let mut variables = own(alloc, task, dir);
        variables.extend(machine.map(|m| ("NOMAD_DC".to_owned(), m.datacenter.clone())));
        variables.extend(metadata(alloc, task));
        let mut environment = Environment { variables, machine };
        let declared = alloc.task_group().and_then(|g| g.tasks.iter().find(|t| t.name == task));
        let declared = declared.map(|t| t.env.clone()).unwrap_or_default();
        let declared: Vec<_> =
            declared.into_iter().map(|(name, text)| (name, environment.resolve(&text))).collect();
        environment.variables.extend(declared);
        environment
    }

    /// Its variables.
    pub(super) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// A text with every `${…}` in it replaced; what is unknown stays as it is.
    pub(super) fn resolve(&self, text: &str) -> String {
        replaced(text, &|name| self.value(name).map(str::to_owned))
    }

    /// The same in what a driver is told, which is a template: what is unknown is an error there, in HCL's words, and `$${` is
    /// no beginning. Of expressions only names are looked at.
    pub(super) fn expand(&self, text: &str) -> Result<String, String> {
        let Some((before, rest)) = text.split_once("${") else { return Ok(text.to_owned()) };
        if let Some(before) = before.strip_suffix('$') {
            return Ok(format!("{before}${{{}", self.expand(rest)?));
        }
        let (name, after) = rest.split_once('}').ok_or(UNCLOSED)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        let value = match self.value(name) {
            Some(value) => value.to_owned(),
            None if !name.trim().chars().all(plain) => format!("${{{name}}}"),
            None => return Err(unknown(name.trim())),
        };
        Ok(format!("{before}{value}{}", self.expand(after)?))
    }

    /// What a name between `${` and `}` stands for.
    fn value(&self, name: &str) -> Option<&str> {
        let name = name.trim();
        let inner = name.strip_prefix("env[\"").and_then(|n| n.strip_suffix("\"]"));
        let key = inner.or_else(|| name.strip_prefix("env.")).unwrap_or(name);
        let fact = || self.machine.and_then(|m| m.fact(name));
        self.variables.get(key).map(String::as_str).or_else(fact)
    }
}

/// What HCL says of a name that stands for nothing.
fn unknown(name: &str) -> String {
    match name.split_once('.') {
        Some(("attr" | "meta" | "node" | "env", rest)) => {
            let first = rest.split('.').next().unwrap_or_default();
            format!("Unsupported attribute: This object does not have an attribute named {first:?}.")
        }
        _ => {
            let root = name.split('.').next().unwrap_or_default();
            format!("Unknown variable: There is no variable named {root:?}.")
        }
    }
}

/// What HCL says of a `${` without an end.
const UNCLOSED: &str = "Unclosed template interpolation sequence: There is no closing brace for this interpolation sequence \
                        before the end of the file. This might be caused by incorrect nesting inside the given expression.";

fn own(alloc: &Alloc, task: &str, dir: &Path) -> BTreeMap<String, String> {
    let path = |below: &str| dir.join(below).display().to_string();
    let key = alloc.job_key();
    let mut all: BTreeMap<String, String> = [
        ("PATH", PATH.to_owned()),
        ("NOMAD_ALLOC_ID", alloc.id.to_string()),
        ("NOMAD_SHORT_ALLOC_ID", alloc.id.to_string().chars().take(8).collect()),
        ("NOMAD_ALLOC_NAME", alloc.name.to_string()),
        ("NOMAD_ALLOC_INDEX", alloc.index().to_string()),
        ("NOMAD_TASK_NAME", task.to_owned()),
        ("NOMAD_GROUP_NAME", alloc.group.to_string()),
        ("NOMAD_JOB_ID", key.id.to_string()),
        ("NOMAD_JOB_NAME", alloc.job.spec.typed.name.clone()),
        ("NOMAD_NAMESPACE", key.namespace.to_string()),
        ("NOMAD_REGION", "global".to_owned()),
        ("NOMAD_ALLOC_DIR", path("alloc")),
        ("NOMAD_TASK_DIR", path(&format!("{task}/local"))),
        ("NOMAD_SECRETS_DIR", path(&format!("{task}/secrets"))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if let Some((_, grant)) = alloc.allotment.tasks.iter().find(|(name, _)| **name == *task) {
        all.insert("NOMAD_CPU_LIMIT".to_owned(), grant.cpu.to_string());
        all.insert("NOMAD_MEMORY_LIMIT".to_owned(), grant.memory.to_string());
        grant.ports.iter().for_each(|grant| add_port(&mut all, grant));
    }
    alloc.allotment.ports.iter().for_each(|grant| add_port(&mut all, grant));
    all
}

/// What tells of one port, whose number in the task may be another.
fn add_port(all: &mut BTreeMap<String, String>, grant: &PortGrant) {
    let PortGrant { value, host_ip, to, .. } = grant;
    let label = plain(&grant.label);
    let mut tell = |name: &str, value: String| all.insert(format!("{name}_{label}"), value);
    let address = format!("{host_ip}:{value}");
    tell("NOMAD_IP", host_ip.clone());
    tell("NOMAD_PORT", if *to > 0 { to.to_string() } else { value.to_string() });
    tell("NOMAD_ADDR", address.clone());
    tell("NOMAD_HOST_PORT", value.to_string());
    if *to > 0 {
        tell("NOMAD_ALLOC_PORT", to.to_string());
        tell("NOMAD_HOST_IP", host_ip.clone());
        tell("NOMAD_HOST_ADDR", address);
    }
}

/// A name as variables have them.
fn plain(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_")
}

/// Metadata of the job, the group and the task: of each key the innermost, under its own name and in capitals.
fn metadata(alloc: &Alloc, task: &str) -> Vec<(String, String)> {
    let own = declaration(alloc, task)["Meta"].clone();
    let own: BTreeMap<String, String> = serde_json::from_value(own).unwrap_or_default();
    let mut all = alloc.job.spec.typed.meta.clone();
    all.extend(alloc.task_group().map(|g| g.meta.clone()).unwrap_or_default());
    all.extend(own);
    let both = |(key, value): (String, String)| {
        let key = plain(&key);
        [key.to_ascii_uppercase(), key].map(|key| (format!("NOMAD_META_{key}"), value.clone()))
    };
    all.into_iter().flat_map(both).collect()
}
