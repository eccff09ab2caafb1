//! The hooks of `contrib/hooks`, run against fakes of the commands that they call.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/hooks")
}

/// Commands that note how they are called, and answer as they are told.
struct Fakes {
    dir: tempfile::TempDir,
}

impl Fakes {
    fn new(programs: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, answer) in programs {
            let log = dir.path().join("calls");
            let script = format!("#!/bin/sh\necho \"{name} $*\" >> '{}'\n{answer}\n", log.display());
            let path = dir.path().join(name);
            std::fs::write(&path, script).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        Fakes { dir }
    }

    fn run(&self, hook: &str, args: &[&str], env: &[(&str, &str)]) -> Output {
        let mut command = Command::new(folder().join(hook));
        command.args(args).env_clear().envs(env.iter().copied());
        command.env("PATH", format!("{}:/usr/bin:/bin", self.dir.path().display())).output().unwrap()
    }

    fn calls(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("calls")).unwrap_or_default()
    }
}

#[test]
fn a_group_grows_by_as_many_as_are_wanted_and_never_beyond_its_maximum() {
    let answer = "case $2 in describe-*) printf '4\\t6\\n' ;; esac";
    let fakes = Fakes::new(&[("aws", answer)]);
    let ran = fakes.run("aws-asg-grow", &["web"], &[("FLEET_COUNT", "2")]);
    assert!(ran.status.success(), "{ran:?}");
    assert!(
        fakes.calls().contains("set-desired-capacity --auto-scaling-group-name web --desired-capacity 6"),
        "{}",
        fakes.calls()
    );
    let fakes = Fakes::new(&[("aws", answer)]);
    let ran = fakes.run("aws-asg-grow", &["web"], &[("FLEET_COUNT", "3")]);
    assert!(!ran.status.success() && !fakes.calls().contains("set-desired-capacity"), "{ran:?}");
    // A group that does not exist has no sizes.
    let fakes = Fakes::new(&[("aws", "echo None")]);
    let ran = fakes.run("aws-asg-grow", &["web"], &[("FLEET_COUNT", "1")]);
    assert!(
        !ran.status.success() && String::from_utf8_lossy(&ran.stderr).contains("no autoscaling group"),
        "{ran:?}"
    );
    assert!(!fakes.run("aws-asg-grow", &["web"], &[]).status.success(), "without fleet it does nothing");
}

#[test]
fn an_instance_is_ended_only_where_the_node_says_which_it_is() {
    let fakes = Fakes::new(&[("aws", "")]);
    let ran = fakes.run("aws-asg-terminate", &[], &[("FLEET_NODE", "c1"), ("FLEET_INSTANCE_ID", "i-1")]);
    assert!(
        ran.status.success()
            && fakes.calls().contains("--instance-id i-1 --should-decrement-desired-capacity"),
        "{ran:?}"
    );
    let kept = [("FLEET_NODE", "c1"), ("FLEET_INSTANCE_ID", "i-1"), ("KEEP_CAPACITY", "1")];
    assert!(fakes.run("aws-asg-terminate", &[], &kept).status.success());
    assert!(fakes.calls().contains("--no-should-decrement-desired-capacity"));
    let fakes = Fakes::new(&[("aws", "")]);
    let ran = fakes.run("aws-asg-terminate", &[], &[("FLEET_NODE", "c1"), ("FLEET_INSTANCE_ID", "")]);
    assert!(!ran.status.success() && fakes.calls().is_empty(), "{ran:?}");
}

#[test]
fn a_domain_is_rebooted_or_ended_as_it_stands() {
    for (state, call) in [("running", "virsh reboot vm-c1"), ("shut off", "virsh start vm-c1")] {
        let fakes = Fakes::new(&[("virsh", &format!("[ \"$1\" = domstate ] && echo '{state}' || true"))]);
        let ran = fakes.run("libvirt-reboot", &[], &[("FLEET_NODE", "c1"), ("PREFIX", "vm-")]);
        assert!(ran.status.success() && fakes.calls().contains(call), "{state}: {ran:?}\n{}", fakes.calls());
    }
    let crashed = Fakes::new(&[("virsh", "[ \"$1\" = domstate ] && echo crashed || true")]);
    assert!(!crashed.run("libvirt-reboot", &[], &[("FLEET_NODE", "c1")]).status.success());
    let fakes = Fakes::new(&[("virsh", "[ \"$1\" = domstate ] && echo running || true")]);
    let ran = fakes.run("libvirt-terminate", &[], &[("FLEET_NODE", "c1")]);
    assert!(ran.status.success() && fakes.calls().contains("virsh destroy c1 --graceful"), "{ran:?}");
    assert!(!fakes.calls().contains("undefine"));
    assert!(fakes.run("libvirt-terminate", &[], &[("FLEET_NODE", "c1"), ("UNDEFINE", "1")]).status.success());
    assert!(fakes.calls().contains("virsh undefine c1 --remove-all-storage"));
}

#[test]
fn a_machine_is_rebooted_only_after_what_was_to_be_installed_was() {
    let env = [("FLEET_NODE_ADDRESS", "10.0.0.7"), ("SSH_USER", "ops")];
    let fakes = Fakes::new(&[("ssh", "")]);
    assert!(fakes.run("ssh-reboot", &["sudo", "apt-get", "-y", "full-upgrade"], &env).status.success());
    let calls = fakes.calls();
    let lines: Vec<&str> = calls.lines().collect();
    assert!(lines[0].ends_with("ops@10.0.0.7 sudo apt-get -y full-upgrade"), "{calls}");
    assert!(lines[1].ends_with("ops@10.0.0.7 sudo systemd-run --on-active=1 systemctl reboot"), "{calls}");
    let fakes = Fakes::new(&[("ssh", "exit 100")]);
    let ran = fakes.run("ssh-reboot", &["sudo", "apt-get", "-y", "full-upgrade"], &env);
    assert!(
        !ran.status.success() && fakes.calls().lines().count() == 1,
        "no reboot after a failure: {ran:?}"
    );
}

#[test]
fn every_hook_can_be_run_and_shellcheck_is_content() {
    let hooks: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(hooks.len() >= 5);
    for hook in &hooks {
        assert_ne!(std::fs::metadata(hook).unwrap().permissions().mode() & 0o111, 0, "{}", hook.display());
    }
    match Command::new("shellcheck").args(&hooks).output() {
        Ok(ran) => assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout)),
        Err(_) => {
            crate::binary::told("SKIPPED: shellcheck is not on PATH; contrib/hooks was not checked by it");
        }
    }
}
