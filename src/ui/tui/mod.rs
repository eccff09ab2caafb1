//! `fleet ui` without a terminal: what is known, what is selected, and what a key means. Pure: it takes messages and answers with
//! what is to be done; time comes with the messages.

mod acts;
mod cells;
mod detail;
mod draw;
mod help;
mod keys;
mod line;
mod paint;
mod picture;
mod rows;
mod selection;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crossterm::event::KeyEvent;
use jiff::Timestamp;

pub use acts::{Act, Subject};
pub use line::Line;
pub use paint::Look;
pub use picture::{AllocSeen, Contents, JobSeen, NodeSeen, Opened, Picture, RotationSeen, TaskSeen, Used};

use crate::api::nomad::allocation::ClientStatus;
use crate::model::finding::Finding;
use crate::model::ids::JobKey;
use rows::{At, Key, Row};

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// What is wrong, and what is under way.
    Problems,
    /// Jobs, their groups and allocations.
    Jobs,
    /// Nodes and what was placed on them.
    Nodes,
    /// Deployments that are under way or failed.
    Deployments,
    /// Rotations and how they stand.
    Rotations,
}

impl View {
    /// All of them, in the order of their keys.
    pub const ALL: [View; 5] = [View::Problems, View::Jobs, View::Nodes, View::Deployments, View::Rotations];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            View::Problems => "Problems",
            View::Jobs => "Jobs",
            View::Nodes => "Nodes",
            View::Deployments => "Deployments",
            View::Rotations => "Rotations",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        Self::ALL.into_iter().find(|v| {
            let name = v.name().to_lowercase();
            word == name || word.strip_suffix('s').unwrap_or(&word) == name.trim_end_matches('s')
        })
    }

    fn beside(self, step: usize) -> Self {
        Self::ALL[(self as usize + step) % Self::ALL.len()]
    }
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Pasted(String),
    /// The screen has so many columns and rows.
    Sized(u16, u16),
    /// Time has passed.
    Time(Timestamp),
    /// The cluster was seen.
    Seen(Box<Picture>),
    /// The cluster could not be seen: why.
    Lost(String),
    /// Why no events come; none while they do.
    Deaf(Option<String>),
    /// What is inside of something that was opened was seen.
    Inside(Opened, Contents),
    /// The rotations as the cluster tells them, or why they are not known.
    Rotations(Result<Vec<RotationSeen>, String>),
    /// What is used at this moment by what is on the screen.
    Used(Used),
    /// A command has ended: its line, and its exit code or why it could not be started.
    Ended(String, Result<u8, String>),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The screen is to be left.
    Leave,
    /// The process is to go to the background.
    Suspend,
    /// This command line of `fleet` is to be run on the terminal.
    Run(String),
    /// The cluster is to be looked at now.
    Look,
    /// What is inside of this is to be asked, until it is closed.
    Open(Opened),
    /// What is inside of this is not wanted any more.
    Close(Opened),
}

/// What keys mean at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// They move and act.
    #[default]
    Browse,
    /// They are typed into the filter.
    Filter(Line),
    /// They are typed into a command; whether it was put there to be looked at.
    Command(Line),
    /// They scroll the page of keys, which begins at this line.
    Help(usize),
}

/// Where the selection is in a view, and which of its lines comes first.
#[derive(Debug, Clone, Default)]
struct Place {
    selected: Option<Key>,
    /// Whether somebody chose it; until then the first line is selected, whatever it is.
    chosen: bool,
    index: usize,
    first: usize,
    filter: String,
}

