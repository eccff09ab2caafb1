//! Addresses of Nomad and Consul, in every form their own clients accept.

use std::net::IpAddr;
use std::path::PathBuf;

use reqwest::Url;
use secrecy::SecretString;

use crate::api::error::{Error, Result};
use crate::api::http::Product;

/// A user and password for HTTP basic authentication.
#[derive(Debug, Clone)]
pub struct BasicAuth {
    /// The user name.
    pub user: String,
    /// The password, when there is one.
    pub password: Option<SecretString>,
}

impl BasicAuth {
    /// From `user:password` (split at the first colon) or `user`, the form of `NOMAD_HTTP_AUTH` and `CONSUL_HTTP_AUTH`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some((user, password)) => {
                BasicAuth { user: user.to_owned(), password: Some(SecretString::from(password)) }
            }
            None => BasicAuth { user: text.to_owned(), password: None },
        }
    }
}

/// Where an API answers: a URL to send requests to, and the socket behind it when that is a file.
#[derive(Debug, Clone)]
pub struct Address {
    /// Scheme, host, port and path prefix; for a unix socket `http://127.0.0.1`. Never holds user or password.
    pub url: Url,
    /// The unix socket to connect to instead of the URL's host.
    pub socket: Option<PathBuf>,
    /// Authentication that stood in the address.
    pub auth: Option<BasicAuth>,
}

