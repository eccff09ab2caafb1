//! `var` from end to end.

use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::world::World;

cases! {
    variables_are_put_changed_compared_copied_and_removed,
    a_change_that_meets_another_one_keeps_both_or_says_so,
    a_lock_is_held_while_a_command_runs,
}

fn code(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, code, "{ran}");
    assert!(ran.err.contains(says) || ran.out.contains(says), "{says:?} is not in\n{ran}");
}

fn variables_are_put_changed_compared_copied_and_removed(world: &World) {
    let write = |name: &str, text: &str| std::fs::write(world.home().join(name), text).unwrap();
    write("items", "a=1\nkey=<<END\none\ntwo\nEND\n");
    write("secret", "hunter22\n");
    code(&world.run(&["var", "put", "nomad/jobs/web", "items"]), 0, "a, key");
    code(&world.run(&["var", "put", "nomad/jobs/web", "items", "--new"]), 7, "already exists");
    code(&world.run(&["var", "get", "nomad/jobs/web"]), 0, "a=1\nkey=<<END\none\ntwo\nEND\n");
    let set = world.run(&["var", "set", "nomad/jobs/web", "a=2", "password=@secret"]);
    code(&set, 0, "a, password");
    assert!(!set.out.contains("hunter22") && !set.err.contains("hunter22"), "{set}");
    // A key or a certificate without its last newline is none.
    assert_eq!(world.run(&["var", "get", "nomad/jobs/web", "password"]).out, "hunter22\n");
    assert!(set.err.contains("password ends with a newline"), "{set}");
    code(&world.run(&["var", "set", "nomad/jobs/web", "password=@secret", "--trim-newline"]), 0, "password");
    assert_eq!(world.run(&["var", "get", "nomad/jobs/web", "password"]).out, "hunter22");
    code(&world.run(&["var", "get", "nomad/jobs/web", "none"]), 3, "it has: a, key, password");
    code(&world.run(&["var", "cp", "nomad/jobs/web", "copy"]), 0, "a, key, password");
    code(&world.run(&["var", "cp", "nomad/jobs/web", "copy"]), 7, "--force");
    code(&world.run(&["var", "diff", "nomad/jobs/web", "copy"]), 0, "");
    code(&world.run(&["var", "unset", "copy", "password"]), 0, "password");
    let diff = world.run(&["var", "diff", "nomad/jobs/web", "copy", "-o", "json"]);
    code(&diff, 8, "");
    let rows: Value = serde_json::from_str(&diff.out).unwrap();
    assert_eq!(
        (rows[0]["key"].as_str(), rows[0]["change"].as_str()),
        (Some("password"), Some("deleted")),
        "{diff}"
    );
    code(&world.run(&["var", "list"]), 0, "nomad/jobs/web");
    code(&world.run(&["var", "rm", "copy"]), 7, "confirmation needed");
    code(&world.run(&["var", "rm", "copy", "--yes"]), 0, "copy");
    code(&world.run(&["var", "get", "copy"]), 3, "no such variable");
    code(&world.run(&["var", "unset", "nomad/jobs/web", "a", "key", "password"]), 7, "fleet var rm");
    code(&world.run(&["var", "rm", "nomad/jobs/web", "--yes"]), 0, "");
}

fn a_change_that_meets_another_one_keeps_both_or_says_so(world: &World) {
    code(&world.run(&["var", "set", "shared", "a=1", "b=1"]), 0, "");
    // The editor of the test has somebody else change the variable while it is open.
    let binary = env!("CARGO_BIN_EXE_fleet");
    let editor = |own: &str, other: &str| {
        let script =
            format!("#!/bin/sh\n{binary} var set shared {other} >&2 || exit 9\nsed -i s/{own}/ \"$1\"\n");
        let path = world.home().join("editor");
        std::fs::write(&path, script).unwrap();
        let made = std::process::Command::new("chmod").arg("755").arg(&path).status().unwrap();
        assert!(made.success());
        world.fleet().env("EDITOR", path.display().to_string()).run(&["var", "edit", "shared", "-o", "json"])
    };
    code(&editor("a=1/a=2", "b=5"), 0, "\"merged\": true");
    code(&world.run(&["var", "get", "shared"]), 0, "a=2\nb=5\n");
    code(&editor("a=2/a=3", "a=9"), 7, "these keys differ: a");
    code(&world.run(&["var", "get", "shared", "a"]), 0, "9");
    code(&world.run(&["var", "edit", "shared"]), 2, "set EDITOR");
    code(&world.run(&["var", "rm", "shared", "--yes"]), 0, "");
}

fn a_lock_is_held_while_a_command_runs(world: &World) {
    let binary = env!("CARGO_BIN_EXE_fleet");
    code(&world.run(&["var", "lock", "locks/one", "--", "sh", "-c", "exit 3"]), 3, "");
    let inner = format!("{binary} var lock locks/one -- true; test $? = 7");
    code(
        &world.run(&["var", "lock", "locks/one", "--", "sh", "-c", &inner]),
        0,
        "someone else holds the lock",
    );
    code(&world.run(&["var", "lock", "locks/one", "--", "true"]), 0, "");
    code(&world.run(&["var", "rm", "locks/one", "--yes"]), 0, "");
}
