//! Job files: what the cluster is asked to run is what `nomad` would ask it to run, and errors name the user's own lines.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::e2e::world::World;

cases!(job_files_become_the_jobs_that_nomad_makes_of_them, an_error_in_a_job_file_names_the_users_own_line);

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

fn job_files_become_the_jobs_that_nomad_makes_of_them(world: &World) {
    let Some(nomad) = super::on_real::on_path("nomad") else {
        #[expect(clippy::print_stdout, reason = "a skip is never silent")]
        {
            println!("SKIPPED: there is no nomad on PATH to compare job files with");
        }
        return;
    };
    for (file, words, env) in CORPUS {
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
fn compare(path: &str, theirs: &Value, ours: &Value, differences: &mut Vec<String>) {
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
