//! `logs` from end to end.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Read as _};

use fleet::api::http::Write;

use crate::binary::Ran;
use crate::chaos::{Chaos, Harm};
use crate::e2e::jobs::script;
use crate::e2e::world::{World, signal};

cases! {
    both_streams_are_printed_with_their_marks,
    the_last_lines_and_matching_lines_are_chosen,
    following_ends_with_the_allocation_and_its_last_line,
    every_line_comes_once_over_rotations_and_broken_connections,
    every_line_comes_once_with_a_token_for_logs_alone,
    a_restarted_task_goes_on_in_the_same_log,
    a_replacement_joins,
    what_comes_after_a_failure_is_waited_for,
    a_log_that_is_collected_is_whole_or_says_so,
    more_are_read_than_there_are_connections,
    what_is_rotated_away_unread_is_a_gap,
    what_is_older_is_left_out_and_what_matches_is_marked,
    no_more_is_followed_than_there_is_room_for,
    a_reader_that_leaves_ends_it_at_once,
    what_is_written_comes_byte_for_byte_over_many_files,
}

const SMALL: &str = "max_files = 1\n max_file_size = 1";
const WAIT: &str = "while true; do sleep 3600 & wait; done";

fn stop(world: &World, job: &str) {
    world.write(&Write::delete(format!("/v1/job/{job}"), "stop a job").namespace("default"));
}

fn start(world: &World, name: &str, count: u32, text: &str, logs: &str) {
    world.register_hcl(&script(name, count, text, logs));
    world.until("running", 60.0, |w| w.healthy(name).len() == count as usize);
}

/// Waits until a log holds this line.
fn logged(world: &World, job: &str, line: &str) {
    world.until(&format!("{line} logged"), 60.0, |w| {
        w.run(&["logs", job, "--raw"]).out.lines().any(|l| l == line)
    });
}

fn both_streams_are_printed_with_their_marks(world: &World) {
    start(world, "web", 1, &format!("echo out; echo err >&2; echo done; {WAIT}"), SMALL);
    logged(world, "web", "done");
    logged(world, "web", "err");
    let both = world.run(&["logs", "web"]);
    let mut lines: Vec<&str> = both.out.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["  done", "  out", "! err"], "{both}");
    assert_eq!(world.run(&["logs", "web", "--stdout"]).out, "out\ndone\n");
    assert_eq!(world.run(&["logs", "web", "--stderr"]).out, "err\n");
    let json = world.run(&["logs", "web", "--stderr", "-o", "json-lines"]);
    let line: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((line["stream"].as_str(), line["line"].as_str()), (Some("stderr"), Some("err")), "{json}");
}

fn the_last_lines_and_matching_lines_are_chosen(world: &World) {
    // Several files, so that the last lines are counted over the end of one.
    let text = format!(
        "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); echo \"line $i {}\"; done; echo end; {WAIT}",
        "x".repeat(80)
    );
    start(world, "web", 1, &text, "max_files = 5\n max_file_size = 1");
    logged(world, "web", "end");
    let numbers = |ran: &Ran| -> Vec<u32> {
        ran.out.lines().filter_map(|l| l.split(' ').nth(1)?.parse().ok()).collect()
    };
    for tail in [1_u32, 2, 500, 12_000, 29_000] {
        let ran = world.run(&["logs", "web", "--stdout", "--tail", &tail.to_string()]);
        let expected: Vec<u32> = (30_002 - tail..=30_000).collect();
        assert_eq!(ran.out.lines().count(), tail as usize, "{tail}");
        assert_eq!(numbers(&ran), expected, "{tail}");
    }
    assert_eq!(world.run(&["logs", "web", "--tail", "0", "--stdout"]).out, "");
    let ran = world.run(&["logs", "web", "--stdout", "--grep", "^line 1234[0-9] "]);
    assert_eq!(numbers(&ran), (12_340..12_350).collect::<Vec<_>>());
}

fn following_ends_with_the_allocation_and_its_last_line(world: &World) {
    let text = "trap 'echo bye; exit 0' TERM INT; i=0; while true; do i=$((i+1)); echo $i; sleep 0.1; done";
    start(world, "web", 1, text, SMALL);
    let mut child = world.start(&["logs", "web", "-f", "--raw", "--stdout"]);
    let mut first = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    stop(world, "web");
    let lines: Vec<String> = out.lines().map(Result::unwrap).collect();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    let from: u32 = first.trim().parse().unwrap();
    let numbers: Vec<u32> = lines.iter().filter_map(|l| l.parse().ok()).collect();
    assert_eq!(numbers, (from + 1..=from + u32::try_from(numbers.len()).unwrap()).collect::<Vec<_>>());
}

