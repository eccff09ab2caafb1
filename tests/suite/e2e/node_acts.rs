//! Acts on nodes beside draining, and on versions, evaluations and files of jobs, from end to end.

use fleet::api::nomad::node::NodeStatus;
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::world::World;

cases! {
    metadata_of_nodes_is_changed_while_they_run,
    a_living_node_is_not_purged_and_a_dead_one_is,
    files_of_what_has_ended_are_removed_when_asked,
    machines_tell_what_they_use,
    versions_of_jobs_have_names,
    a_job_file_is_exported_that_changes_nothing,
    evaluations_are_deleted_only_while_the_broker_is_paused,
    what_scaled_a_job_is_told,
    volumes_are_made_shown_and_deleted,
    a_bundle_for_helpers_holds_no_token,
    backups_are_scheduled_by_what_is_at_hand,
    servers_are_upgraded_only_where_they_can_be_watched,
}

fn code(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, code, "{ran}");
    assert!(ran.err.contains(says) || ran.out.contains(says), "{says:?} is not in\n{ran}");
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e} in\n{ran}"))
}

fn metadata_of_nodes_is_changed_while_they_run(world: &World) {
    let rack = world.run(&["node", "meta", "get", "c1", "rack"]);
    code(&rack, 0, "r");
    let rack = rack.out.trim();
    code(&world.run(&["node", "meta", "set", "c1"]), 2, "KEY=VALUE");
    code(&world.run(&["node", "meta", "set", "c1", "team=a", "--dry-run"]), 0, "would be changed");
    code(&world.run(&["node", "meta", "get", "c1", "team"]), 3, "no metadata \"team\"");
    code(&world.run(&["node", "meta", "set", "c1", "team=a", "note.long=x y"]), 0, "team=a");
    code(&world.run(&["node", "meta", "set", "c1", "team=a"]), 0, "already");
    assert_eq!(world.run(&["node", "meta", "get", "c1", "note.long"]).out, "x y\n");
    // The servers know, not the node alone.
    assert_eq!(
        json(&world.run(&["node", "list", "--meta", "team=a", "-o", "json"])).as_array().unwrap().len(),
        1
    );
    let bad = world.run(&["node", "meta", "set", "c1", "a b=1"]);
    assert!(bad.code != 0 && bad.err.contains("metadata keys must be"), "{bad}");
    code(&world.run(&["node", "meta", "unset", "c1", "--key", "team", "--key", "rack"]), 0, "no team");
    code(&world.run(&["node", "meta", "get", "c1", "rack"]), 3, "no metadata");
    let rows = json(&world.run(&["node", "meta", "get", "c1", "-o", "json"]));
    let row = rows.as_array().unwrap().iter().find(|row| row["key"] == "rack").unwrap();
    assert_eq!(
        (&row["value"], &row["configured"], &row["origin"]),
        (&Value::Null, &rack.into(), &"taken_away".into())
    );
    code(&world.run(&["node", "meta", "unset", "c1", "--key", "note.long"]), 0, "");
    code(&world.run(&["node", "meta", "set", "c1", &format!("rack={rack}")]), 0, "");
    let reader = world.fleet().env("NOMAD_TOKEN", world.token("node { policy = \"read\" }"));
    code(&reader.run(&["node", "meta", "get", "c1"]), 0, "rack");
    code(&reader.run(&["node", "meta", "set", "c1", "team=b"]), 4, "node { policy = \"write\" }");
}

fn a_living_node_is_not_purged_and_a_dead_one_is(world: &World) {
    code(&world.run(&["node", "purge", "c6", "--yes"]), 7, "not down");
    code(&world.run(&["node", "purge", "c*", "--yes"]), 7, "nothing was changed");
    world.machines.kill_node("c6");
    world.until("a node that is down", 120.0, |w| w.node("c6").status == NodeStatus::Down);
    code(&world.run(&["node", "purge", "c6", "--dry-run"]), 0, "c6");
    code(&world.run(&["node", "purge", "c6"]), 7, "");
    let reader = world.fleet().env("NOMAD_TOKEN", world.token("node { policy = \"read\" }"));
    code(&reader.run(&["node", "purge", "c6", "--yes"]), 4, "node { policy = \"write\" }");
    code(&world.run(&["node", "purge", "c6", "--yes", "-o", "json"]), 0, "purged");
    code(&world.run(&["node", "show", "c6"]), 3, "no such node");
}

