//! Job files: what the cluster is asked to run is what `nomad` would ask it to run, and errors name the user's own lines.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::e2e::world::World;

cases! {
    job_files_become_the_jobs_that_nomad_makes_of_them,
    an_error_in_a_job_file_names_the_users_own_line,
    what_only_the_servers_object_to_is_told_in_their_words,
    a_job_goes_to_the_region_its_file_names,
    what_cannot_be_read_here_is_never_taken_for_what_declares_nothing,
    a_job_of_the_api_may_be_written_in_any_letter_case_and_has_an_id,
    of_a_folder_only_what_holds_a_job_is_deployed,
    warnings_are_told_with_their_group_and_task,
    what_a_job_file_begins_with_needs_no_warning,
    a_long_text_full_of_marks_comes_through,
    calls_in_json_syntax_are_made_as_nomad_makes_them,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/jobfiles")
}

/// A file, the words that follow its name, and the environment it needs.
type Sample = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

/// Every construct of the job specification that is read here in some way of its own.
const CORPUS: &[Sample] = &[
    ("files.hcl", &[], &[]),
    ("files.hcl", &["-var=env=b"], &[]),
    ("sets.hcl", &[], &[]),
    ("service.hcl", &[], &[]),
    ("batch.hcl", &[], &[]),
    ("parameterized.hcl", &[], &[]),
    ("system.hcl", &[], &[]),
    ("connect.hcl", &[], &[]),
    ("../jobs/functions.hcl", &[], &[]),
    ("mesh.hcl", &[], &[]),
    ("rest.hcl", &[], &[]),
    ("language.hcl", &["-var-file=language-vars.json"], &[]),
    (
        "language.hcl",
        &[
            "-var=names=[\"z\", \"y\"]",
            "-var=anythings=[{ a = true }, { b = false }]",
            "-var=anything={ deep = [{ er = false }] }",
        ],
        &[
            ("NOMAD_VAR_matrix", "{ web = [{ name = \"only\", port = 81 }], x = [] }"),
            ("NOMAD_VAR_pair", "[\"left\", 2]"),
            ("NOMAD_VAR_maybe", "null"),
            ("NOMAD_VAR_word", "ward ${HOME} %{x}"),
        ],
    ),
    ("../cases/m1-dupkey.hcl", &[], &[("NOMAD_VAR_image", "web:2")]),
    ("../cases/m1-dupkey.hcl", &["-var=image=web:3"], &[]),
    ("../cases/m10-heredoc.hcl", &[], &[]),
    ("../cases/m12-tz.hcl", &[], &[]),
    ("bom.hcl", &["-var=image=web:2", "-var-file=literal.json"], &[]),
    (
        "variables.hcl",
        &[
            "-var-file=vars-1.hcl",
            "-var-file=vars-2.json",
            "-var=untyped=a \"quoted\" ${x} \\ text",
            "-var=flag=true",
        ],
        &[("NOMAD_VAR_size", "7"), ("NOMAD_VAR_image", "env:1"), ("NOMAD_VAR_nobody_declares", "1")],
    ),
    (
        "variables.hcl",
        &[
            "-var-file=vars-1.hcl",
            "-var=untyped=1",
            "-var=ports={ http = 1 }",
            "-var=zones=[\"a\"]",
            "-var=count=5",
        ],
        &[],
    ),
];

/// HCL in JSON syntax, with calls of functions that read files in every place where they may stand.
const JSON: &[Sample] = &[
    ("calls.json", &[], &[]),
    ("calls.json", &["-var=shell=variables.hcl", "-var=paths=[\"conf/a.conf\",\"conf/b.conf\"]"], &[]),
];