/// All that the screen shows.
#[derive(Debug)]
pub struct Tui {
    /// Which cluster, in words.
    cluster: String,
    now: Timestamp,
    size: (u16, u16),
    picture: Option<Picture>,
    seen_at: Option<Timestamp>,
    lost: Option<String>,
    deaf: Option<String>,
    opened: Vec<(Opened, Option<Contents>)>,
    closed_namespaces: BTreeSet<String>,
    closed_groups: BTreeSet<(JobKey, String)>,
    rotations: Option<Result<Vec<RotationSeen>, String>>,
    used: Used,
    view: View,
    places: [Place; View::ALL.len()],
    rows: Vec<Row>,
    mode: Mode,
    notice: Option<String>,
    /// Command lines that were run, the newest last.
    history: Vec<String>,
    /// Which of them stands in the line, counted from the newest; 0 for none.
    recalled: usize,
}

impl Tui {
    /// A screen of so many columns and rows on which nothing was seen yet. `cluster` says which it is.
    #[must_use]
    pub fn new(cluster: String, size: (u16, u16), now: Timestamp) -> Self {
        Tui {
            cluster,
            now,
            size,
            picture: None,
            seen_at: None,
            lost: None,
            deaf: None,
            opened: Vec::new(),
            closed_namespaces: BTreeSet::new(),
            closed_groups: BTreeSet::new(),
            rotations: None,
            used: Used::default(),
            view: View::Problems,
            places: Default::default(),
            rows: Vec::new(),
            mode: Mode::Browse,
            notice: None,
            history: Vec::new(),
            recalled: 0,
        }
    }

