//! How a command is started in a task, and how its start is proven.

use bytes::Bytes;

use crate::api::nomad::exec::ActionRef;
use crate::ops::exec::script::{Script, quoted};

/// A command as the operator means it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Launch {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// The user to run it as; the task's own when none.
    pub user: Option<String>,
    /// The directory to run it in; the task's own when none.
    pub workdir: Option<String>,
    /// Variables beside the task's own.
    pub env: Vec<(String, String)>,
    /// Whether it gets a terminal.
    pub tty: bool,
    /// Columns and rows of that terminal.
    pub size: Option<(u16, u16)>,
    /// Whether it is sent bytes that it may not read: a shell then tells its end, and reads what is left, without which Nomad may
    /// lose the exit code.
    pub drain_stdin: bool,
    /// The action of the job that these words are, when Nomad is asked for it by its name.
    pub action: Option<ActionRef>,
}

/// The shell that starts commands: Nomad cannot start a program that is not there without wedging an `exec` task, and a shell
/// says so by 126 and 127 (`nomad-api.md §6`).
pub const SHELL: &str = "/bin/sh";

const WAIT_FOR_TERMINAL_SIZE: &str = include_str!("scripts/wait_for_terminal_size.sh");
/// Sets `STDIN_TIMEOUT`, for scripts that read stdin.
pub(super) const STDIN_TIMEOUT: &str = include_str!("scripts/stdin_timeout.sh");
const DRAIN_STDIN: &str = include_str!("scripts/drain_stdin.sh");

