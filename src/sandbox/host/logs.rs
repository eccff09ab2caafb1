//! The logs of a task: rotated files, as Nomad's own collector keeps them (`nomad-api.md §7`).

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The kept files of a log: number and path, the oldest first.
pub(in crate::sandbox) fn kept(dir: &Path, task: &str, kind: &str) -> Vec<(u64, PathBuf)> {
    let begin = format!("{task}.{kind}.");
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut all: Vec<(u64, PathBuf)> = entries
        .flatten()
        .filter_map(|e| {
            let name = e.file_name().to_string_lossy().into_owned();
            Some((name.strip_prefix(&begin)?.parse().ok()?, e.path()))
        })
        .collect();
    all.sort_unstable();
    all
}

/// Writes a log, in files of a size, of which so many are kept.
#[derive(Debug)]
pub(super) struct Rotator {
    dir: PathBuf,
    task: String,
    kind: &'static str,
    most_files: usize,
    most_bytes: u64,
    file: File,
    index: u64,
    size: u64,
}

impl Rotator {
    /// Goes on with the newest file there is.
    pub(super) fn open(
        dir: &Path,
        task: &str,
        kind: &'static str,
        most_files: usize,
        most_bytes: u64,
    ) -> io::Result<Self> {
        let index = kept(dir, task, kind).last().map_or(0, |(index, _)| *index);
        let (file, size) = append(dir, task, kind, index)?;
        Ok(Rotator {
            dir: dir.to_owned(),
            task: task.to_owned(),
            kind,
            most_files,
            most_bytes,
            file,
            index,
            size,
        })
    }

    /// Writes whole lines where it can: a file ends with a line.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = usize::try_from(self.most_bytes.saturating_sub(self.size)).unwrap_or(usize::MAX);
            let fits = bytes.len().min(room);
            let end = if fits == bytes.len() {
                fits
            } else {
                bytes[..fits].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1)
            };
            let end = if end == 0 && self.size == 0 { fits.max(1) } else { end };
            if end == 0 {
                self.rotate()?;
                continue;
            }
            self.file.write_all(&bytes[..end])?;
            self.size += end as u64;
            bytes = &bytes[end..];
        }
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.index += 1;
        (self.file, self.size) = append(&self.dir, &self.task, self.kind, self.index)?;
        let files = kept(&self.dir, &self.task, self.kind);
        for (_, path) in files.iter().rev().skip(self.most_files) {
            std::fs::remove_file(path)?;
        }
        Ok(())
    }
}

fn append(dir: &Path, task: &str, kind: &str, index: u64) -> io::Result<(File, u64)> {
    let file =
        OpenOptions::new().append(true).create(true).open(dir.join(format!("{task}.{kind}.{index}")))?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_end_with_a_line_and_the_oldest_go() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Rotator::open(dir.path(), "t", "stdout", 2, 10).unwrap();
        for line in ["1234\n", "567\n", "89\n", "abcdefg\n", "h\n"] {
            log.write(line.as_bytes()).unwrap();
        }
        let files = kept(dir.path(), "t", "stdout");
        assert_eq!(files.iter().map(|(i, _)| *i).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(std::fs::read_to_string(&files[0].1).unwrap(), "89\n");
        assert_eq!(std::fs::read_to_string(&files[1].1).unwrap(), "abcdefg\nh\n");
    }

    #[test]
    fn a_line_longer_than_a_file_is_cut() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Rotator::open(dir.path(), "t", "stdout", 5, 4).unwrap();
        log.write(b"123456789").unwrap();
        let files = kept(dir.path(), "t", "stdout");
        let all: String = files.iter().map(|(_, p)| std::fs::read_to_string(p).unwrap()).collect();
        assert_eq!((all.as_str(), files.len()), ("123456789", 3));
    }
}
