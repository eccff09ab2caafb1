//! What the binary does with its streams, its environment and its arguments, where no cluster is needed or none is there.

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Stdio;

use crate::binary::{Fleet, Ran};
use crate::canned::{Answer, Canned, recorded};

struct Bench {
    _home: tempfile::TempDir,
    fleet: Fleet,
}

impl Bench {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let fleet = Fleet::new(home.path());
        Bench { _home: home, fleet }
    }

    /// In front of a server that lists six nodes.
    fn with_nodes() -> Self {
        let server = Canned::new(|request| match request {
            r if r.starts_with("GET /v1/nodes") => recorded("nomad-2.0.5", "nodes-draining"),
            _ => Answer::new(404, ""),
        });
        let mut bench = Bench::new();
        bench.fleet = bench.fleet.env("NOMAD_ADDR", server.url);
        bench
    }
}

/// An address nobody listens at.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// The address of a run in a snapshot.
fn without(ran: &Ran, address: &str) -> String {
    ran.to_string().replace(address, "http://ADDRESS")
}

#[test]
fn a_cluster_that_is_away_is_told_with_the_address_and_where_it_came_from() {
    let (bench, address) = (Bench::new(), nobody());
    let ran = bench.fleet.env("NOMAD_ADDR", &address).run(&["node", "list"]);
    insta::assert_snapshot!(without(&ran, &address), @"
    exit code 5
    --- stdout
    --- stderr
    error: could not list the nodes at Nomad http://ADDRESS
      because: Connection refused (os error 111)
      hint: check that Nomad runs there and is reachable from here (the address came from NOMAD_ADDR)
    ");
    let by_flag = bench.fleet.run(&["--address", &address, "status"]);
    assert_eq!(by_flag.code, 5, "{by_flag}");
    assert!(by_flag.err.contains("--address"), "{by_flag}");
}

#[test]
fn an_address_that_makes_no_sense_is_a_mistake_and_not_a_failure() {
    let bench = Bench::new();
    for address in ["127.0.0.1:4646", "ftp://x", "http://"] {
        let ran = bench.fleet.env("NOMAD_ADDR", address).run(&["job", "list"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{address}: {ran}");
        assert!(ran.err.contains("NOMAD_ADDR"), "{ran}");
    }
}

#[test]
fn no_home_and_no_configuration_are_no_hindrance() {
    let server = Canned::new(|_| recorded("nomad-2.0.5", "nodes-list"));
    let bench = Bench::new();
    let mut command = bench.fleet.command(&["node", "list", "--no-headers"]);
    command.env_clear().env("NOMAD_ADDR", &server.url);
    let ran = Ran::of(&command.output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(ran.out.lines().count(), 6);
}

#[test]
fn nothing_is_coloured_where_colour_was_declined() {
    let bench = Bench::with_nodes();
    let escapes = |fleet: &Fleet, args: &[&str]| {
        let ran = fleet.run(args);
        ran.out.contains('\x1b') || ran.err.contains('\x1b')
    };
    let table: &[&str] = &["node", "list", "-o", "table"];
    let fleet = &bench.fleet;
    for args in [table, &["--help"], &["no-such-verb"], &["job", "show", "x"]] {
        assert!(!escapes(fleet, args), "{args:?} in a pipe");
        assert!(!escapes(&fleet.env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1"), args), "{args:?} NO_COLOR");
    }
    let plain: &[&str] = &["node", "list"];
    assert!(!escapes(fleet, plain), "a pipe alone");
    for forced in [table, plain] {
        assert!(escapes(&fleet.env("CLICOLOR_FORCE", "1"), forced), "{forced:?}");
    }
    assert!(escapes(&fleet.env("NO_COLOR", "1"), &["--color=always", "node", "list", "-o", "table"]));
    assert!(escapes(fleet, &["--color", "always", "--help"]));
}

#[test]
fn a_full_disk_is_an_error_and_a_reader_that_left_is_told() {
    let bench = Bench::with_nodes();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = Ran::of(&bench.fleet.command(&["node", "list"]).stdout(full).output().unwrap());
    insta::assert_snapshot!(ran, @"
    exit code 1
    --- stdout
    --- stderr
    error: could not write to stdout
      because: No space left on device (os error 28)
    ");
    let mut child = bench.fleet.command(&["node", "list", "-o", "json-lines"]).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(141), "{err}");
    let told: serde_json::Value = serde_json::from_str(&err).unwrap();
    assert_eq!(told["error"], "stdout was closed before everything was written to it");
}

#[test]
fn a_closed_stdin_is_no_hang_and_a_question_to_nobody_is_a_refusal() {
    let bench = Bench::with_nodes();
    let mut command = bench.fleet.command(&["node", "list"]);
    // The shell closes it for real; a library can only point it elsewhere.
    let shell = format!("exec {} node list <&-", env!("CARGO_BIN_EXE_fleet"));
    let mut closed = std::process::Command::new("/bin/sh");
    closed.args(["-c", &shell]).env_clear().envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))));
    let ran = Ran::of(&closed.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    let ran = Ran::of(&command.stdin(Stdio::null()).output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn data_goes_to_stdout_and_the_rest_to_stderr() {
    let empty = Canned::new(|request| match request {
        r if r.starts_with("GET /v1/acl/token/self") => Answer::new(400, "ACL support disabled"),
        _ => Answer::new(200, "[]"),
    });
    let bench = Bench::new();
    let fleet = bench.fleet.env("NOMAD_ADDR", &empty.url);
    for verb in ["node", "job", "alloc", "deployment", "eval"] {
        let ran = fleet.run(&[verb, "list"]);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran}");
        assert!(ran.err.starts_with("no "), "{ran}");
        let json = fleet.run(&[verb, "list", "-o", "json"]);
        assert_eq!((json.code, json.out.as_str(), json.err.as_str()), (0, "[]\n", ""), "{json}");
    }
    let verbose = fleet.run(&["node", "list", "-v", "--quiet"]);
    assert!(verbose.err.contains("\nGET /v1/nodes 200") && verbose.err.contains("(NOMAD_ADDR)"), "{verbose}");
}

#[test]
fn mistakes_of_the_command_line_suggest_what_was_meant() {
    let bench = Bench::with_nodes();
    let run = |args: &[&str]| bench.fleet.run(args);
    let none = run(&[]);
    assert_eq!((none.code, none.out.as_str()), (2, ""));
    insta::assert_snapshot!(run(&["staus"]), @"
    exit code 2
    --- stdout
    --- stderr
    error: unrecognized subcommand 'staus'

      tip: a similar subcommand exists: 'status'

    Usage: fleet [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(run(&["node", "list", "--clas", "old"]), @"
    exit code 2
    --- stdout
    --- stderr
    error: unexpected argument '--clas' found

      tip: a similar argument exists: '--class'

    Usage: fleet node list --class <CLASS> [NODE]...

    For more information, try '--help'.
    ");
    let unknown = run(&["node", "show", "c66"]);
    assert_eq!(unknown.code, 3, "{unknown}");
    assert!(unknown.err.contains("did you mean \"c6\"?"), "{unknown}");
    let ambiguous = Bench::new();
    let twins = Canned::new(|_| recorded("nomad-2.0.5", "deployments-list"));
    let ran = ambiguous.fleet.env("NOMAD_ADDR", twins.url).run(&["deployment", "show", "zz"]);
    assert_eq!(ran.code, 2, "{ran}");
}

#[test]
fn machines_get_whole_records_and_wide_screens_nothing_cut() {
    let bench = Bench::with_nodes();
    let piped = bench.fleet.env("COLUMNS", "40").run(&["node", "list"]);
    assert!(piped.out.lines().all(|l| l.split('\t').count() == 8), "{piped}");
    for line in piped.out.lines().skip(1) {
        assert_eq!(line.split('\t').next().map(str::len), Some(36), "{line}");
    }
}

#[test]
fn a_stream_that_ends_at_once_is_told_of_once_until_something_comes() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let event = r#"{"Index":7,"Events":[{"Topic":"Node","Type":"NodeEvent","Key":"k","Namespace":"","Index":7,"Payload":{}}]}"#;
    let server = Canned::new(move |request| match request {
        r if r.starts_with("GET /v1/event/stream") => {
            match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0..=4 => Answer::new(200, "[]"),
                _ => Answer::new(200, format!("{{}}\n{event}\n")),
            }
        }
        _ => Answer::new(404, ""),
    });
    let ran = Bench::new().fleet.env("NOMAD_ADDR", server.url).run(&["events", "--count", "1"]);
    assert!(ran.code == 0 && ran.out.contains("NodeEvent"), "{ran}");
    assert_eq!(ran.err.matches("the stream broke").count(), 1, "{ran}");
}

#[test]
fn the_name_of_a_node_is_no_beginning_of_an_allocations_id() {
    let id = "c137528e-0000-4000-8000-000000000001";
    let allocs = format!(
        r#"[{{"ID":"{id}","Name":"cweb.g[0]","Namespace":"default","JobID":"cweb","TaskGroup":"g","NodeID":"n1","NodeName":"c4",
            "DesiredStatus":"run","ClientStatus":"running","CreateIndex":1,"ModifyIndex":1}}]"#
    );
    let node = |name: &str| {
        format!(
            r#"{{"ID":"9ae8eb83-0000-4000-8000-000000000002","Name":"{name}","Status":"ready","SchedulingEligibility":"eligible","ModifyIndex":1}}"#
        )
    };
    let nodes = format!("[{}]", node("c1"));
    let server = Canned::new(move |request| match request {
        r if r.starts_with("GET /v1/nodes") => Answer::new(200, nodes.clone()),
        r if r.starts_with("GET /v1/allocations") && r.contains("filter") => Answer::new(200, "[]"),
        r if r.starts_with("GET /v1/allocations") => Answer::new(200, allocs.clone()),
        _ => Answer::new(404, ""),
    });
    let bench = Bench::new();
    let fleet = || bench.fleet.env("NOMAD_ADDR", &server.url);
    for args in [&["exec", "c1", "--", "true"][..], &["logs", "c1"], &["alloc", "stop", "c1", "--yes"]] {
        let ran = fleet().run(args);
        // The codes below 125 are the command's own.
        let of_a_task = args[0] == "exec";
        assert!(ran.code == 2 || (of_a_task && ran.code == 125), "{args:?}: {ran}");
        assert!(ran.err.contains("c1 is a node, and the beginning of an allocation's id"), "{ran}");
        assert!(ran.err.contains("write c137528e if that one is meant"), "{ran}");
    }
    // No node is called so; what changes something still takes as much as is printed.
    let ran = fleet().run(&["alloc", "stop", "c13", "--yes"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.err.contains("\"c13\" is too short for what changes an allocation"), "{ran}");
    assert!(server.asked().iter().all(|request| request.starts_with("GET ")), "{:?}", server.asked());
}
