//! Rows with UUIDs that belong to jobs: evaluations, allocations and deployments.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::sandbox::id::Id;
use crate::sandbox::state::job::JobKey;

/// A row of a [`Shelf`].
pub trait Row {
    /// Its id.
    fn id(&self) -> Id;
    /// Index of its creation, by which lists are ordered.
    fn create_index(&self) -> u64;
    /// The job it belongs to.
    fn job(&self) -> &JobKey;
}

/// Rows by id, by creation and by job. Rows are shared with readers and replaced, never changed under them.
#[derive(Debug, Clone)]
pub struct Shelf<T> {
    rows: BTreeMap<Id, Arc<T>>,
    created: BTreeSet<(u64, Id)>,
    jobs: BTreeMap<JobKey, BTreeSet<Id>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf { rows: BTreeMap::new(), created: BTreeSet::new(), jobs: BTreeMap::new() }
    }
}

impl<T: Row> Shelf<T> {
    /// A row by its id.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Arc<T>> {
        self.rows.get(&id)
    }

    /// Puts a row in, over the one with its id if there is one.
    pub fn put(&mut self, row: Arc<T>) {
        let (id, created) = (row.id(), row.create_index());
        if !self.rows.contains_key(&id) {
            self.created.insert((created, id));
            match self.jobs.get_mut(row.job()) {
                Some(ids) => {
                    ids.insert(id);
                }
                None => {
                    self.jobs.insert(row.job().clone(), BTreeSet::from([id]));
                }
            }
        }
        self.rows.insert(id, row);
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: Id) -> Option<Arc<T>> {
        let row = self.rows.remove(&id)?;
        self.created.remove(&(row.create_index(), id));
        if let Some(ids) = self.jobs.get_mut(row.job()) {
            ids.remove(&id);
            if ids.is_empty() {
                self.jobs.remove(row.job());
            }
        }
        Some(row)
    }

    /// The rows of a job, by id.
    pub fn of_job(&self, job: &JobKey) -> impl Iterator<Item = &Arc<T>> {
        self.jobs.get(job).into_iter().flatten().filter_map(|id| self.rows.get(id))
    }

    /// All rows, oldest first.
    pub fn by_creation(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.created.iter().filter_map(|(_, id)| self.rows.get(id))
    }

    /// All rows, by id.
    pub fn by_id(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.rows.values()
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
