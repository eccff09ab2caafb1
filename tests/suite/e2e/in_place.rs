//! `rotate-nodes` that does something to each empty node: a change in its place, or its end.

use std::path::{Path, PathBuf};

use fleet::api::nomad::node::{Eligibility, NodeStatus};
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::ran::{code, ok};
use crate::e2e::world::{Witness, World, signal};

cases! {
    nodes_are_restarted_in_their_place_and_take_work_again,
    a_node_that_is_not_back_as_expected_stays_without_work,
    a_command_that_fails_is_run_again_by_the_next_run,
    every_node_that_failed_is_named_and_what_was_given_back_takes_work,
    a_change_that_was_under_way_when_it_was_killed_is_not_made_twice,
    nodes_that_are_ended_are_purged_once_their_agents_are_gone,
    clients_never_get_newer_than_servers,
    a_node_is_rotated_only_when_its_command_has_ended,
    a_command_that_hangs_is_named_to_whoever_leaves,
    a_command_is_run_on_the_node_by_ssh_at_the_host_that_was_told,
    another_command_is_another_rotation_and_runs_on_every_node,
    a_rotation_that_was_given_up_is_forgotten_by_every_machine,
}

const IN_PLACE: &[&str] = &["rotate-nodes", "--yes", "--settle", "500ms", "--in-place"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    IN_PLACE.iter().copied().chain(more.iter().copied()).collect()
}

/// A command that notes for which node it was run, and the file it notes it in.
fn noting(world: &World, name: &str) -> (String, PathBuf) {
    let file = world.home().join(name);
    drop(std::fs::remove_file(&file));
    (format!("sh -c 'echo $FLEET_NODE at $FLEET_NODE_ADDRESS >> {}'", file.display()), file)
}

fn noted(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| Some(line.split_once(" at ")?.0.to_owned())).collect()
}

/// What its command asks for: the agent of the node goes and comes back.
fn restart(world: &World, name: &str) {
    world.machines.kill_node(name);
    world.until("the node down", 90.0, |w| w.node(name).status == NodeStatus::Down);
    world.machines.start_node(name);
}

fn nodes_are_restarted_in_their_place_and_take_work_again(world: &World) {
    world.start_on_old(&[Job::service("web", 4)]);
    // One of them took no work before.
    world.set_eligible("c3", Eligibility::Ineligible);
    let witness = Witness::new(world, "web");
    let (command, file) = noting(world, "restarts");
    let child =
        world.start(&with(&["c1", "c2", "c3", "--exec", &command, "--expect", "restart", "-o", "json"]));
    for nth in 1..=3 {
        world.until("the next command", 120.0, |_| noted(&file).len() == nth);
        let name = noted(&file)[nth - 1].clone();
        let others = world.nodes().into_iter().filter(|n| n.name != name && n.status != NodeStatus::Ready);
        assert_eq!(others.count(), 0, "one at a time");
        restart(world, &name);
    }
    let ran = Ran::of(&child.wait_with_output().unwrap());
    let report: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    assert_eq!(report["summary"]["rotated"], 3, "{ran}");
    let mut names = noted(&file);
    names.sort();
    assert_eq!(names, ["c1", "c2", "c3"], "each once\n{ran}");
    for (name, was) in
        [("c1", Eligibility::Eligible), ("c2", Eligibility::Eligible), ("c3", Eligibility::Ineligible)]
    {
        let node = world.node(name);
        assert_eq!((node.scheduling_eligibility, node.drain), (was, false), "{name}\n{ran}");
    }
    assert_eq!(world.healthy("web").len(), 4, "{ran}");
    let fewest = witness.fewest();
    assert!(fewest >= 3, "web fell to {fewest}\n{ran}");
}

