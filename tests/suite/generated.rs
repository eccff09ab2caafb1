//! Job files made up by rules: what the embedded fleet and this reader make of them is what `nomad` makes of them, wherever it
//! is on PATH; and what they make of them does not depend on how they are written.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use fleet::model::jobfile::format::format;
use fleet::model::jobfile::{holds_job, syntax, variables};
use fleet::sandbox::jobspec;
use serde_json::Value;

use crate::e2e::on_real::on_path;

/// How many files are made.
const FILES: u64 = 300;
/// How many of them `nomad` is asked for at a time.
const AT_ONCE: usize = 8;

/// A job file, the values of its variables, and the same in other blanks.
struct Made {
    text: String,
    vars: Vec<(String, String)>,
}

struct Maker {
    rng: fastrand::Rng,
    depth: usize,
}

impl Maker {
    fn of(seed: u64) -> Made {
        let mut maker = Maker { rng: fastrand::Rng::with_seed(seed), depth: 0 };
        maker.file()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.rng.usize(..of.len())]
    }

    fn word(&mut self) -> String {
        self.one(&["a", "b1", "web", "x-y", "é", "Z_9", "long-name"]).to_owned()
    }

    /// A text in quotes, without templates.
    fn quoted(&mut self) -> String {
        self.one(&[
            "\"x\"",
            "\"\"",
            "\"two words\"",
            "\"a\\tb\\n\"",
            "\"q\\\"q\"",
            "\"$${x} %%{y}\"",
            "\"100% $5 $$\"",
            "\"\\u00e9\"",
            "\"${NOMAD_PORT_http}\"",
            "\"${attr.kernel.name}-x\"",
            "\"back\\\\slash\"",
            "\"# no comment\"",
            "\"a // b /* c\"",
        ])
        .to_owned()
    }

    /// An expression that is a text.
    fn text(&mut self) -> String {
        self.depth += 1;
        let leaf = self.depth > 3;
        let made = match self.rng.u8(..if leaf { 4 } else { 22 }) {
            0..=2 => self.quoted(),
            3 => self.one(&["var.plain", "local.l1", "var.typed", "\"${var.plain}!\""]).to_owned(),
            4 => format!("upper({})", self.text()),
            5 => format!("\"${{{}}}-${{{}}}\"", self.text(), self.number()),
            6 => format!("\"a ${{~ {} ~}} b\"", self.text()),
            7 => format!("join(\"{}\", {})", self.one(&[",", "", "-"]), self.list()),
            8 => format!("format(\"%s/%d\", {}, {})", self.text(), self.one(&["1", "-2", "30"])),
            9 => format!("({} ? {} : {})", self.flag(), self.text(), self.text()),
            10 => format!("jsonencode({})", self.value()),
            11 => format!("{}[{}]", self.list(), self.one(&["0", "1 - 1"])),
            12 => format!("replace({}, \"a\", {})", self.text(), self.text()),
            13 => format!("base64encode({})", self.text()),
            14 => format!(
                "{}({})",
                self.one(&["md5", "sha1", "sha256", "trimspace", "lower", "strrev"]),
                self.text()
            ),
            15 => format!("yamlencode({})", self.value()),
            16 => format!(
                "jsonencode(yamldecode({}))",
                self.one(&["\"a: 1\\nb: [x, 2]\"", "\"- p\\n- q: ~\"", "\"k: |\\n  t\\n\""])
            ),
            17 => format!("\"%{{ if {} }}{}%{{ else }}n%{{ endif }}\"", self.flag(), self.word()),
            18 => format!("\"%{{ for v in {} }}<${{v}}>%{{ endfor }}\"", self.list()),
            19 => format!("lookup({}, \"k1\", {})", self.object(), self.text()),
            20 => format!("join(\",\", cidrsubnets(\"10.0.0.0/16\", {}, 8))", self.one(&["4", "8"])),
            _ => format!("uuidv5(\"dns\", {})", self.text()),
        };
        self.depth -= 1;
        made
    }

    fn number(&mut self) -> String {
        self.one(&[
            "1",
            "0",
            "2.5",
            "1e3",
            "-4",
            "3 * 2",
            "(7 % 4)",
            "max(1, 5)",
            "length([1, 2])",
            "123456789012",
        ])
        .to_owned()
    }

    fn flag(&mut self) -> String {
        self.one(&[
            "true",
            "false",
            "!false",
            "1 < 2",
            "\"a\" == \"b\"",
            "true && false",
            "contains([\"a\"], \"a\")",
        ])
        .to_owned()
    }

    fn list(&mut self) -> String {
        match self.rng.u8(..6) {
            0 => format!("[{}, {}]", self.text(), self.quoted()),
            1 => format!("[\n  {}, # one\n  {},\n]", self.quoted(), self.quoted()),
            2 => format!("[for v in [\"p\", \"q\"] : \"${{v}}{}\"]", self.word()),
            3 => "[for k, v in { z = 1, y = 2 } : \"${k}${v}\" if v > 0]".to_owned(),
            4 => format!("concat([{}], [\"z\"])", self.quoted()),
            _ => "split(\",\", \"a,b\")".to_owned(),
        }
    }

    /// An object of texts; keys may stand twice.
    fn object(&mut self) -> String {
        let mut text = "{".to_owned();
        let long = self.rng.bool();
        for at in 0..self.rng.usize(1..4) {
            let key = self.one(&["k1", "k2", "\"k1\"", "\"k 3\"", "(\"k4\")", "\"${\"k\"}5\"", "k6"]);
            let sign = self.one(&[" = ", "=", " : ", ": "]);
            let end = if long { self.one(&["\n", ",\n", " # c\n", ", // d\n"]) } else { ", " };
            let lead = if at == 0 && long { "\n" } else { " " };
            let _infallible = write!(text, "{lead}{key}{sign}{}{end}", self.quoted());
        }
        text + "}"
    }

    fn value(&mut self) -> String {
        match self.rng.u8(..6) {
            0 => self.number(),
            1 => self.flag(),
            2 => self.list(),
            3 => format!("{{ a = {}, b = [{}, null] }}", self.object(), self.number()),
            4 => "null".to_owned(),
            _ => self.object(),
        }
    }

    fn heredoc(&mut self) -> String {
        let dash = self.one(&["", "-"]);
        let mut text = format!("<<{dash}EOT\n");
        for _ in 0..self.rng.usize(0..6) {
            let indent = " ".repeat(self.rng.usize(0..5));
            let line = match self.rng.u8(..9) {
                0 => String::new(),
                1 => "${\"k\"} and $${no}".to_owned(),
                2 => "# x = ${var.plain}".to_owned(),
                3 => format!("a ${{~ {} ~}} b", self.quoted()),
                4 => "%{ if true ~}\n  in\n%{ endif ~}".to_owned(),
                5 => "%{ for i, v in [\"p\", \"q\"] ~}\n    ${i}=${v}\n  %{ endfor ~}".to_owned(),
                6 => "\ttab \"q\" \\n EOTX".to_owned(),
                7 => "{{ env \"X\" }} 100%".to_owned(),
                _ => format!("{} line", self.word()),
            };
            let _infallible = writeln!(text, "{indent}{line}");
        }
        let end = if dash == "-" { " ".repeat(self.rng.usize(0..4)) } else { String::new() };
        text + &end + "EOT"
    }

    /// An argument with a text, in odd blanks and comments.
    fn argument(&mut self, name: &str, value: &str) -> String {
        let (lead, sign) =
            (self.one(&["", "  ", "\t", "      "]), self.one(&[" = ", "=", "\t=  ", " /* c */ = "]));
        // A heredoc ends its line.
        let end = if value.ends_with("EOT") { "" } else { self.one(&["", "", "  ", " # end", " // end"]) };
        let gap = self.one(&["", "", "\n", "# between\n", "/* more\n than one */\n"]);
        format!("{gap}{lead}{name}{sign}{value}{end}\n")
    }

    fn map(&mut self, name: &str) -> String {
        let mut keys: Vec<&str> = vec!["K1", "K2", "k-3", "é4"];
        self.rng.shuffle(&mut keys);
        let count = self.rng.usize(0..4);
        let mut inner = String::new();
        for key in &keys[..count] {
            let value = if self.rng.u8(..4) == 0 { self.heredoc() } else { self.text() };
            inner += &self.argument(key, &value);
        }
        match self.rng.u8(..4) {
            0 => format!("{name} = {}\n", self.object()),
            _ => format!("{name} {{\n{inner}}}\n"),
        }
    }

    fn task(&mut self, name: &str) -> String {
        let mut text = format!("task \"{name}\" {{\n{}", self.argument("driver", "\"raw_exec\""));
        text += &format!("config {{\n{}", self.argument("command", "\"sh\""));
        let args = self.list();
        text += &self.argument("args", &args);
        text += "}\n";
        if self.rng.bool() {
            text += &self.map("env");
        }
        if self.rng.bool() {
            text += &self.map("meta");
        }
        if self.rng.u8(..3) == 0 {
            let data = self.heredoc();
            text += &format!(
                "template {{\n{}{}}}\n",
                self.argument("data", &data),
                self.argument("destination", "\"local/a\"")
            );
        }
        if self.rng.u8(..3) == 0 {
            let content =
                self.argument("destination", "\"local/${t.key}\"") + &self.argument("data", "t.value");
            let iterator = "iterator = t\n";
            text += &format!(
                "dynamic \"template\" {{\nfor_each = {}\n{iterator}content {{\n{content}}}\n}}\n",
                self.list()
            );
        }
        if self.rng.bool() {
            text += &format!(
                "resources {{ {} = {} }}\n",
                self.one(&["cpu", "memory"]),
                self.one(&["100", "50 * 2", "\"64\""])
            );
        }
        text + "}\n"
    }

    fn file(&mut self) -> Made {
        let mut vars = Vec::new();
        let mut text = if self.rng.u8(..10) == 0 { "\u{feff}".to_owned() } else { String::new() };
        text += "variable \"plain\" {\n  default = \"pl\"\n}\n";
        text += "variable \"typed\" {\n  type = string\n  default = \"ty\"\n}\n";
        text += &format!(
            "variables {{\n  many = {}\n  nothing = null\n}}\n",
            self.one(&["[1, 2]", "{ a = 1, a = 2 }", "true"])
        );
        for (name, values) in [
            ("plain", ["s p", "${x}", "\"q\""]),
            ("typed", ["1", "null", "a=b"]),
            ("nothing", ["[1]", "{ b = 2 }", "\"t\""]),
        ] {
            if self.rng.u8(..3) == 0 {
                vars.push((name.to_owned(), self.one(&values).to_owned()));
            }
        }
        let local = self.text().replace("local.l1", "\"l\"");
        text += &format!("locals {{\n  l1 = {local}\n}}\n");
        text += &format!("job {} {{\n", self.one(&["\"made\"", "made", "\"made up\""]));
        text += &self.argument("type", "\"batch\"");
        text += "meta {\n  many = jsonencode(var.many)\n  nothing = jsonencode(var.nothing)\n  l1 = local.l1\n}\n";
        for group in 0..self.rng.usize(1..3) {
            text += &format!("group \"g{group}\" {{\n");
            if self.rng.bool() {
                text += &self.map("meta");
            }
            if self.rng.bool() {
                let count = self.one(&["2", "1 + 1", "length([1])", "\"3\""]);
                text += &self.argument("count", count);
            }
            for task in 0..self.rng.usize(1..3) {
                text += &self.task(&format!("t{task}"));
            }
            text += "}\n";
        }
        text += "}\n";
        if self.rng.u8(..8) == 0 {
            text = text.replace('\n', "\r\n");
        }
        Made { text, vars }
    }
}

