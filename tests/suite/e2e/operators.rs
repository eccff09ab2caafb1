//! Namespaces, node pools, servers, the servers' settings, snapshots, tokens and the words of other tools from end to end.

use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::world::World;

cases! {
    namespaces_are_made_changed_and_deleted_only_when_empty,
    node_pools_are_made_and_deleted_only_when_empty,
    servers_are_listed_and_lead_in_turn,
    settings_of_the_servers_are_changed_one_by_one,
    a_snapshot_is_verified_before_it_has_a_name,
    a_token_is_made_shown_once_and_deleted,
    a_token_is_changed_and_stays_the_same_secret,
    gossip_without_encryption_has_no_keys,
    words_of_other_tools_do_what_they_mean,
}

pub(crate) fn code(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, code, "{ran}");
    assert!(ran.err.contains(says) || ran.out.contains(says), "{says:?} is not in\n{ran}");
}

pub(crate) fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e} in\n{ran}"))
}

fn namespaces_are_made_changed_and_deleted_only_when_empty(world: &World) {
    code(
        &world.run(&["namespace", "apply", "team", "--description", "The team", "--dry-run"]),
        0,
        "would be created",
    );
    code(&world.run(&["namespace", "show", "team"]), 3, "there is no namespace \"team\"");
    code(
        &world.run(&["namespace", "apply", "team", "--description", "The team", "--meta", "a=1"]),
        0,
        "created",
    );
    let again = json(&world.run(&["namespace", "apply", "team", "--meta", "a=2", "-o", "json"]));
    assert_eq!((&again["created"], &again["changes"][0]["new"]["a"]), (&Value::Bool(false), &"2".into()));
    code(&world.run(&["namespace", "show", "team"]), 0, "The team");
    std::fs::write(world.home().join("team.hcl"), "name = \"team\"\nnmae = \"x\"\n").unwrap();
    code(&world.run(&["namespace", "apply", "-f", "team.hcl"]), 2, "a namespace has no nmae");
    code(&world.run(&["namespace", "delete", "tem", "--yes"]), 3, "did you mean \"team\"?");
    code(&world.run(&["namespace", "delete", "default", "--yes"]), 7, "cannot be deleted");
    code(&world.run(&["var", "set", "x", "a=1", "-n", "team"]), 0, "");
    code(&world.run(&["namespace", "delete", "team", "--yes"]), 7, "variable x");
    code(&world.run(&["var", "rm", "x", "-n", "team", "--yes"]), 0, "");
    code(&world.run(&["namespace", "delete", "team"]), 7, "");
    code(&world.run(&["namespace", "delete", "team", "--yes"]), 0, "team");
    assert!(!world.run(&["namespace", "list"]).out.contains("team"));
}

fn node_pools_are_made_and_deleted_only_when_empty(world: &World) {
    code(&world.run(&["pool", "apply", "gpu", "--description", "Machines with a GPU"]), 0, "created");
    code(&world.run(&["pool", "show", "gpu"]), 0, "Machines with a GPU");
    code(&world.run(&["pool", "nodes", "gpu"]), 0, "no nodes in pool gpu");
    code(&world.run(&["pool", "delete", "default", "--yes"]), 7, "built in");
    code(&world.run(&["pool", "delete", "gpu", "--yes"]), 0, "gpu");
    code(&world.run(&["pool", "nodes", "gpu"]), 3, "there is no node pool \"gpu\"");
    let pools = json(&world.run(&["pool", "list", "-o", "json"]));
    let default = pools.as_array().unwrap().iter().find(|p| p["node_pool"] == "default").unwrap();
    assert!(default["usable_nodes"].as_u64() >= Some(1), "{pools}");
}

fn servers_are_listed_and_lead_in_turn(world: &World) {
    let listed = json(&world.run(&["server", "list", "-o", "json"]));
    let servers = listed.as_array().unwrap();
    assert_eq!(servers.iter().filter(|s| s["leader"] == true).count(), 1, "{listed}");
    let name = servers[0]["name"].as_str().unwrap();
    code(&world.run(&["server", "show", name]), 0, name);
    code(&world.run(&["server", "show", "nobody"]), 3, "there is no server");
    code(&world.run(&["server", "force-leave", name, "--yes"]), 7, "is alive");
    code(&world.run(&["server", "force-leave", "nobody", "--yes"]), 3, "there is no server");
}

