//! A request as the agent reads it: path, parameters, token, body (`nomad-api.md §1.2`, §1.3).

use std::collections::BTreeMap;

use bytes::Bytes;
use hyper::header::{AUTHORIZATION, HeaderMap};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::api::http::Product;
use crate::api::wire::{Nanos, parse_go_duration};
use crate::sandbox::go;
use crate::sandbox::http::shape::Shape;
use crate::sandbox::world::requests::Refusal;

/// The parameters of a request, decoded, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters of a raw query string.
    #[must_use]
    pub(crate) fn parse(raw: &str) -> Self {
        let decode =
            |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = raw.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';'));
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Query(pairs.map(|(name, value)| (decode(name), decode(value))).collect())
    }

    /// The first value of a parameter; empty when there is none.
    #[must_use]
    pub(crate) fn get(&self, name: &str) -> &str {
        self.first(name).unwrap_or("")
    }

    /// The first value of a parameter that is there, empty or not.
    #[must_use]
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    #[must_use]
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The index the answer must exceed; 0 for any.
    ///
    /// # Errors
    /// When it is no number.
    pub(crate) fn index(&self) -> Result<u64, Refusal> {
        match self.get("index") {
            "" => Ok(0),
            given => given.parse().map_err(|_| Refusal::new(400, "Invalid index")),
        }
    }

    /// How long to wait for that; none when it is not said.
    ///
    /// # Errors
    /// When it is no duration.
    pub(crate) fn wait(&self) -> Result<Option<Nanos>, Refusal> {
        match self.get("wait") {
            "" => Ok(None),
            given => parse_go_duration(given).map(Some).ok_or_else(|| Refusal::new(400, "Invalid wait time")),
        }
    }

    /// A parameter that is a Go boolean; none when it is empty.
    ///
    /// # Errors
    /// The agent's words on a value that is none.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        let words =
            |flaw| Refusal::failed(format!("Failed to parse value of {name:?} ({text}) as a bool: {flaw}"));
        go::flag(text).map(Some).map_err(words)
    }
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// `GET`, `PUT` and so on.
    pub method: String,
    /// The path, decoded.
    pub path: String,
    /// The path as it was sent: only slashes that are none of a name decide where a client is sent on to.
    pub raw_path: String,
    /// The parameters.
    pub query: Query,
    /// The raw parameters, for the log.
    pub raw_query: String,
    /// The secret of the token; empty when there is none.
    pub token: String,
    /// What was sent.
    pub body: Bytes,
}

impl Request {
    /// A request from its parts.
    #[must_use]
    pub(super) fn new(
        product: Product,
        method: &str,
        uri: &hyper::Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Self {
        let raw_query = uri.query().unwrap_or("").to_owned();
        let query = Query::parse(&raw_query);
        let token = match product {
            Product::Nomad => token("x-nomad-token", headers),
            Product::Consul => match query.get("token") {
                "" => token("x-consul-token", headers),
                given => given.to_owned(),
            },
        };
        Request {
            method: method.to_owned(),
            path: percent_decode_str(uri.path()).decode_utf8_lossy().into_owned(),
            raw_path: uri.path().to_owned(),
            query,
            raw_query,
            token,
            body,
        }
    }

    /// Whether it writes, by its method.
    #[must_use]
    pub(super) fn is_write(&self) -> bool {
        matches!(self.method.as_str(), "PUT" | "POST" | "DELETE" | "PATCH")
    }

    /// Whether it is a read.
    #[must_use]
    pub(super) fn is_get(&self) -> bool {
        self.method == "GET"
    }

    /// Whether it is one of the two methods that write.
    #[must_use]
    pub(super) fn is_put(&self) -> bool {
        matches!(self.method.as_str(), "PUT" | "POST")
    }

    /// The namespace of a write, `default` when none is named.
    #[must_use]
    pub(super) fn namespace(&self) -> &str {
        match self.query.get("namespace") {
            "" => "default",
            named => named,
        }
    }

    /// The body as an object of a shape.
    ///
    /// # Errors
    /// In Go's words when it is none.
    pub(super) fn json(&self, shape: &Shape) -> Result<Input, Refusal> {
        self.shaped(shape).map_err(|words| Refusal::new(400, words))
    }

    /// The body as an object of a shape, or what is wrong with it.
    ///
    /// # Errors
    /// In Go's words when it is none.
    pub(super) fn shaped(&self, shape: &Shape) -> Result<Input, String> {
        let body = self.value()?;
        shape.check(&body)?;
        Ok(Input(if body.is_object() { body } else { Value::Object(serde_json::Map::new()) }))
    }

    /// The body as a JSON object, whatever is in it, or what is wrong with it.
    ///
    /// # Errors
    /// In Go's words when it is none.
    pub(super) fn decode(&self) -> Result<Input, String> {
        match self.value()? {
            Value::Object(fields) => Ok(Input(Value::Object(fields))),
            Value::Null => Ok(Input(Value::Object(serde_json::Map::new()))),
            other => Err(format!("json: cannot unmarshal {} into Go value", go::kind(&other))),
        }
    }

    fn value(&self) -> Result<Value, String> {
        if self.body.is_empty() {
            return Err("Request body is empty".to_owned());
        }
        // Go reads the first value and leaves the rest alone.
        let mut values = serde_json::Deserializer::from_slice(&self.body).into_iter::<Value>();
        match values.next() {
            None => Err("EOF".to_owned()),
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) if error.is_eof() => Err("unexpected EOF".to_owned()),
            Some(Err(error)) => Err(self.complaint(&error)),
        }
    }

