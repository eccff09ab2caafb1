//! Values that give themselves away.

/// Beginnings of tokens that their makers mark, and how long such a token is at least.
const MARKED: [(&str, usize); 43] = [
    ("AGE-SECRET-KEY-", 20),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 30),
    ("ATATT", 30),
    ("PMAK-", 30),
    ("SG.", 20),
    ("dckr_pat_", 20),
    ("dop_v1_", 20),
    ("eyJ", 30),
    ("figd_", 20),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghr_", 30),
    ("ghs_", 30),
    ("ghu_", 30),
    ("github_pat_", 30),
    ("gldt-", 20),
    ("glpat-", 20),
    ("glrt-", 20),
    ("glsa_", 20),
    ("hf_", 30),
    ("hvb.", 20),
    ("hvs.", 20),
    ("lin_api_", 30),
    ("npm_", 30),
    ("nvapi-", 30),
    ("pypi-", 30),
    ("rk_live_", 20),
    ("rubygems_", 30),
    ("shpat_", 30),
    ("sk-", 20),
    ("sk_live_", 20),
    ("sntrys_", 30),
    ("tskey-", 20),
    ("whsec_", 20),
    ("xapp-", 20),
    ("xoxa-", 20),
    ("xoxb-", 20),
    ("xoxe.", 20),
    ("xoxp-", 20),
    ("xoxs-", 20),
    ("ya29.", 20),
];
/// Addresses that are a secret themselves: whoever knows one may write there.
const HOOKS: [&str; 12] = [
    "api.telegram.org/bot",
    "chat.googleapis.com/v1/spaces/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "hooks.slack.com/services/",
    "hooks.slack.com/triggers/",
    "hooks.slack.com/workflows/",
    "hooks.zapier.com/hooks/",
    "open.feishu.cn/open-apis/bot/",
    "open.larksuite.com/open-apis/bot/",
    "outlook.office.com/webhook/",
    ".webhook.office.com/webhookb2/",
];
/// Beginnings of hashed passwords.
const HASHED: [&str; 10] = ["$2a$", "$2b$", "$2y$", "$apr1$", "$argon2", "$1$", "$5$", "$6$", "$y$", "{SHA}"];

/// Whether a value is a secret by what it is, whatever its name.
#[must_use]
pub(super) fn looks_secret(value: &str) -> bool {
    value.contains("PRIVATE KEY-----")
        || HASHED.iter().any(|head| value.replace("$$", "$").contains(head))
        || HOOKS.iter().any(|hook| value.contains(hook))
        || value.split_whitespace().any(has_login)
        || hands_password(value)
        || value
            .split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c))
            .any(|word| is_marked(word) || is_signed(word) || is_seed(word))
}

/// Programs to which a password is handed glued to `-p`.
const GLUED: [&str; 10] = [
    "mariadb",
    "mariadb-admin",
    "mariadb-dump",
    "mysql",
    "mysqladmin",
    "mysqlcheck",
    "mysqldump",
    "mysqlimport",
    "mysqlsh",
    "sshpass",
];

/// Whether a password stands glued to `-p`, as `mysql` takes it: behind such a program whatever it is, alone where it is no word
/// of a flag, no port and no path.
fn hands_password(value: &str) -> bool {
    let is_alone = value.split_whitespace().count() == 1;
    let mut takes_one = false;
    value.split_whitespace().any(|word| {
        let word = word.trim_matches(['"', '\'', '`', '(', ')', ';']);
        takes_one |= word.rsplit('/').next().is_some_and(|program| GLUED.contains(&program));
        let Some(password) = word.strip_prefix("-p").filter(|rest| !rest.is_empty()) else { return false };
        let password = password.trim_matches(['"', '\'']);
        if password.starts_with('$') || password.starts_with(super::HIDDEN) {
            return false;
        }
        takes_one || (is_alone && is_no_flag(password))
    })
}

