//! Tells a release which commit it was built from, for `fleet --version`.
//!
//! Only a release: everything depends on what is said here, so a development build that said it would be compiled anew after
//! every commit.

use std::process::Command;

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok().filter(|o| o.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script by its environment what it builds")]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "debug") {
        println!("cargo:rustc-env=FLEET_BUILD= (development build)");
        return;
    }
    // A path that is not there would have this run every time: of a worktree `.git` is a file.
    for name in ["HEAD", "refs/heads"] {
        if let Some(path) = git(&["rev-parse", "--git-path", name]) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    let build = match (git(&["rev-parse", "--short=10", "HEAD"]), git(&["log", "-1", "--format=%cs"])) {
        (Some(commit), Some(date)) => format!(" ({commit} {date})"),
        _ => String::new(),
    };
    println!("cargo:rustc-env=FLEET_BUILD={build}");
}
