//! Tasks that really run: `raw_exec` tasks as local processes, for whoever wants their logs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::task::JoinHandle;

use crate::api::nomad::allocation::ClientStatus;
use crate::sandbox::engine::Shared;
use crate::sandbox::host::declaration;
use crate::sandbox::host::environment::Environment;
use crate::sandbox::host::logs::Rotator;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Machine;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::task::Phase;
use crate::sandbox::world::ProcessEnd;

/// A run of a task: when the task starts anew, this is another.
type Run = (Id, Arc<str>, Option<Moment>);

/// Keeps a process for every running `raw_exec` task, and none for any other. A process that ends by itself ends its task.
pub(in crate::sandbox) async fn keep(shared: Arc<Shared>) {
    let mut pulse = shared.pulse.subscribe();
    let mut processes: BTreeMap<Run, JoinHandle<()>> = BTreeMap::new();
    loop {
        let wanted = shared.visit(|world| {
            let running = world.state.allocs().by_id().filter(|a| a.client == ClientStatus::Running);
            let node = |alloc: &Alloc| world.state.node(alloc.node_id).map(|node| Arc::clone(&node.machine));
            let with_node = |(run, alloc): (Run, Arc<Alloc>)| (run, node(&alloc), alloc);
            running.flat_map(runs).map(with_node).collect::<Vec<_>>()
        });
        processes.retain(|run, process| {
            let stays = wanted.iter().any(|(w, ..)| w == run);
            if !stays {
                process.abort();
            }
            stays
        });
        for (run, machine, alloc) in wanted {
            if !processes.contains_key(&run)
                && let Ok(dir) = shared.host.dir_of(&alloc)
            {
                let (shared, (id, name, began)) = (Arc::clone(&shared), run.clone());
                let process = tokio::spawn(async move {
                    let how = process(&alloc, &name, &dir, machine.as_deref()).await;
                    shared.visit(|world| world.process_left(id, &name, began, &how));
                });
                processes.insert(run, process);
            }
        }
        if pulse.changed().await.is_err() {
            return;
        }
    }
}

fn runs(alloc: &Arc<Alloc>) -> Vec<(Run, Arc<Alloc>)> {
    let tasks = alloc.tasks.iter().filter(|(_, state)| state.phase == Phase::Running);
    let raw = |name: &str| {
        let group = alloc.task_group();
        group.is_some_and(|g| g.tasks.iter().any(|t| t.name == name && t.driver == "raw_exec"))
    };
    tasks
        .filter(|(name, _)| raw(name))
        .map(|(name, state)| ((alloc.id, Arc::clone(name), state.started_at), Arc::clone(alloc)))
        .collect()
}

/// Runs a task's command until it ends, or until this is dropped.
async fn process(alloc: &Alloc, name: &str, dir: &Path, machine: Option<&Machine>) -> ProcessEnd {
    let environment = Environment::of(alloc, name, dir, machine);
    match command(alloc, name, &environment) {
        Ok((program, args)) => {
            run(alloc, name, dir, (&program, &args), &environment).await.unwrap_or_else(|why| {
                ProcessEnd::Unstartable(format!(
                    "failed to launch command with executor: rpc error: code = Unknown desc = {why}"
                ))
            })
        }
        Err(why) => {
            ProcessEnd::Invalid(format!("2 errors occurred:\n\t* failed to parse config: \n\t* {why}\n\n"))
        }
    }
}

/// What the driver is to run.
fn command(
    alloc: &Alloc,
    name: &str,
    environment: &Environment<'_>,
) -> Result<(String, Vec<String>), String> {
    let task = alloc.task_group().and_then(|g| g.tasks.iter().find(|t| t.name == name));
    let task = task.ok_or_else(|| format!("there is no task {name:?}"))?;
    let text = |value: &serde_json::Value| environment.expand(value.as_str().unwrap_or_default());
    let program = task.config.get("command").map(text).transpose()?.unwrap_or_default();
    let args = task.config.get("args").and_then(|v| v.as_array());
    let args = args.into_iter().flatten().map(text).collect::<Result<_, _>>()?;
    Ok((program, args))
}

async fn run(
    alloc: &Alloc,
    name: &str,
    dir: &Path,
    (program, args): (&str, &[String]),
    environment: &Environment<'_>,
) -> Result<ProcessEnd, String> {
    let (most_files, most_mib) = rotation(alloc, name);
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(environment.variables()).current_dir(dir.join(name));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let logs = dir.join("alloc/logs");
    let open = |kind| Rotator::open(&logs, name, kind, most_files, most_mib * 1024 * 1024);
    let (out, err) = open("stdout").and_then(|out| Ok((out, open("stderr")?))).map_err(|e| e.to_string())?;
    let mut child = command.spawn().map_err(|_| format!("binary {program:?} could not be found"))?;
    let (_, _, status) =
        tokio::join!(collect(child.stdout.take(), out), collect(child.stderr.take(), err), child.wait());
    let status = status.map_err(|e| e.to_string())?;
    let signal = i64::from(std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or(0));
    let code = status.code().map_or(128 + signal, i64::from);
    Ok(ProcessEnd::Exited { code, signal })
}

async fn collect(from: Option<impl AsyncRead + Unpin>, mut log: Rotator) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = from.read(&mut buffer).await {
        if log.write(&buffer[..n]).is_err() {
            return;
        }
    }
}

/// How many files of how many MiB the job asks for.
fn rotation(alloc: &Alloc, name: &str) -> (usize, u64) {
    let task = declaration(alloc, name);
    let number = |field: &str| task["LogConfig"][field].as_u64().filter(|n| *n > 0).unwrap_or(10);
    (usize::try_from(number("MaxFiles")).unwrap_or(10), number("MaxFileSizeMB"))
}
