//! Opening a page.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::app::App;
use crate::error::{Error, Result};

/// Opener where $BROWSER is not set.
const DESKTOP: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// An opener that has not failed by then is taken to show the page; some run until the page is closed.
const FAILS_WITHIN: Duration = Duration::from_secs(2);

/// Whether there is something that could show a page: nobody looks at a pipeline's, and a machine without a screen has none.
#[must_use]
pub fn is_there(app: &App) -> bool {
    let screen = cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(|variable| app.env.get(variable).is_some());
    !app.env.is_ci() && (app.env.get("BROWSER").is_some() || (screen && app.env.on_path(DESKTOP).is_some()))
}

/// Opens a URL with $BROWSER, else with the desktop's own opener; `shown` is the URL without what is secret in it.
///
/// # Errors
/// Failed (1) when the opener cannot be started, or fails.
pub async fn open(app: &App, url: &str, shown: &str) -> Result<()> {
    let opener = app.env.get("BROWSER").unwrap_or(DESKTOP);
    let failed = |why: String| {
        Error::failed(format!("could not open {shown} with {opener}"))
            .because(why)
            .hint("set BROWSER to name another program")
    };
    let mut command = Command::new(opener);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|e| failed(e.to_string()))?;
    match timeout(FAILS_WITHIN, child.wait()).await {
        Ok(Ok(status)) if !status.success() => Err(failed(status.to_string())),
        Ok(Err(e)) => Err(failed(e.to_string())),
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}