fn settings_of_the_servers_are_changed_one_by_one(world: &World) {
    code(&world.run(&["operator", "scheduler", "set"]), 2, "--algorithm");
    code(
        &world.run(&["operator", "scheduler", "set", "--algorithm", "spread", "--dry-run"]),
        0,
        "nothing is changed",
    );
    code(&world.run(&["operator", "scheduler", "set", "--algorithm", "spread"]), 7, "");
    let set =
        json(&world.run(&["operator", "scheduler", "set", "--algorithm", "spread", "--yes", "-o", "json"]));
    let row =
        set["settings"].as_array().unwrap().iter().find(|s| s["setting"] == "SchedulerAlgorithm").unwrap();
    assert_eq!((&row["value"], &row["old"]), (&"spread".into(), &"binpack".into()), "{set}");
    code(
        &world.run(&["operator", "scheduler", "set", "--algorithm", "spread", "--yes"]),
        0,
        "nothing to change",
    );
    code(&world.run(&["operator", "scheduler", "set", "--algorithm", "binpack", "--yes"]), 0, "binpack");
    code(&world.run(&["operator", "autopilot", "health"]), 0, "healthy");
    code(&world.run(&["operator", "api", "/v1/status/leader"]), 0, ":");
    code(&world.run(&["operator", "api", "PUT", "/v1/system/gc"]), 7, "");
    code(&world.run(&["operator", "api", "http://elsewhere/v1/jobs"]), 2, "give the path alone");
}

fn a_snapshot_is_verified_before_it_has_a_name(world: &World) {
    code(&world.run(&["operator", "snapshot", "save", "a.snap"]), 0, "verified");
    code(&world.run(&["operator", "snapshot", "save", "a.snap"]), 7, "exists already");
    code(&world.run(&["operator", "snapshot", "verify", "a.snap"]), 0, "verified");
    let whole = std::fs::read(world.home().join("a.snap")).unwrap();
    std::fs::write(world.home().join("cut.snap"), &whole[..whole.len() / 2]).unwrap();
    code(&world.run(&["operator", "snapshot", "inspect", "cut.snap"]), 1, "not a whole snapshot");
    code(
        &world.run(&["operator", "snapshot", "restore", "cut.snap", "--region-name", "global"]),
        1,
        "not a whole",
    );
    code(
        &world.run(&["operator", "snapshot", "restore", "a.snap", "--region-name", "mars"]),
        7,
        "not the name",
    );
    code(&world.run(&["operator", "snapshot", "restore", "a.snap"]), 7, "not a terminal");
    // A real cluster is other cases' too, who would lose their work.
    if world.speed > 1.0 {
        let restored = world.run(&[
            "operator",
            "snapshot",
            "restore",
            "a.snap",
            "--region-name",
            "global",
            "-o",
            "json",
        ]);
        assert!(restored.err.contains("have a leader"), "{restored}");
        assert!(json(&restored)["file"].as_str().is_some_and(|file| file.ends_with("a.snap")), "{restored}");
    }
}

fn a_token_is_made_shown_once_and_deleted(world: &World) {
    std::fs::write(world.home().join("reader.hcl"), "namespace \"default\" {\n  policy = \"read\"\n}\n")
        .unwrap();
    code(&world.run(&["acl", "policy", "apply", "reader", "-f", "reader.hcl"]), 0, "created");
    code(&world.run(&["acl", "policy", "apply", "reader", "-f", "reader.hcl"]), 0, "nothing to change");
    code(
        &world.run(&["acl", "token", "create", "--name", "x", "--policy", "raeder"]),
        3,
        "there is no ACL policy",
    );
    let made =
        json(&world.run(&[
            "acl", "token", "create", "--name", "x", "--policy", "reader", "--ttl", "1h", "-o", "json",
        ]));
    let (accessor, secret) = (made["accessor_id"].as_str().unwrap(), made["secret_id"].as_str().unwrap());
    let listed = world.run(&["acl", "token", "list", "-o", "json"]);
    assert!(listed.out.contains(accessor) && !listed.out.contains(secret), "{listed}");
    let own = world.fleet().env("NOMAD_TOKEN", secret).run(&["acl", "whoami", "-o", "json"]);
    assert_eq!(json(&own)["policies"][0], "reader", "{own}");
    assert!(!own.out.contains(secret) && !own.err.contains(secret), "{own}");
    code(&world.fleet().env("NOMAD_TOKEN", secret).run(&["acl", "token", "list"]), 4, "management");
    code(&world.run(&["acl", "token", "delete", accessor, "--yes"]), 0, accessor);
    code(&world.run(&["acl", "policy", "delete", "reader", "--yes"]), 0, "reader");
    code(&world.run(&["acl", "policy", "delete", "reader", "--yes"]), 3, "there is no ACL policy");
}

