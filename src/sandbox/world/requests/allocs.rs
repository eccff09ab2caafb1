//! Stopping, restarting and signalling allocations (`nomad-api.md §5`).

use crate::sandbox::id::Id;
use crate::sandbox::state::alloc::Transition;
use crate::sandbox::state::eval::Trigger;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;

/// How an allocation is to be stopped.
#[derive(Debug, Clone, Copy, Default)]
pub struct AllocStop {
    /// Whether its tasks end without their `shutdown_delay`.
    pub no_shutdown_delay: bool,
    /// Whether it counts as rescheduled.
    pub reschedule: bool,
}

/// What came of stopping an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// The evaluation that replaces it.
    pub eval: Id,
    /// Index of the write.
    pub index: u64,
}

impl World {
    /// Stops an allocation; the scheduler replaces it. None when there is no such allocation.
    pub fn stop_alloc(&mut self, id: Id, stop: AllocStop) -> Option<Stopped> {
        let alloc = self.state.alloc(id)?.clone();
        let mut eval = self.new_eval(
            alloc.job_key(),
            alloc.job.kind(),
            alloc.job.spec.typed.priority,
            Trigger::AllocStop,
        );
        eval.job_modify_index = alloc.job.modify_index;
        let eval_id = eval.id;
        let mut write = self.write();
        write.transition(
            id,
            Transition {
                migrate: Some(true),
                no_shutdown_delay: Some(stop.no_shutdown_delay),
                reschedule: Some(stop.reschedule),
                ..Transition::default()
            },
        );
        write.add_eval(eval);
        Some(Stopped { eval: eval_id, index: write.index })
    }

    /// Restarts the tasks of an allocation, or one of them.
    ///
    /// # Errors
    /// When the client has no such task running.
    pub fn restart_alloc(&mut self, id: Id, task: Option<&str>, all: bool) -> Result<(), Refusal> {
        if all && task.is_some() {
            return Err(Refusal::failed("task name cannot be set when restarting all tasks"));
        }
        let words =
            if all { "User requested all tasks to restart" } else { "User requested task to restart" };
        let words = if task.is_none() && !all { "User requested running tasks to restart" } else { words };
        self.restart_tasks(id, task, words).map_err(Refusal::failed)
    }

    /// Sends a signal to the tasks of an allocation, or to one of them.
    ///
    /// # Errors
    /// When the client has no such task running, or its driver refuses the signal.
    pub fn signal_alloc(&mut self, id: Id, task: Option<&str>, signal: &str) -> Result<(), Refusal> {
        self.signal_tasks(id, task, signal).map_err(Refusal::failed)
    }
}
