//! What can be done with what is selected: acted on, gone into, opened and closed.

use super::acts::{Act, Subject};
use super::line::Line;
use super::picture::{JobSeen, NodeSeen, Opened};
use super::rows::{self, At};
use super::{Effect, Mode, Tui, View};
use crate::model::finding::Finding;

/// How many things may be open at once: each is asked again whenever something changes.
const MOST_OPEN: usize = 16;

impl Tui {
    /// What is selected, as something that can be acted on.
    pub(super) fn subject(&self) -> Option<Subject> {
        Some(match self.selected()?.at {
            At::Namespace(_) | At::Unknown(_) | At::JobNote(_) | At::NodeNote(_) => Subject::Other(None),
            At::Job(i) | At::Deployment(i) => of_job(&self.jobs()[i], None),
            At::Group(i, g) => of_job(&self.jobs()[i], Some(self.group(i, g).0)),
            at @ (At::OfJob(..) | At::OfNode(..)) => {
                let alloc = self.alloc(at)?;
                Subject::Alloc {
                    id: alloc.id.clone(),
                    job: alloc.job.clone(),
                    ended: alloc.status.is_terminal(),
                }
            }
            At::Node(i) => self.of_node(&self.nodes()[i]),
            At::Finding(i) => {
                let finding = &self.findings()[i];
                match self.place_of(finding) {
                    Some((_, At::Node(n))) => self.of_node(&self.nodes()[n]),
                    Some((_, At::Job(j))) => of_job(&self.jobs()[j], None),
                    _ => Subject::of_finding(finding),
                }
            }
            At::Rotation(i) | At::Board(i, _) => {
                let rotation = &self.rotations()[i];
                Subject::Rotation { name: rotation.name.clone(), finished: rotation.finished }
            }
        })
    }

    fn of_node(&self, node: &NodeSeen) -> Subject {
        let alone = self.nodes().iter().filter(|n| n.name == node.name).count() == 1;
        Subject::Node {
            id: node.id.clone(),
            name: alone.then(|| node.name.clone()),
            draining: node.draining,
            eligible: node.eligible,
        }
    }

    /// Where what a finding is about stands.
    fn place_of(&self, finding: &Finding) -> Option<(View, At)> {
        if finding.is_of_a_node() {
            let by_id =
                |n: &NodeSeen| finding.id.as_ref().map_or(n.name == finding.subject, |id| n.id == *id);
            return Some((View::Nodes, At::Node(self.nodes().iter().position(by_id)?)));
        }
        let namespace = finding.namespace.as_ref()?;
        let of = |j: &JobSeen| j.key.id == finding.subject && j.key.namespace == *namespace;
        Some((View::Jobs, At::Job(self.jobs().iter().position(of)?)))
    }

    pub(super) fn line_of(&self, act: Act) -> Option<String> {
        self.subject()?.line(act)
    }

    /// Does something with what is selected. What changes the cluster is shown as a command line first.
    pub(super) fn act(&mut self, act: Act) -> Vec<Effect> {
        self.place_mut().chosen = true;
        match self.line_of(act) {
            None => self.cannot(act),
            // What a finding of nothing listed here proposes may change anything.
            Some(line) if act.changes() || matches!(self.subject(), Some(Subject::Other(_))) => {
                self.mode = Mode::Command(Line::of(&line));
                Vec::new()
            }
            Some(line) => vec![Effect::Run(line)],
        }
    }

    pub(super) fn cannot(&mut self, act: Act) -> Vec<Effect> {
        let why = if self.selected().is_some() { "not for what is selected" } else { "nothing is selected" };
        self.notice = Some(format!("{}: {why}", act.word()));
        Vec::new()
    }

