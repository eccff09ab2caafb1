//! What the code and the documents cite exists: documents, their sections and traps, paths and links.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

/// A line of a source's comments or of a document, and where it stands.
struct Line {
    /// Below the root of the project.
    file: String,
    /// Counted from 1.
    number: usize,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the project, generated and recorded ones excepted.
fn below(folder: &str) -> Vec<PathBuf> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let skipped = ["fixtures", "target", "corpus"].iter().any(|name| path.ends_with(name));
            match path.is_dir() {
                true if !skipped => folders.push(path),
                true => {}
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// The documents of the project, by their path below its root.
fn documents() -> BTreeMap<String, String> {
    let at_the_root =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map(|name| root().join(name));
    let all = below("docs").into_iter().chain(at_the_root);
    let texts = all.filter(|path| path.extension().is_some_and(|e| e == "md") && path.exists());
    texts.map(|path| (relative(&path), std::fs::read_to_string(path).unwrap())).collect()
}

/// The part of every line from the mark on; of a document, which has no mark, all of it.
fn lines(file: &str, text: &str, mark: &str) -> Vec<Line> {
    let marked = text.lines().enumerate().filter_map(|(at, line)| Some((at + 1, &line[line.find(mark)?..])));
    marked.map(|(number, text)| Line { file: file.to_owned(), number, text: text.to_owned() }).collect()
}

/// The comments of the code and the whole of the documents, file by file.
fn prose() -> Vec<Vec<Line>> {
    let mut all = Vec::new();
    for path in ["src", "tests", "fuzz", "scripts"].into_iter().flat_map(below) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let mark = if path.extension().is_some_and(|e| e == "rs") { "//" } else { "#" };
        all.push(lines(&relative(&path), &text, mark));
    }
    all.extend(documents().iter().map(|(file, text)| lines(file, text, "")));
    all
}

/// A document of `docs/reference/`, by what can be cited of it.
#[derive(Default)]
struct Reference {
    /// `2`, `2.4`, `1.6a`, with the text below the heading.
    sections: BTreeMap<String, String>,
    /// `T15`.
    traps: BTreeSet<String>,
}

fn references() -> BTreeMap<String, Reference> {
    let heading = Regex::new(r"^#{2,4} (\d+(?:\.\d+)?[a-z]?)\.? ").unwrap();
    let trap = Regex::new(r"^- (T\d+)\. ").unwrap();
    let mut all = BTreeMap::new();
    for (file, text) in documents() {
        let Some(name) = file.strip_prefix("docs/reference/") else { continue };
        let (mut reference, mut at) = (Reference::default(), String::new());
        for line in text.lines() {
            if let Some(found) = heading.captures(line) {
                at = found[1].to_owned();
                reference.sections.insert(at.clone(), String::new());
            } else if let Some(section) = reference.sections.get_mut(&at) {
                section.push_str(line);
                section.push('\n');
            }
            reference.traps.extend(trap.captures(line).map(|found| found[1].to_owned()));
        }
        all.insert(name.to_owned(), reference);
    }
    all
}

#[test]
fn every_cited_document_section_and_trap_exists() {
    let references = references();
    let names: BTreeSet<String> =
        documents().keys().filter_map(|file| Some(file.rsplit('/').next()?.to_owned())).collect();
    let cited = Regex::new(
        r"(?<document>[A-Za-z0-9_-]+\.md)\b|§(?<section>\d+(?:\.\d+)?[a-z]?)(?:`?, (?<item>\d+)\.\))?|\b(?<trap>T\d{1,2})\b",
    )
    .unwrap();
    let mut wrong = Vec::new();
    for file in prose() {
        // A section without a document is one of the document named last in the file; a reference speaks of itself, unless it
        // names another in the same line.
        let own = file.first().and_then(|line| line.file.strip_prefix("docs/reference/")).map(str::to_owned);
        let mut document = own.clone().unwrap_or_else(|| "nomad-api.md".to_owned());
        for line in &file {
            if let Some(own) = &own {
                own.clone_into(&mut document);
            }
            for found in cited.captures_iter(&line.text) {
                let mut miss = |what: String| wrong.push(format!("{}:{}: {what}", line.file, line.number));
                if let Some(name) = found.name("document").map(|m| m.as_str()) {
                    if !names.contains(name) {
                        miss(format!("there is no document {name}"));
                    } else if references.contains_key(name) {
                        name.clone_into(&mut document);
                    }
                } else if let Some(section) = found.name("section").map(|m| m.as_str()) {
                    let text = references.get(&document).and_then(|r| r.sections.get(section));
                    match (text, found.name("item").map(|m| m.as_str())) {
                        (None, _) => miss(format!("{document} has no section {section}")),
                        (Some(text), Some(item))
                            if !text.lines().any(|l| l.starts_with(&format!("{item}. "))) =>
                        {
                            miss(format!("{document} §{section} has no point {item}"));
                        }
                        _ => {}
                    }
                } else if let Some(trap) = found.name("trap").map(|m| m.as_str())
                    && !references["nomad-api.md"].traps.contains(trap)
                {
                    miss(format!("nomad-api.md §11 has no trap {trap}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "cited, and not there; correct the citation or write the section:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_path_and_link_in_the_documents_leads_somewhere() {
    let path =
        Regex::new(r"`((?:src|tests|docs|scripts|fuzz|contrib|\.ci|\.github)/[A-Za-z0-9_./-]+)`").unwrap();
    let link = Regex::new(r"\]\(([^)#: ]*[a-zA-Z][^)#: ]*)(?:#[^)]*)?\)").unwrap();
    let mut wrong = Vec::new();
    for (file, text) in documents() {
        let here = root().join(&file).parent().unwrap().to_owned();
        for (at, line) in text.lines().enumerate() {
            let paths = path.captures_iter(line).map(|found| root().join(&found[1]));
            let links = link.captures_iter(line).map(|found| here.join(&found[1]));
            let gone = paths.chain(links).filter(|path| !path.exists());
            wrong.extend(gone.map(|path| format!("{file}:{}: there is no {}", at + 1, path.display())));
        }
    }
    assert!(wrong.is_empty(), "the documents lead to what is not there:\n{}", wrong.join("\n"));
}

/// The words of the glossary, each without what tells two meanings of it apart.
fn glossary() -> Vec<String> {
    let aside = Regex::new(r" *\([^)]*\)").unwrap();
    let text = std::fs::read_to_string(root().join("docs/design/glossary.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let words = rows.filter(|row| *row != "word").flat_map(|row| {
        let row = aside.replace_all(row, "").into_owned();
        row.split(", ").map(str::to_lowercase).collect::<Vec<_>>()
    });
    words.collect()
}

#[test]
fn the_glossary_has_no_word_that_is_out_of_use() {
    let all: String = below("src").iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let all = all.to_lowercase();
    let out_of_use: Vec<String> = glossary()
        .into_iter()
        .filter(|word| {
            // `stand_ins` is a use of "stand-in".
            let any = word.split([' ', '-']).map(regex::escape).collect::<Vec<_>>().join("[-_ ]");
            !Regex::new(&format!(r"(\b|_){any}s?(\b|_)")).unwrap().is_match(&all)
        })
        .collect();
    assert!(out_of_use.is_empty(), "no line of the code says these any more: {out_of_use:?}");
}

/// Headings of tables that mean something of their own here, by the word of the glossary that tells it.
const HEADINGS: [(&str, &str); 14] = [
    ("CANARIES", "canary"),
    ("CARRIED", "carried"),
    ("ELIGIBLE", "eligible"),
    ("EVAL", "eval"),
    ("FORESEEN", "forecast"),
    ("FOUND HEALTHY", "found healthy"),
    ("GAP", "gap"),
    ("GUARDS LOST", "guard"),
    ("IN PLACE", "in place"),
    ("NEVER BELOW", "floor"),
    ("NOT KNOWN", "not known"),
    ("NOT SEEN", "not seen"),
    ("RELY", "confidence"),
    ("UNPLACED", "unplaced"),
];

#[test]
fn what_a_heading_means_here_stands_in_the_glossary() {
    let views: Vec<String> =
        below("src/commands").iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let words = glossary();
    for (heading, word) in HEADINGS {
        let column = format!("column({heading:?})");
        assert!(views.iter().any(|view| view.contains(&column)), "no table has the heading {heading}");
        assert!(words.iter().any(|w| w == word), "{heading}: the glossary has no {word:?}");
    }
}