fn calls_in_json_syntax_are_made_as_nomad_makes_them(world: &World) {
    if world.speed > 1.0 {
        crate::binary::told("SKIPPED: the embedded fleet reads no HCL in JSON syntax");
        return;
    }
    become_what_nomad_makes_of_them(world, JSON);
    let written = |json: &str| {
        std::fs::write(world.home().join("x.json"), json).unwrap();
        world.run(&["job", "validate", "x.json"])
    };
    let group = r#""group": {"g": {"task": {"t": {"driver": "raw_exec", "config": {"command": "true"}}}}}"#;
    // What fails is told at its own place.
    let ran = written(&format!(r#"{{"job": {{"j": {{"meta": {{"a": "${{file(\"none\")}}"}}, {group}}}}}}}"#));
    assert!(
        ran.code == 2 && ran.err.contains("x.json:1:") && ran.err.contains("no file exists at none"),
        "{ran}"
    );
    let ran = written(&format!(r#"{{"job": {{"j": {{"meta": {{"a": "${{file([])}}"}}, {group}}}}}}}"#));
    assert!(ran.code == 2 && ran.err.contains("x.json:1:"), "{ran}");
}

fn job_files_become_the_jobs_that_nomad_makes_of_them(world: &World) {
    become_what_nomad_makes_of_them(world, CORPUS);
}

fn become_what_nomad_makes_of_them(world: &World, samples: &[Sample]) {
    let Some(nomad) = super::on_real::on_path("nomad") else {
        super::on_real::skip("there is no nomad on PATH to compare job files with");
        return;
    };
    for (file, words, env) in samples {
        if *file == "mesh.hcl" && !world.is_at_least((1, 9), "the weights of services") {
            continue;
        }
        let mut theirs = Command::new(&nomad);
        theirs.args(["job", "run", "-output"]).args(*words).arg(file).current_dir(folder());
        theirs.env_clear().envs(env.iter().copied());
        let output = theirs.output().unwrap();
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();

        let fleet = env.iter().fold(world.fleet(), |fleet, (name, value)| fleet.env(name, *value));
        let words: Vec<String> = words.iter().map(|w| format!("-{w}")).collect();
        let mut args = vec!["job", "validate", "--print", file];
        args.extend(words.iter().map(String::as_str));
        let output = fleet.command(&args).current_dir(folder()).output().unwrap();
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        let mut ours: Value = serde_json::from_slice(&output.stdout).unwrap();
        // Where the file does not say, the namespace is decided here.
        if theirs["Job"]["Namespace"].is_null() {
            ours["Job"]["Namespace"] = Value::Null;
        }
        let mut differences = Vec::new();
        compare("", &theirs, &ours, &mut differences);
        assert!(differences.is_empty(), "{file} {words:?}:\n{}", differences.join("\n"));
    }
}

/// Nothing and `null` are the same to the API.
pub(crate) fn compare(path: &str, theirs: &Value, ours: &Value, differences: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))) {
                let at = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                compare(&format!("{path}.{key}"), &at(a), &at(b), differences);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{i}]"), a, b, differences);
            }
        }
        (a, b) if a == b => {}
        (a, b) => differences.push(format!("{path}: {a} != {b}")),
    }
}

fn an_error_in_a_job_file_names_the_users_own_line(world: &World) {
    let write = |name: &str, text: &str| std::fs::write(world.home().join(name), text).unwrap();
    let job = |line: &str| {
        format!(
            "variable \"flag\" {{\n  type    = bool\n  default = false\n}}\n\njob \"x\" {{\n  {line}\n  group \"g\" {{\n    \
             task \"t\" {{\n      driver = \"mock_driver\"\n    }}\n  }}\n}}\n"
        )
    };
    write("conf", "several\nlines\n");
    for (line, extra, says) in [
        ("cuont = 1", &[][..], "bad.hcl:7:3: Unsupported argument"),
        ("name = \"${file(\"conf\")}\" + nope", &[], "bad.hcl:7:"),
        ("name = file(\"none\")", &[], "bad.hcl:7:10: file: no file exists at none"),
        ("name = try(file(\"none\"), \"x\")\n  cuont = 1", &[], "bad.hcl:8:3: Unsupported argument"),
        ("name = \"x", &[], "bad.hcl:7:"),
        ("name = \"x\"", &["--var", "flag=hunter22"], "--var flag: "),
        ("name = \"x\"", &["--var", "flog=true"], "did you mean \"flag\"?"),
        ("name = \"x\"", &["--var-file", "vars"], "vars:1:"),
    ] {
        write("bad.hcl", &job(line));
        write("vars", "this is no assignment\n");
        let ran = world.run(&[&["job", "validate", "bad.hcl"], extra].concat());
        assert_eq!(ran.code, 2, "{line}: {ran}");
        assert!(ran.err.contains(says), "{says:?} is not in\n{ran}");
        assert!(!ran.err.contains("input.hcl") && !ran.err.contains("hunter22"), "{ran}");
    }
    // What fails where it is never called does no harm.
    write("good.hcl", &job("name = fileexists(\"none\") ? file(\"none\") : trimspace(file(\"conf\"))"));
    let ran = world.run(&["job", "validate", "good.hcl", "--print"]);
    assert!(ran.code == 0 && ran.out.contains("\"several\\nlines\""), "{ran}");
    // From stdin, and as JSON.
    let ran = world.run(&["job", "validate", "good.hcl", "-o", "json"]);
    let verdict: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &verdict["valid"]), (0, &Value::Bool(true)), "{ran}");
}