fn files_of_what_has_ended_are_removed_when_asked(world: &World) {
    world.start_on_old(&[Job::service("web", 1)]);
    let alloc = world.allocs("web").remove(0);
    code(&world.run(&["alloc", "ls", &alloc.id]), 0, "local");
    code(&world.run(&["node", "gc", &alloc.node_name]), 7, "");
    code(&world.run(&["job", "stop", "web", "--yes"]), 0, "");
    world.until("its end", 60.0, |w| w.allocs("web").iter().all(|a| a.client_status.is_terminal()));
    code(&world.run(&["node", "gc", &alloc.node_name, "--dry-run"]), 0, "would remove the files of");
    code(&world.run(&["alloc", "ls", &alloc.id]), 0, "local");
    code(&world.run(&["node", "gc", &alloc.node_name, "--yes"]), 0, "removed the files of");
    assert_ne!(world.run(&["alloc", "ls", &alloc.id]).code, 0);
    code(&world.run(&["node", "gc", &alloc.node_name, "--yes"]), 0, "removed the files of 0 allocations");
}

fn machines_tell_what_they_use(world: &World) {
    let one = json(&world.run(&["node", "stats", "c1", "-o", "json"]));
    assert!(one["memory_bytes"].as_u64() > Some(0) && one["cpu_percent"].is_number(), "{one}");
    let all = world.run(&["node", "stats", "--class", "old", "-o", "json"]);
    assert_eq!((all.code, json(&all).as_array().unwrap().len()), (0, 3), "{all}");
    code(&world.run(&["node", "stats"]), 0, "c6");
}

fn versions_of_jobs_have_names(world: &World) {
    if !world.is_at_least((1, 9), "tags of versions") {
        world.start_on_old(&[Job::service("web", 1)]);
        return code(&world.run(&["job", "tag", "apply", "web", "--name", "golden"]), 1, "from Nomad 1.9 on");
    }
    world.start_on_old(&[Job::service("web", 1)]);
    code(&world.run(&["job", "tag", "list", "web"]), 0, "no version of job web has a tag");
    code(
        &world.run(&["job", "tag", "apply", "web", "--name", "golden", "--description", "the good one"]),
        0,
        "tagged",
    );
    code(
        &world.run(&["job", "tag", "apply", "web", "--name", "golden", "--description", "the good one"]),
        0,
        "already",
    );
    code(&world.run(&["job", "tag", "apply", "web", "--name", "silver"]), 7, "--replace");
    code(&world.run(&["job", "tag", "apply", "web", "--name", "x", "--version", "9"]), 3, "not stored");
    code(&world.run(&["job", "scale", "web", "2"]), 0, "");
    // Scaling makes a version with the tag of the one before it.
    let listed = json(&world.run(&["job", "tag", "list", "web", "-o", "json"]));
    assert_eq!((&listed[0]["tag"], listed.as_array().unwrap().len()), (&"golden".into(), 2), "{listed}");
    code(&world.run(&["job", "tag", "unset", "web", "--name", "goldn"]), 3, "did you mean \"golden\"?");
    code(&world.run(&["job", "tag", "unset", "web", "--name", "golden"]), 0, "no tag any more");
    code(&world.run(&["job", "tag", "list", "web"]), 0, "no version of job web has a tag");
    code(&world.run(&["job", "tag", "apply", "web", "--name", "old", "--version", "0"]), 0, "tagged");
    code(&world.run(&["job", "tag", "apply", "web", "--name", "old"]), 7, "that of version 0");
    code(&world.run(&["job", "tag", "unset", "web", "--name", "old"]), 0, "no tag any more");
    let reader = r#"namespace "default" { capabilities = ["list-jobs", "read-job"] }"#;
    let reader = world.fleet().env("NOMAD_TOKEN", world.token(reader));
    code(&reader.run(&["job", "tag", "apply", "web", "--name", "x"]), 4, "tag-job-version");
}

fn a_job_file_is_exported_that_changes_nothing(world: &World) {
    let hcl = Job::service("web", 1).hcl().replace("count = 1", "count = var.n");
    let hcl = format!("# the count\nvariable \"n\" {{\n  type = number\n}}\n{hcl}");
    std::fs::write(world.home().join("web.nomad.hcl"), hcl).unwrap();
    code(&world.run(&["deploy", "web.nomad.hcl", "--var", "n=2", "--yes"]), 0, "");
    code(&world.run(&["job", "export", "web", "own.nomad.hcl"]), 0, "the file it was submitted from");
    let own = std::fs::read_to_string(world.home().join("own.nomad.hcl")).unwrap();
    assert!(own.starts_with("# the count\n"), "{own}");
    code(&world.run(&["job", "plan", "own.nomad.hcl"]), 0, "");
    code(&world.run(&["job", "export", "web", "own.nomad.hcl"]), 7, "exists already");
    code(&world.run(&["job", "scale", "web", "3"]), 0, "");
    let out = world.run(&["job", "export", "web"]);
    code(&out, 0, "has changed since it was submitted");
    std::fs::write(world.home().join("held.nomad.json"), &out.out).unwrap();
    code(&world.run(&["job", "plan", "held.nomad.json"]), 0, "");
    code(&world.run(&["job", "export", "wbe"]), 3, "did you mean");
}