/// The job that the embedded fleet makes of a file, read and sent as `fleet` does.
fn ours(made: &Made) -> Result<Value, String> {
    let declared = variables::declarations(&made.text).ok_or("it cannot be read here")?;
    let assign = |(name, value): &(String, String)| {
        variables::assign(name, value, declared[name.as_str()], variables::Source::Flag)
    };
    let merged = variables::merged(&made.vars.iter().map(assign).collect::<Vec<_>>());
    jobspec::parse(&made.text, &merged.beyond(&made.text))
}

/// What `nomad` makes of it.
fn theirs(nomad: &Path, dir: &Path, at: u64, made: &Made) -> Result<Value, String> {
    let file = dir.join(format!("{at}.hcl"));
    std::fs::write(&file, &made.text).unwrap();
    let mut command = Command::new(nomad);
    command.args(["job", "run", "-output"]);
    for (name, value) in &made.vars {
        command.arg(format!("-var={name}={value}"));
    }
    let output = command.arg(&file).env_clear().output().unwrap();
    if output.status.success() {
        let mut whole: Value = serde_json::from_slice(&output.stdout).unwrap();
        Ok(whole["Job"].take())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[test]
fn made_files_are_read_here_and_say_the_same_in_other_blanks() {
    for seed in 0..FILES {
        let made = Maker::of(seed);
        assert!(
            syntax::parse(&made.text).is_ok() && holds_job(&made.text) == Some(true),
            "{seed}:\n{}",
            made.text
        );
        let Ok(job) = ours(&made) else { continue };
        // More lines before and behind change nothing.
        let spaced = Made { text: format!("{}\n\n# the end\n", made.text), vars: made.vars.clone() };
        assert_eq!(ours(&spaced), Ok(job), "{seed}:\n{}", made.text);
    }
}

#[test]
fn made_files_become_the_jobs_that_nomad_makes_of_them() {
    let Some(nomad) = on_path("nomad") else {
        println!("SKIPPED: there is no nomad on PATH to compare made-up job files with");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let seeds: Vec<u64> = (0..FILES).collect();
    let mut wrong = Vec::new();
    let mut accepted = 0;
    for seeds in seeds.chunks(AT_ONCE) {
        let (nomad, dir) = (&nomad, dir.path());
        let found: Vec<(u64, Made, Result<Value, String>)> = std::thread::scope(|scope| {
            let ask = |&seed: &u64| {
                scope.spawn(move || {
                    let made = Maker::of(seed);
                    let theirs = theirs(nomad, dir, seed, &made);
                    (seed, made, theirs)
                })
            };
            seeds.iter().map(ask).collect::<Vec<_>>().into_iter().map(|t| t.join().unwrap()).collect()
        });
        for (seed, made, theirs) in found {
            accepted += usize::from(theirs.is_ok());
            let ours = ours(&made);
            let differences = match (&ours, &theirs) {
                (Ok(ours), Ok(theirs)) => {
                    let mut list = Vec::new();
                    crate::e2e::jobfiles::compare("", theirs, ours, &mut list);
                    list
                }
                (Err(_), Err(_)) => Vec::new(),
                (Ok(_), Err(theirs)) => vec![format!("nomad refuses it: {theirs}")],
                (Err(ours), Ok(_)) => vec![format!("refused here: {ours}")],
            };
            if !differences.is_empty() {
                wrong.push(format!("{seed} {:?}:\n{}\n{}", made.vars, differences.join("\n"), made.text));
            }
        }
    }
    let shown = wrong.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n----\n");
    assert!(wrong.is_empty(), "{} of {FILES} differ, {accepted} are jobs to nomad\n{shown}", wrong.len());
    assert!(accepted as u64 > FILES / 2, "only {accepted} of {FILES} are jobs");
}

#[test]
fn made_files_are_formatted_as_nomad_formats_them() {
    let nomad = on_path("nomad");
    if nomad.is_none() {
        println!("SKIPPED: there is no nomad on PATH to compare formatted files with");
    }
    for seed in 0..FILES {
        let made = Maker::of(seed).text;
        let ours = format(&made);
        let ink =
            |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect::<String>();
        assert_eq!(ink(&ours), ink(&made), "{seed}");
        assert_eq!(format(&ours), ours, "{seed}");
        let Some(nomad) = &nomad else { continue };
        let mut command = Command::new(nomad);
        command.args(["fmt", "-"]).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(made.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), ours, "{seed}");
    }
}
