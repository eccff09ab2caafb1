//! A proxy that breaks connections in the middle of things.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Passes bytes between clients and a server, and cuts every connection after some of one side's bytes.
pub(crate) struct Chaos {
    pub(crate) url: String,
    cuts: Arc<AtomicU64>,
    passed: Arc<AtomicU64>,
}

/// Whose bytes are counted.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Side {
    Client,
    Server,
}

impl Chaos {
    /// In front of the server at this `http://` address; each connection lives for a number of its bytes in this range.
    pub(crate) fn new(server: &str, lives: std::ops::Range<u64>) -> Self {
        Chaos::counting(Side::Server, server, lives)
    }

    /// The same, counting the bytes of either side.
    pub(crate) fn counting(side: Side, server: &str, lives: std::ops::Range<u64>) -> Self {
        let server: SocketAddr = server.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (cuts, passed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let counters = (Arc::clone(&cuts), Arc::clone(&passed));
        std::thread::spawn(move || {
            let mut random = fastrand::Rng::with_seed(7);
            for client in listener.incoming().flatten() {
                let Ok(upstream) = TcpStream::connect(server) else { continue };
                let life = random.u64(lives.clone());
                let (cuts, passed) = counters.clone();
                std::thread::spawn(move || match side {
                    Side::Server => pass(&client, &upstream, life, &cuts, &passed),
                    Side::Client => pass(&upstream, &client, life, &cuts, &passed),
                });
            }
        });
        Chaos { url, cuts, passed }
    }

    /// How many bytes of the counted side have passed.
    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// How many connections were cut.
    pub(crate) fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

/// Passes on what one side says for so many bytes, and what the other says for as long.
fn pass(other: &TcpStream, counted: &TcpStream, life: u64, cuts: &AtomicU64, passed_on: &AtomicU64) {
    let (mut from, mut to) = (other.try_clone().unwrap(), counted.try_clone().unwrap());
    std::thread::spawn(move || {
        drop(std::io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
    let (mut left, mut buffer) = (life, [0; 8192]);
    let (mut from, mut to) = (counted, other);
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        let passed = n.min(usize::try_from(left).unwrap());
        if to.write_all(&buffer[..passed]).is_err() {
            break;
        }
        left -= passed as u64;
        passed_on.fetch_add(passed as u64, Ordering::Relaxed);
        if left == 0 {
            cuts.fetch_add(1, Ordering::Relaxed);
            break;
        }
    }
    if left > 0 {
        // It has said all; the other may still answer.
        drop(other.shutdown(Shutdown::Write));
        return;
    }
    drop(other.shutdown(Shutdown::Both));
    drop(counted.shutdown(Shutdown::Both));
}
