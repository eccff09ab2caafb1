//! Contexts as an operator keeps them: changed by commands, protected, pinned, with several addresses, several at once.

use serde_json::{Value, json};

use crate::binary::{Fleet, Ran};
use crate::canned::{Answer, Canned, recorded};

/// A cluster that tells these keys, leads, and has the recorded nodes.
fn cluster(keys: &'static [&'static str]) -> Canned {
    Canned::new(move |asked| match asked.split('?').next().unwrap_or_default() {
        "GET /.well-known/jwks.json" => {
            let keys: Vec<Value> = keys.iter().map(|kid| json!({"kid": kid, "kty": "RSA"})).collect();
            Answer::new(200, json!({"keys": keys}).to_string())
        }
        "GET /v1/status/leader" => Answer::new(200, "\"127.0.0.1:4647\""),
        "GET /v1/nodes" => recorded("nomad-2.0.5", "nodes-list"),
        _ => Answer::new(404, "not found"),
    })
}

/// An address that nobody listens at.
const NOWHERE: &str = "http://127.0.0.1:9";

fn document(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{ran}");
    serde_json::from_str(&ran.out).unwrap()
}

struct Home {
    dir: tempfile::TempDir,
    fleet: Fleet,
}

fn home() -> Home {
    let dir = tempfile::tempdir().unwrap();
    let fleet = Fleet::new(dir.path());
    Home { dir, fleet }
}

impl Home {
    fn run(&self, line: &str) -> Ran {
        let words = shlex::split(line).unwrap();
        self.fleet.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("config/contexts.toml")).unwrap()
    }
}

