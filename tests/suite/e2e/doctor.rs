//! Cases of `fleet doctor`: exactly what was planted is found, and nothing on a cluster as it should be.

use fleet::api::http::Write;
use serde_json::{Value, json};

use crate::e2e::jobs::Job;
use crate::e2e::world::World;

cases! {
    a_cluster_as_it_should_be_has_no_finding,
    exactly_the_planted_faults_are_found,
    fifteen_kinds_of_faults_are_found_and_nothing_else,
    a_waiver_accepts_a_finding_until_it_expires,
    what_the_token_may_not_see_could_not_be_checked,
    a_node_that_was_left_sealed_is_opened_again,
    a_scheduler_that_rests_is_let_work_and_what_is_a_decision_is_refused,
    a_template_that_waits_for_what_nobody_wrote_is_told,
    what_was_used_is_told_beside_what_is_asked_for,
}

/// A service that has no fault: checked, several, updated and moved one by one, rolled back.
const SOUND: &str = r#"
job "sound" {
  group "g" {
    count = 3
    update {
      max_parallel     = 1
      min_healthy_time = "500ms"
      health_check     = "task_states"
      auto_revert      = true
    }
    migrate {
      max_parallel     = 1
      min_healthy_time = "500ms"
    }
    spread {
      attribute = "${node.unique.id}"
    }
    service {
      name     = "sound"
      provider = "nomad"
      address  = "127.0.0.1"
      port     = "1"
      check {
        type      = "tcp"
        interval  = "60s"
        timeout   = "1s"
        on_update = "ignore"
      }
    }
    ephemeral_disk {
      size = 10
    }
    task "t" {
      driver = "mock_driver"
      config {
        run_for = "240h"
      }
      logs {
        max_files     = 1
        max_file_size = 1
      }
      resources {
        cpu    = 50
        memory = 32
      }
    }
  }
}
"#;

/// Exit code, and the findings as `CODE subject`.
fn doctor(world: &World, args: &[&str]) -> (i32, Vec<String>, Value) {
    let args: Vec<&str> = ["doctor"].iter().chain(args).copied().chain(["-o", "json"]).collect();
    let ran = world.run(&args);
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"));
    let all = told["findings"].as_array().unwrap().iter();
    let found = all.map(|f| format!("{} {}", f["code"].as_str().unwrap(), f["subject"].as_str().unwrap()));
    (ran.code, found.collect(), told)
}

fn sound(world: &World) {
    world.register_hcl(SOUND);
    world.until("sound runs", 60.0, |w| w.healthy("sound").len() == 3);
}

fn a_cluster_as_it_should_be_has_no_finding(world: &World) {
    sound(world);
    let (code, found, told) = doctor(world, &[]);
    assert_eq!((code, found.len()), (0, 0), "{told:#}");
    assert_eq!(told["jobs_read"], 1);
    assert!(world.run(&["doctor"]).out.starts_with("nothing found"));
    let page = world.run(&["doctor", "--explain", "fd103"]);
    assert!(page.code == 0 && page.out.starts_with("# FD103: "), "{page}");
    assert_eq!(world.run(&["doctor", "--explain", "FD999"]).code, 2);
}