fn a_node_that_is_not_back_as_expected_stays_without_work(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let (command, file) = noting(world, "changes");
    let args = with(&["c1", "--exec", &command, "--expect", "meta.image=7", "--node-timeout", "2s"]);
    let ran = world.run(&args);
    code(&ran, 6, "meta.image is not set, not \"7\"");
    assert!(ran.err.contains("still ineligible: c1"), "{ran}");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Ineligible, "{ran}");
    assert_eq!(noted(&file), ["c1"]);
    code(&world.run(&["rotate-nodes", "c1", "--in-place", "--exec", "true"]), 2, "--expect");
    code(&world.run(&["rotate-nodes", "c1", "--in-place", "--expect", "reboot"]), 2, "--exec CMD");
}

fn a_command_that_fails_is_run_again_by_the_next_run(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let flag = world.home().join("works");
    drop(std::fs::remove_file(&flag));
    let command = format!("sh -c 'echo no disk >&2; test -e {}'", flag.display());
    let args = with(&["c1", "--exec", &command, "--expect", "nothing"]);
    let ran = world.run(&args);
    code(&ran, 1, "it said last: no disk");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Ineligible, "{ran}");
    std::fs::write(&flag, "").unwrap();
    let again = world.run(&args);
    assert!(ok(&again).err.contains("continues"), "{again}");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Eligible, "{again}");
}

fn every_node_that_failed_is_named_and_what_was_given_back_takes_work(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let command = "sh -c 'test $FLEET_NODE = c1'";
    let args = with(&[
        "c1",
        "c2",
        "c3",
        "--exec",
        command,
        "--expect",
        "nothing",
        "--failure-budget",
        "2",
        "--on-failure",
        "restore",
    ]);
    let ran = world.run(&args);
    code(&ran, 1, "earlier eligibility again");
    let error = &ran.err[ran.err.rfind("error:").unwrap()..];
    assert!(error.contains("the command for node c2") && error.contains("the command for node c3"), "{ran}");
    assert!(!error.contains("takes no work"), "{ran}");
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible), "{ran}");
    let list = world.run(&["rotation", "list", "-o", "json"]);
    let list: Value = serde_json::from_str(&ok(&list).out).unwrap();
    assert_eq!((&list[0]["nodes"], &list[0]["rotated"]), (&3.into(), &1.into()), "{list}");
}

fn a_change_that_was_under_way_when_it_was_killed_is_not_made_twice(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let (command, file) = noting(world, "changes");
    let args = with(&["c1", "--exec", &command, "--expect", "restart"]);
    let mut child = world.start(&args);
    world.until("the command", 120.0, |_| noted(&file).len() == 1);
    child.kill().unwrap();
    child.wait().unwrap();
    restart(world, "c1");
    ok(&world.run(&args));
    assert_eq!(noted(&file).len(), 1, "it was run once");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Eligible);
}

fn nodes_that_are_ended_are_purged_once_their_agents_are_gone(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let (command, file) = noting(world, "ends");
    let args =
        ["rotate-nodes", "c1", "c2", "--yes", "--settle", "500ms", "--terminate-cmd", &command, "--purge"];
    let child = world.start(&args);
    for nth in 1..=2 {
        world.until("the next command", 120.0, |_| noted(&file).len() == nth);
        let name = noted(&file)[nth - 1].clone();
        assert!(world.healthy("web").iter().all(|a| a.node_name != name), "it is empty");
        world.machines.kill_node(&name);
    }
    let ran = Ran::of(&child.wait_with_output().unwrap());
    ok(&ran);
    let left: Vec<String> = world.nodes().into_iter().map(|n| n.name).collect();
    assert!(!left.contains(&"c1".to_owned()) && !left.contains(&"c2".to_owned()), "{left:?}\n{ran}");
    assert_eq!(world.healthy("web").len(), 3, "{ran}");
}

fn clients_never_get_newer_than_servers(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let args = with(&["c1", "--exec", "true", "--expect", "nomad.version=99.0.0"]);
    code(&world.run(&args), 7, "newer than a server");
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible));
}

