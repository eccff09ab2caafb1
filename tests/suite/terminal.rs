//! What a person sees on a terminal of a given width.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use unicode_width::UnicodeWidthStr as _;

use crate::canned::{Answer, Canned, recorded};

/// What the binary shows on a terminal of this width, and its exit code. Keys are typed once their cue has appeared.
fn shown(url: &str, width: u16, args: &[&str], keys: &[(&str, &str)]) -> (String, u32) {
    let home = tempfile::tempdir().unwrap();
    let pty = native_pty_system();
    let pair = pty.openpty(PtySize { rows: 50, cols: width, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_fleet"));
    command.env_clear();
    let home_dir = home.path().display().to_string();
    let vars = [("HOME", home_dir.as_str()), ("NOMAD_ADDR", url), ("TERM", "xterm"), ("LANG", "C.UTF-8")];
    for (name, value) in vars.iter().chain(&[("NO_COLOR", "1"), ("FLEET_CONFIG_DIR", "/nonexistent")]) {
        command.env(name, value);
    }
    command.args(args);
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut writer = pair.master.take_writer().unwrap();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(n @ 1..) = reader.read(&mut bytes) {
            if send.send(bytes[..n].to_vec()).is_err() {
                return;
            }
        }
    });
    let (mut text, mut keys) = (Vec::new(), keys.iter());
    let mut next = keys.next();
    // What has no cue is typed before anything is there.
    while let Some(("", key)) = next {
        writer.write_all(key.as_bytes()).unwrap();
        next = keys.next();
    }
    while let Ok(bytes) = receive.recv_timeout(Duration::from_secs(20)) {
        text.extend(bytes);
        if let Some((cue, key)) = next
            && String::from_utf8_lossy(&text).contains(cue)
        {
            writer.write_all(key.as_bytes()).unwrap();
            next = keys.next();
        }
    }
    let code = child.wait().unwrap().exit_code();
    (String::from_utf8_lossy(&text).replace("\r\n", "\n"), code)
}

fn nodes() -> Canned {
    Canned::new(|request| match request {
        r if r.starts_with("GET /v1/nodes") => recorded("nomad-2.0.5", "nodes-draining"),
        r if r.starts_with("GET /v1/acl/token/self") => Answer::new(400, "ACL support disabled"),
        r if r.starts_with("GET /v1/var/") => Answer::new(404, "variable not found"),
        _ => Answer::new(200, "[]"),
    })
}

#[test]
fn lists_fit_any_width() {
    let server = nodes();
    for width in [40, 60, 80, 200] {
        let (text, code) = shown(&server.url, width, &["node", "list"], &[]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("c783f447") && !text.contains('\x1b'), "{text}");
        for line in text.lines() {
            assert!(line.width() <= usize::from(width), "{width}: {line:?}");
        }
    }
}

#[test]
fn a_drain_asks_first_and_no_is_the_answer_that_changes_nothing() {
    let server = nodes();
    let (text, code) = shown(&server.url, 80, &["node", "drain", "c6"], &[("Drain c6?", "n\r")]);
    assert_eq!(code, 7, "{text}");
    assert!(text.contains("not confirmed; nothing was changed"), "{text}");
    // The question stands and the cursor is hidden: from here on keys are read, or the signal ends it.
    let (text, code) = shown(&server.url, 80, &["node", "drain", "c6"], &[("[y/N] \x1b[?25l", "\x03")]);
    assert!(text.contains("Drain c6?"), "{text}");
    assert_eq!(code, 130, "{text}");
    // The cursor comes back.
    assert!(text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l"), "{text:?}");
    assert!(server.asked().iter().all(|r| r.starts_with("GET")), "{:?}", server.asked());
}

#[test]
fn a_question_is_answered_by_who_has_read_it() {
    // Its answer takes long enough for somebody to have typed before the question.
    let server = Canned::new(|request| match request {
        r if r.starts_with("GET /v1/nodes") => {
            recorded("nomad-2.0.5", "nodes-draining").after(Duration::from_millis(500))
        }
        r if r.starts_with("GET /v1/acl/token/self") => Answer::new(400, "ACL support disabled"),
        r if r.starts_with("GET /v1/var/") => Answer::new(404, "variable not found"),
        _ => Answer::new(200, "[]"),
    });
    let drain = &["node", "drain", "c6"];
    for keys in [
        &[("", "y\r"), ("Drain c6?", "n\r")][..],
        &[("", "y"), ("Drain c6?", "\r")],
        &[("Drain c6?", "yn\r")],
    ] {
        let (text, code) = shown(&server.url, 80, drain, keys);
        assert_eq!(code, 7, "{keys:?}\n{text}");
    }
    // No question stands without what it is about, however quiet the rest is.
    let (text, code) = shown(&server.url, 80, &["-q", "node", "drain", "c6"], &[("Drain c6?", "n\r")]);
    assert!(code == 7 && text.find("NODE").is_some_and(|plan| Some(plan) < text.find("Drain c6?")), "{text}");
    assert!(server.asked().iter().all(|r| r.starts_with("GET")), "{:?}", server.asked());
}

/// A rotation of the embedded fleet, twenty times as fast as in life.
const ROTATE: &[&str] = &[
    "sandbox",
    "run",
    "--speed",
    "20",
    "--",
    "rotate-nodes",
    "--class",
    "old",
    "--singletons",
    "gap",
    "--batch",
    "wait",
];

#[test]
fn a_rotation_asks_once_draws_what_it_does_and_leaves_the_terminal_as_it_was() {
    let (text, code) = shown("http://127.0.0.1:1", 60, ROTATE, &[("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("3 of 3 nodes rotated"), "{text}");
    let (shown, hidden) = (text.matches("\x1b[?25h").count(), text.matches("\x1b[?25l").count());
    assert!(shown >= hidden, "the cursor is left hidden\n{text:?}");
}

#[test]
fn no_is_an_answer_that_changes_nothing() {
    let (text, code) = shown("http://127.0.0.1:1", 80, ROTATE, &[("[y/N]", "n\r")]);
    assert_eq!(code, 7, "{text}");
    assert!(text.contains("nothing was changed"), "{text}");
}

#[test]
fn ctrl_c_finishes_the_step_under_way_and_says_how_to_go_on() {
    let (text, code) = shown("http://127.0.0.1:1", 80, ROTATE, &[("[y/N]", "y\r"), ("goes to", "\x03")]);
    assert_eq!(code, 130, "{text}");
    assert!(text.contains("run the same command again"), "{text}");
    // A second one does not wait.
    let keys = [("[y/N]", "y\r"), ("goes to", "\x03"), ("finishing the step", "\x03")];
    let (text, code) = shown("http://127.0.0.1:1", 80, ROTATE, &keys);
    assert_eq!(code, 130, "{text}");
}
