//! The chunks that go into a shell session: a head that counts whole blocks, which `dd` reads without reading on.

use std::io::Write as _;

use bytes::{BufMut as _, Bytes, BytesMut};
use flate2::{Compression, GzBuilder};

/// Bytes in a block; chunks are padded to whole blocks.
pub(in crate::ops) const BLOCK: usize = 4096;
/// The most bytes in one chunk, unpacked: each chunk costs the task the start of some programs.
pub(in crate::ops) const PIECE: usize = 4 << 20;
/// So many bytes of a chunk are packed to learn whether the rest is worth it.
const PROBE: usize = 64 * 1024;

/// The end of a script's bytes.
pub(super) const END: Bytes = Bytes::from_static(b"0000000\n");
/// The end of the session.
pub(super) const GOODBYE: Bytes = Bytes::from_static(b"goodbye\n");
/// Says that the session is still wanted, so that its reader does not time out.
pub(super) const ALIVE: Bytes = Bytes::from_static(b"-------\n");

/// A script as a chunk; its last block is filled up with line ends, which mean nothing to a shell.
pub(super) fn script(text: &str) -> Bytes {
    counted('s', text.as_bytes(), b'\n')
}

/// Bytes for a script as a chunk, packed by gzip where `squeeze` says so and it pays. The last block is filled up with zeros; packed bytes
/// have an end of their own.
pub(super) fn data(bytes: &[u8], squeeze: bool) -> Bytes {
    match squeeze.then(|| squeezed(bytes)).flatten() {
        Some(less) => counted('z', &less, 0),
        None => counted('0', bytes, 0),
    }
}

/// The kind and the count of blocks, and the blocks.
fn counted(kind: char, bytes: &[u8], filler: u8) -> Bytes {
    let head = format!("{kind}{:06}\n", bytes.len().div_ceil(BLOCK));
    let size = head.len() + bytes.len().next_multiple_of(BLOCK);
    let mut all = BytesMut::with_capacity(size);
    all.put_slice(head.as_bytes());
    all.put_slice(bytes);
    all.resize(size, filler);
    all.freeze()
}

/// The bytes as `gzip` reads them, where that is less to send. A session hands on some ten million bytes a second, which is a
/// tenth of what either side squeezes.
fn squeezed(bytes: &[u8]) -> Option<Vec<u8>> {
    let pays = |less: &[u8], of: &[u8]| less.len() < of.len() / 8 * 7;
    if bytes.len() <= BLOCK {
        return None;
    }
    let probe = &bytes[..bytes.len().min(PROBE)];
    let less = gzip(probe).filter(|less| pays(less, probe))?;
    if probe.len() == bytes.len() { Some(less) } else { gzip(bytes).filter(|less| pays(less, bytes)) }
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut gzip = GzBuilder::new().write(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    gzip.write_all(bytes).ok()?;
    gzip.finish().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use proptest::prelude::*;

    use super::*;

    /// What a shell there makes of a piece.
    fn read(piece: &Bytes) -> (u8, Vec<u8>) {
        let blocks: usize = std::str::from_utf8(&piece[1..7]).unwrap().parse().unwrap();
        assert_eq!(piece[7], b'\n');
        assert_eq!(piece.len(), 8 + blocks * BLOCK);
        let mut bytes = piece[8..].to_vec();
        if piece[0] == b'z' {
            let mut whole = Vec::new();
            flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut whole).unwrap();
            bytes = whole;
        }
        (piece[0], bytes)
    }

    proptest! {
        #[test]
        fn a_piece_holds_what_it_was_made_of(bytes in proptest::collection::vec(any::<u8>(), 0..20_000), squeeze: bool) {
            let (kind, read) = read(&data(&bytes, squeeze));
            prop_assert_eq!(&read[..bytes.len()], &bytes[..]);
            prop_assert!(read[bytes.len()..].iter().all(|b| *b == 0) && read.len() - bytes.len() < BLOCK);
            prop_assert_eq!(kind, b'0');
        }

        #[test]
        fn what_repeats_is_squeezed_where_that_is_wanted(word in "[a-z]{1,9}", times in 2000_usize..90_000) {
            let bytes = word.repeat(times).into_bytes();
            let (piece, plain) = (data(&bytes, true), data(&bytes, false));
            prop_assert_eq!(read(&plain).0, b'0');
            if bytes.len() > BLOCK {
                prop_assert_eq!(read(&piece), (b'z', bytes));
                prop_assert!(piece.len() < plain.len());
            }
        }
    }

    #[test]
    fn what_only_begins_well_goes_as_it_is() {
        let mut bytes = vec![b'a'; PROBE];
        bytes.resize_with(PIECE, || fastrand::u8(..));
        assert_eq!(read(&data(&bytes, true)).0, b'0');
    }

    #[test]
    fn a_script_is_filled_up_with_line_ends() {
        let piece = script("echo x");
        assert!(piece.starts_with(b"s000001\necho x\n"));
        assert_eq!(piece.len(), 8 + BLOCK);
    }
}