fn exactly_the_planted_faults_are_found(world: &World) {
    sound(world);
    world.register(&Job::service("single", 1));
    let scheduler =
        json!({"SchedulerAlgorithm": "binpack", "PreemptionConfig": {"ServiceSchedulerEnabled": true}});
    world.write(
        &Write::put("/v1/operator/scheduler/configuration", "configure the scheduler").body(&scheduler),
    );
    let planted =
        ["FD101 job single", "FD103 job single", "FD106 job single", "FD210 cluster", "FD215 cluster"];
    let mut told = Value::Null;
    world.until("exactly the planted faults", 30.0, |w| {
        let (code, mut found, view) = doctor(w, &[]);
        told = view;
        found.sort();
        code == 1 && found == planted
    });
    let one = doctor(world, &["--only", "FD103"]);
    assert_eq!((one.0, one.1), (1, vec!["FD103 job single".to_owned()]));
    assert!(doctor(world, &["--severity", "critical"]).1.is_empty());
    for (flag, file, has) in [
        ("--junit", "doctor.xml", "<testsuite name=\"fleet doctor\""),
        ("--html", "doctor.html", "<h1>fleet doctor: 5 findings</h1>"),
        ("--sarif", "doctor.sarif", "\"version\": \"2.1.0\""),
    ] {
        assert_eq!(world.run(&["doctor", flag, file]).code, 1);
        let text = std::fs::read_to_string(world.home().join(file)).unwrap();
        assert!(text.contains(has), "{file}: {text}");
    }
    let usual =
        json!({"SchedulerAlgorithm": "binpack", "PreemptionConfig": {"SystemSchedulerEnabled": true}});
    world.write(&Write::put("/v1/operator/scheduler/configuration", "configure the scheduler").body(&usual));
}

/// A service with this much of a job, a group and a task beside what is sound.
fn faulty(name: &str, count: u32, job: &str, group: &str, task: &str) -> String {
    format!(
        "job \"{name}\" {{\n {job}\n group \"g\" {{\n count = {count}\n {group}\n ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n \
         driver = \"mock_driver\"\n config {{\n run_for = \"240h\"\n }}\n logs {{\n max_files = 1\n max_file_size = 1\n }}\n {task}\n \
         }}\n }}\n}}\n"
    )
}

/// A check that holds nothing up.
const CHECK: &str = "service {\n name = \"faulty\"\n provider = \"nomad\"\n address = \"127.0.0.1\"\n port = \"1\"\n check {\n type = \"tcp\"\n \
     interval = \"60s\"\n timeout = \"1s\"\n on_update = \"ignore\"\n }\n }";
const SMALL: &str = "resources {\n cpu = 50\n memory = 32\n }";

fn fifteen_kinds_of_faults_are_found_and_nothing_else(world: &World) {
    let lonely = "network {\n port \"http\" {\n static = 18099\n }\n }";
    let task = "kill_timeout = \"120s\"\n env {\n DB_PASSWORD = \"hunter2hunter2\"\n }\n resources {\n cpu = 50\n memory = 32\n \
                memory_max = 64\n }";
    world.register_hcl(&faulty("lonely", 1, "", lonely, task));
    let at_once = format!(
        "update {{\n max_parallel = 2\n min_healthy_time = \"500ms\"\n health_check = \"task_states\"\n auto_revert = true\n }}\n \
         migrate {{\n max_parallel = 2\n }}\n {CHECK}"
    );
    let on_one = "constraint {\n attribute = \"${node.unique.name}\"\n value = \"c1\"\n }";
    world.register_hcl(&faulty("at-once", 2, on_one, &at_once, SMALL));
    let apart = "spread {\n attribute = \"${node.unique.id}\"\n }";
    let stiff = format!("update {{\n max_parallel = 0\n }}\n {CHECK}");
    world.register_hcl(&faulty("stiff", 2, apart, &stiff, SMALL));
    world.register_hcl(
        &WAITS.replace("mock_driver", "docker").replace("run_for = \"1s\"", "image = \"web:latest\""),
    );
    let scheduler =
        json!({"SchedulerAlgorithm": "binpack", "PreemptionConfig": {"ServiceSchedulerEnabled": true}});
    world.write(
        &Write::put("/v1/operator/scheduler/configuration", "configure the scheduler").body(&scheduler),
    );
    assert_eq!(world.run(&["node", "ineligible", "c6"]).code, 0);
    let mut planted = [
        "FD101 job lonely",
        "FD103 job lonely",
        "FD106 job lonely",
        "FD108 job lonely",
        "FD110 job lonely",
        "FD112 job lonely",
        "FD113 job lonely",
        "FD105 job at-once",
        "FD105 job at-once",
        "FD117 job at-once",
        "FD104 job stiff",
        "FD111 job waits",
        "FD306 job waits",
        "FD210 cluster",
        "FD215 cluster",
        "FD214 node c6",
    ];
    planted.sort_unstable();
    let mut told = Value::Null;
    world.until("exactly the planted faults", 60.0, |w| {
        let (_, mut found, view) = doctor(w, &[]);
        told = view;
        found.sort();
        if found != planted {
            #[expect(clippy::print_stdout, reason = "what is still missing, should it stay so")]
            {
                println!("{found:?}");
            }
        }
        found == planted
    });
    let usual =
        json!({"SchedulerAlgorithm": "binpack", "PreemptionConfig": {"SystemSchedulerEnabled": true}});
    world.write(&Write::put("/v1/operator/scheduler/configuration", "configure the scheduler").body(&usual));
    world.set_eligible("c6", fleet::api::nomad::node::Eligibility::Eligible);
}

