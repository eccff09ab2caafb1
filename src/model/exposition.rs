//! Measurements in Prometheus' text form, as its textfile collector reads them.

use std::fmt::Write as _;

/// A measurement with its meaning: a gauge, for everything told here may fall.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Its name, with the unit at its end.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub help: &'static str,
    /// Its values by their labels; none where it is not known.
    pub samples: Vec<Sample>,
}

/// A value and its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Names and values.
    pub labels: Vec<(&'static str, String)>,
    /// The value.
    pub value: f64,
}

impl Family {
    /// A measurement without values yet.
    #[must_use]
    pub fn new(name: &'static str, help: &'static str) -> Self {
        Family { name, help, samples: Vec::new() }
    }

    /// Adds a value without labels, where it is known.
    #[must_use]
    pub fn value(mut self, value: Option<f64>) -> Self {
        self.samples.extend(value.map(|value| Sample { labels: Vec::new(), value }));
        self
    }

    /// Adds values with labels.
    #[must_use]
    pub fn values(mut self, samples: impl IntoIterator<Item = (Vec<(&'static str, String)>, f64)>) -> Self {
        self.samples.extend(samples.into_iter().map(|(labels, value)| Sample { labels, value }));
        self
    }
}

/// Writes them down. What has no value is left out whole.
#[must_use]
pub fn render(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families.iter().filter(|f| !f.samples.is_empty()) {
        let _ = writeln!(
            text,
            "# HELP {} {}",
            family.name,
            family.help.replace('\\', "\\\\").replace('\n', "\\n")
        );
        let _ = writeln!(text, "# TYPE {} gauge", family.name);
        for sample in &family.samples {
            let labels: Vec<String> =
                sample.labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(text, "{}{labels} {}", family.name, sample.value);
        }
    }
    text
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Reads the text form as strictly as Prometheus does: each family's HELP and TYPE before its samples, no name and no series
/// twice. Names, labels and values of the samples.
#[cfg(test)]
#[expect(clippy::type_complexity, reason = "a test's reading: name, labels, value")]
pub(crate) fn parse(text: &str) -> Vec<(String, Vec<(String, String)>, f64)> {
    let is_name = |name: &str| {
        let mut chars = name.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is not ended");
    let (mut current, mut typed, mut seen) = (String::new(), false, std::collections::BTreeSet::new());
    let mut samples = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(is_name(name) && !help.is_empty(), "{line}");
            assert!(seen.insert(name.to_owned()), "{name} comes twice");
            (current, typed) = (name.to_owned(), false);
            continue;
        }
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert_eq!(rest, format!("{current} gauge"), "{line}");
            assert!(!std::mem::replace(&mut typed, true), "typed twice: {line}");
            continue;
        }
        assert!(typed, "a sample before its type: {line}");
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = match series.split_once('{') {
            None => (series, Vec::new()),
            Some((name, rest)) => (name, labels_of(rest.strip_suffix('}').unwrap())),
        };
        assert_eq!(name, current, "{line}");
        assert!(labels.iter().all(|(name, _)| is_name(name)), "{line}");
        assert!(seen.insert(series.to_owned()) || labels.is_empty(), "{series} comes twice");
        samples.push((name.to_owned(), labels, value.parse().unwrap()));
    }
    samples
}

#[cfg(test)]
fn labels_of(text: &str) -> Vec<(String, String)> {
    let (mut labels, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap();
        let (mut value, mut chars) = (String::new(), after.char_indices());
        let end = loop {
            match chars.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match chars.next().unwrap().1 {
                    'n' => '\n',
                    c => c,
                }),
                (_, c) => value.push(c),
            }
        };
        labels.push((name.to_owned(), value));
        rest = after[end + 1..].strip_prefix(',').unwrap_or(&after[end + 1..]);
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let odd = "a\"b\\c\nd".to_owned();
        let families = [
            Family::new("fleet_jobs", "Jobs that are not stopped.").value(Some(3.0)),
            Family::new("fleet_none", "Not known.").value(None),
            Family::new("fleet_findings", "By kind.").values([
                (vec![("kind", odd.clone())], 1.0),
                (vec![("kind", "b".to_owned()), ("x", String::new())], 0.5),
            ]),
        ];
        let text = render(&families);
        let read = parse(&text);
        assert_eq!(read.len(), 3, "{text}");
        assert_eq!(read[0], ("fleet_jobs".into(), vec![], 3.0));
        assert_eq!(read[1], ("fleet_findings".into(), vec![("kind".into(), odd)], 1.0));
        assert_eq!(read[2].1, [("kind".to_owned(), "b".to_owned()), ("x".to_owned(), String::new())]);
    }
}
