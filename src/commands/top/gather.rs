//! Two requests for what is allocated, and one for each row that is shown.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::time::timeout;

use super::TopSubject;
use super::view::Row;
use crate::api::http::{Http, Patience};
use crate::api::nomad::alloc_client;
use crate::api::nomad::allocation::{self, AllocResources};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::node_client;
use crate::error::Result;
use crate::model::capacity;
use crate::model::ids::JobKey;
use crate::model::usage::{self, Entry, Load, SortBy};

/// Asked side by side.
const AT_ONCE: usize = 32;
/// Whoever takes longer to tell what it uses does not tell.
const WITHIN: Duration = Duration::from_secs(4);
/// Of how many nodes or allocations the use is asked.
const MOST: usize = 200;
const MIB: u64 = 1024 * 1024;

fn load(cpu_mhz: u64, memory_mib: u64) -> Load {
    Load { cpu_mhz: cpu_mhz as f64, memory_bytes: memory_mib * MIB }
}

fn given(alloc: &AllocResources) -> Load {
    let taken = alloc.allocated_resources.as_ref().map(capacity::taken).unwrap_or_default();
    load(taken.cpu_mhz, taken.memory_mib)
}

/// What fits, in its order, so many rows of it with what they use; and how many there are.
pub(super) async fn gather(
    nomad: &Http,
    namespace: &str,
    what: TopSubject,
    (sort, filter, most): (SortBy, Option<&str>, usize),
) -> Result<(Vec<Row>, usize)> {
    let mut rows = match what {
        TopSubject::Nodes => nodes(nomad).await?,
        TopSubject::Jobs => jobs(nomad, namespace).await?,
        TopSubject::Allocs => allocs(nomad, namespace).await?,
    };
    rows.retain(|row| filter.is_none_or(|text| row.entry.fits(text)));
    let all = rows.len();
    rows.sort_by(|a, b| usage::order(sort, &a.entry, &b.entry));
    rows.truncate(most);
    let patient = nomad.with_patience(Patience(WITHIN));
    match what {
        TopSubject::Nodes => of_nodes(&patient, &mut rows).await,
        TopSubject::Jobs | TopSubject::Allocs => of_allocs(&patient, &mut rows).await,
    }
    rows.sort_by(|a, b| usage::order(sort, &a.entry, &b.entry));
    Ok((rows, all))
}

/// Of every namespace: what a node has to give is taken by all of them.
async fn nodes(nomad: &Http) -> Result<Vec<Row>> {
    let nodes = node::list_with_resources().stale();
    let running = allocation::running_with_resources().namespace(crate::api::nomad::ALL_NAMESPACES).stale();
    let (nodes, taken) = tokio::try_join!(
        nomad.list(&nodes),
        nomad.fold(&running, HashMap::<String, (Load, usize)>::new, |taken, alloc: AllocResources| {
            let own = taken.entry(alloc.node_id.clone()).or_default();
            own.0 += given(&alloc);
            own.1 += 1;
        }),
    )?;
    let row = |n: NodeStub| {
        let (allocated, count) = taken.value.get(&n.id).copied().unwrap_or_default();
        let offered = capacity::offered(&n);
        Row {
            entry: Entry {
                name: n.name.clone(),
                also: vec![n.node_pool.clone(), n.datacenter.clone(), n.node_class.clone(), n.id.clone()],
                allocated,
                used: None,
            },
            id: Some(n.id),
            namespace: None,
            place: n.node_pool,
            capacity: Some(load(offered.cpu_mhz, offered.memory_mib)),
            disk: None,
            allocs: count,
            ask: Vec::new(),
            reason: None,
        }
    };
    Ok(nodes.value.into_iter().map(row).collect())
}

async fn running(nomad: &Http, namespace: &str) -> Result<Vec<AllocResources>> {
    Ok(nomad.list(&allocation::running_with_resources().namespace(namespace).stale()).await?.value)
}

