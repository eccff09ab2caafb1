//! One session at the screen: keys and news in, drawings and commands out.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::time::Duration;

use crossterm::event::Event;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep_until, timeout};

use super::live::{self, Told, Wanted};
use super::{child, picture};
use crate::app::App;
use crate::commands::shared::cluster::{Assessed, ClusterObservation, Heard};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;
use crate::ui::tui::{Act, Effect, Look, Message, Tui};
use crate::ui::{Screen, is_pressed, sanitize};

/// How often the age of what is shown is drawn.
const SECOND: Duration = Duration::from_secs(1);

/// With what a command ends that Ctrl-C has ended.
const BY_CTRL_C: u8 = 130;
/// Within this the key that ended a command is heard here, too.
const SAME_KEY: Duration = Duration::from_millis(500);

/// The sources under way; they go on while a command runs.
type Sources<'a> = Pin<&'a mut (dyn Future<Output = Result<Infallible>> + 'a)>;

/// Runs it until it is left.
///
/// # Errors
/// When the cluster cannot be read at the beginning, or the terminal is gone.
pub(super) async fn run(app: &App, invocation: &Invocation) -> Result<()> {
    let cluster = cluster(app)?;
    let wanted = Wanted::default();
    let (send, heard) = unbounded_channel();
    let sources = pin!(live::sources(app, &wanted, |told| drop(send.send(told))));
    let screen = Screen::take(&app.printer)?;
    let tui = Tui::new(cluster, screen.size(), app.clock().now());
    let look = Look { color: app.printer.colors(), unicode: app.printer.unicode() };
    let flags = child::flags(invocation);
    let news = News { app, wanted: &wanted, heard, tui, seen: false };
    Session { news, screen, look, flags }.go_on(sources).await
}

/// Which cluster it is, in words.
fn cluster(app: &App) -> Result<String> {
    let address = app.nomad()?.address().to_owned();
    let settings = app.settings()?;
    let context = settings.context.as_ref().map_or_else(String::new, |c| format!("{} ", c.value));
    let namespace = match app.list_namespace()? {
        crate::api::nomad::ALL_NAMESPACES => String::new(),
        one => format!(" namespace {one}"),
    };
    Ok(format!("{context}{address}{namespace}"))
}

/// What is known, and whence news of it comes.
struct News<'a> {
    app: &'a App,
    wanted: &'a Wanted,
    heard: UnboundedReceiver<Told>,
    tui: Tui,
    /// Whether the cluster was seen at all.
    seen: bool,
}

struct Session<'a> {
    news: News<'a>,
    screen: Screen,
    look: Look,
    /// Which cluster a command is to mean.
    flags: Vec<String>,
}