/// Writes 3 MiB of numbered lines in bursts.
fn counter() -> String {
    format!(
        "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); echo \"$i {}\"; [ $((i%1000)) = 0 ] && sleep 0.2; done; echo end; {WAIT}",
        "x".repeat(90)
    )
}

fn follow_through_chaos(world: &World, token: &str) {
    start(world, "web", 1, &counter(), "max_files = 10\n max_file_size = 1");
    let chaos = Chaos::new(&world.address, Harm::Cut(20_000..400_000));
    let fleet =
        world.fleet().env("NOMAD_ADDR", &chaos.url).env("FLEET_DIRECT", "never").env("NOMAD_TOKEN", token);
    let mut child = fleet
        .command(&["logs", "web", "-f", "--raw", "--stdout", "--tail", "1000000", "--strict", "--stats"])
        .stderr(std::process::Stdio::inherit())
        .spawn()
        .unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut expected = 1_u32;
    for line in out.by_ref().lines() {
        let line = line.unwrap();
        if line == "end" {
            break;
        }
        let number: u32 = line.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(number, expected, "after {} cuts", chaos.done());
        assert_eq!(line.len(), number.to_string().len() + 91);
        expected += 1;
    }
    assert_eq!(expected, 30_001);
    assert!(chaos.done() > 5, "{}", chaos.done());
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

fn every_line_comes_once_over_rotations_and_broken_connections(world: &World) {
    follow_through_chaos(world, &world.token.clone());
}

fn every_line_comes_once_with_a_token_for_logs_alone(world: &World) {
    start(world, "web", 1, &counter(), "max_files = 10\n max_file_size = 1");
    logged(world, "web", "end");
    let token =
        world.token("namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\", \"read-logs\"] }");
    let fleet = world.fleet().env("NOMAD_TOKEN", token);
    // A node learns of a new token a little later than the servers.
    world.until("the token known", 60.0, |_| fleet.run(&["logs", "web", "--tail", "1"]).code == 0);
    let elsewhere = fleet.run(&["node", "list", "-o", "raw"]);
    assert_eq!(elsewhere.code, 2, "{elsewhere}");
    assert!(elsewhere.err.contains("-o raw works only with fleet logs"), "{elsewhere}");
    let ran = fleet.run(&["logs", "web", "-o", "raw", "--stdout"]);
    let numbers: Vec<u32> = ran.out.lines().filter_map(|l| l.split(' ').next()?.parse().ok()).collect();
    assert_eq!((ran.code, numbers), (0, (1..=30_000).collect()), "{}", ran.err);
    let tail = fleet.run(&["logs", "web", "--raw", "--stdout", "--tail", "3"]);
    assert_eq!(tail.out.lines().count(), 3, "{tail}");
    assert!(tail.out.starts_with("29999 ") && tail.out.ends_with("end\n"), "{tail}");
}

fn a_restarted_task_goes_on_in_the_same_log(world: &World) {
    let text = "i=0; while true; do i=$((i+1)); echo \"$$ $i\"; sleep 0.02; done";
    start(world, "web", 1, text, SMALL);
    let id = world.allocs("web")[0].id.clone();
    let mut child = world.start(&["logs", &id, "-f", "--raw", "--stdout", "--tail", "100000"]);
    let out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut runs: BTreeMap<String, u32> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for line in out.lines() {
        let line = line.unwrap();
        let (run, number) = line.split_once(' ').unwrap();
        let seen = runs.entry(run.to_owned()).or_insert_with(|| {
            order.push(run.to_owned());
            0
        });
        *seen += 1;
        assert_eq!(number.parse::<u32>().unwrap(), *seen, "{line}");
        if *seen == 40 && order.len() < 3 {
            world.write(
                &Write::put(format!("/v1/client/allocation/{id}/restart"), "restart")
                    .body(&serde_json::json!({})),
            );
        }
        if order.len() == 3 && runs[&order[2]] == 40 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(order.len(), 3, "{runs:?}");
}

fn a_replacement_joins(world: &World) {
    start(world, "web", 1, &format!("echo \"here is $NOMAD_ALLOC_ID\"; {WAIT}"), SMALL);
    let old = world.allocs("web")[0].id.clone();
    let mut child = world.start(&["logs", "web", "-f", "--raw", "--stdout"]);
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, format!("here is {old}\n"));
    world.write(&Write::put(format!("/v1/allocation/{old}/stop"), "stop"));
    line.clear();
    out.read_line(&mut line).unwrap();
    world.until("the replacement healthy", 60.0, |w| w.healthy("web").len() == 1);
    let new = world.healthy("web");
    assert_eq!(line, format!("here is {}\n", new[0].id));
    child.kill().unwrap();
    child.wait().unwrap();
}

fn what_comes_after_a_failure_is_waited_for(world: &World) {
    // It fails, and is tried again after a while in which nothing runs.
    let again = "restart {\n attempts = 0\n mode = \"fail\"\n }\n reschedule {\n attempts = 5\n interval = \"1h\"\n \
                 delay = \"5s\"\n delay_function = \"constant\"\n unlimited = false\n }\n";
    let job = script("web", 1, "echo try; exit 1", SMALL)
        .replacen("update {\n min_healthy_time = \"100ms\"\n health_check = \"task_states\"\n }\n", "", 1)
        .replacen("restart {\n delay = \"1s\"\n }\n", again, 1)
        .replacen("group \"g\"", "type = \"batch\"\n group \"g\"", 1);
    world.register_hcl(&job);
    world.until("a first try", 60.0, |w| !w.allocs("web").is_empty());
    let mut child = world.start(&["logs", "web", "-f", "--raw", "--stdout"]);
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    assert_eq!(out.by_ref().lines().take(3).filter(|l| l.as_ref().unwrap() == "try").count(), 3);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran}");
    // Where time runs fast, the next one is there before the last words of the one before.
    assert!(world.speed > 1.0 || ran.err.contains("waiting for the next instance"), "{ran}");
}

