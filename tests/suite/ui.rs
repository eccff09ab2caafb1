//! `fleet ui` on a terminal: taken, lent to a command, and given back on every way out.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::canned::{Answer, Canned, recorded};

/// How long anything may take to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary on a terminal of sixty columns and twenty lines.
struct OnTerminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn std::io::Write + Send>,
    pieces: Receiver<Vec<u8>>,
    text: String,
    /// Up to where cues were found.
    seen: usize,
    _home: tempfile::TempDir,
}

impl OnTerminal {
    fn start(url: &str, args: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let size = PtySize { rows: 20, cols: 60, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_fleet"));
        command.env_clear();
        let home_dir = home.path().display().to_string();
        let vars = [("HOME", home_dir.as_str()), ("NOMAD_ADDR", url), ("TERM", "xterm"), ("LANG", "C.UTF-8")];
        for (name, value) in vars.iter().chain(&[("NO_COLOR", "1"), ("FLEET_CONFIG_DIR", "/nonexistent")]) {
            command.env(name, value);
        }
        command.args(args);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (send, pieces) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                if send.send(bytes[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        OnTerminal { child, master: pair.master, writer, pieces, text: String::new(), seen: 0, _home: home }
    }

    /// Waits for a text after the one that was waited for last.
    fn until(&mut self, cue: &str) -> &mut Self {
        loop {
            if let Some(at) = self.text[self.seen..].find(cue) {
                self.seen += at + cue.len();
                return self;
            }
            let Ok(bytes) = self.pieces.recv_timeout(PATIENCE) else {
                panic!("{cue:?} never came: {:?}", &self.text);
            };
            self.text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self
    }

    #[cfg(unix)]
    fn signal(&mut self, signal: rustix::process::Signal) -> &mut Self {
        let id = self.child.process_id().and_then(|id| i32::try_from(id).ok()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), signal).unwrap();
        self
    }

    /// What was written, and the exit code. The terminal is as it was.
    fn end(mut self) -> (String, u32) {
        while let Ok(bytes) = self.pieces.recv_timeout(PATIENCE) {
            self.text.push_str(&String::from_utf8_lossy(&bytes));
        }
        let code = self.child.wait().unwrap().exit_code();
        drop(self.master);
        let last = |code: &str| self.text.rfind(code);
        assert!(last("\x1b[?1049l") > last("\x1b[?1049h"), "the screen is not given back: {:?}", self.text);
        assert!(last("\x1b[?25h") > last("\x1b[?25l"), "the cursor stays hidden: {:?}", self.text);
        assert!(last("\x1b[?2004l") > last("\x1b[?2004h"), "pasting stays marked: {:?}", self.text);
        (self.text, code)
    }
}

fn nodes() -> Canned {
    Canned::new(|request| match request {
        r if r.starts_with("GET /v1/nodes") => recorded("nomad-2.0.5", "nodes-draining"),
        r if r.starts_with("GET /v1/acl/token/self") => Answer::new(400, "ACL support disabled"),
        _ => Answer::new(200, "[]"),
    })
}

#[test]
fn the_screen_is_left_by_a_key() {
    let server = nodes();
    for key in ["q", "\x03", ":q\r"] {
        let mut ui = OnTerminal::start(&server.url, &["ui"]);
        ui.until("1 Problems").until("old").keys(key);
        let (text, code) = ui.end();
        assert_eq!(code, 0, "{key:?} {text}");
    }
    assert!(server.asked().iter().all(|r| r.starts_with("GET")), "{:?}", server.asked());
}

#[cfg(unix)]
#[test]
fn the_screen_is_given_back_when_a_signal_ends_it() {
    use rustix::process::Signal;
    let server = nodes();
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 143), (Signal::INT, 130)] {
        let mut ui = OnTerminal::start(&server.url, &["ui"]);
        ui.until("1 Problems").until("old").signal(signal);
        let (text, ended) = ui.end();
        assert_eq!(ended, code, "{signal:?} {text}");
        assert!(text.rfind("error: interrupted") > text.rfind("\x1b[?1049l"), "{text:?}");
    }
}

#[test]
fn what_is_wrong_from_the_beginning_ends_it() {
    let server = Canned::new(|_| Answer::new(403, "Permission denied"));
    let mut ui = OnTerminal::start(&server.url, &["ui"]);
    ui.until("error:");
    let (text, code) = ui.end();
    assert_eq!(code, 4, "{text}");
    assert!(text.contains("node { policy = \"read\" }"), "{text}");
}

#[test]
fn without_a_terminal_it_names_the_verb_that_needs_none() {
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fleet"));
        command.env_clear().env("NOMAD_ADDR", "http://127.0.0.1:1").env("FLEET_CONFIG_DIR", "/nonexistent");
        let ended = command.args(args).stdin(Stdio::null()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        format!("{}\n{}{}", ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
    };
    insta::assert_snapshot!(run(&["ui"]), @"
    2
    error: fleet ui draws a whole screen, and there is none
      because: stdin is not a terminal
      hint: fleet status --watch
    ");
    insta::assert_snapshot!(run(&["ui", "-o", "json"]), @r#"
    2
    {"error":"fleet ui draws a whole screen, and there is none","causes":["-o asks for what a program reads"],"hints":["fleet status --watch"],"code":"usage","exit_code":2}
    "#);
}

/// A command runs on the lent terminal with the cluster of the screen, Ctrl-C in it is not for the screen, and the screen comes back:
/// also where Enter is pressed the moment it is asked for.
#[cfg(feature = "sandbox")]
#[test]
fn a_command_is_run_and_the_screen_comes_back() {
    let mut ui = OnTerminal::start("http://127.0.0.1:1", &["sandbox", "run", "--", "ui"]);
    ui.until("1 Problems").until("old").keys(":job list\r");
    ui.until("$ fleet job list").until("ledger").until("Enter goes back to fleet ui");
    ui.keys("\r").until("1 Problems").keys(":events\r");
    ui.until("$ fleet events").until("ledger").keys("\x03");
    ui.until("1 Problems").keys(":no-such-verb\r");
    ui.until("unrecognized subcommand").until("exit code 2 (usage)").until("fleet ui]").keys("\r");
    ui.until("1 Problems").keys("q");
    let (text, code) = ui.end();
    assert_eq!(code, 0, "{text}");
}