impl Session<'_> {
    async fn go_on(&mut self, mut sources: Sources<'_>) -> Result<()> {
        let mut second = Instant::now();
        let mut stale = true;
        loop {
            let Session { news, screen, look, .. } = &mut *self;
            news.time();
            *news.wanted.on_screen.borrow_mut() = news.tui.on_screen();
            if stale {
                screen.draw(|frame| news.tui.draw(frame, *look))?;
            }
            stale = true;
            let effects = tokio::select! {
                biased;
                event = screen.event() => match event? {
                    Event::Key(key) if is_pressed(&key) => news.tui.update(Message::Key(key)),
                    Event::Paste(text) => news.tui.update(Message::Pasted(text)),
                    Event::Resize(columns, rows) => news.tui.update(Message::Sized(columns, rows)),
                    _ => continue,
                },
                Some(told) = news.heard.recv() => {
                    // An event is followed by a look; by itself it changes nothing that is shown.
                    stale = !matches!(told, Told::Cluster(Heard::Event(_)));
                    news.hear(told)?
                }
                ended = &mut sources => match ended? {},
                () = sleep_until(second) => {
                    second = Instant::now() + SECOND;
                    Vec::new()
                }
            };
            for effect in effects {
                match effect {
                    Effect::Leave => return Ok(()),
                    Effect::Look => self.news.wanted.again.notify_one(),
                    Effect::Open(what) => self.news.wanted.open(what),
                    Effect::Close(what) => self.news.wanted.close(&what),
                    Effect::Suspend => {
                        self.screen.suspend()?;
                        self.back();
                    }
                    Effect::Run(line) => self.run(line, &mut sources).await?,
                }
            }
        }
    }

    /// The screen was somebody else's meanwhile: it may have another size, and the cluster look otherwise.
    fn back(&mut self) {
        let (columns, rows) = self.screen.size();
        self.news.tui.update(Message::Sized(columns, rows));
        self.news.wanted.again.notify_one();
    }

    /// Lends the terminal to a command, and takes it back when it has ended and was read.
    async fn run(&mut self, line: String, sources: &mut Sources<'_>) -> Result<()> {
        let Some(words) = shlex::split(&line) else {
            let why = "a quotation mark is not closed".to_owned();
            self.news.tui.update(Message::Ended(line, Err(why)));
            return Ok(());
        };
        let app = self.news.app;
        self.screen.lend();
        // Ctrl-C is for the command.
        let mut child = app.interrupts.left_to_child();
        app.printer.text(&format!("$ fleet {}\n", sanitize(&line)))?;
        let code = self.news.meanwhile(child::run(app, &self.flags, &words), sources).await?;
        if !code.as_ref().is_ok_and(|code| Act::comes_back(&line, *code)) {
            let words = match &code {
                Ok(0) => "[done; Enter goes back to fleet ui] ".to_owned(),
                Ok(code) => {
                    format!("[exit code {code}{}; Enter goes back to fleet ui] ", meaning(&line, *code))
                }
                Err(why) => format!("[{why}; Enter goes back to fleet ui] "),
            };
            self.news.meanwhile(self.screen.wait_for_enter(&words), sources).await??;
        }
        if code == Ok(BY_CTRL_C) {
            // The same key was pressed for both, and the word of it may come here later than there.
            let _ = timeout(SAME_KEY, child.requested()).await;
        }
        app.interrupts.forget();
        drop(child);
        self.screen.take_back()?;
        self.back();
        self.news.tui.update(Message::Ended(line, code));
        Ok(())
    }
}

impl News<'_> {
    fn time(&mut self) {
        self.tui.update(Message::Time(self.app.clock().now()));
    }

    /// Takes in what was heard.
    fn hear(&mut self, told: Told) -> Result<Vec<Effect>> {
        self.time();
        Ok(match told {
            Told::Cluster(Heard::Seen(seen)) => self.see(*seen)?,
            Told::Cluster(Heard::Event(event)) => {
                self.wanted.happened(&event);
                self.tui.update(Message::Deaf(None))
            }
            Told::Cluster(Heard::Deaf(why)) => self.tui.update(Message::Deaf(why)),
            Told::Inside(what, contents) => self.tui.update(Message::Inside(what, contents)),
            Told::Rotations(told) => self.tui.update(Message::Rotations(told)),
            Told::Used(used) => self.tui.update(Message::Used(used)),
        })
    }

    fn see(&mut self, seen: ClusterObservation) -> Result<Vec<Effect>> {
        if let (Err(why), Err(_)) = (&seen.nodes, &seen.jobs) {
            // A token or an address that is wrong from the beginning is no lost connection.
            if !self.seen {
                return Err(why.clone().into());
            }
            return Ok(self.tui.update(Message::Lost(Error::from(why.clone()).to_string())));
        }
        self.seen = true;
        self.wanted.all_changed();
        let picture = picture::of_cluster(Assessed::of(seen, self.app.clock().now()));
        Ok(self.tui.update(Message::Seen(Box::new(picture))))
    }

    /// Waits for something, and takes in what is heard meanwhile: what is shown afterwards is of then, not of before.
    async fn meanwhile<T>(
        &mut self,
        something: impl Future<Output = T>,
        sources: &mut Sources<'_>,
    ) -> Result<T> {
        let mut something = pin!(something);
        loop {
            tokio::select! {
                biased;
                done = &mut something => return Ok(done),
                Some(told) = self.heard.recv() => drop(self.hear(told)?),
                ended = &mut *sources => match ended? {},
            }
        }
    }
}

/// What an exit code of fleet means, for whoever reads it on the screen.
fn meaning(line: &str, code: u8) -> String {
    if Act::is_well(line, code) {
        return " (nothing is wrong)".to_owned();
    }
    let known = ExitCode::ALL.into_iter().find(|known| known.number() == code);
    known.map_or_else(String::new, |known| format!(" ({})", known.name()))
}