fn a_log_that_is_collected_is_whole_or_says_so(world: &World) {
    start(world, "web", 1, &counter(), "max_files = 10\n max_file_size = 1");
    let id = world.allocs("web")[0].id.clone();
    let child = world.start(&["logs", "web", "-f", "--raw", "--stdout", "--tail", "1000000", "--strict"]);
    // Somebody reads it all the time: who waits for room in a pipe reads no log meanwhile.
    let reading = std::thread::spawn(move || Ran::of(&child.wait_with_output().unwrap()));
    logged(world, "web", "end");
    let purge = Write::delete("/v1/job/web", "purge a job").query("purge", "true").namespace("default");
    world.write(&purge);
    world.until("ended", 60.0, |w| w.allocs("web").iter().all(|a| a.client_status.is_terminal()));
    world.write(&Write::put("/v1/system/gc", "collect garbage"));
    let ran = reading.join().unwrap();
    let numbers: Vec<u32> = ran.out.lines().filter_map(|l| l.split(' ').next()?.parse().ok()).collect();
    assert_eq!(numbers, (1..=30_000).collect::<Vec<_>>(), "{}", ran.err);
    assert!(ran.code == 0 || (ran.code == 1 && ran.err.contains("gap in stdout of")), "{id}: {}", ran.err);
}

fn more_are_read_than_there_are_connections(world: &World) {
    start(world, "web", 20, &format!("echo out; echo err >&2; {WAIT}"), SMALL);
    world.until("all logged", 60.0, |w| {
        let ran = w.run(&["logs", "web", "--raw"]);
        assert_eq!(ran.code, 0, "{ran}");
        ran.out.lines().filter(|l| *l == "out").count() == 20
            && ran.out.lines().filter(|l| *l == "err").count() == 20
    });
}

fn what_is_rotated_away_unread_is_a_gap(world: &World) {
    let text = format!(
        "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); echo \"$i {}\"; [ $((i%500)) = 0 ] && sleep 0.03; done; echo end; {WAIT}",
        "x".repeat(90)
    );
    start(world, "web", 1, &text, "max_files = 1\n max_file_size = 1");
    let mut child = world.start(&["logs", "web", "-f", "--stdout", "--raw", "--strict", "--tail", "100000"]);
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    signal(&child, "STOP");
    logged(world, "web", "end");
    signal(&child, "CONT");
    let reader = std::thread::spawn(move || out.lines().map(Result::unwrap).collect::<Vec<_>>());
    world.pause(3.0 * world.speed);
    stop(world, "web");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    let lines = reader.join().unwrap();
    assert_eq!(lines.last().map(String::as_str), Some("end"));
    // What did come is in order, and a gap is told wherever something is missing, and nowhere else.
    let numbers: Vec<u32> = lines.iter().filter_map(|l| l.split(' ').next()?.parse().ok()).collect();
    let breaks = numbers.windows(2).filter(|w| w[1] != w[0] + 1).count();
    assert!(numbers.windows(2).all(|w| w[1] > w[0]), "{ran}");
    assert_eq!(ran.err.matches("gap in stdout").count(), breaks, "{ran}");
    assert_eq!(
        (ran.code, ran.err.contains("removed before they could be read")),
        (i32::from(breaks > 0), breaks > 0)
    );
    // On its way through real servers all of it may find room.
    assert!(breaks > 0 || world.speed == 1.0, "nothing was missed: the case proves nothing");
}

