//! Rotations as their histories on the cluster tell them, as soon as they are told.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use tokio::time::sleep;

use crate::api::http::{Http, Patience};
use crate::api::nomad::variable::{self, VariableMeta};
use crate::api::watch::Watch;
use crate::app::App;
use crate::commands::shared::rotation_board;
use crate::error::Result;
use crate::ops::migration::lock::{self, NAMESPACE};
use crate::ops::rotate::history::{self, Kept};
use crate::ops::rotate::story::{self, End};
use crate::ui::Tone;
use crate::ui::tui::RotationSeen;

/// So many are told, the newest.
const MOST: usize = 8;
/// How often it is told how long one has taken by now.
const TICK: Duration = Duration::from_secs(5);
/// After how long they are asked again where they could not be read.
const AGAIN: Duration = Duration::from_secs(30);

/// Follows them for ever.
///
/// # Errors
/// When the settings are no good.
pub(super) async fn follow(
    app: &App,
    tell: impl Fn(Result<Vec<RotationSeen>, String>),
) -> Result<Infallible> {
    let nomad = app.nomad()?;
    let list = || variable::list(&format!("{}/", history::PREFIX)).namespace(NAMESPACE);
    loop {
        let mut states = Watch::new(nomad, list(), Patience::OPERATION).states();
        let mut known = Known::default();
        loop {
            let metas = tokio::select! {
                state = states.next() => match state {
                    Some(Ok(reply)) => Some(reply.value),
                    Some(Err(e)) => {
                        tell(Err(e.to_string()));
                        break;
                    }
                    None => break,
                },
                () = sleep(TICK), if known.any_open() => None,
            };
            if let Some(metas) = metas
                && let Err(why) = known.read(nomad, &metas).await
            {
                tell(Err(why.to_string()));
                break;
            }
            let at_work = if known.any_open() { names_at_work(nomad).await } else { Vec::new() };
            tell(Ok(known.told(&at_work, app.clock().now())));
        }
        sleep(AGAIN).await;
    }
}

/// The names of the claims; none where they cannot be read.
async fn names_at_work(nomad: &Http) -> Vec<String> {
    lock::read(nomad).await.map(|(claims, _)| claims.into_keys().collect()).unwrap_or_default()
}

/// The histories that were read, by their names.
#[derive(Default)]
struct Known(BTreeMap<String, Kept>);

impl Known {
    /// Reads those that have changed.
    async fn read(&mut self, nomad: &Http, metas: &[VariableMeta]) -> Result<()> {
        let name = |meta: &VariableMeta| {
            Some(meta.path.strip_prefix(history::PREFIX)?.strip_prefix('/')?.to_owned())
        };
        let mut all: Vec<(u64, String)> =
            metas.iter().filter_map(|meta| Some((meta.modify_index, name(meta)?))).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.truncate(MOST);
        self.0.retain(|known, _| all.iter().any(|(_, name)| name == known));
        for (index, name) in all {
            if self.0.get(&name).is_some_and(|kept| kept.index == index) {
                continue;
            }
            if let Some(kept) = history::load(nomad, &name).await? {
                self.0.insert(name, kept);
            }
        }
        Ok(())
    }

    fn any_open(&self) -> bool {
        self.0
            .values()
            .any(|kept| story::tell(&kept.rotation, &kept.events, kept.left_out).state == End::Open)
    }

    /// What is told of them, the newest first.
    fn told(&self, at_work: &[String], now: Timestamp) -> Vec<RotationSeen> {
        let mut all: Vec<&Kept> = self.0.values().collect();
        all.sort_by_key(|kept| std::cmp::Reverse(kept.index));
        all.into_iter().map(|kept| seen(kept, at_work, now)).collect()
    }
}

fn seen(kept: &Kept, at_work: &[String], now: Timestamp) -> RotationSeen {
    let story = story::tell(&kept.rotation, &kept.events, kept.left_out);
    let works = at_work.iter().any(|claim| claim.starts_with(&format!("{}-", kept.rotation)));
    let reason = story.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let (state, tone) = match story.state {
        End::Finished => ("finished".to_owned(), Tone::Good),
        End::Stopped => (format!("stopped{reason}"), Tone::Warn),
        End::Open if works => ("at work".to_owned(), Tone::Strong),
        End::Open => ("nobody is at work on it; R resumes it".to_owned(), Tone::Warn),
    };
    let board = rotation_board::board(
        &story,
        if story.state == End::Open { now } else { story.last_at.unwrap_or(now) },
    );
    RotationSeen {
        name: kept.rotation.clone(),
        state,
        tone,
        finished: story.state == End::Finished,
        board,
        last_at: story.last_at,
    }
}
