//! The journal on the cluster: what a rotation has in mind, in a variable, so that any machine can go on.
//!
//! It holds intents and ownership only. Every change is a compare-and-set: of two runs of the same rotation one finds out. One that
//! is too long for a variable stands in several: new ones are written first, then the one that names them is changed, so that whoever
//! dies in between leaves what was there before.

mod content;
mod others;
mod pieces;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::api::error::Problem;
use crate::api::http::{Http, Patience};
use crate::api::nomad::variable::{self, VariableMeta};
use crate::api::settle::{Settled, settle};
use crate::api::{Error as ApiError, Permission};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::migration::lock::{Holder, NAMESPACE};
use crate::ops::rotate::recorder::RecoveredState;
use crate::ops::rotate::unreachable::FOR_ONE_REQUEST;

use content::Content;
pub use others::{OtherRotation, left_unfinished, nodes_of_others, others_at_work};
use pieces::Pieces;

/// Below this path are the journals.
pub const PREFIX: &str = "fleet/rotations";
/// How often a journal is read again that was written anew while it was read.
const TRIES: usize = 5;

/// What stands in the variable.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The end of its path, which tells one selection of nodes from another.
    pub key: String,
    /// What the rotation has in mind.
    pub state: RecoveredState,
    /// Who wrote it.
    pub holder: Holder,
    /// Tells the runs on the machine that wrote it from those on others; none where another version of `fleet` did.
    pub owner: Option<String>,
    /// Whether it stands in several variables.
    in_pieces: bool,
    /// Index to change it with.
    pub index: u64,
}

/// The journal of one rotation.
#[derive(Debug)]
pub struct Store {
    nomad: Http,
    key: String,
    index: u64,
    written: String,
    /// The variables that hold what does not fit into one.
    pieces: Pieces,
    /// Why it is not kept, when it is not.
    unkept: Option<String>,
    /// Whether another run of the same rotation has taken it.
    is_taken: bool,
}

fn path(key: &str) -> String {
    format!("{PREFIX}/{key}")
}

impl Store {
    /// The journal of that key, as it was read with this index; 0 when there is none yet.
    #[must_use]
    pub fn new(nomad: &Http, key: &str, index: u64) -> Self {
        Store {
            nomad: nomad.with_patience(FOR_ONE_REQUEST),
            key: key.to_owned(),
            index,
            written: String::new(),
            pieces: Pieces::default(),
            unkept: None,
            is_taken: false,
        }
    }

    /// Why it is not kept on the cluster, when it is not.
    #[must_use]
    pub fn unkept(&self) -> Option<&str> {
        self.unkept.as_deref()
    }

