//! What a shift would do, and what speaks against it: made before anything is written, from what was looked at.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::on_gateways::on_gateways;
use super::options::Options;
use super::snapshot::ShiftSnapshot;
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::consul::discovery_chain;
use crate::api::http::Http;
use crate::error::Result;
use crate::model::traffic::change::{self, Change, Stored};
use crate::model::traffic::consequence::Loss;
use crate::model::traffic::lint::{self, FlawSeverity};
use crate::model::traffic::shift::{ALL, Objection, Risk, Shares, needed, objections, preparation};
use crate::model::traffic::shift_route::PREFIX;
use crate::model::traffic::weighted;
use crate::model::words;
use crate::ops::traffic::entries;
use crate::ops::traffic::traefik_file;
use crate::ops::traffic::witness::Witnesses;

/// How long a write may be on its way to the gateways.
const ON_THEIR_WAY: Duration = Duration::from_secs(4);

/// What a shift would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The entries that are written before the first step.
    pub preparation: Vec<Change>,
    /// The shares of every step that is left, rising.
    pub steps: Vec<(i64, Shares)>,
    /// What speaks against it.
    pub objections: Vec<Objection>,
    /// The ways by which requests get to the giving side whatever its split says, pins not among them.
    pub ways_round: Vec<String>,
    /// What should be known.
    pub notes: Vec<String>,
}

/// Makes the plan. `shares` are those before the shift began, `baseline` how many instances carried the giving side's.
///
/// # Errors
/// Any error of a call.
pub async fn make(
    consul: &Http,
    service: &str,
    snapshot: &ShiftSnapshot,
    options: &Options,
    witnesses: &Witnesses,
    shares: Shares,
    baseline: usize,
) -> Result<Plan> {
    let (from, to) = (&snapshot.from, &snapshot.to);
    let steps: Vec<(i64, Shares)> = options
        .steps
        .iter()
        .map(|s| (*s, shares.at(*s)))
        .filter(|(_, at)| at.to > snapshot.shares.to)
        .collect();
    let mut found = objections(
        service,
        &snapshot.entries,
        from,
        to,
        options.pin.as_ref(),
        &snapshot.in_front,
        &options.steps,
    );
    let wanted = preparation(
        service,
        &snapshot.entries,
        from,
        to,
        snapshot.shares,
        options.pin.as_ref(),
        &snapshot.in_front,
    );
    let mut stored = entries::stored(consul, &wanted).await?;
    remember(&mut stored, snapshot);
    let mut changes: Vec<Change> =
        change::writing(wanted, &stored).into_iter().filter(Change::writes).collect();
    entries::try_out(consul, &mut changes, &stored).await?;
    // What the split of every step would be is looked over like what is written first.
    let kind = snapshot.entries.split_kind();
    let split = snapshot.entries.split_at(service, from, to, Shares { from: 0, to: shares.pool() });
    let last = change::change(kind, snapshot.entries.split().cloned(), Some(split), &stored);
    for change in changes.iter().chain([&last]) {
        against(change, &mut found);
    }
    stored_flaws(snapshot, &stored, &mut found);
    capacity(snapshot, options, baseline, &mut found);
    found.extend(of_the_file(snapshot));
    unwitnessed(snapshot, options, witnesses, &mut found).await;
    let ways_round = ways_round(consul, service, snapshot, options).await?;
    let mut notes = notes(snapshot, options, witnesses);
    notes.extend(ways_round.iter().map(|way| {
        format!("{way} leads to {from} whatever the split says: those requests are not moved, and {from} cannot be stopped")
    }));
    Ok(Plan { preparation: changes, steps, objections: found, ways_round, notes })
}

/// The discovery chain is what proxies use, and a router stands before the split. The routes of pins are meant to lead there.
async fn ways_round(
    consul: &Http,
    service: &str,
    snapshot: &ShiftSnapshot,
    options: &Options,
) -> Result<Vec<String>> {
    if snapshot.entries.route.is_some() || options.pin.is_some() {
        return Ok(Vec::new());
    }
    let chain = consul.read(&discovery_chain::get(service)).await?.value.chain;
    Ok(chain.ways_round(service, &snapshot.from_seen.cluster))
}

