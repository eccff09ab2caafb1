//! Through the task: packed by its own `tar`, or printed by its own `cat`.

use std::io::{self, Read, Write as _};
use std::path::Path;

use bytes::Bytes;
use cap_std::fs::{Dir, OpenOptions};

use super::{Download, Way, digests, same, shell, unwritable};
use crate::error::{Error, Result};
use crate::ops::exec::launch::quoted;
use crate::ops::exec::{Asks, Launch, Session, Told};
use crate::ops::transfer::Copied;
use crate::ops::transfer::digest::{Digester, Manifest};
use crate::ops::transfer::meter::Meter;
use crate::ops::transfer::pace::Pace;
use crate::ops::transfer::place::Staging;
use crate::ops::transfer::unpack::{Limits, Unpacked, unpack};

/// What the task says of the thing to copy.
struct Probed {
    dir: String,
    name: String,
    is_dir: bool,
    has_tar: bool,
}

impl Download<'_> {
    pub(super) async fn through_task(&self, to: &Path, meter: &Meter) -> Result<(Copied, Way)> {
        let session = self.session.ok_or_else(|| {
            Error::failed("the task does not run, and only its allocation's directory can be read")
                .hint("paths there: alloc:/…, alloc/…, local/…, tmp/…")
        })?;
        let probed = self.probe(&session).await?;
        let Probed { dir, name, is_dir, has_tar } = &probed;
        if *is_dir && !has_tar {
            return Err(Error::failed(
                "the task has no tar, which packs directories; single files can be copied",
            ));
        }
        let wanted = if self.place.name() == "root" { name.as_str() } else { self.place.name() };
        let staging = Staging::new(to, wanted)?;
        let (command, way) = if *has_tar {
            (format!("tar -cf - {}", quoted(&format!("./{name}"))), Way::Tar)
        } else {
            (format!("cat {}", quoted(&format!("./{name}"))), Way::Cat)
        };
        let script = format!("cd {} && exec {command}", quoted(dir));
        let unpacked = self.receive(&session, script, &staging, name, *has_tar, meter).await?;
        let mut verified = false;
        if self.verify {
            let there =
                digests(&session, &quoted(&format!("{}/{name}", dir.trim_end_matches('/'))), name).await?;
            if let Some(there) = there {
                same(&unpacked.files, &there)?;
                verified = true;
            }
        }
        staging.commit(name)?;
        let files = unpacked.files.0.len() as u64;
        Ok((Copied { files, bytes: unpacked.bytes, verified, left_out: unpacked.left_out }, way))
    }

    /// Takes what a command prints into the staging directory.
    async fn receive(
        &self,
        session: &Session<'_>,
        script: String,
        staging: &Staging,
        name: &str,
        packed: bool,
        meter: &Meter,
    ) -> Result<Unpacked> {
        let (send, pieces) = std::sync::mpsc::sync_channel::<Bytes>(16);
        let dir = staging.dir.try_clone().map_err(|e| unwritable(name, &e))?;
        let (root, limits, owner) = (name.to_owned(), self.limits, self.owner);
        let pace = Pace::new(self.rate);
        let writing = tokio::task::spawn_blocking(move || {
            let mut incoming = Incoming { pieces, piece: Bytes::new(), pace };
            if packed {
                let unpacked =
                    unpack(&mut incoming, &dir, &root, limits, owner).map_err(|e| e.to_string())?;
                // Whatever pads the archive is read too, or its sender waits.
                io::copy(&mut incoming, &mut io::sink()).map_err(|e| e.to_string())?;
                return Ok(unpacked);
            }
            plain(&mut incoming, &dir, &root, limits)
        });
        let mut send = Some(send);
        let mut said = Vec::new();
        let mut told = |told: Told| {
            match told {
                Told::Stdout(bytes) => {
                    meter.add(bytes.len() as u64);
                    // When the other end has given up, its reason is told below.
                    let gone = send.as_ref().is_none_or(|s| s.send(bytes).is_err());
                    if gone {
                        return Err(Error::failed("given up"));
                    }
                }
                Told::Stderr(bytes) => said.extend_from_slice(&bytes),
                Told::Started | Told::Again(_) | Told::Unsignalled(_) => {}
            }
            Ok(())
        };
        let launch = Launch::of(["/bin/sh".to_owned(), "-c".to_owned(), script]);
        let session = Session { launch: &launch, ..*session };
        let ran = session.run(&mut Asks::of_bytes(Bytes::new()), &mut told).await;
        drop(send.take());
        let written =
            writing.await.map_err(|e| Error::failed("could not unpack the copy").because(e.to_string()))?;
        let unpacked = match (written, ran) {
            (Err(why), _) => return Err(Error::failed("could not take the copy").because(why)),
            (Ok(_), Err(error)) => return Err(error),
            (Ok(unpacked), Ok(0)) => unpacked,
            (Ok(_), Ok(code)) => {
                let words = String::from_utf8_lossy(&said).trim().to_owned();
                return Err(Error::failed(format!("the task could not read all of it (exit code {code})"))
                    .because(words));
            }
        };
        Ok(unpacked)
    }

    async fn probe(&self, session: &Session<'_>) -> Result<Probed> {
        let path = self.place.in_shell(quoted).map_err(Error::usage)?;
        let script = format!(
            "S={path}\n[ -e \"$S\" ] || exit 23\n[ -L \"$S\" ] && S=$(readlink -f \"$S\")\ncd \"$(dirname \"$S\")\" || exit 24\n\
             pwd\nbasename \"$S\"\n[ -d \"$S\" ] && echo dir || echo file\ncommand -v tar >/dev/null && echo tar || echo none\n"
        );
        let ran = shell(session, script).await?;
        let said = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
        match ran.code {
            0 => {}
            23 => return Err(Error::not_found(format!("there is no {path} in the task"))),
            127 => {
                return Err(Error::failed(
                    "the task has no shell, and only its allocation's directory can be read without one",
                ));
            }
            _ => return Err(Error::failed(format!("the task cannot read {path}")).because(said)),
        }
        let text = String::from_utf8_lossy(&ran.stdout).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let [dir, name, kind, tar] = lines[..] else {
            return Err(Error::failed(format!("{path} has a name with line ends, which is not copied")));
        };
        if matches!(name, "/" | "." | "..") {
            return Err(Error::usage("name a directory below /, or a file"));
        }
        Ok(Probed {
            dir: dir.to_owned(),
            name: name.to_owned(),
            is_dir: kind == "dir",
            has_tar: tar == "tar",
        })
    }
}

