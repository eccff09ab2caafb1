//! The ways through an `if`.

use std::sync::Arc;

use super::super::{Flow, Followed, Lower, MOST_VARIANTS, State};
use super::{subject, substituted};
use crate::model::ingress::client::behind;
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value::{Piece, pieces};
use crate::model::ingress::pattern::Pattern;
use crate::model::ingress::route::{Condition, PathMatch, Subject, Test};

impl Lower<'_> {
    /// An `if` over a `map`: a way through it for each value, and what follows it after each.
    pub(super) fn branched_by_map(&mut self, id: Id, rest: &[Id], state: &State) -> Vec<(State, Flow)> {
        let mut ends = Vec::new();
        for (way, holds) in self.ways_of_map(id, state).unwrap_or_default() {
            let inside = if holds { self.execute(id, way) } else { vec![(way, Flow::On)] };
            self.go_on(inside, rest, &mut ends);
        }
        ends.truncate(4 * MOST_VARIANTS);
        ends
    }

    /// An `if` that holds of every request that comes to it.
    pub(super) fn went_in(&mut self, id: Id, rest: &[Id], yes: State) -> Vec<(State, Flow)> {
        let mut ends = Vec::new();
        let inside = self.execute(id, yes);
        self.go_on(inside, rest, &mut ends);
        ends
    }

    /// An `if`: what follows it after its block where it holds, then where it does not.
    pub(super) fn branched(&mut self, id: Id, rest: &[Id], yes: State, no: State) -> Vec<(State, Flow)> {
        let mut ends = Vec::new();
        let inside = self.execute(id, yes);
        self.go_on(inside, rest, &mut ends);
        ends.extend(self.execute_from(rest, no));
        ends.truncate(4 * MOST_VARIANTS);
        ends
    }

    /// The rest of a block for every way that came to its end.
    fn go_on(&mut self, ways: Vec<(State, Flow)>, rest: &[Id], ends: &mut Vec<(State, Flow)>) {
        for (after, flow) in ways {
            match flow {
                Flow::On => ends.extend(self.execute_from(rest, after)),
                flow => ends.push((after, flow)),
            }
        }
    }

    /// Adds the condition of an `if`; false when it never holds.
    pub(super) fn condition(&mut self, id: Id, state: &mut State) -> bool {
        let directive = self.sites.config.get(id);
        let scheme = self.scheme();
        let word = |w: &str| match scheme {
            Some(scheme) if w == "$scheme" => scheme.to_owned(),
            _ => substituted(w, state),
        };
        let words: Vec<String> = directive.texts().map(word).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (left, sign, right) = match words.as_slice() {
            [one] => (*one, "", ""),
            [left, sign, right] => (*left, *sign, *right),
            _ => {
                self.give_up(id, "no gateway looks at files, and a route by this condition is none");
                let raw: Vec<&str> = directive.args.iter().map(|w| w.raw.as_str()).collect();
                let subject = Subject::Other(raw.join(" "));
                add(state, Condition { subject, test: Test::Truthy, not: false });
                return true;
            }
        };
        let constant = pieces(left).iter().all(|p| matches!(p, Piece::Text(_)));
        if constant && !sign.contains('~') && !pieces(right).iter().any(|p| matches!(p, Piece::Variable(_))) {
            return match sign {
                "" => !matches!(left, "" | "0"),
                "=" => left == right,
                _ => left != right,
            };
        }
        let other =
            || Subject::Other(directive.args.iter().map(|w| w.raw.as_str()).collect::<Vec<_>>().join(" "));
        let subject = subject(left);
        let of_path = match left.strip_prefix('$') {
            Some("request_uri") => true,
            Some("uri" | "document_uri") => matches!(state.path, Followed::Same),
            _ => false,
        };
        if let (true, "~" | "~*") = (of_path, sign)
            && let Ok(pattern) = Pattern::new(right, sign == "~*")
            && pattern.is_sayable()
        {
            state.at = state.at.clone().and_pattern(&Arc::new(pattern));
            return true;
        }
        if let ("$uri" | "$document_uri", "=", Followed::Same) = (left, sign, &state.path)
            && let Some(comes_here) = state.at.matches(right)
        {
            state.at = PathMatch::exact(right);
            return comes_here;
        }
        let not = sign.starts_with('!');
        let condition = match (subject, sign) {
            (Some(subject), "") => Condition { subject, test: Test::Truthy, not },
            (Some(subject), "=" | "!=") => Condition { subject, test: Test::Is(right.to_owned()), not },
            (Some(subject), "~" | "~*" | "!~" | "!~*") => {
                Condition { subject, test: Test::Finds(right.to_owned(), sign.ends_with('*')), not }
            }
            _ => {
                self.give_up(id, self.why_not_asked(id, left));
                Condition { subject: other(), test: Test::Truthy, not: false }
            }
        };
        add(state, condition);
        true
    }

    /// Why no route can ask for a value.
    fn why_not_asked(&self, id: Id, left: &str) -> &'static str {
        let names: Vec<String> = crate::model::ingress::nginx::value::variables(left).collect();
        let config = self.sites.config;
        match names.iter().find_map(|name| behind(config, id, name)) {
            Some(client) if client.is_peer() => {
                return "it asks where the client is: in Traefik ClientIP in a rule, by hand, which looks at the peer; nothing in Consul looks at addresses";
            }
            Some(_) => {
                return "it asks where the client is, and nginx takes that from the request: ClientIP in a rule of Traefik looks at the peer alone, and nothing in Consul looks at addresses";
            }
            None => {}
        }
        if names.iter().any(|name| name.starts_with("ssl_client_")) {
            return "it asks for the client's certificate, and no route can";
        }
        "what the condition looks at is nothing a gateway can look at"
    }

    /// Whether an `if` asks what a `map` comes to, and every way of it is known.
    pub(super) fn is_by_map(&self, id: Id, state: &State) -> bool {
        self.ways_of_map(id, state).is_some()
    }

    /// The ways through an `if` that asks what a `map` comes to, in the order in which the map is asked, and whether the condition
    /// holds on each. Ways that come to the same as the last are not told apart from it.
    fn ways_of_map(&self, id: Id, state: &State) -> Option<Vec<(State, bool)>> {
        let directive = self.sites.config.get(id);
        let words: Vec<String> = directive.texts().map(|w| substituted(w, state)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (left, sign, right) = match words.as_slice() {
            [one] => (*one, "", ""),
            [left, sign, right] => (*left, *sign, *right),
            _ => return None,
        };
        let constant = |text: &str| pieces(text).iter().all(|p| matches!(p, Piece::Text(_)));
        let [Piece::Variable(name)] = &pieces(left)[..] else { return None };
        if !self.sites.maps.contains_key(name) || !constant(right) && !sign.contains('~') {
            return None;
        }
        let mut ways: Vec<(State, bool)> = Vec::new();
        for variant in self.unfolded(left, 0).ok()? {
            if variant.share.is_some() {
                return None;
            }
            let value = variant.value.as_str();
            let has_text = pieces(value).iter().any(|p| matches!(p, Piece::Text(_)));
            let holds = match sign {
                // Some text stands in it whatever the rest comes to.
                "" if !constant(value) && has_text => true,
                _ if !constant(value) => return None,
                "" => !matches!(value, "" | "0"),
                "=" => value == right,
                "!=" => value != right,
                "~" | "~*" | "!~" | "!~*" => {
                    Pattern::new(right, sign.ends_with('*')).ok()?.finds(value)? != sign.starts_with('!')
                }
                _ => return None,
            };
            if variant.path.is_some() && !matches!(state.path, Followed::Same) {
                return None;
            }
            let Some(mut way) = state.on(&variant) else { continue };
            way.from.push(id);
            way.set.insert(name.clone(), variant.value);
            if holds {
                way.level = id;
            }
            ways.push((way, holds));
        }
        let end = ways.pop()?;
        while !end.1 && ways.last().is_some_and(|(_, holds)| !*holds) {
            ways.pop();
        }
        ways.push(end);
        (ways.len() <= MOST_VARIANTS).then_some(ways)
    }
}

/// A condition more; one that holds anyway is not told twice.
fn add(state: &mut State, condition: Condition) {
    if !state.conditions.contains(&condition) {
        state.conditions.push(condition);
    }
}
