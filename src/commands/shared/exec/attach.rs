//! One command, with this terminal or these pipes as its own.

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};

use crate::app::App;
use crate::commands::shared::target::TaskPlace;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Interrupt;
use crate::ops::exec::escape::{Escape, Key};
use crate::ops::exec::{ExecEvent, Input, InputStreams, Launch, Session};
use crate::ui::{self, RawMode, Resizes};

/// Help on the escape keys, printed for `~?`.
const KEYS: [&str; 4] = [
    "escape keys, at the beginning of a line:",
    "~.   disconnect; the command may go on running",
    "~^Z  suspend fleet",
    "~~   type one ~",
];

/// A command in a place, attached to this process's streams.
pub struct Attach<'a> {
    /// The world.
    pub app: &'a App,
    /// Where.
    pub place: &'a TaskPlace,
    /// What.
    pub launch: Launch,
    /// Whether stdin is passed on.
    pub stdin: bool,
}

impl Attach<'_> {
    /// Runs it to its end.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn run(mut self) -> Result<ExitCode> {
        self.launch.drain_stdin = self.stdin && !self.launch.tty && self.launch.action.is_none();
        if self.launch.tty {
            self.launch.size = Resizes::now();
        }
        let mut raw = None;
        let code = self.go(&mut raw).await;
        if let Some(raw) = raw.filter(|_| code.is_ok()) {
            raw.tidy();
        }
        code
    }

    /// The terminal goes to raw mode when the command is started. Before that, keys (Ctrl-C too) are fleet's own.
    async fn go(&self, raw: &mut Option<RawMode>) -> Result<ExitCode> {
        let (printer, tty) = (&self.app.printer, self.launch.tty);
        let session = Session { access: &self.place.access(self.app), launch: &self.launch };
        let (send, input) = mpsc::channel(2);
        let (signal, signals) = mpsc::unbounded_channel();
        let mut inputs = InputStreams { input, signals };
        let say = |text: &str| {
            let end = if tty { "\r\n" } else { "\n" };
            printer.pass_err(format!("fleet: {}{end}", ui::sanitize(text)).as_bytes());
        };
        let opened = Notify::new();
        let mut on_event = |event: ExecEvent| match event {
            ExecEvent::Opened => {
                opened.notify_one();
                if tty && printer.facts().stdin_tty && raw.is_none() {
                    *raw = Some(RawMode::enter().map_err(|e| untaken(&e))?);
                }
                Ok(())
            }
            ExecEvent::Stdout(bytes) => printer.pass_or_end(&bytes),
            ExecEvent::Stderr(bytes) => {
                printer.pass_err(&bytes);
                Ok(())
            }
            ExecEvent::Retrying(why) => {
                if let Some(raw) = raw.take() {
                    raw.tidy();
                }
                say(&format!("{why}; trying again"));
                Ok(())
            }
            ExecEvent::SignalNotSent(why) => {
                say(&format!(
                    "could not pass the signal on: {why}; press Ctrl-C again to leave the command running"
                ));
                Ok(())
            }
        };
        let running = session.run(&mut inputs, &mut on_event);
        let feeding = async {
            if !self.stdin {
                drop(send.send(Input::StdinEnd).await);
                return std::future::pending().await;
            }
            if tty { self.type_keys(&send, &say).await } else { pour(&send).await }
        };
        let minding = async {
            opened.notified().await;
            if tty { resize(&send).await } else { self.pass_signals(&signal).await }
        };
        tokio::select! {
            code = running => code.map(ExitCode::Of),
            error = feeding => Err(error),
            never = minding => match never {},
        }
    }

    /// Passes the first Ctrl-C on; the second ends fleet.
    async fn pass_signals(&self, signal: &mpsc::UnboundedSender<&'static str>) -> Infallible {
        let mut orderly = self.app.interrupts.orderly();
        let name = match orderly.requested().await {
            Interrupt::Interrupted => "INT",
            Interrupt::Terminated => "TERM",
        };
        let _ = signal.send(name);
        // The promise to handle the first signal holds until the end.
        let never = std::future::pending().await;
        drop(orderly);
        never
    }

    /// Passes keys on, except the escape keys.
    async fn type_keys(&self, send: &mpsc::Sender<Input>, say: &impl Fn(&str)) -> Error {
        let (mut pieces, mut escape) = (ui::stdin(), Escape::default());
        while let Some(piece) = pieces.recv().await {
            let mut typed = match piece {
                Ok(bytes) => bytes.to_vec(),
                Err(e) => return unreadable(&e),
            };
            while !typed.is_empty() {
                let (passed, key) = escape.feed(&typed);
                if !passed.is_empty() {
                    drop(send.send(Input::Stdin(Bytes::from(passed))).await);
                }
                let Some((key, rest)) = key else { break };
                typed = rest;
                // Where the cursor is, is not known.
                let aside = || self.app.printer.pass_err(b"\r\n");
                match key {
                    Key::Leave => {
                        return Error::transport("disconnected by ~.; the command may still be running");
                    }
                    Key::Suspend => {
                        aside();
                        say("suspended; fg resumes");
                        ui::suspend();
                        if let Some((columns, rows)) = Resizes::now() {
                            drop(send.send(Input::Resize(columns, rows)).await);
                        }
                    }
                    Key::Help => {
                        aside();
                        KEYS.iter().for_each(|line| say(line));
                    }
                }
            }
        }
        // A terminal that went away ends the program on the other side too.
        drop(send.send(Input::StdinEnd).await);
        std::future::pending().await
    }
}

/// Passes stdin on to its end.
pub(super) async fn pour(send: &mpsc::Sender<Input>) -> Error {
    let mut pieces = ui::stdin();
    while let Some(piece) = pieces.recv().await {
        match piece {
            Ok(bytes) => drop(send.send(Input::Stdin(bytes)).await),
            Err(e) => return unreadable(&e),
        }
    }
    drop(send.send(Input::StdinEnd).await);
    std::future::pending().await
}

fn untaken(e: &io::Error) -> Error {
    Error::transport("could not set the terminal to raw mode").because(e.to_string())
}

fn unreadable(e: &io::Error) -> Error {
    Error::transport("could not read stdin").because(e.to_string()).hint("the command may still be running")
}

async fn resize(send: &mpsc::Sender<Input>) -> Infallible {
    let mut resizes = Resizes::new();
    loop {
        let (columns, rows) = resizes.next().await;
        drop(send.send(Input::Resize(columns, rows)).await);
    }
}
