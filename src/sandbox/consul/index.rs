//! The one index of all writes, and the last that touched each table.

use std::collections::BTreeMap;

/// A table with an index of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    Nodes,
    Services,
    Checks,
    Keys,
    Sessions,
    Configs,
}

/// The index and where it was last seen.
#[derive(Debug, Default)]
pub(crate) struct Indexes {
    latest: u64,
    tables: BTreeMap<Table, u64>,
}

impl Indexes {
    pub(crate) fn latest(&self) -> u64 {
        self.latest
    }

    /// Begins a write.
    pub(crate) fn advance(&mut self) -> u64 {
        self.latest += 1;
        self.latest
    }

    /// The present write touches these tables.
    pub(crate) fn touch(&mut self, tables: &[Table]) {
        for table in tables {
            self.tables.insert(*table, self.latest);
        }
    }

    /// The last write that touched one of these tables.
    pub(crate) fn of(&self, tables: &[Table]) -> u64 {
        tables.iter().filter_map(|table| self.tables.get(table)).copied().max().unwrap_or(0)
    }
}
