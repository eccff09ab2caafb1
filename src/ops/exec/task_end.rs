//! What becomes of the allocation while a command runs in it.

use std::time::Duration;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, Allocation, DesiredStatus, RunState};
use crate::api::watch::Watch;
use crate::model::alloc_diagnosis::{AllocContext, why};
use crate::model::ids::short;
use crate::ops::exec::TaskRef;

/// Most commands have ended by then, and need no watch.
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// What the end of a session may take to be told, once the task has ended.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Ends when the task has ended and its sessions had time to say so: with what happened.
pub(in crate::ops) async fn task_end(http: &Http, task_ref: &TaskRef) -> String {
    tokio::time::sleep(FIRST_LOOK).await;
    let mut watch = Watch::new(http, allocation::get(&task_ref.alloc_id), Patience::OPERATION);
    loop {
        // Who cannot look knows nothing: the session itself decides then.
        let Ok(reply) = watch.next().await else { return std::future::pending().await };
        if let Some(words) = ended(&reply.value, &task_ref.task) {
            tokio::time::sleep(LAST_WORDS).await;
            return words;
        }
    }
}

/// What happened to the allocation, when that explains why a session broke.
pub(in crate::ops) async fn explanation(http: &Http, task_ref: &TaskRef) -> Option<String> {
    let alloc =
        http.with_patience(Patience::VIEW).read(&allocation::get(&task_ref.alloc_id)).await.ok()?.value;
    ended(&alloc, &task_ref.task).or_else(|| {
        let stopping = alloc.desired_status != DesiredStatus::Run;
        stopping.then(|| told(&alloc, "is being stopped"))
    })
}

/// The end of the task, in words.
fn ended(alloc: &Allocation, task: &str) -> Option<String> {
    if alloc.client_status.is_terminal() {
        return Some(told(alloc, "stopped"));
    }
    let state = alloc.task_states.get(task)?;
    (state.state == RunState::Dead).then(|| {
        let trouble = crate::model::alloc_diagnosis::task_trouble(task, state);
        trouble.unwrap_or_else(|| format!("task {task} of allocation {} ended", short(&alloc.id)))
    })
}

fn told(alloc: &Allocation, what: &str) -> String {
    format!("allocation {} {what}: {}", short(&alloc.id), why(alloc, AllocContext::default()).join("; "))
}