    fn complaint(&self, error: &serde_json::Error) -> String {
        let before: usize = self
            .body
            .split(|b| *b == b'\n')
            .take(error.line().saturating_sub(1))
            .map(|line| line.len() + 1)
            .sum();
        let at = before + error.column().saturating_sub(1);
        let found = self.body.get(at).map_or('?', |b| char::from(*b));
        let said = error.to_string();
        let place = [
            ("expected `:`", "after object key"),
            ("key must be a string", "looking for beginning of object key string"),
            ("trailing comma", "looking for beginning of object key string"),
            ("expected `,` or `}`", "after object key:value pair"),
            ("expected `,` or `]`", "after array element"),
        ];
        let place = place.iter().find(|(ours, _)| said.contains(ours)).map(|(_, gos)| *gos);
        format!("invalid character {found:?} {}", place.unwrap_or("looking for beginning of value"))
    }
}

/// The secret a request brings: in the product's own header, or as a bearer.
fn token(header: &str, headers: &HeaderMap) -> String {
    let text = |value: Option<&hyper::header::HeaderValue>| {
        value.and_then(|v| v.to_str().ok()).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
    };
    if let Some(own) = text(headers.get(header)) {
        return own;
    }
    let Some(given) = text(headers.get(AUTHORIZATION)) else { return String::new() };
    match given.split_once(' ') {
        Some((scheme, value)) if scheme.eq_ignore_ascii_case("bearer") => {
            value.split_whitespace().next().unwrap_or("").to_owned()
        }
        _ => String::new(),
    }
}

/// A JSON object whose fields are found as Go finds them: by their name, whatever its case.
#[derive(Debug, Clone)]
pub(super) struct Input(pub Value);

impl Input {
    /// A field; null when there is none.
    #[must_use]
    pub(super) fn get(&self, name: &str) -> &Value {
        field(&self.0, name)
    }

    /// A field that is text; empty when it is none.
    #[must_use]
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).as_str().unwrap_or("")
    }

    /// A field that is a boolean.
    #[must_use]
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).as_bool().unwrap_or(false)
    }

    /// A field that is an index.
    #[must_use]
    pub(super) fn index(&self, name: &str) -> u64 {
        self.get(name).as_u64().unwrap_or(0)
    }

    /// A field that is a number.
    #[must_use]
    pub(super) fn number(&self, name: &str) -> i64 {
        self.get(name).as_i64().unwrap_or(0)
    }

    /// A field that is a list of texts.
    #[must_use]
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.get(name).as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A field that maps texts to texts; none when it is null.
    #[must_use]
    pub(super) fn map(&self, name: &str) -> Option<BTreeMap<String, String>> {
        let map = self.get(name).as_object()?;
        Some(map.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap_or("").to_owned())).collect())
    }
}