fn a_waiver_accepts_a_finding_until_it_expires(world: &World) {
    world.register(&Job::service("single", 1));
    let waiver = |code: &str, day: &str| {
        format!(
            "[[waiver]]\ncode = \"{code}\"\nsubject = \"job s*\"\nreason = \"it is meant so\"\nexpires = \"{day}\"\n"
        )
    };
    let all = format!(
        "{}{}{}",
        waiver("FD101", "2099-01-01"),
        waiver("FD103", "2099-01-01"),
        waiver("FD106", "2001-01-01")
    );
    std::fs::write(world.home().join("doctor.toml"), all).unwrap();
    let (code, found, told) = doctor(world, &["--waivers", "doctor.toml"]);
    assert_eq!((code, found), (1, vec!["FD106 job single".to_owned()]), "{told:#}");
    assert_eq!(told["waived"].as_array().unwrap().len(), 2);
    let ran = world.run(&["doctor", "--waivers", "doctor.toml"]);
    assert!(ran.err.contains("the waiver of FD106 expired on 2001-01-01"), "{ran}");
    std::fs::write(world.home().join("bad.toml"), waiver("FD999", "2099-01-01")).unwrap();
    let ran = world.run(&["doctor", "--waivers", "bad.toml"]);
    assert!(ran.code == 2 && ran.err.contains("there is no check FD999"), "{ran}");
}

fn what_the_token_may_not_see_could_not_be_checked(world: &World) {
    let token = world.token("namespace \"default\" { policy = \"read\" }");
    let ran = world.fleet().env("NOMAD_TOKEN", &token).run(&["doctor", "-o", "json"]);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ran.code, 2, "{ran}");
    let unseen = told["could_not_check"].to_string();
    assert!(unseen.contains("the nodes") && unseen.contains("node { policy"), "{unseen}");
}

fn a_node_that_was_left_sealed_is_opened_again(world: &World) {
    let nodes = world.fleet().run(&["node", "list", "-o", "json"]);
    let nodes: Value = serde_json::from_str(&nodes.out).unwrap();
    let name = nodes[0]["node_name"].as_str().unwrap().to_owned();
    let id = nodes[0]["node_id"].as_str().unwrap().to_owned();
    assert_eq!(world.run(&["node", "ineligible", &id]).code, 0);
    let subject = format!("FD214 node {name}");
    let (_, found, told) = doctor(world, &["--only", "FD214"]);
    assert_eq!(found, std::slice::from_ref(&subject), "{told:#}");
    // A preview changes nothing and says that something waits.
    let ran = world.run(&["doctor", "--fix", "FD214", "--dry-run", "-o", "json"]);
    let rows: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(ran.code == 8 && rows[0]["state"] == "to-mend", "{ran}");
    assert_eq!(doctor(world, &["--only", "FD214"]).1, [subject]);
    // Nobody is there to agree.
    let ran = world.run(&["doctor", "--fix", "FD214"]);
    assert!(ran.code == 7 && ran.err.contains("make node"), "{ran}");
    let ran = world.run(&["doctor", "--fix", "FD214", "--yes", "-o", "json"]);
    let rows: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(ran.code == 0 && rows[0]["state"] == "mended", "{ran}");
    assert!(ran.err.contains("taken back by: fleet node ineligible"), "{ran}");
    assert!(doctor(world, &["--only", "FD214"]).1.is_empty());
    assert_eq!(world.run(&["doctor", "--fix", "FD214", "--yes"]).code, 0);
}