fn remember(stored: &mut Stored, snapshot: &ShiftSnapshot) {
    let e = &snapshot.entries;
    for entry in
        [&e.defaults, &e.resolver, &e.splitter, &e.router].into_iter().flatten().chain(&e.http_routes)
    {
        if let Some(kind) = entry.kind() {
            stored.insert((kind, entry.name().to_owned()), entry.clone());
        }
    }
}

fn against(change: &Change, found: &mut Vec<Objection>) {
    for flaw in change.flaws.iter().filter(|f| f.gravity == FlawSeverity::Broken) {
        found.push(Objection::firm(format!("{} {}: {}", change.subject(), flaw.path, flaw.text)));
    }
    for consequence in change.consequences.iter().filter(|c| c.loss >= Loss::Errors) {
        found
            .push(Objection::of(Risk::CutConnections, format!("{}: {}", change.subject(), consequence.text)));
    }
}

/// What is stored already and broken keeps every later change of the listener from the gateways.
fn stored_flaws(snapshot: &ShiftSnapshot, stored: &Stored, found: &mut Vec<Objection>) {
    let beside = |kind: Kind, name: &str| stored.get(&(kind, name.to_owned()));
    let e = &snapshot.entries;
    let entries = [&e.resolver, &e.router, &e.splitter].into_iter().flatten().chain(&e.http_routes);
    for entry in entries {
        for flaw in lint::check(entry, &beside).into_iter().filter(|f| f.gravity == FlawSeverity::Broken) {
            let subject = format!("{}/{}", entry.kind_name(), entry.name());
            found.push(Objection::firm(format!("{subject}, as it is stored, {}: {}", flaw.path, flaw.text)));
        }
    }
}

fn capacity(snapshot: &ShiftSnapshot, options: &Options, baseline: usize, found: &mut Vec<Objection>) {
    if snapshot.is_blind() {
        return;
    }
    let last = options.steps.last().copied().unwrap_or(ALL);
    let (have, wanted) = (snapshot.to_instances.usable.len(), needed(last, baseline));
    if have == 0 {
        found.push(Objection::firm(format!(
            "{} has no instance that takes traffic{}",
            snapshot.to,
            snapshot
                .to_instances
                .failing
                .first()
                .map(|(id, check)| format!("; {id} is kept out by check {check:?}"))
                .unwrap_or_default()
        )));
    } else if have < wanted {
        found.push(Objection::of(Risk::UnderCapacity, format!(
            "{} has {} that can take traffic, and its last share needs {wanted}: {baseline} carry it on {}",
            snapshot.to, words::count(have, "instance"), snapshot.from)));
    }
}

/// A file takes the place of another in its folder; and where two say the same service, only Traefik knows which it took.
fn of_the_file(snapshot: &ShiftSnapshot) -> Option<Objection> {
    let route = snapshot.entries.route.as_ref().filter(|_| snapshot.is_in_file())?;
    let (service, path) = weighted::file(route.name())?;
    if let Some(why) = traefik_file::unwritable(path) {
        return Some(Objection::firm(why));
    }
    let twin = traefik_file::twin(route.name()).filter(|_| snapshot.is_blind())?;
    Some(Objection::firm(format!(
        "{} has a service {service}, too: which of them Traefik takes only Traefik can say; name it with --traefik HOST:PORT",
        twin.display()
    )))
}

