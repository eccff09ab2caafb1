//! Whether Envoy takes a regular expression. Consul does not ask it: it stores any text, Envoy rejects the whole listener's
//! routes, and after its next start the listener answers 404 to every host (`mesh.md §0`).

/// Says why RE2, the library in Envoy, does not take an expression.
///
/// # Errors
/// The reason.
pub fn check(pattern: &str) -> Result<(), String> {
    beyond_re2(pattern)?;
    let compiled = regex::RegexBuilder::new(&without_quoting(pattern)).size_limit(8 << 20).build();
    compiled.map(drop).map_err(|flaw| match flaw {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        flaw => {
            // The last line of the library's drawing says what is wrong.
            let text = flaw.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    })
}

/// What our own library takes and RE2 does not.
fn beyond_re2(pattern: &str) -> Result<(), String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    let mut in_class = false;
    // Whether what stands before is repeated already, and whether that is marked as lazy.
    let (mut repeated, mut lazy) = (false, false);
    while at < chars.len() {
        let rest = &chars[at..];
        let is_count =
            |inside: &str| !inside.is_empty() && inside.chars().all(|c| c.is_ascii_digit() || c == ',');
        let repeats = !in_class
            && match rest[0] {
                '*' | '+' | '?' => true,
                '{' => is_count(&rest[1..].iter().take_while(|c| **c != '}').collect::<String>()),
                _ => false,
            };
        match (repeats, repeated, lazy) {
            (true, true, false) if rest[0] == '?' => lazy = true,
            (true, true, _) => {
                return Err("RE2 has no repetition of a repetition, and no possessive one".to_owned());
            }
            (repeats, ..) => (repeated, lazy) = (repeats, false),
        }
        match rest {
            ['\\', 'Q', ..] if !in_class => {
                at += 2;
                while at < chars.len() && chars[at..].iter().take(2).ne(['\\', 'E'].iter()) {
                    at += 1;
                }
            }
            ['\\', '<' | '>', ..] => {
                return Err(format!("\\{} is no escape of RE2; \\b is a word boundary", rest[1]));
            }
            ['\\', 'b' | 'B', '{', ..] => return Err("RE2 has no \\b{…}".to_owned()),
            ['\\', _, ..] => at += 1,
            ['(', '?', flag, ..] if !in_class && !matches!(flag, '=' | '!' | '<' | 'P' | ':' | '>') => {
                let flags: String = rest[2..].iter().take_while(|c| !matches!(c, ')' | ':')).collect();
                if let Some(odd) = flags.chars().find(|c| !"imsU-".contains(*c)) {
                    return Err(format!("RE2 has no flag {odd:?}; it has i, m, s and U"));
                }
            }
            ['[', ':', ..] if in_class => {
                while at + 1 < chars.len() && chars[at..at + 2] != [':', ']'] {
                    at += 1;
                }
                at += 1;
            }
            ['[', ..] if in_class => {
                // A bracket is an ordinary character in a class of RE2, and begins a nested one here.
                return Err("a [ inside of […] must be written \\[".to_owned());
            }
            ['[', ..] => {
                in_class = true;
                at += usize::from(rest.get(1) == Some(&'^'));
                at += usize::from(chars.get(at + 1) == Some(&']'));
            }
            ['&', '&', ..] | ['-', '-', ..] | ['~', '~', ..] if in_class => {
                return Err("RE2 has no operations on classes".to_owned());
            }
            [']', ..] => in_class = false,
            ['{', ..] if !in_class => {
                let inside: String = rest[1..].iter().take_while(|c| **c != '}').collect();
                at += if repeats { inside.chars().count() + 1 } else { 0 };
                if inside.split(',').filter_map(|n| n.trim().parse::<u64>().ok()).any(|n| n > 1000) {
                    return Err(format!("RE2 repeats at most 1000 times, not {{{inside}}}"));
                }
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// `\Q…\E` of RE2 in the words of a library that has no such quotes.
fn without_quoting(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, quoted)) = rest.split_once("\\Q") {
        out.push_str(before);
        let (inside, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
        out.push_str(&regex::escape(inside));
        rest = after;
    }
    out.push_str(rest);
    out.replace("\\C", "(?s:.)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_re2_takes_and_what_not() {
        for good in [
            ".*\\.png",
            "(?i)/img.*",
            "(.*; ?)?fleet-ver=v1(;.*)?",
            "/a{1,3}",
            "\\Qa.b[\\E.*",
            "[^]a]",
            "[[:alpha:]_]+",
            "\\pN",
            "(?P<n>a)",
            "(?s)a.b",
            "a+?b*?c{2,3}?(?:d)*",
            "[*+]+",
            "\\++",
            "",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "/a([",
            "(?!internal).*",
            "(?<=a)b",
            "(?<!a)b",
            "(a)\\1",
            "a++",
            "a**",
            "a{2}{3}",
            "a+??",
            "(?>a)",
            "\\Kx",
            "(?x)a b",
            "[a&&b]",
            "[a[b]]",
            "a{1001}",
            "\\<word",
            "*",
            "(",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check("(?!internal).*").unwrap_err().contains("look-around"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}", odd in "[\\[\\]\\\\QE(?)a{}&:<>-]{0,24}") {
            let (_, _) = (check(&text), check(&odd));
        }
    }
}
