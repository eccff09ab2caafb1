//! Asking which version of its job an allocation runs, where the servers' number may be that of a later one.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};

use crate::api::http::Http;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::{ALL_NAMESPACES, job, one_of_few, registration};
use crate::model::ids::JobKey;
use crate::model::running_version::VersionRecord;

/// The versions of so many jobs are asked for without looking first whether there is need to.
const ASKED_AT_ONCE: usize = 8;
/// Of no more jobs than these the versions are read: a cluster of which more nodes came back has other worries.
const MOST_JOBS: usize = 64;

/// Gives each allocation the version that it runs. No request where no number is in doubt; one for each job of which one is.
/// What cannot be read leaves the servers' number.
pub async fn correct(nomad: &Http, allocs: &mut [AllocStub]) {
    let records: Vec<Option<VersionRecord>> = allocs.iter().map(VersionRecord::of).collect();
    let doubtful: Vec<&VersionRecord> = records.iter().flatten().collect();
    let running = of(nomad, &doubtful).await;
    let in_doubt = allocs.iter_mut().zip(&records).filter(|(_, record)| record.is_some());
    in_doubt.zip(running).for_each(|((alloc, _), version)| alloc.job_version = version);
}

/// The version that each runs.
pub async fn of(nomad: &Http, records: &[&VersionRecord]) -> Vec<u64> {
    let mut jobs: BTreeSet<&JobKey> = records.iter().map(|r| &r.job).collect();
    if jobs.len() > ASKED_AT_ONCE {
        jobs = with_older(nomad, records, jobs).await;
    }
    let asked = stream::iter(jobs.into_iter().take(MOST_JOBS)).map(async |job| {
        let kept = nomad.read(&registration::versions(&job.namespace, &job.id)).await.ok()?.value.versions;
        let kept: Vec<(u64, u64)> = kept.iter().map(|v| (v.job.version, v.job.job_modify_index)).collect();
        Some((job, kept))
    });
    let kept: Vec<Option<_>> = asked.buffer_unordered(ASKED_AT_ONCE).collect().await;
    let kept: BTreeMap<&JobKey, Vec<(u64, u64)>> = kept.into_iter().flatten().collect();
    records.iter().map(|r| kept.get(&r.job).map_or(r.version, |kept| r.among(kept))).collect()
}

/// Those of the jobs of which something is older than the specification there is now. One request; none of them where the token
/// may not list jobs.
async fn with_older<'r>(
    nomad: &Http,
    records: &[&'r VersionRecord],
    jobs: BTreeSet<&'r JobKey>,
) -> BTreeSet<&'r JobKey> {
    let filter = one_of_few("ID", jobs.iter().map(|job| job.id.as_str()));
    let call = job::list().namespace(ALL_NAMESPACES).filter(filter.as_deref()).stale();
    let Ok(listed) = nomad.list(&call).await else { return BTreeSet::new() };
    let now: BTreeMap<JobKey, u64> =
        listed.value.into_iter().map(|j| (JobKey::new(j.namespace, j.id), j.job_modify_index)).collect();
    let older = records.iter().filter(|r| now.get(&r.job).is_some_and(|index| r.predates(*index)));
    older.map(|r| &r.job).collect()
}
