//! What is secret is told by no verb, in no form, on no stream.

use serde_json::Value;

use crate::e2e::world::World;

cases! {
    no_verb_tells_what_a_job_keeps_secret,
    a_weak_password_hides_nothing_but_itself,
    what_a_plan_takes_out_is_judged_by_the_registered_file,
    what_changes_in_a_template_is_told_without_its_secrets,
    settings_and_commands_tell_no_secrets,
}

/// A secret of each kind, `CANARY` in each; and what may be told.
fn job(version: u32) -> String {
    let canary = |what: &str| format!("CANARY{what}{version}x9");
    format!(
        "variable \"pw\" {{\n  default = \"{d}\"\n}}\n\njob \"keeper\" {{\n  type = \"service\"\n  meta {{\n    jwt = \"{m}\"\n    shown = \"plain\"\n  }}\n  \
         group \"g\" {{\n    task \"t\" {{\n      driver = \"mock_driver\"\n      config {{\n        run_for = \"600s\"\n      }}\n      env {{\n        \
         DB_PASS = \"{e}\"\n        MYSQL_PWD = \"{e}\"\n        SESSION_KEY = \"{e}\"\n        SALT = \"{e}\"\n        GITHUB_PAT = \"{e}\"\n        \
         REDIS_AUTH = \"{e}\"\n        COOKIE = \"{e}\"\n        URL = \"https://bob:{u}@db/x\"\n        COPY = \"is {e}\"\n        FROM_VAR = var.pw\n      }}\n      \
         template {{\n        destination = \"local/a\"\n        data = <<EOT\nversion {version}\npassword: |\n  {t}\nAuthorization: Bearer {t}\nmachine h login bob password {t}\n\
         run --password {t} now\nEOT\n      }}\n      artifact {{\n        source = \"https://bob:{a}@127.0.0.1:1/x?X-Amz-Signature={a}\"\n        mode = \"any\"\n      }}\n      \
         resources {{\n        cpu = 20\n        memory = 32\n      }}\n    }}\n    service {{\n      provider = \"nomad\"\n      name = \"keeper\"\n      \
         tags = [\"traefik.http.middlewares.a.basicauth.users=bob:{s}\", \"https://bob:{s}@keeper.example/x\"]\n    }}\n  }}\n}}\n",
        d = canary("Default"),
        m = canary("Meta"),
        e = canary("Env"),
        u = canary("Url"),
        t = canary("Template"),
        a = canary("Artifact"),
        s = canary("Tag"),
    )
}

/// Runs a command in every form of output, with its requests logged, and looks for what must not be told.
fn hunt(world: &World, args: &[&str]) -> usize {
    let mut told = 0;
    for form in ["table", "wide", "json", "json-lines"] {
        let ran = world.run(&[args, &["-o", form, "-vv"]].concat());
        assert!(
            !ran.out.contains("CANARY") && !ran.err.contains("CANARY"),
            "{args:?} -o {form} tells a secret:\n{ran}"
        );
        told += ran.out.len();
    }
    told
}

