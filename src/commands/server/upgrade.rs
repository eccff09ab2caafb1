//! `fleet server upgrade`

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::{node, operator};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::snapshot;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::server_upgrade::{ServerState, ServersObservation, Version, not_yet, order, skew};
use crate::ops::operator_command::OperatorCommand;
use crate::ops::server_upgrade::{Progress, ServerEndpoint, Servers};
use crate::ops::ticker::look_until;
use crate::ui::{Cell, Column, Describe, Detail, Narration, Tabular, Tone, column, duration, duration_text};

/// How long a transfer of leadership may take.
const TRANSFER: Duration = Duration::from_secs(30);
/// How long the new leader leads before the old one is touched: what was on its way to the old one finds its end.
const SETTLED: Duration = Duration::from_secs(5);

/// Upgrade the servers one by one with a command of your own, and touch the next only when all is as it was before.
///
/// First a snapshot is saved and verified. Then, those that follow before the one that leads, each: the command runs, which has
/// to install the new version and restart the server's agent; the server has to answer at its own address with the new version,
/// vote in raft, and be well by autopilot, with as many servers and as much tolerance as before, for the whole soak. Leadership
/// is handed to an upgraded server before the leader's turn. What already runs the version that --to names is left alone: run
/// the same command again to go on after an interruption.
///
/// The command is run by /bin/sh, with FLEET_SERVER (the name), FLEET_SERVER_ADDRESS (host), FLEET_SERVER_HTTP (URL),
/// FLEET_FROM_VERSION and FLEET_TO_VERSION in its environment. Needs a management token.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet server upgrade --to 2.0.6 --exec 'ssh $FLEET_SERVER_ADDRESS sudo nomad-upgrade $FLEET_TO_VERSION' --dry-run
  fleet server upgrade --to 2.0.6 --exec './upgrade-one.sh' --soak 1m
  fleet server upgrade --exec 'ssh $FLEET_SERVER_ADDRESS sudo systemctl restart nomad' --server s1 --yes")]
pub struct Args {
    /// The command that upgrades one server.
    #[arg(long = "exec", value_name = "CMD")]
    command: String,

    /// The version the servers have to run afterwards; without it the command's word is taken.
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,

    /// Only these servers, by name with or without the region.
    #[arg(long, value_name = "SERVER", add = clap_complete::ArgValueCompleter::new(complete::servers))]
    server: Vec<String>,

    /// Where a server answers, when it is not the address it gossips at the port of the one that is asked.
    #[arg(long, value_name = "SERVER=URL", value_parser = pair)]
    http: Vec<(String, String)>,

    /// How long all must be well before the next server is touched.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30s")]
    soak: Duration,

    /// How long a server may take to be back and well.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m")]
    timeout: Duration,

    /// Where the snapshot goes [default: nomad-before-upgrade-TIME.snap].
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    snapshot: Option<PathBuf>,

    /// Save no snapshot.
    #[arg(long, conflicts_with = "snapshot")]
    no_snapshot: bool,

    /// Go on although the servers do nothing while one of them restarts, as with a single server.
    #[arg(long)]
    accept_downtime: bool,

    /// Show what would be done; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, url)| !name.is_empty() && url.contains("://"));
    pair.map(|(name, url)| (name.to_owned(), url.to_owned())).ok_or_else(|| "expected SERVER=URL".to_owned())
}

/// A step of the plan, and what became of it.
#[derive(Debug, Clone, Serialize)]
struct Step {
    server: String,
    leader: bool,
    from_version: String,
    /// None until it was upgraded.
    to_version: Option<String>,
    result: String,
}

impl Tabular for Step {
    const COLUMNS: &'static [Column] = &[
        column("SERVER").whole(),
        column("ROLE"),
        column("WAS"),
        column("IS").usual("-"),
        column("RESULT").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.server),
            Cell::text(if self.leader { "leader" } else { "voter" }),
            Cell::from(&self.from_version),
            self.to_version.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::text(&self.result),
        ]
    }
}

/// The whole upgrade.
#[derive(Debug, Serialize)]
struct Upgraded {
    dry_run: bool,
    snapshot: Option<String>,
    servers: Vec<Step>,
}

impl Describe for Upgraded {
    fn describe(&self) -> Detail {
        let snapshot = self.snapshot.as_ref().map_or(Cell::Empty, Cell::from);
        Detail::new().fields([("snapshot", snapshot)]).table("Servers", &self.servers)
    }
}

