//! Waiting for what is to become so, and the services of both registries.

use std::process::Child;

use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::deploy::code;
use crate::e2e::jobs::Job;
use crate::e2e::world::{World, signal};

cases! {
    waiting_ends_when_it_is_so_and_says_why_it_never_will,
    a_drain_and_a_stop_are_waited_for,
    work_that_ends_is_waited_for_and_heard,
    services_are_listed_waited_for_and_taken_out,
    services_in_consul_are_joined_with_their_allocations,
}

fn ended(child: Child) -> Ran {
    Ran::of(&child.wait_with_output().unwrap())
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"))
}

fn waiting_ends_when_it_is_so_and_says_why_it_never_will(world: &World) {
    world.register(&Job::service("web", 2));
    let ran = world.run(&["wait", "job", "web", "--for", "1s", "--timeout", "60s"]);
    code(&ran, 0, "");
    assert!(ran.out.starts_with("job web: 2 of 2 healthy, version 0"), "{ran}");
    let ran = world.run(&["wait", "job", "web", "version=0", "-o", "json"]);
    code(&ran, 0, "");
    let told = json(&ran);
    assert_eq!(
        (&told["job_id"], &told["met"], &told["condition"]),
        (&"web".into(), &true.into(), &"version=0".into())
    );
    code(&world.run(&["wait", "job", "web", "running"]), 0, "");
    code(&world.run(&["wait", "deployment", "web"]), 0, "");
    let alloc = world.healthy("web").remove(0).id;
    code(&world.run(&["wait", "alloc", &alloc[..8], "healthy", "--timeout", "30s"]), 0, "");
    let evals = json(&world.run(&["eval", "list", "--all", "-o", "json"]));
    let eval =
        evals.as_array().unwrap().iter().find(|e| e["job_id"] == "web").unwrap()["eval_id"].as_str().unwrap();
    code(&world.run(&["wait", "eval", eval, "placed", "--timeout", "30s"]), 0, "");
    // What is not so is said, and what cannot become so is not waited for.
    let late = world.run(&["wait", "job", "web", "version=1", "--timeout", "2s"]);
    code(&late, 6, "version 0 is the current one");
    let lines = world.run(&["wait", "job", "web", "gone", "--timeout", "2s", "-o", "json-lines"]);
    assert!(lines.code == 6 && lines.out.contains("\"event\":\"waiting\""), "{lines}");
    code(&world.run(&["wait", "job", "web", "complete"]), 2, "has no end");
    code(&world.run(&["wait", "job", "web", "healthy", "--logs"]), 2, "--logs is for work that ends");
    code(&world.run(&["wait", "job", "web", "helthy"]), 2, "did you mean \"healthy\"?");
    code(&world.run(&["wait", "job", "nothing"]), 3, "no such job");
    code(&world.run(&["wait", "job", "nothing", "gone"]), 0, "");
    code(&world.run(&["wait", "node", "nothing", "gone"]), 0, "");
    code(&world.run(&["wait", "node", "c1", "ready"]), 0, "");
    code(&world.run(&["wait", "node", "c1", "drained", "--timeout", "2s"]), 6, "it takes new work");
    let address = format!("{}/v1/status/leader=200", world.address);
    code(&world.run(&["wait", "http", &address, "--timeout", "20s"]), 0, "");
    let child = world.start(&["wait", "job", "web", "version=9"]);
    world.pause(2.0);
    signal(&child, "INT");
    code(&ended(child), 130, "nothing was changed");
    code(&world.run(&["job", "stop", "web"]), 0, "");
    code(&world.run(&["wait", "job", "web", "healthy"]), 1, "fleet job start web");
    code(&world.run(&["wait", "alloc", &alloc, "running"]), 1, "can no longer come true");
}

fn a_drain_and_a_stop_are_waited_for(world: &World) {
    world.start_on_old(&[Job::service("web", 3), Job::system("agent")]);
    let node = world.healthy("web").remove(0).node_name;
    let child = world.start(&["wait", "node", &node, "drained"]);
    code(&world.run(&["node", "drain", &node, "--ignore-system", "--yes"]), 0, "");
    let drained = ended(child);
    assert!(drained.code == 0 && drained.out.contains("1 allocation of system jobs stay"), "{drained}");
    let child = world.start(&["wait", "job", "web", "stopped"]);
    code(&world.run(&["job", "stop", "web"]), 0, "");
    let stopped = ended(child);
    assert!(stopped.code == 0 && stopped.out.contains("it is stopped"), "{stopped}");
}