    /// Whether another run of the same rotation has taken it since: what is to be given back is that one's.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.is_taken
    }

    /// Whether it stands on the cluster.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.unkept.is_none() && self.index > 0
    }

    /// Writes the state, if it differs from what was written last.
    ///
    /// # Errors
    /// Refused (7) when another run of the same rotation has written meanwhile; any fault that is not passing.
    pub async fn save(
        &mut self,
        permission: &Permission,
        state: &RecoveredState,
        holder: &Holder,
    ) -> Result<()> {
        if self.unkept.is_some() {
            return Ok(());
        }
        let failed = |e: serde_json::Error| Error::failed(format!("the journal cannot be written: {e}"));
        let text = serde_json::to_string(state).map_err(failed)?;
        if text == self.written {
            return Ok(());
        }
        let content = Content::of(state, &text).map_err(failed)?;
        let mut items =
            BTreeMap::from([("holder".to_owned(), serde_json::to_string(holder).map_err(failed)?)]);
        items.extend(state.owner.clone().map(|owner| ("owner".to_owned(), owner)));
        if !matches!(content, Content::Pieces(_)) {
            self.pieces.name_none();
        }
        let (name, text_of_it) = match content {
            Content::Plain(text) => ("state", text),
            Content::Packed(packed) => ("packed", packed),
            Content::Pieces(all) => match self.pieces.write(&self.nomad, permission, &self.key, &all).await {
                Ok(set) => ("pieces", set),
                Err(e) => return self.unkept_or(e),
            },
        };
        items.insert(name.to_owned(), text_of_it);
        let call = variable::put(NAMESPACE, &path(&self.key), &items, Some(self.index));
        let (nomad, key) = (self.nomad.clone(), self.key.clone());
        let read_back = async || {
            let found = nomad.read(&variable::get(NAMESPACE, &path(&key))).await;
            match found {
                Ok(reply) => Ok((reply.value.items == items).then_some(reply.value.modify_index)),
                Err(e) if e.is_not_found() => Ok(None),
                Err(e) => Err(e),
            }
        };
        match settle(&self.nomad, permission, &call, Patience::OPERATION, read_back).await {
            Ok(Settled::Replied(reply)) => self.index = reply.value.modify_index,
            Ok(Settled::Found(index)) => self.index = index,
            Err(e) if e.problem == Problem::Conflict => self.find_out(e, &items).await?,
            Err(e) => return self.unkept_or(e),
        }
        self.written = text;
        self.pieces.forget_stale(&self.nomad, permission).await;
        Ok(())
    }

    /// A rotation goes on without its journal where the token may not keep it.
    fn unkept_or(&mut self, error: ApiError) -> Result<()> {
        if !matches!(error.problem, Problem::Denied | Problem::Unsupported) {
            return Err(error.into());
        }
        self.unkept = Some(error.in_a_line());
        Ok(())
    }

    /// After a conflict: is it ours that stands there, by a write whose reply was lost?
    async fn find_out(&mut self, error: ApiError, items: &BTreeMap<String, String>) -> Result<()> {
        let now = match self.nomad.read(&variable::get(NAMESPACE, &path(&self.key))).await {
            Ok(reply) => reply.value,
            Err(e) if e.is_not_found() => return Err(error.into()),
            Err(e) => return Err(e.into()),
        };
        if now.items == *items {
            self.index = now.modify_index;
            return Ok(());
        }
        self.is_taken = true;
        let by = now.items.get("holder").and_then(|text| serde_json::from_str::<Holder>(text).ok());
        let by = by.map_or_else(|| "somebody".to_owned(), |holder| holder.to_string());
        Err(Error::refused("another run of the same rotation is under way")
            .because(format!("its journal on the cluster was written by {by}"))
            .hint("fleet rotation list"))
    }

    /// Forgets it: the rotation has ended. What cannot be deleted is left for the next run, which finds nothing to do.
    pub async fn remove(&mut self, permission: &Permission) {
        if self.unkept.is_none() && self.index > 0 {
            let call = variable::delete(NAMESPACE, &path(&self.key), Some(self.index));
            drop(self.nomad.write(permission, &call).await);
            self.pieces.name_none();
            self.pieces.forget_stale(&self.nomad, permission).await;
        }
    }
}

/// What stands on the cluster under a key.
#[derive(Debug, Clone)]
pub enum OnCluster {
    /// A journal.
    Journal(Box<Stored>),
    /// None.
    Nothing,
    /// Nobody knows: the token may not read it, or the cluster has no variables.
    NotKnown,
}

impl OnCluster {
    /// The journal, where one was seen.
    #[must_use]
    pub fn journal(self) -> Option<Stored> {
        match self {
            OnCluster::Journal(stored) => Some(*stored),
            OnCluster::Nothing | OnCluster::NotKnown => None,
        }
    }
}

/// Reads the journal of a key; none when there is none, or the token may not read it.
///
/// # Errors
/// Any other API fault; refused (7) when it cannot be made sense of.
pub async fn load(nomad: &Http, key: &str) -> Result<Option<Stored>> {
    Ok(look(nomad, key).await?.journal())
}

/// The same, which tells one that is not there from one that cannot be seen.
///
/// # Errors
/// As `load`.
pub async fn look(nomad: &Http, key: &str) -> Result<OnCluster> {
    for _ in 0..TRIES {
        let (found, sent_at) = match nomad.read(&variable::get(NAMESPACE, &path(key))).await {
            Ok(reply) => (reply.value, reply.meta.sent_at),
            Err(e) if e.is_not_found() => return Ok(OnCluster::Nothing),
            Err(e) if e.is_denied() || e.problem == Problem::Unsupported => return Ok(OnCluster::NotKnown),
            Err(e) => return Err(e.into()),
        };
        let text = match (found.items.get("state"), found.items.get("packed"), found.items.get("pieces")) {
            (Some(text), ..) => Some(text.clone()),
            (_, Some(packed), _) => content::unpack(packed),
            (_, _, Some(set)) => match pieces::read(nomad, key, set).await? {
                Some(packed) => content::unpack(&packed),
                // It was written anew meanwhile.
                None => continue,
            },
            _ => None,
        };
        let sense = || {
            let state: RecoveredState = serde_json::from_str(&text?).ok()?;
            Some((state, serde_json::from_str(found.items.get("holder")?).ok()?))
        };
        let Some((state, holder)) = sense() else { return Err(unreadable(key)) };
        let unwritten_for = sent_at.zip(found.modify_time).map(|(now, then)| age(then, now));
        let state = RecoveredState { written_at: found.modify_time, unwritten_for, ..state };
        let owner = found.items.get("owner").cloned();
        let (key, in_pieces) = (key.to_owned(), found.items.contains_key("pieces"));
        let stored = Stored { key, state, holder, owner, in_pieces, index: found.modify_index };
        return Ok(OnCluster::Journal(Box::new(stored)));
    }
    Err(unreadable(key).because("a part of it is missing"))
}