fn what_only_the_servers_object_to_is_told_in_their_words(world: &World) {
    let file = |job: &str, task: &str| {
        let text = format!(
            "job \"x\" {{\n type = \"batch\"\n {job}\n group \"g\" {{\n task \"t\" {{\n driver = \"mock_driver\"\n {task}\n }}\n }}\n}}\n"
        );
        std::fs::write(world.home().join("x.hcl"), text).unwrap();
    };
    let action = |name: &str| format!("action \"{name}\" {{\n command = \"true\"\n }}\n");
    for (job, task, says) in [
        (
            "periodic {\n crons = [\"61 * * * *\"]\n }",
            "",
            "Invalid cron spec \"61 * * * *\": syntax error in minute field: '61'",
        ),
        ("periodic {\n crons = [\"* * *\"]\n }", "", "Invalid cron spec \"* * *\": missing field(s)"),
        ("periodic {\n crons = [\"* */24 * * *\"]\n }", "", "invalid interval */24"),
        ("periodic {\n crons = [\"* * 0W * *\"]\n }", "", "syntax error in day-of-month field: '0W'"),
        (
            "periodic {\n crons = [\"@daily\"]\n time_zone = \"Mars/Base\"\n }",
            "",
            "Invalid time zone \"Mars/Base\": unknown time zone Mars/Base",
        ),
        ("", &action("two words"), "invalid name 'two words'"),
        ("", &action("twice").repeat(2), "Action twice defined multiple times"),
    ] {
        file(job, task);
        let ran = world.run(&["job", "validate", "x.hcl"]);
        assert!(ran.code == 1 && ran.out.contains(says), "{says:?} is not in\n{ran}");
    }
    for spec in [
        "0 0 L * *",
        "0 0 LW * *",
        "0 0 15W * *",
        "0 0 * * 5L",
        "0 0 * * mon#1",
        "*/10 * * * * * *",
        "0 0 1 JAN sun 2030",
    ] {
        file(&format!("periodic {{\n crons = [\"{spec}\"]\n }}"), "");
        let ran = world.run(&["job", "validate", "x.hcl"]);
        assert_eq!(ran.code, 0, "{spec}: {ran}");
    }
}

