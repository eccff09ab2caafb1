//! Old against new: which requests to send, what counts as a difference, and when the answer is yes.

pub mod access_log;
pub mod compare;
pub mod sample;
pub mod verdict;

use serde::{Deserialize, Serialize};

/// A request that is sent to both sides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SentRequest {
    /// The method.
    pub method: String,
    /// Path and query exactly as they are sent.
    pub target: String,
    /// The Host; none for that of each side's address.
    pub host: Option<String>,
    /// Headers beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A client's, from a log.
    Log,
    /// The operator's.
    File,
    /// Made at the edge of a route.
    Probe,
}

/// What a side answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideAnswer {
    /// The status.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, unpacked.
    #[serde(with = "as_text")]
    pub body: Vec<u8>,
    /// Whether the body was cut at the bound.
    pub cut: bool,
}

/// A side's answer, or why there is none.
pub type Reply = Result<SideAnswer, String>;

impl SideAnswer {
    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every value of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

impl SentRequest {
    /// In one line.
    #[must_use]
    pub fn shown(&self) -> String {
        let host = self.host.as_ref().map(|h| format!(" (host {h})")).unwrap_or_default();
        format!("{} {}{host}", self.method, self.target)
    }

    /// Whether the query holds what looks like a secret.
    #[must_use]
    pub fn holds_secrets(&self) -> bool {
        let telling = [
            "token",
            "secret",
            "password",
            "passwd",
            "apikey",
            "api_key",
            "key",
            "sig",
            "signature",
            "auth",
            "session",
            "sid",
            "code",
            "jwt",
            "credential",
        ];
        let query = self.target.split_once('?').map_or("", |(_, q)| q);
        query.split('&').filter_map(|pair| pair.split('=').next()).any(|name| {
            let name = name.to_ascii_lowercase();
            telling
                .iter()
                .any(|t| name == *t || name.ends_with(&format!("_{t}")) || name.ends_with(&format!("-{t}")))
                || name.contains("token")
                || name.contains("password")
                || name.contains("secret")
        })
    }
}

mod as_text {
    use base64::Engine as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&base64::engine::general_purpose::STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        base64::engine::general_purpose::STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}
