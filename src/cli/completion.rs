//! How shells ask fleet for completions.

use std::ffi::OsString;
use std::io::{Result, Write};
use std::path::Path;

use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

/// The shells that may ask.
pub const SHELLS: Shells<'static> = Shells(&[&BashWithColons, &Elvish, &Fish, &Powershell, &Zsh]);

/// Bash, which splits words at `:`.
struct BashWithColons;

impl EnvCompleter for BashWithColons {
    fn name(&self) -> &'static str {
        Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        Bash.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        _name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> Result<()> {
        let quoted = |word: &str| crate::model::ids::shell_word(word);
        let script = include_str!("bash_completion.bash")
            .replace("VAR=", &format!("{var}="))
            .replace("COMPLETER --", &format!("{} --", quoted(completer)))
            .replace(" BIN\n", &format!(" {}\n", quoted(bin)));
        buf.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        buf: &mut dyn Write,
    ) -> Result<()> {
        Bash.write_complete(command, args, directory, buf)
    }
}
