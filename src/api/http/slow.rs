//! Saying what is waited for, before somebody believes that nothing happens.

use std::time::Duration;

use super::AskedNode;
use crate::api::error::Error;

/// How long the answer to a change may take until that is said.
pub(super) const CHANGE_UNANSWERED: Duration = Duration::from_secs(2);

/// How long a node may take to answer until that is said, also where nobody looks on: the servers hold what is asked of one that is
/// silent until their connection to it breaks, which takes them 10 to 40 s.
pub(super) const NODE_UNANSWERED: Duration = Duration::from_millis(1500);

/// Is told when an answer takes long.
pub trait SlowAnswers: std::fmt::Debug + Send + Sync {
    /// How long an answer may take until that is worth a word.
    fn after(&self) -> Duration;

    /// An answer from this URL is waited for, for so long already.
    fn waiting(&self, url: &str);

    /// The servers cannot be asked because of this, and are asked again and again.
    fn trying_again(&self, why: &str);

    /// The node that has to answer has not, for so long already; or its answer is asked for again, because of this.
    fn waiting_for_node(&self, node: &AskedNode, why: Option<&str>);

    /// The same of a change, which may be made although nobody says so: this is told as soon as a person would wonder.
    fn unanswered(&self, purpose: &str, url: &str);

    /// A change is asked for. `lost` is what it will have been if nobody waits for its answer any more, as when the run is
    /// interrupted. Returns by which number it is answered.
    fn asked(&self, _lost: Error) -> u64 {
        0
    }

    /// The change of that number was answered, or that it was not is told.
    fn answered(&self, _number: u64) {}
}
