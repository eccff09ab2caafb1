//! Cases of the views and of the verbs on nodes.

use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::world::World;

cases! {
    a_fleet_at_rest_has_no_problems,
    what_is_wrong_is_named_first,
    nodes_are_listed_shown_and_found_by_any_of_their_names,
    jobs_and_their_allocations_are_listed_and_shown,
    a_failed_allocation_tells_its_story,
    deployments_and_evaluations_are_listed_and_shown,
    what_does_not_exist_is_not_found_and_what_is_near_is_named,
    a_narrow_token_sees_what_it_may_and_is_told_what_it_lacks,
    nodes_are_taken_out_of_service_and_given_back,
    a_drain_moves_what_it_may_and_is_followed_to_its_end,
}

/// What a run that has to succeed wrote, as JSON.
fn json(world: &World, args: &[&str]) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["-o", "json"]).collect();
    parsed(&world.run(&args))
}

fn parsed(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{ran}");
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"))
}

fn names<'a>(rows: &'a Value, field: &str) -> Vec<&'a str> {
    rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap()).collect()
}

/// Kind and subject of each problem.
fn problems(status: &Value) -> Vec<(&str, &str)> {
    let list = status["problems"].as_array().unwrap().iter();
    list.map(|p| (p["kind"].as_str().unwrap(), p["subject"].as_str().unwrap())).collect()
}

fn a_fleet_at_rest_has_no_problems(world: &World) {
    world.start_on_old(&[Job::service("web", 2), Job::system("agent")]);
    // Any server may answer, and a follower hears of a start a moment later.
    world.until("a status without problems", 20.0, |w| problems(&json(w, &["status"])).is_empty());
    let status = json(world, &["status"]);
    assert_eq!(status["servers"]["members"].as_array().unwrap().len(), 3);
    assert_eq!((&status["capacity"][0]["nodes"], &status["capacity"][0]["eligible"]), (&6.into(), &6.into()));
    let checked = world.run(&["status", "--check"]);
    assert_eq!(checked.code, 0, "{checked}");
    let table = world.run(&["status"]);
    assert!(table.out.contains("no problems"), "{table}");
}

fn what_is_wrong_is_named_first(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let pinned = "constraint {\n attribute = \"${node.class}\"\n value = \"none\"\n }";
    world.register(&Job::service("nowhere", 1).with(|j| j.job = pinned.to_owned()));
    let dies = "restart {\n attempts = 0\n mode = \"fail\"\n }\n reschedule {\n attempts = 0\n unlimited = false\n }";
    world.register(&Job::batch("broken", "100ms").with(|j| {
        j.config = "run_for = \"100ms\"\n exit_code = 7".to_owned();
        j.group = dies.to_owned();
    }));
    world.set_eligible("c6", Eligibility::Ineligible);
    world.machines.kill_node("c5");
    world.until("c5 missed", 60.0, |w| w.node("c5").status == fleet::api::nomad::node::NodeStatus::Down);
    world.until("the end of broken", 30.0, |w| {
        w.allocs("broken").iter().any(|a| a.client_status.is_terminal())
    });
    // Any server may answer, and a follower hears of it a moment later.
    let expected = [
        ("node-down", "c5"),
        ("evaluation-blocked", "nowhere"),
        ("job-down", "nowhere"),
        ("batch-failed", "broken"),
    ];
    world.until("all problems in the status", 20.0, |w| {
        let status = json(w, &["status"]);
        let found = problems(&status);
        expected.iter().all(|e| found.contains(e))
    });
    let check = world.run(&["status", "--check"]);
    assert_eq!(check.code, 1, "{check}");
    let lines: Vec<&str> = check.out.lines().collect();
    let first = |word: &str| lines.iter().position(|l| l.contains(word)).unwrap_or(usize::MAX);
    assert!(first("c5") < first("POOL"), "problems come before room\n{check}");
    world.machines.start_node("c5");
}

fn nodes_are_listed_shown_and_found_by_any_of_their_names(world: &World) {
    assert_eq!(names(&json(world, &["node", "list"]), "node_name"), ["c1", "c2", "c3", "c4", "c5", "c6"]);
    assert_eq!(names(&json(world, &["node", "list", "--class", "old"]), "node_name"), ["c1", "c2", "c3"]);
    assert_eq!(names(&json(world, &["node", "list", "--meta", "rack=r1"]), "node_name"), ["c1", "c4"]);
    assert_eq!(names(&json(world, &["node", "list", "c[12]"]), "node_name"), ["c1", "c2"]);
    let filtered = json(world, &["node", "list", "--filter", "NodeClass == \"new\" and Name != \"c4\""]);
    assert_eq!(names(&filtered, "node_name"), ["c5", "c6"]);
    let id = world.node("c4").id;
    // Nomad takes prefixes of even lengths only; operators type what they see.
    for prefix in [&id[..], &id[..8], &id[..9], &id[..11], "c4"] {
        assert_eq!(json(world, &["node", "show", prefix])["node_id"], id.as_str(), "{prefix}");
    }
    let mut first: Vec<String> = world.nodes().iter().map(|n| n.id[..1].to_owned()).collect();
    first.sort();
    if let Some(shared) = first.windows(2).find(|w| w[0] == w[1]) {
        let ran = world.run(&["node", "show", &shared[0]]);
        assert!(ran.code == 2 && ran.err.contains(&format!("{:?} matches", shared[0])), "{ran}");
    }
}

