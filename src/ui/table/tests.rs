use unicode_width::UnicodeWidthStr as _;

use super::*;

const COLUMNS: &[Column] = &[
    column("ID").whole(),
    column("NAME"),
    column("POOL").rank(2),
    column("ALLOCS").right().rank(1),
    column("ADDRESS").wide(),
];

fn rows() -> Vec<Vec<Cell>> {
    let row = |id: &str, name: &str, n| {
        vec![Cell::text(id), Cell::text(name), Cell::text("default"), Cell::Number(n), Cell::text("10.0.0.1")]
    };
    vec![row("c783f447", "worker-with-a-long-name-in-rack-7", 12), row("35d5b1e0", "日本語", 3)]
}

fn layout(width: Option<u16>) -> Layout {
    Layout { width, wide: false, headers: true, color: false, unicode: true, now: Timestamp::UNIX_EPOCH }
}

#[test]
fn without_a_screen_nothing_is_cut() {
    insta::assert_snapshot!(render(COLUMNS, &rows(), layout(None)), @"
    ID        NAME                               POOL     ALLOCS
    c783f447  worker-with-a-long-name-in-rack-7  default      12
    35d5b1e0  日本語                             default       3
    ");
}

#[test]
fn a_narrow_screen_cuts_names_and_drops_the_least_important_columns() {
    insta::assert_snapshot!(render(COLUMNS, &rows(), layout(Some(50))), @"
    ID        NAME                   POOL     ALLOCS
    c783f447  worker-with-a-long-n…  default      12
    35d5b1e0  日本語                 default       3
    ");
    insta::assert_snapshot!(render(COLUMNS, &rows(), layout(Some(28))), @"
    ID        NAME      ALLOCS
    c783f447  worker-…      12
    35d5b1e0  日本語         3
    ");
}

#[test]
fn names_that_their_end_tells_apart_are_cut_in_front() {
    let columns = &[column("ID").whole(), column("NAME").tail(), column("NODE"), column("STATUS").whole()];
    let row = |n| {
        let name = format!("import/dispatch-1796041-cf8be7ce.main[{n}]");
        ["ce002575", &name, "a-node-with-a-name", "running"].map(Cell::text).to_vec()
    };
    let rows = vec![row(0), row(1)];
    insta::assert_snapshot!(render(columns, &rows, layout(Some(60))), @"
    ID        NAME                             NODE      STATUS
    ce002575  …patch-1796041-cf8be7ce.main[0]  a-node-…  running
    ce002575  …patch-1796041-cf8be7ce.main[1]  a-node-…  running
    ");
    insta::assert_snapshot!(render(columns, &rows, layout(Some(44))), @"
    ID        NAME             NODE      STATUS
    ce002575  …8be7ce.main[0]  a-node-…  running
    ce002575  …8be7ce.main[1]  a-node-…  running
    ");
}

#[test]
fn a_column_that_says_nothing_unusual_is_left_out() {
    let columns = &[column("JOB"), column("NAMESPACE").usual("default")];
    let row = |namespace: &str| vec!["web".into(), Cell::text(namespace)];
    assert_eq!(render(columns, &[row("default"), row("default")], layout(None)), "JOB\nweb\nweb\n");
    assert!(render(columns, &[row("default"), row("ops")], layout(None)).contains("NAMESPACE"));
    let wide = Layout { wide: true, ..layout(None) };
    assert!(render(columns, &[row("default")], wide).contains("default"));
}

#[test]
fn a_sentence_goes_on_in_the_next_line() {
    let columns = &[column("WHO").whole(), column("WHAT").wraps()];
    let rows =
        [vec!["node c1".into(), "does not answer since a while".into()], vec!["c2".into(), "fine".into()]];
    insta::assert_snapshot!(render(columns, &rows, layout(Some(26))), @"
    WHO      WHAT
    node c1  does not answer
             since a while
    c2       fine
    ");
}

#[test]
fn a_sentence_without_enough_room_goes_below_its_row() {
    let columns = &[column("VERSION").right(), column("STATE").whole(), column("CHANGES").folds()];
    let row = |n, state: &str, changes: &str| vec![Cell::Number(n), Cell::text(state), Cell::text(changes)];
    let rows =
        [row(4, "current, stable", "image: web:1 → web:2; and count from 3 to 5"), row(3, "stable", "")];
    insta::assert_snapshot!(render(columns, &rows, layout(Some(41))), @"
    VERSION  STATE
          4  current, stable
      image: web:1 → web:2; and count from 3
      to 5
          3  stable
    ");
    assert!(render(columns, &rows, layout(Some(75))).lines().count() == 3);
}

#[test]
fn a_command_stands_unbroken_below_where_its_row_has_no_room() {
    let columns = &[column("CODE").whole(), column("WHAT").folds(), column("NEXT").drops()];
    let row = |what: &str, next: &str| vec![Cell::text("FD101"), Cell::text(what), Cell::text(next)];
    let rows = [row("group g has no check at all", "fleet job inspect a-long-name"), row("ACLs are off", "")];
    insta::assert_snapshot!(render(columns, &rows, layout(Some(30))), @"
    CODE
    FD101
      group g has no check at all
      fleet job inspect a-long-name
    FD101
      ACLs are off
    ");
    let wider = render(columns, &rows, layout(Some(48)));
    assert!(wider.contains("FD101  fleet job inspect a-long-name\n  group g"), "{wider}");
}

#[test]
fn a_command_stands_unbroken_below_the_last_line_of_its_row() {
    let columns = &[column("WHO").whole(), column("WHAT").wraps(), column("NEXT").drops()];
    let row = |who: &str, what: &str, next: &str| [who, what, next].map(Cell::text).to_vec();
    let rows = [
        row("node c1", "does not answer since a while", "fleet why c1 --kind node"),
        row("servers", "are old", ""),
        row("job web", "0 of 3 running", "fleet why web --namespace a-long-one"),
    ];
    insta::assert_snapshot!(render(columns, &rows, layout(Some(26))), @"
    WHO      WHAT
    node c1  does not answer
             since a while
      fleet why c1 --kind node
    servers  are old
    job web  0 of 3 running
      fleet why web --namespace a-long-one
    ");
    let beside = render(columns, &rows, layout(Some(90)));
    assert!(beside.contains("job web  0 of 3 running                 fleet why web"), "{beside}");
    assert_eq!(beside.lines().count(), 4);
    let colored = render(columns, &rows, Layout { color: true, ..layout(Some(26)) });
    assert!(colored.contains("\n  fleet why c1 --kind node\n") && !colored.contains(END_OF_ROW), "{colored}");
}

#[test]
fn what_fills_a_coloured_column_is_left_out() {
    let colored = Layout { color: true, ..layout(Some(28)) };
    for line in render(COLUMNS, &rows(), colored).lines() {
        let mut text = line.to_owned();
        while let Some(at) = text.find('\x1b') {
            let end = text[at..].find('m').unwrap();
            text.replace_range(at..=at + end, "");
        }
        assert_eq!(text, text.trim_end(), "{line:?}");
        assert!(text.width() <= 28, "{line:?}");
    }
}

#[test]
fn every_line_fits_any_screen_that_holds_the_uncut_columns() {
    for width in 20..120 {
        let text = render(COLUMNS, &rows(), layout(Some(width)));
        for line in text.lines() {
            assert!(line.width() <= usize::from(width), "{width}: {line:?}");
        }
    }
}

#[test]
fn wide_shows_everything_and_colour_is_opt_in() {
    let wide = Layout { wide: true, ..layout(Some(20)) };
    let text = render(COLUMNS, &rows(), wide);
    assert!(text.contains("10.0.0.1") && text.contains("worker-with-a-long-name-in-rack-7"));
    assert!(!text.contains('\x1b'));
    let colored = Layout { color: true, ..layout(None) };
    assert!(
        render(
            COLUMNS,
            &[vec![Cell::toned("x", Tone::Bad), "".into(), "".into(), "".into(), "".into()]],
            colored
        )
        .contains('\x1b')
    );
}

#[test]
fn a_number_is_never_cut() {
    let columns = &[
        column("NODE").whole(),
        column("MEMORY").right(),
        column("OF").right().rank(1),
        column("ALLOC DIR").right(),
        column("OF").right().rank(2),
    ];
    let row = ["c1", "11.4 GiB", "23.5 GiB", "48.4 GiB", "252.0 GiB"].map(Cell::text).to_vec();
    for width in 20..50 {
        let table = render(columns, std::slice::from_ref(&row), layout(Some(width)));
        assert!(!table.contains('…'), "{width}: {table}");
    }
}
