//! `fleet util man`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Command;

use crate::app::App;
use crate::error::Result;

/// Write the manual pages of every command into a folder.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder.
    dir: PathBuf,
}

/// Writes the pages.
///
/// # Errors
/// When a file cannot be written.
pub fn run(args: &Args, app: &App, root: Command) -> Result<()> {
    std::fs::create_dir_all(&args.dir).with_context(|| format!("could not create {}", args.dir.display()))?;
    // The commit does not belong into files that are committed.
    let mut command = root.version(env!("CARGO_PKG_VERSION"));
    command.build();
    let command = with_short_synopsis(command);
    let mut names = Vec::new();
    collect_names(&command, "", &mut names);
    clap_mangen::generate_to(command, &args.dir).context("could not write the manual pages")?;
    let pages = names.into_iter().map(|name| args.dir.join(format!("{name}.1")));
    for path in pages.filter(|path| path.exists()) {
        let rewrite = || std::fs::write(&path, pasteable(&std::fs::read_to_string(&path)?));
        rewrite().with_context(|| format!("could not write {}", path.display()))?;
    }
    app.printer.note(&args.dir.display().to_string());
    Ok(())
}

/// A command whose synopsis is the line that its help begins with, and not every flag there is.
fn with_short_synopsis(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    let subcommands: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let command = command.override_usage(usage);
    subcommands.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_short_synopsis))
}

/// The names of the pages, as the generator gives them.
fn collect_names(command: &Command, before: &str, names: &mut Vec<String>) {
    let name = match before {
        "" => command.get_name().to_owned(),
        before => format!("{before}-{}", command.get_name()),
    };
    for subcommand in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        collect_names(subcommand, &name, names);
    }
    names.push(name);
}

/// A page whose examples stand as they are to be typed, and whose foot names the version.
fn pasteable(page: &str) -> String {
    let mut lines = Vec::new();
    let mut in_examples = false;
    for line in page.lines() {
        if in_examples && line.starts_with(".SH") {
            lines.push(".fi".to_owned());
            in_examples = false;
        }
        match line {
            ".SH EXTRA" => {
                lines.extend([".SH EXAMPLES", ".nf"].map(str::to_owned));
                in_examples = true;
            }
            "Examples:" if in_examples => {}
            title if title.starts_with(".TH ") => {
                let name = title.split(' ').nth(1).unwrap_or("fleet");
                lines.push(format!(".TH {name} 1 \"\" \"fleet {}\"", env!("CARGO_PKG_VERSION")));
            }
            line => lines.push(line.to_owned()),
        }
    }
    if in_examples {
        lines.push(".fi".to_owned());
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_stand_as_they_are_typed() {
        let page = ".TH fleet-cp 1  \"cp \" \n.SH NAME\ncp\n.SH EXTRA\nExamples:\n  fleet cp a b\n  fleet cp c d\n.SH VERSION\nv\n";
        let version = env!("CARGO_PKG_VERSION");
        let wanted = format!(
            ".TH fleet-cp 1 \"\" \"fleet {version}\"\n.SH NAME\ncp\n.SH EXAMPLES\n.nf\n  fleet cp a b\n  fleet cp c d\n.fi\n.SH VERSION\nv\n"
        );
        assert_eq!(pasteable(page), wanted);
    }
}