/// A command that waits until a file is there, and the file.
fn waiting(world: &World, name: &str) -> (String, PathBuf) {
    let file = world.home().join(name);
    drop(std::fs::remove_file(&file));
    (format!("sh -c 'echo waiting; until test -e {}; do sleep 0.1; done'", file.display()), file)
}

fn a_node_is_rotated_only_when_its_command_has_ended(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let (file, ends) = (world.home().join("ended"), world.home().join("ends"));
    drop((std::fs::remove_file(&file), std::fs::remove_file(&ends)));
    let command = format!(
        "sh -c 'until test -e {}; do sleep 0.1; done; echo $FLEET_NODE at the end >> {}'",
        file.display(),
        ends.display()
    );
    let args = ["rotate-nodes", "c1", "c2", "--yes", "--settle", "500ms", "--terminate-cmd", &command];
    let child = world.start(&args);
    let list =
        || -> Value { serde_json::from_str(&world.run(&["rotation", "list", "-o", "json"]).out).unwrap() };
    let report = || -> Value {
        serde_json::from_str(&world.run(&["rotation", "report", "-o", "json"]).out).unwrap_or_default()
    };
    world.until("the command", 120.0, |_| report()["nodes"][0]["state"] == "changing");
    assert_eq!(
        (&list()[0]["nodes"], &list()[0]["rotated"]),
        (&2.into(), &0.into()),
        "nothing is rotated yet"
    );
    std::fs::write(&file, "").unwrap();
    for nth in 1..=2 {
        // Where the command has ended well and the agent lives, nothing is ended.
        world.until("the next command", 120.0, |_| noted(&ends).len() == nth);
        world.machines.kill_node(&noted(&ends)[nth - 1]);
    }
    let ran = Ran::of(&child.wait_with_output().unwrap());
    let rotated = |text: &str| text.matches("rotated and verified").count();
    let (before, _) = ok(&ran).err.split_once("the command ended well").unwrap();
    assert_eq!((rotated(before), rotated(&ran.err)), (0, 2), "{ran}");
    assert!(before.contains("empty, and what left it is well"), "{ran}");
    assert!(ran.err.contains("c1: its agent is gone") && ran.err.contains("c2: its agent is gone"), "{ran}");
}

fn a_command_that_hangs_is_named_to_whoever_leaves(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let (command, file) = waiting(world, "hangs");
    let child = world.start(&with(&["c1", "--exec", &command, "--expect", "nothing", "-o", "json-lines"]));
    let report = || -> Value {
        serde_json::from_str(&world.run(&["rotation", "report", "-o", "json"]).out).unwrap_or_default()
    };
    world.until("the command", 120.0, |_| report()["nodes"][0]["state"] == "changing");
    signal(&child, "INT");
    // Of ours: it looks once a second.
    world.pause(3.0 * world.speed);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    code(
        &ran,
        130,
        "the command for node c1 runs on without fleet; to end it and what it started: kill -- -",
    );
    assert!(ran.err.contains("still ineligible: c1"), "{ran}");
    assert!(ran.out.contains("Ctrl-C again leaves it running"), "{ran}");
    let again = world.run(&with(&["c1", "--exec", &command, "--expect", "nothing"]));
    code(&again, 1, "succeeded on c1 is not known");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Ineligible, "{again}");
    std::fs::write(&file, "").unwrap();
    let accepted = ["c1", "--exec", &command, "--expect", "nothing", "--accept", "unknown-command-end"];
    let accepted = world.run(&with(&accepted));
    assert!(ok(&accepted).err.contains("it is taken as done"), "{accepted}");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Eligible, "{accepted}");
}