fn work_that_ends_is_waited_for_and_heard(world: &World) {
    let script = "echo heard; exit 3";
    let hcl = format!(
        "job \"order\" {{\n type = \"batch\"\n group \"g\" {{\n restart {{\n attempts = 0\n mode = \"fail\"\n }}\n \
         reschedule {{\n attempts = 0\n unlimited = false\n }}\n ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n \
         driver = \"raw_exec\"\n config {{\n command = \"/bin/sh\"\n args = [\"-c\", {}]\n }}\n logs {{\n max_files = 1\n \
         max_file_size = 1\n }}\n resources {{\n cpu = 50\n memory = 32\n }}\n }}\n }}\n}}\n",
        Value::from(script)
    );
    // What was missing at the end of its time is told.
    let slow = hcl.replace("\"order\"", "\"late\"").replace("exit 3", "sleep 300");
    world.register_hcl(&slow);
    world.until("late runs", 30.0, |w| {
        w.allocs("late").iter().any(|a| a.client_status.to_string() == "running")
    });
    let late = world.run(&["wait", "job", "late", "complete", "--timeout", "2s"]);
    code(&late, 6, "0 of 1 instance ended well; late.g[0] (");
    assert!(late.err.contains("it goes on"), "{late}");
    code(&world.run(&["job", "stop", "late", "--yes", "--detach"]), 0, "");
    world.register_hcl(&hcl);
    let ran = world.run(&["wait", "job", "order", "--logs", "--timeout", "60s"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, "heard\n"), "{ran}");
    let again = world.run(&["wait", "job", "order", "complete", "-o", "json"]);
    assert_eq!((again.code, &json(&again)["exit_code"]), (3, &3.into()), "{again}");
    for condition in ["healthy", "running", "version=0"] {
        code(&world.run(&["wait", "job", "order", condition]), 1, "its work is over (0 of 1 ended well)");
    }
    let alloc = world.allocs("order").remove(0).id;
    code(&world.run(&["wait", "alloc", &alloc, "complete"]), 3, "");
    code(&world.run(&["wait", "alloc", &alloc, "ended"]), 0, "");
}

/// A service with a port and a tag of a proxy.
fn offering(provider: &str) -> Job {
    Job::service("web", 2).with(|j| {
        j.group = format!(
            "network {{\n port \"http\" {{\n }}\n }}\n service {{\n name = \"web-front\"\n provider = \"{provider}\"\n \
             port = \"http\"\n tags = [\"urlprefix-web.example.com/\"]\n }}\n"
        );
    })
}

fn services_are_listed_waited_for_and_taken_out(world: &World) {
    let child = world.start(&["wait", "service", "web-front", "--healthy", "2"]);
    world.register(&offering("nomad"));
    let waited = ended(child);
    assert!(waited.code == 0 && waited.out.contains("2 of 2 passing"), "{waited}");
    let all = json(&world.run(&["service", "list", "-o", "json"]));
    let row = all.as_array().unwrap().iter().find(|r| r["service"] == "web-front").unwrap();
    assert_eq!(
        (&row["registry"], &row["instances"], &row["passing"]),
        (&"nomad".into(), &2.into(), &2.into())
    );
    let shown = json(&world.run(&["service", "show", "web-front", "-o", "json"]));
    let first = &shown["instances"][0];
    assert_eq!((&first["job_id"], &first["health"]), (&"web".into(), &"passing".into()));
    let urls = world.run(&["service", "urls", "web-front"]);
    assert!(urls.out.contains("https://web.example.com/") && urls.out.contains("\tport\t"), "{urls}");
    code(&world.run(&["service", "health", "web-front", "--check"]), 0, "");
    code(&world.run(&["service", "show", "web-frnt"]), 3, "did you mean \"web-front\"?");
    what_is_not_seen_is_not_gone(world);
    // What lives is not taken out by the way.
    let alloc = first["alloc_id"].as_str().unwrap();
    code(&world.run(&["service", "deregister", "web-front", "--yes"]), 3, "no stale instance");
    code(
        &world.run(&["service", "deregister", "web-front", "--instance", alloc, "--yes"]),
        7,
        "--even-living",
    );
    let out = ["service", "deregister", "web-front", "--instance", alloc, "--even-living"];
    code(&world.run(&out), 7, "confirmation needed");
    code(&world.run(&[&out[..], &["--dry-run"]].concat()), 0, "");
    let taken = world.run(&[&out[..], &["--yes", "-o", "json"]].concat());
    assert_eq!((taken.code, &json(&taken)[0]["deregistered"]), (0, &true.into()), "{taken}");
    let left = json(&world.run(&["service", "show", "web-front", "-o", "json"]));
    assert_eq!(left["instances"].as_array().unwrap().len(), 1, "{left}");
    code(
        &world.run(&["wait", "service", "web-front", "--healthy", "2", "--timeout", "2s"]),
        6,
        "1 of 2 passing",
    );
    code(&world.run(&["job", "stop", "web"]), 0, "");
    code(&world.run(&["wait", "service", "web-front", "gone", "--timeout", "30s"]), 0, "");
}

