//! A proxy that breaks connections in the middle of things.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Passes bytes between clients and a server, and cuts every connection after some of the server's bytes.
pub(crate) struct Chaos {
    pub(crate) url: String,
    cuts: Arc<AtomicU64>,
}

impl Chaos {
    /// In front of the server at this `http://` address; each connection lives for a number of bytes in this range.
    pub(crate) fn new(server: &str, lives: std::ops::Range<u64>) -> Self {
        let server: SocketAddr = server.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let cuts = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&cuts);
        std::thread::spawn(move || {
            let mut random = fastrand::Rng::with_seed(7);
            for client in listener.incoming().flatten() {
                let Ok(upstream) = TcpStream::connect(server) else { continue };
                let life = random.u64(lives.clone());
                let counter = Arc::clone(&counter);
                std::thread::spawn(move || pass(&client, &upstream, life, &counter));
            }
        });
        Chaos { url, cuts }
    }

    /// How many connections were cut.
    pub(crate) fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

fn pass(client: &TcpStream, upstream: &TcpStream, life: u64, cuts: &AtomicU64) {
    let (mut from, mut to) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
    std::thread::spawn(move || {
        drop(std::io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
    let (mut left, mut buffer) = (life, [0; 8192]);
    let (mut from, mut to) = (upstream, client);
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        let passed = n.min(usize::try_from(left).unwrap());
        if to.write_all(&buffer[..passed]).is_err() {
            break;
        }
        left -= passed as u64;
        if left == 0 {
            cuts.fetch_add(1, Ordering::Relaxed);
            break;
        }
    }
    drop(client.shutdown(Shutdown::Both));
    drop(upstream.shutdown(Shutdown::Both));
}
