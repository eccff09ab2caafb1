//! The ways to say which task is meant, from end to end.

use std::process::Command;

use crate::binary::Ran;
use crate::e2e::exec::{Terminal, idle, sh};
use crate::e2e::world::World;

cases! {
    a_service_and_a_checkout_mean_their_jobs,
    canaries_and_versions_are_told_apart,
    a_person_chooses_on_a_terminal,
}

/// Two tasks that do nothing, of a version of their own, with a service.
fn versioned(name: &str, version: u32) -> String {
    format!(
        "job \"{name}\" {{\n group \"g\" {{\n count = 2\n update {{\n canary = 1\n min_healthy_time = \"100ms\"\n health_check = \
         \"task_states\"\n }}\n service {{\n name = \"{name}-front\"\n provider = \"nomad\"\n }}\n ephemeral_disk {{\n size = 100\n }}\n \
         task \"t\" {{\n driver = \"raw_exec\"\n kill_timeout = \"1s\"\n env {{\n VERSION = \"{version}\"\n }}\n config {{\n \
         command = \"/bin/sh\"\n args = [\"-c\", \"sleep 3600 & wait\"]\n }}\n logs {{\n max_files = 1\n max_file_size = 1\n }}\n \
         resources {{\n cpu = 50\n memory = 32\n }}\n }}\n }}\n}}\n"
    )
}

fn a_service_and_a_checkout_mean_their_jobs(world: &World) {
    let name = "ops-site-feature-x";
    world.register_hcl(&versioned(name, 0));
    world.until("running", 60.0, |w| w.healthy(name).len() == 2);
    world.until("registered", 30.0, |w| {
        w.run(&["exec", &format!("service:{name}-front"), "--", "true"]).code == 0
    });
    let said = world.run(&sh(&format!("service:{name}-front"), "echo $NOMAD_JOB_ID"));
    assert_eq!(said.out, format!("{name}\n"), "{said}");
    let checkout = tempfile::tempdir().unwrap();
    let run = |mut command: Command| {
        let output = command.current_dir(checkout.path()).output().unwrap();
        Ran::of(&output)
    };
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        git.args(args);
        assert_eq!(run(git).code, 0);
    };
    let here = |target: &str| {
        run(world.fleet().env("PATH", "/usr/bin:/bin").command(&sh(target, "echo $NOMAD_JOB_ID")))
    };
    let none = here(".");
    assert!(none.code == 125 && none.err.contains("git checkout"), "{none}");
    git(&["init", "-q", "-b", "feature/x"]);
    git(&["remote", "add", "origin", "git@git.example.org:ops/site.git"]);
    git(&["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"]);
    assert_eq!(here(".").out, format!("{name}\n"), "{}", here("."));
}

fn canaries_and_versions_are_told_apart(world: &World) {
    world.register_hcl(&versioned("web", 0));
    world.until("running", 60.0, |w| w.healthy("web").len() == 2);
    let version = |more: &[&str]| {
        world.run(&[&["exec", "web"], more, &["--", "/bin/sh", "-c", "echo $VERSION"]].concat())
    };
    let none = version(&["--canary"]);
    assert!(none.code == 125 && none.err.contains("of that version or a canary"), "{none}");
    world.register_hcl(&versioned("web", 1));
    world.until("its canary", 60.0, |w| w.healthy("web").iter().any(|a| a.job_version == 1));
    assert_eq!(version(&["--canary"]).out, "1\n");
    assert_eq!(version(&["--version", "0"]).out, "0\n");
    assert_eq!(version(&["--version", "1"]).out, "1\n");
    let all = version(&["--version", "0", "--all"]);
    assert_eq!((all.code, all.out.lines().count()), (0, 2), "{all}");
    assert_eq!(version(&["--version", "9"]).code, 125);
}

fn a_person_chooses_on_a_terminal(world: &World) {
    idle(world, "web", 3);
    let words = ["exec", "web", "-T", "--", "/bin/sh", "-c", "echo it is $NOMAD_ALLOC_NAME"];
    let choose = |keys: &str| {
        let mut terminal = Terminal::new(world, &words);
        terminal.shows("Which allocation of web?");
        terminal.types(keys);
        terminal.ends()
    };
    let (first, code) = choose("\r");
    assert_eq!(code, 0, "{first}");
    let (second, code) = choose("\x1b[B\r");
    assert_eq!(code, 0, "{second}");
    let name =
        |text: &str| text.split("it is ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert_ne!(name(&first), name(&second));
    let (text, code) = choose("\x1b");
    assert!(code == 130 && !text.contains("it is"), "{text}");
}
