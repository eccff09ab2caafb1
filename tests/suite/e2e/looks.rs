//! Looks at the whole: by name, as measurements, live, and by what is used.

use std::io::{BufRead as _, BufReader};

use serde_json::Value;

use crate::e2e::deploy::code;
use crate::e2e::jobs::Job;
use crate::e2e::world::{World, signal};

cases! {
    a_name_is_shown_whatever_it_stands_for,
    the_status_is_told_to_prometheus_and_to_nobody_else,
    a_watch_tells_what_appears_and_what_goes,
    what_is_used_stands_beside_what_is_allocated,
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn a_name_is_shown_whatever_it_stands_for(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    let job = json(&world.run(&["status", "web", "-o", "json"]).out);
    assert_eq!((&job["job_id"], &job["job_type"]), (&"web".into(), &"service".into()));
    let node = json(&world.run(&["status", "c1", "-o", "json"]).out);
    assert_eq!(node["node_name"], "c1", "{node}");
    let id = world.healthy("web").remove(0).id;
    let alloc = json(&world.run(&["status", &id[..13], "-o", "json"]).out);
    assert_eq!(alloc["alloc_id"], id.as_str(), "{alloc}");
    code(&world.run(&["status", "wbe"]), 3, "did you mean \"web\"?");
}

fn the_status_is_told_to_prometheus_and_to_nobody_else(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    let told = world.run(&["status", "-o", "prometheus"]);
    code(&told, 0, "# TYPE fleet_jobs gauge\nfleet_jobs 1\n");
    assert!(told.out.contains("fleet_pool_nodes{pool=\"default\"} 6\n"), "{told}");
    code(&world.run(&["status", "web", "-o", "prometheus"]), 2, "of one name");
    code(&world.run(&["node", "list", "-o", "prometheus"]), 2, "only with fleet status");
}

fn a_watch_tells_what_appears_and_what_goes(world: &World) {
    let mut child = world.start(&["status", "--watch", "-o", "json-lines"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut next = |wanted: &str| loop {
        let mut line = String::new();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended before {wanted}");
        let event = json(&line);
        if event["event"] == wanted {
            return event;
        }
    };
    next("status");
    let pinned = "constraint {\n attribute = \"${node.class}\"\n value = \"none\"\n }";
    world.register(&Job::service("nowhere", 1).with(|j| j.job = pinned.to_owned()));
    let appeared = next("appeared");
    assert_eq!(appeared["finding"]["subject"], "nowhere", "{appeared}");
    code(&world.run(&["job", "stop", "nowhere"]), 0, "");
    let gone = next("gone");
    assert_eq!(gone["finding"]["subject"], "nowhere", "{gone}");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

fn what_is_used_stands_beside_what_is_allocated(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    let nodes = json(&world.run(&["top", "nodes", "-o", "json"]).out);
    assert_eq!(nodes.as_array().unwrap().len(), 6, "{nodes}");
    assert!(nodes.as_array().unwrap().iter().all(|n| n["memory_bytes_used"].is_u64()), "{nodes}");
    let jobs = json(&world.run(&["top", "jobs", "--filter", "web", "-o", "json"]).out);
    assert_eq!((&jobs[0]["job_id"], &jobs[0]["allocations"]), (&"web".into(), &2.into()), "{jobs}");
    assert_eq!(jobs[0]["cpu_mhz_allocated"], 100.0, "{jobs}");
    let allocs = world.run(&["top", "allocs", "--once", "--sort", "name"]);
    assert!(allocs.code == 0 && allocs.out.contains("web.g[0]"), "{allocs}");
    let none = world.run(&["top", "allocs", "--filter", "nothing"]);
    assert!(none.code == 0 && none.err.contains("nothing runs that fits"), "{none}");
}