impl Address {
    /// Parses an address as the product's own client does.
    ///
    /// Nomad (`nomad-api.md §1.1`): `http://`, `https://` or `unix:///path`; a scheme is required and a path is ignored.
    /// Consul (`consul-api.md §1`): the same, or a bare `host:port`; a path becomes a prefix of every request.
    ///
    /// # Errors
    /// When the text has another form; the message says which forms there are.
    pub fn parse(product: Product, text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("unix://") {
            return Self::socket(product, text, path);
        }
        let full = match (product, text.contains("://")) {
            (Product::Consul, false) => format!("http://{text}"),
            _ => text.to_owned(),
        };
        let bad = |why: String| {
            let forms = match product {
                Product::Nomad => "http://host:4646, https://host:4646 or unix:///path/to/api.sock",
                Product::Consul => "host:8500, http://host:8500, https://host:8501 or unix:///path/to/socket",
            };
            let shown = without_login(text);
            Error::config(product, format!("invalid {product} address {shown:?}: {why}"))
                .hint(format!("an address is {forms}"))
        };
        let mut url = Url::parse(&full).map_err(|e| {
            if text.contains("://") {
                bad(e.to_string())
            } else {
                bad("the scheme (http:// or https://) is missing".into())
            }
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            let named = text.contains("://");
            return Err(bad(if named {
                format!("unknown scheme {:?}", url.scheme())
            } else {
                "the scheme (http:// or https://) is missing".into()
            }));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(bad("it has no host".into()));
        }
        let auth = Self::take_auth(&mut url);
        if product == Product::Nomad {
            url.set_path("");
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Address { url, socket: None, auth })
    }

    fn socket(product: Product, text: &str, path: &str) -> Result<Self> {
        if !path.starts_with('/') {
            return Err(Error::config(
                product,
                format!("invalid {product} address {text:?}: the socket path is not absolute"),
            )
            .hint("a socket address has three slashes: unix:///path/to/api.sock"));
        }
        let url = Url::parse("http://127.0.0.1").map_err(|e| Error::config(product, e.to_string()))?;
        Ok(Address { url, socket: Some(PathBuf::from(path)), auth: None })
    }

    fn take_auth(url: &mut Url) -> Option<BasicAuth> {
        let decode = |s: &str| percent_encoding::percent_decode_str(s).decode_utf8_lossy().into_owned();
        let user = decode(url.username());
        let password = url.password().map(|p| SecretString::from(decode(p)));
        // Both setters fail only on URLs that cannot have a host, and this one has.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        (!user.is_empty() || password.is_some()).then_some(BasicAuth { user, password })
    }

    /// Whether the API stands on this machine: then compression costs more than it saves and no proxy is asked.
    #[must_use]
    pub fn is_local(&self) -> bool {
        if self.socket.is_some() {
            return true;
        }
        let host = self.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The address as people write it, without authentication.
    #[must_use]
    pub fn display(&self) -> String {
        match &self.socket {
            Some(path) => format!("unix://{}", path.display()),
            None => self.url.as_str().trim_end_matches('/').to_owned(),
        }
    }
}

/// The text of an address as it may be shown: whoever logs in and with what stands before the `@`.
fn without_login(text: &str) -> String {
    let from = match text.find("://") {
        Some(at) => at + "://".len(),
        // Of the same scheme, as a redirect may say.
        None if text.starts_with("//") => "//".len(),
        None => 0,
    };
    let end = text[from..].find(['/', '?', '#']).map_or(text.len(), |at| from + at);
    match text[from..end].rfind('@') {
        Some(at) => format!("{}…{}", &text[..from], &text[from + at..]),
        None => text.to_owned(),
    }
}

/// An address that somebody else named, as it may be shown: without user, password and the values behind `?` and `#`.
pub(super) fn without_secrets(text: &str) -> String {
    match text.find(['?', '#']) {
        Some(at) => format!("{}{}…", without_login(&text[..at]), &text[at..=at]),
        None => without_login(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn nomad(text: &str) -> Address {
        Address::parse(Product::Nomad, text).unwrap()
    }

    #[test]
    fn what_an_answer_names_is_shown_without_login_and_parameters() {
        for (named, shown) in [
            ("https://user:pw@sso.example/login?token=x&a=b", "https://…@sso.example/login?…"),
            ("https://sso.example/login?next=/ui@x", "https://sso.example/login?…"),
            ("https://token@sso.example", "https://…@sso.example"),
            ("https://sso.example/a#access_token=x", "https://sso.example/a#…"),
            ("//user:pw@sso.example/a", "//…@sso.example/a"),
            ("/ui/", "/ui/"),
        ] {
            assert_eq!(without_secrets(named), shown);
        }
    }

    #[test]
    fn nomads_forms() {
        assert_eq!(nomad("http://127.0.0.1:4646").display(), "http://127.0.0.1:4646");
        assert_eq!(nomad("https://[::1]:4646/").display(), "https://[::1]:4646");
        assert_eq!(nomad("http://host/some/path?x=1").display(), "http://host");
        let unix = nomad("unix:///run/api.sock");
        assert_eq!((unix.display().as_str(), unix.is_local()), ("unix:///run/api.sock", true));
    }

    #[test]
    fn a_missing_scheme_is_an_error_for_nomad_and_fine_for_consul() {
        for text in ["127.0.0.1:4646", "nomad.example:4646", "nomad.example"] {
            let e = Address::parse(Product::Nomad, text).unwrap_err();
            assert!(e.to_string().contains("scheme"), "{e}");
        }
        let consul = Address::parse(Product::Consul, "10.0.0.1:8500").unwrap();
        assert_eq!(consul.display(), "http://10.0.0.1:8500");
        let prefixed = Address::parse(Product::Consul, "https://gate.example/consul").unwrap();
        assert_eq!(prefixed.display(), "https://gate.example/consul");
        assert!(Address::parse(Product::Consul, "tcp://10.0.0.1:8500").is_err());
    }

    #[test]
    fn user_and_password_leave_the_url() {
        let a = nomad("https://me:s%3Acret@host:4646");
        let auth = a.auth.unwrap();
        assert_eq!(auth.user, "me");
        assert_eq!(auth.password.unwrap().expose_secret(), "s:cret");
        assert_eq!(a.url.as_str(), "https://host:4646/");
    }

    #[test]
    fn an_address_that_is_none_is_told_without_its_password() {
        for text in ["ftp://me:hunter22@host:1", "me:hunter22@host:1", "http://me:hunter22@ho st"] {
            let told = Address::parse(Product::Nomad, text).unwrap_err().to_string();
            assert!(!told.contains("hunter22") && told.contains("@ho"), "{told}");
        }
    }

    #[test]
    fn basic_auth_splits_at_the_first_colon() {
        let auth = BasicAuth::parse("me:a:b");
        assert_eq!((auth.user.as_str(), auth.password.unwrap().expose_secret()), ("me", "a:b"));
        assert!(BasicAuth::parse("me").password.is_none());
    }

    #[test]
    fn loopback_is_local() {
        for text in ["http://127.9.0.1:1", "http://localhost:1", "https://[::1]:1"] {
            assert!(nomad(text).is_local(), "{text}");
        }
        assert!(!nomad("http://10.0.0.1:1").is_local());
    }
}
