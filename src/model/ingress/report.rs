//! One model of a migration, of which JSON, HTML, Markdown and the terminal are readers.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::check::{Checked, check};
use super::emit::{self, Source};
use super::judge::JudgementInput;
use super::lower::lower;
use super::nginx::site::Sites;
use super::nginx::tree::{Config, Id};
use super::pool::Services;
use super::route::{Action, Site};
use super::verdict::{Risk, TARGETS, Target, Verdict};

/// A text for each target.
pub type ByTarget<T> = BTreeMap<&'static str, T>;

/// A migration.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The files that were read.
    pub files: Vec<String>,
    /// The targets that were asked for.
    pub targets: Vec<Target>,
    /// How many directives have which verdict, by target.
    pub matrix: Vec<Row>,
    /// What stands in the way, each with its ID.
    pub refusals: Vec<Refusal>,
    /// The routes, in the order they are tried.
    pub routes: Vec<RouteView>,
    /// The self-check, by target.
    pub self_check: Vec<CheckView>,
    /// Every directive with its verdict.
    pub directives: Vec<DirectiveView>,
}

/// How a target fares.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The target.
    pub target: Target,
    /// Directives that mean the same afterwards.
    pub carried_over: usize,
    /// With a difference.
    pub with_a_difference: usize,
    /// Lost.
    pub cannot: usize,
    /// Without a meaning there.
    pub irrelevant: usize,
    /// Guards that are lost.
    pub guards_lost: usize,
    /// What stands in the way and was not accepted.
    pub refused: usize,
}

/// A directive for which a migration is refused until its id is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// What `--accept` takes.
    pub id: String,
    /// What kind of risk it is.
    pub risk: Risk,
    /// For which targets.
    pub targets: Vec<Target>,
    /// `file:line`
    #[serde(rename = "place")]
    pub at: String,
    /// The directive.
    pub directive: String,
    /// What is at stake.
    pub why: String,
    /// Whether it was accepted.
    pub accepted: bool,
}

/// A route.
#[derive(Debug, Clone, Serialize)]
pub struct RouteView {
    /// The site it is of.
    pub site: String,
    /// The port.
    pub port: u16,
    /// The hosts.
    pub hosts: Vec<String>,
    /// Which paths.
    pub path: String,
    /// What else must hold.
    pub conditions: Vec<String>,
    /// What is done.
    pub action: String,
    /// Where it comes from.
    pub from: Vec<String>,
    /// The worst verdict of what it comes from, by target.
    pub verdict: ByTarget<&'static str>,
}

/// What the self-check found for a target.
#[derive(Debug, Clone, Serialize)]
pub struct CheckView {
    /// The target.
    pub target: Target,
    /// Requests that were compared.
    pub requests: usize,
    /// Requests that come to the same.
    pub same: usize,
    /// Differences that the verdicts speak of.
    pub expected_differences: usize,
    /// Differences that nothing speaks of.
    pub unexpected_differences: usize,
    /// Requests whose answer by nginx is beyond this program.
    pub not_compared: usize,
    /// Some of the differences, the unexpected first.
    pub differences: Vec<DifferenceView>,
}

/// A request that comes to something else.
#[derive(Debug, Clone, Serialize)]
pub struct DifferenceView {
    /// Port, method and path.
    pub request: String,
    /// What nginx does.
    pub nginx: String,
    /// What the new proxy does.
    pub after: String,
    /// Why that was to be expected.
    pub because: Option<String>,
}

/// A directive.
#[derive(Debug, Clone, Serialize)]
pub struct DirectiveView {
    /// The file.
    pub file: String,
    /// One-based.
    pub line: u32,
    /// Its name.
    pub directive: String,
    /// Its arguments as they are written.
    pub args: Vec<String>,
    /// By target.
    pub verdict: ByTarget<&'static str>,
    /// By target; empty notes are left out.
    pub note: ByTarget<String>,
    /// The targets it stands in the way of.
    pub refused: Vec<Target>,
}

/// What is said of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteOfTargets<'d> {
    /// The note.
    pub note: &'d str,
    /// The names of the targets it is said of; empty when it is said of all.
    pub targets: Vec<&'static str>,
}

impl DirectiveView {
    /// The directive with its arguments, as it is written.
    #[must_use]
    pub fn shown(&self) -> String {
        let words = std::iter::once(&self.directive).chain(&self.args);
        words.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Each note once, with the targets it is said of.
    #[must_use]
    pub fn notes(&self) -> Vec<NoteOfTargets<'_>> {
        let mut notes: Vec<NoteOfTargets<'_>> = Vec::new();
        for target in TARGETS.map(Target::name) {
            let Some(note) = self.note.get(target) else { continue };
            match notes.iter_mut().find(|n| n.note == note) {
                Some(known) => known.targets.push(target),
                None => notes.push(NoteOfTargets { note, targets: vec![target] }),
            }
        }
        if let [only] = notes.as_mut_slice()
            && only.targets.len() == TARGETS.len()
        {
            only.targets.clear();
        }
        notes
    }
}

