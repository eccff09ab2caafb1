//! Parts of a pipeline's log that its page can fold away.

use std::sync::Arc;

use crate::config::Environment;
use crate::ui::Printer;

/// The CI system whose log can fold sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FoldSyntax {
    /// GitHub Actions: `::group::TITLE` and `::endgroup::`, not nested.
    Github,
    /// GitLab CI: `section_start:SECONDS:NAME` and `section_end:SECONDS:NAME` between control sequences that a terminal hides.
    Gitlab,
}

impl FoldSyntax {
    pub(super) fn of(env: &Environment) -> Option<Self> {
        let is = |name: &str| env.get(name).is_some_and(|value| value == "true");
        if is("GITHUB_ACTIONS") {
            Some(FoldSyntax::Github)
        } else {
            is("GITLAB_CI").then_some(FoldSyntax::Gitlab)
        }
    }
}

/// A section of the log under a title; it ends when this is dropped. Nothing is written where the log cannot fold.
#[derive(Debug)]
pub struct Fold {
    printer: Arc<Printer>,
    /// Name of the section, on the page that wants one.
    of: Option<(FoldSyntax, String)>,
}

impl Fold {
    /// Begins a part.
    #[must_use]
    pub fn begin(printer: &Arc<Printer>, title: &str) -> Self {
        let page = printer.fold_syntax();
        let name: String = title.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let title = crate::ui::sanitize(title);
        let line = match page {
            Some(FoldSyntax::Github) => format!("::group::{title}\n"),
            Some(FoldSyntax::Gitlab) => {
                let now = printer.now().as_second();
                format!("\x1b[0Ksection_start:{now}:{name}\r\x1b[0K{title}\n")
            }
            None => String::new(),
        };
        printer.pass_err(line.as_bytes());
        Fold { printer: Arc::clone(printer), of: page.map(|page| (page, name)) }
    }
}

impl Drop for Fold {
    fn drop(&mut self) {
        let line = match &self.of {
            Some((FoldSyntax::Github, _)) => "::endgroup::\n".to_owned(),
            Some((FoldSyntax::Gitlab, name)) => {
                let now = self.printer.now().as_second();
                format!("\x1b[0Ksection_end:{now}:{name}\r\x1b[0K\n")
            }
            None => return,
        };
        self.printer.pass_err(line.as_bytes());
    }
}
