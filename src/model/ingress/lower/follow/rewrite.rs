//! What a `rewrite` does to a path that is followed without a request.

use std::sync::Arc;

use super::super::{Followed, Lower, State};
use super::{groups_only, substituted};
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value::{Piece, pieces};
use crate::model::ingress::pattern::{Part, Pattern};
use crate::model::ingress::route::{PathMatch, QueryChange};

impl Lower<'_> {
    pub(super) fn rewritten(&mut self, id: Id, state: &State) -> Rewritten {
        let directive = self.sites.config.get(id);
        let text = substituted(directive.arg(1), state);
        let (source, text) = with_slash_outside(directive.arg(0), &text);
        let pattern = match Pattern::new(&anchored(source, state), false) {
            Ok(pattern) if pattern.is_sayable() => Arc::new(pattern),
            Ok(pattern) => {
                let lacks = pattern.not_re2().unwrap_or_default();
                return Rewritten::Beyond(format!("the expression has what RE2 lacks: {lacks}"));
            }
            Err(why) => return Rewritten::Beyond(why),
        };
        let (text, drops) = match text.strip_suffix('?') {
            Some(text) => (text.to_owned(), true),
            None => (text, false),
        };
        let (path, own) = match text.split_once('?') {
            Some((path, own)) => (path.to_owned(), Some(own.to_owned())),
            None => (text, None),
        };
        let mut after = state.clone();
        after.from.push(id);
        after.query = match (own, drops, &state.query) {
            (Some(own), true, _) => QueryChange::Prepend(format!("{own}?")),
            (Some(own), false, _) => QueryChange::Prepend(own),
            (None, true, _) => QueryChange::Drop,
            (None, false, query) => query.clone(),
        };
        let away = ["http://", "https://", "$scheme"].iter().any(|s| path.starts_with(s));
        let replacement = if away { groups_and_hosts(&path, &pattern) } else { groups_only(&path, &pattern) };
        let Some(replacement) = replacement else {
            return Rewritten::Beyond("the new path holds what is only known of a request".to_owned());
        };
        match &state.path {
            Followed::Same => rewrite_of_the_clients(&pattern, replacement, state, after),
            Followed::Made { pattern: first, pieces } => match composed(&pattern, pieces) {
                Composed::No => Rewritten::No,
                Composed::Unknown => Rewritten::Beyond(
                    "whether it applies to a path that was rewritten before is only known of a request"
                        .to_owned(),
                ),
                Composed::Groups(groups) => {
                    let pieces = filled(&replacement, &groups);
                    after.path = Followed::Made { pattern: Arc::clone(first), pieces };
                    Rewritten::Always(after)
                }
            },
        }
    }
}

/// `^/x(/.*)$` with `$1` says the same as `^/x/(.*)$` with `/$1`, which is a prefix.
fn with_slash_outside(source: &str, text: &str) -> (String, String) {
    let end = ["(/.*)$", "(/.*)"].into_iter().find(|end| source.ends_with(end));
    match end {
        Some(end) if source.matches('(').count() == 1 && text.contains("$1") => {
            (format!("{}/(.*)$", &source[..source.len() - end.len()]), text.replace("$1", "/$1"))
        }
        _ => (source.to_owned(), text.to_owned()),
    }
}

/// An expression that every path here begins with is found at the beginning, anchored or not.
fn anchored(source: String, state: &State) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
    let literal: String = source.chars().take_while(|c| plain(*c)).collect();
    let is_whole = matches!(&source[literal.len()..], "(.*)" | "(.*)$" | "");
    let begins = !literal.is_empty() && state.at.prefix.starts_with(&literal);
    if is_whole && begins && matches!(state.path, Followed::Same) { format!("^{source}") } else { source }
}

/// The groups of an address: it may begin with the host that was asked for, or with the server's name.
fn groups_and_hosts(text: &str, pattern: &Pattern) -> Option<Vec<Piece>> {
    let known = |name: &str| matches!(name, "host" | "http_host" | "server_name");
    let all = pieces(text).into_iter().map(|piece| match piece {
        Piece::Variable(name) if known(&name) => Some(vec![Piece::Variable(name)]),
        Piece::Variable(name) => groups_only(&format!("${{{name}}}"), pattern),
        text @ Piece::Text(_) => Some(vec![text]),
    });
    Some(all.collect::<Option<Vec<_>>>()?.concat())
}

/// What a `rewrite` does to a path that is followed.
pub(super) enum Rewritten {
    No,
    Always(State),
    /// To some paths; the others stay as they are.
    Sometimes(State),
    Beyond(String),
}

/// A path of the client's is rewritten: always, never, or where the expression is found.
pub(super) fn rewrite_of_the_clients(
    pattern: &Arc<Pattern>,
    replacement: Vec<Piece>,
    state: &State,
    mut after: State,
) -> Rewritten {
    if let Some(path) = &state.at.exact {
        let Some(found) = pattern.captures(path) else { return Rewritten::No };
        let groups: Vec<Vec<Piece>> = found
            .iter()
            .map(|g| vec![Piece::Text(g.map_or(String::new(), |g| g.as_str().to_owned()))])
            .collect();
        let pieces = filled(&replacement, &groups);
        after.path = Followed::Made { pattern: Arc::clone(pattern), pieces };
        return Rewritten::Always(after);
    }
    after.path = Followed::Made { pattern: Arc::clone(pattern), pieces: replacement };
    let prefix = &state.at.prefix;
    let within = pattern.as_prefix().is_some_and(|own| prefix.starts_with(&own));
    let known =
        state.at.patterns.iter().any(|p| p.source == pattern.source && p.ignore_case == pattern.ignore_case);
    if within || known {
        return Rewritten::Always(after);
    }
    if !pattern.may_match_below(prefix) {
        return Rewritten::No;
    }
    after.at = after.at.and_pattern(pattern);
    Rewritten::Sometimes(after)
}