fn evaluations_are_deleted_only_while_the_broker_is_paused(world: &World) {
    let hcl = Job::service("big", 1).hcl();
    let hcl = hcl.replacen(
        "task \"",
        "constraint {\n attribute = \"${node.unique.name}\"\n value = \"nobody\"\n }\n task \"",
        1,
    );
    world.register_hcl(&hcl);
    let blocked = || json(&world.run(&["eval", "list", "--status", "blocked", "--job", "big", "-o", "json"]));
    world.until("a blocked evaluation", 60.0, |_| blocked().as_array().is_some_and(|all| !all.is_empty()));
    let id = blocked()[0]["eval_id"].as_str().unwrap().to_owned();
    code(&world.run(&["eval", "delete"]), 2, "");
    code(&world.run(&["eval", "delete", &id, "--yes"]), 7, "not paused");
    code(&world.run(&["operator", "scheduler", "set", "--pause-eval-broker", "true", "--yes"]), 0, "");
    let preview = world.run(&["eval", "delete", "--filter", "JobID == \"big\"", "--dry-run"]);
    code(&preview, 0, "big");
    assert!(preview.out.contains("would be deleted"), "{preview}");
    let ran = world.run(&["eval", "delete", "--filter", "JobID == \"big\"", "--yes", "-o", "json"]);
    code(&world.run(&["operator", "scheduler", "set", "--pause-eval-broker", "false", "--yes"]), 0, "");
    code(&ran, 0, "deleted");
    let told = json(&ran);
    let all = told["evaluations"].as_array().unwrap();
    assert!(all.iter().any(|e| e["eval_id"] == id.as_str()), "{told}");
    assert!(all.iter().all(|e| e["deleted"] == true) && told["broker_paused"] == true, "{told}");
    code(&world.run(&["eval", "show", &id]), 3, "no such evaluation");
}

fn what_scaled_a_job_is_told(world: &World) {
    world.start_on_old(&[
        Job::service("web", 1).with(|job| job.group = "scaling {\n min = 1\n max = 4\n }".to_owned())
    ]);
    code(&world.run(&["job", "scaling-events", "web"]), 0, "nothing scaled job web");
    code(&world.run(&["job", "scale", "web", "2"]), 0, "");
    let events = json(&world.run(&["job", "scaling-events", "web", "-o", "json"]));
    assert_eq!((&events[0]["count"], &events[0]["previous_count"]), (&2.into(), &1.into()), "{events}");
    code(&world.run(&["job", "scaling-events", "web", "--group", "nobody"]), 3, "has no group");
    let policies = json(&world.run(&["scaling", "list", "--job", "web", "-o", "json"]));
    let id = policies[0]["policy_id"].as_str().unwrap();
    let shown = json(&world.run(&["scaling", "show", &id[..8], "-o", "json"]));
    assert_eq!(
        (&shown["min"], &shown["max"], &shown["job_id"]),
        (&1.into(), &4.into(), &"web".into()),
        "{shown}"
    );
    code(&world.run(&["scaling", "show", "zzz"]), 3, "no scaling policy");
}

