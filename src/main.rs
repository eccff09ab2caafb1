//! The process edge of `fleet`: completion hook, environment, streams, exit code.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fleet::cli;
use fleet::clock::SystemClock;
use fleet::config::Environment;
use fleet::invocation::Invocation;
use fleet::ui::Streams;

/// Whether stdout was closed when the process began.
static STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

// The runtime opens /dev/null on a closed stdout before `main`, and then nobody can tell it from one that was sent there: results
// would be lost and called done. This asks the kernel before that, and does nothing else: all that may be done so early.
#[cfg(unix)]
ctor::declarative::ctor! {
    #[ctor(unsafe)]
    fn look_at_stdout() {
        let closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
        STDOUT_CLOSED.store(closed, Ordering::Relaxed);
    }
}

/// Keeps large buffers in mappings of their own, which go back to the system when they are freed. Left alone the C library moves
/// the border up to 32 MiB with the first large one it frees; answers of megabytes then leave holes in its heap, and what `fleet`
/// held grew by a third over 500 rotated nodes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "it has no other way in; it sets one number while there is one thread")]
fn keep_large_buffers_apart() {
    const BORDER_BYTES: libc::c_int = 128 * 1024;
    // SAFETY: `mallopt` takes two numbers and answers whether it took them.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, BORDER_BYTES) };
}

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    keep_large_buffers_apart();
    clap_complete::CompleteEnv::with_factory(cli::command).shells(cli::completion::SHELLS).complete();
    let env = Environment::of_process();
    let streams = Arc::new(Streams::of_process(&env, STDOUT_CLOSED.load(Ordering::Relaxed)));
    let args = std::env::args_os().collect();
    let invocation = Invocation { args, env, streams, clock: Arc::new(SystemClock), line: cli::LINE };
    ExitCode::from(cli::run(&invocation).number())
}
