//! What reads bytes from elsewhere, and what must hold whatever they are. Each entry panics when it does not.

mod consul;
mod nginx;
mod screen;

use std::collections::VecDeque;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use fleet::api::nomad::exec::{ExecMessage, read_frame};
use fleet::api::nomad::fs::Frames;
use fleet::model::jobfile::diagnostic;
use fleet::model::jobfile::inline::Inliner;
use fleet::model::jobfile::text::Text;
use fleet::model::jobfile::variables;
use fleet::model::relay::{Decoder, Frame, Side, Streams, WINDOW};
use fleet::ops::transfer::{Limits, unpack as unpack_into};
use serde_json::Value;

pub use self::consul::config_entries;
pub use self::nginx::{access_log_line, expression, nginx_conf, nginx_migration};
pub use self::screen::foreign_text;

/// A frame of the exec websocket means something or is refused, and only the words of an end are one.
pub fn exec_frames(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut all = VecDeque::new();
    if read_frame(&text, &mut all).is_ok() {
        assert!(!all.is_empty());
        assert!(
            text.contains("exited")
                || text.contains('\\')
                || !all.iter().any(|h| matches!(h, ExecMessage::Exited(_)))
        );
    }
}

/// What `next` gives of bytes that come in pieces of this size, until it is at an end or fails.
fn pieces<T>(
    bytes: &[u8],
    size: usize,
    mut next: impl FnMut(&[u8]) -> Result<Option<T>, String>,
) -> (Vec<T>, bool) {
    let mut all = Vec::new();
    for piece in bytes.chunks(size) {
        let mut piece = piece;
        loop {
            match next(piece) {
                Ok(Some(one)) => all.push(one),
                Ok(None) => break,
                Err(_) => return (all, false),
            }
            piece = &[];
        }
    }
    (all, true)
}

/// Frames of logs are the same however the bytes are cut.
pub fn log_frames(bytes: &[u8]) {
    let cut = |size| {
        let mut frames = Frames::default();
        pieces(bytes, size, |piece| {
            if !piece.is_empty() {
                frames.feed(piece);
            }
            frames.next_frame()
        })
    };
    assert_eq!(cut(bytes.len().max(1)), cut(3));
}

/// Frames of a relay are the same however the bytes are cut, and what breaks the rules ends it.
pub fn relay_frames(bytes: &[u8]) {
    let cut = |size| {
        let mut decoder = Decoder::default();
        pieces(bytes, size, |piece| {
            decoder.feed(piece);
            decoder.frame()
        })
    };
    let (frames, whole) = cut(bytes.len().max(1));
    assert_eq!((&frames, whole), (&cut(5).0, cut(5).1));
    let mut again = Vec::new();
    frames.iter().for_each(|f| f.encode(&mut again));
    assert!(bytes.starts_with(&again), "a frame has one form");
    let (mut client, mut relay) = (Streams::new(Side::Client), Streams::new(Side::Relay));
    let mut open = 0;
    for _ in 0..3 {
        client.open("80 127.0.0.1");
    }
    let mut came = 0;
    for frame in frames {
        if let Frame::Data(_, bytes) = &frame {
            came += bytes.len();
        }
        open += usize::from(matches!(frame, Frame::Open(..)));
        drop(relay.heard(frame.clone()));
        if client.heard(frame).is_err() {
            break;
        }
        assert!(came <= 3 * WINDOW as usize, "nobody granted that much");
    }
    assert!(client.count() <= 3 && relay.count() <= open);
    assert!((1..=3).all(|s| client.room(s) <= WINDOW as usize));
}

/// An archive makes nothing outside of its directory, no way out of it, nothing special, and no more than it may.
pub fn unpack(bytes: &[u8]) {
    let outer = tempfile::tempdir().expect("a scratch directory");
    let inner = outer.path().join("inner");
    std::fs::create_dir(&inner).expect("a directory");
    std::fs::write(outer.path().join("canary"), "sings").expect("a file");
    let dir = Dir::open_ambient_dir(&inner, ambient_authority()).expect("a directory");
    let limits = Limits { bytes: 1 << 20, entries: 100, depth: 8 };
    drop(unpack_into(bytes, &dir, "root", limits, false));
    let mut around: Vec<_> = std::fs::read_dir(outer.path())
        .expect("it is still there")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    around.sort();
    assert_eq!(around, ["canary", "inner"]);
    assert_eq!(std::fs::read(outer.path().join("canary")).expect("it is still there"), b"sings");
    let root = inner.canonicalize().expect("it is still there");
    let (mut entries, mut size) = (0, 0);
    walk(&root, &mut |path| {
        let meta = path.symlink_metadata().expect("it was just listed");
        entries += 1;
        if meta.is_symlink() {
            assert!(
                path.canonicalize().map_or(true, |to| to.starts_with(&root)),
                "{} leads out",
                path.display()
            );
        } else {
            assert!(meta.is_file() || meta.is_dir(), "{} is special", path.display());
            size += if meta.is_file() { meta.len() } else { 0 };
        }
    });
    // Directories above an entry are made for it.
    assert!(entries <= limits.entries * 8 && size <= limits.bytes, "{entries} entries, {size} bytes");
}

fn walk(dir: &Path, visit: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        visit(&entry.path());
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            walk(&entry.path(), visit);
        }
    }
}

/// A job file is inlined in few rounds or given up, places in it are places of the user's own, and answers of all kinds are borne.
pub fn job_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut inliner = Inliner::new(Text::new(text.as_str()));
    let mut rounds = 0;
    while let Ok(Some(round)) = inliner.round() {
        rounds += 1;
        assert!(rounds <= 40, "it goes on for ever");
        let made = |_, args: &[String]| {
            let all = args.concat();
            if all.len() % 3 == 2 { Err(all) } else { Ok(format!("{all}${{x}}\"\n")) }
        };
        if inliner.answer(round, &Value::Null, made).is_err() {
            break;
        }
    }
    let (inlined, failed) = inliner.finish();
    assert_eq!(inlined.origin(), text);
    for at in (0..=inlined.as_str().len()).step_by(7) {
        let place = inlined.trace(&(at..at));
        assert!(place.start <= place.end && place.end <= text.len());
    }
    assert!(failed.iter().all(|f| f.at.end <= text.len()));
    drop(diagnostic::parse(&text));
    drop(variables::of_file(Path::new("x.hcl"), &text));
}
