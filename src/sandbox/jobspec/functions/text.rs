//! Functions on text.

use regex::Regex;

use super::super::hcl::Value;
use super::{Args, Result, fail};

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "upper" => map(args, str::to_uppercase),
        "lower" => map(args, str::to_lowercase),
        "title" => map(args, title),
        "reverse" | "strrev" => map(args, |s| s.chars().rev().collect()),
        "trimspace" => map(args, |s| s.trim().to_owned()),
        "chomp" => map(args, |s| s.trim_end_matches(['\n', '\r']).to_owned()),
        "strlen" => args.exactly(&["str"]).and_then(|a| Ok(Value::count(a.text(0, "str")?.chars().count()))),
        "trim" => pair(args, "cutset", |s, cut| s.trim_matches(|c| cut.contains(c)).to_owned()),
        "trimprefix" => pair(args, "prefix", |s, cut| s.strip_prefix(cut).unwrap_or(s).to_owned()),
        "trimsuffix" => pair(args, "suffix", |s, cut| s.strip_suffix(cut).unwrap_or(s).to_owned()),
        "indent" => indent(args),
        "replace" => replace(args),
        "regex_replace" => regex_replace(args),
        "substr" => substr(args),
        "split" => split(args),
        "join" => join(args),
        "uuidv4" => args
            .exactly(&[])
            .map(|_| Value::Text(crate::sandbox::id::Id::random(&mut fastrand::Rng::new()).to_string())),
        _ => return None,
    })
}

fn map(args: Args<'_>, change: impl Fn(&str) -> String) -> Result {
    Ok(Value::Text(change(&args.exactly(&["str"])?.text(0, "str")?)))
}

fn pair(args: Args<'_>, second: &'static str, change: impl Fn(&str, &str) -> String) -> Result {
    let args = args.exactly(&["str", second])?;
    Ok(Value::Text(change(&args.text(0, "str")?, &args.text(1, second)?)))
}

fn title(text: &str) -> String {
    let mut start = true;
    let change = |c: char| {
        let letter = if start { c.to_uppercase().collect::<String>() } else { c.to_string() };
        start = !c.is_alphanumeric() && c != '_' && c != '\'';
        letter
    };
    text.chars().map(change).collect()
}

fn indent(args: Args<'_>) -> Result {
    let args = args.exactly(&["spaces", "str"])?;
    let spaces = " ".repeat(usize::try_from(args.whole(0, "spaces")?).unwrap_or(0));
    Ok(Value::Text(args.text(1, "str")?.replace('\n', &format!("\n{spaces}"))))
}

fn replace(args: Args<'_>) -> Result {
    let args = args.exactly(&["str", "substr", "replace"])?;
    Ok(Value::Text(args.text(0, "str")?.replace(&args.text(1, "substr")?, &args.text(2, "replace")?)))
}

fn regex_replace(args: Args<'_>) -> Result {
    let args = args.exactly(&["str", "pattern", "replace"])?;
    let Ok(pattern) = Regex::new(&args.text(1, "pattern")?) else {
        return fail("invalid regexp pattern");
    };
    let replacement = args.text(2, "replace")?;
    Ok(Value::Text(pattern.replace_all(&args.text(0, "str")?, replacement.as_str()).into_owned()))
}

fn substr(args: Args<'_>) -> Result {
    let args = args.exactly(&["str", "offset", "length"])?;
    let letters: Vec<char> = args.text(0, "str")?.chars().collect();
    let (offset, length) = (args.whole(1, "offset")?, args.whole(2, "length")?);
    let all = i128::try_from(letters.len()).unwrap_or(i128::MAX);
    let start = if offset < 0 { (all + offset).max(0) } else { offset.min(all) };
    let end = if length < 0 { all } else { (start + length).min(all) };
    let at = |n: i128| usize::try_from(n).unwrap_or(0);
    Ok(Value::Text(letters[at(start)..at(end)].iter().collect()))
}

fn split(args: Args<'_>) -> Result {
    let args = args.exactly(&["separator", "str"])?;
    let (separator, text) = (args.text(0, "separator")?, args.text(1, "str")?);
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().map(|c| Value::Text(c.to_string())).collect()
    } else {
        text.split(&separator).map(Value::from).collect()
    };
    Ok(Value::List(parts))
}

fn join(args: Args<'_>) -> Result {
    let args = args.at_least(&["separator"])?;
    let separator = args.text(0, "separator")?;
    if args.0.len() < 2 {
        return fail("at least one list is required");
    }
    let lists: Result<Vec<Vec<String>>> = (1..args.0.len()).map(|i| args.texts(i, "lists")).collect();
    Ok(Value::Text(lists?.concat().join(&separator)))
}
