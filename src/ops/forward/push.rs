//! A relay for a task that has none: a build of fleet is copied there, and removed as soon as it runs.

use std::path::Path;
use std::rc::Rc;

use crate::api::nomad::exec;
use crate::error::{Error, Result};
use crate::ops::exec::Access;
use crate::ops::exec::launch::{SHELL, quoted};
use crate::ops::exec::talk::{Talk, talk};
use crate::ops::forward::start::{BYE, Greeting, Stopped};
use crate::ops::forward::{Relay, Shared};
use crate::ops::transfer::stage::Stage;

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
    // What was copied is removed with the end of the talk: who runs needs its file no more.
    talk(at, async |talk| {
        let under = home(talk).await?;
        let path = Stage::open(talk, &under, None).await?.program(NAME, &bytes).await?;
        tracing::info!(target: "fleet::forward", "copied {} to {path} in {}", program.display(), at.spot);
        begin(at, &path).await
    })
    .await
}

/// The task's own directory, as the task sees it.
async fn home(talk: &mut Talk) -> Result<String> {
    let answer = talk.run("cd \"${NOMAD_TASK_DIR:-/tmp}\" && printf %s \"$PWD\"").await?;
    if answer.code == 0 {
        return Ok(answer.out);
    }
    Err(Error::failed("the task has no directory for it").because(answer.err))
}

async fn begin(at: &Rc<Access>, path: &str) -> Result<Relay> {
    let words = [SHELL.to_owned(), "-c".to_owned(), format!("{} util relay; {BYE}", quoted(path))];
    let call = exec::command(&at.spot.alloc_id, &at.spot.task, false, &words);
    let (input, output) = exec::open(&at.http, &at.permission, &call).await?;
    let mut greeting = Greeting::of(output);
    match greeting.within(Greeting::hello).await {
        Ok(decoder) => {
            let session = (input, greeting.output);
            Ok(Relay::Shared(Shared::new(at, format!("a pushed {NAME}"), session, decoder)))
        }
        Err(Stopped::Api(error)) => Err(error.into()),
        Err(Stopped::Unable(why)) => Err(Error::transport(format!("{NAME} does not start in {}", at.spot))
            .because(why)
            .hint("it takes one built for the task's architecture and C library: --push-relay=PROGRAM names another, best a static one")),
    }
}
