//! What a verb asks of the token, and what it says of names that are not there.

use fleet::api::http::{Ask, Write};
use fleet::api::nomad::node::Eligibility;
use serde_json::{Value, json};

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::world::World;

cases! {
    a_verb_asks_only_for_the_rights_that_its_act_needs,
    a_job_may_be_registered_by_who_may_not_read_it,
    a_value_that_begins_with_a_slash_is_a_value,
    a_namespace_or_region_that_is_not_there_is_not_found,
    a_node_that_stays_ineligible_is_named,
    a_token_is_checked_before_a_verb_begins,
    rotations_that_a_token_may_not_see_are_not_called_none,
    what_a_token_may_not_see_is_not_called_nothing,
}

fn code(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, code, "{ran}");
    assert!(ran.err.contains(says) || ran.out.contains(says), "{says:?} is not in\n{ran}");
}

fn a_verb_asks_only_for_the_rights_that_its_act_needs(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    let with = |capability: &str| {
        let rules = format!(r#"namespace "default" {{ capabilities = ["read-job", "{capability}"] }}"#);
        world.fleet().env("NOMAD_TOKEN", world.token(&rules))
    };
    let scaler = with("scale-job");
    code(&scaler.run(&["job", "scale", "web", "3"]), 0, "healthy");
    code(&scaler.run(&["job", "scale", "-n", "default", "web", "2", "--detach"]), 0, "web");
    let reader = with("read-logs");
    world.until("the end of the scaling", 60.0, |_| reader.run(&["deploy", "status", "web"]).code == 0);
    for verb in [&["job", "show", "web"][..], &["job", "history", "web"], &["deploy", "status", "web"]] {
        code(&reader.run(verb), 0, "");
    }
    // The beginning of an id takes a list.
    code(&reader.run(&["job", "show", "we"]), 3, "list-jobs");
    code(&reader.run(&["job", "scale", "web", "1", "--detach"]), 4, "scale-job");
    let by_time = Job::batch("clock", "100ms")
        .with(|job| job.job = "periodic {\n crons = [\"0 0 1 1 *\"]\n }".to_owned());
    world.register(&by_time);
    code(&with("dispatch-job").run(&["job", "periodic", "force", "clock"]), 0, "clock/periodic-");
    // What a list tells besides is left out, and that is said.
    let token = world.token(r#"namespace "default" { capabilities = ["list-jobs"] }"#);
    let lister = world.fleet().env("NOMAD_TOKEN", token);
    for format in ["table", "json"] {
        let ran = lister.run(&["job", "list", "-o", format]);
        code(&ran, 0, "web");
        code(&ran, 0, "the jobs' deployments are not known: ");
    }
    let submitter = with("submit-job");
    code(&submitter.run(&["job", "stop", "web"]), 0, "web");
    code(&submitter.run(&["job", "stop", "w*", "--yes"]), 4, "list-jobs");
}

fn a_job_may_be_registered_by_who_may_not_read_it(world: &World) {
    let token = world.token(r#"namespace "default" { capabilities = ["submit-job"] }"#);
    let blind = world.fleet().env("NOMAD_TOKEN", token);
    std::fs::write(world.home().join("web.nomad.hcl"), Job::service("web", 1).hcl()).unwrap();
    let ran = blind.run(&["deploy", "web.nomad.hcl", "--detach", "--yes"]);
    code(&ran, 0, "registered");
    code(&world.run(&["job", "show", "web"]), 0, "web");
    // Without --detach it is registered all the same, and that is said.
    std::fs::write(world.home().join("web.nomad.hcl"), Job::service("web", 2).hcl()).unwrap();
    code(&blind.run(&["deploy", "web.nomad.hcl", "--yes"]), 4, "read-job");
    code(&blind.run(&["job", "eval", "web", "--detach"]), 0, "web: evaluated again, not followed");
    code(&blind.run(&["job", "eval", "web"]), 4, "read-job");
    code(&blind.run(&["job", "stop", "web", "--detach"]), 0, "told to stop");
}

fn a_value_that_begins_with_a_slash_is_a_value(world: &World) {
    world.register(&Job::service("/a/b", 1));
    world.until("/a/b running", 60.0, |w| !w.healthy("/a/b").is_empty());
    code(&world.run(&["alloc", "list", "--job", "/a/b"]), 0, "/a/b");
    code(&world.run(&["job", "list", "/a/b"]), 0, "/a/b");
    code(&world.run(&["job", "show", "/a/b"]), 0, "/a/b");
    for filter in ["ID == `/a/b`", "ID matches \"^/a\""] {
        code(&world.run(&["job", "list", "--filter", filter]), 0, "/a/b");
    }
    let id = world.node("c1").id;
    let metadata: Ask<Value> = Ask::post("/v1/client/metadata", "set metadata")
        .query("node_id", id)
        .body(&json!({"Meta": {"disk": "/dev/vda", "quoted": "a\"b\\c"}}));
    world.wait_on(world.api().ask(&metadata)).unwrap();
    for (key, value) in [("disk", "/dev/vda"), ("quoted", "a\"b\\c")] {
        world.until("the node's new metadata", 120.0, |w| {
            w.run(&["node", "list", "--meta", &format!("{key}={value}")]).out.contains("c1")
        });
    }
    world
        .write(&Write::delete("/v1/job/%2Fa%2Fb", "purge a job").query("purge", "true").namespace("default"));
}

fn a_namespace_or_region_that_is_not_there_is_not_found(world: &World) {
    for list in ["job", "alloc", "eval", "deployment", "var"] {
        code(&world.run(&[list, "list", "-n", "defualt"]), 3, "did you mean \"default\"?");
        // Evaluations of the case before may still be under way.
        let empty = |w: &World| w.run(&[list, "list", "-n", "default", "-o", "json"]).out.trim() == "[]";
        world.until("an empty list", 30.0, empty);
    }
    for verb in [
        &["scaling", "list"][..],
        &["volume", "list"],
        &["rotation", "list"],
        &["service", "urls"],
        &["var", "get", "x"],
        &["var", "set", "x", "a=b"],
        &["pool", "jobs", "default"],
        &["job", "show", "web"],
        &["wait", "job", "web", "gone"],
        &["wait", "service", "web"],
        &["events"],
    ] {
        code(&world.run(&[verb, &["-n", "defualt"]].concat()), 3, "there is no namespace \"defualt\"");
    }
    std::fs::write(world.home().join("web.nomad.hcl"), Job::service("web", 1).hcl()).unwrap();
    for verb in [&["job", "plan"][..], &["deploy", "--yes"]] {
        let ran = world.run(&[verb, &["web.nomad.hcl", "-n", "defualt"]].concat());
        code(&ran, 3, "there is no namespace \"defualt\"");
    }
    code(&world.run(&["wait", "job", "web", "gone"]), 0, "it is not registered");
    code(&world.run(&["status", "-n", "elsewhere"]), 3, "there are: default");
    code(&world.run(&["status", "--region", "mars"]), 3, "the regions: ");
    code(&world.run(&["job", "list", "--region", "mars"]), 3, "the regions: ");
}

fn a_node_that_stays_ineligible_is_named(world: &World) {
    world.set_eligible("c1", Eligibility::Ineligible);
    let ran = world.run(&["node", "undrain", "c1", "c2"]);
    code(&ran, 0, "c1: not draining, and still ineligible");
    assert!(ran.err.contains("fleet node eligible c1") && !ran.err.contains("eligible c1 c2"), "{ran}");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Ineligible);
    let ran = world.run(&["node", "undrain", "c1", "--keep-ineligible"]);
    assert!(ran.code == 0 && !ran.err.contains("to change that"), "{ran}");
}

fn a_token_is_checked_before_a_verb_begins(world: &World) {
    let rules = r#"namespace "default" { capabilities = ["read-job", "read-logs", "alloc-exec"] }
node { policy = "read" }"#;
    let token = world.fleet().env("NOMAD_TOKEN", world.token(rules));
    let check = |verb: &str| token.run(&["acl", "policy", "check", verb, "-n", "default", "-o", "json"]);
    let rights = |ran: &Ran| -> Vec<(String, String)> {
        let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        rows.iter().map(|row| (text(row, "right"), text(row, "granted"))).collect()
    };
    let logs = check("logs");
    assert_eq!(
        (logs.code, rights(&logs)[1].clone()),
        (0, ("read-logs".to_owned(), "yes".to_owned())),
        "{logs}"
    );
    // Drivers without isolation need one more, and no others.
    let exec = check("exec");
    assert_eq!((exec.code, rights(&exec)[2].1.as_str()), (0, "no"), "{exec}");
    let rotation = check("rotate-nodes");
    code(&rotation, 4, "alloc-lifecycle in namespace default");
    assert_eq!(rights(&rotation).last().unwrap(), &("write".to_owned(), "no".to_owned()), "{rotation}");
    code(&token.run(&["acl", "policy", "check", "brew"]), 3, "it is of status");
    code(&world.run(&["acl", "policy", "check", "rotate-nodes"]), 0, "yes");
}

fn rotations_that_a_token_may_not_see_are_not_called_none(world: &World) {
    let with = |variables: &str| {
        let rules =
            format!(r#"namespace "default" {{ capabilities = ["list-jobs", "read-job"] {variables} }}"#);
        world.fleet().env("NOMAD_TOKEN", world.token(&rules))
    };
    let blind = with("");
    for verb in [&["show", "r-1"][..], &["report"]] {
        let ran = blind.run(&[&["rotation"], verb].concat());
        code(&ran, 4, "what the token may not see is left out of lists, so nothing is known of rotations");
        code(&ran, 4, r#"variables { path "fleet/*" { capabilities = ["list", "read"] } }"#);
    }
    code(&blind.run(&["rotation", "list"]), 4, "fleet/moves");
    for verb in ["report", "watch"] {
        code(&blind.run(&["rotation", verb, "r-1"]), 4, "fleet/rotation-history/r-1");
    }
    let seeing = with(r#"variables { path "fleet/*" { capabilities = ["list", "read"] } }"#);
    code(&seeing.run(&["rotation", "list"]), 0, "no rotation is unfinished");
    code(&seeing.run(&["rotation", "show", "r-1"]), 3, "no rotation \"r-1\" is unfinished");
    code(&seeing.run(&["rotation", "report"]), 3, "nothing is told of any rotation");
}

fn what_a_token_may_not_see_is_not_called_nothing(world: &World) {
    let token = world.token(r#"namespace "default" { capabilities = ["read-job", "list-jobs"] }"#);
    let reader = world.fleet().env("NOMAD_TOKEN", token);
    code(&reader.run(&["var", "list"]), 0, "no variables, of what this token may see");
    let ran = reader.run(&["var", "list", "-o", "json"]);
    code(&ran, 0, "what this token may not see is left out without a word");
    assert_eq!(ran.out.trim(), "[]", "{ran}");
    let all = world.run(&["plugin", "list"]);
    assert!(all.code == 0 && !all.err.contains("this token"), "{all}");
}
