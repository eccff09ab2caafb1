//! The shipped job files. Each runs on a real test cluster as it is, those with variables once these are set.

use std::time::Duration;

use serde_json::Value;

use crate::sandbox::jobspec;
use crate::sandbox::state::catalog::Submission;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Registration;

macro_rules! job_file {
    ($name:literal) => {
        include_str!(concat!("jobs/", $name, ".nomad.hcl"))
    };
}

pub(super) const API: &str = job_file!("api");
pub(super) const CACHE: &str = job_file!("cache");
pub(super) const COLLECTOR: &str = job_file!("collector");
pub(super) const GATEWAY: &str = job_file!("gateway");
pub(super) const LEDGER: &str = job_file!("ledger");
pub(super) const LICENCE: &str = job_file!("licence");
pub(super) const NIGHTLY: &str = job_file!("nightly");
pub(super) const QUORUM: &str = job_file!("quorum");
pub(super) const REPORT: &str = job_file!("report");
pub(super) const SCANNER: &str = job_file!("scanner");
pub(super) const SEARCH: &str = job_file!("search");
pub(super) const SHIPPER: &str = job_file!("shipper");
pub(super) const TENANT: &str = job_file!("tenant");
pub(super) const WEB: &str = job_file!("web");
pub(super) const WORKER: &str = job_file!("worker");

const SHIPPED: &str = "a test registers every shipped job file";

/// A shipped job file as it is submitted, its variables set by assignments such as `count = 3`.
pub(super) fn submitted(file: &str, variables: &str) -> (Value, Submission) {
    let mut job = jobspec::parse(file, variables).expect(SHIPPED);
    for (field, value) in [("Namespace", "default"), ("Region", "global")] {
        if job[field].is_null() {
            job[field] = value.into();
        }
    }
    let text = |field: &str| job[field].as_str().unwrap_or_default().to_owned();
    let submission = Submission {
        format: "hcl2".to_owned(),
        job_id: text("ID"),
        job_modify_index: 0,
        namespace: text("Namespace"),
        source: file.to_owned(),
        variable_flags: None,
        variables: variables.to_owned(),
        version: 0,
    };
    (job, submission)
}

/// Registers a shipped job file as `nomad job run` does.
pub(super) fn register(world: &mut World, file: &str, variables: &str) {
    let (job, submission) = submitted(file, variables);
    let request = Registration { job, submission: Some(submission), ..Registration::default() };
    world.register_job(&request, "").expect(SHIPPED);
}

/// Registers job files one after another, with a pause after each.
pub(super) fn register_each(world: &mut World, files: &[&str], pause: Duration) {
    for file in files {
        register(world, file, "");
        world.advance_to(world.now() + pause);
    }
}
