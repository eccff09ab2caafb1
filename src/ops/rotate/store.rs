//! The journal on the cluster: what a rotation has in mind, in a variable, so that any machine can go on.
//!
//! It holds intents and ownership only. Every change is a compare-and-set: of two runs of the same rotation one finds out.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::error::Problem;
use crate::api::http::{Http, Patience};
use crate::api::nomad::variable::{self, VariableMeta};
use crate::api::settle::{Settled, settle};
use crate::api::{Error as ApiError, Permission};
use crate::error::{Error, Result};
use crate::ops::migration::lock::{self, Holder, NAMESPACE};
use crate::ops::rotate::event::Outcome;
use crate::ops::rotate::recorder::RecoveredState;

/// Below this path are the journals.
pub const PREFIX: &str = "fleet/rotations";
/// The most that fits into a variable, with room for its own words (`nomad-api.md §9.2`).
const MOST_BYTES: usize = 60_000;

/// What stands in the variable.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The end of its path, which tells one selection of nodes from another.
    pub key: String,
    /// What the rotation has in mind.
    pub state: RecoveredState,
    /// Who wrote it.
    pub holder: Holder,
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
            nomad: nomad.clone(),
            key: key.to_owned(),
            index,
            written: String::new(),
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
        let Some(text) = fitting(state) else {
            self.unkept = Some("it is too large for a variable".to_owned());
            return Ok(());
        };
        if text == self.written {
            return Ok(());
        }
        let holder = serde_json::to_string(holder).map_err(|e| Error::failed(e.to_string()))?;
        let items = BTreeMap::from([("state".to_owned(), text.clone()), ("holder".to_owned(), holder)]);
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
            Err(e) if matches!(e.problem, Problem::Denied | Problem::Unsupported) => {
                self.unkept = Some(format!("could not {}: {}", e.purpose, e.text));
                return Ok(());
            }
            Err(e) if e.problem == Problem::Conflict => self.find_out(e, &items).await?,
            Err(e) => return Err(e.into()),
        }
        self.written = text;
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
        }
    }
}

/// The state as text; without what arrived well when it would be too long otherwise, none when it is too long all the same.
fn fitting(state: &RecoveredState) -> Option<String> {
    let text = |state: &RecoveredState| serde_json::to_string(state).ok().filter(|t| t.len() <= MOST_BYTES);
    if let Some(text) = text(state) {
        return Some(text);
    }
    let mut short = state.clone();
    let well: Vec<String> = state
        .moved
        .iter()
        .filter(|(_, m)| m.outcome != Outcome::Unfinished)
        .map(|(id, _)| id.clone())
        .collect();
    for id in &well {
        short.moved.remove(id);
        short.stopped.remove(id);
        short.placed.remove(id);
    }
    short.emptied.values_mut().for_each(|all| all.retain(|a| !well.contains(&a.id)));
    text(&short)
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
    let found = match nomad.read(&variable::get(NAMESPACE, &path(key))).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_not_found() => return Ok(OnCluster::Nothing),
        Err(e) if e.is_denied() || e.problem == Problem::Unsupported => return Ok(OnCluster::NotKnown),
        Err(e) => return Err(e.into()),
    };
    let sense = || {
        let state = serde_json::from_str(found.items.get("state")?).ok()?;
        Some((state, serde_json::from_str(found.items.get("holder")?).ok()?))
    };
    let Some((state, holder)) = sense() else {
        return Err(Error::refused("what an earlier run of the same rotation did cannot be read")
            .because(format!("variable {} was written by another version of fleet", path(key)))
            .hint(format!("run the version that wrote it, or delete it: fleet var rm {}", path(key))));
    };
    let index = found.modify_index;
    Ok(OnCluster::Journal(Box::new(Stored { key: key.to_owned(), state, holder, index })))
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
    for meta in found {
        let Some(key) = meta.path.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix('/')) else {
            continue;
        };
        all.extend(load(nomad, key).await?);
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

/// What a policy has to say for it.
const RIGHTS: &str = "in namespace default the policy needs: variables { path \"fleet/*\" { capabilities = [\"list\", \"read\"] } }";

