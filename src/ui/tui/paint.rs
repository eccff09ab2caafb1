//! Words on the screen: their colours, what fits so many columns, and where they are put.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::cells::Words;
use crate::ui::Tone;
use crate::ui::text::sanitize;

/// How it may be drawn: the sixteen colours of the terminal, which suit a light one and a dark one, or none; and whether more than
/// ASCII can be shown.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether there is colour.
    pub color: bool,
    /// Whether more than ASCII can be shown.
    pub unicode: bool,
}

impl Look {
    pub(super) fn style(self, tone: Tone) -> Style {
        let style = Style::new();
        match tone {
            Tone::Plain => style,
            Tone::Strong => style.add_modifier(Modifier::BOLD),
            Tone::Dim => style.add_modifier(Modifier::DIM),
            Tone::Good if self.color => style.fg(Color::Green),
            Tone::Warn if self.color => style.fg(Color::Yellow),
            Tone::Bad if self.color => style.fg(Color::Red).add_modifier(Modifier::BOLD),
            Tone::Good => style,
            Tone::Warn => style.add_modifier(Modifier::UNDERLINED),
            Tone::Bad => style.add_modifier(Modifier::BOLD),
        }
    }
}

/// A text that fits so many columns: its end is cut off, and that it was is marked.
pub(super) fn fitting(text: &str, width: u16, unicode: bool) -> String {
    let text = sanitize(text);
    let width = usize::from(width);
    if text.width() <= width {
        return text;
    }
    let mark = if unicode { '…' } else { '~' };
    let mut fits = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        fits.push(c);
    }
    if width > 0 {
        fits.push(mark);
    }
    fits
}

/// Breaks a text into lines of so many columns, between words where there are such.
pub(super) fn wrapped(text: &str, width: u16) -> Vec<String> {
    let text = sanitize(text);
    let width = usize::from(width).max(1);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word = word;
        let line = lines.last().map_or(0, |line| line.width());
        if line > 0 && line + 1 + word.width() > width {
            lines.push(String::new());
        } else if line > 0 {
            lines.last_mut().into_iter().for_each(|line| line.push(' '));
        }
        // What is longer than a line is broken where it has to be.
        while lines.last().map_or(0, |line| line.width()) + word.width() > width {
            let mut taken = 0;
            let fits = word.char_indices().take_while(|(_, c)| {
                taken += c.width().unwrap_or(0);
                taken <= width
            });
            let end = fits.last().map_or(word.len(), |(at, c)| at + c.len_utf8());
            lines.last_mut().into_iter().for_each(|line| line.push_str(&word[..end]));
            word = &word[end..];
            lines.push(String::new());
        }
        lines.last_mut().into_iter().for_each(|line| line.push_str(word));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

pub(super) fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

pub(super) fn put(buffer: &mut Buffer, (x, y): (u16, u16), text: &str, style: Style) {
    let area = buffer.area;
    if x < area.right() && y < area.bottom() {
        buffer.set_stringn(x, y, text, usize::from(area.right() - x), style);
    }
}

pub(super) fn line(buffer: &mut Buffer, area: Rect, (text, tone): &Words, look: Look, modifier: Modifier) {
    if area.height == 0 {
        return;
    }
    let style = look.style(*tone).add_modifier(modifier);
    put(buffer, (area.x, area.y), &fitting(text, area.width, look.unicode), style);
}
