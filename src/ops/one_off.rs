//! A job that runs once, from its registration to its removal.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub, Allocation};
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::{evaluation, registration};
use crate::api::permission::Permission;
use crate::api::settle::{Settled, settle};
use crate::api::watch::Watch;
use crate::error::{Error, Result};
use crate::model::alloc_diagnosis::{self, AllocContext, OutOfMemory};
use crate::model::ids::job_words;
use crate::model::metric::explain;
use crate::model::one_off::{OneOff, is_left};
use crate::ops::deploy::act::deregister;
use crate::ops::logs::{LogEvent, LogId, LogReaders, LogStart, ReaderEvent, Stream};

/// How long a job that was told to stop may take, before it is removed all the same.
const STOPPED_WITHIN: Duration = Duration::from_secs(40);

/// A job that runs once.
#[derive(Debug)]
pub struct Running<'a> {
    http: &'a Http,
    permission: &'a Permission,
    /// Its namespace.
    pub namespace: String,
    /// Its id.
    pub id: String,
    task: String,
    group: String,
    eval: String,
}

impl<'a> Running<'a> {
    /// Registers it.
    ///
    /// # Errors
    /// When the servers will not have it.
    pub async fn register(http: &'a Http, permission: &'a Permission, one_off: &OneOff) -> Result<Self> {
        let text = |field: &str| one_off.spec[field].as_str().unwrap_or_default().to_owned();
        let (namespace, id) = (text("Namespace"), text("ID"));
        let call = registration::register(&namespace, &one_off.spec, 0, None);
        let read = job::get(&namespace, &id);
        let there = async || match http.read(&read).await {
            Ok(_) => Ok(Some(())),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        };
        let eval = match settle(http, permission, &call, Patience::OPERATION, there).await? {
            Settled::Replied(reply) => reply.value.eval_id,
            Settled::Found(()) => String::new(),
        };
        let (task, group) = (one_off.task.clone(), one_off.group.clone());
        Ok(Running { http, permission, namespace, id, task, group, eval })
    }

    /// Waits until its command has begun, or ended already.
    ///
    /// # Errors
    /// When there is no room for it, or it cannot be started.
    pub async fn begun(&self) -> Result<AllocStub> {
        let call = allocation::of_job(&self.namespace, &self.id);
        let mut watch = Watch::new(self.http, call, Patience::OPERATION);
        loop {
            let next = async {
                // A refusal of the scheduler's changes no list of allocations.
                loop {
                    if let Ok(reply) = timeout(Duration::from_secs(2), watch.next()).await {
                        return reply.map_err(Error::from);
                    }
                    self.refused().await?;
                }
            };
            let allocs = next.await?.value;
            let Some(alloc) = allocs.into_iter().max_by_key(|a| a.create_index) else {
                self.refused().await?;
                continue;
            };
            let state = alloc.task_states.get(&self.task);
            if state.is_some_and(|s| s.started_at.is_some()) {
                return Ok(alloc);
            }
            if alloc.client_status.is_terminal() {
                return Err(self.unended(&alloc.id).await);
            }
        }
    }

    /// Whether the scheduler found no place.
    async fn refused(&self) -> Result<()> {
        if self.eval.is_empty() {
            return Ok(());
        }
        let eval = self.http.read(&evaluation::get(&self.namespace, &self.eval)).await?.value;
        match eval.failed_groups.get(&self.group) {
            Some(metric) => {
                Err(Error::transport(format!("{} cannot be placed", self.id)).because(explain(metric)))
            }
            None => Ok(()),
        }
    }

    /// Hands on what the command prints, as `route` tells of its logs, until it has ended: its exit code.
    ///
    /// # Errors
    /// When it did not end by itself, or its logs could not be read to their end.
    pub async fn follow(
        &self,
        route: &Http,
        alloc: &AllocStub,
        mut hear: impl FnMut(&LogId, LogEvent) -> Result<()>,
    ) -> Result<u8> {
        let mut readers = LogReaders::default();
        for stream in [Stream::Stdout, Stream::Stderr] {
            let log = LogId { alloc_id: alloc.id.clone(), task: self.task.clone(), stream };
            readers.add(route, log, true, LogStart::Oldest);
        }
        let mut ending = std::pin::pin!(self.ended(&alloc.id));
        let (mut ended, mut unread) = (None, None);
        while ended.is_none() || !readers.is_empty() {
            tokio::select! {
                Some((number, heard)) = readers.next() => match heard {
                    ReaderEvent::LogEvent(piece) => hear(readers.log(number), piece)?,
                    ReaderEvent::End(read) => unread = unread.or(read.err()),
                },
                alloc = &mut ending, if ended.is_none() => {
                    let alloc = ended.insert(alloc?);
                    readers.tell(&alloc.id, true);
                }
            }
        }
        let ended = ended.ok_or_else(|| Error::transport("its end is not known"))?;
        let code = self.code(&ended)?;
        match unread {
            None => Ok(code),
            Some(e) => Err(Error::from(e).context(format!(
                "it ended with exit code {code}, but its log could not be read to its end"
            ))),
        }
    }

