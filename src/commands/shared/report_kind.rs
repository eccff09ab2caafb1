//! The forms in which a report is written into a file.

use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};

/// The form of a report.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReportKind {
    Html,
    Markdown,
    Json,
}

impl ReportKind {
    /// By the end of a file's name.
    ///
    /// # Errors
    /// Usage (2) for any other end.
    pub(crate) fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|e| e.to_str()) {
            Some("html" | "htm") => Ok(ReportKind::Html),
            Some("md") => Ok(ReportKind::Markdown),
            Some("json") => Ok(ReportKind::Json),
            _ => Err(Error::usage(format!(
                "--report {}: the name must end in .html, .md or .json",
                path.display()
            ))),
        }
    }

    /// The text of a report, by the faces it has for people.
    pub(crate) fn text<R: Serialize>(
        self,
        report: &R,
        html: impl FnOnce(&R) -> String,
        markdown: impl FnOnce(&R) -> String,
    ) -> Result<String> {
        Ok(match self {
            ReportKind::Html => html(report),
            ReportKind::Markdown => markdown(report),
            ReportKind::Json => serde_json::to_string_pretty(report).map_err(anyhow::Error::from)? + "\n",
        })
    }
}
