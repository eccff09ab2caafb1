//! Running commands in tasks: attached to this process, or many side by side.

mod attach;
mod flags;
mod lines;
mod many;
pub mod shells;

pub use attach::Attach;
pub(crate) use flags::{CommandInTask, ExecFlags};
pub(crate) use lines::{Lines, Printed};

/// Reads NAME=VALUE.
pub(crate) fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok((name.to_owned(), value.to_owned()))
    } else {
        Err(format!("{name:?} is not the name of a variable"))
    }
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn variables_have_names_a_shell_can_export() {
        assert_eq!(variable("A_1=b=c"), Ok(("A_1".into(), "b=c".into())));
        for bad in ["A", "=x", "1A=x", "A-B=x", "A;rm=x"] {
            assert!(variable(bad).is_err(), "{bad}");
        }
    }
}
