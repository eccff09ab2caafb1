//! Pipelines: what `fleet ci env` and `fleet deploy --ci` make of the variables of both platforms.

use std::path::Path;

use fleet::sandbox::scenario::Scenario;
use fleet::sandbox::time::Pace;
use fleet::sandbox::{Options, Sandbox};
use serde_json::Value;

use crate::binary::{Fleet, Ran};

fn pipeline(home: &Path, vars: &[(&str, &str)]) -> Fleet {
    vars.iter().fold(Fleet::new(home), |fleet, (name, value)| fleet.env(name, *value))
}

fn env(vars: &[(&str, &str)]) -> Value {
    let home = tempfile::tempdir().unwrap();
    let ran = pipeline(home.path(), vars).run(&["ci", "env", "-o", "json"]);
    assert_eq!(ran.code, 0, "{ran}");
    serde_json::from_str(&ran.out).unwrap()
}

const GITLAB: &[(&str, &str)] = &[
    ("GITLAB_CI", "true"),
    ("CI", "true"),
    ("BASE_DOMAIN", "dev.example.com"),
    ("CI_PROJECT_NAME", "av"),
    ("CI_PROJECT_PATH_SLUG", "www-av"),
    ("CI_COMMIT_SHA", "0123abcd"),
    ("CI_REGISTRY_PASSWORD", "hunter22"),
    ("NOMAD_TOKEN", "t"),
    ("NOMAD_TOKEN_PROD", "p"),
];

#[test]
fn the_variables_of_both_platforms_come_to_the_same() {
    let main = env(&[GITLAB, &[("CI_COMMIT_REF_SLUG", "main"), ("NOMAD_SECRET_DB", "hunter33")]].concat());
    assert_eq!((&main["slug"], &main["nomad_addr"]), (&"www-av".into(), &"https://dev.example.com".into()));
    assert_eq!(main["hostnames"], serde_json::json!(["www-av.dev.example.com"]));
    assert_eq!((&main["token_from"], &main["production"]), (&"NOMAD_TOKEN".into(), &false.into()));
    assert_eq!(
        (&main["variables"]["CI_REGISTRY_PASSWORD"], &main["secrets"]),
        (&Value::Null, &serde_json::json!(["DB"]))
    );
    assert!(!main.to_string().contains("hunter"));
    let production = env(&[GITLAB, &[("CI_COMMIT_REF_SLUG", "production")]].concat());
    assert_eq!(production["hostnames"], serde_json::json!(["av.prod.example.com"]));
    assert_eq!(
        (&production["token_from"], &production["base_domain"]),
        (&"NOMAD_TOKEN_PROD".into(), &"prod.example.com".into())
    );
    let github = env(&[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "WWW/av"),
        ("GITHUB_REF_NAME", "main"),
        ("BASE_DOMAIN", "dev.example.com"),
        ("NOMAD_TOKEN", "t"),
    ]);
    for key in ["slug", "hostnames", "nomad_addr", "token_from"] {
        assert_eq!(github[key], main[key], "{key}");
    }
    let home = tempfile::tempdir().unwrap();
    let nowhere = Fleet::new(home.path()).run(&["ci", "env"]);
    assert_eq!(nowhere.code, 2, "{nowhere}");
}

#[test]
fn what_is_resolved_has_its_keys_and_no_secret_in_any_form() {
    let more = [
        ("CI_COMMIT_REF_SLUG", "main"),
        ("NOMAD_SECRET_DB", "hunter33"),
        ("NOMAD_VAR_GREETING", "it is hunter33"),
        ("NOMAD_VAR_DATABASE_URL", "postgres://av:hunter55@db/av"),
        ("NOMAD_VAR_NO_DEPLOY", "1"),
    ];
    let resolved = env(&[GITLAB, &more].concat());
    let keys: Vec<&String> = resolved.as_object().unwrap().keys().collect();
    let expected = "base_domain hidden_variables hostnames job_file nomad_addr production secrets slug staging token_from variables";
    assert_eq!(keys, expected.split(' ').collect::<Vec<_>>());
    for secret in ["GREETING", "DATABASE_URL", "CI_REGISTRY_PASSWORD"] {
        assert_eq!(resolved["variables"][secret], Value::Null, "{secret}");
        assert!(resolved["hidden_variables"].as_array().unwrap().contains(&secret.into()), "{secret}");
    }
    assert_eq!(resolved["variables"]["HAS_SECRETS"], "[true]");
    let home = tempfile::tempdir().unwrap();
    let fleet = pipeline(home.path(), &[GITLAB, &more].concat());
    let shown = fleet.run(&["ci", "env", "-v"]);
    assert!(shown.code == 0 && shown.err.contains("NOMAD_VAR_NO_DEPLOY"), "{shown}");
    let broken = fleet.env("NOMAD_SECRETS", "{\"DB\": hunter66}").env("NOMAD_VAR_HOSTNAMES", "hunter33");
    for ran in [shown, broken.run(&["ci", "env", "-vv"])] {
        assert!(!ran.out.contains("hunter") && !ran.err.contains("hunter"), "{ran}");
    }
}

