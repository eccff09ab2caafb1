//! What an API call can fail with. Nomad answers 500 to ordinary mistakes, so the text decides (`nomad-api.md §1.5`, T11).

mod classify;

use std::borrow::Cow;
use std::error::Error as StdError;

use crate::api::http::{AskedNode, Product, RequestSpec};
use crate::exit_code::ExitCode;

pub(crate) use classify::transport_text;
use classify::{classify, classify_transport, is_broken_connection, is_page, strip};

/// The result of an API call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was; decides retries, exit code and advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Settings that cannot work: a bad address, an unreadable certificate.
    Config,
    /// The connection could not be made: refused, no route, no such name.
    Connect,
    /// The TLS handshake failed, or the peer does not speak TLS.
    Tls(TlsProblem),
    /// No answer in time.
    Timeout,
    /// The time that all of it may take was over before the answer came.
    OutOfTime,
    /// The connection broke before the answer was complete.
    Broken,
    /// The token lacks the right, is unknown or expired.
    Denied,
    /// The object does not exist.
    NotFound,
    /// There is no leader, or it is just changing.
    NoLeader,
    /// The agent's limit of connections per client address is reached (`nomad-api.md §1.6`).
    TooManyConnections,
    /// A check-and-set or enforced index did not hold.
    Conflict,
    /// The request makes no sense to the server.
    Invalid,
    /// The server does not know the route: too old, or an Enterprise feature.
    Unsupported,
    /// The node is not connected to any server.
    NoPathToNode,
    /// The connection of the node to the servers broke before it had answered.
    NodeLost,
    /// There is no such region, or none of its servers is known.
    NoRegion,
    /// The address sends its callers on to another one.
    Redirected,
    /// The answer was not what the API promises.
    Decode,
    /// What stands between here and the servers answered in their place: whether they were asked is not known.
    Gateway,
    /// Any other failure of the server.
    Server,
}

/// Why TLS failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsProblem {
    /// The server's certificate comes from an authority that is not trusted.
    UnknownAuthority,
    /// The server's certificate is for other names.
    WrongName,
    /// The server's certificate has expired or is not valid yet.
    Expired,
    /// The server demands a client certificate and got none.
    CertificateRequired,
    /// The server refused the client certificate.
    CertificateRefused,
    /// Plain HTTP was spoken to a TLS port.
    PlainToTls,
    /// TLS was spoken to a plain HTTP port.
    TlsToPlain,
    /// Anything else.
    Other,
}

/// A failed API call: what was attempted, where, and how it ended.
#[derive(Debug, Clone)]
pub struct Error {
    /// The product that was asked.
    pub product: Product,
    /// What was attempted, to complete "could not …"; empty for configuration errors.
    pub purpose: Cow<'static, str>,
    /// The address as people write it.
    pub address: String,
    /// Where the address came from, such as `NOMAD_ADDR`.
    pub address_origin: String,
    /// The kind of failure.
    pub problem: Problem,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The server's words, or the transport's, in one line; an error shows the beginning of a long one.
    pub text: String,
    /// The ACL right the call needs, when known.
    pub needs: Cow<'static, str>,
    /// Advice that comes with the failure itself.
    pub hints: Vec<String>,
    /// What was to be changed, where it was a change.
    pub change: Option<Box<Change>>,
    /// Whether no token went with the request.
    pub anonymous: bool,
    /// The node that had to answer, where the servers only pass on what is asked.
    pub asked_node: Option<Box<AskedNode>>,
}

/// A change that failed, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path from `/v1/` on, percent-encoded.
    pub path: String,
    /// The namespace it was asked for in; none where it names none.
    pub namespace: Option<String>,
}

