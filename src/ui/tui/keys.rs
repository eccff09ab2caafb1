//! What a key means, by what is open at this moment: the lines, the filter, a command line, or the page of keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::acts::Act;
use super::line::{Line, Typed};
use super::{Effect, Mode, Tui, View, help};

impl Tui {
    pub(super) fn key_pressed(&mut self, key: &KeyEvent) -> Vec<Effect> {
        self.notice = None;
        match std::mem::take(&mut self.mode) {
            Mode::Browse => self.browse(key),
            Mode::Filter(line) => self.type_filter(line, key),
            Mode::Command(line) => self.type_command(line, key),
            Mode::Help(first) => self.scroll_help(first, key),
        }
    }

    pub(super) fn pasted(&mut self, text: &str) -> Vec<Effect> {
        match &mut self.mode {
            Mode::Filter(line) => {
                line.paste(text);
                let text = line.text();
                self.place_mut().filter = text;
            }
            Mode::Command(line) => line.paste(text),
            Mode::Browse | Mode::Help(_) => {}
        }
        Vec::new()
    }

    fn scroll_help(&mut self, first: usize, key: &KeyEvent) -> Vec<Effect> {
        let page = usize::from(self.size.1.saturating_sub(4)).max(1);
        let first = match key.code {
            KeyCode::Down | KeyCode::Char('j') => first + 1,
            KeyCode::Up | KeyCode::Char('k') => first.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => first + page,
            KeyCode::PageUp => first.saturating_sub(page),
            _ => return Vec::new(),
        };
        self.mode = Mode::Help(first.min(help::laid_out(self.size.0).len().saturating_sub(page)));
        Vec::new()
    }

    fn type_filter(&mut self, mut line: Line, key: &KeyEvent) -> Vec<Effect> {
        let moves = matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown);
        if moves {
            self.mode = Mode::Filter(line);
            return self.browse_moving(key);
        }
        match line.take(key) {
            Typed::On => {
                self.place_mut().filter = line.text();
                self.mode = Mode::Filter(line);
            }
            Typed::Done => {}
            Typed::Left => self.place_mut().filter.clear(),
        }
        Vec::new()
    }

    fn type_command(&mut self, mut line: Line, key: &KeyEvent) -> Vec<Effect> {
        let recalled = match key.code {
            KeyCode::Up => (self.recalled + 1).min(self.history.len()),
            KeyCode::Down => self.recalled.saturating_sub(1),
            _ => self.recalled,
        };
        if recalled != self.recalled {
            let text = self.history.iter().rev().nth(recalled.wrapping_sub(1));
            line = text.map_or_else(Line::default, |text| Line::of(text));
            self.recalled = recalled;
        }
        match line.take(key) {
            Typed::On => {
                self.mode = Mode::Command(line);
                return Vec::new();
            }
            Typed::Done => {}
            Typed::Left => {
                self.recalled = 0;
                return Vec::new();
            }
        }
        self.recalled = 0;
        let effects = self.command(line.text().trim());
        for effect in &effects {
            if let Effect::Run(run) = effect
                && self.history.last() != Some(run)
            {
                self.history.push(run.clone());
            }
        }
        effects
    }

    /// Does what was typed: a view's name, an act with what is selected, or any command of `fleet`.
    fn command(&mut self, typed: &str) -> Vec<Effect> {
        let line = typed.strip_prefix("fleet ").unwrap_or(typed).trim();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if line.is_empty() {
            return Vec::new();
        }
        if matches!(line, "q" | "q!" | "quit" | "exit") {
            return vec![Effect::Leave];
        }
        if let Some(view) = View::of_word(line) {
            self.show(view);
            return Vec::new();
        }
        if word == "ui" {
            self.notice = Some("this is fleet ui".to_owned());
            return Vec::new();
        }
        // `scale 3` is of what is selected, `scale web 3` names it.
        let alone = rest.is_empty() || (word == Act::Scale.word() && !rest.trim().contains(' '));
        if let Some(act) = Act::ALL.into_iter().find(|act| act.word() == word && alone) {
            return match self.line_of(act) {
                Some(own) => vec![Effect::Run(format!("{own}{rest}").trim().to_owned())],
                // It is a command by itself: of the whole cluster.
                None if act == Act::Events => vec![Effect::Run(line.to_owned())],
                None => self.cannot(act),
            };
        }
        vec![Effect::Run(line.to_owned())]
    }

    fn browse(&mut self, key: &KeyEvent) -> Vec<Effect> {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c' | 'd') => vec![Effect::Leave],
                KeyCode::Char('z') => vec![Effect::Suspend],
                KeyCode::Char('r' | 'l') => vec![Effect::Look],
                KeyCode::Char('f') => self.moved(isize::try_from(self.list_rows()).unwrap_or(1)),
                KeyCode::Char('b') => self.moved(-isize::try_from(self.list_rows()).unwrap_or(1)),
                KeyCode::Char('n') => self.moved(1),
                KeyCode::Char('p') => self.moved(-1),
                _ => Vec::new(),
            };
        }
        if key.modifiers.contains(KeyModifiers::ALT) {
            return Vec::new();
        }
        match key.code {
            KeyCode::Char('q') => vec![Effect::Leave],
            KeyCode::Char('?') | KeyCode::F(1) => {
                self.mode = Mode::Help(0);
                Vec::new()
            }
            KeyCode::Char('/') => {
                self.mode = Mode::Filter(Line::of(self.filter()));
                Vec::new()
            }
            KeyCode::Char(':') => {
                self.mode = Mode::Command(Line::default());
                Vec::new()
            }
            KeyCode::Esc => {
                self.place_mut().filter.clear();
                Vec::new()
            }
            KeyCode::Char(n @ '1'..='5') => {
                self.show(View::ALL[n as usize - '1' as usize]);
                Vec::new()
            }
            KeyCode::Tab => {
                self.show(self.view.beside(1));
                Vec::new()
            }
            KeyCode::BackTab => {
                self.show(self.view.beside(View::ALL.len() - 1));
                Vec::new()
            }
            KeyCode::Enter | KeyCode::Char(' ') => self.enter(),
            KeyCode::Right => self.fold(true),
            KeyCode::Left | KeyCode::Char('h') => self.fold(false),
            KeyCode::Char(c) if Act::ALL.iter().any(|act| act.key() == c) => {
                let act = Act::ALL.into_iter().find(|act| act.key() == c);
                act.map_or_else(Vec::new, |act| self.act(act))
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn browse_moving(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let page = isize::try_from(self.list_rows().max(2) - 1).unwrap_or(1);
        match key.code {
            KeyCode::Down | KeyCode::Char('j') => self.moved(1),
            KeyCode::Up | KeyCode::Char('k') => self.moved(-1),
            KeyCode::PageDown => self.moved(page),
            KeyCode::PageUp => self.moved(-page),
            KeyCode::Home | KeyCode::Char('g') => self.moved(isize::MIN),
            KeyCode::End | KeyCode::Char('G') => self.moved(isize::MAX),
            _ => Vec::new(),
        }
    }
}

/// Whether a key moves the selection and does nothing else.
pub(super) fn moves(key: &KeyEvent) -> bool {
    let far = matches!(
        key.code,
        KeyCode::Up
            | KeyCode::Down
            | KeyCode::PageUp
            | KeyCode::PageDown
            | KeyCode::Home
            | KeyCode::End
            | KeyCode::Char('j' | 'k' | 'g' | 'G')
    );
    far && !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
}