fn volumes_are_made_shown_and_deleted(world: &World) {
    code(&world.run(&["volume", "list", "--type", "csi"]), 0, "no volumes");
    code(&world.run(&["volume", "show", "nobody"]), 3, "there is no volume \"nobody\"");
    code(&world.run(&["plugin", "list"]), 0, "no CSI plugins");
    code(&world.run(&["plugin", "show", "ebs"]), 3, "no CSI plugin \"ebs\"");
    code(&world.run(&["volume", "init", "volume.hcl"]), 0, "wrote volume.hcl");
    code(&world.run(&["volume", "init", "volume.hcl"]), 7, "exists already");
    std::fs::write(world.home().join("bad.hcl"), "name = \"x\"\ntype = \"host\"\nplugin = \"mkdir\"\n")
        .unwrap();
    code(&world.run(&["volume", "create", "bad.hcl"]), 2, "a volume has no plugin");
    // The embedded fleet keeps no volumes.
    if world.speed > 1.0 {
        return;
    }
    if !world.is_at_least((1, 10), "volumes of hosts") {
        return code(&world.run(&["volume", "create", "volume.hcl"]), 1, "from Nomad 1.10 on");
    }
    let made = json(&world.run(&["volume", "create", "volume.hcl", "-o", "json"]));
    let id = made["volume_id"].as_str().unwrap();
    assert_eq!((&made["ready"], &made["name"]), (&true.into(), &"data".into()), "{made}");
    code(&world.run(&["volume", "list"]), 0, "data");
    code(&world.run(&["volume", "show", &id[..8]]), 0, "host_volumes");
    code(&world.run(&["volume", "claim", "list"]), 0, "no claims");
    code(&world.run(&["volume", "delete", "data"]), 7, "");
    let reader = r#"namespace "default" { capabilities = ["host-volume-read", "csi-list-volume"] }"#;
    let reader = world.fleet().env("NOMAD_TOKEN", world.token(reader));
    code(&reader.run(&["volume", "list"]), 0, "data");
    code(&reader.run(&["volume", "delete", "data", "--yes"]), 4, "host-volume-delete");
    code(&world.run(&["volume", "delete", "data", "--yes"]), 0, "deleted");
    code(&world.run(&["volume", "show", "data"]), 3, "there is no volume");
}

fn a_bundle_for_helpers_holds_no_token(world: &World) {
    let ran =
        world.run(&["operator", "debug", "--duration", "1s", "--interval", "1s", "a.tar.gz", "-o", "json"]);
    code(&ran, 0, "a.tar.gz");
    let told = json(&ran);
    assert!(told["files"].as_u64() > Some(10) && told["samples"].as_u64() >= Some(1), "{told}");
    let list =
        std::process::Command::new("tar").args(["-xzf", "a.tar.gz"]).current_dir(world.home()).status();
    assert!(list.unwrap().success());
    let found = std::process::Command::new("grep")
        .args(["-r", "-l", "--include=*.json", "--include=*.log", &world.token, "."])
        .current_dir(world.home())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "", "the token is in it");
    code(&world.run(&["operator", "debug", "--duration", "0s", "a.tar.gz"]), 7, "exists already");
    let blind = world.fleet().env("NOMAD_TOKEN", world.token("node { policy = \"read\" }"));
    let ran = blind.run(&["operator", "debug", "--duration", "0s", "b.tar.gz", "-o", "json"]);
    code(&ran, 0, "missing");
    assert!(
        json(&ran)["missing"].as_array().unwrap().iter().any(|m| m["file"] == "cluster/raft.json"),
        "{ran}"
    );
}

fn backups_are_scheduled_by_what_is_at_hand(world: &World) {
    let args = ["operator", "snapshot", "schedule", "--dir", "/var/backups/nomad"];
    code(&world.run(&args), 0, "17 */6 * * * /usr/local/bin/fleet operator snapshot save");
    code(
        &world.run(&[&args[..], &["--as", "systemd", "--every", "1d"]].concat()),
        0,
        "OnCalendar=*-*-* 02:17:00",
    );
    code(&world.run(&[&args[..], &["--every", "5h"]].concat()), 2, "it has to divide");
    let job = world.run(&[&args[..], &["--as", "job"]].concat());
    std::fs::write(world.home().join("snapshot.nomad.hcl"), &job.out).unwrap();
    code(&world.run(&["job", "validate", "snapshot.nomad.hcl"]), 0, "");
}

fn servers_are_upgraded_only_where_they_can_be_watched(world: &World) {
    code(&world.run(&["server", "upgrade", "--exec", "true", "--http", "x"]), 2, "SERVER=URL");
    let ran = world.run(&["server", "upgrade", "--exec", "touch ran", "--dry-run"]);
    // The servers of the embedded fleet have no addresses of their own.
    if world.speed > 1.0 {
        code(&ran, 7, "cannot be watched at its own address");
    } else {
        code(&ran, 0, "to be upgraded");
        code(&world.run(&["server", "upgrade", "--exec", "touch ran", "--to", "1.0.0"]), 7, "older version");
        code(
            &world.run(&["server", "upgrade", "--exec", "touch ran", "--server", "nobody"]),
            3,
            "no server \"nobody\"",
        );
        code(&world.run(&["server", "upgrade", "--exec", "touch ran"]), 7, "");
    }
    assert!(!world.home().join("ran").exists());
}
