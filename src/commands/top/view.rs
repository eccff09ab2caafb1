//! What `fleet top` shows.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::TopSubject;
use crate::model::usage::{Entry, Load, number, share};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, bytes_text, column};

/// A node, a job or an allocation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Its name and loads.
    pub(super) entry: Entry,
    /// The full id of a node or an allocation.
    pub(super) id: Option<String>,
    /// Namespace of a job or an allocation.
    pub(super) namespace: Option<String>,
    /// The pool of a node, the node of an allocation.
    pub(super) place: String,
    /// What a node offers.
    pub(super) capacity: Option<Load>,
    /// Bytes in use and all, of a node's file system for allocations.
    pub(super) disk: Option<(u64, u64)>,
    /// How many allocations run.
    pub(super) allocs: usize,
    /// The allocations whose use is its own.
    pub(super) ask: Vec<String>,
    /// Why its use is not known.
    pub(super) reason: Option<String>,
}

/// The rows of nodes, jobs or allocations, for machines and for people.
#[derive(Debug)]
pub(super) struct TopView {
    pub(super) what: TopSubject,
    pub(super) rows: Vec<Row>,
    /// How many there are, shown or not.
    pub(super) all: usize,
}

impl Serialize for TopView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|row| told(self.what, row)))
    }
}

impl TopView {
    pub(super) fn nodes(&self) -> Vec<NodeRow<'_>> {
        self.rows.iter().map(NodeRow).collect()
    }

    pub(super) fn work(&self) -> Vec<WorkRow<'_>> {
        self.rows.iter().map(|row| WorkRow(self.what, row)).collect()
    }
}

/// A row as machines are told it.
fn told(what: TopSubject, r: &Row) -> Value {
    let mut told = json!({
        "allocations": r.allocs,
        "cpu_mhz_allocated": r.entry.allocated.cpu_mhz,
        "cpu_mhz_used": r.entry.used.map(|u| u.cpu_mhz),
        "memory_bytes_allocated": r.entry.allocated.memory_bytes,
        "memory_bytes_used": r.entry.used.map(|u| u.memory_bytes),
        "reason": r.reason,
    });
    let own = match what {
        TopSubject::Nodes => json!({
            "node_id": r.id,
            "node_name": r.entry.name,
            "node_pool": r.place,
            "cpu_mhz_total": r.capacity.map(|c| c.cpu_mhz),
            "memory_bytes_total": r.capacity.map(|c| c.memory_bytes),
            "disk_bytes_used": r.disk.map(|d| d.0),
            "disk_bytes_total": r.disk.map(|d| d.1),
        }),
        TopSubject::Jobs => json!({ "job_id": r.entry.name, "namespace": r.namespace }),
        TopSubject::Allocs => json!({
            "alloc_id": r.id,
            "alloc_name": r.entry.name,
            "namespace": r.namespace,
            "node_name": r.place,
        }),
    };
    if let (Value::Object(told), Value::Object(own)) = (&mut told, own) {
        told.extend(own);
    }
    told
}

fn mhz(load: Option<Load>) -> Cell {
    load.map_or(Cell::Empty, |l| Cell::text(format!("{:.0}", l.cpu_mhz)))
}

fn memory(load: Option<Load>) -> Cell {
    load.map_or(Cell::Empty, |l| Cell::text(bytes_text(l.memory_bytes)))
}

fn percent(part: Option<f64>, total: Option<f64>) -> Cell {
    match part.zip(total).and_then(|(part, total)| share(part, total)) {
        Some(n @ 90..) => Cell::toned(n.to_string(), Tone::Bad),
        Some(n @ 75..) => Cell::toned(n.to_string(), Tone::Warn),
        Some(n) => Cell::Number(n),
        None => Cell::Empty,
    }
}

/// A row of the table of nodes.
pub(super) struct NodeRow<'a>(&'a Row);

impl Serialize for NodeRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        told(TopSubject::Nodes, self.0).serialize(serializer)
    }
}

impl Tabular for NodeRow<'_> {
    const COLUMNS: &'static [Column] = &[
        column("NODE").whole(),
        column("POOL").rank(4),
        column("ALLOCS").right().rank(5),
        column("CPU MHZ").right().rank(2),
        column("USED %").right(),
        column("ALLOC %").right(),
        column("MEMORY").right().rank(1),
        column("USED %").right(),
        column("ALLOC %").right(),
        column("DISK %").right().rank(3),
        column("NOT KNOWN").rank(6).usual("-"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let r = self.0;
        let (used, capacity) = (r.entry.used, r.capacity);
        let (cpu, mem) = (capacity.map(|c| c.cpu_mhz), capacity.map(|c| number(c.memory_bytes)));
        vec![
            Cell::text(&r.entry.name),
            Cell::from(&r.place),
            Cell::Number(r.allocs as u64),
            mhz(capacity),
            percent(used.map(|u| u.cpu_mhz), cpu),
            percent(Some(r.entry.allocated.cpu_mhz), cpu),
            memory(capacity),
            percent(used.map(|u| number(u.memory_bytes)), mem),
            percent(Some(number(r.entry.allocated.memory_bytes)), mem),
            percent(r.disk.map(|d| number(d.0)), r.disk.map(|d| number(d.1))),
            r.reason.as_ref().map_or(Cell::Empty, Cell::from),
        ]
    }
}

/// A row of the table of jobs or allocations.
pub(super) struct WorkRow<'a>(TopSubject, &'a Row);

impl Serialize for WorkRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        told(self.0, self.1).serialize(serializer)
    }
}

impl Tabular for WorkRow<'_> {
    const COLUMNS: &'static [Column] = &[
        column("ALLOC").whole().usual("-"),
        column("NAME").whole(),
        column("NAMESPACE").usual("default").rank(4),
        column("NODE").usual("-").rank(2),
        column("ALLOCS").right().usual("1").rank(3),
        column("CPU MHZ").right(),
        column("GIVEN").right().rank(5),
        column("%").right(),
        column("MEMORY").right(),
        column("GIVEN").right().rank(5),
        column("%").right(),
        column("NOT KNOWN").rank(6).usual("-"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let r = self.1;
        let (used, given) = (r.entry.used, r.entry.allocated);
        vec![
            r.id.as_ref().map_or(Cell::Empty, |id| Cell::Id(id.clone())),
            Cell::text(&r.entry.name),
            r.namespace.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::from(&r.place),
            Cell::Number(r.allocs as u64),
            mhz(used),
            mhz(Some(given)),
            percent(used.map(|u| u.cpu_mhz), Some(given.cpu_mhz)),
            memory(used),
            memory(Some(given)),
            percent(used.map(|u| number(u.memory_bytes)), Some(number(given.memory_bytes))),
            r.reason.as_ref().map_or(Cell::Empty, Cell::from),
        ]
    }
}

impl Describe for TopView {
    fn describe(&self) -> Detail {
        let title = match self.what {
            TopSubject::Nodes => "Nodes",
            TopSubject::Jobs => "Jobs",
            TopSubject::Allocs => "Allocations",
        };
        let title = match self.all - self.rows.len() {
            0 => title.to_owned(),
            _ => format!("{title} ({} of {})", self.rows.len(), self.all),
        };
        match self.what {
            TopSubject::Nodes => Detail::new().table(title, &self.nodes()),
            TopSubject::Jobs | TopSubject::Allocs => Detail::new().table(title, &self.work()),
        }
    }
}