async fn unwitnessed(
    snapshot: &ShiftSnapshot,
    options: &Options,
    witnesses: &Witnesses,
    found: &mut Vec<Objection>,
) {
    let in_front: BTreeSet<&str> =
        snapshot.in_front.ingress.iter().chain(&snapshot.in_front.api).map(String::as_str).collect();
    let traefik = snapshot.by_traefik();
    if snapshot.is_blind() {
        found.push(Objection::of(
            Risk::Unwitnessed,
            "no Traefik is named: whether one takes what is written, and which instances either side has, would not be known; name each with --traefik HOST:PORT, the address of its API",
        ));
        return;
    }
    if in_front.is_empty() && !traefik {
        return;
    }
    let silent: Vec<&str> = witnesses.silent_gateways().collect();
    if traefik {
        // Every one that was named was asked for its instances already.
    } else if witnesses.gateways().next().is_none() {
        found.push(Objection::of(Risk::Unwitnessed, format!(
            "gateways lead to it ({}), and the admin port of none can be asked: what they make of a write would not be known; name one with --envoy ID=HOST:PORT",
            in_front.into_iter().collect::<Vec<_>>().join(", "))));
    } else if !silent.is_empty() {
        found.push(Objection::of(
            Risk::Unwitnessed,
            format!(
                "the admin port of {} cannot be asked; name it with --envoy ID=HOST:PORT",
                silent.join(", ")
            ),
        ));
    }
    if options.steps.is_empty() || snapshot.entries.split().is_none() {
        return;
    }
    // A write of a moment ago, such as that of a run that was killed, may still be on its way to them.
    let begun = Instant::now();
    let behind = loop {
        let told = on_gateways(witnesses, snapshot, snapshot.shares).await;
        let behind: Vec<(String, String)> =
            told.into_iter().filter_map(|(gateway, has)| Some((gateway, has?))).collect();
        if behind.is_empty() || begun.elapsed() >= ON_THEIR_WAY {
            break behind;
        }
        sleep(Duration::from_millis(200)).await;
    };
    let why = if snapshot.is_in_file() {
        "; it reads another file, or does not take what this one says"
    } else if traefik {
        "; it reads other keys, or does not take what these say"
    } else {
        "; it rejected an earlier change and ignores every later one of that listener, or hears nothing from Consul"
    };
    for (gateway, has) in behind {
        found.push(Objection::firm(format!(
            "gateway {gateway} does not have what is stored: it {has}, stored is {}{}",
            snapshot.shares,
            if has.starts_with("splits") { why } else { "" }
        )));
    }
}

fn notes(snapshot: &ShiftSnapshot, options: &Options, witnesses: &Witnesses) -> Vec<String> {
    let mut notes = Vec::new();
    if snapshot.is_blind() {
        notes.push("what is written is read back from the file, and not verified on any Traefik".to_owned());
    }
    if snapshot.by_traefik() {
        notes.push("what is under way on a side Traefik does not tell: whether the giving side is idle in the end is not known".to_owned());
    } else if snapshot.in_front.ingress.is_empty() && snapshot.in_front.api.is_empty() {
        notes.push(
            "no gateway leads to it: what sidecars of other services make of a write is not looked at, and whether the giving side is \
             idle in the end is not known"
                .to_owned(),
        );
    }
    if snapshot.entries.is_sticky() && options.pin.is_none() {
        notes.push("sessions change side when the weights do".to_owned());
    }
    if options.pin.is_some() {
        notes.push("sessions that begin from the pins on stay on their side; sessions that are open already follow the weights until their next answer sets the cookie".to_owned());
    }
    if options.pin.is_some() && !snapshot.entries.is_sticky() && snapshot.entries.resolver.is_some() {
        notes.push("the resolver gets maglev by the cookie fleet-instance, so that sessions stay on their instance too; it keeps it in the end".to_owned());
    }
    let drain = witnesses.longest_drain();
    if let Some(drain) = drain.filter(|_| !options.accept.contains(&Risk::CutConnections)) {
        notes.push(format!(
            "nothing is written that replaces a listener (their drain time is {} s)",
            drain.as_secs()
        ));
    }
    notes
}

/// The kinds and names of what is written before the first step and in the steps.
#[must_use]
pub fn touched(service: &str, plan: &Plan) -> Vec<(Kind, String)> {
    let mut all: Vec<(Kind, String)> = plan.preparation.iter().map(|c| (c.kind, c.name.clone())).collect();
    let own = match (service.strip_prefix(PREFIX), service.strip_prefix(weighted::PREFIX)) {
        (Some(route), _) => (Kind::HttpRoute, route.to_owned()),
        (_, Some(name)) => (Kind::TraefikService, name.to_owned()),
        _ => (Kind::ServiceSplitter, service.to_owned()),
    };
    if !all.contains(&own) {
        all.push(own);
    }
    all
}

/// An entry's own content; none where there is none.
#[must_use]
pub fn content(entry: Option<&ConfigEntry>) -> Option<ConfigEntry> {
    entry.map(ConfigEntry::content)
}
