//! Gates that are asked outside of the cluster; the same flags wherever something waits for them.

use crate::model::rollout::gate::Threshold;
use crate::ops::deploy::gates::Gate;

/// Whom to ask.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Gates")]
pub struct GateArgs {
    /// Gate on a shell command: 0 is yes, 75 is not known, anything else is no. It finds out by FLEET_* variables what it is about.
    #[arg(long, value_name = "COMMAND")]
    gate_cmd: Vec<String>,

    /// Gate on a URL: a status of 200 to 299 is yes, or the one given.
    #[arg(long, value_name = "URL[=STATUS]", value_parser = http_gate)]
    gate_http: Vec<Gate>,

    /// Gate on Prometheus: every value of the result must compare like this. No data is neither yes nor no.
    #[arg(long, value_name = "QUERY<NUMBER", requires = "prometheus")]
    gate_prometheus: Vec<Threshold>,

    /// Address of Prometheus.
    #[arg(long, value_name = "URL")]
    prometheus: Option<String>,
}

impl GateArgs {
    /// The gates in the order of the help.
    #[must_use]
    pub fn gates(&self) -> Vec<Gate> {
        let prometheus = self.prometheus.clone().unwrap_or_default();
        let queries = self
            .gate_prometheus
            .iter()
            .map(|t| Gate::Prometheus { url: prometheus.clone(), threshold: t.clone() });
        let commands = self.gate_cmd.iter().cloned().map(Gate::Command);
        commands.chain(self.gate_http.iter().cloned()).chain(queries).collect()
    }
}

fn http_gate(text: &str) -> Result<Gate, String> {
    let (url, code) = match text.rsplit_once('=') {
        Some((url, code)) if code.len() == 3 && code.chars().all(|c| c.is_ascii_digit()) => {
            (url, code.parse().ok())
        }
        _ => (text, None),
    };
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err("expected a URL that begins with http:// or https://".to_owned());
    }
    Ok(Gate::Http { url: url.to_owned(), code })
}
