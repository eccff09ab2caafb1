//! `job action` from end to end.

use fleet::api::http::Get;
use fleet::api::nomad::exec::{self, ActionRef};
use fleet::api::permission::{Grant, Permission};
use serde_json::json;

use crate::e2e::exec::piped;
use crate::e2e::jobs::script;
use crate::e2e::world::World;

cases! {
    actions_are_listed_and_run_as_commands_are,
    what_is_no_action_of_the_task_is_refused_in_nomads_words,
}

/// A job whose task has actions.
fn acting(name: &str, count: u32) -> String {
    let action = |name: &str, command: &str, args: &str| {
        format!("action \"{name}\" {{\n command = \"{command}\"\n args = [{args}]\n }}\n ")
    };
    let actions = action("greet", "/bin/sh", r#""-c", "echo out $NOMAD_ALLOC_INDEX; echo err >&2; exit 3""#)
        + &action("echo", "cat", "")
        + &action("gone", "no-such-program-anywhere-and-a-name-too-long-for-a-close-frame", "")
        + &action("file", "/etc/passwd", "");
    let logs = "max_files = 1\n max_file_size = 1";
    script(name, count, "while true; do sleep 3600 & wait; done", logs)
        .replace("resources {", &format!("{actions}resources {{"))
}

/// Starts a job `web` that does nothing, and has actions.
pub(crate) fn start(world: &World, count: u32) {
    world.register_hcl(&acting("web", count));
    world.until("running", 60.0, |w| w.healthy("web").len() == count as usize);
}

fn actions_are_listed_and_run_as_commands_are(world: &World) {
    start(world, 2);
    let list: serde_json::Value =
        serde_json::from_str(&world.run(&["job", "action", "list", "web", "-o", "json"]).out).unwrap();
    assert_eq!(list[1], json!({"name": "echo", "group": "g", "task": "t", "command": ["cat"]}));
    let ran = world.run(&["job", "action", "run", "web[1]", "greet"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (3, "out 1\n", "err\n"), "{ran}");
    let (code, out, err) = piped(world, &["job", "action", "run", "web/g[0]", "echo", "-i"], b"in\0out");
    assert_eq!((code, out.as_slice()), (0, &b"in\0out"[..]), "{err}");
    let all = world.run(&["job", "action", "run", "web", "greet", "--all"]);
    assert!(all.code == 3 && all.out.contains("/t out 0\n") && all.out.contains("/t out 1\n"), "{all}");
    for (name, code, says) in
        [("gone", 127, "no-such-program-anywhere"), ("file", 126, "/etc/passwd: not executable")]
    {
        let ran = world.run(&["job", "action", "run", "web[0]", name]);
        assert!(ran.code == code && ran.err.contains(says), "{ran}");
    }
    for (args, says) in [
        (&["web", "nope"][..], "its actions: echo, file, gone, greet"),
        (&["web", "greet", "--task", "x"], "has no action \"greet\" in task x"),
        (&["web", "greet", "--all", "-i"], "cannot share a terminal or stdin"),
        (&["wbe", "greet"], "no such job: wbe"),
    ] {
        let ran = world.run(&[&["job", "action", "run"], args].concat());
        assert!(ran.code == 125 && ran.err.contains(says), "{ran}");
    }
    let token = world.token("namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\"] }");
    let refused = world.fleet().env("NOMAD_TOKEN", token).run(&["job", "action", "run", "web[0]", "greet"]);
    assert!(refused.code == 125 && refused.err.contains("alloc-exec"), "{refused}");
}

fn what_is_no_action_of_the_task_is_refused_in_nomads_words(world: &World) {
    start(world, 1);
    let id = world.allocs("web")[0].id.clone();
    let told = |id: &str, task: &str, job: &str, namespace: &str, name: &str| {
        let of = ActionRef { namespace: namespace.into(), job: job.into(), name: name.into() };
        world.wait_on(async {
            let (http, permission) = (world.api(), Permission::granted(Grant::Explicit));
            let call = exec::action((id, task), &of, false);
            let (_input, mut output) = exec::open(&http, &permission, &call).await.unwrap();
            output.next().await.unwrap_err().text
        })
    };
    assert_eq!(told("", "t", "web", "default", "greet"), "missing AllocID");
    assert_eq!(told(&id, "t", "web", "default", "nope"), "action nope not found in task t");
    assert_eq!(told(&id, "x", "web", "default", "greet"), format!("task x not found in allocation {id}"));
    assert_eq!(told(&id, "", "web", "default", "greet"), "must provide task name");
    assert_eq!(told(&id, "t", "web", "default", ""), "command is not present");
    assert_eq!(told(&id, "t", "wbe", "default", "greet"), "job wbe not found in namespace default");
    assert_eq!(told(&id, "t", "web", "ops", "greet"), "job web not found in namespace ops");
    let plain: Get<String> = Get::new("/v1/job/web/action", "ask without a websocket");
    let error = world.wait_on(world.api().read_text(&plain)).unwrap_err();
    // Nomad 1.10 refuses it in other words than 1.8 and 2.0.
    assert!(error.text.contains("websocket"), "{}", error.text);
}
