//! What a token may not see. Lists over all namespaces leave it out without a word (`acl-policies.md`), so that nothing in one is no
//! proof that there is nothing.

use crate::api::http::Http;
use crate::model::rights::Permitted;
use crate::ops::migration::snapshot;

/// Why what no list over all namespaces shows may be there all the same; none where the token may do one of these things in every
/// namespace. Some requests, for whoever has found nothing.
pub(crate) async fn hidden(nomad: &Http, any_of: &[&str]) -> Option<String> {
    match snapshot::rights(nomad).await.map(|rights| rights.every_namespace(any_of)) {
        Ok(Permitted::Yes) => None,
        Ok(Permitted::No) => Some(format!(
            "the token may not see every namespace, which needs: namespace capability {:?}",
            any_of[0]
        )),
        Ok(Permitted::Unknown) => Some("whether the token may see every namespace is not known".to_owned()),
        Err(e) => Some(format!("whether the token may see every namespace is not known: {e}")),
    }
}
