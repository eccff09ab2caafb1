//! A proxy that does harm to what passes through it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;

/// What becomes of the server's words, or once of the client's.
#[derive(Debug, Clone)]
pub(crate) enum Harm {
    /// Each connection is cut after so many bytes.
    Cut(Range<u64>),
    /// Each connection is cut after so many bytes of the client's.
    CutUpload(Range<u64>),
    /// Everything comes in tiny pieces, and the frames of websockets in fragments.
    Split,
    /// Everything comes late.
    Delay,
    /// A websocket is cut in the middle of a frame, after so many of them.
    CutFrame(Range<u64>),
    /// After so many frames a websocket says nothing any more, and stays open.
    Silence(Range<u64>),
    /// Frames with these words never come.
    Lose(&'static str),
    /// Every byte of a stream of frames comes alone.
    Bytes,
    /// A stream of frames says nothing any more after so many bytes, and stays open; so often.
    Mute(Range<u64>, u64),
    /// A stream of frames ends after so many bytes as if it were over, perhaps within a frame.
    End(Range<u64>),
    /// After so many bytes of a stream of frames an error comes as text, and then its end.
    Words(Range<u64>, &'static str),
}

impl Harm {
    /// What befalls streams of files and logs alone, and after how many bytes.
    fn of_streams(&self) -> Option<Range<u64>> {
        match self {
            Harm::Bytes => Some(u64::MAX - 1..u64::MAX),
            Harm::Mute(lives, _) | Harm::End(lives) | Harm::Words(lives, _) => Some(lives.clone()),
            _ => None,
        }
    }
}

/// Passes bytes between clients and a server, and harms them.
pub(crate) struct Chaos {
    pub(crate) url: String,
    done: Arc<AtomicU64>,
    sent: Arc<AtomicU64>,
}

impl Chaos {
    /// In front of the server at this `http://` address.
    pub(crate) fn new(server: &str, harm: Harm) -> Self {
        let server: SocketAddr = server.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (done, sent) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let counters = (Arc::clone(&done), Arc::clone(&sent));
        std::thread::spawn(move || {
            let mut random = Rng::with_seed(7);
            for client in listener.incoming().flatten() {
                let Ok(upstream) = TcpStream::connect(server) else { continue };
                let (harm, random, (done, sent)) = (harm.clone(), random.fork(), counters.clone());
                let asked = Arc::default();
                std::thread::spawn(move || Line { harm, random, done, sent, asked }.pass(&client, &upstream));
            }
        });
        Chaos { url, done, sent }
    }

    /// How often harm was done.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// How many bytes of clients were passed on.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

/// One connection.
struct Line {
    harm: Harm,
    random: Rng,
    done: Arc<AtomicU64>,
    sent: Arc<AtomicU64>,
    /// Whether a stream of frames was asked for last.
    asked: Arc<AtomicBool>,
}

/// The connection is over.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Over
    }
}

impl Line {
    fn pass(mut self, client: &TcpStream, upstream: &TcpStream) {
        let (from, to) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
        let life =
            if let Harm::CutUpload(lives) = &self.harm { self.random.u64(lives.clone()) } else { u64::MAX };
        let (done, sent, asked) = (Arc::clone(&self.done), Arc::clone(&self.sent), Arc::clone(&self.asked));
        std::thread::spawn(move || {
            if upload(&from, &to, life, &sent, &asked) {
                drop(to.shutdown(Shutdown::Write));
            } else {
                done.fetch_add(1, Ordering::Relaxed);
                drop(from.shutdown(Shutdown::Both));
                drop(to.shutdown(Shutdown::Both));
            }
        });
        drop(match self.harm.of_streams() {
            Some(lives) => self.streams(BufReader::new(upstream), client, lives),
            None => self.answers(upstream, client),
        });
        drop(client.shutdown(Shutdown::Both));
        drop(upstream.shutdown(Shutdown::Both));
    }

    /// Ordinary answers, until one changes to websocket.
    fn answers(&mut self, mut from: &TcpStream, mut to: &TcpStream) -> Result<(), Over> {
        let mut left =
            if let Harm::Cut(lives) = &self.harm { self.random.u64(lives.clone()) } else { u64::MAX };
        let mut buffer = [0; 8192];
        loop {
            let n = from.read(&mut buffer)?;
            let changes = buffer[..n].starts_with(b"HTTP/1.1 101");
            if n == 0 || (changes && !matches!(self.harm, Harm::Cut(_))) {
                to.write_all(&buffer[..n])?;
                return if n == 0 { Ok(()) } else { self.frames(from, to) };
            }
            let passed = n.min(usize::try_from(left).unwrap_or(n));
            self.write(to, &buffer[..passed])?;
            left -= passed as u64;
            if left == 0 {
                self.harmed();
                return Err(Over);
            }
        }
    }

    /// Ordinary answers, and streams of frames, whose bytes are harmed.
    fn streams(&mut self, mut from: impl BufRead, mut to: &TcpStream, lives: Range<u64>) -> Result<(), Over> {
        loop {
            let (mut length, mut chunked) = (0, false);
            loop {
                let line = line(&mut from)?;
                to.write_all(&line)?;
                let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
                length = text.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().unwrap());
                chunked |= text.starts_with("transfer-encoding:") && text.contains("chunked");
                if line == b"\r\n" {
                    break;
                }
            }
            if !chunked {
                std::io::copy(&mut (&mut from).take(length), &mut to)?;
                continue;
            }
            let harmless = !self.asked.load(Ordering::Relaxed)
                || matches!(self.harm, Harm::Mute(_, times) if self.done.load(Ordering::Relaxed) >= times);
            let mut left = if harmless { u64::MAX } else { self.random.u64(lives.clone()) };
            loop {
                let size = line(&mut from)?;
                let length =
                    u64::from_str_radix(String::from_utf8_lossy(&size).trim(), 16).map_err(|_| Over)?;
                let mut chunk = vec![0; usize::try_from(length).unwrap() + 2];
                from.read_exact(&mut chunk)?;
                chunk.truncate(chunk.len() - 2);
                if length > left {
                    chunk.truncate(usize::try_from(left).unwrap());
                    self.last_words(to, &chunk)?;
                    return Err(Over);
                }
                left -= length;
                self.chunk(to, &chunk)?;
                if length == 0 {
                    break;
                }
            }
        }
    }

