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
use crate::ops::migration::lock::{self, Claims, NAMESPACE};
use crate::ops::rotate::history;
use crate::ops::rotate::story::{self, End, Story};
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
    // A line about an answer that takes long would go across the screen.
    let nomad = &app.nomad()?.quietly();
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
            let claims = if known.any_open() { claims(nomad).await } else { Claims::new() };
            tell(Ok(known.told(&claims, app.clock().now())));
        }
        sleep(AGAIN).await;
    }
}

/// Everybody's claims; none where they cannot be read.
async fn claims(nomad: &Http) -> Claims {
    lock::read(nomad).await.map(|(claims, _)| claims).unwrap_or_default()
}

/// What the histories tell, by the names of the rotations.
#[derive(Default)]
struct Known(BTreeMap<String, KnownStory>);

struct KnownStory {
    /// Index of the history it was read from.
    index: u64,
    story: Story,
}

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
            if self.0.get(&name).is_some_and(|known| known.index == index) {
                continue;
            }
            if let Some(kept) = history::load(nomad, &name).await? {
                let story = story::tell(&kept.rotation, &kept.events, kept.left_out);
                self.0.insert(name, KnownStory { index: kept.index, story });
            }
        }
        Ok(())
    }

    fn any_open(&self) -> bool {
        self.0.values().any(|known| known.story.state == End::Open)
    }

    /// What is told of them, the newest first.
    fn told(&self, claims: &Claims, now: Timestamp) -> Vec<RotationSeen> {
        let mut all: Vec<&KnownStory> = self.0.values().collect();
        all.sort_by_key(|known| std::cmp::Reverse(known.index));
        all.into_iter().map(|known| seen(&known.story, claims, now)).collect()
    }
}

fn seen(story: &Story, claims: &Claims, now: Timestamp) -> RotationSeen {
    let works = lock::at_work(claims, &story.rotation);
    let reason = story.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let (state, tone) = match story.state {
        End::Finished => ("finished".to_owned(), Tone::Good),
        End::Stopped => (format!("stopped{reason}"), Tone::Warn),
        End::Open if works => ("at work".to_owned(), Tone::Strong),
        End::Open => ("nobody is at work on it; R resumes it".to_owned(), Tone::Warn),
    };
    let board = rotation_board::board(
        story,
        if story.state == End::Open { now } else { story.last_at.unwrap_or(now) },
    );
    RotationSeen {
        name: story.rotation.clone(),
        state,
        tone,
        finished: story.state == End::Finished,
        board,
        last_at: story.last_at,
    }
}
