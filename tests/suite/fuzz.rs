//! The entries of the fuzzers on inputs that begin well: what is real, harmed in a few places.

use std::path::Path;

use fleet::model::relay::Frame;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the fuzzers' own crate is entered from outside")]
mod entries;

/// The same inputs on every run, so that a failure is the doing of a change; `PROPTEST_RNG_SEED` asks for others, `PROPTEST_CASES`
/// for more. `times` is how many of them there are beside the usual number, in sixteenths.
fn seeded(times: u32) -> ProptestConfig {
    let usual = ProptestConfig::default();
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_261_130),
        asked @ RngSeed::Fixed(_) => asked,
    };
    ProptestConfig { cases: (usual.cases * times / 16).max(1), rng_seed, failure_persistence: None, ..usual }
}

/// What means something to one of the readers, where it does not belong.
const WORDS: [&str; 32] = [
    "{",
    "}",
    ";",
    "\"",
    "'",
    "\\",
    "$",
    "${",
    "#",
    "\r\n",
    "(",
    ")",
    "[",
    "|",
    "~* ",
    "\u{feff}",
    "%2F",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{e9}\u{1f680}",
    "location / {",
    "if ($x) {",
    "return 301 ",
    "rewrite ^ /x last;",
    "<<EOF\n",
    "(?!",
    "\\Q",
    "{2,3}",
    "*",
    "^",
    "99999999999999999999",
    "\0",
];

/// A change: what is done, where, and with which byte or word.
type Harm = (u8, prop::sample::Index, u8);

/// A few changes of bytes: one is overwritten, taken out or put in, a stretch is repeated.
fn harm() -> impl Strategy<Value = Vec<Harm>> {
    proptest::collection::vec((0_u8..4, any::<prop::sample::Index>(), any::<u8>()), 0..8)
}

/// The same of a text, and words that are put in, and lines that go elsewhere.
fn harm_of_text() -> impl Strategy<Value = Vec<Harm>> {
    proptest::collection::vec((0_u8..6, any::<prop::sample::Index>(), any::<u8>()), 0..8)
}

fn harmed(mut bytes: Vec<u8>, harm: &[Harm]) -> Vec<u8> {
    for (what, at, byte) in harm {
        if bytes.is_empty() {
            return bytes;
        }
        let at = at.index(bytes.len());
        match what {
            0 => bytes[at] = *byte,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, *byte),
            3 => {
                let end = bytes.len().min(at + usize::from(*byte));
                let piece = bytes[at..end].to_vec();
                bytes.extend(piece);
            }
            4 => {
                let word = WORDS[usize::from(*byte) % WORDS.len()];
                bytes.splice(at..at, word.bytes());
            }
            _ => bytes = with_line_moved(&bytes, at, usize::from(*byte)),
        }
    }
    bytes
}

/// The line around a place stands elsewhere, and where it stood.
fn with_line_moved(bytes: &[u8], at: usize, to: usize) -> Vec<u8> {
    let begin = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    let end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n + 1);
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    let before = to % (lines.len() + 1);
    [&lines[..before], &[&bytes[begin..end]], &lines[before..]].concat().concat()
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
        r#"{"RequestMethod":"GET","RequestPath":"/x?y","RequestHost":"a.b","DownstreamStatus":200,"http_accept":"*/*"}"#,
    ];
    prop::sample::select(lines.to_vec()).prop_map(str::to_owned)
}

/// Expressions of locations and rewrites as people write them, and paths they may be found in.
fn expression() -> impl Strategy<Value = String> {
    let sources = [
        r"\.(png|jpe?g|gif)$",
        "^/img/.*thumb",
        "^/u/[0-9]{2,4}/",
        "^/a$|b",
        "^/docs/(.*)\\.html?$",
        r"^/(?!private|x(?:y|z)).*\.doc$",
        r"^/tenant/(?<who>\w+)/(.*)$",
        "(?i)^/api/v[1-9]+(/|$)",
        r"[[:alpha:]_][\w.-]*\.js$",
        "^/(a|ab|abc)+/b*?c{2}",
    ];
    let paths = [
        "/img/raw/thumb/x.PNG",
        "/u/123/x",
        "/a",
        "/docs/a/b.htm",
        "/private/x.doc",
        "/tenant/a_b/c/d",
        "/API/v12",
        "/x/a-b.js",
        "/abab/bcc",
        "/caf\u{e9}/\u{1f680}.png",
    ];
    (prop::sample::select(sources.to_vec()), prop::sample::select(paths.to_vec()))
        .prop_map(|(source, path)| format!("{source}\n{path}"))
}

