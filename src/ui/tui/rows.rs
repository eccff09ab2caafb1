//! The lines of a view in their order: only where they are found, so that thousands of them cost little. What stands in a line is
//! put into words when it is drawn.

use super::picture::{AllocSeen, Contents, JobSeen, NodeSeen, Opened};
use super::{Tui, View};
use crate::model::ids::JobKey;

/// Where what stands in a line is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The namespace of this job and those after it.
    Namespace(usize),
    Job(usize),
    /// A group of a job.
    Group(usize, usize),
    /// An allocation of a job.
    OfJob(usize, usize),
    Node(usize),
    /// An allocation on a node.
    OfNode(usize, usize),
    /// What is inside of a job is being asked, or could not be seen.
    JobNote(usize),
    NodeNote(usize),
    Finding(usize),
    Unknown(usize),
    /// The deployment of a job.
    Deployment(usize),
    Rotation(usize),
    /// A line of a rotation's board.
    Board(usize, usize),
}

/// A line and how far it is indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) at: At,
    pub(super) depth: u8,
}

/// What a line is about, whatever its place: the selection stays with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Namespace(String),
    Job(JobKey),
    Group(JobKey, String),
    Alloc(String),
    Node(String),
    Note(Opened),
    Finding(String),
    Deployment(JobKey),
    Rotation(String),
    Board(String, usize),
}

/// Words that all have to be found.
struct Filter(Vec<String>);