/// Reads what comes through a channel.
struct Incoming {
    pieces: std::sync::mpsc::Receiver<Bytes>,
    piece: Bytes,
    pace: Pace,
}

impl Incoming {
    /// Keeps the pace; whoever sends waits too.
    fn pause(&mut self, bytes: u64) {
        let wait = self.pace.after(bytes);
        #[expect(
            clippy::disallowed_methods,
            reason = "a thread of its own, whose sender must not go on meanwhile"
        )]
        std::thread::sleep(wait);
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.recv() {
                Ok(piece) => {
                    self.pause(piece.len() as u64);
                    self.piece = piece;
                }
                Err(_) => return Ok(0),
            }
        }
        let n = buffer.len().min(self.piece.len());
        buffer[..n].copy_from_slice(&self.piece.split_to(n));
        Ok(n)
    }
}

fn plain(incoming: &mut Incoming, dir: &Dir, name: &str, limits: Limits) -> Result<Unpacked, String> {
    let mut file =
        dir.open_with(name, OpenOptions::new().write(true).create_new(true)).map_err(|e| e.to_string())?;
    let (mut digester, mut bytes) = (Digester::default(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = incoming.read(&mut buffer).map_err(|e| e.to_string())?;
        if n == 0 {
            break;
        }
        bytes += n as u64;
        if bytes > limits.bytes {
            return Err(format!("it holds more than {} bytes", limits.bytes));
        }
        digester.add(&buffer[..n]);
        file.write_all(&buffer[..n]).map_err(|e| e.to_string())?;
    }
    file.sync_all().map_err(|e| e.to_string())?;
    let files = Manifest([(name.to_owned(), digester.finish())].into());
    Ok(Unpacked { files, bytes, left_out: Vec::new() })
}