/// Config entries as Consul tells them, as they are emitted, and as people write them.
fn entry_text() -> impl Strategy<Value = Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/consul-1.21.4");
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("config-") || name.starts_with("pinned-") || name.starts_with("http-route") {
            texts.push(std::fs::read(path).unwrap());
        }
    }
    let own = [
        "Kind = \"service-splitter\"\nName = \"web\"\nSplits = [\n  { Weight = 90, ServiceSubset = \"v1\" },\n  { Weight = 10 },\n]\n",
        "kind = \"service-router\"\nname = \"web\"\nroutes {\n  match { http { path_regex = \"/a.*\" } }\n  destination { service = \"b\" }\n}\n",
        "Kind: no\n",
        "{\"Kind\":\"inline-certificate\",\"Name\":\"c\",\"Certificate\":\"x\",\"PrivateKey\":\"y\"}{\"Kind\":\"proxy-defaults\",\"Name\":\"global\",\"Config\":{\"a\":[1,{\"b\":null}]}}",
    ];
    texts.extend(own.map(|t| t.as_bytes().to_vec()));
    prop::sample::select(texts)
}

fn names() -> impl Strategy<Value = String> {
    let lines = [
        "web|running|a message that is longer than most screens are wide, and goes on\nweb-2|failed|\u{1b}[31mred\u{1b}[0m",
        "gru\u{df} \u{65e5}\u{672c} \u{1f680}|pending|x\u{301}\u{200d}y\tz",
        "a\u{1b}]0;title\u{7}b|c|\u{9b}2Jd\r\ne||",
        "|||",
    ];
    prop::sample::select(lines.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(seeded(6))]
    #[test]
    fn configurations_of_nginx(text in nginx_text(), harm in harm_of_text()) {
        entries::nginx_conf(&harmed(text, &harm));
    }
}

proptest! {
    #![proptest_config(seeded(2))]
    #[test]
    fn migrations_from_nginx(text in nginx_text(), harm in harm_of_text()) {
        entries::nginx_migration(&harmed(text, &harm));
    }
}

proptest! {
    #![proptest_config(seeded(128))]
    #[test]
    fn lines_of_access_logs(text in log_line(), harm in harm_of_text()) {
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
}

proptest! {
    #![proptest_config(seeded(32))]
    #[test]
    fn expressions(text in expression(), harm in harm_of_text()) {
        entries::expression(&harmed(text.into_bytes(), &harm));
    }

    #[test]
    fn entries_of_consul(text in entry_text(), harm in harm_of_text()) {
        entries::config_entries(&harmed(text, &harm));
    }

    #[test]
    fn text_on_a_screen(text in names(), harm in harm_of_text()) {
        entries::foreign_text(&harmed(text.into_bytes(), &harm));
    }
}

proptest! {
    #![proptest_config(seeded(16))]
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

fn nested(open: &str, close: &str) -> Vec<u8> {
    [open.repeat(20_000), close.repeat(20_000)].concat().into_bytes()
}

/// What is nested as deeply as a file is long is read or refused, and does not end the program.
#[test]
fn whatever_is_nested_without_end() {
    for (open, close) in [("a {", "}"), ("location /a {", "}"), ("if ($a = b) {", "}"), ("(", ")"), ("{", "")]
    {
        entries::nginx_conf(&nested(open, close));
    }
    for (open, close) in [("(", ")"), ("(?:a|", ")"), ("(?!", ")"), ("[", "]"), ("a?(", ")*")] {
        entries::expression(&nested(open, close));
    }
    entries::access_log_line(&nested("{\"request\":", "}"));
}

/// The same of what an HCL parser of others reads.
#[test]
fn whatever_is_nested_without_end_in_hcl() {
    for (open, close) in
        [("a {\n", "}\n"), ("a = [", "]"), ("a = {", "}"), ("a = (", ")"), ("a = \"${", "}\""), ("[", "]")]
    {
        entries::config_entries(&nested(open, close));
        entries::job_file(&nested(open, close));
    }
    entries::config_entries(&nested("{\"Kind\":", "}"));
}
