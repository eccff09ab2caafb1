//! `fleet rotation watch`

use std::time::Duration;

use jiff::Timestamp;

use crate::api::http::Http;
use crate::api::nomad::variable;
use crate::app::App;
use crate::commands::rotation::newest;
use crate::commands::shared::rotation_board::RotationBoard;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::migration::lock::{self, NAMESPACE};
use crate::ops::observe::Observer as _;
use crate::ops::rotate::control;
use crate::ops::rotate::event::Event;
use crate::ops::rotate::history::{self, Happening, Kept};
use crate::ops::ticker::{Watched, Woken};

/// How often what depends on time alone is looked at.
const TICK: Duration = Duration::from_secs(2);
/// After how much silence the process that ran it is looked for.
const SILENCE: Duration = Duration::from_secs(20);

/// Follow a rotation from anywhere, to its end: what happened until now, then what happens, and how it stands.
///
/// It reads what the rotation writes down on the cluster every few seconds. The exit code is the rotation's own: 0 when it finished,
/// the code it stopped with when it stopped, and 8 when nobody is at work on it any more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation watch
  fleet rotation watch r-1a2b3c4d
  fleet rotation watch r-1a2b3c4d -o json-lines")]
pub struct Args {
    /// Its name [default: the newest].
    #[arg(value_name = "ROTATION")]
    name: Option<String>,
}

/// Follows it.
///
/// # Errors
/// Not found (3), what the rotation stopped with, pending (8) when nobody is at work on it, or any API fault.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => newest(nomad).await?,
    };
    let sign = variable::list(&format!("{}/{name}", history::PREFIX)).namespace(NAMESPACE);
    let mut orderly = app.interrupts.orderly();
    let mut watched = Watched::new(nomad, sign, TICK);
    let mut follower = Follower {
        name: &name,
        board: RotationBoard::new(&app.printer, Vec::new()),
        told: 0,
        left_out: 0,
        index: 0,
        last: None,
        moved_at: app.clock().now(),
    };
    follower.read(nomad, app.clock().now()).await?;
    if follower.index == 0 {
        return Err(Error::not_found(format!("nothing is told of a rotation {name:?}"))
            .because("there is no such rotation, or it began this very moment")
            .hint("fleet rotation list"));
    }
    loop {
        if let Some(end) = follower.end() {
            return end;
        }
        match watched.next(&mut orderly).await? {
            Woken::Interrupted(interrupt) => {
                return Err(
                    interrupt.error(format!("no longer followed; rotation {name} goes on without it"))
                );
            }
            Woken::State(metas) => {
                if metas.iter().any(|meta| meta.modify_index != follower.index) {
                    follower.read(nomad, app.clock().now()).await?;
                }
            }
            Woken::Tick => follower.look(nomad, app.clock().now()).await?,
        }
    }
}

struct Follower<'a> {
    name: &'a str,
    board: RotationBoard,
    /// How many events of how it is kept were told.
    told: usize,
    left_out: usize,
    index: u64,
    /// What was told last.
    last: Option<Happening>,
    /// When something was last heard of it.
    moved_at: Timestamp,
}

impl Follower<'_> {
    /// Tells what is new.
    async fn read(&mut self, nomad: &Http, now: Timestamp) -> Result<()> {
        let Some(Kept { events, left_out, index, .. }) = history::load(nomad, self.name).await? else {
            return Ok(());
        };
        // When old events were left out to make room for new ones, the count of those that were told is of no use any more.
        let known = (self.told + self.left_out).saturating_sub(left_out);
        for happening in events.iter().skip(known) {
            self.board.record(happening)?;
        }
        (self.told, self.left_out, self.index) = (events.len(), left_out, index);
        self.last = events.last().cloned();
        self.moved_at = now;
        Ok(())
    }

    /// What the rotation ended with, once it has.
    fn end(&self) -> Option<Result<()>> {
        match &self.last.as_ref()?.event {
            Event::Finished { .. } => Some(Ok(())),
            Event::Stopped { reason, code } => {
                let code = ExitCode::ALL.into_iter().find(|c| c.name() == code).unwrap_or(ExitCode::Failed);
                let error =
                    Error::new(code, format!("rotation {} stopped", self.name)).because(reason.clone());
                Some(Err(error.hint(format!("fleet rotation resume {}", self.name))))
            }
            _ => None,
        }
    }

    /// Whether somebody is at work on it, and what it waits for.
    async fn look(&mut self, nomad: &Http, now: Timestamp) -> Result<()> {
        let quiet = Duration::try_from(now.duration_since(self.moved_at)).unwrap_or_default();
        let mut lines = Vec::new();
        if quiet >= SILENCE {
            if !lock::at_work(&lock::read(nomad).await?.0, self.name) {
                return Err(Error::new(
                    ExitCode::Pending,
                    format!("nobody is at work on rotation {}", self.name),
                )
                .because("its process died, or was ended at once; what was under way goes on without it")
                .hint(format!("fleet rotation resume {}", self.name)));
            }
            if let Some(pause) = control::read(nomad, self.name).await? {
                lines.push(pause.to_string());
            }
            lines.push(format!("nothing new for {} s", quiet.as_secs()));
        }
        self.board.waiting(&lines);
        Ok(())
    }
}