fn a_scheduler_that_rests_is_let_work_and_what_is_a_decision_is_refused(world: &World) {
    let ran = world.run(&["doctor", "--fix", "FD103", "--yes"]);
    assert!(ran.code == 7 && ran.err.contains("fleet doctor --explain FD103"), "{ran}");
    assert_eq!(world.run(&["doctor", "--fix", "FD999"]).code, 2);
    assert_eq!(world.run(&["operator", "scheduler", "set", "--pause-eval-broker", "true", "--yes"]).code, 0);
    assert_eq!(doctor(world, &["--only", "FD209"]).1, ["FD209 cluster"]);
    let ran = world.run(&["doctor", "--fix", "FD209", "--yes"]);
    assert!(ran.code == 0 && ran.out.contains("mended"), "{ran}");
    assert!(doctor(world, &["--only", "FD209"]).1.is_empty());
    let shown = world.run(&["operator", "scheduler", "show", "-o", "json"]);
    assert!(shown.code == 0 && !shown.out.contains("PauseEvalBroker\",\n      \"value\": true"), "{shown}");
    // What is named and cannot be looked at is no success: this one is without Consul.
    let (code, found, told) = doctor(world, &["--only", "FD301"]);
    assert!(code == 2 && found.is_empty(), "{told:#}");
    assert!(told["could_not_check"][0].as_str().unwrap().contains("CONSUL_HTTP_ADDR"), "{told:#}");
    assert_eq!(world.run(&["doctor", "--fix", "FD301"]).code, 2);
    // What is named is looked at, also where it takes more requests.
    let (code, found, told) = doctor(world, &["--only", "FD216"]);
    assert!(code == 0 && found.is_empty(), "{told:#}");
    assert!(told["left_out"].as_array().unwrap().is_empty(), "what was not named is not left out: {told:#}");
    if world.speed > 1.0 {
        #[expect(clippy::print_stdout, reason = "a skip is never silent")]
        {
            println!("skipped on the embedded fleet: it keeps no settings of autopilot");
        }
        return;
    }
    let leave = ["operator", "autopilot", "set", "--cleanup-dead-servers", "false", "--yes"];
    assert_eq!(world.run(&leave).code, 0);
    assert_eq!(doctor(world, &["--only", "FD216"]).1, ["FD216 cluster"]);
    let ran = world.run(&["doctor", "--fix", "FD216", "--yes"]);
    assert!(ran.code == 0 && ran.out.contains("mended"), "{ran}");
    assert!(doctor(world, &["--only", "FD216"]).1.is_empty());
}

/// A job whose task may not be placed anywhere, with a template that waits.
const WAITS: &str = r#"
job "waits" {
  type = "batch"
  constraint {
    attribute = "${node.class}"
    value     = "none"
  }
  group "g" {
    task "t" {
      driver = "mock_driver"
      config {
        run_for = "1s"
      }
      template {
        data        = "{{ with nomadVar \"nomad/jobs/waits/none\" }}{{ .a }}{{ end }}"
        destination = "local/x"
      }
      resources {
        cpu    = 50
        memory = 32
      }
    }
  }
}
"#;

