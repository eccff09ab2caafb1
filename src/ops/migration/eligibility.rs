//! Whether nodes take new work: written side by side, and read back where a reply was lost.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::stream::{self, StreamExt as _};

use crate::api::Result as ApiResult;
use crate::api::http::{Http, Patience};
use crate::api::nomad::node::{self, Eligibility};
use crate::api::permission::Permission;
use crate::api::settle::settle;
use crate::ops::migration::NodeRef;

/// Writes on their way at once.
const WRITES_AT_ONCE: usize = 16;

/// Lets a node take new work, or none.
///
/// # Errors
/// Any API fault that outlasts all patience.
pub async fn set(nomad: &Http, permission: &Permission, id: &str, eligibility: Eligibility) -> ApiResult<()> {
    let read_back = async || {
        let now = nomad.read(&node::get(id)).await?.value;
        Ok((now.scheduling_eligibility == eligibility).then_some(()))
    };
    let call = node::set_eligibility(id, eligibility);
    settle(nomad, permission, &call, Patience::OPERATION, read_back).await?;
    Ok(())
}

/// The same for many: what became of each that was tried, in their order. Once one has failed no other is begun.
pub async fn set_each<'n>(
    nomad: &Http,
    permission: &Permission,
    nodes: impl IntoIterator<Item = &'n NodeRef>,
    eligibility: Eligibility,
) -> Vec<(&'n NodeRef, ApiResult<()>)> {
    until_one_fails(nodes, async |node| set(nomad, permission, &node.id, eligibility).await).await
}

/// Does it for each, so many at once; what became of each that was begun, in their order. Once one has failed no other is begun; those on
/// their way are followed to their end, so that nothing is done that is not told.
pub async fn until_one_fails<T: Copy, R, E>(
    items: impl IntoIterator<Item = T>,
    act: impl AsyncFn(T) -> Result<R, E>,
) -> Vec<(T, Result<R, E>)> {
    let failed = AtomicBool::new(false);
    let (act, failed) = (&act, &failed);
    let one = |item: T| async move {
        if failed.load(Ordering::Relaxed) {
            return None;
        }
        let done = act(item).await;
        failed.fetch_or(done.is_err(), Ordering::Relaxed);
        Some((item, done))
    };
    let acts: Vec<_> = items.into_iter().map(one).collect();
    let all: Vec<_> = stream::iter(acts).buffered(WRITES_AT_ONCE).collect().await;
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn they_go_side_by_side_and_after_a_failure_no_other_is_begun() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let act = async |item: usize| {
            most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            // The one that fails is slower than those before it and quicker than those after it.
            tokio::time::sleep(Duration::from_millis(10 + item as u64)).await;
            now.fetch_sub(1, Ordering::Relaxed);
            if item == 20 { Err("refused") } else { Ok(()) }
        };
        let done = until_one_fails(0..100, &act).await;
        assert_eq!(most.load(Ordering::Relaxed), WRITES_AT_ONCE);
        let failed: Vec<usize> = done.iter().filter(|(_, d)| d.is_err()).map(|(i, _)| *i).collect();
        assert_eq!(failed, [20]);
        // Whatever was begun is told, one after the other and each once, and nothing else was begun.
        let told: Vec<usize> = done.iter().map(|(i, _)| *i).collect();
        assert_eq!(told, (0..told.len()).collect::<Vec<_>>());
        assert!((21..=20 + WRITES_AT_ONCE).contains(&told.len()), "{told:?}");
        assert_eq!(now.load(Ordering::Relaxed), 0);
    }
}