fn a_job_goes_to_the_region_its_file_names(world: &World) {
    let write = |region: &str| {
        let text = format!(
            "job \"x\" {{\n type = \"batch\"\n region = \"{region}\"\n group \"g\" {{\n task \"t\" {{\n driver = \"mock_driver\"\n config {{\n \
             run_for = \"100ms\"\n }}\n resources {{\n cpu = 50\n memory = 32\n }}\n }}\n }}\n}}\n"
        );
        std::fs::write(world.home().join("x.hcl"), text).unwrap();
    };
    write("elsewhere");
    for args in [&["job", "plan", "x.hcl"][..], &["job", "validate", "x.hcl"], &["deploy", "x.hcl", "--yes"]]
    {
        let ran = world.run(args);
        assert!(ran.code != 0 && ran.err.contains("No path to region"), "{ran}");
    }
    write("global");
    let ran = world.fleet().env("NOMAD_REGION", "global").run(&["deploy", "x.hcl", "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    // The file's own word counts more than what was asked for; parsing is asked of where one is.
    let json = world.home().join("x.json");
    std::fs::write(json, world.run(&["job", "validate", "x.hcl", "--print"]).out).unwrap();
    let ran = world.fleet().env("NOMAD_REGION", "elsewhere").run(&["job", "validate", "x.json"]);
    assert!(ran.code == 0 && ran.err.contains("says region global"), "{ran}");
}

/// One of the files that were found to be read wrongly once.
fn case_file(name: &str) -> String {
    folder().join("../cases").join(name).display().to_string()
}

fn what_cannot_be_read_here_is_never_taken_for_what_declares_nothing(world: &World) {
    let dup = case_file("m1-dupkey.hcl");
    let ran = world.fleet().env("NOMAD_VAR_image", "web:2").run(&["job", "validate", &dup, "--print"]);
    assert!(ran.code == 0 && ran.out.contains("\"v\": \"web:2\""), "{ran}");
    let ran = world.run(&["job", "validate", &dup, "--var", "imago=web:2"]);
    assert!(ran.code == 2 && ran.err.contains("did you mean \"image\"?"), "{ran}");
    // What is no HCL is told as that, whatever is set.
    let broken = case_file("m2-syntax.hcl");
    let ran = world.run(&["job", "validate", &broken, "--var", "image=web:2"]);
    assert!(ran.code == 2 && ran.err.contains("m2-syntax.hcl:8:"), "{ran}");
    assert!(ran.err.contains("Invalid block definition") && !ran.err.contains("--no-strict"), "{ran}");
    // What nobody declares is named.
    let plain = world.home().join("plain.hcl");
    std::fs::write(&plain, "job \"x\" {}\n").unwrap();
    let ran = world.run(&["job", "validate", "plain.hcl", "--var", "nosuch=1"]);
    assert!(ran.code == 2 && ran.err.contains("variable \"nosuch\" {}"), "{ran}");
    // Nobody is told half of what is missing.
    let ran = world.run(&["job", "validate", &case_file("m9-unset.hcl")]);
    assert_eq!(ran.code, 2, "{ran}");
    for name in ["v1", "v2", "v3", "v4", "v5", "v6", "v7"] {
        assert!(ran.err.contains(&format!("Unset variable \"{name}\"")), "{name}: {ran}");
        assert!(ran.err.contains(&format!("--var {name}=VALUE")), "{name}: {ran}");
    }
}

fn a_job_of_the_api_may_be_written_in_any_letter_case_and_has_an_id(world: &World) {
    let write = |text: &str| std::fs::write(world.home().join("x.json"), text).unwrap();
    let groups = "\"taskgroups\": [{\"name\": \"g\", \"tasks\": [{\"name\": \"t\", \"driver\": \"mock_driver\", \"config\": {\"run_for\": \"1s\"}}]}]";
    write(&format!(
        "{{\"job\": {{\"id\": \"x\", \"TYPE\": \"batch\", \"datacenters\": [\"*\"], {groups}}}}}"
    ));
    let ran = world.run(&["job", "plan", "x.json", "-o", "json"]);
    let plan: Value = serde_json::from_str(&ran.out).unwrap_or_default();
    assert!(ran.code == 8 && plan["effects"][0]["started"] == 1, "{ran}");
    write(&format!("{{\"type\": \"batch\", {groups}}}"));
    let ran = world.run(&["job", "plan", "x.json"]);
    assert!(
        ran.code == 2 && ran.err.contains("x.json has no ID for its job") && !ran.err.contains("307"),
        "{ran}"
    );
}

fn of_a_folder_only_what_holds_a_job_is_deployed(world: &World) {
    let dir = world.home().join("jobs");
    std::fs::create_dir_all(&dir).unwrap();
    let job = "job \"one\" {\n type = \"batch\"\n group \"g\" {\n task \"t\" {\n driver = \"mock_driver\"\n config {\n run_for = \"100ms\"\n }\n \
               }\n }\n}\n";
    std::fs::write(dir.join("one.job"), job).unwrap();
    std::fs::write(dir.join("prod.hcl"), "image = \"web:1\"\n").unwrap();
    let ran = world.run(&["deploy", "--dir", "jobs", "--dry-run"]);
    assert!(ran.code == 8 && ran.err.contains("prod.hcl holds no job; passed over"), "{ran}");
    assert!(ran.out.contains("one"), "{ran}");
}

fn warnings_are_told_with_their_group_and_task(world: &World) {
    let ran = world.run(&["job", "validate", &case_file("m16-warn.hcl")]);
    let told = "group a, task t1: task network resources have been deprecated";
    assert!(ran.code == 0 && ran.out.contains(told), "{ran}");
}

fn what_a_job_file_begins_with_needs_no_warning(world: &World) {
    for template in ["service", "batch", "web"] {
        let file = format!("{template}.hcl");
        let written = world.run(&["job", "init", &file, "--template", template]);
        let ran = world.run(&["job", "validate", &file]);
        // Whether a task may have more memory than it asked for is the cluster's to say.
        let warned = ran.out.lines().any(|l| l.contains("shutdown_delay") || l.contains("deprecated"));
        assert!(written.code == 0 && ran.code == 0 && !warned, "{written}{ran}");
    }
}

fn a_long_text_full_of_marks_comes_through(world: &World) {
    let text = "key = ${value} 100% %{x}\n".repeat(400);
    std::fs::write(world.home().join("big"), &text).unwrap();
    let job = "job \"x\" {\n meta {\n text = file(\"big\")\n }\n group \"g\" {\n task \"t\" {\n driver = \"raw_exec\"\n }\n }\n}\n";
    std::fs::write(world.home().join("x.hcl"), job).unwrap();
    let ran = world.run(&["job", "validate", "x.hcl", "--print"]);
    let printed: Value = serde_json::from_str(&ran.out).unwrap_or_default();
    assert!(printed["Job"]["Meta"]["text"] == text.as_str(), "{ran}");
}