fn another_command_is_another_rotation_and_runs_on_every_node(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let (note, file) = noting(world, "changes");
    // Well on the first node, and not on the second.
    let first = format!("sh -c 'test ! -e {0} && touch {0}'", world.home().join("once").display());
    drop(std::fs::remove_file(world.home().join("once")));
    let args = |command: &str| -> Vec<String> {
        with(&["c1", "c2", "--exec", command, "--expect", "nothing"]).into_iter().map(str::to_owned).collect()
    };
    let run = |command: &str, more: &[&str]| {
        let words = args(command);
        world.run(&words.iter().map(String::as_str).chain(more.iter().copied()).collect::<Vec<_>>())
    };
    code(&run(&first, &[]), 1, "the command for node");
    let preview = run(&note, &["--dry-run"]);
    assert!(ok(&preview).err.contains("and is left as it is (it was done on c"), "{preview}");
    let ran = run(&note, &[]);
    assert!(ok(&ran).err.contains("a new one begins"), "{ran}");
    let mut names = noted(&file);
    names.sort();
    assert_eq!(names, ["c1", "c2"], "the second command ran on both\n{ran}");
    for name in ["c1", "c2"] {
        assert_eq!(world.node(name).scheduling_eligibility, Eligibility::Eligible, "{name}\n{ran}");
    }
    assert!(ok(&world.run(&["rotation", "list"])).err.contains("no rotation is unfinished"));
}

fn a_rotation_that_was_given_up_is_forgotten_by_every_machine(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let (file, once) = (world.home().join("changes"), world.home().join("once"));
    drop((std::fs::remove_file(&file), std::fs::remove_file(&once)));
    // Well on the first node, and not on the second.
    let (changes, flag) = (file.display(), once.display());
    let command = format!("sh -c 'echo $FLEET_NODE at once >> {changes}; test ! -e {flag} && touch {flag}'");
    let args = ["c1", "c2", "--exec", &command, "--expect", "nothing"];
    let failed = world.run(&with(&args));
    let name = failed.err.lines().find_map(|l| l.split("fleet rotation rollback ").nth(1)).unwrap().trim();
    let home = tempfile::tempdir().unwrap();
    let other = crate::binary::Fleet::new(home.path());
    let other = other.env("NOMAD_ADDR", &world.address).env("NOMAD_TOKEN", &world.token);
    ok(&other.run(&["rotation", "rollback", name, "--yes"]));
    drop((std::fs::remove_file(&once), std::fs::remove_file(&file)));
    let again = world.run(&with(&args));
    assert!(again.err.contains("was given up"), "{again}");
    assert_eq!(noted(&file).len(), 2, "it begins anew\n{again}");
}

fn a_command_is_run_on_the_node_by_ssh_at_the_host_that_was_told(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let bin = tempfile::tempdir().unwrap();
    let told = bin.path().join("told");
    let ssh = bin.path().join("ssh");
    // As when the machine goes down under the connection.
    std::fs::write(&ssh, format!("#!/bin/sh\necho \"$*\" >> {}\nexit 255\n", told.display())).unwrap();
    std::fs::set_permissions(&ssh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.path().display());
    let fleet = world.fleet().env("PATH", &path);
    let by_ssh = |host: &str, expect: &str| {
        let more = [
            "c1",
            "--ssh",
            "reboot now",
            "--ssh-options",
            "-p 2222",
            "--ssh-host",
            host,
            "--expect",
            expect,
            "--node-timeout",
            "2s",
        ];
        fleet.run(&with(&more))
    };
    let missing = by_ssh("{meta.ssh_host}", "nothing");
    code(&missing, 7, "node c1 has no meta.ssh_host");
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Eligible, "{missing}");
    code(&by_ssh("{host}", "nothing"), 2, "{host} is not known");
    let ran = by_ssh("ops@{name}.example.com", "nothing");
    assert!(ok(&ran).err.contains("the connection to c1 broke"), "{ran}");
    assert_eq!(std::fs::read_to_string(&told).unwrap(), "-p 2222 -- ops@c1.example.com reboot now\n");
    // The machine did not go down: nobody takes its word for it.
    code(&by_ssh("{address}", "reboot"), 6, "boot");
}
