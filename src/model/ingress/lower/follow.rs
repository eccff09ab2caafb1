//! Following what rewrites: `set`, `if`, `rewrite`, `return`, and the search that begins again.

mod branch;
mod rewrite;

use std::sync::Arc;

use self::rewrite::{Rewritten, moved, settled};
use super::{Candidate, Flow, Followed, Lower, MOST_CYCLES, MOST_VARIANTS, State, route};
use crate::model::ingress::nginx::site::variable;
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value::{Piece, pieces};
use crate::model::ingress::pattern::Pattern;
use crate::model::ingress::route::{
    Action, Condition, PathChange, QueryChange, Redirect, Route, Subject, Test,
};

impl Lower<'_> {
    /// Where the directives of a block leave a request: one end for each way through it, the first that applies first.
    pub(super) fn execute(&mut self, block: Id, state: State) -> Vec<(State, Flow)> {
        let codes = self.sites.config.inside(Some(block)).to_vec();
        self.execute_from(&codes, state)
    }

    fn execute_from(&mut self, codes: &[Id], mut state: State) -> Vec<(State, Flow)> {
        let config = self.sites.config;
        for (at, id) in codes.iter().copied().enumerate() {
            if !self.step(id) {
                return vec![(state, Flow::Done(Action::Foreign("branches too often".to_owned())))];
            }
            let directive = config.get(id);
            match directive.name.as_str() {
                "set" => {
                    let value = substituted(directive.arg(1), &state);
                    state.set.insert(variable(directive.arg(0)), value);
                    state.from.push(id);
                }
                "break" => return vec![(state, Flow::Break)],
                "return" => {
                    state.from.push(id);
                    return self.returned_each(id, &state);
                }
                "limit_except" if directive.block => {
                    let (limited, turned_away) = self.limited(id, &state);
                    let mut ends = match turned_away {
                        Some(action) => vec![(limited, Flow::Done(action))],
                        None => self.execute_from(&codes[at + 1..], limited),
                    };
                    ends.extend(self.execute_from(&codes[at + 1..], state));
                    return ends;
                }
                "if" if directive.block && self.is_by_map(id, &state) => {
                    return self.branched_by_map(id, &codes[at + 1..], &state);
                }
                "if" if directive.block => {
                    let mut yes = state.clone();
                    yes.from.push(id);
                    yes.level = id;
                    if self.condition(id, &mut yes) {
                        if !narrows(&state, &yes) {
                            return self.went_in(id, &codes[at + 1..], yes);
                        }
                        return self.branched(id, &codes[at + 1..], yes, state);
                    }
                }
                "rewrite" => match self.rewritten(id, &state) {
                    Rewritten::No => {}
                    Rewritten::Beyond(why) => {
                        state.from.push(id);
                        let action = self.beyond(id, why);
                        return vec![(state, Flow::Done(action))];
                    }
                    Rewritten::Always(after) => match self.flow_of(id, &after) {
                        Flow::On => state = after,
                        flow => return vec![(after, flow)],
                    },
                    Rewritten::Sometimes(after) => {
                        let mut ends = match self.flow_of(id, &after) {
                            Flow::On => self.execute_from(&codes[at + 1..], after),
                            flow => vec![(after, flow)],
                        };
                        ends.extend(self.execute_from(&codes[at + 1..], state));
                        ends.truncate(4 * MOST_VARIANTS);
                        return ends;
                    }
                },
                _ => {}
            }
        }
        vec![(state, Flow::On)]
    }

    /// What a `return` does, once for each value of a `map` in its text.
    fn returned_each(&mut self, id: Id, state: &State) -> Vec<(State, Flow)> {
        let text =
            self.sites.config.get(id).args.last().map(|w| substituted(&w.text, state)).unwrap_or_default();
        let name = pieces(&text).into_iter().find_map(|p| match p {
            Piece::Variable(name) if self.sites.maps.contains_key(&name) => Some(name),
            _ => None,
        });
        let variants = name.as_ref().and_then(|name| self.unfolded(&format!("${name}"), 0).ok());
        let (Some(name), Some(variants)) = (name, variants.filter(|v| v.len() <= MOST_VARIANTS)) else {
            let action = self.returned(id, state);
            return vec![(state.clone(), Flow::Done(action))];
        };
        let mut ends = Vec::new();
        for variant in variants {
            let Some(mut state) = state.on(&variant) else { continue };
            state.set.insert(name.clone(), variant.value);
            let action = self.returned(id, &state);
            ends.push((state, Flow::Done(action)));
        }
        ends
    }

    /// The requests of the methods that are limited, with the block's guards in force, and what is done with all of them.
    fn limited(&mut self, id: Id, state: &State) -> (State, Option<Action>) {
        let config = self.sites.config;
        let directive = config.get(id);
        let mut methods: Vec<String> = directive.texts().map(str::to_ascii_uppercase).collect();
        if methods.iter().any(|m| m == "GET") && !methods.iter().any(|m| m == "HEAD") {
            methods.push("HEAD".to_owned());
        }
        let inside: Vec<_> = config.inside(Some(id)).iter().map(|i| config.get(*i)).collect();
        let denies_all = matches!(inside.as_slice(), [only] if only.name == "deny" && only.arg(0) == "all");
        let mut limited = state.clone();
        limited.from.push(id);
        limited.level = id;
        limited.conditions.push(Condition {
            subject: Subject::Method,
            test: Test::OneOf(methods),
            not: true,
        });
        // An `if` beside it has settings of its own, in which these guards are not.
        let has_if = directive.parent.is_some_and(|around| config.named(Some(around), "if").next().is_some());
        let action = match (denies_all, has_if) {
            (true, _) => Some(Action::Deny { status: 403 }),
            (false, true) => Some(self.beyond(
                id,
                "only some clients may use the other methods, and an \"if\" beside it has guards of its own",
            )),
            (false, false) => None,
        };
        (limited, action)
    }

    /// What `$scheme` is, where every listener of the server says the same.
    pub(super) fn scheme(&self) -> Option<&'static str> {
        let mut listens = self.server.listens.iter().map(|l| l.tls);
        let first = listens.next()?;
        listens.all(|tls| tls == first).then_some(if first { "https" } else { "http" })
    }

    fn flow_of(&mut self, id: Id, state: &State) -> Flow {
        let directive = self.sites.config.get(id);
        let text = directive.arg(1);
        let away = ["http://", "https://", "$scheme"].iter().any(|s| text.starts_with(s));
        match directive.arg(2) {
            "permanent" => Flow::Done(self.redirected(id, 301, state)),
            "redirect" => Flow::Done(self.redirected(id, 302, state)),
            _ if away => Flow::Done(self.redirected(id, 302, state)),
            "last" => Flow::Last,
            "break" => Flow::Break,
            _ => Flow::On,
        }
    }

    fn redirected(&mut self, id: Id, status: u16, state: &State) -> Action {
        let text = self.sites.config.get(id).arg(1);
        if text.contains("://") {
            let made = match &state.path {
                Followed::Made { pattern, pieces } => Some((Arc::clone(pattern), pieces.clone())),
                Followed::Same => None,
            };
            let redirect =
                made.and_then(|(pattern, pieces)| self.redirect_of(&pieces, status, Some(&pattern), state));
            return match redirect {
                Some(mut redirect) => {
                    if redirect.query == QueryChange::Drop {
                        redirect.query = state.query.clone();
                    }
                    Action::Redirect(redirect)
                }
                None => self.beyond(id, "where the client is sent is not known without a request"),
            };
        }
        let path = match &state.path {
            Followed::Same => PathChange::Keep,
            Followed::Made { pattern, pieces } => made(pattern, pieces),
        };
        Action::Redirect(Redirect {
            status,
            scheme: None,
            host: None,
            port: None,
            path,
            query: state.query.clone(),
            raw: false,
        })
    }

    /// Looks for the location of a rewritten path.
    pub(super) fn look_again(
        &mut self,
        candidates: &[Candidate<'_>],
        mut state: State,
        routes: &mut Vec<Route>,
    ) {
        state.cycles += 1;
        let Followed::Made { pattern, pieces } = state.path.clone() else { return };
        if state.cycles > MOST_CYCLES {
            let at = state.from.last().copied().unwrap_or(self.server.id);
            self.give_up(at, "the rewrites never end: nginx answers 500");
            routes.push(route(state, Action::Answer { status: 500, body: None }));
            return;
        }
        let swap = match made(&pattern, &pieces) {
            PathChange::Swap { from, to } => Some((from, to)),
            _ => None,
        };
        let lead = match pieces.first() {
            Some(Piece::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let whole = pieces.iter().all(|p| matches!(p, Piece::Text(_)));
        for candidate in candidates.iter().filter(|c| !c.adds_slash) {
            let found = match &swap {
                _ if whole => candidate.path.matches(&lead).map(|yes| yes.then(|| (state.at.clone(), true))),
                Some((from, to)) => moved(&candidate.path, from, to),
                None => settled(&candidate.path, &lead).map(|yes| yes.then(|| (state.at.clone(), true))),
            };
            match found {
                Some(None) => {}
                Some(Some((at, all))) => {
                    if let Some(at) = super::both(&state.at, &at) {
                        self.enter(candidates, candidate, State { at, ..state.clone() }, routes);
                    }
                    if all {
                        return;
                    }
                }
                None => {
                    let at = state.from.last().copied().unwrap_or(self.server.id);
                    let why = "which location the rewritten path comes to is only known of a request";
                    let action = self.beyond(at, why);
                    routes.push(route(state, action));
                    return;
                }
            }
        }
        routes.push(route(state, Action::Answer { status: 404, body: None }));
    }
}

/// Whether some of the requests of a state are not in the other.
fn narrows(before: &State, after: &State) -> bool {
    let paths = |state: &State| (state.at.exact.clone(), state.at.prefix.clone(), state.at.patterns.len());
    before.conditions != after.conditions || paths(before) != paths(after)
}

/// A path as groups of an expression make it.
pub(super) fn made(pattern: &Arc<Pattern>, pieces: &[Piece]) -> PathChange {
    match (pieces, pattern.as_prefix()) {
        ([], _) => PathChange::Set(String::new()),
        ([Piece::Text(path)], _) => PathChange::Set(path.clone()),
        ([Piece::Text(to), Piece::Variable(group)], Some(from)) if group == "1" && pattern.has_groups() => {
            PathChange::Swap { from, to: to.clone() }
        }
        _ => PathChange::Template { pattern: Arc::clone(pattern), template: template(pieces) },
    }
}

/// Pieces as proxies write them: `$1`.
pub(super) fn template(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Variable(group) => {
                let glued = matches!(pieces.get(at + 1), Some(Piece::Text(t)) if t.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
                out.push_str(&if glued { format!("${{{group}}}") } else { format!("${group}") });
            }
        }
    }
    out
}

/// A value whose variables are groups of an expression and nothing else.
pub(super) fn groups_only(text: &str, pattern: &Pattern) -> Option<Vec<Piece>> {
    let names = pattern.names();
    let all = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => Some(Piece::Text(text)),
        Piece::Variable(name) if name.bytes().all(|b| b.is_ascii_digit()) => Some(Piece::Variable(name)),
        Piece::Variable(name) if name == "scheme" => Some(Piece::Variable(name)),
        Piece::Variable(name) => {
            let at = names.iter().find(|(n, _)| *n == name).map(|(_, at)| *at)?;
            Some(Piece::Variable(at.to_string()))
        }
    });
    all.collect()
}

