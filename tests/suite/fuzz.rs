//! The entries of the fuzzers on inputs that begin well: what is real, harmed in a few places.

use std::path::Path;

use fleet::model::relay::Frame;
use proptest::prelude::*;

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the fuzzers' own crate is entered from outside")]
mod entries;

/// A few changes of bytes: overwritten, taken out, put in, or repeated.
fn harm() -> impl Strategy<Value = Vec<(u8, prop::sample::Index, u8)>> {
    proptest::collection::vec((0_u8..4, any::<prop::sample::Index>(), any::<u8>()), 0..8)
}

fn harmed(mut bytes: Vec<u8>, harm: &[(u8, prop::sample::Index, u8)]) -> Vec<u8> {
    for (what, at, byte) in harm {
        if bytes.is_empty() {
            return bytes;
        }
        let at = at.index(bytes.len());
        match what {
            0 => bytes[at] = *byte,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, *byte),
            _ => {
                let end = bytes.len().min(at + usize::from(*byte));
                let piece = bytes[at..end].to_vec();
                bytes.extend(piece);
            }
        }
    }
    bytes
}

fn exec_text() -> impl Strategy<Value = String> {
    let frames = [
        r#"{"stdout":{"data":"aGVsbG8="}}"#,
        r#"{"stderr":{"data":"aGVsbG8=","close":true}}"#,
        r#"{"stdout":{"close":true}}"#,
        r#"{"exited":true,"result":{"exit_code":3}}"#,
        r#"{"exited":true,"result":{}}"#,
        "{}",
    ];
    prop::sample::select(frames.to_vec()).prop_map(str::to_owned)
}

fn log_text() -> impl Strategy<Value = String> {
    let frames = [
        r#"{"Data":"aGVsbG8=","File":"alloc/logs/t.stdout.0","Offset":5}"#,
        "{}",
        r#"{"File":"alloc/logs/t.stdout.0","FileEvent":"file truncated"}"#,
        "rpc error: EOF",
        " \n",
    ];
    proptest::collection::vec(prop::sample::select(frames.to_vec()), 0..6).prop_map(|f| f.concat())
}

fn relay_bytes() -> impl Strategy<Value = Vec<u8>> {
    let one = (0_u8..10, 1_u32..5, proptest::collection::vec(any::<u8>(), 0..40), any::<u32>());
    proptest::collection::vec(one, 0..30).prop_map(|all| {
        let mut bytes = Vec::new();
        for (kind, stream, body, number) in all {
            let frame = match kind {
                0 => Frame::Hello(1),
                1 => Frame::Open(stream, body.into()),
                2 | 3 => Frame::Opened(stream),
                4 => Frame::Refused(stream, body.into()),
                5 | 6 => Frame::Data(stream, body.into()),
                7 => Frame::End(stream),
                8 => Frame::Reset(stream),
                _ => Frame::Credit(stream, number),
            };
            frame.encode(&mut bytes);
        }
        bytes
    })
}

/// An archive of entries with names and links that mean harm.
fn archive() -> impl Strategy<Value = Vec<u8>> {
    let names = [
        "root",
        "root/a",
        "root/a/b",
        "root/a/../../x",
        "../x",
        "/etc/x",
        "root/./c",
        "root//d",
        "root/l/x",
        "root/a/b/c/d/e/f/g/h/i/j",
    ];
    let links = ["..", "../..", "/etc/passwd", "a", "../canary", "l", ".", "a/../../..", "b/../../../canary"];
    let kinds = [
        tar::EntryType::Regular,
        tar::EntryType::Directory,
        tar::EntryType::Symlink,
        tar::EntryType::Link,
        tar::EntryType::Fifo,
        tar::EntryType::Char,
        tar::EntryType::GNUSparse,
    ];
    let entry = (
        prop::sample::select(names.to_vec()),
        prop::sample::select(links.to_vec()),
        prop::sample::select(kinds.to_vec()),
        0_usize..3000,
        any::<u32>(),
    );
    proptest::collection::vec(entry, 0..12).prop_map(|entries| {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, link, kind, size, mode) in entries {
            let mut header = tar::Header::new_gnu();
            let field = &mut header.as_old_mut().name;
            field[..name.len()].copy_from_slice(name.as_bytes());
            header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
            header.set_entry_type(kind);
            header.set_mode(mode & 0o7777);
            let body = if kind == tar::EntryType::Regular { vec![b'x'; size] } else { Vec::new() };
            header.set_size(body.len() as u64);
            header.set_cksum();
            builder.append(&header, &body[..]).unwrap();
        }
        builder.into_inner().unwrap()
    })
}

fn job_text() -> impl Strategy<Value = Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/jobfiles");
    let files = ["files.hcl", "sets.hcl", "variables.hcl", "vars-1.hcl", "service.hcl"];
    let texts: Vec<_> = files.iter().map(|f| std::fs::read(dir.join(f)).unwrap()).collect();
    prop::sample::select(texts)
}

fn nginx_text() -> impl Strategy<Value = Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nginx");
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(dir.join("real")).unwrap() {
        texts.push(std::fs::read(entry.unwrap().path()).unwrap());
    }
    for case in std::fs::read_dir(dir.join("cases")).unwrap() {
        texts.push(std::fs::read(case.unwrap().path().join("nginx.conf")).unwrap());
    }
    prop::sample::select(texts)
}

fn log_line() -> impl Strategy<Value = String> {
    let lines = [
        r#"10.0.0.1 - - [29/Nov/2026:19:00:00 +0000] "GET /a/b?x=1 HTTP/1.1" 200 12 "-" "curl/8""#,
        r#"shop.example.com 10.0.0.1 - - [x] "HEAD / HTTP/1.0" 301 0 "-" "x\x22""#,
        r#"{"request":"GET /x HTTP/1.1","status":"404","http_host":"a.b","http_cookie":"sid=1"}"#,
        r#"{"method":"POST","uri":"/x","args":"y=1","status":201}"#,
    ];
    prop::sample::select(lines.to_vec()).prop_map(str::to_owned)
}

/// A configuration is carried over as a whole, which takes longer than reading a line; PROPTEST_CASES asks for more of all.
fn fewer() -> ProptestConfig {
    let all = ProptestConfig::default();
    ProptestConfig { cases: (all.cases * 3 / 8).max(1), ..all }
}

proptest! {
    #![proptest_config(fewer())]
    #[test]
    fn configurations_of_nginx(text in nginx_text(), harm in harm()) {
        entries::nginx_conf(&harmed(text, &harm));
    }
}

proptest! {
    #[test]
    fn lines_of_access_logs(text in log_line(), harm in harm()) {
        entries::access_log_line(&harmed(text.into_bytes(), &harm));
    }

    #[test]
    fn frames_of_commands(text in exec_text(), harm in harm()) {
        entries::exec_frames(&harmed(text.into_bytes(), &harm));
    }

    #[test]
    fn frames_of_logs(text in log_text(), harm in harm()) {
        entries::log_frames(&harmed(text.into_bytes(), &harm));
    }

    #[test]
    fn frames_of_relays(bytes in relay_bytes(), harm in harm()) {
        entries::relay_frames(&bytes);
        entries::relay_frames(&harmed(bytes, &harm));
    }

    #[test]
    fn archives(bytes in archive(), harm in harm()) {
        entries::unpack(&bytes);
        entries::unpack(&harmed(bytes, &harm));
    }

    #[test]
    fn job_files(text in job_text(), harm in harm()) {
        entries::job_file(&harmed(text, &harm));
    }
}