#[test]
fn a_pipeline_that_names_no_cluster_or_lacks_a_place_for_a_piece_is_told_so() {
    let home = tempfile::tempdir().unwrap();
    let nowhere =
        pipeline(home.path(), &[("CI_PROJECT_PATH_SLUG", "www-av"), ("CI_COMMIT_REF_SLUG", "main")]);
    for verb in [&["deploy", "--ci"][..], &["ci", "stop"]] {
        let ran = nowhere.run(verb);
        assert!(ran.code == 2 && ran.err.contains("NOMAD_ADDR nor BASE_DOMAIN"), "{ran}");
    }
    std::fs::write(home.path().join("project.nomad"), "job \"NOMAD_VAR_SLUG\" {}\n").unwrap();
    std::fs::write(home.path().join("group.nomad"), "task \"db\" {}\n").unwrap();
    let ran =
        pipeline(home.path(), &[GITLAB, &[("CI_COMMIT_REF_SLUG", "main")]].concat()).run(&["ci", "env"]);
    assert!(ran.code == 2 && ran.err.contains("GROUP.NOMAD--INSERTS-HERE"), "{ran}");
}

/// The tags and canary tags of a job's services, in their order.
fn tags(ran: &Ran, key: &str) -> Vec<Vec<String>> {
    let whole: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran}"));
    let services = whole["Job"]["TaskGroups"][0]["Services"].as_array().unwrap().clone();
    let texts =
        |v: &Value| v.as_array().into_iter().flatten().map(|t| t.as_str().unwrap().to_owned()).collect();
    services.iter().map(|s| texts(&s[key])).collect()
}

fn sandbox() -> Sandbox {
    let options = Options { scenario: Scenario::Bare, pace: Pace::Real { speed: 4.0 }, ..Options::default() };
    Sandbox::start(options).unwrap()
}

#[test]
fn the_house_template_makes_a_service_for_each_port() {
    let (sandbox, home) = (sandbox(), tempfile::tempdir().unwrap());
    let more = [
        ("NOMAD_ADDR", sandbox.nomad_address()),
        ("NOMAD_TOKEN", sandbox.token().to_owned()),
        ("CI_COMMIT_REF_SLUG", "main".to_owned()),
        ("NOMAD_VAR_PORTS", "{ 9999 = \"http\", -8989 = \"lcp\", 8990 = \"lsd\" }".to_owned()),
    ];
    let fleet =
        more.iter().fold(pipeline(home.path(), GITLAB), |fleet, (name, value)| fleet.env(name, value));
    let file = fleet.run(&["ci", "env", "--job-file"]);
    std::fs::write(home.path().join("job.hcl"), &file.out).unwrap();
    let printed = fleet.run(&["ci", "env", "-o", "json"]);
    let resolved: Value = serde_json::from_str(&printed.out).unwrap();
    let variables = resolved["variables"].as_object().unwrap();
    let with = variables
        .iter()
        .fold(fleet.clone(), |f, (k, v)| f.env(&format!("NOMAD_VAR_{k}"), v.as_str().unwrap_or_default()));
    let ran = with.run(&["job", "validate", "--print", "job.hcl"]);
    let host = |name: &str| vec![format!("https://{name}.dev.example.com")];
    assert_eq!(tags(&ran, "Tags"), [host("www-av"), vec![], host("www-av-lsd")], "{ran}");
    assert_eq!(tags(&ran, "CanaryTags")[0], host("canary-www-av"));
}