    /// Takes in what happened, and says what is to be done.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let effects = match message {
            // The lines stay as they are: a key that is held down has to be cheap.
            Message::Key(key) if self.mode == Mode::Browse && keys::moves(&key) => {
                self.notice = None;
                return self.browse_moving(&key);
            }
            Message::Key(key) => self.key_pressed(&key),
            Message::Pasted(text) => self.pasted(&text),
            Message::Sized(columns, rows) => {
                self.size = (columns, rows);
                Vec::new()
            }
            Message::Time(now) => {
                self.now = now;
                return Vec::new();
            }
            Message::Seen(picture) => {
                // A job or node that is gone takes what is inside of it along; it may come again.
                self.picture = Some(*picture);
                (self.seen_at, self.lost) = (Some(self.now), None);
                Vec::new()
            }
            Message::Lost(why) => {
                self.lost = Some(why);
                Vec::new()
            }
            Message::Deaf(why) => {
                if self.deaf == why {
                    return Vec::new();
                }
                self.deaf = why;
                Vec::new()
            }
            Message::Inside(what, contents) => {
                let place =
                    self.opened.iter_mut().find(|(opened, _)| *opened == what).map(|(_, inside)| inside);
                match place {
                    // What was seen before stays, and that it is not the present is said.
                    Some(Some(before)) if contents.not_known.is_some() => {
                        before.not_known = contents.not_known;
                    }
                    Some(inside) => *inside = Some(contents),
                    None => {}
                }
                Vec::new()
            }
            Message::Rotations(rotations) => {
                self.rotations = Some(rotations);
                Vec::new()
            }
            Message::Used(used) => {
                self.used = used;
                return Vec::new();
            }
            Message::Ended(line, code) => {
                self.notice = Some(match code {
                    Ok(0) => format!("{line}: done"),
                    Ok(130) => format!("{line}: left"),
                    Ok(code) if Act::is_well(&line, code) => format!("{line}: nothing is wrong"),
                    Ok(code) => format!("{line}: exit code {code}"),
                    Err(why) => format!("{line}: {why}"),
                });
                vec![Effect::Look]
            }
        };
        self.arrange();
        effects
    }

    /// The things that were opened.
    pub fn opened(&self) -> impl Iterator<Item = &Opened> {
        self.opened.iter().map(|(opened, _)| opened)
    }

    /// The full ids of the allocations and of the nodes whose use is on the screen: worth asking.
    #[must_use]
    pub fn on_screen(&self) -> (Vec<String>, Vec<String>) {
        let (mut allocs, mut nodes) = (Vec::new(), Vec::new());
        if !cells::shows_use(self.view, self.size.0) {
            return (allocs, nodes);
        }
        for row in self.visible() {
            match row.at {
                At::OfJob(..) | At::OfNode(..) => {
                    let running = self.alloc(row.at).filter(|a| a.status == ClientStatus::Running);
                    allocs.extend(running.map(|a| a.id.clone()));
                }
                At::Node(i) => nodes.push(self.nodes()[i].id.clone()),
                _ => {}
            }
        }
        (allocs, nodes)
    }

    fn place(&self) -> &Place {
        &self.places[self.view as usize]
    }

    fn place_mut(&mut self) -> &mut Place {
        &mut self.places[self.view as usize]
    }

    /// What the lines of the view are filtered by.
    fn filter(&self) -> &str {
        &self.place().filter
    }

    fn jobs(&self) -> &[JobSeen] {
        self.picture.as_ref().and_then(|p| p.jobs.as_deref()).unwrap_or_default()
    }

    fn nodes(&self) -> &[NodeSeen] {
        self.picture.as_ref().and_then(|p| p.nodes.as_deref()).unwrap_or_default()
    }

    fn findings(&self) -> &[Finding] {
        self.picture.as_ref().map(|p| p.findings.as_slice()).unwrap_or_default()
    }

    fn unknown(&self) -> &[(String, String)] {
        self.picture.as_ref().map(|p| p.unknown.as_slice()).unwrap_or_default()
    }

    fn rotations(&self) -> &[RotationSeen] {
        self.rotations.as_ref().and_then(|r| r.as_deref().ok()).unwrap_or_default()
    }

    /// What is inside of something: none where it is closed, nothing yet where it is being asked.
    fn contents(&self, what: &Opened) -> Option<&Option<Contents>> {
        self.opened.iter().find(|(opened, _)| opened == what).map(|(_, contents)| contents)
    }

    fn several_namespaces(&self) -> bool {
        let jobs = self.jobs();
        // They are in order.
        jobs.first().map(|j| &j.key.namespace) != jobs.last().map(|j| &j.key.namespace)
    }

    fn alloc(&self, at: At) -> Option<&AllocSeen> {
        match at {
            At::OfJob(i, a) => self.alloc_of_job(i, a),
            At::OfNode(i, a) => self.alloc_of_node(i, a),
            _ => None,
        }
    }

    /// The lines that are on the screen.
    fn visible(&self) -> &[Row] {
        let from = self.place().first.min(self.rows.len());
        let until = (from + self.list_rows()).min(self.rows.len());
        &self.rows[from..until]
    }

    fn selected(&self) -> Option<Row> {
        self.rows.get(self.place().index).copied()
    }

    /// Builds the lines anew, and keeps the selection on what it was on.
    fn arrange(&mut self) {
        self.rows = self.build();
        let place = self.place();
        let wanted = if place.chosen { place.selected.clone() } else { None };
        let found = wanted.and_then(|key| {
            let here = self.rows.get(self.place().index).filter(|row| self.key(row.at) == key);
            match here {
                Some(_) => Some(self.place().index),
                None => self.rows.iter().position(|row| self.key(row.at) == key),
            }
        });
        self.select(found.unwrap_or(self.place().index));
    }

    /// Selects a line, the last where there are not so many, and brings it into sight.
    fn select(&mut self, index: usize) {
        let index = index.min(self.rows.len().saturating_sub(1));
        let selected = self.rows.get(index).map(|row| self.key(row.at));
        let (all, shown) = (self.rows.len(), self.list_rows().max(1));
        let place = self.place_mut();
        (place.selected, place.index) = (selected, index);
        place.first = place.first.min(index).max((index + 1).saturating_sub(shown));
        // No empty line is shown below the last one while there are some above the first.
        place.first = place.first.min(all.saturating_sub(shown));
    }

    fn moved(&mut self, by: isize) -> Vec<Effect> {
        self.place_mut().chosen = true;
        let index = self.place().index.saturating_add_signed(by);
        self.select(index);
        Vec::new()
    }

    fn show(&mut self, view: View) {
        self.view = view;
    }
}
