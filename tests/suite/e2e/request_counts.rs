//! What the views cost in requests, on the embedded fleet with its Consul: as many on a small cluster as on a larger one.

use crate::e2e::jobs::Job;
use crate::e2e::on_sandbox::Simulated;

const SPEED: f64 = 20.0;

/// How many requests it takes.
fn cost(simulated: &Simulated, args: &[&str]) -> usize {
    simulated.sandbox.forget_requests();
    let ran = simulated.world.fleet_with_consul().unwrap().run(args);
    let asked = simulated.sandbox.requests();
    assert!(!asked.is_empty() && !ran.out.contains("Not known"), "{ran}");
    asked.len()
}

/// Registers services of one instance each, numbered from and up to these.
fn register(simulated: &Simulated, numbers: std::ops::Range<usize>) {
    let one = Job::service("web", 1).with(|job| job.memory = 16).hcl();
    for n in numbers.clone() {
        simulated.world.register_hcl(&one.replace("\"web\"", &format!("\"web-{n}\"")));
    }
    let last = format!("web-{}", numbers.end - 1);
    simulated.world.until("the last of them runs", 60.0, |w| w.healthy(&last).len() == 1);
}

#[test]
fn status_and_doctor_take_as_many_requests_for_a_hundred_jobs_as_for_forty() {
    let simulated = Simulated::new(SPEED);
    // With fewer than these doctor reads each job.
    register(&simulated, 0..40);
    let of = |args: &[&str]| cost(&simulated, args);
    let few = [of(&["status"]), of(&["doctor"])];
    register(&simulated, 40..100);
    let many = [of(&["status"]), of(&["doctor"])];
    assert_eq!(few, many);
    // Six lists and autopilot, the token, and Consul.
    assert_eq!(few, [9, 8]);
}
