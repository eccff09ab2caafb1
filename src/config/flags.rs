//! The flags that say which cluster, and how to connect to it.

use std::path::PathBuf;

use crate::model::ids::shell_word;

/// Which cluster, and how to connect to it. Each has an environment variable and a key in a context.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Connection options")]
pub struct ConnectionFlags {
    /// Use this context of the context file, whatever NOMAD_ADDR and its like say [env: FLEET_CONTEXT].
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,

    /// Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646].
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub address: Option<String>,

    /// Region [env: NOMAD_REGION].
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub region: Option<String>,

    /// Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE].
    #[arg(long, short = 'n', global = true, value_name = "NAME")]
    pub namespace: Option<String>,

    /// File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub token_file: Option<PathBuf>,

    /// PEM file with the authority that signed the servers' certificates [env: NOMAD_CACERT].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub ca_cert: Option<PathBuf>,

    /// Directory of such PEM files [env: NOMAD_CAPATH].
    #[arg(long, global = true, value_name = "DIR", hide_short_help = true)]
    pub ca_path: Option<PathBuf>,

    /// PEM file with your client certificate [env: NOMAD_CLIENT_CERT].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_cert: Option<PathBuf>,

    /// PEM file with your client certificate's private key [env: NOMAD_CLIENT_KEY].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_key: Option<PathBuf>,

    /// Name the server's certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME].
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub tls_server_name: Option<String>,

    /// Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY].
    #[arg(long, global = true, hide_short_help = true)]
    pub tls_skip_verify: bool,

    /// Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR].
    #[arg(long, global = true, value_name = "ADDR", hide_short_help = true)]
    pub consul_address: Option<String>,

    /// File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub consul_token_file: Option<PathBuf>,
}

impl ConnectionFlags {
    /// The flags as they were given, for a command that is to mean the same cluster.
    #[must_use]
    pub fn words(&self) -> String {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|p| p.display().to_string());
        let given = [
            ("--context", self.context.clone()),
            ("--address", self.address.clone()),
            ("--region", self.region.clone()),
            ("--namespace", self.namespace.clone()),
            ("--token-file", path(&self.token_file)),
            ("--ca-cert", path(&self.ca_cert)),
            ("--ca-path", path(&self.ca_path)),
            ("--client-cert", path(&self.client_cert)),
            ("--client-key", path(&self.client_key)),
            ("--tls-server-name", self.tls_server_name.clone()),
            ("--consul-address", self.consul_address.clone()),
            ("--consul-token-file", path(&self.consul_token_file)),
        ];
        let words =
            given.into_iter().filter_map(|(flag, value)| Some(format!("{flag} {}", shell_word(&value?))));
        words
            .chain(self.tls_skip_verify.then(|| "--tls-skip-verify".to_owned()))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_repeated_as_a_shell_reads_them() {
        assert_eq!(ConnectionFlags::default().words(), "");
        let flags = ConnectionFlags {
            context: Some("my prod".to_owned()),
            namespace: Some("ops".to_owned()),
            tls_skip_verify: true,
            ..ConnectionFlags::default()
        };
        assert_eq!(flags.words(), "--context 'my prod' --namespace ops --tls-skip-verify");
    }
}
