//! What must not be shown: by the name of a field, and by known secret values wherever they stand.

/// Words that make a name that of a secret.
const TELLING: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "credential",
    "apikey",
    "api_key",
    "access_key",
    "private_key",
    "privatekey",
    "auth_key",
    "dsn",
    "license_key",
    "signing_key",
];
/// A shorter value stands in too many places to mean a secret.
const FEWEST: usize = 5;

/// Known secret values.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    values: Vec<String>,
}

impl Secrets {
    /// Values that are secret.
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        Secrets { values: values.into_iter().filter(|v| v.chars().count() >= FEWEST).collect() }
    }

    /// The values of variables whose names are those of secrets.
    pub fn of_variables<'a>(variables: impl IntoIterator<Item = &'a (String, String)>) -> Self {
        Self::new(variables.into_iter().filter(|(name, _)| is_telling(name)).map(|(_, value)| value.clone()))
    }

    /// The same, and the values of fields that have the names of secrets: what stands in one field may stand in another.
    #[must_use]
    pub fn and_fields<'a>(&self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let own = fields.into_iter().filter(|(name, value)| is_telling(name) && !is_place(value));
        Self::new(self.values.iter().cloned().chain(own.map(|(_, value)| value.to_owned())))
    }

    /// These and others.
    #[must_use]
    pub fn and(mut self, others: Secrets) -> Self {
        self.values.extend(others.values);
        self
    }

    /// Whether a field of that name and value must not be shown.
    #[must_use]
    pub fn hides(&self, name: &str, value: Option<&str>) -> bool {
        let Some(value) = value else { return is_telling(name) };
        is_telling(name) || self.values.iter().any(|v| value.contains(v.as_str())) || looks_secret(value)
    }

    /// A text with every known secret value replaced, and the rest of each line after a telling name.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        let known = self
            .values
            .iter()
            .fold(text.to_owned(), |text, value| text.replace(value.as_str(), "(not shown)"));
        let line = |line: &str| match telling_end(line) {
            Some(end) if !line[end..].trim().is_empty() => format!("{} (not shown)", &line[..end]),
            _ if looks_secret(line) => "(not shown)".to_owned(),
            _ => line.to_owned(),
        };
        known.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Whether a name is that of a secret, such as `Env[DB_PASSWORD]` or `auth.password`.
#[must_use]
pub fn is_telling(name: &str) -> bool {
    let name = name.to_lowercase().replace('-', "_");
    // How long one lives and whether there are any is no secret.
    let harmless = name.ends_with("token_ttl") || name.ends_with("has_secrets");
    TELLING.iter().any(|word| name.contains(word)) && !harmless
}

/// Where a line's first telling name ends, with the sign behind it. What only stands in a path to something else names nothing.
fn telling_end(line: &str) -> Option<usize> {
    let mut from = 0;
    line.match_indices(['=', ':']).map(|(at, _)| at).find_map(|at| {
        let mut names =
            line[from..at].split_whitespace().filter_map(|word| word.rsplit(['/', '?', '&']).next());
        from = at + 1;
        names.any(is_telling).then_some(from)
    })
}

/// Where a secret is to be found is none.
fn is_place(value: &str) -> bool {
    value.starts_with('/') || value.contains("${") || (value.contains("://") && !value.contains('@'))
}

/// Values that give themselves away.
fn looks_secret(value: &str) -> bool {
    value.contains("PRIVATE KEY-----")
        || value.split_whitespace().any(has_login)
        || value.contains("hvs.CAES")
        || value.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).any(|word| {
            (word.starts_with("eyJ") && word.matches('.').count() == 2)
                || (word.starts_with("AKIA") && word.len() == 20)
                || (word.starts_with("ghp_") && word.len() >= 36)
                || (word.starts_with("glpat-") && word.len() >= 20)
        })
}

/// Whether an address has a password in it, as in `postgres://user:password@host`.
fn has_login(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(login, _)| login.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_give_secrets_away() {
        let secrets = Secrets::new(["hunter22".to_owned(), "abc".to_owned()]);
        for (name, value) in [
            ("Env[DB_PASSWORD]", "x"),
            ("Config[auth][0][password]", "x"),
            ("Env[URL]", "postgres://u:hunter22@db"),
            ("Env[X]", "-----BEGIN RSA PRIVATE KEY-----"),
            ("Env[X]", "Bearer eyJhbGciOi.eyJzdWIi.c2ln"),
            ("Env[api-key]", "1"),
            ("Env[DB]", "postgres://user:pw@db/x"),
        ] {
            assert!(secrets.hides(name, Some(value)), "{name} {value}");
        }
        for (name, value) in [
            ("Config[image]", "abc:1"),
            ("Env[KEY]", "1"),
            ("Count", "3"),
            ("Env[KEYS]", "eyJ"),
            ("HAS_SECRETS", "[true]"),
            ("Env[URL]", "http://user@host:80/a:b@c"),
        ] {
            assert!(!secrets.hides(name, Some(value)), "{name} {value}");
        }
        let more = secrets.and_fields([
            ("Env[API_TOKEN]", "sesame99"),
            ("Env[TOKEN_FILE]", "/secrets/token"),
            ("Env[IMAGE]", "web:1"),
        ]);
        assert_eq!(
            more.clean("sesame99 web:1 hunter22 /secrets/token"),
            "(not shown) web:1 (not shown) /secrets/token"
        );
        assert_eq!(
            secrets.clean("a\nPASSWORD=x y\nurl hunter22"),
            "a\nPASSWORD= (not shown)\nurl (not shown)"
        );
        for (said, shown) in [
            ("open /srv/token/x: no such file", "open /srv/token/x: no such file"),
            ("user=me password=x", "user=me password= (not shown)"),
            ("at 12:30 the token of web is: x", "at 12:30 the token of web is: (not shown)"),
            ("GET https://h/a?b=1&token=x", "GET https://h/a?b=1&token= (not shown)"),
            ("  \"secret\": \"x\"", "  \"secret\": (not shown)"),
            ("token:", "token:"),
        ] {
            assert_eq!(secrets.clean(said), shown);
        }
    }
}
