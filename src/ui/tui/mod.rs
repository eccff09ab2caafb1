//! `fleet ui` without a terminal: what is known, what is selected, and what a key means. Pure: it takes messages and answers with
//! what is to be done; time comes with the messages.

mod acts;
mod cells;
mod draw;
mod line;
mod picture;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;

pub use acts::{Act, Subject};
pub use draw::Look;
pub use line::Line;
pub use picture::{AllocSeen, Contents, JobSeen, NodeSeen, Opened, Picture, RotationSeen, TaskSeen, Used};

use crate::api::nomad::allocation::ClientStatus;
use crate::model::finding::Finding;
use crate::model::ids::JobKey;
use line::Typed;
use rows::{At, Key, Row};

/// How many things may be open at once: each is asked again whenever something changes.
const MOST_OPEN: usize = 16;

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
            Message::Key(key) if self.mode == Mode::Browse && moves(&key) => {
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

    fn key_pressed(&mut self, key: &KeyEvent) -> Vec<Effect> {
        self.notice = None;
        match std::mem::take(&mut self.mode) {
            Mode::Browse => self.browse(key),
            Mode::Filter(line) => self.type_filter(line, key),
            Mode::Command(line) => self.type_command(line, key),
            Mode::Help(first) => self.scroll_help(first, key),
        }
    }

    fn pasted(&mut self, text: &str) -> Vec<Effect> {
        match &mut self.mode {
            Mode::Filter(line) => {
                line.paste(text);
                let text = line.text();
                self.place_mut().filter = text;
            }
            Mode::Command(line) => line.paste(text),
            Mode::Browse | Mode::Help(_) => {}
        }
        Vec::new()
    }

    fn scroll_help(&mut self, first: usize, key: &KeyEvent) -> Vec<Effect> {
        let page = usize::from(self.size.1.saturating_sub(4)).max(1);
        let first = match key.code {
            KeyCode::Down | KeyCode::Char('j') => first + 1,
            KeyCode::Up | KeyCode::Char('k') => first.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => first + page,
            KeyCode::PageUp => first.saturating_sub(page),
            _ => return Vec::new(),
        };
        self.mode = Mode::Help(first.min(draw::help_lines().len().saturating_sub(page)));
        Vec::new()
    }

    fn type_filter(&mut self, mut line: Line, key: &KeyEvent) -> Vec<Effect> {
        let moves = matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown);
        if moves {
            self.mode = Mode::Filter(line);
            return self.browse_moving(key);
        }
        match line.take(key) {
            Typed::On => {
                self.place_mut().filter = line.text();
                self.mode = Mode::Filter(line);
            }
            Typed::Done => {}
            Typed::Left => self.place_mut().filter.clear(),
        }
        Vec::new()
    }

    fn type_command(&mut self, mut line: Line, key: &KeyEvent) -> Vec<Effect> {
        let recalled = match key.code {
            KeyCode::Up => (self.recalled + 1).min(self.history.len()),
            KeyCode::Down => self.recalled.saturating_sub(1),
            _ => self.recalled,
        };
        if recalled != self.recalled {
            let text = self.history.iter().rev().nth(recalled.wrapping_sub(1));
            line = text.map_or_else(Line::default, |text| Line::of(text));
            self.recalled = recalled;
        }
        match line.take(key) {
            Typed::On => {
                self.mode = Mode::Command(line);
                return Vec::new();
            }
            Typed::Done => {}
            Typed::Left => {
                self.recalled = 0;
                return Vec::new();
            }
        }
        self.recalled = 0;
        let effects = self.command(line.text().trim());
        for effect in &effects {
            if let Effect::Run(run) = effect
                && self.history.last() != Some(run)
            {
                self.history.push(run.clone());
            }
        }
        effects
    }

    /// Does what was typed: a view's name, an act with what is selected, or any command of `fleet`.
    fn command(&mut self, typed: &str) -> Vec<Effect> {
        let line = typed.strip_prefix("fleet ").unwrap_or(typed).trim();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if line.is_empty() {
            return Vec::new();
        }
        if matches!(line, "q" | "q!" | "quit" | "exit") {
            return vec![Effect::Leave];
        }
        if let Some(view) = View::of_word(line) {
            self.show(view);
            return Vec::new();
        }
        if word == "ui" {
            self.notice = Some("this is fleet ui".to_owned());
            return Vec::new();
        }
        // `scale 3` is of what is selected, `scale web 3` names it.
        let alone = rest.is_empty() || (word == Act::Scale.word() && !rest.trim().contains(' '));
        if let Some(act) = Act::ALL.into_iter().find(|act| act.word() == word && alone) {
            return match self.line_of(act) {
                Some(own) => vec![Effect::Run(format!("{own}{rest}").trim().to_owned())],
                // It is a command by itself: of the whole cluster.
                None if act == Act::Events => vec![Effect::Run(line.to_owned())],
                None => self.cannot(act),
            };
        }
        vec![Effect::Run(line.to_owned())]
    }

    fn browse(&mut self, key: &KeyEvent) -> Vec<Effect> {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c' | 'd') => vec![Effect::Leave],
                KeyCode::Char('z') => vec![Effect::Suspend],
                KeyCode::Char('r' | 'l') => vec![Effect::Look],
                KeyCode::Char('f') => self.moved(isize::try_from(self.list_rows()).unwrap_or(1)),
                KeyCode::Char('b') => self.moved(-isize::try_from(self.list_rows()).unwrap_or(1)),
                KeyCode::Char('n') => self.moved(1),
                KeyCode::Char('p') => self.moved(-1),
                _ => Vec::new(),
            };
        }
        if key.modifiers.contains(KeyModifiers::ALT) {
            return Vec::new();
        }
        match key.code {
            KeyCode::Char('q') => vec![Effect::Leave],
            KeyCode::Char('?') | KeyCode::F(1) => {
                self.mode = Mode::Help(0);
                Vec::new()
            }
            KeyCode::Char('/') => {
                self.mode = Mode::Filter(Line::of(self.filter()));
                Vec::new()
            }
            KeyCode::Char(':') => {
                self.mode = Mode::Command(Line::default());
                Vec::new()
            }
            KeyCode::Esc => {
                self.place_mut().filter.clear();
                Vec::new()
            }
            KeyCode::Char(n @ '1'..='5') => {
                self.show(View::ALL[n as usize - '1' as usize]);
                Vec::new()
            }
            KeyCode::Tab => {
                self.show(self.view.beside(1));
                Vec::new()
            }
            KeyCode::BackTab => {
                self.show(self.view.beside(View::ALL.len() - 1));
                Vec::new()
            }
            KeyCode::Enter | KeyCode::Char(' ') => self.enter(),
            KeyCode::Right => self.fold(true),
            KeyCode::Left | KeyCode::Char('h') => self.fold(false),
            KeyCode::Char(c) if Act::ALL.iter().any(|act| act.key() == c) => {
                let act = Act::ALL.into_iter().find(|act| act.key() == c);
                act.map_or_else(Vec::new, |act| self.act(act))
            }
            _ => Vec::new(),
        }
    }

    fn browse_moving(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let page = isize::try_from(self.list_rows().max(2) - 1).unwrap_or(1);
        match key.code {
            KeyCode::Down | KeyCode::Char('j') => self.moved(1),
            KeyCode::Up | KeyCode::Char('k') => self.moved(-1),
            KeyCode::PageDown => self.moved(page),
            KeyCode::PageUp => self.moved(-page),
            KeyCode::Home | KeyCode::Char('g') => self.moved(isize::MIN),
            KeyCode::End | KeyCode::Char('G') => self.moved(isize::MAX),
            _ => Vec::new(),
        }
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

    /// What is selected, as something that can be acted on.
    fn subject(&self) -> Option<Subject> {
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

    fn line_of(&self, act: Act) -> Option<String> {
        self.subject()?.line(act)
    }

    /// Does something with what is selected. What changes the cluster is shown as a command line first.
    fn act(&mut self, act: Act) -> Vec<Effect> {
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

    fn cannot(&mut self, act: Act) -> Vec<Effect> {
        let why = if self.selected().is_some() { "not for what is selected" } else { "nothing is selected" };
        self.notice = Some(format!("{}: {why}", act.word()));
        Vec::new()
    }

    /// Goes into what is selected: opens or closes it, goes to what a problem is about, or shows it.
    fn enter(&mut self) -> Vec<Effect> {
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
    fn is_open(&self, at: At) -> Option<bool> {
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
    fn fold(&mut self, open: bool) -> Vec<Effect> {
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

/// Whether a key moves the selection and does nothing else.
fn moves(key: &KeyEvent) -> bool {
    let far = matches!(
        key.code,
        KeyCode::Up
            | KeyCode::Down
            | KeyCode::PageUp
            | KeyCode::PageDown
            | KeyCode::Home
            | KeyCode::End
            | KeyCode::Char('j' | 'k' | 'g' | 'G')
    );
    far && !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
}

fn of_job(job: &JobSeen, group: Option<String>) -> Subject {
    // With one that has ended well, nothing can be done.
    let deployment = job.deployment.clone().filter(|_| rows::is_shown_deployment(job));
    Subject::Job { key: job.key.clone(), group, stopped: job.stopped, deployment }
}