/// Of what a token may not see a list says nothing: not that it is gone, nor that a node is empty.
fn what_is_not_seen_is_not_gone(world: &World) {
    let rules = "namespace \"default\" { capabilities = [\"list-jobs\"] } node { policy = \"read\" }";
    let blind = world.fleet().env("NOMAD_TOKEN", world.token(rules));
    let soon = ["--timeout", "2s"];
    code(&blind.run(&[&["wait", "service", "web-front", "gone"][..], &soon].concat()), 6, "none is seen");
    code(&blind.run(&["wait", "service", "web-front", "gone", "-n", "default"]), 4, "read-job");
    for verb in ["show", "health", "urls"] {
        let unseen = "it may be in a namespace the token cannot read";
        code(&blind.run(&["service", verb, "web-front"]), 3, unseen);
    }
    code(&blind.run(&["why", "wbe"]), 3, "it may be in a namespace the token cannot read");
    world.set_eligible("c6", Eligibility::Ineligible);
    code(&blind.run(&[&["wait", "node", "c6", "drained"][..], &soon].concat()), 6, "as far as is seen");
    code(&world.run(&["wait", "node", "c6", "drained"]), 0, "");
    world.set_eligible("c6", Eligibility::Eligible);
}

fn services_in_consul_are_joined_with_their_allocations(world: &World) {
    let Some(fleet) = world.fleet_with_consul() else { return };
    world.register(&offering("consul"));
    let waited = fleet.run(&["wait", "service", "web-front", "--healthy", "2", "--timeout", "60s"]);
    code(&waited, 0, "");
    let shown = json(&fleet.run(&["service", "show", "web-front", "-o", "json"]));
    let first = &shown["instances"][0];
    assert_eq!((&first["registry"], &first["job_id"]), (&"consul".into(), &"web".into()), "{shown}");
    assert!(first["node_name"].is_string() && first["consul_node"].is_string(), "{shown}");
    let all = json(&fleet.run(&["service", "list", "-o", "json"]));
    let row = all.as_array().unwrap().iter().find(|r| r["service"] == "web-front").unwrap();
    assert_eq!((&row["instances"], &row["stale"]), (&2.into(), &0.into()), "{row}");
    let urls = fleet.run(&["service", "urls"]);
    assert!(urls.code == 0 && urls.out.contains("https://web.example.com/"), "{urls}");
    // Nomad alone knows nothing of it, and says who was not asked.
    code(&world.run(&["service", "show", "web-front"]), 3, "CONSUL_HTTP_ADDR is not set");
    // A Consul that is named and does not answer: what it has is not known.
    let silent = world.fleet().env("CONSUL_HTTP_ADDR", "http://127.0.0.1:1");
    for args in
        [&["service", "list"][..], &["service", "list", "-o", "json"], &["service", "show", "web-front"]]
    {
        let ran = silent.run(args);
        assert!(ran.code == 5 && ran.err.contains("Connection refused"), "{args:?}: {ran}");
        assert!(!ran.out.contains("no services"), "{args:?}: {ran}");
    }
}
