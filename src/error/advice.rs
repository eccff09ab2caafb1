//! What to do next when a call to Nomad or Consul fails.

mod lost_reply;

use crate::api::error::TlsProblem;
use crate::api::http::Product;
use crate::api::{Error as ApiError, Problem};
use crate::error::Error;

impl Error {
    /// A failed call as it is, without advice: what was attempted, where, and what the answer was.
    #[must_use]
    pub fn of_call(e: &ApiError) -> Self {
        if e.problem == Problem::Config {
            return Error::usage(e.brief());
        }
        let answer =
            e.status.map_or_else(|| e.brief().into_owned(), |status| format!("{status} {}", e.brief()));
        let what = format!("{} at {} {}", e.what(), e.product, e.address);
        let error = Error::new(e.exit_code(), what).because(answer);
        match e.may_be_done() {
            true => {
                error.because("the request was sent, and its reply is lost: it may have been carried out")
            }
            false => error,
        }
    }
}

impl From<ApiError> for Error {
    fn from(e: ApiError) -> Self {
        let error = Error::of_call(&e);
        let error = match lost_reply::look(&e) {
            Some(command) => error.hint(format!("whether it was carried out: `{command}`")),
            None => error,
        };
        let error = match e.asked_node.as_deref().filter(|_| e.is_unanswered()) {
            Some(node) => error.unanswered_by(node.clone()),
            None => error,
        };
        let error = if e.is_passing() || e.problem == Problem::Server { error.passing() } else { error };
        let own = e.hints.iter().cloned();
        own.chain(advice(&e)).fold(error, Error::hint)
    }
}

/// The advice that fits the kind of failure.
fn advice(e: &ApiError) -> Vec<String> {
    let variables = Variables::of(e.product);
    let origin = match e.address_origin.as_str() {
        "" => String::new(),
        origin => format!(" (the address came from {origin})"),
    };
    match e.problem {
        Problem::Denied => denied(e, &variables),
        Problem::Connect | Problem::Timeout => vec![match e.address_origin.as_str() {
            "default" => {
                format!(
                    "set {} or choose a context; no address of {} was given",
                    variables.address, e.product
                )
            }
            _ => format!("check that {} runs there and is reachable from here{origin}", e.product),
        }],
        Problem::Tls(tls) => vec![tls_advice(tls, &variables, &origin)],
        Problem::NoLeader if e.product == Product::Consul => {
            vec!["Consul's servers have no leader, and take no write; `consul members` shows which of them are alive".into()]
        }
        Problem::NoLeader => {
            vec!["the servers have no leader; `fleet status` shows which servers are alive".into()]
        }
        Problem::TooManyConnections => {
            vec!["the agent's limit of connections from your address is used up (limits.http_max_conns_per_client)".into()]
        }
        Problem::Unsupported => {
            vec!["the server may be older than this call, or the feature is Enterprise only".into()]
        }
        Problem::Gateway => {
            vec![format!("what stands before {} answered in its place{origin}", e.product)]
        }
        Problem::Redirected => {
            vec![format!("if {} answers there, make that the address{origin}", e.product)]
        }
        Problem::NodeLost => {
            vec!["the node stopped answering the servers; `fleet node list` says which nodes are away".into()]
        }
        Problem::NoPathToNode => {
            vec!["no server has a connection to its node; `fleet node list` says which nodes are away".into()]
        }
        Problem::Config
        | Problem::OutOfTime
        | Problem::Broken
        | Problem::NotFound
        | Problem::Conflict
        | Problem::Invalid
        | Problem::NoRegion
        | Problem::Decode
        | Problem::Server => Vec::new(),
    }
}

fn denied(e: &ApiError, variables: &Variables) -> Vec<String> {
    let needs = (!e.needs.is_empty()).then(|| format!("the token needs: {}", e.needs));
    if e.anonymous {
        let needs = needs.map(|needs| format!("; {needs}")).unwrap_or_default();
        return vec![format!("no token was sent: set {} or choose a context{needs}", variables.token)];
    }
    // Nomad does not tell an unknown token from one without the right; Consul does.
    let unknown = e.text.contains("ACL not found") || e.text.contains("ACL token");
    let check = match needs {
        Some(_) if !unknown => format!("or the token is unknown or expired: check {}", variables.token),
        _ => format!("the token is unknown or expired; check {}", variables.token),
    };
    needs.into_iter().chain([check]).collect()
}

fn tls_advice(problem: TlsProblem, v: &Variables, origin: &str) -> String {
    match problem {
        TlsProblem::UnknownAuthority => {
            format!("set {} to the authority that signed the server's certificate", v.ca)
        }
        TlsProblem::WrongName => {
            format!("set {} to a name the certificate is for, such as {}", v.server_name, v.usual_name)
        }
        TlsProblem::Expired => {
            "the server's certificate must be renewed (or this machine's clock is wrong)".into()
        }
        TlsProblem::CertificateRequired => {
            format!("the server demands a client certificate: set {}", v.client)
        }
        TlsProblem::CertificateRefused => {
            format!("the server does not accept your client certificate: check {}", v.client)
        }
        TlsProblem::PlainToTls => format!("the server speaks TLS: use https:// in the address{origin}"),
        TlsProblem::TlsToPlain => {
            format!("the server does not speak TLS: use http:// in the address{origin}")
        }
        TlsProblem::Other => {
            format!("check the address{origin} and the TLS settings; `fleet context show` lists them")
        }
    }
}

/// How each product calls its settings.
struct Variables {
    address: &'static str,
    token: &'static str,
    ca: &'static str,
    client: &'static str,
    server_name: &'static str,
    usual_name: &'static str,
}

impl Variables {
    fn of(product: Product) -> Self {
        match product {
            Product::Nomad => Variables {
                address: "NOMAD_ADDR",
                token: "NOMAD_TOKEN",
                ca: "NOMAD_CACERT (or --ca-cert)",
                client: "NOMAD_CLIENT_CERT and NOMAD_CLIENT_KEY",
                server_name: "NOMAD_TLS_SERVER_NAME (or --tls-server-name)",
                usual_name: "server.<region>.nomad",
            },
            Product::Consul => Variables {
                address: "CONSUL_HTTP_ADDR",
                token: "CONSUL_HTTP_TOKEN",
                ca: "CONSUL_CACERT",
                client: "CONSUL_CLIENT_CERT and CONSUL_CLIENT_KEY",
                server_name: "CONSUL_TLS_SERVER_NAME",
                usual_name: "server.<datacenter>.consul",
            },
        }
    }
}
