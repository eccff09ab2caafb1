//! Help that fits the screen: prose is wrapped by the parser, and a command of an example is broken only between its words, where a
//! shell reads on.

/// Stands for a blank that nothing may be broken at.
const UNBROKEN: char = '\u{a0}';
/// Narrower than this nothing can be read.
const LEAST: usize = 40;
/// Wider than this nobody reads.
const MOST: usize = 100;

/// The definition with its pages laid out for a screen of this width.
#[must_use]
pub fn laid_out(command: clap::Command, width: Option<u16>) -> clap::Command {
    let width = width.map_or(MOST, usize::from).clamp(LEAST, MOST);
    examples(command.term_width(width), width)
}

fn examples(mut command: clap::Command, width: usize) -> clap::Command {
    if let Some(after) = command.get_after_help().map(ToString::to_string) {
        let folded: Vec<String> = after.lines().map(|line| folded(line, width)).collect();
        command = command.after_help(folded.join("\n"));
    }
    command.mut_subcommands(|below| examples(below, width))
}

/// A rendered page as it is shown.
#[must_use]
pub fn shown(page: &str) -> String {
    page.replace(UNBROKEN, " ")
}

/// A line of an example, in pieces that a shell puts together again. Anything else stays as it is.
fn folded(line: &str, width: usize) -> String {
    if !line.starts_with("  ") {
        return line.to_owned();
    }
    let unbroken = |text: &str| text.replace(' ', &UNBROKEN.to_string());
    if line.chars().count() <= width || line.contains(" # ") {
        return unbroken(line);
    }
    let mut lines = vec![String::from("  ")];
    for word in words(line.trim()) {
        let last = lines.last_mut().expect("it begins with one");
        let begun = !last.trim().is_empty();
        // Room for the blank before it, and for the blank and the backslash after it.
        if begun && last.chars().count() + word.chars().count() + 3 > width {
            last.push_str(" \\");
            lines.push(format!("      {word}"));
        } else {
            if begun {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    unbroken(&lines.join("\n"))
}

/// The words of a command line as they are written, quotes and all.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut begun, mut quote) = (0, None);
    for (at, c) in line.char_indices() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => {
                words.push(&line[begun..at]);
                begun = at + 1;
            }
            _ => {}
        }
    }
    words.push(&line[begun..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_example_is_broken_between_its_words_and_reads_the_same() {
        let line = "  fleet context add staging --address https://n1:4646 --token-cmd 'pass show nomad/staging' --protected";
        let folded = shown(&folded(line, 60));
        assert!(folded.lines().all(|line| line.chars().count() <= 60), "{folded}");
        assert_eq!(shlex::split(&folded.replace("\\\n", " ")), shlex::split(line));
        assert_eq!(shown(&super::folded("  fleet status", 60)), "  fleet status");
        assert_eq!(super::folded("Examples:", 60), "Examples:");
    }
}