#[test]
fn a_pipeline_deploys_stores_its_secrets_and_stops_its_branch() {
    let (sandbox, home) = (sandbox(), tempfile::tempdir().unwrap());
    let own = "variable \"SLUG\" {}\nvariable \"HAS_SECRETS\" {\n type = list(bool)\n default = []\n}\n# VARS.NOMAD--INSERTS-HERE\n\
               job \"NOMAD_VAR_SLUG\" {\n group \"g\" {\n update {\n min_healthy_time = \"500ms\"\n health_check = \"task_states\"\n }\n \
               task \"t\" {\n driver = \"mock_driver\"\n config {\n run_for = \"240h\"\n }\n env {\n slug = var.SLUG\n sha = var.sha\n \
               secrets = length(var.HAS_SECRETS)\n }\n resources {\n cpu = 50\n memory = 32\n }\n }\n }\n}\n";
    std::fs::write(home.path().join("project.nomad"), own).unwrap();
    std::fs::write(home.path().join("vars.nomad"), "variable \"sha\" {\n default = \"x\"\n}\n").unwrap();
    let fleet = pipeline(home.path(), GITLAB)
        .env("CI_COMMIT_REF_SLUG", "tofu")
        .env("NOMAD_ADDR", sandbox.nomad_address())
        .env("NOMAD_TOKEN", sandbox.token())
        .env("NOMAD_VAR_sha", "abc")
        .env("NOMAD_SECRETS", "{\"DB\": \"hunter44\"}");
    let ran = fleet.run(&["deploy", "--ci", "--summary", "summary.md", "--junit", "junit.xml"]);
    assert_eq!(ran.code, 0, "{ran}");
    for part in ["section_start:", ":Plan_of_www_av_tofu\r", ":Rollout_of_www_av_tofu\r", "section_end:"] {
        assert!(ran.err.contains(part), "{part} is not in {:?}", ran.err);
    }
    let line = ran.err.lines().find(|l| l.contains("registered version 0")).unwrap();
    assert!(line.starts_with("20") && line.contains("Z "), "a line has its time: {line}");
    let junit = std::fs::read_to_string(home.path().join("junit.xml")).unwrap();
    assert!(
        junit.contains("tests=\"1\" failures=\"0\"") && junit.contains("name=\"www-av-tofu\""),
        "{junit}"
    );
    assert!(!ran.err.contains("hunter") && !ran.out.contains("hunter"), "{ran}");
    let summary = std::fs::read_to_string(home.path().join("summary.md")).unwrap();
    assert!(
        summary.contains("deployed and healthy") && summary.contains("https://www-av-tofu.dev.example.com"),
        "{summary}"
    );
    let job = fleet.run(&["job", "inspect", "www-av-tofu", "-o", "json"]);
    assert!(job.out.contains("\"sha\": \"abc\"") && job.out.contains("\"slug\": \"www-av-tofu\""), "{job}");
    let secret = fleet.run(&["var", "get", "nomad/jobs/www-av-tofu", "secrets"]);
    assert_eq!(secret.out, "DB='hunter44'\n");
    // Once more: nothing is written.
    let again = fleet.run(&["deploy", "--ci"]);
    assert!(again.code == 0 && again.err.contains("nothing to do"), "{again}");
    let skipped = fleet.env("NOMAD_VAR_NO_DEPLOY", "1").run(&["deploy", "--ci"]);
    assert!(skipped.code == 0 && skipped.err.contains("NOMAD_VAR_NO_DEPLOY"), "{skipped}");
    assert_eq!(fleet.run(&["ci", "stop"]).code, 0);
    assert_eq!(fleet.run(&["ci", "stop", "-o", "json"]).code, 0);
    let gone = fleet.run(&["job", "show", "www-av-tofu", "-o", "json"]);
    assert!(gone.out.contains("\"stopped\": true"), "{gone}");
}