fn a_token_is_changed_and_stays_the_same_secret(world: &World) {
    for name in ["reader", "writer"] {
        std::fs::write(world.home().join("p.hcl"), "namespace \"default\" {\n  policy = \"read\"\n}\n")
            .unwrap();
        code(&world.run(&["acl", "policy", "apply", name, "-f", "p.hcl"]), 0, "");
    }
    let create = ["acl", "token", "create", "--name", "x", "--policy", "reader", "--ttl", "1h", "-o", "json"];
    let made = json(&world.run(&create));
    let (accessor, secret) = (made["accessor_id"].as_str().unwrap(), made["secret_id"].as_str().unwrap());
    let update = |more: &[&str]| world.run(&[&["acl", "token", "update", accessor], more].concat());
    code(&update(&[]), 2, "--policy");
    code(&update(&["--policy", "raeder", "--yes"]), 3, "there is no ACL policy");
    code(&update(&["--policy", "writer"]), 7, "");
    code(&update(&["--policy", "writer", "--dry-run"]), 0, "nothing is changed");
    let told =
        json(&update(&["--name", "y", "--policy", "writer", "--policy", "reader", "--yes", "-o", "json"]));
    let changes = told["changes"].as_array().unwrap().iter();
    let changes: Vec<String> =
        changes.map(|c| format!("{}: {} -> {}", c["field"], c["old"], c["new"])).collect();
    assert_eq!(changes, [r#""name": "x" -> "y""#, r#""policies": "reader" -> "reader, writer""#]);
    code(&update(&["--name", "y", "--yes"]), 0, "nothing to change");
    let own = world.fleet().env("NOMAD_TOKEN", secret).run(&["acl", "whoami", "-o", "json"]);
    let own = json(&own);
    let mut policies: Vec<&str> =
        own["policies"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    policies.sort_unstable();
    assert_eq!(policies, ["reader", "writer"], "{own}");
    assert!(own["expires_at"].is_string(), "{own}");
    let management = json(&world.run(&["acl", "whoami", "-o", "json"]));
    let own = management["accessor_id"].as_str().unwrap();
    code(&world.run(&["acl", "token", "update", own, "--policy", "reader", "--yes"]), 7, "may do everything");
    code(&world.run(&["acl", "token", "delete", accessor, "--yes"]), 0, accessor);
    code(&update(&["--name", "z", "--yes"]), 3, "there is no token");
    for name in ["reader", "writer"] {
        code(&world.run(&["acl", "policy", "delete", name, "--yes"]), 0, name);
    }
}

fn gossip_without_encryption_has_no_keys(world: &World) {
    code(&world.run(&["operator", "gossip-keyring", "list"]), 1, "where gossip is not encrypted");
    std::fs::write(world.home().join("bad.key"), "bm90IGEga2V5\n").unwrap();
    code(&world.run(&["operator", "gossip-keyring", "install", "bad.key"]), 2, "16, 24 or 32 bytes");
    let reader = world.fleet().env("NOMAD_TOKEN", world.token("agent { policy = \"read\" }"));
    code(&reader.run(&["operator", "gossip-keyring", "list"]), 4, "agent { policy = \"write\" }");
}

fn words_of_other_tools_do_what_they_mean(world: &World) {
    let own = world.run(&["node", "list", "-o", "json"]).out;
    assert_eq!(world.run(&["get", "nodes", "-o", "json"]).out, own);
    assert_eq!(world.run(&["node", "status", "-json"]).out, own);
    let said = world.run(&["get", "widgets"]);
    code(&said, 2, "fleet has no `get`: fleet names the thing first");
    let unknown = world.run(&["job", "rmm", "web"]);
    assert!(unknown.code == 2 && !unknown.err.contains("promote"), "{unknown}");
    code(&world.run(&["delpoy", "x.hcl"]), 2, "deploy");
    // What is said of a line is said of what it means: its page, its tip, its exit code.
    for page in [["stop", "--help"], ["help", "stop"]] {
        let page = world.run(&page);
        assert!(page.code == 0 && page.out.contains("Usage: fleet job stop"), "{page}");
    }
    code(&world.run(&["help", "kill"]), 2, "`fleet job stop JOB`");
    // The file is given, as kubectl has it, by a flag.
    code(&world.run(&["apply", "-f", "x.hcl"]), 3, "there is no file \"x.hcl\", and no job of that name");
    code(&world.run(&["alloc", "exec", "web", "ls"]), 125, "`fleet exec web -- ls`");
}
