//! A corpus of hostile archives, each with the tree that comes of it.

use std::fmt::Write as _;

use cap_std::ambient_authority;
use proptest::prelude::*;

use super::*;

/// An entry as an attacker writes it: nothing of it is checked.
#[derive(Debug, Clone)]
struct Raw {
    kind: u8,
    path: Vec<u8>,
    link: Vec<u8>,
    data: Vec<u8>,
    mode: u32,
    size: Option<u64>,
}

fn raw(kind: u8, path: &str, link: &str, data: &str) -> Raw {
    Raw { kind, path: path.into(), link: link.into(), data: data.into(), mode: 0o644, size: None }
}

fn file(path: &str) -> Raw {
    raw(b'0', path, "", "x")
}

fn dir(path: &str) -> Raw {
    Raw { mode: 0o755, ..raw(b'5', path, "", "") }
}

fn link(path: &str, to: &str) -> Raw {
    raw(b'2', path, to, "")
}

fn hard(path: &str, to: &str) -> Raw {
    raw(b'1', path, to, "")
}

fn archive(entries: &[Raw]) -> Vec<u8> {
    let mut out = Vec::new();
    for e in entries {
        let mut header = [0_u8; 512];
        let put = |header: &mut [u8; 512], at: usize, most: usize, bytes: &[u8]| {
            let n = bytes.len().min(most);
            header[at..at + n].copy_from_slice(&bytes[..n]);
        };
        let size = e.size.unwrap_or(e.data.len() as u64);
        put(&mut header, 0, 100, &e.path);
        put(&mut header, 100, 8, format!("{:07o}\0", e.mode).as_bytes());
        put(&mut header, 108, 8, b"0000000\0");
        put(&mut header, 116, 8, b"0000000\0");
        put(&mut header, 124, 12, format!("{size:011o}\0").as_bytes());
        put(&mut header, 136, 12, b"00000000000\0");
        put(&mut header, 148, 8, b"        ");
        header[156] = e.kind;
        put(&mut header, 157, 100, &e.link);
        put(&mut header, 257, 8, b"ustar\x0000");
        let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
        put(&mut header, 148, 8, format!("{sum:06o}\0 ").as_bytes());
        out.extend_from_slice(&header);
        out.extend_from_slice(&e.data);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// A directory with the unpacked tree inside, and something outside that must stay as it is.
struct TestDirectory {
    home: tempfile::TempDir,
}

impl TestDirectory {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("in")).unwrap();
        std::fs::write(home.path().join("victim"), "safe").unwrap();
        TestDirectory { home }
    }

    fn unpack(&self, bytes: &[u8], limits: Limits) -> Result<Unpacked, GivenUp> {
        let dir = Dir::open_ambient_dir(self.home.path().join("in"), ambient_authority()).unwrap();
        unpack(bytes, &dir, "r", limits, false)
    }

    /// Everything that is there, outside too.
    fn tree(&self) -> String {
        fn walk(path: &Path, shown: &str, out: &mut String) {
            let mut entries: Vec<_> = std::fs::read_dir(path).unwrap().map(|e| e.unwrap()).collect();
            entries.sort_by_key(std::fs::DirEntry::file_name);
            for e in entries {
                let name = format!("{shown}{}", e.file_name().to_string_lossy());
                let meta = std::fs::symlink_metadata(e.path()).unwrap();
                if meta.is_dir() {
                    write!(out, "{name}/ ").unwrap();
                    walk(&e.path(), &format!("{name}/"), out);
                } else if meta.is_symlink() {
                    write!(out, "{name}->{} ", std::fs::read_link(e.path()).unwrap().display()).unwrap();
                } else {
                    let mode = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o7777;
                    let special = if mode == 0o644 { String::new() } else { format!("({mode:o})") };
                    write!(
                        out,
                        "{name}={}{special} ",
                        String::from_utf8_lossy(&std::fs::read(e.path()).unwrap())
                    )
                    .unwrap();
                }
            }
        }
        assert_eq!(std::fs::read_to_string(self.home.path().join("victim")).unwrap(), "safe");
        assert_eq!(std::fs::read_dir(self.home.path()).unwrap().count(), 2, "something was made outside");
        let mut out = String::new();
        walk(&self.home.path().join("in"), "", &mut out);
        out.trim_end().to_owned()
    }
}

