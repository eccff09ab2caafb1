//! What a machine gets when there is no cluster, and nothing to do with one: errors, mistakes, versions.

use crate::binary::Fleet;

fn fleet(home: &tempfile::TempDir) -> Fleet {
    Fleet::new(home.path()).env("NOMAD_ADDR", "http://127.0.0.1:9")
}

#[test]
fn an_error_is_one_object_on_stderr() {
    let home = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(fleet(&home).run(&["node", "list", "-o", "json"]), @"");
    insta::assert_snapshot!(fleet(&home).run(&["--context", "prod", "job", "list", "-o", "json-lines"]), @"");
}

#[test]
fn a_mistake_on_the_command_line_is_one_too() {
    let home = tempfile::tempdir().unwrap();
    let typo = fleet(&home).run(&["node", "list", "--clas", "gpu", "-o", "json"]);
    insta::assert_snapshot!(typo, @"");
    let word = fleet(&home).run(&["-o=json", "get", "pods"]);
    insta::assert_snapshot!(word, @"");
    let none = fleet(&home).run(&["exec", "-o", "json"]);
    insta::assert_snapshot!(none, @"");
    let noun = fleet(&home).run(&["node", "--output=json-lines"]);
    insta::assert_snapshot!(noun, @"");
    // What stands behind the dashes is another program's.
    let theirs = fleet(&home).run(&["exec", "--nope", "web", "--", "jq", "-o", "json"]);
    assert!(theirs.code == 125 && theirs.err.starts_with("error: "), "{theirs}");
}

#[test]
fn fleet_tells_of_itself_in_documents() {
    let home = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(fleet(&home).run(&["--version", "-o", "json"]), @"");
    let codes = fleet(&home).run(&["help", "exit-codes", "-o", "json"]);
    let codes: Vec<serde_json::Value> = serde_json::from_str(&codes.out).unwrap();
    assert_eq!(codes.len(), fleet::exit_code::ExitCode::ALL.len());
    assert_eq!(
        codes[3],
        serde_json::json!({"exit_code": 3, "code": "not-found", "meaning": "not found, or the selector matched nothing"})
    );
    let page = fleet(&home).run(&["help", "node", "list", "-o", "json"]);
    let page: serde_json::Value = serde_json::from_str(&page.out).unwrap();
    assert!(
        page["command"] == "fleet node list"
            && page["page"].as_str().unwrap().contains("Usage: fleet node list")
    );
}

#[test]
fn what_follows_is_no_document_that_ends() {
    let home = tempfile::tempdir().unwrap();
    let logs = fleet(&home).run(&["logs", "web", "-f", "-o", "json"]);
    insta::assert_snapshot!(logs, @"");
    let run = fleet(&home).run(&["run", "web", "-i", "-o", "json", "--", "cat"]);
    assert!(run.code == 125 && run.err.contains("gives no document"), "{run}");
}