/// How long ago that was, by the same clock.
fn age(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or_default()
}

fn unreadable(key: &str) -> Error {
    Error::refused("what an earlier run of the same rotation did cannot be read")
        .because(format!("variable {} was written by another version of fleet", path(key)))
        .hint(format!("run the version that wrote it, or delete it: fleet var rm {}", path(key)))
}

/// The keys of every journal that the token may list; none where the cluster has no variables.
///
/// # Errors
/// Any API fault.
pub async fn keys(nomad: &Http) -> Result<Option<Vec<String>>> {
    match nomad.list(&variable::list(PREFIX).namespace(NAMESPACE)).await {
        Ok(found) => Ok(Some(keys_of(&found.value))),
        Err(e) if e.is_not_found() || e.problem == Problem::Unsupported => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn keys_of(found: &[VariableMeta]) -> Vec<String> {
    let key = |meta: &VariableMeta| Some(meta.path.strip_prefix(PREFIX)?.strip_prefix('/')?.to_owned());
    found.iter().filter_map(key).collect()
}

/// Every journal on the cluster.
///
/// # Errors
/// Any API fault.
pub async fn all(nomad: &Http) -> Result<Vec<Stored>> {
    let found = nomad.list(&variable::list(PREFIX).namespace(NAMESPACE)).await?.value;
    load_each(nomad, found).await
}

async fn load_each(nomad: &Http, found: Vec<VariableMeta>) -> Result<Vec<Stored>> {
    let mut all = Vec::new();
    for key in keys_of(&found) {
        all.extend(load(nomad, &key).await?);
    }
    Ok(all)
}

/// Whether an empty list of journals and histories means that there are none: what a token may not see is left out of a list without
/// a word (`acl-policies.md`).
///
/// # Errors
/// Denied (4) when the token may not read them; any other API fault.
pub async fn ensure_readable(nomad: &Http) -> Result<()> {
    match nomad.read(&variable::get(NAMESPACE, &path("any"))).await {
        Ok(_) => Ok(()),
        Err(e) if e.is_not_found() => Ok(()),
        Err(e) if e.is_denied() => Err(Error::from(e)
            .because("what the token may not see is left out of lists, so nothing is known of rotations")
            .hint(RIGHTS)),
        Err(e) => Err(e.into()),
    }
}

/// The error of whoever may not see them, with all that a policy has to say for it.
#[must_use]
pub fn with_rights(error: Error) -> Error {
    if error.code() == ExitCode::Denied { error.hint(RIGHTS) } else { error }
}

/// What a policy has to say for it.
const RIGHTS: &str = "in namespace default the policy needs: variables { path \"fleet/*\" { capabilities = [\"list\", \"read\"] } }";

#[cfg(test)]
impl Stored {
    /// A journal as if it had been read with this index.
    pub(crate) fn in_test(state: RecoveredState, holder: Holder, owner: Option<&str>, index: u64) -> Self {
        let owner = owner.map(str::to_owned);
        Stored { key: "k".to_owned(), state, holder, owner, in_pieces: false, index }
    }
}

/// Deletes a journal that nobody changed since it was read.
///
/// # Errors
/// Any API fault.
pub async fn delete(nomad: &Http, permission: &Permission, stored: &Stored) -> Result<()> {
    let call = variable::delete(NAMESPACE, &path(&stored.key), Some(stored.index));
    let pieces = if stored.in_pieces { pieces::all(nomad, &stored.key).await? } else { Vec::new() };
    nomad.write(permission, &call).await?;
    pieces::forget(nomad, permission, pieces).await;
    Ok(())
}
