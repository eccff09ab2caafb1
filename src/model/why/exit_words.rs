//! Exit codes and signals in words.

/// The name of a signal of Linux.
#[must_use]
pub fn signal_name(signal: i64) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return None,
    })
}

/// What a signal means to the program it ends.
#[must_use]
fn signal_words(signal: i64) -> &'static str {
    match signal {
        2 => "interrupted",
        4 => "an instruction this processor does not know",
        6 => "it aborted itself",
        7 => "a bus error",
        8 => "an arithmetic error",
        9 => "killed",
        11 => "a segmentation fault",
        13 => "whoever read its output has gone",
        15 => "asked to end",
        _ => "ended by a signal",
    }
}

/// The signal that ended a program, by what its driver says and by the code that shells make of it.
#[must_use]
pub fn signal_of(exit_code: i64, signal: i64) -> Option<i64> {
    if signal > 0 {
        return Some(signal);
    }
    (129..=143).contains(&exit_code).then(|| exit_code - 128).filter(|n| signal_name(*n).is_some())
}

/// An end in words: `exit code 127: the program or its interpreter was not found`.
#[must_use]
pub fn end(exit_code: i64, signal: i64) -> String {
    if let Some(n) = signal_of(exit_code, signal) {
        let name = signal_name(n).map_or_else(|| format!("signal {n}"), str::to_owned);
        return format!("exit code {exit_code}: {} ({name})", signal_words(n));
    }
    let words = match exit_code {
        0 => "it ended by itself, and well",
        1 => "an error of the program's own",
        2 => "wrong arguments, as most programs mean it",
        126 => "the program cannot be executed",
        127 => "the program or its interpreter was not found",
        _ => return format!("exit code {exit_code}"),
    };
    format!("exit code {exit_code}: {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_signals_are_told_in_words() {
        let told: Vec<String> =
            [(0, 0), (1, 0), (3, 0), (127, 0), (137, 9), (139, 0), (0, 15), (200, 0), (134, 0)]
                .map(|(code, signal)| end(code, signal))
                .into();
        insta::assert_snapshot!(told.join("\n"), @"
        exit code 0: it ended by itself, and well
        exit code 1: an error of the program's own
        exit code 3
        exit code 127: the program or its interpreter was not found
        exit code 137: killed (SIGKILL)
        exit code 139: a segmentation fault (SIGSEGV)
        exit code 0: asked to end (SIGTERM)
        exit code 200
        exit code 134: it aborted itself (SIGABRT)
        ");
    }
}
