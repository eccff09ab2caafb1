//! The files a log is kept in: which there are, which one is next, and what is missing between two looks.

use jiff::Timestamp;

use crate::api::nomad::fs::Entry;
use crate::model::words;

/// A position in a log: which of its files, and how many bytes into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct LogPosition {
    pub(super) index: u64,
    pub(super) offset: u64,
}

/// A file of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogFile {
    pub(super) index: u64,
    pub(super) size: u64,
    pub(super) changed: Option<Timestamp>,
}

/// The rotated files of one log, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogFiles {
    files: Vec<LogFile>,
}

/// Where a reader goes on that has read up to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextFile {
    /// There is more where it is, or may be.
    Here,
    /// It goes on with the next file; nothing was missed.
    At(LogPosition),
    /// What it was to read is gone: how many bytes at least, and where it goes on.
    Gap(LostBytes, LogPosition),
}

/// The file of a log that a reader reads, as far as it knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct KnownFile {
    /// How many bytes it has at least.
    pub(super) size: u64,
    /// Whether it has no more, for another file was begun.
    pub(super) finished: bool,
}

/// How many bytes of a log are gone, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LostBytes {
    /// Bytes whose number is known.
    pub bytes: u64,
    /// Whole files of unknown size among them.
    pub files: u64,
    /// Whether more may be gone, as nobody saw the end of what was read.
    pub unseen: bool,
}

impl std::fmt::Display for LostBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let LostBytes { bytes, files, unseen } = *self;
        match (bytes, unseen) {
            (0, true) if files == 0 => f.write_str("an unknown number of bytes (perhaps none)")?,
            (0, _) => {}
            (bytes, true) => write!(f, "at least {}", words::count(bytes, "byte"))?,
            (bytes, false) => write!(f, "{}", words::count(bytes, "byte"))?,
        }
        match files {
            0 => Ok(()),
            files => {
                let and = if bytes > 0 { " and " } else { "" };
                write!(f, "{and}{}", words::count(files, "whole file"))
            }
        }
    }
}

impl LogFiles {
    /// The files of a task's stream in the listing of `alloc/logs`.
    pub(super) fn of(entries: &[Entry], task: &str, stream: &str) -> Self {
        let begin = format!("{task}.{stream}.");
        let file = |e: &Entry| {
            let index = e.name.strip_prefix(&begin)?.parse().ok()?;
            Some(LogFile { index, size: e.size, changed: e.mod_time })
        };
        let mut files: Vec<LogFile> = entries.iter().filter_map(file).collect();
        files.sort_unstable_by_key(|f| f.index);
        LogFiles { files }
    }

    pub(super) fn files(&self) -> &[LogFile] {
        &self.files
    }

    /// The beginning of what is kept.
    pub(super) fn oldest(&self) -> LogPosition {
        self.files.first().map_or(LogPosition::default(), |f| LogPosition { index: f.index, offset: 0 })
    }

    /// The present end.
    pub(super) fn end(&self) -> LogPosition {
        self.files.last().map_or(LogPosition::default(), |f| LogPosition { index: f.index, offset: f.size })
    }

    /// Whether there is one file only.
    pub(super) fn is_single(&self) -> bool {
        self.files.len() == 1
    }

    /// What it tells of a file; none when it is not there. The file before the newest was closed before that was begun.
    pub(super) fn known(&self, index: u64) -> Option<KnownFile> {
        let file = self.files.iter().find(|f| f.index == index)?;
        Some(KnownFile { size: file.size, finished: self.files.last().is_some_and(|f| f.index > index) })
    }

