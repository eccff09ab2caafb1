//! nginx's own search for the location of a path.

use super::super::site::{Kind, Location};
use super::super::tree::Config;

/// The location that was found for a path.
pub(super) enum LocationMatch<'a> {
    Location(&'a Location),
    /// `location /x/` is asked for as `/x`.
    AddSlash(String),
    Nothing,
    Unknown(String),
}

/// The location of a path: nginx's own search.
pub(super) fn find<'a>(locations: &'a [Location], path: &str, config: &Config) -> LocationMatch<'a> {
    let mut best: Option<(&Location, usize, bool)> = None;
    for location in locations {
        match &location.kind {
            Kind::Exact(own) if own == path => return LocationMatch::Location(location),
            Kind::Prefix(own, stop)
                if path.starts_with(own.as_str()) && best.is_none_or(|(_, len, _)| own.len() > len) =>
            {
                best = Some((location, own.len(), *stop));
            }
            _ => {}
        }
    }
    let proxies = |l: &Location| {
        ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"]
            .iter()
            .any(|name| config.named(Some(l.id), name).next().is_some())
    };
    for location in locations {
        if let Kind::Prefix(own, _) = &location.kind
            && own.strip_suffix('/') == Some(path)
            && !path.is_empty()
            && proxies(location)
        {
            return LocationMatch::AddSlash(own.clone());
        }
    }
    if let Some((location, _, _)) = best {
        match find(&location.nested, path, config) {
            LocationMatch::Nothing => {}
            found => return found,
        }
    }
    if !best.is_some_and(|(_, _, stop)| stop) {
        for location in locations {
            let Kind::Pattern(pattern) = &location.kind else { continue };
            match pattern.finds(path) {
                None => {
                    return LocationMatch::Unknown(format!("{:?} is beyond this program", pattern.source));
                }
                Some(false) => {}
                Some(true) => {
                    return match find(&location.nested, path, config) {
                        LocationMatch::Nothing => LocationMatch::Location(location),
                        found => found,
                    };
                }
            }
        }
    }
    best.map_or(LocationMatch::Nothing, |(location, _, _)| LocationMatch::Location(location))
}
