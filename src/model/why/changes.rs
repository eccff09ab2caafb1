//! What changed since it worked.

use crate::api::nomad::registration::Versions;
use crate::model::job_diff::{self, Secrets, lines};
use crate::model::why::Evidence;
use crate::model::why::task::seconds;

/// The most lines that are told of the change of a job.
const MOST: usize = 6;

/// What differs between the current version of a job and the one before it, and who submitted it.
#[must_use]
pub fn of_job(versions: &Versions, secrets: &Secrets) -> Vec<Evidence> {
    let (Some(current), Some(diff)) = (versions.versions.first(), versions.diffs.first()) else {
        return Vec::new();
    };
    let at = current.job.submit_time.map(|at| format!(" at {}", seconds(at))).unwrap_or_default();
    let by =
        if current.token_id.is_empty() { String::new() } else { format!(" by token {}", current.token_id) };
    let about = format!("version {}", current.job.version);
    let mut all = vec![Evidence::new(&about, format!("submitted{at}{by}"))];
    let differences = job_diff::differences(diff, secrets);
    if differences.is_empty() {
        all.push(Evidence::new(&about, "differs in nothing from the version before"));
    }
    for difference in differences.iter().take(MOST) {
        all.push(Evidence::new(&about, lines::one(difference)));
    }
    if differences.len() > MOST {
        all.push(Evidence::new(&about, format!("and {} more differences", differences.len() - MOST)));
    }
    all
}