    /// What a reader does that has read up to this place, and knew this of its file.
    pub(super) fn next(&self, at: LogPosition, known: KnownFile) -> NextFile {
        let Some(here) = self.files.iter().find(|f| f.index == at.index) else {
            let Some(later) = self.files.iter().find(|f| f.index > at.index) else { return NextFile::Here };
            let place = LogPosition { index: later.index, offset: 0 };
            let unread = known.size.saturating_sub(at.offset);
            let between = later.index - at.index - 1;
            // A file that was read to its end may go; that it was its end is certain only if it was seen to be finished.
            return if unread == 0 && between == 0 && known.finished {
                NextFile::At(place)
            } else {
                NextFile::Gap(LostBytes { bytes: unread, files: between, unseen: !known.finished }, place)
            };
        };
        if here.size < at.offset {
            // It was emptied and written anew: what was in it is read; what was between is not known.
            return NextFile::Gap(
                LostBytes { unseen: true, ..LostBytes::default() },
                LogPosition { index: at.index, offset: 0 },
            );
        }
        if here.size > at.offset {
            return NextFile::Here;
        }
        match self.files.iter().find(|f| f.index > at.index) {
            None => NextFile::Here,
            Some(later) => {
                let place = LogPosition { index: later.index, offset: 0 };
                match later.index - at.index - 1 {
                    0 => NextFile::At(place),
                    files => NextFile::Gap(LostBytes { files, ..LostBytes::default() }, place),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn log_files(files: &[(u64, u64)]) -> LogFiles {
        LogFiles {
            files: files.iter().map(|&(index, size)| LogFile { index, size, changed: None }).collect(),
        }
    }

    fn at(index: u64, offset: u64) -> LogPosition {
        LogPosition { index, offset }
    }

    /// A file of this size, that may grow.
    fn open(size: u64) -> KnownFile {
        KnownFile { size, finished: false }
    }

    fn finished(size: u64) -> KnownFile {
        KnownFile { size, finished: true }
    }

    #[test]
    fn the_next_file_is_begun_once_this_one_is_read_to_its_end() {
        assert_eq!(log_files(&[(0, 10)]).next(at(0, 10), open(10)), NextFile::Here);
        assert_eq!(log_files(&[(0, 10), (1, 3)]).next(at(0, 9), open(10)), NextFile::Here);
        assert_eq!(log_files(&[(0, 10), (1, 3)]).next(at(0, 10), open(10)), NextFile::At(at(1, 0)));
        assert_eq!(log_files(&[(1, 3)]).next(at(0, 10), finished(10)), NextFile::At(at(1, 0)));
    }

    #[test]
    fn what_is_gone_unread_is_a_gap() {
        let lost = |bytes, files, unseen| LostBytes { bytes, files, unseen };
        let gap = |files: &[(u64, u64)], place, known| match log_files(files).next(place, known) {
            NextFile::Gap(lost, next) => (lost, next),
            other => panic!("{other:?}"),
        };
        // It may have grown before it went.
        assert_eq!(gap(&[(1, 3)], at(0, 10), open(10)), (lost(0, 0, true), at(1, 0)));
        assert_eq!(gap(&[(1, 3)], at(0, 4), open(10)), (lost(6, 0, true), at(1, 0)));
        assert_eq!(gap(&[(1, 3)], at(0, 4), finished(10)), (lost(6, 0, false), at(1, 0)));
        assert_eq!(gap(&[(5, 3)], at(0, 10), finished(10)), (lost(0, 4, false), at(5, 0)));
        assert_eq!(gap(&[(0, 10), (2, 3)], at(0, 10), open(10)), (lost(0, 1, false), at(2, 0)));
        assert_eq!(gap(&[(0, 2)], at(0, 10), open(10)), (lost(0, 0, true), at(0, 0)));
        assert_eq!(log_files(&[]).next(at(0, 10), open(10)), NextFile::Here);
    }

    #[test]
    fn what_is_known_of_it_is_said() {
        let said = |bytes, files, unseen| LostBytes { bytes, files, unseen }.to_string();
        assert_eq!(said(0, 0, true), "an unknown number of bytes (perhaps none)");
        assert_eq!((said(6, 0, false), said(6, 0, true)), ("6 bytes".into(), "at least 6 bytes".into()));
        assert_eq!((said(0, 1, false), said(0, 2, true)), ("1 whole file".into(), "2 whole files".into()));
        assert_eq!(said(6, 2, true), "at least 6 bytes and 2 whole files");
    }

    proptest! {
        #[test]
        fn a_reader_only_goes_forward_and_passes_over_nothing_silently(
            first in 0_u64..5, sizes in proptest::collection::vec(0_u64..9, 0..6), index in 0_u64..9, offset in 0_u64..9, more in 0_u64..3,
            finished in any::<bool>(),
        ) {
            let files: Vec<(u64, u64)> = sizes.iter().zip(first..).map(|(s, i)| (i, *s)).collect();
            let log = log_files(&files);
            let place = at(index, offset);
            match log.next(place, KnownFile { size: offset + more, finished }) {
                NextFile::Here => {}
                NextFile::At(next) => {
                    prop_assert_eq!(next, at(index + 1, 0));
                    prop_assert!(files.iter().all(|f| f.0 != index || f.1 == offset));
                    prop_assert!(files.iter().any(|f| f.0 == index) || (finished && more == 0));
                }
                NextFile::Gap(_, next) => prop_assert!(next.index > index || (next.index == index && next.offset == 0)),
            }
        }
    }
}
