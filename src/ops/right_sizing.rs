//! Reading what tasks ask for and what they use: one request for all allocations, one for each that is asked what it uses now, or
//! four to a Prometheus for all of them.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::time::{Instant, sleep, timeout};

use crate::api::http::{Http, Patience, Probe};
use crate::api::nomad::alloc_client;
use crate::api::nomad::allocation::{self, AllocResources};
use crate::error::{Error, Result};
use crate::model::ids::JobKey;
use crate::model::right_sizing::{self, Asked, MEASURES, Measure, TaskKey, Used};

/// Agents asked side by side.
const AT_ONCE: usize = 32;
/// Whoever takes longer to tell what it uses does not tell.
const WITHIN: Duration = Duration::from_secs(5);
/// Of how many allocations the present use is asked.
pub const MOST: usize = 200;

/// What runs, by task: what each asks for, and the allocations behind it.
#[derive(Debug, Default)]
pub struct Running {
    /// By task.
    pub asked: BTreeMap<TaskKey, Asked>,
    /// The ids of the allocations, one of each group first.
    ids: Vec<(String, JobKey, String)>,
}

/// What runs of the jobs that are meant.
///
/// # Errors
/// Nomad's own.
pub async fn running(nomad: &Http, namespace: &str, wanted: impl Fn(&JobKey) -> bool) -> Result<Running> {
    let call = allocation::running_with_resources().namespace(namespace);
    let all = nomad.list(&call).await?.value;
    let mut running = Running::default();
    let mut later = Vec::new();
    for alloc in all {
        let job = JobKey::new(&*alloc.namespace, &*alloc.job_id);
        if wanted(&job) {
            let first = add(&mut running.asked, &job, &alloc);
            let entry = (alloc.id, job, alloc.task_group);
            if first { running.ids.push(entry) } else { later.push(entry) }
        }
    }
    running.ids.append(&mut later);
    Ok(running)
}

/// Adds what an allocation is given. Whether it is the first of its group.
fn add(asked: &mut BTreeMap<TaskKey, Asked>, job: &JobKey, alloc: &AllocResources) -> bool {
    let mut first = false;
    for (task, given) in alloc.allocated_resources.iter().flat_map(|r| &r.tasks) {
        let key = TaskKey { job: job.clone(), group: alloc.task_group.clone(), task: task.clone() };
        let own = asked.entry(key).or_default();
        first |= own.instances == 0;
        own.instances += 1;
        own.cpu_mhz = given.cpu.reserved_cores.is_empty().then_some(given.cpu.cpu_shares);
        own.memory_mib = given.memory.mib;
        own.memory_max_mib = u64::try_from(given.memory.max_mib).ok().filter(|most| *most > given.memory.mib);
    }
    first
}

impl Running {
    /// How many allocations there are, and of how many the present use would be asked.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.ids.len(), self.ids.len().min(MOST))
    }
}

/// What tasks use now, sampled for so long, and why some are not known.
pub async fn now(
    nomad: &Http,
    running: &Running,
    sampled: Duration,
    every: Duration,
) -> (BTreeMap<TaskKey, Used>, Vec<String>) {
    let patient = nomad.with_patience(Patience(WITHIN));
    let (mut all, mut faults) = (BTreeMap::<TaskKey, Used>::new(), BTreeMap::new());
    let began = Instant::now();
    loop {
        let ask = |(id, job, group): &(String, JobKey, String)| {
            let (id, job, group, nomad) = (id.clone(), job.clone(), group.clone(), &patient);
            async move {
                let told = match timeout(WITHIN, nomad.read(&alloc_client::stats(&id))).await {
                    Ok(Ok(reply)) => Ok(reply.value),
                    Ok(Err(e)) if e.is_denied() => {
                        Err(format!("{}; the token needs: {}", e.brief(), e.needs))
                    }
                    Ok(Err(e)) => Err(e.text.clone()),
                    Err(_) => Err(format!("no answer within {} s", WITHIN.as_secs())),
                };
                (id, job, group, told)
            }
        };
        let mut answers = stream::iter(running.ids.iter().take(MOST)).map(ask).buffer_unordered(AT_ONCE);
        while let Some((id, job, group, told)) = answers.next().await {
            let usage = match told {
                Ok(usage) => usage,
                Err(why) => {
                    faults.insert(id, why);
                    continue;
                }
            };
            for (task, own) in usage.tasks {
                let (cpu, memory) = (&own.resource_usage.cpu_stats, &own.resource_usage.memory_stats);
                let used = all.entry(TaskKey { job: job.clone(), group: group.clone(), task }).or_default();
                used.add(cpu.total_ticks, memory.bytes() as f64);
                used.over = began.elapsed();
                let most = memory.max_usage as f64;
                if used.memory_most_bytes.is_some_and(|b| most > b) {
                    used.memory_most_bytes = Some(most);
                }
            }
        }
        if began.elapsed() + every > sampled {
            break;
        }
        sleep(every).await;
    }
    (
        all,
        faults
            .into_iter()
            .map(|(id, why)| format!("allocation {}: {why}", crate::model::ids::short(&id)))
            .collect(),
    )
}

/// What tasks used over so long a time, as a Prometheus tells.
///
/// # Errors
/// When it does not answer (5), or not as a Prometheus does (1).
pub async fn over_time(url: &str, over: Duration) -> Result<BTreeMap<TaskKey, Used>> {
    let place = format!("{}/api/v1/query", url.trim_end_matches('/'));
    let ask = |measure: Measure| {
        let place = place.clone();
        async move { (measure, Probe::json(&place, &[("query", &measure.query(over.as_secs()))]).await) }
    };
    let answers = futures_util::future::join_all(MEASURES.map(ask)).await;
    let mut all: BTreeMap<TaskKey, Used> = BTreeMap::new();
    for (measure, answer) in answers {
        let bad = |why: String| Error::failed(format!("{url} does not tell what tasks use")).because(why);
        let rows = right_sizing::answers(&answer.map_err(bad)?).map_err(bad)?;
        for (key, value) in rows {
            let used = all.entry(key).or_default();
            used.over = over;
            measure.take(used, value);
        }
    }
    Ok(all)
}
