//! The process edge of `fleet`: completion hook, environment, streams, exit code.

use std::process::ExitCode;
use std::sync::Arc;

use fleet::cli::{self, Invocation};
use fleet::clock::SystemClock;
use fleet::config::Environment;
use fleet::ui::Streams;

fn main() -> ExitCode {
    clap_complete::CompleteEnv::with_factory(cli::command).complete();
    let env = Environment::of_process();
    let streams = Arc::new(Streams::of_process(&env));
    let invocation =
        Invocation { args: std::env::args_os().collect(), env, streams, clock: Arc::new(SystemClock) };
    ExitCode::from(cli::run(&invocation).number())
}
