//! Which entry is meant: `service-splitter/web`, or `service-splitter web`.

use crate::api::consul::config_entry::Kind;
use crate::error::{Error, Result};
use crate::model::suggest;

/// Reads the entries that are named.
///
/// # Errors
/// Usage (2) for a kind that there is not, or a name without one.
pub(super) fn read(words: &[String]) -> Result<Vec<(Kind, String)>> {
    let mut found = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (kind_name, name) = match word.split_once('/') {
            Some((kind, name)) => (kind, name.to_owned()),
            None => (
                word.as_str(),
                match (kind(word)?, rest.next()) {
                    (_, Some(name)) => name.clone(),
                    (Kind::ProxyDefaults, None) => "global".to_owned(),
                    (Kind::Mesh, None) => "mesh".to_owned(),
                    (kind, None) => {
                        return Err(Error::usage(format!("{kind} which? name an entry as KIND/NAME"))
                            .hint(format!("`fleet config list {kind}` lists them")));
                    }
                },
            ),
        };
        let kind = kind(kind_name)?;
        if name.is_empty() {
            return Err(Error::usage(format!("{word:?} names no entry; expected KIND/NAME")));
        }
        found.push((kind, name));
    }
    Ok(found)
}

/// Reads a kind.
///
/// # Errors
/// Usage (2) when there is no such kind.
pub(super) fn kind(name: &str) -> Result<Kind> {
    Kind::named(name).ok_or_else(|| {
        let error = Error::usage(format!("{name:?} is no kind of config entry"));
        match suggest::nearest(name, Kind::ALL.iter().map(|kind| kind.name())) {
            Some(near) => error.hint(format!("did you mean {near}?")),
            None => error.hint(format!("there are {}", Kind::ALL.map(Kind::name).join(", "))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_named_in_one_word_or_two() {
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let named = read(&words(&["service-splitter/web", "http-route", "a/b", "mesh"])).unwrap();
        assert_eq!(
            named,
            [
                (Kind::ServiceSplitter, "web".to_owned()),
                (Kind::HttpRoute, "a/b".to_owned()),
                (Kind::Mesh, "mesh".to_owned()),
            ]
        );
        assert!(
            format!("{:?}", read(&words(&["service-spliter/web"])).unwrap_err())
                .contains("did you mean service-splitter")
        );
        assert!(read(&words(&["service-router"])).is_err() && read(&words(&["service-router/"])).is_err());
    }
}
