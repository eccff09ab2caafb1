//! The variables that hold the pieces of a journal that is too long for one. Each set of them has a name of its own and is never
//! changed: it counts once the journal names it, and is deleted once it names another.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::api::http::{Http, Patience};
use crate::api::nomad::variable;
use crate::api::settle::settle;
use crate::api::{Error as ApiError, Permission};
use crate::error::Result;
use crate::ops::migration::lock::NAMESPACE;

/// Below this path are the pieces, each under the key of its journal, the name of its set and its number.
const PREFIX: &str = "fleet/rotation-pieces";
const ITEM: &str = "piece";
/// Pieces that are read or written side by side.
const AT_ONCE: usize = 4;

/// The variables of one journal.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Paths of those that the journal names.
    named: Vec<String>,
    /// Paths of those that it does not name once it is written: of this run, or of one that died.
    stale: Vec<String>,
}

fn below(key: &str) -> String {
    format!("{PREFIX}/{key}/")
}

fn path(key: &str, set: &str, i: usize) -> String {
    format!("{}{set}/{i}", below(key))
}

impl Pieces {
    /// Writes a new set; what the journal is to name it by. What is there before that is stale from then on: whatever comes later may be
    /// another run's, which has taken the journal over.
    ///
    /// # Errors
    /// Any API fault that outlasts the patience.
    pub(super) async fn write(
        &mut self,
        nomad: &Http,
        permission: &Permission,
        key: &str,
        pieces: &[String],
    ) -> Result<String, ApiError> {
        self.stale = all(nomad, key).await?;
        let set = format!("{:016x}", fastrand::u64(..));
        self.named = (0..pieces.len()).map(|i| path(key, &set, i)).collect();
        let writes = self.named.iter().zip(pieces).map(|(path, piece)| async move {
            let items = BTreeMap::from([(ITEM.to_owned(), piece.clone())]);
            let call = variable::put(NAMESPACE, path, &items, None);
            let read_back = async || match nomad.read(&variable::get(NAMESPACE, path)).await {
                Ok(reply) => Ok((reply.value.items == items).then_some(())),
                Err(e) if e.is_not_found() => Ok(None),
                Err(e) => Err(e),
            };
            settle(nomad, permission, &call, Patience::OPERATION, read_back).await.map(drop)
        });
        stream::iter(writes).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(format!("{set}/{}", pieces.len()))
    }

    /// The journal is to name none any more.
    pub(super) fn name_none(&mut self) {
        self.stale.append(&mut self.named);
    }

    /// Deletes what the journal does not name, as it is now. What cannot be deleted goes when the next set is written.
    pub(super) async fn forget_stale(&mut self, nomad: &Http, permission: &Permission) {
        forget(nomad, permission, std::mem::take(&mut self.stale)).await;
    }
}

/// Deletes these.
pub(super) async fn forget(nomad: &Http, permission: &Permission, paths: Vec<String>) {
    for path in paths {
        drop(nomad.write(permission, &variable::delete(NAMESPACE, &path, None)).await);
    }
}

/// The paths of every piece of a journal, those it does not name included.
///
/// # Errors
/// Any API fault.
pub(super) async fn all(nomad: &Http, key: &str) -> Result<Vec<String>, ApiError> {
    let found = nomad.list(&variable::list(&below(key)).namespace(NAMESPACE)).await?;
    Ok(found.value.into_iter().map(|meta| meta.path).collect())
}

/// The pieces of the set of that name, put together; none where one of them is not there any more.
///
/// # Errors
/// Any API fault.
pub(super) async fn read(nomad: &Http, key: &str, name: &str) -> Result<Option<String>> {
    let Some((set, count)) = name.split_once('/').and_then(|(set, n)| Some((set, n.parse::<usize>().ok()?)))
    else {
        return Ok(None);
    };
    let reads = (0..count).map(|i| async move {
        match nomad.read(&variable::get(NAMESPACE, &path(key, set, i))).await {
            Ok(mut reply) => Ok(reply.value.items.remove(ITEM)),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    });
    let all: Vec<Option<String>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    Ok(all.into_iter().collect::<Option<Vec<String>>>().map(|pieces| pieces.concat()))
}