/// The pipeline as GitHub runs it when `feature/tofu` was deleted.
fn deletion(fleet: &Fleet, home: &Path) -> Fleet {
    let fleet = fleet.clone().env("GITHUB_EVENT_NAME", "delete").env("GITHUB_REF_NAME", "main");
    let unknown = fleet.run(&["ci", "stop"]);
    assert!(unknown.code == 2 && unknown.err.contains("--branch"), "{unknown}");
    std::fs::write(home.join("event.json"), r#"{"ref": "feature/tofu", "ref_type": "branch"}"#).unwrap();
    fleet.env("GITHUB_EVENT_PATH", "event.json")
}

#[test]
fn the_ready_made_workflows_run_as_they_are() {
    let project = "job \"NOMAD_VAR_SLUG\" {\n type = \"batch\"\n group \"g\" {\n task \"t\" {\n driver = \"mock_driver\"\n config {\n \
                   run_for = \"1s\"\n }\n resources {\n cpu = 50\n memory = 32\n }\n }\n }\n}\n";
    let github = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "www/av"),
        ("GITHUB_REF_NAME", "feature/tofu"),
        ("CI", "true"),
    ];
    let gitlab = [GITLAB, &[("CI_COMMIT_REF_SLUG", "feature-tofu")]].concat();
    let deploys = ["deploy --ci --timeout 20m", "deploy --ci --timeout 20m --junit fleet.xml"];
    let files = [("github.yml", &github[..]), ("gitlab.yml", &gitlab[..])];
    for ((file, vars), deploy) in files.into_iter().zip(deploys) {
        let (sandbox, home) = (sandbox(), tempfile::tempdir().unwrap());
        std::fs::write(home.path().join("project.nomad"), project).unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/ci").join(file);
        let workflow = std::fs::read_to_string(path).unwrap();
        let fleet = pipeline(home.path(), vars)
            .env("NOMAD_ADDR", sandbox.nomad_address())
            .env("NOMAD_TOKEN", sandbox.token());
        let mut commands = Vec::new();
        for line in workflow.lines().map(|l| l.trim().trim_start_matches("- ").trim_start_matches("run: ")) {
            let Some(words) = line.strip_prefix("fleet ") else { continue };
            let words: Vec<&str> = words.split(' ').collect();
            // GitHub runs the pipeline of a deletion on the default branch, and tells in the event what was deleted.
            let closed = file == "github.yml" && words == ["ci", "stop"];
            let fleet = if closed { deletion(&fleet, home.path()) } else { fleet.clone() };
            let ran = fleet.run(&words);
            assert_eq!(ran.code, 0, "{file}: {line}\n{ran}");
            commands.push(words.join(" "));
        }
        assert_eq!(commands, ["ci env", deploy, "ci stop"], "{file}");
        let gone = fleet.run(&["job", "show", "www-av-feature-tofu", "-o", "json"]);
        assert!(gone.out.contains("\"stopped\": true"), "{file}: {gone}");
    }
}

#[test]
fn a_failure_on_github_is_folded_summarised_and_reported() {
    let (sandbox, home) = (sandbox(), tempfile::tempdir().unwrap());
    let job = |name: &str, code: u32| {
        let hcl = format!(
            "job \"{name}\" {{\n type = \"batch\"\n meta {{\n depends = \"a\"\n }}\n group \"g\" {{\n restart {{\n attempts = 0\n \
             mode = \"fail\"\n }}\n reschedule {{\n attempts = 0\n unlimited = false\n }}\n task \"t\" {{\n driver = \
             \"mock_driver\"\n config {{\n run_for = \"1s\"\n exit_code = {code}\n }}\n resources {{\n cpu = 50\n memory = 32\n \
             }}\n }}\n }}\n}}\n"
        );
        std::fs::write(home.path().join(format!("{name}.hcl")), hcl.replace("depends = \"a\"", "")).unwrap();
    };
    job("a", 4);
    job("b", 0);
    let fleet = pipeline(
        home.path(),
        &[("GITHUB_ACTIONS", "true"), ("CI", "true"), ("GITHUB_STEP_SUMMARY", "step.md")],
    )
    .env("NOMAD_ADDR", sandbox.nomad_address())
    .env("NOMAD_TOKEN", sandbox.token());
    let ran = fleet.run(&["deploy", "a.hcl", "b.hcl", "--yes", "--junit", "junit.xml"]);
    assert_eq!(ran.code, 1, "{ran}");
    let groups: Vec<&str> = ran.err.lines().filter_map(|l| l.strip_prefix("::group::")).collect();
    assert_eq!(groups[..3], ["Plan of a", "Plan of b", "Rollout of a"], "{ran}");
    assert_eq!(groups.len(), ran.err.lines().filter(|l| *l == "::endgroup::").count(), "{ran}");
    let error = ran.err.rfind("error: a: ").unwrap();
    assert!(error > ran.err.rfind("::endgroup::").unwrap(), "the verdict is not folded away\n{ran}");
    let summary = std::fs::read_to_string(home.path().join("step.md")).unwrap();
    assert!(summary.contains("exit code 4") && summary.contains("| b |  | not started |"), "{summary}");
    let junit = std::fs::read_to_string(home.path().join("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\""), "{junit}");
    assert!(junit.contains("exit code 4"), "{junit}");
    // As a machine reads it there is nothing to fold.
    let plain = fleet.run(&["deploy", "b.hcl", "--dry-run", "--quiet"]);
    assert!(!plain.err.contains("::group::"), "{plain}");
}
