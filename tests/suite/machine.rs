//! What a machine gets when there is no cluster, and nothing to do with one: errors, mistakes, versions.

use serde_json::{Value, json};

use crate::binary::{Fleet, Ran};

fn fleet(home: &tempfile::TempDir) -> Fleet {
    Fleet::new(home.path()).env("NOMAD_ADDR", "http://127.0.0.1:9")
}

/// The one object on stderr of a run that printed nothing else.
fn error(ran: &Ran) -> Value {
    assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 1), "{ran}");
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(error["exit_code"].as_i64(), Some(ran.code.into()), "{ran}");
    error
}

#[test]
fn an_error_is_one_object_on_stderr() {
    let home = tempfile::tempdir().unwrap();
    for format in ["json", "json-lines"] {
        let unreachable = error(&fleet(&home).run(&["node", "list", "-o", format]));
        assert_eq!(unreachable["code"], "unreachable", "{unreachable}");
        assert!(unreachable["error"].as_str().unwrap().contains("http://127.0.0.1:9"), "{unreachable}");
        assert_eq!(unreachable["hints"][0].as_str().map(|hint| hint.contains("NOMAD_ADDR")), Some(true));
    }
    let ran = fleet(&home).run(&["logs", "web", "-f", "-o", "json"]);
    insta::assert_snapshot!(ran, @r#"
    exit code 2
    --- stdout
    --- stderr
    {"error":"a log that is followed is no document that ends","causes":[],"hints":["use -o json-lines"],"code":"usage","exit_code":2}
    "#);
}

#[test]
fn a_mistake_on_the_command_line_is_one_too() {
    let home = tempfile::tempdir().unwrap();
    let typo = error(&fleet(&home).run(&["node", "list", "--clas", "gpu", "-o", "json"]));
    assert_eq!(
        (&typo["error"], &typo["code"]),
        (&"unexpected argument '--clas' found".into(), &"usage".into())
    );
    let hints = typo["hints"].as_array().unwrap();
    assert!(hints.iter().any(|h| h.as_str().unwrap().contains("--class")), "{typo}");
    assert!(hints.iter().any(|h| h.as_str().unwrap().starts_with("usage: fleet node list")), "{typo}");
    let word = error(&fleet(&home).run(&["-o=json", "brew", "coffee"]));
    assert!(word["error"].as_str().unwrap().contains("'brew'"), "{word}");
    // No code of a remote command.
    let none = error(&fleet(&home).run(&["exec", "-o", "json"]));
    assert!(none["code"] == "transport" && !none["causes"].as_array().unwrap().is_empty(), "{none}");
    let noun = error(&fleet(&home).run(&["node", "--output=json-lines"]));
    assert_eq!(
        (&noun["error"], &noun["exit_code"]),
        (&"'fleet node' requires a subcommand but one was not provided".into(), &2.into())
    );
    // What stands behind the dashes is another program's.
    let theirs = fleet(&home).run(&["exec", "--nope", "web", "--", "jq", "-o", "json"]);
    assert!(theirs.code == 125 && theirs.err.starts_with("error: "), "{theirs}");
}

#[test]
fn fleet_tells_of_itself_in_documents() {
    let home = tempfile::tempdir().unwrap();
    let document = |args: &[&str]| -> Value { serde_json::from_str(&fleet(&home).run(args).out).unwrap() };
    let version = document(&["--version", "-o", "json"]);
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    let codes = document(&["help", "exit-codes", "-o", "json"]);
    assert_eq!(codes.as_array().unwrap().len(), fleet::exit_code::ExitCode::ALL.len());
    assert_eq!(
        codes[3],
        json!({"exit_code": 3, "code": "not-found", "meaning": "not found, or the selector matched nothing"})
    );
    let page = document(&["help", "node", "list", "-o", "json"]);
    assert_eq!(page["command"], "fleet node list");
    assert!(page["page"].as_str().unwrap().contains("Usage: fleet node list"), "{page}");
}

#[test]
fn what_is_attached_gives_no_document() {
    let home = tempfile::tempdir().unwrap();
    for args in [
        &["run", "web", "-i", "-o", "json", "--", "cat"][..],
        &["exec", "web", "-t", "-o", "json", "--", "sh"],
    ] {
        let attached = error(&fleet(&home).run(args));
        assert_eq!(attached["code"], "transport", "{attached}");
        assert!(attached["error"].as_str().unwrap().contains("document"), "{attached}");
    }
}
