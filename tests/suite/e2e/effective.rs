//! Cases of `fleet job show --effective`: what is written, what stands in for what is not, and what a change does.

use fleet::api::nomad::plan;
use serde_json::{Value, json};

use crate::e2e::world::World;

cases! {
    every_field_of_a_job_says_where_it_comes_from,
    what_a_change_is_said_to_do_is_what_the_scheduler_plans,
}

const FILE: &str = r#"
variable "word" {
  default = "hello"
}

job "web" {
  update {
    max_parallel     = 1
    min_healthy_time = "500ms"
    health_check     = "task_states"
  }
  group "g" {
    count = 1
    ephemeral_disk {
      size = 10
    }
    task "t" {
      driver = "mock_driver"
      config {
        run_for = "240h"
      }
      env {
        WORD        = var.word
        DB_PASSWORD = "correct-horse-battery"
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

fn fields(world: &World, args: &[&str]) -> Value {
    let args: Vec<&str> = [&["job", "show", "--effective", "-o", "json"], args].concat();
    let ran = world.run(&args);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!ran.out.contains("correct-horse-battery"), "{ran}");
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"))
}

/// Origin and value of a field.
fn of(told: &Value, task: bool, name: &str) -> (String, Value) {
    let all = told["fields"].as_array().unwrap();
    let found = all.iter().find(|f| f["field"] == name && f["task"].is_string() == task);
    let field = found.unwrap_or_else(|| panic!("no {name} in {told:#}"));
    (field["origin"].as_str().unwrap().to_owned(), field["value"].clone())
}

fn is(told: &Value, task: bool, name: &str, origin: &str, value: impl Into<Value>) {
    assert_eq!(of(told, task, name), (origin.to_owned(), value.into()), "{name}");
}

fn every_field_of_a_job_says_where_it_comes_from(world: &World) {
    std::fs::write(world.home().join("web.nomad.hcl"), FILE).unwrap();
    let file = fields(world, &["web.nomad.hcl", "--var", "word=bye"]);
    is(&file, true, "env.WORD", "written", "bye");
    is(&file, true, "kill_timeout", "default", "5s");
    assert_eq!(file["job_version"], Value::Null);
    assert_eq!(world.run(&["job", "show", "web"]).code, 3, "nothing was registered");
    let ran = world.run(&["job", "run", "web.nomad.hcl"]);
    assert_eq!(ran.code, 0, "{ran}");
    let told = fields(world, &["web"]);
    is(&told, true, "env.WORD", "written", "hello");
    is(&told, true, "resources.cpu", "written", 50);
    is(&told, true, "kill_timeout", "default", "5s");
    is(&told, false, "count", "written", 1);
    is(&told, false, "restart.mode", "default", "fail");
    is(&told, false, "priority", "default", 50);
    // What the job says for its groups is written.
    let update: Vec<&Value> =
        told["fields"].as_array().unwrap().iter().filter(|f| f["field"] == "update.max_parallel").collect();
    assert!(update.iter().all(|f| f["origin"] == "written"), "{update:#?}");
    assert_eq!(of(&told, true, "env.DB_PASSWORD").0, "written");
    // Scaling changes the job and leaves the file.
    assert_eq!(world.run(&["job", "scale", "web", "2"]).code, 0);
    let scaled = fields(world, &["web"]);
    is(&scaled, false, "count", "changed", 2);
    let shown = world.run(&["job", "inspect", "web", "--effective"]);
    assert!(shown.code == 0 && shown.out.contains("count"), "{shown}");
    assert_eq!(world.run(&["job", "show", "web", "--var", "a=b"]).code, 2);
    assert_eq!(world.run(&["job", "show", "web", "--effective", "--var", "a=b"]).code, 2);
}

fn what_a_change_is_said_to_do_is_what_the_scheduler_plans(world: &World) {
    world.register_hcl(FILE);
    world.until("web runs", 60.0, |w| w.healthy("web").len() == 1);
    let told = fields(world, &["web"]);
    let spec: Value =
        serde_json::from_str(&world.run(&["job", "inspect", "web", "--show-secrets", "-o", "json"]).out)
            .unwrap();
    let changes = [
        ("/Priority", json!(60), "priority"),
        ("/TaskGroups/0/RestartPolicy/Attempts", json!(7), "restart.attempts"),
        ("/TaskGroups/0/EphemeralDisk/SizeMB", json!(20), "ephemeral_disk.size"),
        ("/TaskGroups/0/Tasks/0/Env/WORD", json!("other"), "env.WORD"),
        ("/TaskGroups/0/Tasks/0/KillTimeout", json!(9_000_000_000_u64), "kill_timeout"),
        ("/TaskGroups/0/Tasks/0/Resources/CPU", json!(40), "resources.cpu"),
        ("/TaskGroups/0/Tasks/0/LogConfig/Disabled", json!(true), "logs.disabled"),
        ("/TaskGroups/0/Tasks/0/LogConfig/MaxFiles", json!(2), "logs.max_files"),
        ("/TaskGroups/0/Tasks/0/Leader", json!(true), "leader"),
    ];
    for (place, value, name) in changes {
        let mut changed = spec.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("no {place}")) = value;
        let call = plan::plan("default", "web", &changed);
        let planned = world.wait_on(async { world.api().ask(&call).await }).unwrap().value;
        let group = &planned.annotations.updates["g"];
        let effect = if group.destructive_update > 0 { "new-allocations" } else { "in-place" };
        let field = told["fields"].as_array().unwrap().iter().find(|f| f["field"] == name).unwrap();
        assert_eq!(field["effect"], effect, "{name}: {group:?}");
    }
}
