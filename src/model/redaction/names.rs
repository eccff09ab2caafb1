//! Whether a name is that of a secret.

/// Words that make any name they stand in that of a secret.
const ANYWHERE: [&str; 25] = [
    "apikey",
    "authtoken",
    "authorization",
    "basicauth",
    "cred",
    "credential",
    "credentials",
    "creds",
    "digestauth",
    "dsn",
    "htpasswd",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "pepper",
    "privatekey",
    "pwd",
    "salt",
    "secret",
    "secretkey",
    "secrets",
    "token",
    "tokens",
];
/// Words that do so at the end of a name, where nothing but a number follows.
const AT_THE_END: [&str; 21] = [
    "auth",
    "bearer",
    "cookie",
    "cookies",
    "jwt",
    "kek",
    "masterauth",
    "mnemonic",
    "otp",
    "pass",
    "pat",
    "pgpass",
    "psk",
    "pw",
    "requirepass",
    "sas",
    "sig",
    "signature",
    "totp",
    "unseal",
    "userpass",
];
/// Parts of words that are written together.
const WITHIN: [&str; 19] = [
    "accesskey",
    "apikey",
    "authkey",
    "consumerkey",
    "credential",
    "encryptionkey",
    "hmackey",
    "licensekey",
    "masterkey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "sessionkey",
    "sharedkey",
    "signingkey",
    "sshkey",
    "token",
];
/// Words that say so together, where they end a name.
const TOGETHER: [(&str, &str); 17] = [
    ("access", "code"),
    ("account", "seed"),
    ("backup", "codes"),
    ("mfa", "code"),
    ("nats", "seed"),
    ("nkey", "seed"),
    ("operator", "seed"),
    ("otp", "code"),
    ("pass", "code"),
    ("pass", "phrase"),
    ("pin", "code"),
    ("recovery", "code"),
    ("recovery", "codes"),
    ("security", "code"),
    ("totp", "seed"),
    ("user", "seed"),
    ("wallet", "seed"),
];
/// What is written together with `pass`, `pwd` or `pw` at the end of a name: `DBPASS`. Other words end so too (`bypass`, `compass`).
const BEFORE_PASS: [&str; 36] = [
    "admin",
    "api",
    "app",
    "auth",
    "backup",
    "bind",
    "cert",
    "client",
    "db",
    "database",
    "ftp",
    "http",
    "imap",
    "key",
    "keystore",
    "ldap",
    "login",
    "mail",
    "master",
    "mongo",
    "my",
    "mysql",
    "pg",
    "postgres",
    "proxy",
    "rabbit",
    "redis",
    "repl",
    "root",
    "service",
    "smtp",
    "sql",
    "ssl",
    "sudo",
    "truststore",
    "web",
];
/// What stands before `key` in names of keys that are no secret.
const OPEN_KEYS: [&str; 26] = [
    "authorized",
    "cache",
    "consul",
    "extra",
    "feature",
    "foreign",
    "group",
    "hash",
    "idempotency",
    "index",
    "kv",
    "label",
    "map",
    "meta",
    "missing",
    "object",
    "order",
    "partition",
    "primary",
    "public",
    "row",
    "sort",
    "this",
    "unique",
    "value",
    "key",
];
/// What a name ends in that tells of a secret without holding it.
const ABOUT: [&str; 31] = [
    "age",
    "alg",
    "algorithm",
    "audience",
    "count",
    "days",
    "dir",
    "directory",
    "enabled",
    "endpoint",
    "expiration",
    "expiry",
    "file",
    "filename",
    "header",
    "hours",
    "issuer",
    "length",
    "max",
    "min",
    "minutes",
    "mode",
    "name",
    "path",
    "policy",
    "provider",
    "required",
    "seconds",
    "timeout",
    "ttl",
    "type",
];
/// Names that say such words and mean something else.
const HARMLESS: [&str; 8] = [
    "allowtokenexpiration",
    "consulsecretname",
    "errmissingkey",
    "hassecrets",
    "nomadtokenid",
    "secretid",
    "secretsmb",
    "tokenizer",
];

/// Whether a name is that of a secret, such as `Env[DB_PASSWORD]`, `auth.password` or `sessionKey`.
#[must_use]
pub fn is_telling(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.iter().rposition(|word| !word.chars().all(|c| c.is_ascii_digit())) else {
        return false;
    };
    let own = own_part(name);
    // Where the innermost name begins: `Env[KEY]` is no key of an environment.
    let inner = words.len() - inner_words(name).min(words.len());
    if HARMLESS.iter().any(|known| own == *known) || ABOUT.contains(&words[last].as_str()) {
        return false;
    }
    // What OpenTelemetry sends along holds the keys of whoever takes it.
    let sends_keys = words[last] == "headers" && words.iter().any(|word| word == "otlp");
    let is_private = name.trim_end_matches(']').rsplit(['.', '[']).next() == Some("PRIVATE");
    if sends_keys || is_private {
        return true;
    }
    words[..=last].iter().enumerate().any(|(at, word)| {
        let word = word.as_str();
        ANYWHERE.contains(&word)
            || (at == last && (AT_THE_END.contains(&word) || is_joined_pass(word)))
            // Of a name alone: `jwt-check` may be a task, and `signing: …` the words of a log.
            || (word == "jwt" && at >= inner && !words.iter().any(|word| word == "public"))
            || (word == "signing" && at == last && at > inner)
            || (at == last && at > inner && TOGETHER.contains(&(words[at - 1].as_str(), word)))
            || WITHIN.iter().any(|part| word.contains(part) && !word.contains("tokeniz"))
            || (matches!(word, "key" | "keys") && at > inner && is_closed_key(&words[inner..at]))
    })
}