impl Error {
    pub(crate) fn config(product: Product, text: String) -> Self {
        Error {
            product,
            purpose: Cow::Borrowed(""),
            address: String::new(),
            address_origin: String::new(),
            problem: Problem::Config,
            status: None,
            text,
            needs: Cow::Borrowed(""),
            hints: Vec::new(),
            change: None,
            anonymous: false,
            asked_node: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The words, cut where they are long.
    #[must_use]
    pub fn brief(&self) -> Cow<'_, str> {
        cut(&self.text, MOST_SHOWN)
    }

    /// Whether the same read may well succeed in a moment.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self.problem {
            Problem::Connect
            | Problem::Timeout
            | Problem::Broken
            | Problem::NoLeader
            | Problem::TooManyConnections
            | Problem::NoPathToNode
            | Problem::NodeLost => true,
            // What stands before the servers has none to ask just now; a page for a browser stays one.
            Problem::Gateway => matches!(self.status, Some(429 | 502..=504)),
            _ => false,
        }
    }

    /// Whether it is the node of an allocation that was not reached or did not answer, and not the servers.
    #[must_use]
    pub fn is_of_the_node(&self) -> bool {
        matches!(self.problem, Problem::NoPathToNode | Problem::NodeLost)
    }

    /// Whether there was no answer, or not a whole one.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        self.is_of_the_node()
            || matches!(self.problem, Problem::Timeout | Problem::OutOfTime | Problem::Broken)
    }

    /// Whether a write that ended so may have been carried out all the same.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        matches!(
            self.problem,
            Problem::Timeout
                | Problem::OutOfTime
                | Problem::Broken
                | Problem::NoLeader
                | Problem::NodeLost
                | Problem::Gateway
                | Problem::Decode
        )
    }

    /// What was attempted, as much as is known of it: what may have been done all the same is not said to have failed.
    #[must_use]
    pub fn what(&self) -> String {
        match self.may_be_done() {
            true => format!("it is not known whether this was done: {}", self.purpose),
            false => format!("could not {}", self.purpose),
        }
    }

    /// Why, with the right that is missing where one is: for messages that are no errors.
    #[must_use]
    pub fn why(&self) -> String {
        match self.is_denied() && !self.needs.is_empty() {
            true => format!("{}; the token needs: {}", self.brief(), self.needs),
            false => self.brief().into_owned(),
        }
    }

    /// What could not be done and why, with the right that is missing where one is, in one line: for messages that are no errors.
    #[must_use]
    pub fn in_a_line(&self) -> String {
        format!("{}: {}", self.what(), self.why())
    }

    /// Whether it is a change that may have been made all the same.
    #[must_use]
    pub fn may_be_done(&self) -> bool {
        self.change.is_some() && self.is_ambiguous()
    }

    /// Whether the object does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.problem == Problem::NotFound
    }

    /// Whether the servers do not know such a call: they are older than it. What is Enterprise only says so with 501.
    #[must_use]
    pub fn is_unknown_call(&self) -> bool {
        self.problem == Problem::Unsupported && self.status != Some(501)
    }

    /// Whether the token was refused.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.problem == Problem::Denied
    }

    /// Whether Nomad refused to change a count while a deployment is under way (`job scaling blocked due to active deployment`).
    #[must_use]
    pub fn is_active_deployment(&self) -> bool {
        self.problem == Problem::Invalid && self.text.contains("active deployment")
    }

    /// Whether a deployment is over, so that nothing of it can be changed (`can't pause terminal deployment`).
    #[must_use]
    pub fn is_deployment_over(&self) -> bool {
        self.text.contains("terminal deployment")
    }

    /// Whether the cluster has no ACLs, so that there are no tokens to ask for.
    #[must_use]
    pub fn is_acl_disabled(&self) -> bool {
        self.problem == Problem::Invalid && self.text.contains("ACL support disabled")
    }

    /// Whether this Consul is too old for a kind of config entry.
    #[must_use]
    pub fn is_unknown_kind(&self) -> bool {
        self.text.contains("invalid config entry kind")
    }

    /// The exit code this failure stands for.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self.problem {
            Problem::Config => ExitCode::Usage,
            Problem::OutOfTime => ExitCode::TimedOut,
            Problem::Connect
            | Problem::Tls(_)
            | Problem::Timeout
            | Problem::Broken
            | Problem::NoLeader
            | Problem::NodeLost
            | Problem::Gateway
            | Problem::Redirected
            | Problem::TooManyConnections => ExitCode::Unreachable,
            Problem::Denied => ExitCode::Denied,
            Problem::NotFound | Problem::NoRegion => ExitCode::NotFound,
            Problem::Conflict
            | Problem::Invalid
            | Problem::Unsupported
            | Problem::NoPathToNode
            | Problem::Decode
            | Problem::Server => ExitCode::Failed,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.problem == Problem::Config {
            return f.write_str(&self.text);
        }
        write!(f, "{} at {}: ", self.what(), self.address)?;
        let text = self.brief();
        match self.status {
            Some(status) => write!(f, "{status} {text}"),
            None => f.write_str(&text),
        }
    }
}

impl StdError for Error {}