/// The journals of rotations that nobody is at work on, but the one with this key. None, where the token may not see that.
///
/// # Errors
/// Any other API fault.
pub async fn left_unfinished(nomad: &Http, but: &str) -> Result<Vec<Stored>> {
    let mut all = all_visible(nomad).await?;
    all.retain(|stored| stored.key != but);
    if all.is_empty() {
        return Ok(all);
    }
    let claims = lock::read(nomad).await?.0;
    all.retain(|s| s.state.rotation.as_ref().is_some_and(|name| !lock::at_work(&claims, name)));
    Ok(all)
}

/// Every journal that the token may see.
async fn all_visible(nomad: &Http) -> Result<Vec<Stored>> {
    let found = match nomad.list(&variable::list(PREFIX).namespace(NAMESPACE)).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_denied() || e.is_not_found() || e.problem == Problem::Unsupported => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    load_each(nomad, found).await
}

/// The nodes that other rotations than this one are at work on, by id, and whose they are. Nobody's, where the token may not see that.
///
/// # Errors
/// Any other API fault.
pub async fn nodes_of_others(nomad: &Http, rotation: &str) -> Result<BTreeMap<String, String>> {
    let others = others_at_work(nomad, rotation).await?;
    let nodes = others.into_iter().flat_map(|o| o.nodes.into_iter().map(move |id| (id, o.name.clone())));
    Ok(nodes.collect())
}

/// A rotation that somebody is at work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRotation {
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub holder: Holder,
    /// Every node of it, by id.
    pub nodes: BTreeSet<String>,
    /// Those that it still has to empty, by id.
    pub open: BTreeSet<String>,
}

/// The rotations but this one that somebody is at work on. None, where the token may not see that.
///
/// # Errors
/// Any other API fault.
pub async fn others_at_work(nomad: &Http, rotation: &str) -> Result<Vec<OtherRotation>> {
    let all = all_visible(nomad).await?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let claims = lock::read(nomad).await?.0;
    let other = |Stored { state, holder, .. }: Stored| {
        let name = state.rotation.filter(|name| name != rotation && lock::at_work(&claims, name))?;
        let nodes: BTreeSet<String> = state.was.into_keys().collect();
        // What only moves a few away leaves its nodes to others.
        let empties = |id: &&String| holder.what.starts_with("rotation ") && !state.rotated.contains_key(*id);
        let open = nodes.iter().filter(empties).cloned().collect();
        Some(OtherRotation { name, holder, nodes, open })
    };
    Ok(all.into_iter().filter_map(other).collect())
}

/// Deletes a journal that nobody changed since it was read.
///
/// # Errors
/// Any API fault.
pub async fn delete(nomad: &Http, permission: &Permission, stored: &Stored) -> Result<()> {
    let call = variable::delete(NAMESPACE, &path(&stored.key), Some(stored.index));
    nomad.write(permission, &call).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::migration::{AllocRef, NodeRef};
    use crate::ops::rotate::event::Moved;

    #[test]
    fn what_is_too_long_forgets_what_arrived_well_and_keeps_the_rest() {
        let alloc = |i: usize| AllocRef {
            id: format!("{i:036}"),
            name: format!("web.g[{i}]"),
            job: "web".into(),
            namespace: "default".into(),
        };
        let mut state = RecoveredState { rotation: Some("r-1".into()), ..RecoveredState::default() };
        state.emptied.insert("n".into(), (0..300).map(alloc).collect());
        let node = NodeRef { id: "n".into(), name: "c1".into() };
        for i in 0..299 {
            let moved = Moved {
                alloc: alloc(i),
                group: alloc(i).group(),
                from: node.clone(),
                replacement: None,
                to: None,
                outcome: Outcome::Healthy,
                reason: None,
                gap_seconds: None,
                seconds: 1.0,
                upper_bound: false,
                killed_at_deadline: false,
            };
            state.moved.insert(alloc(i).id, moved);
        }
        let read: RecoveredState = serde_json::from_str(&fitting(&state).unwrap()).unwrap();
        assert_eq!(read.emptied["n"], [alloc(299)]);
        assert_eq!(read.rotation.as_deref(), Some("r-1"));
    }
}