/// A migration with what is written for it.
#[derive(Debug)]
pub struct Migration {
    /// The report.
    pub report: Report,
    /// What is emitted, by target.
    pub emitted: Vec<(Target, Emitted)>,
}

/// What is emitted for a target.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// Traefik's dynamic configuration, or Consul's entries in the order they are written.
    pub documents: Vec<Value>,
    /// The gateway's Nomad job.
    pub job: String,
    /// The blocks of the services.
    pub services: String,
}

/// The targets and policies a migration is asked for.
#[derive(Debug, Clone, Default)]
pub struct MigrationRequest {
    /// The targets.
    pub targets: Vec<Target>,
    /// What addresses are.
    pub services: Services,
    /// IDs that are accepted.
    pub accepted: Vec<String>,
    /// The users of files that `auth_basic_user_file` names.
    pub users: BTreeMap<String, Vec<String>>,
}

/// Works a migration out.
#[must_use]
pub fn migrate(config: &Config, wanted: &MigrationRequest) -> Migration {
    let sites = Sites::new(config);
    let (routes, unresolved) = lower(&sites);
    let bench = JudgementInput::new(&sites, &routes, &unresolved, &wanted.services);
    let judgements: Vec<_> = (0..config.all.len()).map(|at| bench.judge(Id(at))).collect();
    let source = Source { sites: &sites, routes: &routes, services: &wanted.services, users: &wanted.users };
    let mut stops: Vec<(Risk, Id, Target)> = Vec::new();
    for (at, judgement) in judgements.iter().enumerate() {
        for target in TARGETS {
            stops.extend(judgement.of(target).risk.map(|risk| (risk, Id(at), target)));
        }
    }
    let mut emitted = Vec::new();
    let mut checks = Vec::new();
    for target in TARGETS {
        let (documents, misplaced) = match target {
            Target::Traefik => (vec![emit::traefik::dynamic(source)], Vec::new()),
            Target::ApiGateway => {
                let out = emit::consul::api(source);
                (out.entries, out.misplaced)
            }
            Target::IngressGateway => (emit::consul::ingress(source).entries, Vec::new()),
        };
        stops.extend(misplaced.into_iter().map(|id| (Risk::Order, id, target)));
        let checked = check(&sites, &routes, &wanted.services, target, &documents);
        for found in checked.mismatches.iter().filter(|m| m.known.is_none()) {
            let about = found.about.first().copied().or_else(|| routes.first().map(|s| s.server));
            stops.extend(about.map(|id| (Risk::SelfCheck, id, target)));
        }
        checks.push(check_view(target, &checked));
        let (job, services) = (emit::nomad::job(source, target), emit::nomad::services(source, target));
        emitted.push((target, Emitted { documents, job, services }));
    }
    let mut refusals = refusals(config, &stops, &judgements, wanted);
    let wants = |t: &Target| wanted.targets.contains(t);
    refusals.iter_mut().for_each(|r| r.targets.retain(|t| wants(t)));
    refusals.retain(|r| !r.targets.is_empty());
    let directives = directives(config, &judgements);
    let matrix = TARGETS.into_iter().map(|t| row(t, &directives, &judgements, &refusals)).collect();
    let report = Report {
        files: config.files.iter().map(|f| f.name.clone()).collect(),
        targets: wanted.targets.clone(),
        matrix,
        refusals,
        routes: route_views(config, &routes, &judgements),
        self_check: checks,
        directives,
    };
    emitted.retain(|(t, _)| wants(t));
    Migration { report, emitted }
}

fn refusals(
    config: &Config,
    stops: &[(Risk, Id, Target)],
    judgements: &[super::verdict::Judgement],
    wanted: &MigrationRequest,
) -> Vec<Refusal> {
    let mut out: Vec<Refusal> = Vec::new();
    for (risk, id, target) in stops {
        let place = config.place(*id);
        let key = format!("{}@{place}", risk.name());
        if let Some(known) = out.iter_mut().find(|r| r.id == key) {
            if !known.targets.contains(target) {
                known.targets.push(*target);
            }
            // Several on one line are accepted together, so all of them are told.
            let shown = config.get(*id).shown();
            if !known.directive.split("; ").any(|own| own == shown) {
                known.directive = format!("{}; {shown}", known.directive);
            }
            continue;
        }
        let note = judgements[id.0].of(*target).note.trim_start_matches("REFUSE: ").to_owned();
        let why = if note.is_empty()
            || matches!(risk, Risk::SelfCheck | Risk::Order | Risk::UnmappedUpstream | Risk::RepeatedPost)
        {
            risk.stake().to_owned()
        } else {
            format!("{}: {note}", risk.stake())
        };
        out.push(Refusal {
            accepted: wanted.accepted.contains(&key),
            id: key,
            risk: *risk,
            targets: vec![*target],
            at: place,
            directive: config.get(*id).shown(),
            why,
        });
    }
    out
}

