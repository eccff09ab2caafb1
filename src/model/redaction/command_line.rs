//! Command lines of `fleet` that are written down, for others to read and to go on with.

use super::{HIDDEN, Secrets};

/// The words with the secrets in them hidden, as in `--gate-http https://user:password@host/`.
#[must_use]
pub fn hide(words: &[String]) -> Vec<String> {
    let secrets = Secrets::default();
    words.iter().map(|word| secrets.clean(word)).collect()
}

/// The flags whose values hold something that was hidden.
#[must_use]
pub fn hidden(words: &[String]) -> Vec<&str> {
    let flag = |at: usize| match words[at].split_once('=') {
        Some((name, _)) if name.starts_with("--") => name,
        _ => words[..at].last().map_or("", String::as_str),
    };
    (0..words.len()).filter(|at| words[*at].contains(HIDDEN)).map(flag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_addresses_and_commands_are_not_written_down_and_are_missed() {
        let words = [
            "rotate-nodes",
            "c4",
            "--gate-http",
            "http://user:pw9w@127.0.0.1:8099/x?token=SECRET1&apikey=SECRET2",
            "--gate-cmd=curl -H 'Authorization: Bearer abcdefgh1234' http://x/",
            "--prometheus",
            "http://10.0.0.1:9090",
            "--singletons=gap",
        ];
        let written = hide(&words.map(str::to_owned));
        let text = written.join(" ");
        for secret in ["pw9w", "SECRET1", "SECRET2", "abcdefgh1234"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.contains("--prometheus http://10.0.0.1:9090 --singletons=gap"), "{text}");
        assert_eq!(hidden(&written), ["--gate-http", "--gate-cmd"]);
        assert!(hidden(&["rotate-nodes".to_owned(), "c4".to_owned()]).is_empty());
    }
}
