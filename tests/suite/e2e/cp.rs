//! `cp` from end to end.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use fleet::api::http::Write;

use crate::binary::Ran;
use crate::chaos::{Chaos, Harm};
use crate::e2e::exec::{IDLE, LOGS, at_home as sh, idle, noise, piped};
use crate::e2e::jobs::script;
use crate::e2e::world::{World, signal};

cases! {
    files_and_trees_come_back_as_they_went_in,
    the_allocations_directory_is_read_without_the_task,
    many_small_files_and_odd_names_arrive,
    pipes_carry_a_file_either_way,
    from_one_allocation_to_another,
    kinds_do_not_take_each_others_place,
    a_token_without_exec_reads_and_does_not_write,
    an_upload_that_breaks_off_goes_on_with_what_is_there,
    an_interrupt_leaves_nothing_behind,
    a_copy_is_no_faster_than_it_may_be,
    owners_are_kept_where_that_is_wanted,
    large_files_are_whole_and_what_repeats_is_squeezed,
    any_tool_that_tells_a_digest_will_do,
    a_task_without_tar_takes_and_gives_trees,
    of_a_log_that_grows_the_beginning_is_copied,
    what_is_not_copied_is_listed_and_counts_for_nothing,
    a_name_that_is_no_text_keeps_nothing_else_back,
    what_a_killed_copy_left_is_removed_by_the_next,
}

/// Everything below a directory: contents, modes and links.
fn tree(path: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    fn walk(path: &Path, below: &str, all: &mut BTreeMap<String, (u32, Vec<u8>)>) {
        for e in std::fs::read_dir(path).unwrap() {
            let e = e.unwrap();
            let name = format!("{below}/{}", e.file_name().to_string_lossy());
            let meta = std::fs::symlink_metadata(e.path()).unwrap();
            let bytes = if meta.is_symlink() {
                std::fs::read_link(e.path()).unwrap().to_string_lossy().into_owned().into_bytes()
            } else if meta.is_dir() {
                walk(&e.path(), &name, all);
                Vec::new()
            } else {
                std::fs::read(e.path()).unwrap()
            };
            all.insert(name, (meta.permissions().mode() & 0o777, bytes));
        }
    }
    let mut all = BTreeMap::new();
    walk(path, "", &mut all);
    all
}

/// Panics with the names of what is not the same.
fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (tree(one), tree(other));
    let names = one.keys().chain(other.keys());
    let mut different: Vec<_> = names.filter(|name| one.get(*name) != other.get(*name)).collect();
    different.dedup();
    let modes: Vec<_> =
        different.iter().map(|n| (one.get(*n).map(|e| e.0), other.get(*n).map(|e| e.0))).collect();
    assert!(different.is_empty(), "{different:?} {modes:?}");
}

fn make(at: &Path) {
    std::fs::create_dir_all(at.join("a dir/deep")).unwrap();
    for (name, size) in
        [("empty", 0), ("one", 1), ("a dir/odd 'name' $x", 70_000), ("a dir/deep/big", 5 << 20)]
    {
        std::fs::write(at.join(name), noise(size)).unwrap();
    }
    std::fs::set_permissions(at.join("one"), std::fs::Permissions::from_mode(0o751)).unwrap();
    std::os::unix::fs::symlink("../one", at.join("a dir/link")).unwrap();
}

