//! The process edge of `fleet`: completion hook, environment, streams, exit code.

use std::process::ExitCode;
use std::sync::Arc;

use fleet::cli;
use fleet::clock::SystemClock;
use fleet::config::Environment;
use fleet::invocation::Invocation;
use fleet::ui::Streams;

fn main() -> ExitCode {
    clap_complete::CompleteEnv::with_factory(cli::command).shells(cli::completion::SHELLS).complete();
    let env = Environment::of_process();
    let streams = Arc::new(Streams::of_process(&env));
    let args = std::env::args_os().collect();
    let invocation = Invocation { args, env, streams, clock: Arc::new(SystemClock), line: cli::LINE };
    ExitCode::from(cli::run(&invocation).number())
}