impl Launch {
    /// A command without anything special.
    pub fn of<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        Launch { words: words.into_iter().map(Into::into).collect(), ..Launch::default() }
    }

    /// What Nomad alone cannot do, and a shell in the task must.
    #[must_use]
    pub fn needs_shell(&self) -> Option<&'static str> {
        match self {
            Launch { user: Some(_), .. } => Some("--user"),
            Launch { workdir: Some(_), .. } => Some("--workdir"),
            Launch { env, .. } if !env.is_empty() => Some("--env"),
            _ => None,
        }
    }

    /// The command through a shell, which first tells its process id on stderr behind the mark; with a terminal there is no
    /// stderr, and no mark.
    #[must_use]
    pub fn through_shell(&self, nonce: u64) -> Vec<String> {
        let mut script = Script::default();
        if !self.tty {
            script = script.line(&format!("echo '{}'$$ >&2", start_mark(nonce)));
        }
        if self.size.is_some() {
            script = script.then(WAIT_FOR_TERMINAL_SIZE);
        }
        if let Some(dir) = &self.workdir {
            script = script.line(&format!("cd -- {} || exit 126", quoted(dir)));
        }
        for (name, value) in &self.env {
            script = script.set_to(&format!("export {name}"), &quoted(value));
        }
        let exec = match &self.user {
            Some(user) => {
                // What follows the user's name is handed to the shell, by some with the dashes and by some without.
                let inner = quoted(r#"case $0 in --) exec "$@" ;; *) exec "$0" "$@" ;; esac"#);
                format!(r#"exec su -s {SHELL} -c {inner} {} -- "$0" "$@""#, quoted(user))
            }
            None => r#"exec "$0" "$@""#.to_owned(),
        };
        script = script.line(&exec);
        if self.drain_stdin && !self.tty {
            script = Script::default()
                .set("PROGRAM_SCRIPT", script.text())
                .set("END_MARK", end_mark(nonce))
                .then(STDIN_TIMEOUT)
                .then(DRAIN_STDIN);
        }
        let script = script.text().to_owned();
        let head = [SHELL.to_owned(), "-c".to_owned(), script];
        head.into_iter().chain(self.words.iter().cloned()).collect()
    }
}

/// Begins the line that tells the process id: nothing a program prints by chance.
pub(in crate::ops) fn start_mark(nonce: u64) -> String {
    format!("\u{1e}fleet:{nonce:016x}:")
}

/// Begins the line that tells the exit code.
pub(in crate::ops) fn end_mark(nonce: u64) -> String {
    format!("\u{1e}fleet:{nonce:016x}=")
}

/// Takes a line that tells a number out of stderr: the process id, which proves the start, or the exit code.
#[derive(Debug)]
pub struct Marker {
    mark: Vec<u8>,
    held: Vec<u8>,
    number: Option<u32>,
    done: bool,
}

/// More digits than any process id has.
const MOST_DIGITS: usize = 12;

impl Marker {
    /// Looks for the mark of this start.
    #[must_use]
    pub fn new(nonce: u64) -> Self {
        Marker { mark: start_mark(nonce).into_bytes(), held: Vec::new(), number: None, done: false }
    }

    /// Looks for the end of what was started with this.
    #[must_use]
    pub fn of_end(nonce: u64) -> Self {
        Marker { mark: end_mark(nonce).into_bytes(), ..Marker::new(nonce) }
    }

    /// Looks for nothing: everything is output.
    #[must_use]
    pub fn absent() -> Self {
        Marker { mark: Vec::new(), held: Vec::new(), number: None, done: true }
    }

    /// The number, once it was told.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// Whether there is nothing left to look for.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Takes bytes of stderr, and gives those that are output.
    pub fn feed(&mut self, bytes: Bytes) -> Bytes {
        if self.done {
            return bytes;
        }
        self.held.extend_from_slice(&bytes);
        if let Some(at) = find(&self.held, &self.mark) {
            let rest = &self.held[at + self.mark.len()..];
            let Some(line) = rest.iter().position(|b| *b == b'\n') else {
                if rest.len() <= MOST_DIGITS {
                    return Bytes::new();
                }
                self.done = true;
                return std::mem::take(&mut self.held).into();
            };
            self.number = std::str::from_utf8(&rest[..line]).ok().and_then(|d| d.parse().ok());
            let after = rest[line + 1..].to_vec();
            let mut out = std::mem::take(&mut self.held);
            out.truncate(at);
            out.extend(after);
            self.done = true;
            return out.into();
        }
        // What may be the beginning of the mark is held back.
        let keep = (1..self.mark.len()).rev().find(|&n| self.held.ends_with(&self.mark[..n])).unwrap_or(0);
        let out: Vec<u8> = self.held.drain(..self.held.len() - keep).collect();
        out.into()
    }

    /// What was held back, at the end of stderr.
    pub fn finish(&mut self) -> Bytes {
        self.done = true;
        std::mem::take(&mut self.held).into()
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|w| w == what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_shell_starts_the_program_with_its_words_untouched() {
        let plain = Launch::of(["printf", "%s", "it's $HOME"]).through_shell(1);
        assert_eq!(plain[..2], ["/bin/sh", "-c"]);
        assert_eq!(plain[2], "echo '\u{1e}fleet:0000000000000001:'$$ >&2\nexec \"$0\" \"$@\"");
        assert_eq!(plain[3..], ["printf", "%s", "it's $HOME"]);
    }

    #[test]
    fn who_may_not_read_what_it_is_sent_has_its_end_told_by_a_shell_that_reads_the_rest() {
        let fed = Launch { drain_stdin: true, ..Launch::of(["true"]) };
        let script = &fed.through_shell(1)[2];
        assert!(script.starts_with("PROGRAM_SCRIPT='echo '\\''\u{1e}fleet:0000000000000001:"), "{script}");
        assert!(script.contains("\nEND_MARK='\u{1e}fleet:0000000000000001='\nSTDIN_TIMEOUT="), "{script}");
        assert!(script.ends_with("\n$STDIN_TIMEOUT cat >/dev/null 2>&1\nexit \"$EXIT_CODE\""), "{script}");
        assert_eq!(Launch { tty: true, ..fed }.through_shell(1)[2], "exec \"$0\" \"$@\"");
    }

    #[test]
    fn user_directory_and_variables_are_the_shells_work() {
        let launch = Launch {
            user: Some("app".into()),
            workdir: Some("/it's".into()),
            env: vec![("A".into(), "b c".into())],
            tty: true,
            ..Launch::of(["id"])
        };
        assert_eq!(launch.needs_shell(), Some("--user"));
        assert_eq!(
            launch.through_shell(1)[2],
            "cd -- '/it'\\''s' || exit 126\nexport A='b c'\nexec su -s /bin/sh -c 'case $0 in --) exec \"$@\" ;; *) exec \"$0\" \"$@\" ;; esac' 'app' -- \"$0\" \"$@\""
        );
        assert_eq!(Launch::of(["id"]).needs_shell(), None);
    }

    proptest! {
        #[test]
        fn the_mark_is_taken_out_wherever_the_bytes_are_cut(
            before in "[a-z\u{1e}\n]{0,9}", after in "[a-z\n]{0,9}", pid in 1_u32.., cuts in proptest::collection::vec(0_usize..60, 0..6),
        ) {
            let whole = format!("{before}{}{pid}\n{after}", start_mark(7)).into_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|c| *c < whole.len()).collect();
            cuts.sort_unstable();
            cuts.push(whole.len());
            let (mut marker, mut from, mut out) = (Marker::new(7), 0, Vec::new());
            for to in cuts {
                out.extend(marker.feed(Bytes::copy_from_slice(&whole[from..to])));
                from = to;
            }
            out.extend(marker.finish());
            prop_assert_eq!(marker.number(), Some(pid));
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{before}{after}"));
        }

        #[test]
        fn without_a_mark_nothing_is_lost(pieces in proptest::collection::vec("[a-z\u{1e}fle:]{0,9}", 0..9)) {
            let mut marker = Marker::new(7);
            let mut out = Vec::new();
            for piece in &pieces {
                out.extend(marker.feed(Bytes::copy_from_slice(piece.as_bytes())));
            }
            out.extend(marker.finish());
            prop_assert_eq!(String::from_utf8(out).unwrap(), pieces.concat());
        }
    }
}