fn result(entries: &[Raw]) -> (String, Vec<String>) {
    let ground = TestDirectory::new();
    let limits = Limits { bytes: 1000, entries: 50, depth: 8 };
    let left_out = match ground.unpack(&archive(entries), limits) {
        Ok(unpacked) => unpacked.left_out.into_iter().map(|l| l.why).collect(),
        Err(given_up) => vec![format!("GIVEN UP: {given_up}")],
    };
    (ground.tree(), left_out)
}

#[test]
fn hostile_archives_make_exactly_these_trees() {
    let nul = Raw { path: b"r/a".to_vec(), ..file("") };
    let latin = Raw { path: b"r/\xff".to_vec(), ..file("") };
    let long = |n: usize| "d/".repeat(n);
    let setuid = Raw { mode: 0o4755, ..file("r/su") };
    let writable = Raw { mode: 0o1777, ..dir("r/tmp") };
    let huge = Raw { size: Some(5000), ..file("r/huge") };
    let twice = "appears twice, or differs from another only in case";
    let (out, asked) = ("leads out of the copy", "was not asked for");
    let (leads, abs) = ("a link that leads out of the copy, or may", "a link to an absolute path");
    let cases: Vec<(&str, Vec<Raw>, &str, Vec<&str>)> = vec![
        ("a plain file", vec![file("r")], "r=x", vec![]),
        (
            "a plain tree",
            vec![dir("r"), file("r/a"), dir("r/d"), file("r/d/b")],
            "r/ r/a=x r/d/ r/d/b=x",
            vec![],
        ),
        ("parents that are not in the archive", vec![file("r/a/b/c")], "r/ r/a/ r/a/b/ r/a/b/c=x", vec![]),
        ("dots in between", vec![file("./r/./a")], "r/ r/a=x", vec![]),
        ("up and out", vec![file("../victim")], "", vec![out]),
        ("up and out from within", vec![file("r/../../victim")], "", vec![out]),
        ("up and back in", vec![file("r/../r/a")], "", vec![out]),
        ("absolute", vec![file("/etc/x")], "", vec!["an absolute path"]),
        ("absolute with two slashes", vec![file("//r/a")], "", vec!["an absolute path"]),
        ("another name", vec![file("other"), file("r")], "r=x", vec![asked]),
        ("a name that begins alike", vec![file("rr/a")], "", vec![asked]),
        ("no name", vec![file("")], "", vec![asked]),
        ("only a dot", vec![dir(".")], "", vec![asked]),
        ("a link out", vec![link("r/l", "../../victim")], "", vec![leads]),
        ("a link just out", vec![link("r/l", "../victim")], "", vec![leads]),
        ("a link to an absolute path", vec![link("r/l", "/etc/passwd")], "", vec![abs]),
        ("the root as a link out", vec![link("r", "../victim")], "", vec![leads]),
        ("the root as a link, then below it", vec![link("r", "x"), file("r/a")], "r/ r/a=x", vec![leads]),
        ("a link inside", vec![file("r/a"), link("r/l", "a")], "r/ r/a=x r/l->a", vec![]),
        ("a link up inside", vec![file("r/a"), link("r/d/l", "../a")], "r/ r/a=x r/d/ r/d/l->../a", vec![]),
        ("a link up one too many", vec![link("r/d/l", "../../r/a")], "", vec![leads]),
        ("a link down and up", vec![link("r/d/l", "x/../../a")], "", vec![leads]),
        ("a link to itself", vec![link("r/l", "l")], "r/ r/l->l", vec![]),
        ("links in a ring", vec![link("r/a", "b"), link("r/b", "a")], "r/ r/a->b r/b->a", vec![]),
        ("a link that dangles", vec![link("r/l", "no/where")], "r/ r/l->no/where", vec![]),
        ("a link without a target", vec![link("r/l", "")], "", vec!["a link without a target"]),
        ("a file through a link out", vec![link("r/l", "/tmp"), file("r/l/a")], "r/ r/l/ r/l/a=x", vec![abs]),
        (
            "a file through a link inside",
            vec![dir("r/d"), link("r/l", "d"), file("r/l/a")],
            "r/ r/d/ r/l/ r/l/a=x",
            vec!["appears twice"],
        ),
        (
            "links through links that climb",
            vec![link("r/x/y/up", "../.."), link("r/x/y/out", "up/../../../victim")],
            "r/ r/x/ r/x/y/ r/x/y/up->../..",
            vec![leads],
        ),
        (
            "a link in the place of a file",
            vec![file("r/a"), link("r/a", "b")],
            "r/ r/a=x",
            vec!["appears twice"],
        ),
        (
            "a file in the place of a link",
            vec![link("r/a", "b"), file("r/a")],
            "r/ r/a=x",
            vec!["appears twice"],
        ),
        ("a file twice", vec![file("r/a"), raw(b'0', "r/a", "", "y")], "r/ r/a=x", vec![twice]),
        ("a file in the place of a directory", vec![dir("r/a"), file("r/a")], "r/ r/a/", vec![twice]),
        (
            "a directory in the place of a file",
            vec![file("r/a"), dir("r/a")],
            "r/ r/a=x",
            vec!["lies below something that is not a directory"],
        ),
        (
            "below a file",
            vec![file("r/a"), file("r/a/b")],
            "r/ r/a=x",
            vec!["lies below something that is not a directory"],
        ),
        ("a hard link inside", vec![file("r/a"), hard("r/b", "r/a")], "r/ r/a=x r/b=x", vec![]),
        (
            "a hard link out",
            vec![hard("r/b", "../victim")],
            "",
            vec!["a hard link that leads out of the copy"],
        ),
        (
            "a hard link to an absolute path",
            vec![hard("r/b", "/etc/passwd")],
            "",
            vec!["a hard link that leads out of the copy"],
        ),
        (
            "a hard link through a link",
            vec![link("r/l", "/etc"), hard("r/b", "r/l/passwd")],
            "",
            vec![abs, "a hard link to something that is not in the copy"],
        ),
        (
            "a hard link to a link",
            vec![link("r/l", "a"), hard("r/b", "r/l")],
            "r/ r/l->a",
            vec!["a hard link to something that is not in the copy"],
        ),
        (
            "a hard link to itself",
            vec![hard("r/a", "r/a")],
            "",
            vec!["a hard link to something that is not in the copy"],
        ),
        ("a character device", vec![raw(b'3', "r/null", "", "")], "", vec!["a device"]),
        ("a block device", vec![raw(b'4', "r/sda", "", "")], "", vec!["a device"]),
        ("a fifo", vec![raw(b'6', "r/p", "", "")], "", vec!["a fifo"]),
        ("an unknown kind", vec![raw(b'Q', "r/q", "", "")], "", vec!["an entry of unknown kind 'Q'"]),
        ("setuid", vec![setuid], "r/ r/su=x(755)", vec![]),
        ("a sticky directory", vec![writable], "r/ r/tmp/", vec![]),
        ("a name that is not UTF-8", vec![latin], "", vec!["a name that is not UTF-8"]),
        ("a short name", vec![nul], "r/ r/a=x", vec![]),
        ("names that differ in case", vec![file("r/a"), file("r/A")], "r/ r/A=x r/a=x", vec![]),
        (
            "two ways to write one letter",
            vec![file("r/\u{e9}"), file("r/e\u{301}")],
            "r/ r/e\u{301}=x r/\u{e9}=x",
            vec![],
        ),
        ("too deep", vec![file(&format!("r/{}f", long(8)))], "", vec!["more than 8 directories deep"]),
        (
            "a file that is too large",
            vec![huge],
            "",
            vec!["GIVEN UP: the archive holds more than 1000 bytes"],
        ),
        ("a name with an escape code", vec![file("r/\u{1b}[2J")], "r/ r/\u{1b}[2J=x", vec![]),
        ("names with blanks and stars", vec![file("r/ *")], "r/ r/ *=x", vec![]),
        ("a backslash is a letter", vec![file("r/..\\..\\x")], "r/ r/..\\..\\x=x", vec![]),
    ];
    assert!(cases.len() >= 40);
    for (what, entries, tree, left_out) in cases {
        let (got, why) = result(&entries);
        // A decoding of names may replace what is not UTF-8 before it is looked at.
        if what == "a name that is not UTF-8" {
            assert!(why.len() + usize::from(got.contains('\u{fffd}')) == 1, "{what}: {got} {why:?}");
            continue;
        }
        assert_eq!(got, tree, "{what}");
        assert_eq!(why, left_out, "{what}");
    }
}

