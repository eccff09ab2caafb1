//! Whether a program can be started, where no shell is between that would tell: a start by Nomad that fails wedges a task of some
//! drivers for good, and of others its reason may be too long to be told (`nomad-api.md §6`).

use bytes::Bytes;

use crate::api::Problem;
use crate::api::error::Result as Answered;
use crate::api::nomad::fs;
use crate::error::{Error, Result};
use crate::ops::exec::launch::SHELL;
use crate::ops::exec::script::Script;
use crate::ops::exec::session::{Session, failed};
use crate::ops::exec::starter::wedges;
use crate::ops::exec::{Access, EventSink, ExecEvent, InputStreams, Launch, Starter, capture, starter};

/// 0 when it can be started, 1 when there is none, 2 when it is no program.
const FIND_PROGRAM: &str = include_str!("scripts/find_program.sh");

/// Where a program may be that is named without its directory.
const USUAL_DIRS: [&str; 6] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// What is known of a program.
enum Lookup {
    /// It is there, at this path.
    Found(String),
    /// There is none, which a shell tells by this code.
    NotStartable(u8),
    /// Nobody can tell: why.
    Unknown(String),
}

impl Session<'_> {
    /// Runs it to its end: the code it ended with, which only its exit frame tells.
    ///
    /// # Errors
    /// Everything but that is a failure of the transport (125), and says whether the command may still run.
    pub async fn run(&self, inputs: &mut InputStreams, on_event: EventSink<'_>) -> Result<u8> {
        let Access { http, permission, task_ref } = self.access;
        let by = starter(http, permission, task_ref).await.map_err(failed)?;
        let named = &self.launch.words[0];
        match startable(self, by).await? {
            Err(code) => {
                let why = if code == 126 { "not executable" } else { "not found" };
                on_event(ExecEvent::Stderr(format!("fleet: {named}: {why}\n").into()))?;
                Ok(code)
            }
            Ok(program) if program == *named => self.run_by(by, inputs, on_event).await,
            Ok(program) => {
                let words = [program].into_iter().chain(self.launch.words[1..].iter().cloned()).collect();
                let launch = Launch { words, ..self.launch.clone() };
                Session { launch: &launch, ..*self }.run_by(by, inputs, on_event).await
            }
        }
    }
}

/// The program to name in the start, or the code a shell would give because it cannot be started.
///
/// # Errors
/// 125, when it cannot be told and a failed start would do harm.
async fn startable(session: &Session<'_>, by: Starter) -> Result<Result<String, u8>> {
    let Session { access, launch } = *session;
    let program = &launch.words[0];
    let as_named = Ok(Ok(program.clone()));
    if by == Starter::Shell {
        // A command's own shell says so itself.
        if launch.action.is_none() {
            return as_named;
        }
        let lookup = Launch::of([SHELL, "-c", Script::of(FIND_PROGRAM).text(), program]);
        match Box::pin(capture::run(access, &lookup, Bytes::new())).await?.code {
            0 => return as_named,
            1 => return Ok(Err(127)),
            2 => return Ok(Err(126)),
            // There is no shell after all.
            _ => {}
        }
    }
    if !wedges(&access.task_ref.driver) {
        return as_named;
    }
    match lookup(access, program, launch.action.is_some()).await.map_err(failed)? {
        Lookup::Found(path) => Ok(Ok(path)),
        Lookup::NotStartable(code) => Ok(Err(code)),
        // A start in a terminal never wedges.
        Lookup::Unknown(_) if launch.tty => as_named,
        Lookup::Unknown(why) => {
            let what = format!("{} has no shell to tell whether {program} is there", access.task_ref);
            Err(Error::transport(what)
                .because(why)
                .because("starting a program that is not there wedges such a task for good")
                .hint("start it in a terminal with -t, where that does no harm"))
        }
    }
}

/// Looks for a program among the task's files, which tells without running anything.
async fn lookup(access: &Access, program: &str, of_action: bool) -> Answered<Lookup> {
    let paths = match program {
        whole if whole.starts_with('/') => vec![whole.to_owned()],
        name if !name.contains('/') && !of_action => USUAL_DIRS.map(|dir| format!("{dir}/{name}")).to_vec(),
        _ => return Ok(Lookup::Unknown("it is not given by its full path".to_owned())),
    };
    let mut seen = Lookup::NotStartable(127);
    for path in paths {
        match lookup_path(access, path).await? {
            Lookup::NotStartable(127) => {}
            there @ Lookup::Found(_) => return Ok(there),
            other => seen = other,
        }
    }
    Ok(seen)
}

/// The file system of such a task lies below the allocation's directory.
async fn lookup_path(access: &Access, path: String) -> Answered<Lookup> {
    let task_ref = &access.task_ref;
    match access.http.read(&fs::stat(&task_ref.alloc_id, &format!("{}{path}", task_ref.task))).await {
        Ok(found) if found.value.is_dir || !found.value.file_mode.contains('x') => {
            Ok(Lookup::NotStartable(126))
        }
        Ok(_) => Ok(Lookup::Found(path)),
        Err(e) if e.problem == Problem::NotFound && e.text.contains("no such file") => {
            Ok(Lookup::NotStartable(127))
        }
        // Such as a link out of that directory, or no right to look there.
        Err(e) if e.status.is_some() => Ok(Lookup::Unknown(e.text)),
        Err(e) => Err(e),
    }
}
