//! Cases of `fleet doctor`: exactly what was planted is found, and nothing on a cluster as it should be.

use fleet::api::http::Write;
use serde_json::{Value, json};

use crate::e2e::jobs::Job;
use crate::e2e::world::World;

cases! {
    a_cluster_as_it_should_be_has_no_finding,
    exactly_the_planted_faults_are_found,
    a_waiver_accepts_a_finding_until_it_expires,
    what_the_token_may_not_see_could_not_be_checked,
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
    let planted = ["FD101 job single", "FD103 job single", "FD106 job single", "FD210 cluster"];
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
        ("--html", "doctor.html", "<h1>fleet doctor: 4 findings</h1>"),
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