fn jobs_and_their_allocations_are_listed_and_shown(world: &World) {
    world.start_on_old(&[
        Job::service("web", 3),
        Job::service("api", 2),
        Job::batch("crunch", "240h"),
        Job::system("agent"),
    ]);
    assert_eq!(names(&json(world, &["job", "list"]), "job_id"), ["agent", "api", "crunch", "web"]);
    assert_eq!(names(&json(world, &["job", "list", "--type", "service"]), "job_id"), ["api", "web"]);
    // What the servers count and what the allocations say is the same.
    let running = |w: &World, more: &[&str]| -> Vec<String> {
        let ran = w.run(&[&["job", "list", "--no-headers"], more].concat());
        let column =
            |l: &str| l.split('\t').nth(4).map(|n| n.split('/').map(str::to_owned).collect::<Vec<_>>());
        let wanted = |l: &str| l.contains("\tservice\t");
        // Without a look at the allocations the count of a batch job is not known, and not asked for.
        ran.out
            .lines()
            .filter_map(|l| column(l).map(|c| if wanted(l) { c.join("/") } else { c[0].clone() }))
            .collect()
    };
    world.until("the same counts", 10.0, |w| running(w, &[]) == ["6", "2/2", "1", "3/3"]);
    assert_eq!(running(world, &["--health"]), ["6", "2/2", "1", "3/3"]);
    let web = json(world, &["job", "show", "web"]);
    let group = &web["groups"][0];
    assert_eq!(
        (&group["wanted"], &group["running"], &group["healthy"]),
        (&3.into(), &3.into(), &3.into()),
        "{web:#}"
    );
    let of_web = json(world, &["alloc", "list", "--job", "web"]);
    assert_eq!(of_web.as_array().unwrap().len(), 3);
    assert!(names(&of_web, "node_name").iter().all(|n| ["c1", "c2", "c3"].contains(n)));
    let on_c1 = json(world, &["alloc", "list", "--node", "c1"]);
    assert!(names(&on_c1, "node_name").iter().all(|n| *n == "c1"), "{on_c1:#}");
    let id = of_web[0]["alloc_id"].as_str().unwrap();
    let shown = json(world, &["alloc", "show", &id[..9]]);
    assert_eq!((&shown["alloc_id"], &shown["job_id"]), (&id.into(), &"web".into()), "{shown:#}");
    let table = world.run(&["job", "show", "web"]);
    assert!(table.code == 0 && table.out.contains(id), "{table}");
    let page = |thing: &str| world.run(&["open", thing, "--print"]).out;
    assert_eq!(page("web"), format!("{}/ui/jobs/web@default\n", world.address));
    assert_eq!(page(&id[..9]), format!("{}/ui/allocations/{id}\n", world.address));
    assert_eq!(page("c1"), format!("{}/ui/clients/{}\n", world.address, world.node("c1").id));
    let nothing = world.run(&["open", "nowhere", "--print"]);
    assert!(nothing.code == 3 && nothing.out.is_empty(), "{nothing}");
}

fn a_failed_allocation_tells_its_story(world: &World) {
    let dies = "restart {\n attempts = 1\n delay = \"1s\"\n interval = \"10m\"\n mode = \"fail\"\n }\n reschedule {\n attempts = 0\n unlimited = false\n }";
    world.register(&Job::batch("broken", "100ms").with(|j| {
        j.config = "run_for = \"100ms\"\n exit_code = 7".to_owned();
        j.group = dies.to_owned();
    }));
    let failed = |w: &World| {
        let all = w.allocs("broken");
        all.into_iter().find(|a| a.client_status == fleet::api::nomad::allocation::ClientStatus::Failed)
    };
    world.until("the failure", 30.0, |w| failed(w).is_some());
    let id = failed(world).unwrap().id;
    let ran = world.run(&["alloc", "show", &id]);
    assert_eq!(ran.code, 0, "{ran}");
    for words in ["exit", "7", "failed"] {
        assert!(ran.out.to_lowercase().contains(words), "{words:?} is not in\n{ran}");
    }
    let listed = json(world, &["alloc", "list", "--all", "--status", "failed"]);
    assert!(names(&listed, "alloc_id").contains(&id.as_str()), "{listed:#}");
}

