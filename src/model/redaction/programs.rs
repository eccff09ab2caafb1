//! Programs that take a password behind a flag whose name does not say so: `redis-cli -a X`, `openssl enc -k X`.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::HIDDEN;

/// A program, or what it is to do, and its flags before a password (`docker login`, `az login`, `helm registry login`). They are told from others by letter case too.
const FLAGS: [(&str, &[&str]); 27] = [
    ("7z", &["-p"]),
    ("bcp", &["-P"]),
    ("cqlsh", &["-p"]),
    ("ldapadd", &["-w"]),
    ("ldapdelete", &["-w"]),
    ("ldapmodify", &["-w"]),
    ("ldappasswd", &["-w", "-s", "-a"]),
    ("ldapsearch", &["-w"]),
    ("login", &["-p"]),
    ("mongo", &["-p"]),
    ("mongodump", &["-p"]),
    ("mongoexport", &["-p"]),
    ("mongoimport", &["-p"]),
    ("mongorestore", &["-p"]),
    ("mongosh", &["-p"]),
    ("mosquitto_pub", &["-P"]),
    ("mosquitto_sub", &["-P"]),
    ("openssl", &["-k", "-K", "-pass", "-passin", "-passout"]),
    ("rabbitmqadmin", &["-p"]),
    ("redis-benchmark", &["-a"]),
    ("redis-cli", &["-a"]),
    ("snmpwalk", &["-A", "-X", "-c"]),
    ("sqlcmd", &["-P"]),
    ("sshpass", &["-p"]),
    ("unzip", &["-P"]),
    ("valkey-cli", &["-a"]),
    ("zip", &["-P"]),
];

/// The words of a line, with what stands between them.
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\(not shown\)|"[^"\s]*"|'[^'\s]*'|[^\s"',;|&()\[\]]+|[;|&]"#)
        .expect("the pattern is constant")
});

/// Whether a program takes a password behind this flag; where it was told by its path, its name counts.
pub(super) fn takes_password(program: &str, flag: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    FLAGS.iter().any(|(known, flags)| *known == name && flags.contains(&flag))
}

/// Whether this is the name or the path of a program whose flags are known.
pub(super) fn is_known(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    FLAGS.iter().any(|(known, _)| *known == name)
}

/// Whether a word may be a password that such a flag hands over: no other flag, no port, no path and nothing that is put in later.
pub(super) fn is_password(flag: &str, word: &str) -> bool {
    // `docker run -p 8080:80` publishes a port.
    let ports = flag == "-p" && word.chars().all(|c| c.is_ascii_digit() || ":-./tcpud".contains(c));
    // `openssl -passin env:NAME` and `file:PATH` say where it is.
    let place =
        word.starts_with("env:") || word.starts_with("file:") || word.starts_with("fd:") || word == "stdin";
    !word.is_empty()
        && !word.starts_with(['-', '$', '/'])
        && !word.starts_with("{{")
        && !word.starts_with(HIDDEN)
        && !ports
        && !place
}

/// A line without the passwords that are handed to programs in it.
pub(super) fn mask(line: &str) -> Cow<'_, str> {
    if !FLAGS.iter().any(|(program, _)| line.contains(program)) {
        return Cow::Borrowed(line);
    }
    let (mut program, mut flag): (Option<String>, Option<String>) = (None, None);
    WORD.replace_all(line, |found: &Captures<'_>| {
        let whole = &found[0];
        let word = whole.trim_matches(['"', '\'']);
        if let (Some(program), Some(flag)) = (&program, flag.take())
            && takes_password(program, &flag)
            && is_password(&flag, word)
        {
            let quote =
                whole.chars().next().filter(|c| "\"'".contains(*c)).map(String::from).unwrap_or_default();
            return format!("{quote}{HIDDEN}{quote}");
        }
        match word {
            ";" | "|" | "&" => program = None,
            _ if is_known(word) => program = Some(word.to_owned()),
            _ => flag = Some(word.to_owned()),
        }
        whole.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_behind_flags_of_their_own_are_masked_and_nothing_else() {
        for (line, shown) in [
            ("redis-cli -a pw ping", "redis-cli -a (not shown) ping"),
            (
                "sh -c '/usr/bin/redis-cli -h db -a \"pw\" ping'",
                "sh -c '/usr/bin/redis-cli -h db -a \"(not shown)\" ping'",
            ),
            ("openssl enc -k pw -in a", "openssl enc -k (not shown) -in a"),
            ("openssl rsa -passin pass:pw", "openssl rsa -passin (not shown)"),
            ("docker login -u bob -p pw h", "docker login -u bob -p (not shown) h"),
            ("args = [\"redis-cli\", \"-a\", \"pw\"]", "args = [\"redis-cli\", \"-a\", \"(not shown)\"]"),
            ("redis-cli -a (not shown) ping", "redis-cli -a (not shown) ping"),
            ("ls -a x", "ls -a x"),
            ("docker run -p 8080:80 -a x", "docker run -p 8080:80 -a x"),
            ("redis-cli ping; ls -a x", "redis-cli ping; ls -a x"),
            ("redis-cli -a $PW", "redis-cli -a $PW"),
            ("openssl rsa -passin env:PW", "openssl rsa -passin env:PW"),
        ] {
            assert_eq!(mask(line), shown, "{line}");
        }
    }
}
