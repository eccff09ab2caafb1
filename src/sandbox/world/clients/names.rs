//! What `${…}` stands for at a node's client: the node's facts and the runtime variables of a task.

use std::collections::BTreeMap;

use crate::api::nomad::job::Task;
use crate::sandbox::placement::Machine;
use crate::sandbox::state::alloc::Alloc;

/// What `${…}` stands for in what a task or a group's service declares.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox::world) struct Names<'a> {
    pub(in crate::sandbox::world) alloc: &'a Alloc,
    /// None for what belongs to the whole group.
    pub(in crate::sandbox::world) task: Option<&'a Task>,
    pub(in crate::sandbox::world) machine: Option<&'a Machine>,
}

/// A text with every `${…}` in it replaced; what is unknown stays as it is.
pub(in crate::sandbox) fn replaced(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let Some((before, rest)) = text.split_once("${") else { return text.to_owned() };
    let Some((name, after)) = rest.split_once('}') else { return text.to_owned() };
    let known = value(name).unwrap_or_else(|| format!("${{{name}}}"));
    format!("{before}{known}{}", replaced(after, value))
}

impl Names<'_> {
    /// Replaces every `${…}`; what is unknown stays as it is.
    pub(in crate::sandbox::world) fn resolve(&self, text: &str) -> String {
        replaced(text, &|name| self.value(name.trim()))
    }

    fn value(&self, name: &str) -> Option<String> {
        let name = name.strip_prefix("env[\"").and_then(|n| n.strip_suffix("\"]")).unwrap_or(name);
        let key = self.alloc.job_key();
        match name {
            "NOMAD_ALLOC_ID" => Some(self.alloc.id.to_string()),
            "NOMAD_ALLOC_NAME" => Some(self.alloc.name.to_string()),
            "NOMAD_ALLOC_INDEX" => Some(self.alloc.index().to_string()),
            "NOMAD_TASK_NAME" => self.task.map(|task| task.name.clone()),
            "NOMAD_GROUP_NAME" => Some(self.alloc.group.to_string()),
            "NOMAD_JOB_ID" => Some(key.id.to_string()),
            "NOMAD_JOB_NAME" => Some(self.alloc.job.spec.typed.name.clone()),
            "NOMAD_NAMESPACE" => Some(key.namespace.to_string()),
            _ => {
                let meta = name.strip_prefix("NOMAD_META_");
                let own = || self.task.and_then(|task| task.env.get(name).cloned());
                meta.and_then(|m| self.meta(m)).or_else(own).or_else(|| {
                    let target = format!("${{{name}}}");
                    self.machine.and_then(|m| m.value(&target)).map(str::to_owned)
                })
            }
        }
    }

    fn meta(&self, key: &str) -> Option<String> {
        let group = self.alloc.task_group().map(|g| &g.meta);
        let layers: [Option<&BTreeMap<String, String>>; 2] = [group, Some(&self.alloc.job.spec.typed.meta)];
        layers.into_iter().flatten().find_map(|meta| meta.get(key)).cloned()
    }
}