    /// Waits for the end of its allocation.
    async fn ended(&self, alloc_id: &str) -> Result<Allocation> {
        let mut watch = Watch::new(self.http, allocation::get(alloc_id), Patience::OPERATION);
        loop {
            let alloc = watch.next().await?.value;
            if alloc.client_status.is_terminal() {
                return Ok(alloc);
            }
        }
    }

    /// How the command ended by itself.
    fn code(&self, alloc: &Allocation) -> Result<u8> {
        let end = alloc.task_states.get(&self.task).and_then(alloc_diagnosis::last_end);
        let told = |what: &str| {
            let why = alloc_diagnosis::why(alloc, AllocContext::default());
            why.into_iter().fold(Error::transport(format!("{} {what}", self.id)), Error::because)
        };
        let end = end.ok_or_else(|| told("did not start"))?;
        if end.out_of_memory == OutOfMemory::Yes {
            return Err(told("ran out of memory").hint("give it more with --memory"));
        }
        Ok(end.code())
    }

    async fn unended(&self, alloc_id: &str) -> Error {
        match self.http.read(&allocation::get(alloc_id)).await {
            Ok(alloc) => match self.code(&alloc.value) {
                Err(error) => error,
                Ok(code) => Error::transport(format!(
                    "{} ended with exit code {code} before it was seen to run",
                    self.id
                )),
            },
            Err(error) => error.into(),
        }
    }

    /// Stops it when it still runs, and removes it.
    ///
    /// # Errors
    /// When it may still be there.
    pub async fn remove(&self) -> Result<()> {
        let job = job_words(&self.namespace, &self.id);
        let still = format!("{} may still exist; fleet job stop {job} --purge removes it", self.id);
        remove(self.http, self.permission, &self.namespace, &self.id).await.map_err(|e| e.hint(still))
    }
}

/// Stops a job, waits until it has, and has it forgotten.
async fn remove(http: &Http, permission: &Permission, namespace: &str, id: &str) -> Result<()> {
    let call = allocation::of_job(namespace, id);
    let live = async || {
        let all = http.read(&call).await?.value;
        Ok::<_, Error>(all.iter().any(|a| !a.client_status.is_terminal()))
    };
    if live().await? {
        deregister(http, permission, namespace, id, false).await?;
        let stopped = async {
            while live().await? {
                sleep(Duration::from_millis(200)).await;
            }
            Ok::<_, Error>(())
        };
        // It was told to stop and will; that it is forgotten first harms nobody.
        if let Ok(stopped) = timeout(STOPPED_WITHIN, stopped).await {
            stopped?;
        }
    }
    deregister(http, permission, namespace, id, true).await
}

/// Removes what somebody left and did not come back for: the ids of those jobs.
///
/// # Errors
/// When it cannot be told or done.
pub async fn sweep(
    http: &Http,
    permission: &Permission,
    namespace: &str,
    prefix: &str,
    now: jiff::Timestamp,
) -> Result<Vec<String>> {
    let found = http.list(&job::list().namespace(namespace).prefix(Some(prefix))).await?.value;
    let mut swept = Vec::new();
    for stub in found {
        let job: Job = http.read(&job::get(namespace, &stub.id)).await?.value;
        if is_left(&job.meta, now) {
            remove(http, permission, namespace, &job.id).await?;
            swept.push(job.id);
        }
    }
    Ok(swept)
}

/// The specification of a job as the server holds it; none when there is none.
///
/// # Errors
/// Any other failure to read it.
pub async fn spec(http: &Http, namespace: &str, id: &str) -> Result<Option<Value>> {
    match http.read(&job::get_spec(namespace, id)).await {
        Ok(reply) => Ok(Some(reply.value)),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e.into()),
    }
}
