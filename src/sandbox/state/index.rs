//! Raft indexes: one counter for every write, and what each write touched, for blocking queries.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::sandbox::id::Id;
use crate::sandbox::state::job::JobKey;

/// A table of the state, with an index of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Nodes, their reports included.
    Nodes,
    /// Pools of nodes.
    NodePools,
    /// Namespaces.
    Namespaces,
    /// Jobs in their current version.
    Jobs,
    /// Every kept version of every job.
    JobVersions,
    /// Counts of allocations by job and group.
    JobSummaries,
    /// Evaluations.
    Evals,
    /// Allocations.
    Allocs,
    /// Deployments.
    Deployments,
    /// Registrations of Nomad's own service discovery.
    Services,
    /// Scalings of jobs.
    ScalingEvents,
    /// Variables and their locks.
    Variables,
    /// The keys of the servers.
    RootKeys,
    /// ACL policies.
    AclPolicies,
    /// ACL tokens.
    AclTokens,
}

/// What a blocking query looks at; it wakes when a write touched that.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A whole table.
    Table(Table),
    /// The rows of one namespace.
    Namespace(Table, Arc<str>),
    /// The rows of one job.
    Job(Table, JobKey),
    /// The rows on one node.
    Node(Table, Id),
    /// The rows of one deployment or evaluation.
    Owner(Table, Id),
    /// One row with a UUID.
    Row(Table, Id),
    /// One row with a name.
    Name(Table, Arc<str>),
}

/// The raft index and where it was last seen.
#[derive(Debug, Clone, Default)]
pub struct Indexes {
    latest: u64,
    touched: HashMap<Scope, u64>,
    /// The rows that the last writes touched, for the event stream.
    recent: VecDeque<(u64, Vec<Scope>)>,
}

/// How many writes the event stream goes back (`event_buffer_size`).
const BUFFERED: usize = 100;

impl Indexes {
    /// The index of the last write.
    #[must_use]
    pub fn latest(&self) -> u64 {
        self.latest
    }

    /// Begins a write and gives its index.
    pub fn advance(&mut self) -> u64 {
        self.latest += 1;
        self.latest
    }

    /// Records that the write at the present index touched this.
    pub fn touch(&mut self, scope: Scope) {
        let is_row = matches!(scope, Scope::Row(..) | Scope::Name(..) | Scope::Job(Table::Jobs, _));
        if is_row {
            match self.recent.back_mut().filter(|(index, _)| *index == self.latest) {
                Some((_, scopes)) => scopes.push(scope.clone()),
                None => self.recent.push_back((self.latest, vec![scope.clone()])),
            }
            if self.recent.len() > BUFFERED {
                self.recent.pop_front();
            }
        }
        self.touched.insert(scope, self.latest);
    }

    /// The oldest and the newest write that the event stream still knows.
    #[must_use]
    pub fn buffered(&self) -> (u64, u64) {
        let index = |entry: Option<&(u64, Vec<Scope>)>| entry.map_or(0, |(index, _)| *index);
        (index(self.recent.front()), index(self.recent.back()))
    }

    /// The writes from an index on, with the rows they touched.
    pub fn since(&self, index: u64) -> impl Iterator<Item = &(u64, Vec<Scope>)> {
        self.recent.iter().filter(move |(at, _)| *at >= index)
    }

    /// The index of the last write that touched this; 0 when none did.
    #[must_use]
    pub fn of(&self, scope: &Scope) -> u64 {
        self.touched.get(scope).copied().unwrap_or(0)
    }

    /// The index of a table, as lists answer it.
    #[must_use]
    pub fn table(&self, table: Table) -> u64 {
        self.of(&Scope::Table(table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_touches_only_what_it_names() {
        let mut indexes = Indexes::default();
        assert_eq!(indexes.advance(), 1);
        indexes.touch(Scope::Table(Table::Jobs));
        indexes.advance();
        indexes.touch(Scope::Table(Table::Allocs));
        assert_eq!(
            (indexes.table(Table::Jobs), indexes.table(Table::Allocs), indexes.table(Table::Evals)),
            (1, 2, 0)
        );
        assert_eq!(indexes.latest(), 2);
    }
}