fn what_is_older_is_left_out_and_what_matches_is_marked(world: &World) {
    let text = format!(
        "echo 2020-01-01T00:00:00Z old; echo 'goes with old'; date -u +'%FT%TZ new'; echo done; {WAIT}"
    );
    start(world, "web", 1, &text, SMALL);
    logged(world, "web", "done");
    let since = |when: &str| world.run(&["logs", "web", "--raw", "--since", when]);
    assert_eq!(since("87600h").out.lines().count(), 4);
    let hour = since("1h");
    assert!(hour.code == 0 && hour.out.lines().count() == 2 && hour.out.ends_with("new\ndone\n"), "{hour}");
    assert_eq!(since("2020-01-01T00:00:00Z").out.lines().count(), 4);
    assert_eq!(since("2100-01-01T00:00:00Z").out, "");
    assert_eq!(since("yesterday").code, 2);
    let marked = world.run(&["logs", "web", "--raw", "--highlight", "o.d", "--color", "always"]);
    assert!(marked.out.contains("\x1b[") && marked.out.contains("old"), "{marked}");
    let plain = world.run(&["logs", "web", "--raw", "--highlight", "o.d"]);
    assert!(!plain.out.contains('\x1b'), "{plain}");
}

fn no_more_is_followed_than_there_is_room_for(world: &World) {
    start(world, "web", 13, &format!("echo here; {WAIT}"), SMALL);
    let mut child = world.start(&["logs", "web", "-f", "--raw"]);
    let mut err = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    err.read_line(&mut line).unwrap();
    assert!(line.contains("at most 24 logs are followed; left out: "), "{line}");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // Half of them fit.
    let mut child = world.start(&["logs", "web", "-f", "--raw", "--stdout"]);
    let out = std::io::BufReader::new(child.stdout.take().unwrap());
    assert_eq!(out.lines().take(13).filter(|l| l.as_ref().unwrap() == "here").count(), 13);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert!(!ran.err.contains("left out"), "{ran}");
}

fn a_reader_that_leaves_ends_it_at_once(world: &World) {
    start(world, "web", 1, &format!("echo one; echo two; {WAIT}"), "max_files = 2\n max_file_size = 1");
    logged(world, "web", "two");
    // Nothing more is ever written, and the end is noticed all the same.
    let mut child = world.start(&["logs", "web", "-f", "--stdout"]);
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "one\n");
    drop(out);
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (141, ""), "{ran}");
    // What prints without end stops with its reader; a list says that it was not told to the end.
    for args in [
        &["exec", "web", "--", "sh", "-c", "yes | head -n 300000"][..],
        &["exec", "web", "--all", "--", "sh", "-c", "yes | head -n 300000"],
    ] {
        let mut child = world.start(args);
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut String::new()).unwrap();
        drop(out);
        let ran = Ran::of(&child.wait_with_output().unwrap());
        assert_eq!(ran.code, 141, "{ran}");
    }
    let mut child = world.start(&["job", "list"]);
    drop(child.stdout.take());
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert!(ran.code == 141 && ran.err.contains("stdout was closed"), "{ran}");
}

fn what_is_written_comes_byte_for_byte_over_many_files(world: &World) {
    // 3 MiB in files of 1 MiB, with a last line that has no end.
    let text = format!(
        "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); echo \"$i {}\"; done; printf end; {WAIT}",
        "x".repeat(90)
    );
    start(world, "web", 1, &text, "max_files = 10\n max_file_size = 1");
    logged(world, "web", "end");
    let expected: String = (1..=30_000).map(|i| format!("{i} {}\n", "x".repeat(90))).collect();
    let ran = world.run(&["logs", "web", "--raw", "--stdout"]);
    assert!(ran.code == 0 && ran.out == expected.clone() + "end\n", "{}", ran.err);
    let ran = world.run(&["logs", "web", "--stdout", "--tail", "20001", "--stats"]);
    let tail: String = expected.split_inclusive('\n').skip(10_000).collect();
    assert!(ran.code == 0 && ran.out == tail + "end\n", "{}", ran.err);
    assert!(ran.err.contains("complete"), "{}", ran.err);
}