/// What happened, as machines read it with `-o json-lines`.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    SnapshotSaved { file: &'a str },
    Waits { server: &'a str, why: &'a str },
    Soaks { server: &'a str, command_ran: bool, soak_seconds: u64 },
    LeadershipMoved { server: &'a str, to: &'a str },
    CommandStarted { server: &'a str },
    Upgraded { server: &'a str, version: Option<&'a str> },
}

#[derive(Debug, Serialize)]
struct Record<'a> {
    at: Timestamp,
    #[serde(flatten)]
    event: Event<'a>,
}

/// The story of the upgrade.
struct Story<'a> {
    app: &'a App,
    narration: Narration,
}

impl Story<'_> {
    fn tell(&mut self, event: Event<'_>) -> Result<()> {
        let (text, tone) = match &event {
            Event::SnapshotSaved { file } => (format!("snapshot saved and verified: {file}"), Tone::Good),
            Event::Waits { server, why } => (format!("{server}: waits, {why}"), Tone::Dim),
            Event::Soaks { server, command_ran, soak_seconds } => {
                let soak = duration_text(Duration::from_secs(*soak_seconds));
                match command_ran {
                    true => (format!("{server}: well; soaks for {soak}"), Tone::Plain),
                    false => (format!("{server}: all is well, its turn comes"), Tone::Plain),
                }
            }
            Event::LeadershipMoved { server, to } => {
                (format!("{to}: leads now, in the place of {server}"), Tone::Plain)
            }
            Event::CommandStarted { server } => (format!("{server}: the command runs"), Tone::Plain),
            Event::Upgraded { server, version } => {
                (format!("{server}: done, {}", version.unwrap_or("its version is not known")), Tone::Good)
            }
        };
        let at = self.app.printer.now();
        self.narration.tell(at, &Record { at, event }, [(text, tone)])
    }

    /// Tells how a proof goes on. That this cannot be written is seen by whoever tells of the next thing that was done.
    fn progress(&mut self, server: &str, progress: &Progress, command_ran: bool, soak: Duration) {
        drop(match progress {
            Progress::Waits(why) => self.tell(Event::Waits { server, why }),
            Progress::Soaks => self.tell(Event::Soaks { server, command_ran, soak_seconds: soak.as_secs() }),
        });
    }
}

/// Upgrades the servers.
///
/// # Errors
/// Refused (7) where it is not safe to begin; failed (1) where the command failed; timed out (6) where a server is not back.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let servers = Servers::find(nomad, &args.http).await?;
    let before = servers.look(None).await?;
    may_begin(args, &before)?;
    check_versions(args, app, &before).await?;
    let chosen = chosen(args, &before)?;
    let mut steps = plan(args, &chosen);
    if args.dry_run || steps.iter().all(|step| step.to_version.is_some()) {
        if !args.dry_run {
            app.printer.note("nothing to do: all of them run it already");
        }
        return app.printer.object(&Upgraded { dry_run: args.dry_run, snapshot: None, servers: steps });
    }
    app.printer.list_aside(&steps);
    let question = format!(
        "Run the command for each of these, one after the other, with a soak of {}?",
        duration_text(args.soak)
    );
    let permission = app.confirm(args.yes, &question).await?;
    let mut story = Story { app, narration: Narration::new(&app.printer) };
    let snapshot = save_snapshot(args, app, &mut story).await?;
    let upgrade = Upgrade { args, servers: &servers, before: &before, permission: &permission };
    let ended = upgrade.all(&mut steps, &mut story).await;
    drop(story);
    // What was done is told even where the rest was not.
    app.printer.object(&Upgraded { dry_run: false, snapshot, servers: steps })?;
    ended
}

/// Whether a server runs the version that is wanted already; never where none is named.
fn runs_it(server: &ServerState, to: Option<&str>) -> bool {
    to.is_some_and(|to| server.version.as_deref().and_then(Version::parse) == Version::parse(to))
}

/// What is to be done to each server.
fn plan(args: &Args, chosen: &[&ServerState]) -> Vec<Step> {
    let step = |server: &&ServerState| {
        let version = server.version.clone().unwrap_or_default();
        let done = runs_it(server, args.to.as_deref());
        Step {
            server: server.name.clone(),
            leader: server.leader,
            from_version: version.clone(),
            to_version: done.then_some(version),
            result: if done { "runs it already" } else { "to be upgraded" }.to_owned(),
        }
    };
    chosen.iter().map(step).collect()
}