pub(super) fn filled(replacement: &[Piece], groups: &[Vec<Piece>]) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in replacement {
        let more = match piece {
            Piece::Variable(group) => {
                group.parse::<usize>().ok().and_then(|at| groups.get(at).cloned()).unwrap_or_default()
            }
            text @ Piece::Text(_) => vec![text.clone()],
        };
        for piece in more {
            match (out.last_mut(), piece) {
                (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
                (_, Piece::Text(text)) if text.is_empty() => {}
                (_, piece) => out.push(piece),
            }
        }
    }
    out
}

pub(super) enum Composed {
    No,
    Groups(Vec<Vec<Piece>>),
    Unknown,
}

/// What an expression finds in a path that is made of pieces.
pub(super) fn composed(pattern: &Pattern, pieces: &[Piece]) -> Composed {
    let text = |p: Option<&Piece>| if let Some(Piece::Text(t)) = p { t.clone() } else { String::new() };
    if let [Piece::Text(path)] = pieces {
        return match pattern.captures(path) {
            None => Composed::No,
            Some(found) => Composed::Groups(
                found
                    .iter()
                    .map(|g| vec![Piece::Text(g.map_or(String::new(), |g| g.as_str().to_owned()))])
                    .collect(),
            ),
        };
    }
    let lead = text(pieces.first());
    let beginning = pattern.literal_beginning();
    if !lead.starts_with(&beginning) && !beginning.starts_with(&lead) {
        return Composed::No;
    }
    let Some(parts) = pattern.parts() else { return Composed::Unknown };
    let (begin, rest, end) = match parts.as_slice() {
        [Part::Literal(begin), Part::Rest(rest)] => (begin.as_str(), *rest, ""),
        [Part::Literal(begin), Part::Rest(rest), Part::Literal(end)] => (begin.as_str(), *rest, end.as_str()),
        _ => return Composed::Unknown,
    };
    let Some(first) = lead.strip_prefix(begin) else { return Composed::Unknown };
    let mut middle: Vec<Piece> = vec![Piece::Text(first.to_owned())];
    middle.extend_from_slice(&pieces[1..]);
    if !end.is_empty() {
        let last = text(middle.last());
        match last.strip_suffix(end) {
            Some(shorter) if middle.len() > 1 => {
                let shorter = shorter.to_owned();
                middle.pop();
                middle.push(Piece::Text(shorter));
            }
            _ if !last.is_empty() && last.len() >= end.len() => return Composed::No,
            _ => return Composed::Unknown,
        }
    }
    middle.retain(|p| !matches!(p, Piece::Text(t) if t.is_empty()));
    let mut groups = vec![pieces.to_vec(), Vec::new()];
    if rest > 0 {
        groups.resize(rest + 1, Vec::new());
        groups[rest] = middle;
    }
    Composed::Groups(groups)
}

/// Which of the client's paths come to a candidate once their beginning is swapped, and whether that is all of them; none where
/// that is only known of a request.
#[expect(clippy::option_option, reason = "unknown, no, and yes")]
pub(super) fn moved(path: &PathMatch, from: &str, to: &str) -> Option<Option<(PathMatch, bool)>> {
    let back = |new: &str| format!("{from}{}", &new[to.len()..]);
    if let Some(exact) = &path.exact {
        return Some(exact.starts_with(to).then(|| (PathMatch::exact(&back(exact)), false)));
    }
    let (mut moved, all) = if path.prefix.starts_with(to) {
        (PathMatch::prefix(&back(&path.prefix)), path.prefix == to)
    } else if to.starts_with(&path.prefix) {
        (PathMatch::prefix(from), true)
    } else {
        return Some(None);
    };
    for pattern in &path.patterns {
        if !pattern.may_match_below(to) {
            return Some(None);
        }
        // Only an expression over the end of a path means the same before and after.
        if !pattern.literal_beginning().is_empty() || !pattern.source.ends_with('$') {
            return None;
        }
        moved.patterns.push(Arc::clone(pattern));
    }
    let all = all && moved.patterns.is_empty();
    Some(Some((moved, all)))
}

/// Whether every path that begins so comes to a candidate; none where some do.
pub(super) fn settled(path: &PathMatch, lead: &str) -> Option<bool> {
    if let Some(exact) = &path.exact {
        return if exact.starts_with(lead) { None } else { Some(false) };
    }
    if !lead.starts_with(&path.prefix) {
        return if path.prefix.starts_with(lead) { None } else { Some(false) };
    }
    if path.patterns.is_empty() {
        return Some(true);
    }
    if path.patterns.iter().any(|p| !p.may_match_below(lead)) { Some(false) } else { None }
}