/// A field of a JSON object, its name in any case.
#[must_use]
pub(super) fn field<'v>(object: &'v Value, name: &str) -> &'v Value {
    static NULL: Value = Value::Null;
    let Some(fields) = object.as_object() else { return &NULL };
    fields.get(name).unwrap_or_else(|| {
        fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or(&NULL, |(_, value)| value)
    })
}

/// What every read may ask for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// The namespace; `*` for all.
    pub namespace: String,
    /// The beginning of ids.
    pub prefix: String,
    /// Whether any server's state will do.
    pub stale: bool,
    /// How many rows; 0 for all, and none below that.
    pub per_page: i32,
    /// Where the page begins.
    pub next_token: String,
    /// A filter expression.
    pub filter: String,
    /// Whether the newest row comes first.
    pub reverse: bool,
    /// The index the answer must exceed; 0 for any.
    pub index: u64,
    /// How long to wait for it; none for the default.
    pub wait: Option<Nanos>,
}

impl Options {
    /// Reads the parameters in the order the agent does.
    ///
    /// # Errors
    /// In the agent's words on the first bad one.
    pub(crate) fn parse(query: &Query) -> Result<Self, Refusal> {
        let bad = |words: &str| Refusal::new(400, words);
        let stale = match query.first("stale") {
            None => false,
            Some("") => true,
            Some(given) => {
                let words = "Expect `true` or `false` for `stale` query string parameter";
                // The agent writes the words, and its error handler writes them again.
                go::boolean(given).ok_or_else(|| bad(words))?
            }
        };
        let per_page = match query.get("per_page") {
            "" => 0,
            given => {
                let words = "Expect a number for `per_page` query string parameter";
                given.parse().map_err(|_| bad(words))?
            }
        };
        let namespace = query.get("namespace");
        Ok(Options {
            namespace: if namespace.is_empty() { "default" } else { namespace }.to_owned(),
            prefix: query.get("prefix").to_owned(),
            stale,
            per_page,
            next_token: query.get("next_token").to_owned(),
            filter: query.get("filter").to_owned(),
            reverse: query.get("reverse") == "true",
            index: query.index()?,
            wait: query.wait()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_as_go_does() {
        let query = Query::parse("filter=Name+%3D%3D+%22a%22&stale&per_page=2&per_page=3");
        assert_eq!(query.get("filter"), "Name == \"a\"");
        assert_eq!((query.first("stale"), query.first("none"), query.get("per_page")), (Some(""), None, "2"));
        let options = Options::parse(&query).unwrap();
        assert!(options.stale && options.per_page == 2 && options.namespace == "default");
    }

    #[test]
    fn bad_parameters_are_told_in_the_agents_words() {
        for (query, words) in [
            ("index=x", "Invalid index"),
            ("wait=zz", "Invalid wait time"),
            ("per_page=x", "Expect a number for `per_page` query string parameter"),
            ("stale=zz", "Expect `true` or `false` for `stale` query string parameter"),
        ] {
            assert_eq!(
                Options::parse(&Query::parse(query)).unwrap_err(),
                Refusal::new(400, words),
                "{query}"
            );
        }
    }

    #[test]
    fn a_token_comes_in_either_header() {
        let headers = |name: &'static str, value: &str| {
            HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
        };
        assert_eq!(token("x-nomad-token", &headers("x-nomad-token", " abc ")), "abc");
        assert_eq!(token("x-nomad-token", &headers("authorization", "Bearer abc def")), "abc");
        assert_eq!(token("x-nomad-token", &headers("authorization", "Basic abc")), "");
    }

    #[test]
    fn bodies_are_read_as_go_reads_them() {
        let request = |body: &str| Request {
            method: "PUT".into(),
            path: String::new(),
            raw_path: String::new(),
            query: Query::default(),
            raw_query: String::new(),
            token: String::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        assert_eq!(request("").decode().unwrap_err(), "Request body is empty");
        assert_eq!(request("{\"a\":").decode().unwrap_err(), "unexpected EOF");
        assert_eq!(
            request("x").decode().unwrap_err(),
            "invalid character 'x' looking for beginning of value"
        );
        assert_eq!(request("{\"jobid\":\"a\"} rest").decode().unwrap().text("JobID"), "a");
    }
}
