//! A relay for a task that has none: a build of fleet is copied there, and removed as soon as it runs.

use std::path::Path;
use std::rc::Rc;

use crate::api::nomad::exec;
use crate::error::{Error, Result};
use crate::ops::exec::Access;
use crate::ops::exec::launch::SHELL;
use crate::ops::exec::script::{Script, quoted};
use crate::ops::exec::shell_session::{ShellSession, in_shell_session};
use crate::ops::forward::own_network::{NETWORK_IDENTITY, is_shared};
use crate::ops::forward::start::{BYE, Greeting, StartFailure};
use crate::ops::forward::{Relay, SharedRelay};
use crate::ops::transfer::remote_staging::RemoteStaging;

/// How it is called there, and by messages.
const NAME: &str = "fleet";

/// Copies this program into the task and starts it there. Must be called in a `LocalSet`, which keeps its session.
///
/// # Errors
/// When it cannot be copied, or does not start there.
pub async fn push(at: &Rc<Access>, program: &Path) -> Result<Relay> {
    let bytes = tokio::fs::read(program).await.map_err(|e| {
        Error::transport(format!("could not read {}", program.display())).because(e.to_string())
    })?;
    // What was copied is removed with the end of the session: a program that runs needs its file no more.
    in_shell_session(at, async |shell| {
        let under = home(shell).await?;
        let network = shell.run(&Script::of(NETWORK_IDENTITY)).await?;
        let path = RemoteStaging::open(shell, &under, None).await?.program(NAME, &bytes).await?;
        tracing::info!(target: "fleet::forward", "copied {} to {path} in {}", program.display(), at.task_ref);
        begin(at, &path, is_shared(&network.out)).await
    })
    .await
}

/// The task's own directory, as the task sees it.
async fn home(shell: &mut ShellSession) -> Result<String> {
    let answer =
        shell.run(&Script::default().line(r#"cd "${NOMAD_TASK_DIR:-/tmp}" && printf %s "$PWD""#)).await?;
    if answer.code == 0 {
        return Ok(answer.out);
    }
    Err(Error::failed("the task has no directory for it").because(answer.err))
}

async fn begin(at: &Rc<Access>, path: &str, shares_network: bool) -> Result<Relay> {
    let words = [SHELL.to_owned(), "-c".to_owned(), format!("{} util relay; {BYE}", quoted(path))];
    let call = exec::command(&at.task_ref.alloc_id, &at.task_ref.task, false, &words);
    let (input, output) = exec::open(&at.http, &at.permission, &call).await?;
    let mut greeting = Greeting::of(output);
    match greeting.within(Greeting::hello).await {
        Ok(decoder) => {
            let session = (input, greeting.output);
            let relay = SharedRelay::new(at, format!("a pushed {NAME}"), session, decoder);
            Ok(Relay::shared(relay, shares_network))
        }
        Err(StartFailure::Api(error)) => Err(error.into()),
        Err(StartFailure::Unable(why)) => Err(Error::transport(format!("{NAME} does not start in {}", at.task_ref))
            .because(why)
            .hint("it must be built for the task's architecture and C library: give another one, best a static one, with --push-relay=PROGRAM")),
    }
}
