use super::*;
use crate::clock::FixedClock;
use crate::ui::testing::{Sink, printed};
use crate::ui::{Cell, Column, TerminalFacts, column};

struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize)]
struct Pet {
    name: &'static str,
    legs: u64,
    vet: &'static str,
}

impl Tabular for Pet {
    const COLUMNS: &'static [Column] = &[column("NAME"), column("LEGS").right(), column("VET").wide()];
    fn cells(&self) -> Vec<Cell> {
        vec![self.name.into(), Cell::Number(self.legs), self.vet.into()]
    }
}

const PETS: [Pet; 2] =
    [Pet { name: "cat", legs: 4, vet: "v" }, Pet { name: "bi\x1b[1mrd", legs: 2, vet: "w" }];

fn flags(output: Option<Format>) -> OutputFlags {
    OutputFlags { output, ..OutputFlags::default() }
}

#[test]
fn a_pipe_gets_tabs_and_a_terminal_gets_columns() {
    let (out, _) = printed(None, &flags(None), |p| p.list(&PETS, "no pets"));
    assert_eq!(out, "NAME\tLEGS\ncat\t4\nbi\\u{1b}[1mrd\t2\n");
    let (out, _) = printed(Some(80), &flags(None), |p| p.list(&PETS, "no pets"));
    assert!(out.starts_with("NAME") && !out.contains('\t') && !out.contains('\x1b'), "{out}");
    let bare = OutputFlags { no_headers: true, ..OutputFlags::default() };
    assert!(!printed(None, &bare, |p| p.list(&PETS, "no pets")).0.contains("NAME"));
}

#[test]
fn json_is_an_array_also_when_empty_and_lines_are_objects() {
    let (out, err) = printed(None, &flags(Some(Format::Json)), |p| p.list::<Pet>(&[], "no pets"));
    assert_eq!((out.as_str(), err.as_str()), ("[]\n", ""));
    let (out, _) = printed(None, &flags(Some(Format::JsonLines)), |p| p.list(&PETS, "no pets"));
    assert_eq!(out.lines().count(), 2);
    assert!(out.starts_with("{\"name\":\"cat\""));
    let (out, err) = printed(None, &flags(None), |p| p.list::<Pet>(&[], "no pets"));
    assert_eq!((out.as_str(), err.as_str()), ("", "no pets\n"));
}

#[test]
fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
    let printer = |kind| {
        let facts = TerminalFacts {
            stdin_tty: false,
            stdout_tty: false,
            stderr_tty: false,
            width: None,
            unicode: true,
        };
        let streams = Arc::new(Streams::new(Box::new(Failing(kind)), Box::new(Sink::default()), facts));
        let clock = Arc::new(FixedClock(jiff::Timestamp::UNIX_EPOCH));
        Printer::new(streams, &OutputFlags::default(), &Environment::default(), clock)
    };
    let gone = printer(io::ErrorKind::BrokenPipe);
    gone.list(&PETS, "").unwrap();
    assert!(gone.is_closed());
    let full = printer(io::ErrorKind::StorageFull).list(&PETS, "").unwrap_err();
    assert_eq!(full.code(), crate::exit_code::ExitCode::Failed);
}

#[test]
fn errors_say_what_why_and_what_next() {
    let error = Error::failed("could not drain node c1").because("500 \x1b[31mno").hint("try again");
    let (out, err) = printed(None, &flags(None), |p| {
        p.error(&error);
        Ok(())
    });
    assert_eq!(out, "");
    assert_eq!(err, "error: could not drain node c1\n  because: 500 \\u{1b}[31mno\n  hint: try again\n");
}

#[test]
fn quiet_silences_notes_and_not_warnings() {
    let quiet = OutputFlags { quiet: true, ..OutputFlags::default() };
    let (_, err) = printed(None, &quiet, |p| {
        p.note("by the way");
        p.warn("look out");
        Ok(())
    });
    assert_eq!(err, "warning: look out\n");
}

#[test]
fn a_machine_reads_an_error_as_one_object() {
    let error = Error::not_found("no such node: c\x1b9").because("a \"b\"").hint("fleet node list shows all");
    for format in [Format::Json, Format::JsonLines] {
        let (out, err) = printed(Some(80), &flags(Some(format)), |p| {
            p.error(&error);
            Ok(())
        });
        assert_eq!(out, "");
        let told = r#"{"error":"no such node: c\u001b9","causes":["a \"b\""],"hints":["fleet node list shows all"],"code":"not-found","exit_code":3}"#;
        assert_eq!(err, format!("{told}\n"));
    }
}