/// A value with what `set` gave to its variables.
pub(super) fn substituted(text: &str, state: &State) -> String {
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Variable(name) => match state.set.get(&name) {
                Some(value) => out.push_str(value),
                None => out.push_str(&format!("${{{name}}}")),
            },
        }
    }
    // The braces are only there to end a name.
    let braced: Vec<Piece> = pieces(&out);
    let mut plain = String::new();
    for (at, piece) in braced.iter().enumerate() {
        match piece {
            Piece::Text(text) => plain.push_str(text),
            Piece::Variable(name) => {
                let next = matches!(braced.get(at + 1), Some(Piece::Text(t)) if t.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
                plain.push_str(&if next { format!("${{{name}}}") } else { format!("${name}") });
            }
        }
    }
    plain
}

/// What a variable of a condition looks at.
pub(in crate::model::ingress) fn subject(text: &str) -> Option<Subject> {
    let [Piece::Variable(name)] = &pieces(text)[..] else { return None };
    Some(match name.as_str() {
        "request_method" => Subject::Method,
        "host" | "http_host" => Subject::Host,
        name => {
            if let Some(header) = name.strip_prefix("http_") {
                Subject::Header(header.replace('_', "-"))
            } else if let Some(cookie) = name.strip_prefix("cookie_") {
                Subject::Cookie(cookie.to_owned())
            } else {
                Subject::Argument(name.strip_prefix("arg_")?.to_owned())
            }
        }
    })
}