/// Whether what stands behind `-p` is neither the rest of a flag's name, nor a port or a path.
fn is_no_flag(rest: &str) -> bool {
    let letters = rest.chars().filter(|c| c.is_alphabetic()).count();
    let mixed = rest.chars().any(|c| c.is_ascii_digit() || c.is_uppercase() || "!@#%^&*+?".contains(c));
    rest.chars().count() >= 5 && letters > 0 && mixed && !rest.contains(['=', ':', '/', '.'])
}

fn is_marked(word: &str) -> bool {
    MARKED.iter().any(|(head, least)| {
        word.starts_with(head) && word.len() >= *least && (*head != "eyJ" || word.contains('.'))
    })
}

/// A signed claim: three parts, the first of which is JSON in base64.
fn is_signed(word: &str) -> bool {
    word.starts_with("eyJ") && word.matches('.').count() == 2
}

/// The seed of a NATS key: its prefix says whose, and 58 letters of base32 it has in all.
fn is_seed(word: &str) -> bool {
    let whose = word.strip_prefix('S').and_then(|rest| rest.chars().next());
    whose.is_some_and(|c| "UAONCX".contains(c))
        && word.len() == 58
        && word.chars().all(|c| c.is_ascii_uppercase() || ('2'..='7').contains(&c))
}

/// Whether an address has a password in it, as in `postgres://user:password@host`, or a key alone, as Sentry's.
fn has_login(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(login, _)| match login.split_once(':') {
        Some((_, password)) => !password.is_empty() && !password.starts_with("${"),
        None => is_key(login, &rest[authority.len()..]),
    })
}

/// Whether what stands alone before a host is a key and no name of a user: where the path is the number of a project, or it looks
/// like one.
fn is_key(login: &str, path: &str) -> bool {
    let project = path.trim_start_matches('/').trim_end_matches(['"', '\'', ',', ';', '/']);
    let numbered = !project.is_empty() && project.chars().all(|c| c.is_ascii_digit());
    let long = login.len() >= 16
        && login.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
        && login.chars().filter(char::is_ascii_digit).count() >= 3;
    login.chars().any(char::is_alphanumeric) && !login.contains("${") && (numbered || long)
}

/// Whether a value is unlikely to stand somewhere by chance, so that it may be looked for in other values: no plain word, no
/// short number.
#[must_use]
pub(super) fn is_rare(value: &str) -> bool {
    let length = value.chars().count();
    let kinds = [
        value.chars().any(char::is_lowercase),
        value.chars().any(char::is_uppercase),
        value.chars().any(|c| c.is_ascii_digit()),
        value.chars().any(|c| !c.is_alphanumeric()),
    ];
    let kinds = kinds.into_iter().filter(|kind| *kind).count();
    length >= 20 || (length >= 8 && kinds >= 2) || (length >= 6 && kinds >= 3)
}

/// Where a rare value stands in a text as a whole: not within a longer word.
pub(super) fn occurrences(text: &str, value: &str) -> Vec<usize> {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let (first, last) = (value.chars().next(), value.chars().next_back());
    text.match_indices(value)
        .map(|(at, _)| at)
        .filter(|at| {
            let before = text[..*at].chars().next_back();
            let after = text[at + value.len()..].chars().next();
            (edge(before) || edge(first)) && (edge(after) || edge(last))
        })
        .collect()
}

/// Where a weak value stands in what a task says: as a whole, glued to `-p`, or, where it is long enough to be no part of a word by
/// chance, anywhere.
pub(super) fn told_occurrences(text: &str, value: &str) -> Vec<usize> {
    const LONG: usize = 8;
    if value.chars().count() >= LONG {
        return text.match_indices(value).map(|(at, _)| at).collect();
    }
    let mut found = occurrences(text, value);
    let glued = text.match_indices(value).map(|(at, _)| at).filter(|at| text[..*at].ends_with("-p"));
    found.extend(glued);
    found.sort_unstable();
    found.dedup();
    found
}
