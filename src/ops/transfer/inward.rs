//! Files from here into a task: packed, unpacked there aside, compared, and only then moved into place.

use std::io::{self, Write};
use std::path::Path;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::error::{Error, Result};
use crate::model::copy_path::RemotePlace;
use crate::ops::exec::launch::quoted;
use crate::ops::exec::{Ask, Asks, Launch, Session, Told, capture};
use crate::ops::transfer::Copied;
use crate::ops::transfer::digest::Manifest;
use crate::ops::transfer::pack::{Packed, Tree, pack};

/// A copy into a task.
#[derive(Debug)]
pub struct Upload<'a> {
    /// Where commands run; its own command is not used.
    pub session: Session<'a>,
    /// Where to.
    pub place: &'a RemotePlace,
    /// Whether to compare.
    pub verify: bool,
}

/// How much is packed before it is sent.
const PIECE: usize = 256 * 1024;

/// Sends what is written to a session's stdin.
struct Pipe {
    send: mpsc::Sender<Ask>,
    held: Vec<u8>,
    passed: Box<dyn FnMut(u64) + Send>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = Bytes::from(std::mem::take(&mut self.held));
        (self.passed)(bytes.len() as u64);
        self.send.blocking_send(Ask::Stdin(bytes)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Upload<'_> {
    /// Copies a file or a tree.
    ///
    /// # Errors
    /// When it cannot be read, written or compared; then nothing is in its place there.
    pub async fn run(
        &self,
        from: &Path,
        name: &str,
        passed: impl FnMut(u64) + Send + 'static,
    ) -> Result<Copied> {
        let tree = Tree::of(from, name)?;
        let single = tree.entries.len() == 1 && !from.is_dir();
        let to = self.place.in_shell(quoted).map_err(Error::usage)?;
        let nonce = format!("{:016x}", fastrand::u64(..));
        let launch =
            Launch::of(["/bin/sh".to_owned(), "-c".to_owned(), receive(&to, name, &nonce, self.verify)]);
        let (send, asks) = mpsc::channel(2);
        let mut asks = Asks::fed_by(asks);
        let (files, bytes) = (tree.entries.len() as u64, tree.bytes);
        let mut pipe = Pipe { send, held: Vec::new(), passed: Box::new(passed) };
        let packing = tokio::task::spawn_blocking(move || {
            let packed = pack(&tree, &mut pipe);
            // The end of stdin comes only after all of it: a short archive is refused there.
            if packed.is_ok() {
                drop(pipe.send.blocking_send(Ask::StdinEnd));
            }
            packed
        });
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut told = |told: Told| {
            match told {
                Told::Stdout(bytes) => out.extend_from_slice(&bytes),
                Told::Stderr(bytes) => err.extend_from_slice(&bytes),
                Told::Started | Told::Again(_) | Told::Unsignalled(_) => {}
            }
            Ok(())
        };
        let session = Session { launch: &launch, ..self.session };
        let (packing_failed, failed) = mpsc::channel::<Error>(1);
        let packing = async {
            let packed = packing.await.map_err(|e| e.to_string()).and_then(|p| p.map_err(|e| e.to_string()));
            if let Err(why) = &packed {
                let error = Error::failed(format!("could not read {}", from.display())).because(why.clone());
                drop(packing_failed.send(error).await);
                return std::future::pending().await;
            }
            packed.unwrap_or_default()
        };
        let mut failed = failed;
        let (code, packed): (u8, Packed) = tokio::select! {
            both = async { tokio::join!(session.run(&mut asks, &mut told), packing) } => (both.0?, both.1),
            Some(error) = failed.recv() => {
                self.sweep(&to, &nonce).await;
                return Err(error);
            }
        };
        let said = String::from_utf8_lossy(&err).trim().to_owned();
        if code != 0 {
            self.sweep(&to, &nonce).await;
            return Err(refused(code, &to, &said));
        }
        let there = Manifest::of_sha256sum(&String::from_utf8_lossy(&out));
        let comparable = self.verify && (packed.files.0.is_empty() || !there.0.is_empty());
        let different = if comparable { packed.files.differences(&there) } else { Vec::new() };
        if !different.is_empty() {
            self.sweep(&to, &nonce).await;
            let error = Error::failed("what arrived there is not what was sent; nothing was put in place");
            return Err(different.into_iter().take(10).fold(error, Error::because));
        }
        self.commit(&to, name, &nonce, single).await?;
        let files = files.min(packed.files.0.len() as u64);
        Ok(Copied { files, bytes, verified: comparable, left_out: packed.left_out })
    }

    async fn commit(&self, to: &str, name: &str, nonce: &str, single: bool) -> Result<()> {
        let script = put(to, name, nonce, single);
        let launch = Launch::of(["/bin/sh".to_owned(), "-c".to_owned(), script]);
        let session = Session { launch: &launch, ..self.session };
        let ran = capture::run(&session, Bytes::new()).await?;
        if ran.code == 0 {
            return Ok(());
        }
        self.sweep(to, nonce).await;
        Err(refused(ran.code, to, String::from_utf8_lossy(&ran.stderr).trim()))
    }

    /// Removes what was not put in place; who cannot is told by the error that led here.
    async fn sweep(&self, to: &str, nonce: &str) {
        let script = format!("{}rm -rf \"$P/.fleet-{nonce}\"", place(to, ""));
        let launch = Launch::of(["/bin/sh".to_owned(), "-c".to_owned(), script]);
        let session = Session { launch: &launch, ..self.session };
        drop(capture::run(&session, Bytes::new()).await);
    }
}

fn refused(code: u8, to: &str, said: &str) -> Error {
    let what = match code {
        20 => format!("there is no directory for {to} there"),
        21 => format!(
            "{to} is there and is of another kind: a directory does not take a file's place, nor a file a directory's"
        ),
        22 => "the task has no tar".to_owned(),
        _ => format!("the task could not take the copy (exit code {code})"),
    };
    let error = Error::failed(what);
    if said.is_empty() { error } else { error.because(said.to_owned()) }
}

/// Sets P and N: the directory the copy goes to, and its name in it.
fn place(to: &str, name: &str) -> String {
    format!(
        "D={to}\ncase $D in /) N={n};; */) D=${{D%/}};; esac\nif [ -d \"$D\" ]; then P=$D; N={n}; else P=$(dirname \"$D\"); \
         N=$(basename \"$D\"); fi\n[ -d \"$P\" ] || exit 20\n",
        n = quoted(name)
    )
}

/// Unpacks stdin aside and prints the digests. Whoever is left alone with an open stdin, because the connection is gone, gives up
/// when nothing has come for two minutes.
fn receive(to: &str, name: &str, nonce: &str, verify: bool) -> String {
    let digests = if verify {
        "if command -v sha256sum >/dev/null; then find . -type f -exec sha256sum {} +; fi"
    } else {
        ":"
    };
    format!(
        "{}T=\"$P/.fleet-{nonce}\"\ncommand -v tar >/dev/null || exit 22\nmkdir \"$T\" || exit 1\n\
         ( L=; while sleep 120; do S=$(du -s \"$T\" 2>/dev/null); [ \"$S\" = \"$L\" ] && kill $$ && rm -rf \"$T\" && exit; L=$S; done ) \
         >/dev/null 2>&1 </dev/null &\nW=$!\ntar -xpof - -C \"$T\"; E=$?\nkill $W 2>/dev/null\n[ $E = 0 ] || exit $E\n\
         cd \"$T\" && find . -type f -exec sync {{}} + 2>/dev/null\n{digests}\n",
        place(to, name)
    )
}

/// Moves what was unpacked into place: kinds are compared first, then everything is renamed.
fn put(to: &str, name: &str, nonce: &str, single: bool) -> String {
    let n = quoted(name);
    let mut script = format!("{}T=\"$P/.fleet-{nonce}\"\n", place(to, name));
    if single {
        script
            .push_str(&format!("[ -d \"$P/$N\" ] && exit 21\nmv -f \"$T\"/{n} \"$P/$N\" && rm -rf \"$T\"\n"));
        return script;
    }
    script.push_str(&format!(
        "if [ ! -e \"$P/$N\" ]; then mv \"$T\"/{n} \"$P/$N\" && rm -rf \"$T\"; exit; fi\n[ -d \"$P/$N\" ] || exit 21\n\
         cd \"$T\"/{n} || exit 1\nexport O=\"$P/$N\"\n\
         X=$(find . -type d ! -name . -exec sh -c 'for f; do [ -e \"$O/$f\" ] && [ ! -d \"$O/$f\" ] && echo x; done' sh {{}} +; \
         find . ! -type d -exec sh -c 'for f; do [ -d \"$O/$f\" ] && [ ! -L \"$O/$f\" ] && echo x; done' sh {{}} +)\n\
         [ -z \"$X\" ] || exit 21\n\
         find . -type d -exec sh -c 'for f; do mkdir -p \"$O/$f\" || exit 1; done' sh {{}} + || exit 1\n\
         find . ! -type d -exec sh -c 'for f; do mv -f \"$f\" \"$O/$f\" || exit 1; done' sh {{}} + || exit 1\nrm -rf \"$T\"\n"
    ));
    script
}
