//! From what people type to a volume: its name, its id, or the beginning of its id.

use crate::api::Error as ApiError;
use crate::api::http::Http;
use crate::api::nomad::volume::{self, VolumeKind, VolumeStub};
use crate::error::{Error, Result};
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
    let (mut all, errors) = all(nomad, namespace).await?;
    all.retain(|f| kind.is_none_or(|kind| f.kind == kind));
    let fits = |f: &FoundVolume| f.stub.id == text || f.stub.name == text;
    let begins = |f: &FoundVolume| text.len() >= 2 && f.stub.id.starts_with(text);
    let exact = all.iter().any(fits);
    let names: Vec<String> = all.iter().map(|f| f.stub.name.clone()).collect();
    let mut fitting: Vec<FoundVolume> =
        all.into_iter().filter(|f| if exact { fits(f) } else { begins(f) }).collect();
    let Some(last) = fitting.pop() else {
        if let Some(error) = errors.into_iter().next() {
            return Err(error.into());
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