#[test]
fn an_archive_that_never_ends_is_given_up() {
    let many: Vec<Raw> = (0..60).map(|i| file(&format!("r/{i}"))).collect();
    assert!(result(&many).1[0].starts_with("GIVEN UP: the archive holds more than 50 entries"));
    let fat: Vec<Raw> = (0..3).map(|i| raw(b'0', &format!("r/{i}"), "", &"y".repeat(400))).collect();
    assert!(result(&fat).1[0].starts_with("GIVEN UP: the archive holds more than 1000 bytes"));
}

#[test]
fn an_archive_that_breaks_off_is_no_archive() {
    let whole = archive(&[raw(b'0', "r/a", "", &"y".repeat(700))]);
    let ground = TestDirectory::new();
    assert!(matches!(ground.unpack(&whole[..900], Limits::default()), Err(GivenUp::Unreadable(_))));
}

#[test]
fn modes_and_times_are_kept() {
    let mut made = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    header.set_mode(0o750);
    header.set_mtime(1_700_000_000);
    made.append_data(&mut header, "r/a", &b"x"[..]).unwrap();
    let ground = TestDirectory::new();
    let unpacked = ground.unpack(&made.into_inner().unwrap(), Limits::default()).unwrap();
    let meta = std::fs::metadata(ground.home.path().join("in/r/a")).unwrap();
    assert_eq!(meta.modified().unwrap(), UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o777, 0o750);
    assert_eq!(unpacked.files.0.keys().collect::<Vec<_>>(), ["r/a"]);
}

