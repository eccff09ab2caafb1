//! What a rotation looks like, to people and to machines, on the embedded fleet.

use regex::Regex;
use serde_json::Value;

use crate::binary::{Fleet, Ran};

/// `fleet sandbox run` with a rotation of the old nodes; times are taken out of what it prints.
fn rotate(scenario: &str, args: &[&str]) -> Ran {
    let home = tempfile::tempdir().unwrap();
    let before =
        ["sandbox", "run", "--scenario", scenario, "--speed", "20", "--", "rotate-nodes", "--class", "old"];
    let all: Vec<&str> = before.iter().chain(args).copied().collect();
    let ran = Fleet::new(home.path()).run(&all);
    Ran { out: timeless(&ran.out), err: timeless(&ran.err), ..ran }
}

fn timeless(text: &str) -> String {
    let stamp = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").unwrap();
    let rotation = Regex::new(r"r-[0-9a-f]{8}").unwrap();
    rotation.replace_all(&stamp.replace_all(text, "TIME"), "r-ID").into_owned()
}

#[test]
fn a_preview_says_what_moves_what_does_not_and_whether_it_fits() {
    insta::assert_snapshot!(rotate("small", &["--dry-run", "--singletons", "gap", "--batch", "wait"]), @"
    exit code 0
    --- stdout
    # Nodes, in this order
    #	NODE	CLASS	MOVES	BATCH	SYSTEM	NOTE
    1	c3	old	2	0	1	
    2	c2	old	3	1	1	its batch work is waited for
    3	c1	old	5	0	1	

    # Services that move
    SERVICE	COUNT	HEALTHY	NEVER BELOW	MOVES
    api/api	3	3	1	3
    ledger/ledger	1	1	0	1
    web/pages	4	4	3	4
    web/pictures	2	2	1	2

    Batch work, which Nomad does not move: report.report[0] on c2
    System jobs, which stop with their node: shipper.shipper[0] on c3, shipper.shipper[0] on c2, shipper.shipper[0] on c1

    # Forecast of the cluster's scheduler
    10 of 10 moves can be placed
    about 82 s when all goes well, batch work and waiting left out; each moves once
    pool default: memory 1 % of 3 nodes now, 45 % at the peak; CPU 1 % now, 32 % at the peak
    --- stderr
    the embedded fleet, scenario small: a shop of five jobs on three old nodes, and three new ones that wait to take over; its clock runs 20 times as fast as yours
    ");
}

#[test]
fn what_needs_a_decision_holds_it_and_says_which() {
    insta::assert_snapshot!(rotate("small", &["--yes"]), @"
    exit code 7
    --- stdout
    --- stderr
    the embedded fleet, scenario small: a shop of five jobs on three old nodes, and three new ones that wait to take over; its clock runs 20 times as fast as yours
    Nodes, in this order
    #  NODE  CLASS  MOVES  BATCH  SYSTEM  NOTE
    1  c3    old        2      0       1  -
    2  c2    old        3      1       1  -
    3  c1    old        5      0       1  -

    Services that move
    SERVICE        COUNT  HEALTHY  NEVER BELOW  MOVES
    api/api            3        3            1      3
    ledger/ledger      1        1            1      1
    web/pages          4        4            3      4
    web/pictures       2        2            1      2

    Batch work, which Nomad does not move: report.report[0] on c2
    System jobs, which stop with their node: shipper.shipper[0] on c3, shipper.shipper[0] on c2, shipper.shipper[0] on c1

    Forecast of the cluster's scheduler
    10 of 10 moves can be placed
    about 82 s when all goes well, batch work and waiting left out; each moves once
    pool default: memory 1 % of 3 nodes now, 45 % at the peak; CPU 1 % now, 32 % at the peak

    Blocked by
    ledger/ledger has one instance and is down while it moves (--singletons surge, --singletons gap, or --singletons skip)
    batch work is running, which Nomad does not move: report.report[0] (--batch wait, kill or skip)
    error: the rotation was not started; nothing was changed
      because: ledger/ledger has one instance and is down while it moves
      because: batch work is running, which Nomad does not move: report.report[0]
      hint: --batch wait, kill or skip
      hint: --singletons surge, --singletons gap, or --singletons skip
    ");
}

#[test]
fn what_does_not_fit_is_refused_with_the_reasons_of_the_scheduler() {
    insta::assert_snapshot!(rotate("pinned", &["--dry-run", "--singletons", "gap"]), @"
    exit code 7
    --- stdout
    # Nodes, in this order
    #	NODE	CLASS	MOVES	BATCH	SYSTEM	NOTE
    1	c1	old	2	0	0	
    2	c2	old	3	0	0	
    3	c3	old	3	0	0	

    # Services that move
    SERVICE	COUNT	HEALTHY	NEVER BELOW	MOVES
    gateway/gateway	3	3	2	3
    licence/licence	1	1	0	1
    quorum/quorum	5	5	4	3
    scanner/scanner	1	1	0	1

    # Forecast of the cluster's scheduler
    4 moves cannot be placed
      1 of licence/licence: 3 nodes ruled out by ${node.class} = old
      2 of quorum/quorum: 1 node ruled out by distinct_hosts
      1 of scanner/scanner: 3 nodes ruled out by ${node.unique.name} = c2
    pool default: memory 4 % of 3 nodes now, 18 % at the peak; CPU 3 % now, 15 % at the peak

    # Blocked by
    1 of licence/licence cannot be placed: 3 nodes ruled out by ${node.class} = old (add room first, or start replacements with --replace-with-cmd)
    2 of quorum/quorum cannot be placed: 1 node ruled out by distinct_hosts (add room first, or start replacements with --replace-with-cmd)
    1 of scanner/scanner cannot be placed: 3 nodes ruled out by ${node.unique.name} = c2 (add room first, or start replacements with --replace-with-cmd)
    --- stderr
    the embedded fleet, scenario pinned: jobs bound to a class, a node, a port or hosts of their own; not all may leave the old nodes; its clock runs 20 times as fast as yours
    error: the rotation was not started; nothing was changed
      because: 1 of licence/licence cannot be placed: 3 nodes ruled out by ${node.class} = old
      because: 2 of quorum/quorum cannot be placed: 1 node ruled out by distinct_hosts
      because: 1 of scanner/scanner cannot be placed: 3 nodes ruled out by ${node.unique.name} = c2
      hint: add room first, or start replacements with --replace-with-cmd
    ");
}

#[test]
fn a_preview_for_machines_is_one_document() {
    let ran = rotate("full", &["--dry-run", "-o", "json"]);
    let preview: Value = serde_json::from_str(&ran.out).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&preview["forecast"]).unwrap(), @r#"
    {
      "covered": 6,
      "losses": [
        {
          "group": "search",
          "job_id": "search",
          "namespace": "default",
          "reason": "no room: memory on 3 nodes",
          "unplaced": 5
        }
      ],
      "not_planned": 0,
      "pools": [
        {
          "cpu_mhz_peak": 13350,
          "cpu_mhz_total": 12000,
          "cpu_mhz_used": 6150,
          "memory_mib_peak": 19992,
          "memory_mib_total": 12288,
          "memory_mib_used": 9192,
          "node_pool": "default",
          "nodes": 3
        }
      ],
      "preempts": [],
      "total": 6,
      "unknown": null,
      "verdict": "does-not-fit"
    }
    "#);
    assert_eq!((ran.code, preview["nodes"].as_array().unwrap().len()), (7, 3), "{ran}");
}

#[test]
fn events_tell_a_rotation_from_beginning_to_end_one_object_a_line() {
    let ran = rotate("flaky", &["--yes", "-o", "json-lines"]);
    let events: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = events.iter().filter_map(|e| e["event"].as_str()).collect();
    assert_eq!(kinds[..2], ["plan", "started"], "{ran}");
    assert!(kinds.last() == Some(&"stopped"), "{kinds:?}");
    assert!(kinds.contains(&"alloc-stopped") && kinds.contains(&"replacement-placed"), "{ran}");
    assert!(events.iter().all(|e| e["event"].is_string()), "{ran}");
    assert_eq!(ran.code, 1, "{ran}");
}

#[test]
fn the_first_command_of_the_readme_rotates_and_verifies_within_a_minute() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let command = readme.lines().find_map(|line| line.strip_prefix("cargo run -- ")).unwrap();
    let home = tempfile::tempdir().unwrap();
    let args: Vec<&str> = command.split_whitespace().collect();
    let ran = Fleet::new(home.path()).run(&args);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.out.ends_with("3 of 3 nodes rotated, 10 allocations moved and healthy\n"), "{ran}");
    // Told by the events themselves: from the first to the last.
    let stamp = Regex::new(r"T(\d\d):(\d\d):(\d\d)").unwrap();
    let seconds: Vec<u32> = stamp
        .captures_iter(&ran.err)
        .map(|c| c.extract::<3>().1.map(|n| n.parse::<u32>().unwrap()))
        .map(|[h, m, s]| h * 3600 + m * 60 + s)
        .collect();
    let (first, last) = (seconds.first().unwrap(), seconds.last().unwrap());
    assert!((last + 86_400 - first) % 86_400 < 60, "{ran}");
}