async fn jobs(nomad: &Http, namespace: &str) -> Result<Vec<Row>> {
    let mut jobs: BTreeMap<JobKey, (Load, Vec<String>)> = BTreeMap::new();
    for alloc in running(nomad, namespace).await? {
        let job = jobs.entry(JobKey::new(&*alloc.namespace, &*alloc.job_id)).or_default();
        job.0 += given(&alloc);
        job.1.push(alloc.id);
    }
    let row = |(key, (allocated, ask)): (JobKey, (Load, Vec<String>))| Row {
        entry: Entry { name: key.id, also: vec![key.namespace.clone()], allocated, used: None },
        id: None,
        place: String::new(),
        namespace: Some(key.namespace),
        capacity: None,
        disk: None,
        allocs: ask.len(),
        ask,
        reason: None,
    };
    Ok(jobs.into_iter().map(row).collect())
}

async fn allocs(nomad: &Http, namespace: &str) -> Result<Vec<Row>> {
    let row = |alloc: AllocResources| Row {
        entry: Entry {
            name: alloc.name.clone(),
            also: vec![alloc.namespace.clone(), alloc.node_name.clone(), alloc.id.clone()],
            allocated: given(&alloc),
            used: None,
        },
        id: Some(alloc.id.clone()),
        namespace: Some(alloc.namespace),
        place: alloc.node_name,
        capacity: None,
        disk: None,
        allocs: 1,
        ask: vec![alloc.id],
        reason: None,
    };
    Ok(running(nomad, namespace).await?.into_iter().map(row).collect())
}

async fn of_nodes(nomad: &Http, rows: &mut [Row]) {
    for row in rows.iter_mut().skip(MOST) {
        row.reason = Some(format!("not asked: more than {MOST} are shown"));
    }
    let ids = rows.iter().take(MOST).filter_map(|row| row.id.clone());
    let asked = stream::iter(ids.collect::<Vec<_>>()).map(|id| async move {
        let told = timeout(WITHIN, nomad.read(&node_client::stats(&id))).await;
        let told = match told {
            Ok(Ok(reply)) => Ok(reply.value),
            Ok(Err(e)) => Err(e.text),
            Err(_) => Err(silent()),
        };
        (id, told)
    });
    let told: HashMap<String, _> = asked.buffer_unordered(AT_ONCE).collect().await;
    for row in rows {
        match row.id.as_ref().and_then(|id| told.get(id)) {
            Some(Ok(stats)) => {
                row.entry.used = Some(Load::of_node(stats));
                let disk = stats.alloc_dir_stats.as_ref().filter(|disk| disk.size > 0);
                row.disk = disk.map(|disk| (disk.used, disk.size));
            }
            Some(Err(why)) => row.reason = Some(why.clone()),
            None => {}
        }
    }
}

fn silent() -> String {
    format!("no answer within {} s", WITHIN.as_secs())
}

async fn of_allocs(nomad: &Http, rows: &mut [Row]) {
    // Whole jobs only: half a sum is none.
    let mut left = MOST;
    let mut ids = Vec::new();
    for row in rows.iter_mut() {
        if row.ask.len() <= left {
            left -= row.ask.len();
            ids.extend(row.ask.iter().cloned());
        } else {
            row.reason = Some(format!("not asked: more than {MOST} allocations are shown"));
        }
    }
    let asked = stream::iter(ids).map(|id| async move {
        let told = timeout(WITHIN, nomad.read(&alloc_client::stats(&id))).await;
        let told = match told {
            Ok(Ok(reply)) => {
                Load::of_alloc(&reply.value).ok_or_else(|| "nothing was measured yet".to_owned())
            }
            Ok(Err(e)) => Err(e.text),
            Err(_) => Err(silent()),
        };
        (id, told)
    });
    let told: HashMap<String, std::result::Result<Load, String>> =
        asked.buffer_unordered(AT_ONCE).collect().await;
    for row in rows.iter_mut().filter(|row| row.reason.is_none()) {
        let mut used = Load::default();
        let mut fault = None;
        for id in &row.ask {
            match told.get(id) {
                Some(Ok(load)) => used += *load,
                Some(Err(why)) => fault = Some(why.clone()),
                None => fault = Some("not asked".to_owned()),
            }
        }
        match fault {
            None => row.entry.used = Some(used),
            Some(why) => row.reason = Some(why),
        }
    }
}