impl Filter {
    fn of(text: &str) -> Self {
        Filter(text.to_lowercase().split_whitespace().map(str::to_owned).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn fits(&self, text: impl FnOnce() -> String) -> bool {
        self.is_empty() || {
            let text = text().to_lowercase();
            self.0.iter().all(|word| text.contains(word))
        }
    }
}

impl Tui {
    /// The lines of the view that is shown.
    pub(super) fn build(&self) -> Vec<Row> {
        let filter = Filter::of(self.filter());
        match self.view {
            View::Problems => self.problems(&filter),
            View::Jobs => self.job_tree(&filter),
            View::Nodes => self.node_tree(&filter),
            View::Deployments => self.deployments(&filter),
            View::Rotations => self.rotation_boards(&filter),
        }
    }

    fn problems(&self, filter: &Filter) -> Vec<Row> {
        let Some(picture) = &self.picture else { return Vec::new() };
        let found = picture.findings.iter().enumerate();
        let found = found.filter(|(_, f)| filter.fits(|| format!("{} {} {}", f.severity, f.about(), f.text)));
        let unknown = picture.unknown.iter().enumerate();
        let unknown = unknown.filter(|(_, (part, why))| filter.fits(|| format!("not known {part} {why}")));
        let found = found.map(|(i, _)| At::Finding(i)).chain(unknown.map(|(i, _)| At::Unknown(i)));
        found.map(|at| Row { at, depth: 0 }).collect()
    }

    fn job_tree(&self, filter: &Filter) -> Vec<Row> {
        let jobs = self.jobs();
        let several = self.several_namespaces();
        let mut rows = Vec::new();
        let mut begun: Option<&str> = None;
        for (i, job) in jobs.iter().enumerate() {
            let inside = self.inside(|| Opened::Job(job.key.clone()));
            let itself = filter.fits(|| job_text(job));
            let any_inside = || {
                inside
                    .and_then(Option::as_ref)
                    .is_some_and(|c| c.allocs.iter().any(|a| filter.fits(|| alloc_text(a))))
            };
            if !itself && !any_inside() {
                continue;
            }
            if several && begun != Some(&job.key.namespace) {
                begun = Some(&job.key.namespace);
                rows.push(Row { at: At::Namespace(i), depth: 0 });
            }
            if several && self.closed_namespaces.contains(&job.key.namespace) && filter.is_empty() {
                continue;
            }
            let depth = u8::from(several);
            rows.push(Row { at: At::Job(i), depth });
            match inside {
                None => {}
                Some(None) => rows.push(Row { at: At::JobNote(i), depth: depth + 1 }),
                Some(Some(contents)) => {
                    let all = Filter(Vec::new());
                    self.inside_job(&mut rows, (i, job), contents, if itself { &all } else { filter });
                }
            }
        }
        rows
    }

    fn inside_job(
        &self,
        rows: &mut Vec<Row>,
        (i, job): (usize, &JobSeen),
        contents: &Contents,
        filter: &Filter,
    ) {
        let depth = 1 + u8::from(self.several_namespaces());
        if contents.not_known.is_some() || contents.groups.is_empty() {
            rows.push(Row { at: At::JobNote(i), depth });
        }
        for (g, (group, _)) in contents.groups.iter().enumerate() {
            rows.push(Row { at: At::Group(i, g), depth });
            if self.closed_groups.contains(&(job.key.clone(), group.clone())) && filter.is_empty() {
                continue;
            }
            let of_group = contents.allocs.iter().enumerate().filter(|(_, a)| a.group == *group);
            let fitting = of_group.filter(|(_, a)| filter.fits(|| alloc_text(a)));
            rows.extend(fitting.map(|(a, _)| Row { at: At::OfJob(i, a), depth: depth + 1 }));
        }
    }

    fn node_tree(&self, filter: &Filter) -> Vec<Row> {
        let mut rows = Vec::new();
        for (i, node) in self.nodes().iter().enumerate() {
            let inside = self.inside(|| Opened::Node(node.id.clone()));
            let itself = filter.fits(|| node_text(node));
            let allocs =
                || inside.and_then(Option::as_ref).into_iter().flat_map(|c| c.allocs.iter().enumerate());
            let fitting: Vec<usize> =
                allocs().filter(|(_, a)| itself || filter.fits(|| alloc_text(a))).map(|(a, _)| a).collect();
            if !itself && fitting.is_empty() {
                continue;
            }
            rows.push(Row { at: At::Node(i), depth: 0 });
            let note = match inside {
                None => false,
                Some(None) => true,
                Some(Some(contents)) => contents.not_known.is_some() || contents.allocs.is_empty(),
            };
            if note {
                rows.push(Row { at: At::NodeNote(i), depth: 1 });
            }
            rows.extend(fitting.into_iter().map(|a| Row { at: At::OfNode(i, a), depth: 1 }));
        }
        rows
    }

    fn deployments(&self, filter: &Filter) -> Vec<Row> {
        let jobs = self.jobs().iter().enumerate();
        let shown = jobs.filter(|(_, job)| is_shown_deployment(job) && filter.fits(|| job_text(job)));
        // What waits for somebody comes first.
        let mut shown: Vec<(bool, usize)> = shown.map(|(i, job)| (!waits(job), i)).collect();
        shown.sort_unstable();
        shown.into_iter().map(|(_, i)| Row { at: At::Deployment(i), depth: 0 }).collect()
    }

    fn rotation_boards(&self, filter: &Filter) -> Vec<Row> {
        let mut rows = Vec::new();
        for (i, rotation) in self.rotations().iter().enumerate() {
            if !filter.fits(|| format!("{} {} {}", rotation.name, rotation.state, rotation.board.join(" "))) {
                continue;
            }
            rows.push(Row { at: At::Rotation(i), depth: 0 });
            rows.extend((0..rotation.board.len()).map(|line| Row { at: At::Board(i, line), depth: 1 }));
        }
        rows
    }

    /// As [`Tui::contents`], for thousands of things of which a few are open.
    fn inside(&self, what: impl FnOnce() -> Opened) -> Option<&Option<Contents>> {
        if self.opened.is_empty() { None } else { self.contents(&what()) }
    }

    /// What a line is about.
    pub(super) fn key(&self, at: At) -> Key {
        match at {
            At::Namespace(i) => Key::Namespace(self.jobs()[i].key.namespace.clone()),
            At::Job(i) => Key::Job(self.jobs()[i].key.clone()),
            At::Group(i, g) => Key::Group(self.jobs()[i].key.clone(), self.group(i, g).0),
            At::OfJob(i, a) => Key::Alloc(self.alloc_of_job(i, a).map_or_else(String::new, |a| a.id.clone())),
            At::Node(i) => Key::Node(self.nodes()[i].id.clone()),
            At::OfNode(i, a) => {
                Key::Alloc(self.alloc_of_node(i, a).map_or_else(String::new, |a| a.id.clone()))
            }
            At::JobNote(i) => Key::Note(Opened::Job(self.jobs()[i].key.clone())),
            At::NodeNote(i) => Key::Note(Opened::Node(self.nodes()[i].id.clone())),
            At::Finding(i) => {
                let f = &self.findings()[i];
                Key::Finding(format!("{:?} {} {:?}", f.kind, f.about(), f.id))
            }
            At::Unknown(i) => Key::Finding(self.unknown()[i].0.clone()),
            At::Deployment(i) => Key::Deployment(self.jobs()[i].key.clone()),
            At::Rotation(i) => Key::Rotation(self.rotations()[i].name.clone()),
            At::Board(i, line) => Key::Board(self.rotations()[i].name.clone(), line),
        }
    }

    /// A group of a job and its count.
    pub(super) fn group(&self, job: usize, group: usize) -> (String, u64) {
        let opened = Opened::Job(self.jobs()[job].key.clone());
        let contents = self.contents(&opened).and_then(Option::as_ref);
        contents.and_then(|c| c.groups.get(group).cloned()).unwrap_or_default()
    }

    /// An allocation of a job.
    pub(super) fn alloc_of_job(&self, job: usize, alloc: usize) -> Option<&AllocSeen> {
        self.contents(&Opened::Job(self.jobs()[job].key.clone()))?.as_ref()?.allocs.get(alloc)
    }

    /// An allocation on a node.
    pub(super) fn alloc_of_node(&self, node: usize, alloc: usize) -> Option<&AllocSeen> {
        self.contents(&Opened::Node(self.nodes()[node].id.clone()))?.as_ref()?.allocs.get(alloc)
    }
}

/// Whether a deployment waits for somebody.
pub(super) fn waits(job: &JobSeen) -> bool {
    use crate::api::nomad::deployment::DeploymentStatus;
    job.deployment.as_ref().is_some_and(|d| {
        d.is_active && (d.requires_promotion && !d.all_auto_promote || d.status == DeploymentStatus::Paused)
    })
}

/// Whether a deployment is to be shown: it is under way, or the job's version failed in it.
pub(super) fn is_shown_deployment(job: &JobSeen) -> bool {
    use crate::api::nomad::deployment::DeploymentStatus;
    !job.stopped
        && job.deployment.as_ref().is_some_and(|d| {
            d.is_active || d.status == DeploymentStatus::Failed && d.job_version == job.version
        })
}

fn job_text(job: &JobSeen) -> String {
    let says = job.says.as_ref().map_or("", |(_, text)| text);
    let stopped = if job.stopped { "stopped" } else { "" };
    format!("{} {} {} {stopped} {says}", job.key.namespace, job.key.id, job.job_type)
}

fn alloc_text(alloc: &AllocSeen) -> String {
    let reason = alloc.health.as_ref().map_or("", |h| h.reason());
    format!("{} {} {} {} {reason}", alloc.id, alloc.name, alloc.node_name, alloc.status)
}

fn node_text(node: &NodeSeen) -> String {
    let eligible = if node.eligible { "" } else { "ineligible" };
    let draining = if node.draining { "draining" } else { "" };
    format!(
        "{} {} {} {} {} {} {} {eligible} {draining}",
        node.name, node.id, node.pool, node.datacenter, node.class, node.version, node.status
    )
}