fn files_and_trees_come_back_as_they_went_in(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    make(&site);
    let text = |p: &Path| p.display().to_string();
    let ran = world.run(&["cp", &text(&site), "web:local/"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.err.contains("same on both sides"), "{ran}");
    // Through the task, which keeps links.
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    let back = home.path().join("back");
    let ran = world.run(&["cp", &format!("web:{there}/site"), &text(&back)]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_same(&back, &site);
    // Over the fs API, which cannot tell where a link leads: the task can.
    let over_fs = home.path().join("fs");
    let ran = world.run(&["cp", "web:local/site", &text(&over_fs)]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_same(&over_fs, &site);
    // Again, over what is there: only what changed is different, nothing is left lying about.
    std::fs::write(site.join("one"), "two").unwrap();
    let ran = world.run(&["cp", &text(&site), "web:local"]);
    assert_eq!(ran.code, 0, "{ran}");
    let left = world.run(&sh("web", "cat local/site/one; ls -A local")).out;
    assert_eq!(left, "twosite\n");
    let single = home.path().join("single");
    let ran = world.run(&["cp", "web:local/site/a dir/deep/big", &text(&single)]);
    assert_eq!((ran.code, std::fs::read(&single).unwrap() == noise(5 << 20)), (0, true), "{ran}");
    let ran = world.run(&["cp", "web:local/nope", &text(&single)]);
    assert_eq!(ran.code, 3, "{ran}");
    let ran = world.run(&["cp", "web:/nope/at/all", &text(&single)]);
    assert_eq!(ran.code, 3, "{ran}");
}

fn the_allocations_directory_is_read_without_the_task(world: &World) {
    idle(world, "web", 1);
    let id = world.allocs("web")[0].id.clone();
    let script =
        "printf kept > local/file; printf x > secrets/key; mkdir local/d; ln -s ../file local/d/link";
    assert_eq!(world.run(&sh("web", script)).code, 0);
    world.write(&Write::delete("/v1/job/web", "stop a job").namespace("default"));
    world.until("stopped", 30.0, |w| w.allocs("web").iter().all(|a| a.client_status.is_terminal()));
    let home = tempfile::tempdir().unwrap();
    let to = home.path().display().to_string();
    let ran = world.run(&["cp", &format!("{id}:local/file"), &to]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(std::fs::read_to_string(home.path().join("file")).unwrap(), "kept");
    // Where a link leads nobody can tell any more: that is said, and is no success.
    let ran = world.run(&["cp", &format!("{id}:local/d"), &to]);
    assert!(ran.code == 1 && ran.err.contains("d/link: a link"), "{ran}");
    // What Nomad itself keeps beside the logs is no part of them.
    let ran = world.run(&["cp", &format!("{id}:alloc/logs"), &to]);
    assert_eq!(ran.code, 0, "{ran}");
    let ran = world.run(&["cp", &format!("{id}:/etc/hosts"), &to]);
    assert!(ran.code == 1 && ran.err.contains("only its allocation's directory can be read"), "{ran}");
    let ran = world.run(&["cp", "Cargo.toml", &format!("{id}:local/")]);
    assert_ne!(ran.code, 0, "{ran}");
}

fn many_small_files_and_odd_names_arrive(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let many = home.path().join("many");
    for n in 0..300 {
        let dir = many.join(format!("d{}", n % 7));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join(format!("-f {n}\n* ü")), n.to_string()).unwrap();
    }
    let text = |p: &Path| p.display().to_string();
    // The second time everything is moved over what is there.
    for _ in 0..2 {
        let ran = world.run(&["cp", &text(&many), "web:local/"]);
        assert_eq!(ran.code, 0, "{ran}");
    }
    let back = home.path().join("back");
    let ran = world.run(&["cp", "web:local/many", &text(&back)]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_same(&back, &many);
    let one = many.join("d0").join("-f 0\n* ü");
    let ran = world.run(&["cp", &text(&one), "web:local/"]);
    assert_eq!(ran.code, 0, "{ran}");
    let ran = world.run(&["cp", "/dev/null", "web:local/"]);
    assert!(ran.code == 2 && ran.err.contains("neither a file nor a directory"), "{ran}");
}

fn pipes_carry_a_file_either_way(world: &World) {
    idle(world, "web", 1);
    let bytes = noise(3_000_001);
    let (code, _, err) = piped(world, &["cp", "-", "web:local/in"], &bytes);
    assert_eq!(code, 0, "{err}");
    let (code, out, err) = piped(world, &["cp", "web:local/in", "-"], &[]);
    assert!(code == 0 && out == bytes, "{err}");
}

fn from_one_allocation_to_another(world: &World) {
    idle(world, "web", 2);
    assert_eq!(world.run(&sh("web[0]", "mkdir -p local/d && printf hello > local/d/f")).code, 0);
    let ran = world.run(&["cp", "web[0]:local/d", "web[1]:local/"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(world.run(&sh("web[1]", "cat local/d/f")).out, "hello");
}

fn kinds_do_not_take_each_others_place(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("x")).unwrap();
    std::fs::write(home.path().join("x/f"), "f").unwrap();
    std::fs::write(home.path().join("file"), "f").unwrap();
    assert_eq!(world.run(&sh("web", "mkdir -p local/d/file; printf old > local/x")).code, 0);
    let at = |name: &str| home.path().join(name).display().to_string();
    let ran = world.run(&["cp", &at("file"), "web:local/d"]);
    assert!(ran.code == 1 && ran.err.contains("is of another kind"), "{ran}");
    let ran = world.run(&["cp", &at("x"), "web:local/x"]);
    assert!(ran.code == 1 && ran.err.contains("is of another kind"), "{ran}");
    let ran = world.run(&["cp", &at("file"), "web:local/no/such/dir/"]);
    assert_ne!(ran.code, 0, "{ran}");
    let left = world.run(&sh("web", "cat local/x; ls -A local local/d"));
    assert_eq!(left.out, "oldlocal:\nd\nx\n\nlocal/d:\nfile\n", "{left}");
}

fn a_token_without_exec_reads_and_does_not_write(world: &World) {
    idle(world, "web", 1);
    assert_eq!(world.run(&sh("web", "printf hello > local/f")).code, 0);
    let token = world.token("namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\", \"read-fs\"] }");
    let fleet = world.fleet().env("NOMAD_TOKEN", token);
    // A node learns of a new token a little later than the servers.
    world.until("the token known", 60.0, |_| fleet.run(&["cp", "web:local/f", "-"]).code == 0);
    let ran = fleet.run(&["cp", "web:local/f", "-"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "hello"), "{ran}");
    for args in [["cp", "/etc/hosts", "web:local/"], ["sync", ".", "web:local/here"]] {
        let ran = fleet.run(&args);
        assert!(ran.code == 4 && ran.err.contains("Permission denied"), "{ran}");
    }
    // Nobody will grant it meanwhile: it is not tried again and again.
    let ran = fleet.run(&["sync", ".", "web:local/here", "--watch"]);
    assert!(ran.code == 4 && !ran.err.contains("trying again"), "{ran}");
}

fn an_upload_that_breaks_off_goes_on_with_what_is_there(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    make(&site);
    std::fs::write(site.join("large"), noise(24 << 20)).unwrap();
    // What follows a large file is sent too.
    std::fs::write(site.join("z"), "z").unwrap();
    let chaos = Chaos::new(&world.address, Harm::CutUpload(15 << 20..16 << 20));
    let fleet = world.fleet().env("NOMAD_ADDR", &chaos.url).env("FLEET_DIRECT", "never");
    let ran = fleet.run(&["cp", &site.display().to_string(), "web:local/"]);
    assert!(ran.code == 0 && ran.err.contains("continuing from what has arrived"), "{ran}");
    assert!(ran.err.contains("same on both sides"), "{ran}");
    assert!(chaos.done() >= 2, "{} cuts", chaos.done());
    // 29 MiB are 39 on the wire. Begun anew each time, they would never get through.
    assert!(chaos.sent() < 60 << 20, "{} bytes on the wire", chaos.sent());
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    let back = home.path().join("back");
    assert_eq!(world.run(&["cp", &format!("web:{there}/site"), &back.display().to_string()]).code, 0);
    assert_same(&back, &site);
    assert_eq!(world.run(&sh("web", "ls -A local")).out, "site\n");
}

fn an_interrupt_leaves_nothing_behind(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("large");
    std::fs::write(&file, noise(16 << 20)).unwrap();
    let child = world.start(&["cp", &file.display().to_string(), "web:local/", "--limit-rate", "1M"]);
    world.until("its beginning", 20.0, |w| w.run(&sh("web", "ls -A local | grep -q .fleet-")).code == 0);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert!(ran.code == 130 && ran.err.contains("nothing was changed at the destination"), "{ran}");
    assert_eq!(world.run(&sh("web", "ls -A local")).out, "");
}

fn a_copy_is_no_faster_than_it_may_be(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).display().to_string();
    std::fs::write(at("f"), noise(1 << 20)).unwrap();
    assert_eq!(world.run(&["cp", &at("f"), "web:local/"]).code, 0);
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    let through_task = format!("web:{there}/f");
    for (from, to) in
        [(at("f"), "web:local/"), ("web:local/f".to_owned(), &at("g")), (through_task, &at("h"))]
    {
        let begun = tokio::time::Instant::now();
        let ran = world.run(&["cp", &from, to, "--limit-rate", "512K"]);
        assert_eq!(ran.code, 0, "{ran}");
        // A busy machine only makes it slower.
        assert!(begun.elapsed().as_secs_f64() > 1.5, "{from} in {:?}", begun.elapsed());
    }
}

fn owners_are_kept_where_that_is_wanted(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).display().to_string();
    std::fs::write(at("f"), "f").unwrap();
    let owner_of = |path: &str| {
        let meta = std::fs::metadata(path).unwrap();
        (std::os::unix::fs::MetadataExt::uid(&meta), std::os::unix::fs::MetadataExt::gid(&meta))
    };
    // Only root can give files away; anybody else can still keep what is theirs.
    let given = std::os::unix::fs::chown(at("f"), Some(1234), Some(2345)).is_ok();
    let (user, group) = owner_of(&at("f"));
    let there = || world.run(&sh("web", "stat -c %u:%g local/f")).out;
    assert_eq!(world.run(&["cp", &at("f"), "web:local/"]).code, 0);
    assert!(!given || there() != "1234:2345\n");
    assert_eq!(world.run(&["cp", "--owner", &at("f"), "web:local/"]).code, 0);
    assert_eq!(there(), format!("{user}:{group}\n"));
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    let ran = world.run(&["cp", "--owner", &format!("web:{there}/f"), &at("g")]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(owner_of(&at("g")), (user, group));
}

fn large_files_are_whole_and_what_repeats_is_squeezed(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    std::fs::create_dir_all(site.join("it's")).unwrap();
    let lines = "what repeats, repeats\n".repeat(1 << 20).into_bytes();
    let files = [
        ("it's/noise", 0o444, noise((9 << 20) + 3)),
        ("lines", 0o751, lines),
        ("edge", 0o640, noise(8 << 20)),
        ("small", 0o600, noise(3)),
    ];
    let raw: usize = files.iter().map(|f| f.2.len()).sum();
    for (name, mode, bytes) in files {
        std::fs::write(site.join(name), bytes).unwrap();
        std::fs::set_permissions(site.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_234_567_890);
    std::fs::File::open(site.join("lines")).unwrap().set_modified(long_ago).unwrap();
    let wire = Chaos::new(&world.address, Harm::Cut(u64::MAX - 1..u64::MAX));
    let fleet = world.fleet().env("NOMAD_ADDR", &wire.url).env("FLEET_DIRECT", "never");
    let ran = fleet.run(&["cp", &site.display().to_string(), "web:local/"]);
    assert!(ran.code == 0 && ran.err.contains("4 files") && ran.err.contains("same on both sides"), "{ran}");
    // The noise, as base64, and hardly anything more.
    let wire = wire.sent();
    assert!(wire < 24 << 20, "{wire} bytes on the wire of {raw}");
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    let back = home.path().join("back");
    assert_eq!(world.run(&["cp", &format!("web:{there}/site"), &back.display().to_string()]).code, 0);
    assert_same(&back, &site);
    let modified = std::fs::metadata(back.join("lines")).unwrap().modified().unwrap();
    assert_eq!(modified, long_ago);
}

fn any_tool_that_tells_a_digest_will_do(world: &World) {
    let task = script("web", 1, IDLE, LOGS);
    let path = "env {\n PATH = \"${NOMAD_TASK_DIR}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin\"\n }\n config {";
    world.register_hcl(&task.replacen("config {", path, 1));
    world.until("running", 60.0, |w| w.healthy("web").len() == 1);
    // Nothing but openssl, whose words are made by what is there; and a gzip that does not work.
    let fakes = r#"real=$(command -v sha256sum) && mkdir local/bin && cd local/bin || exit
for f in sha256sum shasum busybox gzip; do printf '#!/bin/sh\nexit 1\n' > $f; done
printf '#!/bin/sh\nshift 3\nexec %s "$@"\n' "$real" > openssl
chmod 755 *"#;
    let ran = world.run(&sh("web", fakes));
    assert_eq!(ran.code, 0, "{ran}");
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("large"), vec![b'x'; (8 << 20) + 1]).unwrap();
    std::fs::write(site.join("small"), "s").unwrap();
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    let (site, back) = (site.display().to_string(), home.path().join("back").display().to_string());
    let through_task = format!("web:{there}/site");
    let ways = [[&site, "web:local/"], [&through_task, &back]];
    for [from, to] in ways {
        let ran = world.run(&["cp", from, to]);
        assert!(ran.code == 0 && ran.err.contains("same on both sides"), "{ran}");
    }
    let ran = world.run(&["sync", &site, "web:local/other"]);
    assert_eq!(ran.code, 0, "{ran}");
    let ran = world.run(&sh("web", "cp local/bin/gzip local/bin/openssl"));
    assert_eq!(ran.code, 0, "{ran}");
    for [from, to] in ways {
        let ran = world.run(&["cp", from, to]);
        assert!(ran.code == 8 && ran.err.contains("NOT compared"), "{ran}");
    }
    let ran = world.run(&["sync", &site, "web:local/another"]);
    assert!(ran.code == 1 && ran.err.contains("sha256sum, busybox, shasum or openssl"), "{ran}");
}

fn a_task_without_tar_takes_and_gives_trees(world: &World) {
    let few = "PATH=/usr/local/bin:/usr/bin:/bin; mkdir local/bin; for t in dd cat stat head chmod chown touch mkdir mv rm ln readlink \
               dirname basename sha256sum; do ln -s $(command -v $t) local/bin/; done; while true; do sleep 3600 & wait; done";
    let task = script("web", 1, few, LOGS);
    let path = "env {\n PATH = \"${NOMAD_TASK_DIR}/bin\"\n }\n config {";
    world.register_hcl(&task.replacen("config {", path, 1));
    world.until("running", 60.0, |w| w.healthy("web").len() == 1);
    // A task that runs has not made all of its links yet.
    world
        .until("the last tool is there", 60.0, |w| w.run(&sh("web", "[ -e local/bin/sha256sum ]")).code == 0);
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    make(&site);
    std::fs::write(site.join("a\nline"), noise(4096)).unwrap();
    std::fs::write(site.join("long".repeat(60)), noise((8 << 20) + 1)).unwrap();
    std::fs::set_permissions(site.join("a dir/deep"), std::fs::Permissions::from_mode(0o555)).unwrap();
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_234_567_890);
    std::fs::File::open(site.join("one")).unwrap().set_modified(long_ago).unwrap();
    let ran = world.run(&["cp", &site.display().to_string(), "web:local/"]);
    assert!(ran.code == 0 && ran.err.contains("6 files") && ran.err.contains("same on both sides"), "{ran}");
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    let back = home.path().join("back");
    let (from, to) = (format!("web:{there}/site"), back.display().to_string());
    let ran = world.run(&["cp", &from, &to, "-v"]);
    assert!(ran.code == 0 && ran.err.contains("same on both sides") && ran.err.contains("Walk"), "{ran}");
    assert_same(&back, &site);
    assert_eq!(std::fs::metadata(back.join("one")).unwrap().modified().unwrap(), long_ago);
    // What breaks off goes on here too.
    let chaos = Chaos::new(&world.address, Harm::CutUpload(9 << 20..10 << 20));
    let fleet = world.fleet().env("NOMAD_ADDR", &chaos.url).env("FLEET_DIRECT", "never");
    let ran = fleet.run(&["cp", &site.display().to_string(), "web:local/again"]);
    assert!(ran.code == 0 && ran.err.contains("continuing from what has arrived"), "{ran}");
    for dir in [&site, &back] {
        std::fs::set_permissions(dir.join("a dir/deep"), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn of_a_log_that_grows_the_beginning_is_copied(world: &World) {
    let words = "i=0; while true; do i=$((i+1)); echo line $i; [ $((i % 100)) != 0 ] || sleep 0.01; done";
    world.register_hcl(&script("web", 1, words, "max_files = 2\n max_file_size = 10"));
    world.until("running", 60.0, |w| w.healthy("web").len() == 1);
    let home = tempfile::tempdir().unwrap();
    let to = home.path().join("logs");
    let mut grown = false;
    for _ in 0..20 {
        if grown {
            break;
        }
        let ran = world.run(&["cp", "web:alloc/logs", &to.display().to_string()]);
        assert!(ran.code == 0 && ran.err.contains("same on both sides"), "{ran}");
        grown |= ran.err.contains("Grew while being copied");
        let log = std::fs::read_to_string(to.join("t.stdout.0")).unwrap();
        let (whole, _) = log.rsplit_once('\n').unwrap();
        assert!(whole.lines().zip(1..).all(|(line, n)| line == format!("line {n}")), "{}", whole.len());
    }
    assert!(grown, "twenty times nothing came between");
}

fn what_is_not_copied_is_listed_and_counts_for_nothing(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("a"), "whole").unwrap();
    std::fs::write(site.join("closed"), "not for everybody").unwrap();
    std::fs::set_permissions(site.join("closed"), std::fs::Permissions::from_mode(0o000)).unwrap();
    drop(std::os::unix::net::UnixListener::bind(site.join("socket")).unwrap());
    // Root reads what is closed too.
    let (files, bytes) = match std::fs::File::open(site.join("closed")) {
        Ok(_) => ("2 files", "22 bytes"),
        Err(_) => ("1 file", "5 bytes"),
    };
    let ran = world.run(&["cp", &site.display().to_string(), "web:local/"]);
    assert!(ran.code == 1 && ran.err.contains("site/socket: neither a file nor a directory"), "{ran}");
    assert!(ran.err.contains(&format!("{files}, {bytes} in")), "{ran}");
    assert_eq!(world.run(&sh("web", "cat local/site/a; ls local/site | grep -c socket")).out, "whole0\n");
}

fn a_name_that_is_no_text_keeps_nothing_else_back(world: &World) {
    use std::os::unix::ffi::OsStrExt as _;
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"odd-\xff");
    let site = home.path().join("site");
    std::fs::create_dir_all(site.join("dir")).unwrap();
    for name in ["one", "dir/two"] {
        std::fs::write(site.join(name), name).unwrap();
    }
    std::fs::write(site.join(odd), "odd").unwrap();
    let ran = world.run(&["cp", &site.display().to_string(), "web:local/", "-o", "json"]);
    assert!(ran.code == 1 && ran.err.contains("1 file not copied"), "{ran}");
    let copied: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&copied["files"], &copied["verified"]), (&2.into(), &true.into()), "{ran}");
    assert_eq!(copied["left_out"][0]["path"], "site/odd-\u{fffd}", "{ran}");
    assert_eq!(world.run(&sh("web", "cat local/site/one local/site/dir/two")).out, "onedir/two");
    // The same the other way: by the task's tar, by the fs API, and by a shell that walks.
    let make = "cd local/site && echo odd > \"$(printf 'odd-\\377')\"";
    assert_eq!(world.run(&sh("web", make)).code, 0);
    let there = world.run(&sh("web", "printf %s \"$NOMAD_TASK_DIR\"")).out;
    for (at, from) in [("tar", format!("web:{there}/site")), ("fs", "web:local/site".to_owned())] {
        let back = home.path().join(at);
        let ran = world.run(&["cp", &from, &back.display().to_string()]);
        assert!(ran.code == 1 && ran.err.contains("a name that is not UTF-8"), "{at}: {ran}");
        assert_eq!(std::fs::read_to_string(back.join("dir/two")).unwrap(), "dir/two", "{at}");
        assert_eq!(std::fs::read_dir(&back).unwrap().count(), 2, "{at}");
    }
    let ran = world.run(&["sync", &site.display().to_string(), "web:local/site", "--delete"]);
    assert!(ran.code == 1 && ran.err.contains("cannot be copied"), "{ran}");
}

fn what_a_killed_copy_left_is_removed_by_the_next(world: &World) {
    idle(world, "web", 1);
    let home = tempfile::tempdir().unwrap();
    let there = home.path().join("there");
    std::fs::create_dir(&there).unwrap();
    let large = home.path().join("large");
    std::fs::write(&large, noise(16 << 20)).unwrap();
    let fleet_dirs = |at: &Path| {
        let names =
            std::fs::read_dir(at).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with(".fleet-")).count()
    };
    assert_eq!(world.run(&["cp", &large.display().to_string(), "web:local/large"]).code, 0);
    let mut child =
        world.start(&["cp", "web:local/large", &there.display().to_string(), "--limit-rate", "1M"]);
    world.until("its beginning here", 20.0, |_| fleet_dirs(&there) == 1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fleet_dirs(&there), 1);
    assert_eq!(world.run(&["cp", "web:local/large", &there.display().to_string()]).code, 0);
    assert_eq!(fleet_dirs(&there), 0);
    // In the task, what looked after the copy may be killed too, as by a restart of the task.
    let mut child = world.start(&["cp", &large.display().to_string(), "web:local/", "--limit-rate", "1M"]);
    world.until("its beginning", 20.0, |w| w.run(&sh("web", "ls -A local | grep -q .fleet-")).code == 0);
    child.kill().unwrap();
    child.wait().unwrap();
    let kill = "for left in local/.fleet-*; do kill -9 ${left##*-}; done; sleep 0.2; ls -A local";
    let left = world.run(&sh("web", kill)).out;
    assert!(left.contains(".fleet-"), "{left}");
    assert_eq!(world.run(&["cp", "/etc/hosts", "web:local/"]).code, 0);
    assert_eq!(world.run(&sh("web", "ls -A local")).out, "hosts\nlarge\n");
}