    fn chunk(&mut self, mut to: &TcpStream, bytes: &[u8]) -> Result<(), Over> {
        let whole = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        if matches!(self.harm, Harm::Bytes) && self.asked.load(Ordering::Relaxed) {
            self.harmed();
            return Ok(whole.iter().try_for_each(|byte| to.write_all(&[*byte]))?);
        }
        Ok(to.write_all(&whole)?)
    }

    /// How a stream ends that comes to harm.
    fn last_words(&mut self, to: &TcpStream, bytes: &[u8]) -> Result<(), Over> {
        if !bytes.is_empty() {
            self.chunk(to, bytes)?;
        }
        self.harmed();
        if let Harm::Mute(..) = self.harm {
            // Until the other side has had enough.
            drop((&*to).read(&mut [0]));
            return Err(Over);
        }
        if let Harm::Words(_, words) = self.harm {
            self.chunk(to, words.as_bytes())?;
        }
        self.chunk(to, b"")
    }

    /// The frames of a websocket, which a server does not mask. None came with its headers: it speaks when it is spoken to.
    fn frames(&mut self, mut from: &TcpStream, to: &TcpStream) -> Result<(), Over> {
        let mut left = match &self.harm {
            Harm::CutFrame(lives) | Harm::Silence(lives) => self.random.u64(lives.clone()),
            _ => u64::MAX,
        };
        loop {
            let mut head = [0; 2];
            from.read_exact(&mut head)?;
            let mut long = vec![
                0;
                match head[1] {
                    126 => 2,
                    127 => 8,
                    _ => 0,
                }
            ];
            from.read_exact(&mut long)?;
            let length = if long.is_empty() {
                u64::from(head[1])
            } else {
                long.iter().fold(0, |n, b| (n << 8) | u64::from(*b))
            };
            let mut body = vec![0; usize::try_from(length).unwrap()];
            from.read_exact(&mut body)?;
            let lost =
                matches!(self.harm, Harm::Lose(words) if String::from_utf8_lossy(&body).contains(words));
            if lost || left == 0 {
                self.harmed();
                if let Harm::CutFrame(_) = self.harm {
                    self.write(to, &[&head, &long[..], &body[..body.len() / 2]].concat())?;
                    return Err(Over);
                }
                continue;
            }
            left -= 1;
            if let Harm::Split = self.harm
                && head[0] == 0x81
                && body.len() > 1
            {
                let (first, rest) = body.split_at(self.random.usize(1..body.len()));
                self.write(to, &frame(0x01, first))?;
                self.write(to, &frame(0x80, rest))?;
            } else {
                self.write(to, &[&head, &long[..], &body].concat())?;
            }
        }
    }

    fn write(&mut self, mut to: impl Write, bytes: &[u8]) -> Result<(), Over> {
        match self.harm {
            Harm::Split => {
                self.harmed();
                let mut rest = bytes;
                while !rest.is_empty() {
                    let (piece, after) = rest.split_at(self.random.usize(1..=rest.len().min(700)));
                    to.write_all(piece)?;
                    rest = after;
                }
            }
            Harm::Delay => {
                self.harmed();
                #[expect(clippy::disallowed_methods, reason = "a slow line")]
                std::thread::sleep(Duration::from_millis(self.random.u64(0..20)));
                to.write_all(bytes)?;
            }
            _ => to.write_all(bytes)?,
        }
        Ok(())
    }

    fn harmed(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

fn line(from: &mut impl BufRead) -> Result<Vec<u8>, Over> {
    let mut line = Vec::new();
    match from.read_until(b'\n', &mut line)? {
        0 => Err(Over),
        _ => Ok(line),
    }
}

/// Passes on what a client says, for so many bytes; whether it had said all by then.
fn upload(mut from: &TcpStream, mut to: &TcpStream, life: u64, sent: &AtomicU64, asked: &AtomicBool) -> bool {
    let (mut left, mut buffer) = (life, [0; 8192]);
    while left > 0 {
        let Ok(n @ 1..) = from.read(&mut buffer) else { return true };
        let passed = n.min(usize::try_from(left).unwrap_or(n));
        let begins = |what: &[u8]| buffer[..n].starts_with(what);
        asked.store(
            begins(b"GET /v1/client/fs/stream/") || begins(b"GET /v1/client/fs/logs/"),
            Ordering::Relaxed,
        );
        if to.write_all(&buffer[..passed]).is_err() {
            return true;
        }
        left -= passed as u64;
        sent.fetch_add(passed as u64, Ordering::Relaxed);
    }
    false
}

/// A frame that is not masked.
fn frame(first: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match body.len() {
        short @ ..=125 => frame.push(short as u8),
        long @ ..=0xffff => {
            frame.push(126);
            frame.extend((long as u16).to_be_bytes());
        }
        longer => {
            frame.push(127);
            frame.extend((longer as u64).to_be_bytes());
        }
    }
    frame.extend(body);
    frame
}
