//! From what people type to a volume: its name, its id, or the beginning of its id.

use crate::api::Error as ApiError;
use crate::api::http::Http;
use crate::api::nomad::volume::{self, VolumeKind, VolumeStub};
use crate::error::{Error, Result};
use crate::model::ids::{shell_word, short};
use crate::model::suggest;

/// A volume that was found.
pub(super) struct FoundVolume {
    pub(super) kind: VolumeKind,
    pub(super) stub: VolumeStub,
}

/// All volumes of both kinds that the token may list, and why those of a kind could not be listed. Servers before 1.10 have
/// none of hosts.
pub(super) async fn all(nomad: &Http, namespace: &str) -> Result<(Vec<FoundVolume>, Vec<ApiError>)> {
    let (host, csi) = (volume::list(VolumeKind::Host), volume::list(VolumeKind::Csi));
    let (host, csi) = (host.namespace(namespace), csi.namespace(namespace));
    let (host, csi) = tokio::join!(nomad.list(&host), nomad.list(&csi));
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for (kind, listed) in [(VolumeKind::Host, host), (VolumeKind::Csi, csi)] {
        match listed {
            Ok(reply) => found.extend(reply.value.into_iter().map(|stub| FoundVolume { kind, stub })),
            Err(e) if e.is_not_found() || kind == VolumeKind::Host && e.is_unknown_call() => {}
            Err(e) => errors.push(e),
        }
    }
    if errors.len() == 2 {
        return Err(errors.remove(0).into());
    }
    Ok((found, errors))
}

/// The one volume that is meant.
///
/// # Errors
/// Not found (3) or several (2), with candidates.
pub(super) async fn one(
    nomad: &Http,
    namespace: &str,
    text: &str,
    kind: Option<VolumeKind>,
) -> Result<FoundVolume> {
    let (all, errors) = all(nomad, namespace).await?;
    let fits = |f: &FoundVolume| f.stub.id == text || f.stub.name == text;
    let begins = |f: &FoundVolume| text.len() >= 2 && f.stub.id.starts_with(text);
    let (all, of_other_kind): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|f| kind.is_none_or(|kind| f.kind == kind));
    let exact = all.iter().any(fits);
    let names: Vec<String> = all.iter().map(|f| f.stub.name.clone()).collect();
    let mut fitting: Vec<FoundVolume> =
        all.into_iter().filter(|f| if exact { fits(f) } else { begins(f) }).collect();
    let Some(last) = fitting.pop() else {
        if let Some(error) = errors.into_iter().next() {
            return Err(error.into());
        }
        if let (Some(kind), Some(other)) = (kind, of_other_kind.iter().find(|&f| fits(f) || begins(f))) {
            return Err(of_another_kind(text, kind, other));
        }
        let error = Error::not_found(format!("there is no volume {text:?}"));
        return Err(match suggest::nearest(text, names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error.hint("fleet volume list shows those there are"),
        });
    };
    if fitting.is_empty() {
        return Ok(last);
    }
    let error = Error::usage(format!("{text:?} is more than one volume"));
    let line = |f: &FoundVolume| {
        format!("{} {} {} in namespace {}", f.kind.name(), f.stub.name, f.stub.id, f.stub.namespace)
    };
    Err(fitting.iter().chain([&last]).take(10).fold(error, |error, f| error.because(line(f))))
}

/// The error for a volume that is there, and is not of the kind that is meant.
fn of_another_kind(text: &str, kind: VolumeKind, other: &FoundVolume) -> Error {
    let (id, name) = (&other.stub.id, &other.stub.name);
    let error = Error::not_found(format!("there is no {} volume {text:?}", kind.name()))
        .because(format!("{name} ({}) is a {} volume", short(id), other.kind.name()))
        .hint(format!("fleet volume show {}", shell_word(id)));
    match kind {
        VolumeKind::Csi => error.hint("a host volume goes with `fleet volume delete`"),
        VolumeKind::Host => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_of_another_kind_is_not_said_to_be_missing() {
        let (id, name) = ("13a2c756-f47a".to_owned(), "data".to_owned());
        let stub = VolumeStub { id, name, ..VolumeStub::default() };
        let found = FoundVolume { kind: VolumeKind::Host, stub };
        let error = of_another_kind("data", VolumeKind::Csi, &found);
        assert_eq!(error.message(), "there is no csi volume \"data\"");
        assert_eq!(error.causes(), ["data (13a2c756) is a host volume"]);
    }
}