fn a_template_that_waits_for_what_nobody_wrote_is_told(world: &World) {
    world.register_hcl(WAITS);
    let (_, found, told) = doctor(world, &["--only", "FD306"]);
    assert_eq!(found, ["FD306 job waits"], "{told:#}");
    assert!(
        told["findings"][0]["text"].as_str().unwrap().contains("variable nomad/jobs/waits/none"),
        "{told:#}"
    );
    let ran = world.run(&["var", "set", "nomad/jobs/waits/none", "a=b"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(doctor(world, &["--only", "FD306"]).1.is_empty());
}

/// A Prometheus that answers every question about one task: 40 MHz and 20 MiB, in 5,000 samples.
fn prometheus(job: &str) -> (String, std::thread::JoinHandle<Vec<String>>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let job = job.to_owned();
    let served = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for _ in 0..4 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut piece = [0_u8; 4096];
            while !request.windows(4).any(|w| w == b"\r\n\r\n") {
                let n = stream.read(&mut piece).unwrap();
                assert_ne!(n, 0, "the question ends early");
                request.extend_from_slice(&piece[..n]);
            }
            let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
            let value = if line.contains("cpu_total_ticks") {
                "40"
            } else if line.contains("count_over_time") {
                "5000"
            } else {
                "20971520"
            };
            let row = json!({"metric": {"namespace": "default", "exported_job": job, "job": "nomad", "task_group": "g", "task": "t"},
                "value": [0, value]});
            let body =
                json!({"status": "success", "data": {"resultType": "vector", "result": [row]}}).to_string();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
            asked.push(line);
        }
        asked
    });
    (address, served)
}

const LARGE: &str = r#"
job "large" {
  group "g" {
    ephemeral_disk {
      size = 10
    }
    task "t" {
      driver = "mock_driver"
      config {
        run_for = "240h"
      }
      logs {
        max_files     = 1
        max_file_size = 1
      }
      resources {
        cpu    = 400
        memory = 256
      }
    }
  }
}
"#;

fn what_was_used_is_told_beside_what_is_asked_for(world: &World) {
    std::fs::write(world.home().join("large.nomad.hcl"), LARGE).unwrap();
    let ran = world.run(&["job", "run", "large.nomad.hcl"]);
    assert_eq!(ran.code, 0, "{ran}");
    let (address, served) = prometheus("large");
    let ran = world.run(&["doctor", "jobs", "large", "--prometheus", &address, "-o", "json"]);
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"));
    let row = &told[0];
    assert_eq!(
        (ran.code, &row["verdict"], &row["confidence"]),
        (1, &"too-much".into(), &"high".into()),
        "{ran}"
    );
    assert_eq!(
        (&row["cpu_mhz_suggested"], &row["memory_mib_suggested"], &row["samples"]),
        (&50.into(), &32.into(), &5000.into()),
        "{ran}"
    );
    let asked = served.join().unwrap();
    assert!(asked.iter().all(|line| line.starts_with("GET /api/v1/query?query=")), "{asked:?}");
    let (address, served) = prometheus("large");
    let ran = world.run(&[
        "doctor",
        "jobs",
        "large",
        "--prometheus",
        &address,
        "--diff",
        "--file",
        "large.nomad.hcl",
    ]);
    served.join().unwrap();
    assert!(
        ran.out.contains(
            "-        cpu    = 400\n-        memory = 256\n+        cpu    = 50\n+        memory = 32\n"
        ),
        "{ran}"
    );
    // Nothing was written, and what does not answer is no measurement.
    assert_eq!(std::fs::read_to_string(world.home().join("large.nomad.hcl")).unwrap(), LARGE);
    let ran = world.run(&["doctor", "jobs", "--prometheus", "http://127.0.0.1:1"]);
    assert!(ran.code == 1 && ran.err.contains("does not tell what tasks use"), "{ran}");
    assert_eq!(world.run(&["doctor", "jobs", "none-such"]).code, 3);
}