/// Whether a word is one for a password with what it is of: `dbpass`.
fn is_joined_pass(word: &str) -> bool {
    ["pass", "pwd", "pw"].iter().filter_map(|end| word.strip_suffix(end)).any(|of| BEFORE_PASS.contains(&of))
}

/// Whether `key` after these words is a secret one.
fn is_closed_key(before: &[String]) -> bool {
    before.last().is_some_and(|word| {
        !OPEN_KEYS.contains(&word.as_str()) && word.chars().any(char::is_alphabetic) && word != "config"
    })
}

/// The innermost name, squeezed: `nomadtokenid` of `Job.NomadTokenID`.
fn own_part(name: &str) -> String {
    let name = name.trim_end_matches(']');
    let inner = name.rsplit(['.', '[']).next().unwrap_or(name);
    inner.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// How many words the innermost name has, an index behind it included.
fn inner_words(name: &str) -> usize {
    let parts: Vec<&str> = name.split(['.', '[', ']']).filter(|part| !part.is_empty()).collect();
    let named = parts.iter().rposition(|part| part.chars().any(char::is_alphabetic)).unwrap_or(0);
    parts[named.min(parts.len())..].iter().map(|part| words(part).len()).sum()
}

/// The words of a name in lower case: `DB_PASS`, `db-pass`, `dbPass` and `Env[DB_PASS]` end in `db`, `pass`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (at, &c) in letters.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let begins = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || (b.is_uppercase() && after.is_some_and(|a| a.is_lowercase()))
            });
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    // `PASS2` is a second `PASS`.
    for word in &mut words {
        let end = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if end > 0 {
            word.truncate(end);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_however_they_are_written() {
        for name in [
            "DB_PASS",
            "MYSQL_PWD",
            "PWD",
            "pw",
            "ENCRYPTION_KEY",
            "MASTER_KEY",
            "TLS_KEY",
            "SESSION_KEY",
            "SECRET_KEY_BASE",
            "REDIS_AUTH",
            "JWT",
            "SALT",
            "AUTH_SALT",
            "SESSION_COOKIE",
            "GITHUB_PAT",
            "Authorization",
            "Env[DB_PASSWORD]",
            "Config[auth][0][password]",
            "api-key",
            "apiKey",
            "APIKey",
            "dbPassword",
            "dbpassword",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "license_key",
            "SENTRY_DSN",
            "client_secret",
            "refreshToken",
            "X-Api-Key",
            "WG_PSK",
            "X-Amz-Signature",
            "GRAFANA_PASS2",
            "rootpassword",
            "userPass",
            "traefik.http.middlewares.a.basicauth.users",
            "NOMAD_VAR_pw",
            "API_TOKENS",
            "SERVICE_CREDS",
            "HMAC_KEY",
            "KMS_MASTER_KEY_1",
            "sshkey",
            "Artifacts[0].GetterOptions[sshkey]",
            "aws_access_key_secret",
            "AWS_SESSION_SECRET",
            "JWT_SIGNING",
            "Env[JWT_SIGNING]",
            "JWT_HS256",
            "COOKIE_SIGNING",
            "requirepass",
            "masterauth",
            "VAULT_UNSEAL",
            "Env[PRIVATE]",
            "OTEL_EXPORTER_OTLP_HEADERS",
            "RAILS_MASTERKEY",
            "dbpass",
            "MYSQLPWD",
            "adminpw",
            "TS_AUTHKEY",
            "otp",
            "Meta[otp]",
            "ADMIN_OTP",
            "pin_code",
            "PIN_CODE",
            "RECOVERY_CODES",
            "NATS_SEED",
            "nkeySeed",
            "Env[pgpass]",
            "WALLET_MNEMONIC",
        ] {
            assert!(is_telling(name), "{name}");
        }
        for name in [
            "KEY",
            "Env[KEY]",
            "KEYS",
            "Count",
            "HAS_SECRETS",
            "token_ttl",
            "PASSWORD_MIN_LENGTH",
            "TOKEN_FILE",
            "SECRET_NAME",
            "PUBLIC_KEY",
            "PARTITION_KEY",
            "CACHE_KEY",
            "Template.ErrMissingKey",
            "NomadTokenID",
            "Identity.AllowTokenExpiration",
            "image",
            "Config[image]",
            "AUTH_ENABLED",
            "AUTH_TYPE",
            "COMPASS",
            "BYPASS",
            "PATH",
            "PATTERN",
            "author",
            "AUTHOR",
            "COOKIE_DOMAIN",
            "passing",
            "Resources.SecretsMB",
            "TOKENIZER",
            "KEYCLOAK_HOSTNAME",
            "Config[auth][0][username]",
            "",
            "MONKEY",
            "bucket_name",
            "Datacenters",
            "JWT_ISSUER",
            "JWT_PUBLIC_KEY",
            "JWT_ALGORITHM",
            "signing",
            "Env[SIGNING]",
            "private",
            "IS_PRIVATE",
            "HEADERS",
            "RANDOM_SEED",
            "PIN",
            "GPIO_PIN",
            "ZIP_CODE",
            "EXIT_CODE",
            "OTP_ISSUER",
            "1",
        ] {
            assert!(!is_telling(name), "{name}");
        }
    }
}