fn directives(config: &Config, judgements: &[super::verdict::Judgement]) -> Vec<DirectiveView> {
    let view = |(directive, judgement): (&super::nginx::tree::Directive, &super::verdict::Judgement)| {
        DirectiveView {
            file: config.files[directive.file].name.clone(),
            line: directive.line,
            directive: directive.name.clone(),
            args: directive.args.iter().map(|w| w.raw.clone()).collect(),
            verdict: TARGETS.into_iter().map(|t| (t.name(), judgement.of(t).verdict.phrase())).collect(),
            note: TARGETS
                .into_iter()
                .filter(|t| !judgement.of(*t).note.is_empty())
                .map(|t| (t.name(), judgement.of(t).note.clone()))
                .collect(),
            refused: TARGETS.into_iter().filter(|t| judgement.of(*t).risk.is_some()).collect(),
        }
    };
    config.all.iter().zip(judgements).map(view).collect()
}

fn row(
    target: Target,
    directives: &[DirectiveView],
    judgements: &[super::verdict::Judgement],
    refusals: &[Refusal],
) -> Row {
    let count = |v: Verdict| directives.iter().filter(|d| d.verdict[target.name()] == v.phrase()).count();
    Row {
        target,
        carried_over: count(Verdict::Carried),
        with_a_difference: count(Verdict::Differs),
        cannot: count(Verdict::Lost),
        irrelevant: count(Verdict::Irrelevant),
        guards_lost: judgements.iter().filter(|j| j.of(target).risk == Some(Risk::LostGuard)).count(),
        refused: refusals.iter().filter(|r| !r.accepted && r.targets.contains(&target)).count(),
    }
}

fn route_views(config: &Config, sites: &[Site], judgements: &[super::verdict::Judgement]) -> Vec<RouteView> {
    let mut out = Vec::new();
    for site in sites {
        for route in &site.routes {
            let worst = |target: Target| {
                let own = route.from.iter().map(|id| judgements[id.0].of(target).verdict).max();
                let beyond = matches!(route.action, Action::Foreign(_) | Action::Answer { .. });
                if beyond { Verdict::Lost } else { own.unwrap_or(Verdict::Carried) }
            };
            let mut hosts: Vec<String> = site.hosts.iter().map(super::route::Host::shown).collect();
            if site.default {
                hosts.push("(any other)".to_owned());
            }
            out.push(RouteView {
                site: site.name.clone(),
                port: site.port,
                hosts,
                path: route.path.shown(),
                conditions: route.conditions.iter().map(super::route::Condition::shown).collect(),
                action: route.action.shown(),
                from: route.from.iter().map(|id| config.place(*id)).collect(),
                verdict: TARGETS.into_iter().map(|t| (t.name(), worst(t).phrase())).collect(),
            });
        }
    }
    out
}

/// Differences that are told.
const SHOWN: usize = 40;

fn check_view(target: Target, checked: &Checked) -> CheckView {
    let mut sorted: Vec<_> = checked.mismatches.iter().collect();
    sorted.sort_by_key(|m| m.known.is_some());
    let unexpected = checked.mismatches.iter().filter(|m| m.known.is_none()).count();
    let view = |m: &&super::check::Mismatch| DifferenceView {
        request: format!("{} {} {}", m.request.port, m.request.method, m.request.target),
        nginx: m.nginx.clone(),
        after: m.emitted.clone(),
        because: m.known.clone(),
    };
    CheckView {
        target,
        requests: checked.requests,
        same: checked.same,
        expected_differences: checked.mismatches.len() - unexpected,
        unexpected_differences: unexpected,
        not_compared: checked.beyond,
        differences: sorted.iter().take(SHOWN).map(view).collect(),
    }
}

impl Report {
    /// What stands in the way of a target and was not accepted.
    pub fn in_the_way(&self, target: Target) -> impl Iterator<Item = &Refusal> {
        self.refusals.iter().filter(move |r| !r.accepted && r.targets.contains(&target))
    }
}