fn no_verb_tells_what_a_job_keeps_secret(world: &World) {
    let write = |name: &str, text: &str| std::fs::write(world.home().join(name), text).unwrap();
    write("one.hcl", &job(1));
    write("two.hcl", &job(2));
    write("broken.hcl", &job(2).replace("type = ", "typo = "));
    assert!(hunt(world, &["job", "plan", "one.hcl"]) > 0);
    hunt(world, &["job", "validate", "one.hcl"]);
    hunt(world, &["job", "validate", "broken.hcl"]);
    hunt(world, &["deploy", "one.hcl", "--dry-run"]);
    hunt(world, &["deploy", "one.hcl", "--detach", "--yes"]);
    world.until("it is registered", 20.0, |w| w.run(&["job", "show", "keeper"]).code == 0);
    assert!(hunt(world, &["job", "plan", "two.hcl"]) > 0);
    hunt(world, &["deploy", "two.hcl", "--detach", "--yes", "--var", "pw=CANARYFlag77x"]);
    for args in [
        &["job", "diff", "keeper"][..],
        &["job", "history", "keeper"],
        &["job", "inspect", "keeper"],
        &["job", "inspect", "keeper", "--hcl"],
        &["events", "--job", "keeper", "--count", "1", "--topic", "Job"],
        &["job", "inspect", "keeper", "--version", "0"],
        &["job", "show", "keeper"],
        &["job", "deployments", "keeper"],
        &["job", "list"],
        &["job", "urls", "keeper"],
        &["deploy", "status", "keeper"],
        &["deployment", "list"],
        &["eval", "list"],
        &["alloc", "list"],
        &["status"],
        &["node", "list"],
    ] {
        assert!(hunt(world, args) > 0, "{args:?} tells nothing");
    }
    for alloc in world.allocs("keeper") {
        hunt(world, &["alloc", "show", &alloc.id]);
    }
    // What is asked for by name is told.
    let ran = world.run(&["job", "inspect", "keeper", "--show-secrets"]);
    assert!(ran.out.contains("CANARYEnv2x9"), "{ran}");
    let ran = world.run(&["job", "diff", "keeper", "-o", "json"]);
    let diff: Value = serde_json::from_str(&ran.out).unwrap_or_default();
    let changes = diff["changes"].as_array().cloned().unwrap_or_default();
    let of = |field: &str| changes.iter().find(|c| c["field"] == field).cloned().unwrap_or_default();
    assert!(of("Env[DB_PASS]")["redacted"] == true && of("Env[DB_PASS]")["new"].is_null(), "{ran}");
}

/// A case file as a job that runs here.
fn case(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases");
    folder.join(name).display().to_string()
}

fn a_weak_password_hides_nothing_but_itself(world: &World) {
    assert_eq!(world.run(&["deploy", &case("m4-hide-1.hcl"), "--detach", "--yes"]).code, 0);
    let ran = world.run(&["job", "plan", &case("m4-hide-2.hcl")]);
    assert!(ran.out.contains("postgres:16 → postgres:17"), "{ran}");
    assert!(!ran.out.contains("s3cret"), "{ran}");
    let ran = world.run(&["job", "plan", &case("m4-hide-2.hcl"), "-o", "json"]);
    assert!(ran.out.contains("\"postgres:17\"") && !ran.out.contains("s3cret"), "{ran}");
}

/// What is old was made by the registered file: it says what of that is secret, however weak.
fn what_a_plan_takes_out_is_judged_by_the_registered_file(world: &World) {
    let job = |head: &str, env: &str, key: &str| {
        format!(
            "{head}\njob \"taken\" {{\n  type = \"service\"\n  group \"g\" {{\n    task \"t\" {{\n      driver = \"mock_driver\"\n      config {{\n        \
             run_for = \"600s\"\n      }}\n      env {{\n{env}\n      }}\n      template {{\n        destination = \"secrets/id_rsa\"\n        data = \"{key}\"\n      \
             }}\n      template {{\n        destination = \"local/a.php\"\n        data = <<EOT\ndefine('DB_PASSWORD', '{key}php');\nredis-cli -a {key}cli ping\nEOT\n      }}\n      \
             resources {{\n        cpu = 20\n        memory = 32\n      }}\n    }}\n  }}\n}}\n"
        )
    };
    let old = job(
        "variable \"db_pass\" {\n  default = \"CANARY\"\n}\nlocals {\n  dbpass = \"CANARYLOC\"\n  again = var.db_pass\n}",
        "V = var.db_pass\nB = \"p-${var.db_pass}\"\nC = lower(var.db_pass)\nL = local.dbpass\nM = \"m-${local.again}\"\npin_code = \"CANARYPIN\"\npgpass = \"h:5432:db:u:CANARYPG\"",
        "CANARY",
    );
    let new = job("", "V = \"other\"\nB = \"p\"\nC = \"c\"\nL = \"l\"\nM = \"m\"", "x");
    std::fs::write(world.home().join("old.hcl"), &old).unwrap();
    std::fs::write(world.home().join("new.hcl"), &new).unwrap();
    hunt(world, &["job", "plan", "old.hcl"]);
    hunt(world, &["deploy", "old.hcl", "--detach", "--yes"]);
    let ran = world.run(&["job", "plan", "new.hcl"]);
    assert!(ran.code == 8 && ran.out.contains("Env[B]: changed (not shown)"), "{ran}");
    assert!(ran.out.contains("Env[C]: changed (not shown)"), "{ran}");
    for args in [
        &["job", "plan", "new.hcl"][..],
        &["deploy", "new.hcl", "--dry-run"],
        &["job", "plan", "old.hcl", "--var", "db_pass=CANARYS"],
        &["job", "inspect", "taken"],
        &["job", "inspect", "taken", "--hcl"],
        &["job", "inspect", "taken", "--effective"],
        &["deploy", "new.hcl", "--detach", "--yes"],
        &["job", "diff", "taken"],
        &["job", "history", "taken"],
    ] {
        hunt(world, args);
    }
}