#[test]
fn a_file_is_begun_from_the_environment_and_kept_by_commands() {
    let home = home();
    let begun = home.fleet.env("NOMAD_ADDR", "http://10.0.0.1:4646").env("NOMAD_TOKEN", "s3cr3t-t0ken");
    let begun = document(&begun.run(&["context", "init", "-o", "json"]));
    assert_eq!((&begun["context"], &begun["current"]), (&"default".into(), &true.into()));
    assert!(!home.file().contains("s3cr3t"), "a token was written");
    let again = home.fleet.env("NOMAD_ADDR", NOWHERE).run(&["context", "init"]);
    assert!(again.code == 2 && again.err.contains("context add"), "{again}");

    let add = "context add prod --address https://n1:4646 --failover https://n2:4646 --token-cmd 'pass show \"nomad prod\"' \
               --ca-cert ca.pem --description 'the real one' --protected -o json";
    document(&home.run(add));
    let file = home.file();
    assert!(file.contains(r#"token_cmd = ["pass", "show", "nomad prod"]"#), "{file}");
    assert!(file.contains(&format!("ca_cert = \"{}/ca.pem\"", home.dir.path().display())), "{file}");
    let twice = home.run("context add prod --address https://n1:4646");
    assert!(twice.code == 2 && twice.err.contains("context edit prod"), "{twice}");
    let nowhere = home.run("context add lab");
    assert!(nowhere.code == 2 && nowhere.err.contains("no address"), "{nowhere}");
    let comma = home.run("context add a,b --address http://x:4646");
    assert!(comma.code == 2 && comma.err.contains("no name"), "{comma}");

    document(&home.run("context use prod -o json"));
    document(&home.run("context rename prod eu/prod -o json"));
    let listed = document(&home.run("context list -o json"));
    assert_eq!(
        listed[1],
        json!({"context": "eu/prod", "current": true, "protected": true, "pinned": false,
            "nomad_address": "https://n1:4646", "consul_address": null, "description": "the real one"})
    );
    // A token file takes the place of the command: only one of them may be there.
    document(&home.run("context edit eu/prod --token-file /run/token --unset nomad.failover -o json"));
    assert!(!home.file().contains("token_cmd") && !home.file().contains("failover"), "{}", home.file());
    let typo = home.run("context edit eu/prod --unset nomad.adress");
    assert!(typo.code == 2 && typo.err.contains("did you mean \"nomad.address\""), "{typo}");
    let unprotected = home.run("context edit eu/prod --unset protected");
    assert!(unprotected.code == 7 && home.file().contains("protected = true"), "{unprotected}");
    assert_eq!(home.run("context edit eu/prod --unset protected --confirm eu/prod").code, 0);
    assert_eq!(home.run("context remove eu/prod --yes").code, 0);
    assert_eq!(document(&home.run("context list -o json")).as_array().unwrap().len(), 1);
    assert_eq!(home.run("context use eu/prod").code, 3);
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = home();
    assert_eq!(home.run("context add a --address http://a:4646").code, 0);
    let mode = std::fs::metadata(home.dir.path().join("config/contexts.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_is_protected_is_not_changed_before_its_name_is_typed() {
    let home = home();
    let server = cluster(&[]);
    let add = format!("context add prod --address {} --protected --use", server.url);
    assert_eq!(home.run(&add).code, 0);
    let stopped = home.run("job stop web --yes");
    assert!(stopped.code == 7 && stopped.err.contains("context prod is protected"), "{stopped}");
    assert_eq!(server.asked(), [] as [&str; 0], "something was asked before");
    assert_eq!(home.run("node list").code, 0, "what reads is not asked about");
    let nobody = home.run("context lift prod --for 10m");
    assert!(nobody.code == 7 && nobody.err.contains("pass --confirm prod"), "{nobody}");
    let wrong = home.run("context lift prod --for 10m --confirm staging");
    assert_eq!(wrong.code, 7, "{wrong}");
    let lifted = document(&home.run("context lift prod --for 10m --confirm prod -o json"));
    assert!(lifted["lifted_until"].is_string(), "{lifted}");
    let goes_on = home.run("job stop web --yes");
    assert!(goes_on.code != 7, "{goes_on}");
    assert_eq!(home.run("context lift prod --end").code, 0);
    assert_eq!(home.run("job stop web --yes").code, 7);
    let child = home.run("context exec -- true");
    assert!(child.code == 125 && child.err.contains("protected"), "{child}");
}

#[test]
fn an_address_that_leads_to_another_cluster_is_refused() {
    let home = home();
    let (ours, rotated, theirs) = (cluster(&["k1", "k2"]), cluster(&["k2", "k3"]), cluster(&["x1"]));
    assert_eq!(home.run(&format!("context add prod --address {} --pin --use", ours.url)).code, 0);
    assert!(home.file().contains(r#"keys = ["k1", "k2"]"#), "{}", home.file());
    assert_eq!(home.run("node list").code, 0);
    let moved = |to: &Canned| {
        let edit = format!("context edit prod --address {}", to.url);
        assert_eq!(home.run(&edit).code, 0);
    };
    moved(&theirs);
    let refused = home.fleet.env("NOMAD_TOKEN", "s3cr3t").run(&["node", "list"]);
    assert!(refused.code == 7 && refused.err.contains("context edit prod --pin"), "{refused}");
    assert_eq!(theirs.asked(), ["GET /.well-known/jwks.json"], "it was asked more than who it is");
    // Keys come and go; one that is known is enough, and the new ones are remembered.
    moved(&rotated);
    assert_eq!(home.run("node list").code, 0);
    assert!(home.file().contains(r#"keys = ["k2", "k3"]"#), "{}", home.file());
    // An address from elsewhere is not the context's.
    assert_eq!(home.fleet.env("NOMAD_ADDR", &theirs.url).run(&["node", "list"]).code, 0);
    let old = Canned::new(|_| Answer::new(404, "not found"));
    let nothing = home.run(&format!("context add old --address {} --pin", old.url));
    assert!(nothing.code == 7 && nothing.err.contains("1.7"), "{nothing}");
}

#[test]
fn the_next_address_is_asked_where_one_does_not_answer() {
    let home = home();
    let server = cluster(&[]);
    let add = format!("context add prod --address {NOWHERE} --failover {} --use", server.url);
    assert_eq!(home.run(&add).code, 0);
    let listed = home.run("node list");
    assert!(listed.code == 0 && listed.err.contains(&format!("asking {}", server.url)), "{listed}");
    let child = home.run("context exec prod -- sh -c 'echo $NOMAD_ADDR; exit 3'");
    assert_eq!((child.code, child.out.trim()), (3, &*server.url), "{child}");
    assert_eq!(home.run(&format!("context add gone --address {NOWHERE} --failover {NOWHERE}")).code, 0);
    let gone = home.run("--context gone node list");
    assert!(gone.code == 5 && gone.err.contains("no address of the context answers"), "{gone}");
}

#[test]
fn one_verb_reads_several_contexts() {
    let home = home();
    let server = cluster(&[]);
    assert_eq!(home.run(&format!("context add a --address {}", server.url)).code, 0);
    assert_eq!(home.run(&format!("context add b --address {NOWHERE}")).code, 0);
    let both = home.run("--context a,b node list -o json");
    assert_eq!(both.code, 5, "{both}");
    let rows: Vec<Value> = serde_json::from_str(&both.out).unwrap();
    assert_eq!((&rows[0]["context"], &rows[0]["exit_code"]), (&"a".into(), &0.into()));
    assert_eq!((&rows[1]["exit_code"], &rows[1]["document"]), (&5.into(), &Value::Null));
    assert!(rows[0]["document"].as_array().is_some_and(|nodes| !nodes.is_empty()), "{both}");
    let lines = home.run("node list --context=a,a -o json-lines");
    let all_named = lines.out.lines().all(|l| serde_json::from_str::<Value>(l).unwrap()["context"] == "a");
    assert!(lines.code == 0 && all_named && !lines.out.is_empty(), "{lines}");
    let tables = home.run("--context a,a node list");
    assert!(tables.code == 0 && tables.err.matches("context a").count() == 2, "{tables}");
    let changes = home.run("--context a,b job stop web --yes");
    assert!(changes.code == 2 && changes.err.contains("one context at a time"), "{changes}");
    let unknown = home.run("--context a,nope node list");
    assert!(unknown.code == 3 && unknown.err.contains("no such context"), "{unknown}");
}

#[test]
fn a_chosen_context_that_is_not_there_does_not_hide_the_others() {
    let home = home();
    assert_eq!(home.run(&format!("context add prod --address {NOWHERE}")).code, 0);
    let listed = home.run("--context nope context list");
    assert!(listed.code == 0 && listed.out.contains("prod"), "{listed}");
    assert!(listed.err.contains("warning: no such context"), "{listed}");
}

#[test]
fn the_password_of_an_address_is_not_said_again() {
    let home = home();
    let add = "context add prod --address http://user:hunter2@127.0.0.1:9";
    assert_eq!(home.run(add).code, 0);
    let again = home.run(add);
    assert!(again.code == 2 && again.err.contains("context edit prod"), "{again}");
    assert!(!again.err.contains("hunter2"), "{again}");
}

#[test]
fn the_template_is_printed_and_nothing_is_written() {
    let home = home();
    let template = home.run("context init --template");
    assert!(template.code == 0 && template.out.contains("[contexts.staging.nomad]"), "{template}");
    assert!(!home.dir.path().join("config").exists());
}

#[test]
fn the_context_on_the_command_line_goes_before_the_environment() {
    let home = home();
    let (ours, theirs) = (cluster(&[]), cluster(&[]));
    assert_eq!(home.run(&format!("context add prod --address {} --use", ours.url)).code, 0);
    let exported = home.fleet.env("NOMAD_ADDR", &theirs.url).env("NOMAD_TOKEN", "s3cr3t");
    // The environment goes before the context in force, and that is said.
    let in_force = exported.run(&["node", "list"]);
    assert!(in_force.code == 0 && in_force.err.contains("--context prod goes before it"), "{in_force}");
    assert_eq!((ours.asked().len(), theirs.asked().len()), (0, 1));
    // What is named goes before the environment, and nothing of another cluster goes along.
    let named = exported.run(&["--context", "prod", "-v", "node", "list"]);
    assert_eq!((named.code, ours.asked().len(), theirs.asked().len()), (0, 1, 1), "{named}");
    assert!(named.err.contains("NOMAD_ADDR, NOMAD_TOKEN not used"), "{named}");
    assert!(named.err.contains("(context prod (nomad.address))"), "{named}");
    let shown = document(&exported.run(&["--context", "prod", "context", "show", "-o", "json"]));
    let token = shown.as_array().unwrap().iter().find(|row| row["setting"] == "nomad.token").unwrap();
    assert_eq!(token["value"], Value::Null, "{shown}");
    // A token that is exported alone, or for the same address, is used where the context has none.
    let alone = home.fleet.env("NOMAD_TOKEN", "s3cr3t").env("NOMAD_ADDR", format!("{}/", ours.url));
    let shown = document(&alone.run(&["--context", "prod", "context", "show", "-o", "json"]));
    let token = shown.as_array().unwrap().iter().find(|row| row["setting"] == "nomad.token").unwrap();
    assert_eq!(token["origin"], "NOMAD_TOKEN", "{shown}");
    let several = exported.run(&["--context", "prod,prod", "node", "list"]);
    assert_eq!((several.code, theirs.asked().len()), (0, 1), "{several}");
}

#[test]
fn what_reads_is_not_asked_about_by_whatever_words() {
    let home = home();
    let server = cluster(&[]);
    assert_eq!(home.run(&format!("context add prod --address {} --protected --use", server.url)).code, 0);
    for reads in [
        "why web",
        "doctor",
        "job status web",
        "wait job web --timeout 1s",
        "acl whoami",
        "operator api /v1/jobs",
        "get nodes",
    ] {
        let ran = home.run(reads);
        assert!(!ran.err.contains("is protected"), "{reads}: {ran}");
    }
    for writes in ["stop web --yes", "operator api PUT /v1/system/gc --yes", "job restart web"] {
        let ran = home.run(writes);
        assert!(ran.code == 7 && ran.err.contains("is protected"), "{writes}: {ran}");
    }
    let exec = home.run("exec web -- true");
    assert!(exec.code == 125 && exec.err.contains("is protected"), "{exec}");
}

#[test]
fn what_is_protected_is_neither_removed_nor_moved_before_its_name_is_typed() {
    let home = home();
    let add = "context add prod --address https://n1:4646 --protected";
    assert_eq!(home.run(add).code, 0);
    let removed = home.run("context remove prod --yes");
    assert!(removed.code == 7 && removed.err.contains("pass --confirm prod"), "{removed}");
    let again = "context add prod --address https://n9:4646 --failover https://n8:4646 --token-cmd 'pass show x' --protected --pin";
    let twice = home.run(again);
    assert_eq!(twice.code, 2, "{twice}");
    let edit = "to make it this one: fleet context edit prod --address https://n9:4646 --failover https://n8:4646 --token-cmd 'pass show x' --protected --pin";
    assert!(twice.err.contains(edit) && twice.err.contains("`fleet context show prod`"), "{twice}");
    let moved = home.run("context edit prod --address https://n9:4646");
    assert!(moved.code == 7 && home.file().contains("https://n1:4646"), "{moved}");
    assert_eq!(home.run("context edit prod --address https://n9:4646 --confirm prod").code, 0);
    assert_eq!(home.run("context remove prod --confirm nope").code, 7);
    assert_eq!(home.run("context remove prod --confirm prod").code, 0);
}

#[test]
fn what_a_context_lacks_is_said_and_hides_nothing() {
    let home = home();
    let begun = home.fleet.env("NOMAD_ADDR", NOWHERE).env("NOMAD_TOKEN", "s3cr3t").run(&["context", "init"]);
    assert!(begun.code == 0 && begun.err.contains("NOMAD_TOKEN is not written"), "{begun}");
    assert!(begun.err.contains("fleet context edit default --token-cmd"), "{begun}");
    assert_eq!(home.run("context edit default --token-cmd false").code, 0);
    let shown = home.run("context show default");
    assert!(shown.code == 0 && shown.out.contains(NOWHERE) && shown.out.contains("not known"), "{shown}");
    assert!(shown.err.contains("nomad.token is not known"), "{shown}");
    let unpinned = home.run(&format!("context add later --address {NOWHERE} --pin"));
    assert!(unpinned.code == 5 && unpinned.err.contains("`fleet context edit later --pin`"), "{unpinned}");
}

#[cfg(feature = "sandbox")]
#[test]
fn the_embedded_fleet_tells_the_keys_that_a_context_is_pinned_by() {
    let home = home();
    let ran = home.run("sandbox run --scenario bare -- operator api /.well-known/jwks.json");
    assert!(ran.code != 0, "the path is none of /v1/: {ran}");
    let ran = home.run("sandbox run --scenario bare -- context init here --pin");
    assert_eq!(ran.code, 0, "{ran}");
}

#[cfg(feature = "sandbox")]
#[test]
fn a_change_whose_reply_is_lost_says_how_to_look() {
    let home = home();
    let rule = "PUT /v1/client/allocation/*/signal drop-reply";
    let list = "sandbox run --seed 7 -- alloc list --job web -o json";
    let allocs: Vec<Value> = serde_json::from_str(&home.run(list).out).unwrap_or_default();
    let Some(id) = allocs.first().and_then(|a| a["alloc_id"].as_str()) else { panic!("web runs nowhere") };
    let ran = home.run(&format!("sandbox run --seed 7 --fault '{rule}' -- alloc signal {id} HUP"));
    assert_eq!(ran.code, 5, "{ran}");
    assert!(ran.err.contains("it may have been carried out"), "{ran}");
    assert!(ran.err.contains(&format!("`fleet alloc show {id}`")), "{ran}");
}

#[test]
fn help_fits_a_narrow_screen_and_breaks_no_example() {
    let home = home();
    let sandbox = cfg!(feature = "sandbox").then_some("sandbox run");
    for verb in ["context add", "job restart", "rotate-nodes", "deploy"].into_iter().chain(sandbox) {
        for form in [format!("{verb} -h"), format!("help {verb}")] {
            let words = shlex::split(&form).unwrap();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let ran = home.fleet.env("COLUMNS", "60").run(&words);
            let wide: Vec<&str> = ran.out.lines().filter(|line| line.chars().count() > 60).collect();
            assert!(ran.code == 0 && wide.is_empty(), "{form}: {wide:#?}");
            let (_, examples) = ran.out.split_once("Examples:\n").unwrap();
            for line in examples.replace("\\\n", "").lines().take_while(|line| line.starts_with("  ")) {
                assert!(line.trim().starts_with("fleet ") || line.contains(" | fleet"), "{form}: {line}");
            }
        }
    }
}

/// The commands of README's blocks that run on the embedded fleet. A line that needs something else than a cluster, or goes on until
/// it is ended, is parsed only.
#[cfg(feature = "sandbox")]
#[test]
fn every_command_of_the_readme_runs_on_the_embedded_fleet() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let blocks = readme.split("```").skip(1).step_by(2);
    let text: String = blocks.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("fleet ")).collect();
    assert!(lines.len() > 15, "{lines:#?}");
    // A file of the reader's own, a terminal, a program that is not everywhere, another cluster, what has no end, and what takes long.
    let elsewhere = [
        "web.nomad.hcl",
        "nginx.conf",
        "fleet ui",
        " -it ",
        "-- nomad",
        "--context",
        "context ",
        "logs web -f",
        "--watch",
        "port-forward",
        "rotate-nodes --class old  ",
        "run web",
        "cp web:",
    ];
    for line in lines {
        let command = line.split(" #").next().unwrap_or(line).trim_end();
        let words = shlex::split(command).unwrap();
        let parsed = fleet::cli::command().try_get_matches_from(&words);
        assert!(parsed.is_ok(), "{command}: {}", parsed.unwrap_err());
        if elsewhere.iter().any(|mark| format!("{command}  ").contains(mark)) {
            continue;
        }
        let home = home();
        let mut args = vec!["sandbox", "run", "--speed", "5", "--"];
        args.extend(words.iter().skip(1).map(String::as_str));
        let ran = home.fleet.run(&args);
        // Something is pending or found there, and told as such: nothing is refused, missing or misread.
        assert!([0, 1, 7, 8].contains(&ran.code) && !ran.err.contains("error: no such"), "{command}: {ran}");
    }
}
