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

/// What one level of locations has for a path.
enum Level<'a> {
    /// No level around it is asked any more.
    Found(LocationMatch<'a>),
    /// A prefix; expressions of the levels around it come first.
    Prefix(&'a Location),
    Nothing,
}

/// The location of a path: nginx's own search.
pub(super) fn find<'a>(locations: &'a [Location], path: &str, config: &Config) -> LocationMatch<'a> {
    match search(locations, path, config) {
        Level::Found(found) => found,
        Level::Prefix(location) => LocationMatch::Location(location),
        Level::Nothing => LocationMatch::Nothing,
    }
}

fn search<'a>(locations: &'a [Location], path: &str, config: &Config) -> Level<'a> {
    let mut longest: Option<(&Location, usize, bool)> = None;
    for location in locations {
        match &location.kind {
            Kind::Exact(own) if own == path => return Level::Found(LocationMatch::Location(location)),
            Kind::Prefix(own, stop)
                if path.starts_with(own.as_str()) && longest.is_none_or(|(_, len, _)| own.len() > len) =>
            {
                longest = Some((location, own.len(), *stop));
            }
            _ => {}
        }
    }
    if let Some(slash) = locations.iter().find_map(|location| added_slash(location, path, config)) {
        return Level::Found(slash);
    }
    let mut prefix = None;
    if let Some((location, _, _)) = longest {
        prefix = Some(location);
        match search(&location.nested, path, config) {
            found @ Level::Found(_) => return found,
            Level::Prefix(nested) => prefix = Some(nested),
            Level::Nothing => {}
        }
    }
    // Whether expressions are tried is said by the prefix of their own level, not by those nested in it.
    if !longest.is_some_and(|(_, _, stop)| stop) {
        for location in locations {
            let Kind::Pattern(pattern) = &location.kind else { continue };
            match pattern.finds(path) {
                None => {
                    let why = format!("{:?} is beyond this program", pattern.source);
                    return Level::Found(LocationMatch::Unknown(why));
                }
                Some(false) => {}
                Some(true) => {
                    return Level::Found(match find(&location.nested, path, config) {
                        LocationMatch::Nothing => LocationMatch::Location(location),
                        found => found,
                    });
                }
            }
        }
    }
    prefix.map_or(Level::Nothing, Level::Prefix)
}

fn added_slash<'a>(location: &Location, path: &str, config: &Config) -> Option<LocationMatch<'a>> {
    let Kind::Prefix(own, _) = &location.kind else { return None };
    if path.is_empty() || own.strip_suffix('/') != Some(path) {
        return None;
    }
    let passes = ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"];
    let proxies = passes.iter().any(|name| config.named(Some(location.id), name).next().is_some());
    proxies.then(|| LocationMatch::AddSlash(own.clone()))
}
