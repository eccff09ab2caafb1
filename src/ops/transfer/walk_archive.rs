//! Trees from a task without `tar`: its shell walks through them and prints what it finds, which is made an archive of here.

use std::ffi::OsStr;
use std::io::{self, Cursor, Read};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Prints what lies at and below a path.
pub(super) const WALK_TREE: &str = include_str!("scripts/walk_tree.sh");

/// The most a line and a name may be long.
const LONGEST: usize = 1 << 16;

/// Reads what [`WALK_TREE`] prints as an archive.
pub(super) struct WalkArchive<R> {
    from: R,
    /// The headers of an entry, or what fills one up.
    ready: Cursor<Vec<u8>>,
    /// Bytes of a file that are still to come.
    left: u64,
    /// Zeros after them.
    padding: usize,
    ended: bool,
}

impl<R: Read> WalkArchive<R> {
    pub(super) fn new(from: R) -> Self {
        WalkArchive { from, ready: Cursor::default(), left: 0, padding: 0, ended: false }
    }

    /// Goes on to the next entry; not, at the end.
    fn advance(&mut self) -> io::Result<bool> {
        if self.padding > 0 {
            self.ready = Cursor::new(vec![0; std::mem::take(&mut self.padding)]);
            return Ok(true);
        }
        if self.ended {
            return Ok(false);
        }
        let Some(line) = self.line()? else {
            self.ended = true;
            self.ready = Cursor::new(vec![0; 1024]);
            return Ok(true);
        };
        let words: Vec<&str> = line.split(' ').collect();
        let [kind, mode, time, size, name, link] = words[..] else { return Err(no_walk()) };
        let number = |word: &str| word.parse::<u64>().map_err(|_| no_walk());
        let name = self.bytes(number(name)?)?;
        let link = self.bytes(number(link)?)?;
        let mut header = tar::Header::new_gnu();
        header.set_mode(u32::from_str_radix(mode, 8).map_err(|_| no_walk())?);
        header.set_mtime(number(time)?);
        header.set_size(0);
        header.set_entry_type(match kind {
            "f" => tar::EntryType::Regular,
            "d" => tar::EntryType::Directory,
            "l" => tar::EntryType::Symlink,
            _ => return Err(no_walk()),
        });
        self.left = if kind == "f" { number(size)? } else { 0 };
        self.padding = usize::try_from(self.left.next_multiple_of(512) - self.left).unwrap_or(0);
        self.ready = Cursor::new(headers(header, self.left, &name, &link)?);
        Ok(true)
    }

    /// A line without its end; none, where there is nothing any more.
    fn line(&mut self) -> io::Result<Option<String>> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        loop {
            match self.from.read(&mut byte)? {
                0 if line.is_empty() => return Ok(None),
                0 => return Err(no_walk()),
                _ if byte[0] == b'\n' => break,
                _ if line.len() >= LONGEST => return Err(no_walk()),
                _ => line.push(byte[0]),
            }
        }
        String::from_utf8(line).map(Some).map_err(|_| no_walk())
    }

    fn bytes(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let count = usize::try_from(count).ok().filter(|n| *n <= LONGEST).ok_or_else(no_walk)?;
        let mut bytes = vec![0; count];
        self.from.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// An entry's headers: names that are too long for one have headers of their own.
fn headers(mut header: tar::Header, size: u64, name: &[u8], link: &[u8]) -> io::Result<Vec<u8>> {
    let path = |bytes| Path::new(OsStr::from_bytes(bytes));
    let mut archive = tar::Builder::new(Vec::new());
    if link.is_empty() {
        // What follows is not the archive's to write.
        header.set_size(size);
        header.set_cksum();
        archive.append_data(&mut header, path(name), io::empty())?;
    } else {
        archive.append_link(&mut header, path(name), path(link))?;
    }
    // The end of the archive is left off.
    let mut all = archive.into_inner()?;
    all.truncate(all.len() - 1024);
    Ok(all)
}

fn no_walk() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a file changed while it was read, or the listing of the tree is damaged",
    )
}

impl<R: Read> Read for WalkArchive<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.ready.read(buffer)? {
                0 => {}
                n => return Ok(n),
            }
            if self.left > 0 {
                let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
                let n = self.from.read(&mut buffer[..most])?;
                if n == 0 {
                    return Err(no_walk());
                }
                self.left -= n as u64;
                return Ok(n);
            }
            if !self.advance()? {
                return Ok(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(walk: &[u8]) -> Result<Vec<(String, String, Vec<u8>)>, String> {
        let mut archive = tar::Archive::new(WalkArchive::new(walk));
        let mut all = Vec::new();
        for entry in archive.entries().map_err(|e| e.to_string())? {
            let mut entry = entry.map_err(|e| e.to_string())?;
            let text = |p: Option<std::borrow::Cow<'_, Path>>| {
                p.map(|p| p.display().to_string()).unwrap_or_default()
            };
            let (name, link) = (text(entry.path().ok()), text(entry.link_name().ok().flatten()));
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
            all.push((name.trim_start_matches("./").to_owned(), link, bytes));
        }
        Ok(all)
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_as_an_archive(
            files in proptest::collection::vec(("[a-z\n ]{1,300}", proptest::collection::vec(any::<u8>(), 0..2000)), 0..5),
        ) {
            let mut walk = b"d 755 12 0 4 0\n./ad".to_vec();
            let mut expected = vec![("ad".to_owned(), String::new(), Vec::new())];
            for (name, bytes) in files {
                walk.extend(format!("f 644 1234567890 {} {} 0\n./{name}", bytes.len(), name.len() + 2).into_bytes());
                walk.extend(&bytes);
                expected.push((name, String::new(), bytes));
            }
            walk.extend(b"l 777 12 0 3 4\n./l../x");
            expected.push(("l".to_owned(), "../x".to_owned(), Vec::new()));
            prop_assert_eq!(read(&walk), Ok(expected));
            // What breaks off is no tree.
            prop_assert!(read(&walk[..walk.len() - 1]).is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in "[fdl] [0-9]{0,4} [0-9]{0,3} [0-9]{0,20} [0-9]{0,9} [0-9]{0,3}\n.{0,60}") {
            drop(read(bytes.as_bytes()));
        }
    }
}