proptest! {
    #[test]
    fn no_bytes_lead_out(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        let ground = TestDirectory::new();
        drop(ground.unpack(&bytes, Limits { bytes: 1000, entries: 50, depth: 8 }));
        ground.tree();
    }

    #[test]
    fn no_entries_lead_out(entries in proptest::collection::vec(
        (prop_oneof![Just(b'0'), Just(b'1'), Just(b'2'), Just(b'5')],
         "(r|\\.\\.|/|l|a)(/(r|\\.\\.|l|a|b)){0,4}", "(/|\\.\\.|r|l|a)(/(\\.\\.|l|a|b)){0,5}"), 0..8)
    ) {
        let entries: Vec<Raw> = entries.iter().map(|(kind, path, to)| raw(*kind, path, to, if *kind == b'0' { "x" } else { "" })).collect();
        let ground = TestDirectory::new();
        let dir = Dir::open_ambient_dir(ground.home.path().join("in"), ambient_authority()).unwrap();
        drop(unpack(&archive(&entries)[..], &dir, "r", Limits { bytes: 1000, entries: 50, depth: 8 }, false));
        ground.tree();
        // No link that was made leads out, by whatever way.
        let inside = ground.home.path().join("in/r").canonicalize();
        let mut todo = vec![ground.home.path().join("in")];
        while let Some(path) = todo.pop() {
            for e in std::fs::read_dir(path).unwrap() {
                let e = e.unwrap();
                if e.file_type().unwrap().is_symlink() {
                    if let (Ok(real), Ok(inside)) = (e.path().canonicalize(), &inside) {
                        prop_assert!(real.starts_with(inside), "{} leads to {}", e.path().display(), real.display());
                    }
                } else if e.file_type().unwrap().is_dir() {
                    todo.push(e.path());
                }
            }
        }
    }
}
