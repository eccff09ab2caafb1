//! Typed requests as values: what is asked, what right it needs, and what the answer decodes to.
//!
//! One value serves a plain read, a retried read and a blocking watch alike. `Get` reads; `Ask` sends a body and
//! stores nothing (plan, parse, statuses, search); `Write` changes the cluster and demands a `Permission`.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::Serialize;

/// A blocking query: hold until the result's index exceeds `index`, or `wait` ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocking {
    /// The index seen last.
    pub index: u64,
    /// How long the server may hold the answer.
    pub wait: Duration,
}

/// The untyped part of a request.
#[derive(Debug, Clone)]
pub struct RequestSpec {
    /// The HTTP method.
    pub method: Method,
    /// Path from `/v1/` on, percent-encoded.
    pub path: String,
    /// Query parameters, unencoded.
    pub query: Vec<(Cow<'static, str>, String)>,
    /// The JSON body.
    pub body: Option<Vec<u8>>,
    /// What it does, to complete the sentence "could not …".
    pub purpose: Cow<'static, str>,
    /// The ACL right it needs, to be named when it is refused.
    pub needs: Cow<'static, str>,
    /// Whether it changes the cluster: when its reply is lost, it may have been carried out all the same.
    pub writes: bool,
    /// A status outside of 2xx that comes with the ordinary body all the same.
    pub also_good: Option<u16>,
    /// Whether nobody is told that its answer takes long, because it is sent again and again: a later one makes good for it.
    pub repeated: bool,
}

impl RequestSpec {
    /// A read that nothing is known of but its path and purpose.
    pub(super) fn get(path: &str, purpose: &'static str) -> Self {
        Get::<()>::new(path, purpose).spec
    }
}

macro_rules! request {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<T> {
            pub(crate) spec: RequestSpec,
            answer: PhantomData<fn() -> T>,
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                $name { spec: self.spec.clone(), answer: PhantomData }
            }
        }

        impl<T> $name<T> {
            fn with(method: Method, path: String, purpose: Cow<'static, str>) -> Self {
                let spec = RequestSpec { method, path, query: Vec::new(), body: None, purpose, needs: Cow::Borrowed(""), writes: false, also_good: None, repeated: false };
                $name { spec, answer: PhantomData }
            }

            /// Names the ACL right the request needs.
            #[must_use]
            pub fn needs(mut self, right: impl Into<Cow<'static, str>>) -> Self {
                self.spec.needs = right.into();
                self
            }

            /// Adds a query parameter.
            #[must_use]
            pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
                self.spec.query.push((Cow::Borrowed(name), value.into()));
                self
            }

            /// Adds a query parameter when there is a value.
            #[must_use]
            pub fn query_opt(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
                match value {
                    Some(value) => self.query(name, value),
                    None => self,
                }
            }

            /// Adds query parameters of the user's own.
            #[must_use]
            pub fn queries(mut self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
                self.spec.query.extend(pairs.into_iter().map(|(name, value)| (Cow::Owned(name), value)));
                self
            }

            /// The untyped part.
            #[must_use]
            pub fn spec(&self) -> &RequestSpec {
                &self.spec
            }
        }
    };
}

request! {
    /// A read that decodes to `T`; retried through passing faults.
    Get
}
request! {
    /// A request with a body that stores nothing and decodes to `T`; retried through passing faults.
    Ask
}
request! {
    /// A change of the cluster whose reply decodes to `T`; never repeated blindly.
    Write
}

impl<T> Get<T> {
    /// A read of `path` (from `/v1/` on); `purpose` completes "could not …".
    pub fn new(path: impl Into<String>, purpose: impl Into<Cow<'static, str>>) -> Self {
        Self::with(Method::GET, path.into(), purpose.into())
    }

    /// Takes an answer of this status for a good one when its body decodes.
    #[must_use]
    pub fn also_good(mut self, status: u16) -> Self {
        self.spec.also_good = Some(status);
        self
    }

    /// Reads any server's own state instead of the leader's: works without a leader, may lag.
    #[must_use]
    pub fn stale(self) -> Self {
        self.query("stale", "")
    }
}

impl<T> Ask<T> {
    /// A question by PUT.
    pub fn put(path: impl Into<String>, purpose: impl Into<Cow<'static, str>>) -> Self {
        Self::with(Method::PUT, path.into(), purpose.into())
    }

    /// A question by POST.
    pub fn post(path: impl Into<String>, purpose: impl Into<Cow<'static, str>>) -> Self {
        Self::with(Method::POST, path.into(), purpose.into())
    }

    /// Sets the JSON body.
    #[must_use]
    pub fn body(mut self, body: &impl Serialize) -> Self {
        self.spec.body = Some(encode(body));
        self
    }
}

impl<T> Write<T> {
    fn change(method: Method, path: String, purpose: Cow<'static, str>) -> Self {
        let mut call = Self::with(method, path, purpose);
        call.spec.writes = true;
        call
    }

    /// A change by GET: Nomad has a few reads that change something (T26).
    pub fn get(path: impl Into<String>, purpose: impl Into<Cow<'static, str>>) -> Self {
        Self::change(Method::GET, path.into(), purpose.into())
    }

    /// A change by PUT.
    pub fn put(path: impl Into<String>, purpose: impl Into<Cow<'static, str>>) -> Self {
        Self::change(Method::PUT, path.into(), purpose.into())
    }

    /// A change by POST.
    pub fn post(path: impl Into<String>, purpose: impl Into<Cow<'static, str>>) -> Self {
        Self::change(Method::POST, path.into(), purpose.into())
    }

    /// A change by DELETE.
    pub fn delete(path: impl Into<String>, purpose: impl Into<Cow<'static, str>>) -> Self {
        Self::change(Method::DELETE, path.into(), purpose.into())
    }

    /// Sets the JSON body.
    #[must_use]
    pub fn body(mut self, body: &impl Serialize) -> Self {
        self.spec.body = Some(encode(body));
        self
    }

    /// It is sent again and again, and nobody is told that one of its answers takes long.
    #[must_use]
    pub fn repeated(mut self) -> Self {
        self.spec.repeated = true;
        self
    }

    /// Sets a raw body.
    #[must_use]
    pub fn raw_body(mut self, body: Vec<u8>) -> Self {
        self.spec.body = Some(body);
        self
    }
}

fn encode(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("bodies are structs and JSON values with string keys, written to memory")
}

/// Percent-encodes one path segment; job ids may hold slashes, spaces and unicode (`nomad-api.md` T6).
#[must_use]
pub(crate) fn segment(text: &str) -> String {
    const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, &UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_encoded_whole() {
        assert_eq!(segment("web/api v1"), "web%2Fapi%20v1");
        assert_eq!(segment("été"), "%C3%A9t%C3%A9");
    }
}