/// Saves a verified snapshot, unless none is wanted; the file it is in.
async fn save_snapshot(args: &Args, app: &App, story: &mut Story<'_>) -> Result<Option<String>> {
    if args.no_snapshot {
        return Ok(None);
    }
    let time = app.printer.now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let file = args.snapshot.clone().unwrap_or_else(|| format!("nomad-before-upgrade-{time}.snap").into());
    let saved = snapshot::save(app.nomad()?, &file, false, false).await?;
    story.tell(Event::SnapshotSaved { file: &saved.file })?;
    Ok(Some(saved.file))
}

/// An upgrade that is under way.
struct Upgrade<'a> {
    args: &'a Args,
    servers: &'a Servers,
    /// The servers as they were before it began.
    before: &'a ServersObservation,
    permission: &'a crate::api::Permission,
}

impl Upgrade<'_> {
    /// Upgrades one server after the other; then all of them are looked at for the last time.
    async fn all(&self, steps: &mut [Step], story: &mut Story<'_>) -> Result<()> {
        for step in steps.iter_mut().filter(|step| step.to_version.is_none()) {
            let Some(own) = self.servers.all.iter().find(|own| own.name == step.server) else { continue };
            self.one(own, step, story).await?;
        }
        let now = self.servers.look(None).await?;
        match not_yet(&now, self.before, None) {
            Some(why) => {
                Err(Error::failed("all were upgraded, but the servers are not as they were before")
                    .because(why))
            }
            None => Ok(()),
        }
    }

    /// Upgrades one server: when all are well, without leadership; then it has to be well for the whole soak.
    async fn one(&self, own: &ServerEndpoint, step: &mut Step, story: &mut Story<'_>) -> Result<()> {
        let (args, servers, name) = (self.args, self.servers, step.server.clone());
        // Somebody else may have begun something meanwhile; and the one that leads may be another by now.
        let mut waits = |progress: Progress| story.progress(&name, &progress, false, args.soak);
        servers.prove(self.before, None, Duration::ZERO, args.timeout, &mut waits).await?;
        if let Some(heir) = hand_over(servers, own, args.to.as_deref(), self.permission).await? {
            story.tell(Event::LeadershipMoved { server: &name, to: &heir })?;
            let mut quiet = |_: Progress| {};
            servers.prove(self.before, None, SETTLED, args.timeout, &mut quiet).await?;
        }
        story.tell(Event::CommandStarted { server: &name })?;
        if let Err(error) = upgrade_one(args, own, &step.from_version).await {
            "the command failed".clone_into(&mut step.result);
            return Err(
                error.hint("the other servers were not touched; fleet server list shows how it stands")
            );
        }
        "the command ran, and it is not known to be well".clone_into(&mut step.result);
        let is = Some((name.as_str(), args.to.as_deref()));
        let mut waits = |progress: Progress| story.progress(&name, &progress, true, args.soak);
        servers.prove(self.before, is, args.soak, args.timeout, &mut waits).await?;
        let now = servers.look(None).await?;
        step.to_version = now.servers.iter().find(|s| s.name == name).and_then(|s| s.version.clone());
        step.result = match args.to {
            Some(_) => "upgraded".to_owned(),
            None => "the command ran, and it is well".to_owned(),
        };
        story.tell(Event::Upgraded { server: &name, version: step.to_version.as_deref() })
    }
}

/// Refuses where the servers are not well already, or cannot do without one.
fn may_begin(args: &Args, before: &ServersObservation) -> Result<()> {
    if let Some(why) = not_yet(before, before, None) {
        return Err(Error::refused("the servers are not well: none of them is touched")
            .because(why)
            .hint("fleet server list shows what is wrong with them"));
    }
    if before.tolerance < 1 && !args.accept_downtime {
        return Err(Error::refused("no server may fail: while one restarts, the others could do nothing")
            .because(format!("there are {}", crate::model::words::count(before.servers.len(), "server")))
            .hint("--accept-downtime goes on all the same"));
    }
    Ok(())
}