fn deployments_and_evaluations_are_listed_and_shown(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    let all = json(world, &["deployment", "list", "--all"]);
    assert_eq!(names(&all, "job_id"), ["web"]);
    assert_eq!(names(&all, "status"), ["successful"]);
    assert_eq!(json(world, &["deployment", "list"]), serde_json::json!([]), "none is under way");
    let id = all[0]["deployment_id"].as_str().unwrap();
    assert_eq!(json(world, &["deployment", "show", &id[..8]])["deployment_id"], id);
    let evals = json(world, &["eval", "list", "--all", "--job", "web"]);
    let first = names(&evals, "eval_id")[0];
    assert_eq!(json(world, &["eval", "show", first])["eval_id"], first);
    let pinned = "constraint {\n attribute = \"${node.class}\"\n value = \"none\"\n }";
    world.register(&Job::service("nowhere", 1).with(|j| j.job = pinned.to_owned()));
    world
        .until("a blocked evaluation", 30.0, |w| names(&json(w, &["eval", "list"]), "status") == ["blocked"]);
    let blocked = json(world, &["eval", "list"]);
    let shown = world.run(&["eval", "show", names(&blocked, "eval_id")[0]]);
    assert!(shown.out.contains("node.class"), "why it is blocked\n{shown}");
}

fn what_does_not_exist_is_not_found_and_what_is_near_is_named(world: &World) {
    world.start_on_old(&[Job::service("frontend", 1)]);
    for (args, says) in [
        (&["job", "show", "frontent"][..], "frontend"),
        (&["node", "show", "c11"], "c1"),
        (&["alloc", "show", "00000000-aaaa-bbbb-cccc-000000000000"], "no such allocation"),
        (&["deployment", "show", "ffffffff"], "no such deployment"),
        (&["eval", "show", "ffffffff"], "no such evaluation"),
    ] {
        let ran = world.run(args);
        assert_eq!(ran.code, 3, "{args:?}\n{ran}");
        assert!(ran.err.contains(says), "{args:?} does not say {says:?}\n{ran}");
    }
}

fn a_narrow_token_sees_what_it_may_and_is_told_what_it_lacks(world: &World) {
    world.start_on_old(&[Job::service("web", 1)]);
    let reader = world.fleet().env("NOMAD_TOKEN", world.token("namespace \"default\" { policy = \"read\" }"));
    let jobs = parsed(&reader.run(&["job", "list", "-o", "json"]));
    assert_eq!(names(&jobs, "job_id"), ["web"]);
    let nodes = reader.run(&["node", "list"]);
    assert_eq!(nodes.code, 4, "{nodes}");
    assert!(nodes.err.contains("node { policy = \"read\" }"), "{nodes}");
    // What it may not see is not known, and that is no good news.
    // A server that has not heard of the token yet refuses everything.
    world.until("a status that lacks the nodes", 20.0, |_| reader.run(&["status", "--check"]).code == 1);
    let nobody =
        world.fleet().env("NOMAD_TOKEN", "11111111-1111-1111-1111-111111111111").run(&["job", "list"]);
    assert_eq!(nobody.code, 4, "{nobody}");
}

fn nodes_are_taken_out_of_service_and_given_back(world: &World) {
    let eligible = |w: &World, name: &str| w.node(name).scheduling_eligibility == Eligibility::Eligible;
    let preview = world.run(&["node", "ineligible", "--class", "old", "--dry-run"]);
    assert_eq!(preview.code, 0, "{preview}");
    assert!(["c1", "c2", "c3"].iter().all(|n| eligible(world, n)), "a preview writes nothing");
    let ran = world.run(&["node", "ineligible", "--class", "old"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(["c1", "c2", "c3"].iter().all(|n| !eligible(world, n)) && eligible(world, "c4"), "{ran}");
    let again = world.run(&["node", "ineligible", "c1"]);
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(world.run(&["node", "eligible", "c1", "c2", "c3"]).code, 0);
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible));
    assert_eq!(world.run(&["node", "ineligible"]).code, 2, "nothing was selected");
}

fn a_drain_moves_what_it_may_and_is_followed_to_its_end(world: &World) {
    world.start_on_old(&[Job::service("web", 4), Job::system("agent")]);
    let ran = world.run(&["node", "drain", "c1", "--yes", "--message", "disk swap"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.err.contains("to let it take work again: fleet node eligible c1"), "{ran}");
    assert_eq!(world.healthy("web").len(), 4, "{ran}");
    assert!(world.healthy("web").iter().all(|a| a.node_name != "c1"), "{ran}");
    let shown = world.run(&["node", "show", "c1"]);
    assert!(shown.out.contains("disk swap"), "{shown}");
    let undrained = world.run(&["node", "undrain", "c1"]);
    assert_eq!(undrained.code, 0, "{undrained}");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Eligible);
}