impl Error {
    pub(crate) fn answered(at: &RequestContext<'_>, status: u16, body: &str) -> Self {
        let problem = match (at.product, classify(status, body)) {
            // Consul says so of a key that does not exist; of a route it does not know it has more to say.
            (Product::Consul, Problem::Unsupported) if status == 404 && strip(body).is_empty() => {
                Problem::NotFound
            }
            // The servers ask the node, and its connection to them is the one that broke.
            (Product::Nomad, Problem::NoLeader)
                if at.spec.path.starts_with("/v1/client/") && is_broken_connection(body) =>
            {
                Problem::NodeLost
            }
            (_, problem) => problem,
        };
        let text = match strip(body) {
            "" if problem == Problem::NotFound => "not found".to_owned(),
            "" if status == 404 => "the server does not know this route".to_owned(),
            // It may hold what belongs to somebody's session.
            page if is_page(page) => A_PAGE.to_owned(),
            text => one_line(text),
        };
        at.error(problem, Some(status), text)
    }

    pub(crate) fn transport(at: &RequestContext<'_>, e: &reqwest::Error) -> Self {
        at.error(classify_transport(e), None, one_line(&transport_text(e)))
    }
}

/// What is shown of a page for a browser.
const A_PAGE: &str = "a page for a browser";
/// What is shown of a server's words in an error: some answers carry whole documents.
const MOST_SHOWN: usize = 600;
/// What is kept of them, for those who take them apart.
const MOST_KEPT: usize = 64 << 10;

/// A multi-line server text as one line, bounded.
fn one_line(text: &str) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), MOST_KEPT).into_owned()
}

/// The beginning of a text, with a sign that more follows.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let end = (0..=most).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    Cow::Owned(format!("{}…", &text[..end]))
}

/// What an error repeats of the request that failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestContext<'a> {
    pub(crate) product: Product,
    pub(crate) address: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) anonymous: bool,
    pub(crate) spec: &'a RequestSpec,
}

impl RequestContext<'_> {
    /// An answer that is not what was asked for; a page for a browser comes from what stands before the product.
    pub(crate) fn undecoded(&self, body: &[u8], why: String) -> Error {
        match is_page(strip(&String::from_utf8_lossy(body))) {
            true => self.page(),
            false => self.error(Problem::Decode, None, why),
        }
    }

    /// A page for a browser in the place of what was asked for. What is on it may belong to somebody's session.
    pub(crate) fn page(&self) -> Error {
        self.error(Problem::Gateway, Some(200), A_PAGE.to_owned())
    }

    pub(crate) fn error(&self, problem: Problem, status: Option<u16>, text: String) -> Error {
        Error {
            product: self.product,
            purpose: self.spec.purpose.clone(),
            address: self.address.to_owned(),
            address_origin: self.origin.to_owned(),
            problem,
            status,
            text,
            needs: self.spec.needs.clone(),
            hints: Vec::new(),
            change: self.spec.writes.then(|| {
                let namespace = self.spec.query.iter().find(|(name, _)| name == "namespace");
                let namespace = namespace.map(|(_, namespace)| namespace.clone());
                Box::new(Change { path: self.spec.path.clone(), namespace })
            }),
            anonymous: self.anonymous,
            asked_node: AskedNode::of(self.spec).map(Box::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_broke_on_the_way_to_a_node_says_nothing_of_a_leader() {
        let problem = |path: &str, body: &str| {
            let call = crate::api::http::Get::<()>::new(path, "look");
            let (product, address, origin) = (Product::Nomad, "http://127.0.0.1:4646", "default");
            let at = RequestContext { product, address, origin, anonymous: true, spec: call.spec() };
            Error::answered(&at, 500, body).problem
        };
        assert_eq!(problem("/v1/client/allocation/a/restart", "rpc error: EOF"), Problem::NodeLost);
        assert_eq!(problem("/v1/client/allocation/a/stats", "session shutdown"), Problem::NodeLost);
        assert_eq!(problem("/v1/client/allocation/a/stats", "No cluster leader"), Problem::NoLeader);
        assert_eq!(problem("/v1/jobs", "EOF"), Problem::NoLeader);
    }

    #[test]
    fn long_answers_are_cut_at_a_character() {
        let line = one_line(&"é ".repeat(1000));
        assert_eq!(line.len(), 2999);
        let shown = cut(&line, MOST_SHOWN);
        assert!(shown.ends_with('…') && shown.len() < 620);
        assert!(one_line(&"é ".repeat(90_000)).len() < MOST_KEPT + 4);
    }
}
