//! The functions job files may call, as the server knows them (`nomad-api.md §3.2`).

mod collection;
mod encode;
mod format;
mod net;
mod number;
mod text;
mod time;
mod yaml;

use std::collections::BTreeMap;
use std::ops::Range;

use super::hcl::{Number, Value};

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Failure {
    Unknown,
    /// An argument does not suit: which one, the parameter's name, and why.
    Argument(usize, &'static str, String),
    /// Fewer arguments than these parameters.
    TooFew(usize, &'static str),
    /// More arguments than so many.
    TooMany(usize),
    /// The function itself says why.
    Call(String),
}

type Result<T = Value> = std::result::Result<T, Failure>;

fn fail<T>(text: impl Into<String>) -> Result<T> {
    Err(Failure::Call(text.into()))
}

impl Failure {
    /// Where the error is, its summary and its detail. `ranges` are where the arguments begin.
    pub(crate) fn describe(
        &self,
        name: &str,
        name_range: &Range<usize>,
        opened: &Range<usize>,
        ranges: &[Range<usize>],
    ) -> (Range<usize>, String, String) {
        let at = |index: usize| ranges.get(index).unwrap_or(opened).clone();
        let (range, summary, detail) = match self {
            Failure::Unknown => (
                name_range.clone(),
                "Call to unknown function",
                format!("There is no function named {name:?}."),
            ),
            Failure::Argument(index, parameter, why) => (
                at(*index),
                "Invalid function argument",
                format!("Invalid value for {parameter:?} parameter: {why}."),
            ),
            Failure::TooFew(wanted, missing) => (
                opened.clone(),
                "Not enough function arguments",
                format!("Function {name:?} expects {wanted} argument(s). Missing value for {missing:?}."),
            ),
            Failure::TooMany(most) => (
                at(*most),
                "Too many function arguments",
                format!("Function {name:?} expects only {most} argument(s)."),
            ),
            Failure::Call(why) => (
                opened.clone(),
                "Error in function call",
                format!("Call to function {name:?} failed: {why}."),
            ),
        };
        (range, summary.to_owned(), detail)
    }
}

/// The arguments of a call, read by the parameters' names.
#[derive(Clone, Copy)]
struct Args<'a>(&'a [Value]);

impl<'a> Args<'a> {
    /// Exactly these parameters.
    fn exactly(self, names: &[&'static str]) -> Result<Self> {
        self.at_least(names)?;
        if self.0.len() > names.len() { Err(Failure::TooMany(names.len())) } else { Ok(self) }
    }

    /// These parameters and maybe more.
    fn at_least(self, names: &[&'static str]) -> Result<Self> {
        match names.get(self.0.len()) {
            Some(missing) => Err(Failure::TooFew(names.len(), missing)),
            None => Ok(self),
        }
    }

    fn value(self, index: usize, name: &'static str) -> Result<&'a Value> {
        match self.0.get(index) {
            Some(Value::Null) => Err(Failure::Argument(index, name, "argument must not be null".to_owned())),
            Some(value) => Ok(value),
            None => Err(Failure::TooFew(index + 1, name)),
        }
    }

    fn text(self, index: usize, name: &'static str) -> Result<String> {
        self.value(index, name)?.to_text().map_err(|e| Failure::Argument(index, name, e))
    }

    fn number(self, index: usize, name: &'static str) -> Result<Number> {
        self.value(index, name)?.to_number().map_err(|e| Failure::Argument(index, name, e))
    }

    fn whole(self, index: usize, name: &'static str) -> Result<i128> {
        let number = self.number(index, name)?;
        number.whole().ok_or_else(|| Failure::Argument(index, name, "a whole number is required".to_owned()))
    }

    fn list(self, index: usize, name: &'static str) -> Result<&'a [Value]> {
        let value = self.value(index, name)?;
        value.elements().ok_or_else(|| {
            let why = format!("list of any single type required, but have {}", value.type_name());
            Failure::Argument(index, name, why)
        })
    }

    fn texts(self, index: usize, name: &'static str) -> Result<Vec<String>> {
        let value = self.value(index, name)?;
        let list = value.elements().ok_or_else(|| {
            let why = format!("list of string required, but have {}", value.type_name());
            Failure::Argument(index, name, why)
        })?;
        let each = list.iter().enumerate().map(|(at, item)| {
            item.to_text().map_err(|e| Failure::Argument(index, name, format!("element {at}: {e}")))
        });
        each.collect()
    }

    fn map(self, index: usize, name: &'static str) -> Result<&'a BTreeMap<String, Value>> {
        match self.value(index, name)? {
            Value::Object(map) => Ok(map),
            other => {
                let why = format!("map of any single type required, but have {}", other.type_name());
                Err(Failure::Argument(index, name, why))
            }
        }
    }
}

/// Functions the server refuses because they would read its files.
const FILESYSTEM: [&str; 8] =
    ["abspath", "basename", "dirname", "file", "filebase64", "fileexists", "fileset", "pathexpand"];

/// Functions Nomad has and the embedded fleet has not.
const MISSING: [&str; 2] = ["bcrypt", "rsadecrypt"];

/// Calls a function.
pub(crate) fn call(name: &str, args: &[Value]) -> Result {
    if FILESYSTEM.contains(&name) {
        return fail("filesystem function disabled");
    }
    if MISSING.contains(&name) {
        return fail("the embedded fleet does not have this function");
    }
    let args = Args(args);
    let families = [
        text::call,
        collection::call,
        number::call,
        encode::call,
        format::call,
        net::call,
        time::call,
        yaml::call,
    ];
    families.iter().find_map(|family| family(name, args)).unwrap_or(Err(Failure::Unknown))
}