/// Refuses versions that do not go together.
async fn check_versions(args: &Args, app: &App, before: &ServersObservation) -> Result<()> {
    let Some(to) = &args.to else { return Ok(()) };
    let nodes = match app.nomad()?.list(&node::list()).await {
        Ok(reply) => reply.value,
        Err(error) => {
            app.printer.warn(&format!("the versions of the clients are not known: {error}"));
            Vec::new()
        }
    };
    let servers: Vec<&str> = before.servers.iter().filter_map(|s| s.version.as_deref()).collect();
    let clients: Vec<&str> = nodes.iter().map(|n| n.version.as_str()).collect();
    match skew(&servers, &clients, to) {
        Ok(warnings) => warnings.iter().for_each(|warning| app.printer.warn(warning)),
        Err(why) if Version::parse(to).is_none() => return Err(Error::usage(why)),
        Err(why) => return Err(Error::refused(format!("the servers cannot go to {to}")).because(why)),
    }
    Ok(())
}

/// The servers that are meant, in their order.
fn chosen<'a>(args: &Args, before: &'a ServersObservation) -> Result<Vec<&'a ServerState>> {
    let is = |stand: &ServerState, name: &String| {
        stand.name == *name || stand.name.rsplit_once('.').is_some_and(|(own, _)| own == name)
    };
    for name in &args.server {
        if !before.servers.iter().any(|stand| is(stand, name)) {
            let known: Vec<&str> = before.servers.iter().map(|s| s.name.as_str()).collect();
            return Err(Error::not_found(format!("there is no server {name:?} in raft"))
                .hint(format!("there are {}", known.join(", "))));
        }
    }
    let mut all = order(&before.servers);
    all.retain(|stand| args.server.is_empty() || args.server.iter().any(|name| is(stand, name)));
    Ok(all)
}

/// Hands leadership to another server, where this one leads: one that is upgraded already, before any other. The one that leads
/// then; none where this one did not.
async fn hand_over(
    servers: &Servers,
    own: &ServerEndpoint,
    to: Option<&str>,
    permission: &crate::api::Permission,
) -> Result<Option<String>> {
    let now = servers.look(None).await?;
    if servers.all.len() < 2 || !now.servers.iter().any(|s| s.name == own.name && s.leader) {
        return Ok(None);
    }
    let mut others: Vec<&ServerState> =
        now.servers.iter().filter(|s| s.name != own.name && s.voter).collect();
    others.sort_by_key(|s| !runs_it(s, to));
    let heir = others.first().and_then(|s| servers.all.iter().find(|own| own.name == s.name));
    let Some(heir) = heir else { return Err(Error::refused("there is no other server that could lead")) };
    // A lost reply does not matter: who leads is looked at.
    match heir.http.write(permission, &operator::transfer_leadership(&heir.raft_id)).await {
        Err(e) if !e.is_ambiguous() && !e.is_passing() => return Err(e.into()),
        _ => {}
    }
    let led = look_until(Duration::from_millis(200), TRANSFER, async || {
        let now = servers.look(None).await;
        let leads = now.is_ok_and(|now| now.servers.iter().any(|s| s.name == heir.name && s.leader));
        Ok::<_, Error>(if leads { Ok(()) } else { Err(()) })
    });
    led.await?.map_err(|()| {
        Error::new(ExitCode::TimedOut, format!("server {} did not take over from {}", heir.name, own.name))
    })?;
    Ok(Some(heir.name.clone()))
}

/// Runs the command for one server.
async fn upgrade_one(args: &Args, own: &ServerEndpoint, from: &str) -> Result<()> {
    let url = own.http.address().trim_end_matches('/').to_owned();
    let authority = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host).trim_matches(['[', ']']);
    let command = OperatorCommand::shell(&args.command).variables([
        ("FLEET_SERVER", own.name.clone()),
        ("FLEET_SERVER_ADDRESS", host.to_owned()),
        ("FLEET_SERVER_HTTP", url.clone()),
        ("FLEET_FROM_VERSION", from.to_owned()),
        ("FLEET_TO_VERSION", args.to.clone().unwrap_or_default()),
    ]);
    let failed =
        |why: String| Error::failed(format!("the command for server {} failed", own.name)).because(why);
    let end = command.run().await.map_err(|e| failed(e.to_string()))?;
    if end.status.success() {
        return Ok(());
    }
    let error = failed(end.status.to_string());
    Err(if end.last_error.is_empty() { error } else { error.because(end.last_error) })
}
