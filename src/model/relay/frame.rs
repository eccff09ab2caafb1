//! The frames: a letter, the number of the stream, the length of what follows, and that.

use bytes::{Buf as _, Bytes, BytesMut};

/// Bytes before what a frame carries.
pub const HEAD: usize = 9;

/// The most a frame carries.
pub const LARGEST: usize = 64 * 1024;

/// A message between the two sides of a relay session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The relay is there and speaks this version.
    Hello(u32),
    /// Connect this stream: a port and the addresses to try, `8080 127.0.0.1 ::1`.
    Open(u32, Bytes),
    /// The stream is connected.
    Opened(u32),
    /// The stream could not be connected: why.
    Refused(u32, Bytes),
    /// Bytes of the stream.
    Data(u32, Bytes),
    /// No more bytes come this way; the other way may go on.
    End(u32),
    /// The stream is over, whatever was on its way.
    Reset(u32),
    /// So many bytes more may be sent on the stream.
    Credit(u32, u32),
    /// A sign of life; the relay answers it.
    Ping,
    /// The relay has ended: told by the shell that started it, for no frame of Nomad's does while stdin is open.
    Bye,
}

impl Frame {
    /// Appends the frame as it travels. What does not fit into a frame is the caller's mistake and is cut off.
    pub fn encode(&self, into: &mut Vec<u8>) {
        let number;
        let (letter, stream, body): (u8, u32, &[u8]) = match self {
            Frame::Hello(version) => (b'H', *version, &[]),
            Frame::Open(stream, to) => (b'O', *stream, to),
            Frame::Opened(stream) => (b'K', *stream, &[]),
            Frame::Refused(stream, why) => (b'N', *stream, why),
            Frame::Data(stream, bytes) => (b'D', *stream, bytes),
            Frame::End(stream) => (b'E', *stream, &[]),
            Frame::Reset(stream) => (b'X', *stream, &[]),
            Frame::Credit(stream, bytes) => {
                number = bytes.to_be_bytes();
                (b'C', *stream, &number)
            }
            Frame::Ping => (b'P', 0, &[]),
            Frame::Bye => (b'B', 0, &[]),
        };
        let body = &body[..body.len().min(LARGEST)];
        into.push(letter);
        into.extend_from_slice(&stream.to_be_bytes());
        into.extend_from_slice(&(body.len() as u32).to_be_bytes());
        into.extend_from_slice(body);
    }
}

/// Finds the frames in bytes that come in any pieces.
#[derive(Debug, Default)]
pub struct Decoder {
    held: BytesMut,
}

impl Decoder {
    /// Takes bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// The next frame, once it is whole.
    ///
    /// # Errors
    /// When it is none: what follows cannot be trusted either.
    pub fn frame(&mut self) -> Result<Option<Frame>, String> {
        let Some(head) = self.held.first_chunk::<HEAD>() else { return Ok(None) };
        let [letter, s0, s1, s2, s3, l0, l1, l2, l3] = *head;
        let (stream, length) =
            (u32::from_be_bytes([s0, s1, s2, s3]), u32::from_be_bytes([l0, l1, l2, l3]) as usize);
        let fits = match letter {
            b'O' | b'N' | b'D' => length <= LARGEST,
            b'C' => length == 4,
            b'H' | b'K' | b'E' | b'X' => length == 0,
            b'P' | b'B' => stream == 0 && length == 0,
            _ => false,
        };
        if !fits {
            return Err(format!(
                "no frame of a relay: kind {letter:#04x} of stream {stream} with {length} bytes"
            ));
        }
        if self.held.len() < HEAD + length {
            return Ok(None);
        }
        self.held.advance(HEAD);
        let mut body = self.held.split_to(length).freeze();
        Ok(Some(match letter {
            b'H' => Frame::Hello(stream),
            b'O' => Frame::Open(stream, body),
            b'K' => Frame::Opened(stream),
            b'N' => Frame::Refused(stream, body),
            b'D' => Frame::Data(stream, body),
            b'E' => Frame::End(stream),
            b'X' => Frame::Reset(stream),
            b'C' => Frame::Credit(stream, body.get_u32()),
            b'P' => Frame::Ping,
            _ => Frame::Bye,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_frame() -> impl Strategy<Value = Frame> {
        let body = || proptest::collection::vec(any::<u8>(), 0..300).prop_map(Bytes::from);
        prop_oneof![
            any::<u32>().prop_map(Frame::Hello),
            (any::<u32>(), body()).prop_map(|(s, b)| Frame::Open(s, b)),
            any::<u32>().prop_map(Frame::Opened),
            (any::<u32>(), body()).prop_map(|(s, b)| Frame::Refused(s, b)),
            (any::<u32>(), body()).prop_map(|(s, b)| Frame::Data(s, b)),
            any::<u32>().prop_map(Frame::End),
            any::<u32>().prop_map(Frame::Reset),
            any::<(u32, u32)>().prop_map(|(s, n)| Frame::Credit(s, n)),
            Just(Frame::Ping),
            Just(Frame::Bye),
        ]
    }

    #[test]
    fn what_is_no_frame_is_refused_before_it_is_waited_for() {
        for bad in [
            &b"?\0\0\0\x01\0\0\0\0"[..],
            b"D\0\0\0\x01\xff\xff\xff\xff",
            b"C\0\0\0\x01\0\0\0\x03",
            b"P\0\0\0\x01\0\0\0\0",
            b"Traceback",
        ] {
            let mut decoder = Decoder::default();
            decoder.feed(bad);
            assert!(decoder.frame().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn frames_come_back_however_the_bytes_are_cut(
            frames in proptest::collection::vec(any_frame(), 0..12), cuts in proptest::collection::vec(1_usize..400, 1..20),
        ) {
            let mut bytes = Vec::new();
            frames.iter().for_each(|f| f.encode(&mut bytes));
            let (mut decoder, mut back, mut from, mut cuts) = (Decoder::default(), Vec::new(), 0, cuts.into_iter().cycle());
            while from < bytes.len() {
                let to = bytes.len().min(from + cuts.next().unwrap_or(1));
                decoder.feed(&bytes[from..to]);
                from = to;
                while let Some(frame) = decoder.frame().unwrap() {
                    back.push(frame);
                }
            }
            prop_assert_eq!(back, frames);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut decoder = Decoder::default();
            decoder.feed(&bytes);
            while let Ok(Some(frame)) = decoder.frame() {
                let mut again = Vec::new();
                frame.encode(&mut again);
                prop_assert!(again.len() <= bytes.len());
            }
        }
    }
}