fn what_changes_in_a_template_is_told_without_its_secrets(world: &World) {
    assert_eq!(world.run(&["deploy", &case("m3-tmpl-1.hcl"), "--detach", "--yes"]).code, 0);
    for form in ["table", "wide", "json", "json-lines"] {
        let ran = world.run(&["job", "plan", &case("m3-tmpl-2.hcl"), "-o", form]);
        assert!(ran.code == 8 && !ran.out.contains("hunter2"), "{ran}");
        assert!(ran.out.contains("EmbeddedTmpl"), "{ran}");
    }
    assert_eq!(world.run(&["deploy", &case("m3-tmpl-2.hcl"), "--detach", "--yes"]).code, 0);
    for verb in ["diff", "history"] {
        for form in ["table", "json", "json-lines"] {
            let ran = world.run(&["job", verb, "m3", "-o", form]);
            assert!(!ran.out.contains("hunter2") && ran.out.contains("EmbeddedTmpl"), "{ran}");
        }
    }
    let ran = world.run(&["job", "diff", "m3"]);
    assert!(ran.out.contains("changed (not shown)"), "{ran}");
}

fn settings_and_commands_tell_no_secrets(world: &World) {
    let address = world.address.replace("http://", "http://bob:CANARYaddr1@");
    let fleet = || world.fleet().env("NOMAD_ADDR", &address).env("NOMAD_VAR_pw", "CANARYvar1x");
    for args in [&["context", "show"][..], &["context", "show", "-o", "json"], &["node", "list", "-vv"]] {
        let ran = fleet().run(args);
        assert!(ran.code == 0 && !ran.out.contains("CANARY") && !ran.err.contains("CANARY"), "{ran}");
    }
    let ran = world.fleet().env("NOMAD_ADDR", "ftp://bob:CANARYaddr1@h").run(&["node", "list"]);
    assert!(ran.code == 2 && !ran.err.contains("CANARY"), "{ran}");
    // A pipeline says what it would do.
    let pipeline = || {
        let vars = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "a/b"),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_SHA", "0123456789"),
            ("BASE_DOMAIN", "x.example"),
            ("NOMAD_TOKEN_PROD", "CANARYtoken1x"),
            ("NOMAD_SECRET_DB", "CANARYsecret1x"),
            ("NOMAD_VAR_note", "with CANARYtoken1x"),
        ];
        vars.iter().fold(fleet(), |fleet, (name, value)| fleet.env(name, *value))
    };
    for args in [&["ci", "env"][..], &["ci", "env", "-o", "json"], &["ci", "env", "--job-file"]] {
        let ran = pipeline().run(args);
        assert!(ran.code == 0 && !ran.out.contains("CANARY") && !ran.err.contains("CANARY"), "{ran}");
    }
    // What a command says is passed on without the secrets it was given.
    let command = "echo got $NOMAD_VAR_pw and $NOMAD_TOKEN; echo password=CANARYout1x >&2; exit 3";
    let ran = fleet().run(&[
        "rotate-nodes",
        "--class",
        "old",
        "--replace-with-cmd",
        command,
        "--shell",
        "--yes",
        "--replace-timeout",
        "30s",
    ]);
    assert!(ran.code != 0 && ran.err.contains("got (not shown) and (not shown)"), "{ran}");
    assert!(
        !ran.out.contains("CANARY") && !ran.err.contains("CANARY") && !ran.err.contains(&world.token),
        "{ran}"
    );
}