    /// Goes into what is selected: opens or closes it, goes to what a problem is about, or shows it.
    pub(super) fn enter(&mut self) -> Vec<Effect> {
        self.place_mut().chosen = true;
        let Some(row) = self.selected() else { return Vec::new() };
        match row.at {
            At::Finding(i) => match self.place_of(&self.findings()[i]) {
                Some((view, at)) => self.go_to(view, at),
                None => self.act(Act::Show),
            },
            At::Deployment(i) => self.go_to(View::Jobs, At::Job(i)),
            At::OfJob(..) | At::OfNode(..) => self.act(Act::Show),
            At::Rotation(_) | At::Board(..) => self.act(Act::Why),
            _ => {
                let open = self.is_open(row.at).unwrap_or(true);
                self.fold(!open)
            }
        }
    }

    /// Goes to a job or a node in its view, and opens it.
    fn go_to(&mut self, view: View, at: At) -> Vec<Effect> {
        self.view = view;
        self.place_mut().filter.clear();
        if let At::Job(i) = at {
            let namespace = self.jobs()[i].key.namespace.clone();
            self.closed_namespaces.remove(&namespace);
        }
        let key = self.key(at);
        let place = self.place_mut();
        (place.selected, place.chosen) = (Some(key), true);
        self.arrange();
        if self.is_open(at) == Some(false) { self.fold(true) } else { Vec::new() }
    }

    /// Whether something is open; none where it cannot be.
    pub(super) fn is_open(&self, at: At) -> Option<bool> {
        match at {
            At::Namespace(i) => Some(!self.closed_namespaces.contains(&self.jobs()[i].key.namespace)),
            At::Job(i) => Some(self.contents(&Opened::Job(self.jobs()[i].key.clone())).is_some()),
            At::Group(i, g) => {
                let group = (self.jobs()[i].key.clone(), self.group(i, g).0);
                Some(!self.closed_groups.contains(&group))
            }
            At::Node(i) => Some(self.contents(&Opened::Node(self.nodes()[i].id.clone())).is_some()),
            _ => None,
        }
    }

    /// Opens or closes what is selected. Where there is nothing to close, what it is in is selected.
    pub(super) fn fold(&mut self, open: bool) -> Vec<Effect> {
        self.place_mut().chosen = true;
        let Some(row) = self.selected() else { return Vec::new() };
        match (self.is_open(row.at), open) {
            (Some(is), open) if is != open => self.set_open(row.at, open),
            (Some(true), true) => self.moved(1),
            (_, false) => {
                let above = self.rows[..self.place().index].iter().rposition(|r| r.depth < row.depth);
                if let Some(index) = above {
                    self.select(index);
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn set_open(&mut self, at: At, open: bool) -> Vec<Effect> {
        let opened = match at {
            At::Namespace(i) => {
                let namespace = self.jobs()[i].key.namespace.clone();
                if open {
                    self.closed_namespaces.remove(&namespace);
                } else {
                    self.closed_namespaces.insert(namespace);
                }
                return Vec::new();
            }
            At::Group(i, g) => {
                let group = (self.jobs()[i].key.clone(), self.group(i, g).0);
                if open {
                    self.closed_groups.remove(&group);
                } else {
                    self.closed_groups.insert(group);
                }
                return Vec::new();
            }
            At::Job(i) => Opened::Job(self.jobs()[i].key.clone()),
            At::Node(i) => Opened::Node(self.nodes()[i].id.clone()),
            _ => return Vec::new(),
        };
        if !open {
            self.opened.retain(|(one, _)| *one != opened);
            return vec![Effect::Close(opened)];
        }
        self.opened.push((opened.clone(), None));
        let mut effects = vec![Effect::Open(opened)];
        if self.opened.len() > MOST_OPEN {
            effects.push(Effect::Close(self.opened.remove(0).0));
        }
        effects
    }
}

pub(super) fn of_job(job: &JobSeen, group: Option<String>) -> Subject {
    // With one that has ended well, nothing can be done.
    let deployment = job.deployment.clone().filter(|_| rows::is_shown_deployment(job));
    Subject::Job { key: job.key.clone(), group, stopped: job.stopped, deployment }
}
