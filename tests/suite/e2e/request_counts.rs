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
    // Six lists, the gossip, autopilot for there are several servers, the token, and Consul.
    assert_eq!(few, [10, 8]);
    simulated.sandbox.forget_requests();
    let ran = simulated.world.run(&["status"]);
    assert!(ran.out.contains("servers") && simulated.sandbox.requests().len() == 9, "{ran}");
}

#[test]
fn why_asks_as_much_of_a_job_with_forty_instances_as_of_one_with_four() {
    let simulated = Simulated::new(SPEED);
    let job = |count| Job::service("web", count).with(|job| job.memory = 16);
    let checked = "service {\n name = \"checked\"\n port = \"http\"\n provider = \"nomad\"\n check {\n type = \"tcp\"\n \
                   interval = \"1s\"\n timeout = \"1s\"\n }\n }";
    let mut costs = Vec::new();
    for (count, group) in [(4, ""), (40, ""), (4, checked), (40, checked)] {
        let port = if group.is_empty() { "" } else { "network {\n port \"http\" {}\n }\n" };
        simulated.world.register(&job(count).with(|job| job.group = format!("{port}{group}")));
        simulated.world.until("all of them run", 60.0, |w| w.healthy("web").len() == count as usize);
        costs.push(cost_of_why(&simulated));
    }
    // The search for the name, the job, its instances, evaluations and deployment, and two nodes.
    assert_eq!(costs[..2], [7, 7]);
    // Nothing listens: two instances instead, the log of one, and the versions.
    assert_eq!(costs[2], costs[3]);
}

#[test]
fn a_preview_asks_a_node_that_is_out_of_sight_once_for_each_and_lists_the_nodes_once() {
    let simulated = Simulated::new(4.0);
    let world = &simulated.world;
    world.register(&Job::service("web", 3).with(|job| job.memory = 16));
    world.until("all of them run", 60.0, |w| w.healthy("web").len() == 3);
    let node = world.healthy("web").remove(0).node_name;
    world.machines.kill_node(&node);
    simulated.sandbox.forget_requests();
    let ran = world.run(&["rotate-nodes", &node, "--dry-run"]);
    let asked = simulated.sandbox.requests();
    let times = |is: &dyn Fn(&str) -> bool| {
        // What the nodes hold is another list, for the forecast.
        let plain = asked.iter().filter(|r| !r.query.contains("resources="));
        let mut paths: Vec<&str> = plain.map(|r| &*r.path).filter(|path| is(path)).collect();
        paths.sort_unstable();
        let all = paths.len();
        paths.dedup();
        (all, paths.len())
    };
    let (all, different) = times(&|path| path.starts_with("/v1/client/allocation/"));
    assert!(different > 0 && all == different, "{ran}\n{asked:?}");
    assert_eq!(times(&|path| path == "/v1/nodes"), (1, 1), "{ran}\n{asked:?}");
}

/// How many requests it takes to tell why a job is as it is.
fn cost_of_why(simulated: &Simulated) -> usize {
    simulated.sandbox.forget_requests();
    let ran = simulated.world.fleet_with_consul().unwrap().run(&["why", "web"]);
    assert!(ran.out.contains("job web"), "{ran}");
    simulated.sandbox.requests().len()
}
