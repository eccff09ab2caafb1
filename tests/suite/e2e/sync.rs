//! `sync` from end to end.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use fleet::api::http::Write;

use crate::binary::Ran;
use crate::chaos::{Chaos, Harm};
use crate::e2e::exec::{at_home as sh, idle, noise};
use crate::e2e::world::{World, signal};

cases! {
    only_what_differs_is_sent_and_both_sides_are_the_same_then,
    nothing_goes_that_was_not_asked_for_or_not_seen_to_be_gone,
    another_kind_in_the_way_is_told_and_stays,
    changes_follow_within_a_second_of_being_saved,
    a_watched_copy_follows_a_replaced_allocation,
    what_breaks_off_goes_on_with_what_is_there,
}

/// A directory with a bit of everything.
fn site(home: &Path) -> PathBuf {
    let site = home.join("site");
    std::fs::create_dir_all(site.join("sub dir")).unwrap();
    for (name, size) in [("empty", 0), ("sub dir/it's $x", 70_000), ("big", 3 << 20), ("built.o", 9)] {
        std::fs::write(site.join(name), noise(size)).unwrap();
    }
    std::fs::write(site.join(".gitignore"), "*.o\n").unwrap();
    std::os::unix::fs::symlink("sub dir", site.join("link")).unwrap();
    site
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn only_what_differs_is_sent_and_both_sides_are_the_same_then(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = site(home.path());
    let sync = || world.run(&["sync", &text(&site), "web:local/app", "-o", "json"]);
    let sent = |ran: &Ran| {
        assert_eq!(ran.code, 0, "{ran}");
        let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        view["sent"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(sent(&sync()), [".gitignore", "big", "empty", "link", "sub dir", "sub dir/it's $x"]);
    assert!(sent(&sync()).is_empty());
    let back = home.path().join("back");
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    assert_eq!(world.run(&["cp", &format!("web:{there}/app"), &text(&back)]).code, 0);
    assert_eq!(std::fs::read(back.join("big")).unwrap(), noise(3 << 20));
    assert_eq!(std::fs::read_link(back.join("link")).unwrap(), Path::new("sub dir"));
    assert!(!back.join("built.o").exists());
    // What was written to there is put right, and so is a mode.
    assert_eq!(world.run(&sh("web", "echo x > local/app/big; rm local/app/link")).code, 0);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(site.join("empty"), mode).unwrap();
    assert_eq!(sent(&sync()), ["big", "empty", "link"]);
    assert_eq!(world.run(&sh("web", "test -x local/app/empty && ls -A local/app | wc -l")).out.trim(), "5");
}

fn nothing_goes_that_was_not_asked_for_or_not_seen_to_be_gone(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = site(home.path());
    let sync = |more: &[&str]| world.run(&[&["sync", &text(&site), "web:local/app"], more].concat());
    let files = || world.run(&sh("web", "cd local/app && find . ! -type d | sort | tr '\\n' ' '")).out;
    assert_eq!(sync(&[]).code, 0);
    let surplus = "cd local/app && mkdir -p old cache && touch old/f kept.o cache/keep cache/x";
    assert_eq!(world.run(&sh("web", surplus)).code, 0);
    let before = files();
    assert_eq!(sync(&[]).code, 0);
    let preview = sync(&["--delete", "--dry-run", "--exclude", "keep"]);
    assert!(preview.code == 0 && preview.err.contains("Would remove"), "{preview}");
    assert_eq!(files(), before);
    let ran = sync(&["--delete", "--exclude", "keep"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(files(), before.replace("./cache/x ", "").replace("./old/f ", ""));
    // Many go at once.
    let many = "cd local/app && mkdir -p m && for i in $(seq 250); do : > \"m/f $i\"; done";
    assert_eq!(world.run(&sh("web", many)).code, 0);
    let ran = sync(&["--delete", "--exclude", "keep"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(files(), before.replace("./cache/x ", "").replace("./old/f ", ""));
    // A directory that lost everything removes nothing.
    for entry in std::fs::read_dir(&site).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            std::fs::remove_dir_all(path)
        } else {
            std::fs::remove_file(path)
        }
        .unwrap();
    }
    let ran = sync(&["--delete"]);
    assert!(ran.code == 7 && ran.err.contains("is empty"), "{ran}");
    // Nor does one that is not there at all, nor one there that cannot be named.
    std::fs::remove_dir(&site).unwrap();
    assert_eq!(sync(&["--delete"]).code, 3);
    assert_eq!(world.run(&["sync", &text(home.path()), "here"]).code, 2);
    assert_eq!(files(), before.replace("./cache/x ", "").replace("./old/f ", ""));
}

fn another_kind_in_the_way_is_told_and_stays(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = site(home.path());
    assert_eq!(world.run(&sh("web", "mkdir -p local/app/big && echo hello > local/app/big/f")).code, 0);
    let ran = world.run(&["sync", &text(&site), "web:local/app"]);
    assert!(ran.code == 1 && ran.err.contains("big: something of another kind is in its place"), "{ran}");
    assert_eq!(
        world.run(&sh("web", "cat local/app/big/f; ls -d local/app/empty")).out,
        "hello\nlocal/app/empty\n"
    );
    let ran = world.run(&["sync", &text(&site), "web:local/app", "--delete"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(world.run(&sh("web", "wc -c < local/app/big")).out.trim(), (3 << 20).to_string());
    let ran = world.run(&["sync", &text(&site), "web:local/app/empty"]);
    assert!(ran.code == 1 && ran.err.contains("is not a directory in the task"), "{ran}");
}

fn changes_follow_within_a_second_of_being_saved(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = site(home.path());
    let child =
        world.start(&["sync", &text(&site), "web:local/app", "--watch", "--delete", "-o", "json-lines"]);
    let there = |script: &str| world.run(&sh("web", script));
    world.until("the first copy", 60.0, |_| there("test -e local/app/big").code == 0);
    let mut quickest = Duration::MAX;
    for round in 0..5 {
        let file = site.join(format!("note-{round}"));
        std::fs::write(&file, noise(100 + round)).unwrap();
        let saved = file.metadata().unwrap().modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
        let script = format!(
            "until [ \"$(wc -c < local/app/note-{round} 2>/dev/null)\" = {} ]; do sleep 0.01; done; date +%s%N",
            100 + round
        );
        let seen = Duration::from_nanos(there(&script).out.trim().parse().unwrap());
        quickest = quickest.min(seen.saturating_sub(saved));
    }
    // Quicker than a run that copies a file once; on a machine with nothing else to do that is well below a second.
    let begun = tokio::time::Instant::now();
    std::fs::write(site.join("once"), noise(100)).unwrap();
    let other = world.run(&["sync", &text(&site), "web:local/other"]);
    assert_eq!(other.code, 0, "{other}");
    assert!(quickest < begun.elapsed().max(Duration::from_secs(1)), "{quickest:?}");
    std::fs::rename(site.join("note-0"), site.join("sub dir/moved")).unwrap();
    std::fs::remove_file(site.join("big")).unwrap();
    let gone = "test ! -e local/app/note-0 && test ! -e local/app/big && test -e 'local/app/sub dir/moved'";
    world.until("what is gone gone", 20.0, |_| there(gone).code == 0);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran}");
    let events: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(events.iter().filter(|e| e["event"] == "connected").count(), 1, "one session: {ran}");
    assert_eq!(there("ls -A local/app | grep -c fleet").out.trim(), "0");
}

fn a_watched_copy_follows_a_replaced_allocation(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = site(home.path());
    let child = world.start(&["sync", &text(&site), "web:local/app", "--watch"]);
    let there = |script: &str| world.run(&sh("web", script));
    world.until("the first copy", 60.0, |_| there("test -e local/app/big").code == 0);
    let id = world.allocs("web")[0].id.clone();
    world.write(&Write::put(format!("/v1/allocation/{id}/stop"), "stop"));
    world.until("another allocation", 60.0, |w| w.healthy("web").iter().any(|a| a.id != id));
    std::fs::write(site.join("later"), "x").unwrap();
    world.until("the copy there", 60.0, |w| {
        w.healthy("web")
            .iter()
            .any(|a| w.run(&sh(&a.id, "test -e local/app/big && test -e local/app/later")).code == 0)
    });
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert!(ran.code == 130 && ran.err.contains("trying again"), "{ran}");
}

fn what_breaks_off_goes_on_with_what_is_there(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = site(home.path());
    for name in ["one", "two", "three"] {
        std::fs::write(site.join(name), noise(8 << 20)).unwrap();
    }
    let chaos = Chaos::new(&world.address, Harm::CutUpload(15 << 20..16 << 20));
    let fleet = world.fleet().env("NOMAD_ADDR", &chaos.url).env("FLEET_DIRECT", "never");
    let ran = fleet.run(&["sync", &text(&site), "web:local/app"]);
    assert!(ran.code == 0 && ran.err.contains("continuing from what has arrived"), "{ran}");
    // Begun anew each time, it would never get through.
    assert!(chaos.done() >= 2, "{} cuts", chaos.done());
    let again = world.run(&["sync", &text(&site), "web:local/app", "-o", "json"]);
    assert!(again.code == 0 && again.out.contains("\"sent\": []"), "{again}");
}
