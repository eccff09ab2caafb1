//! What `fleet top` looks like.

use serde_json::Value;

use super::TopSubject;
use super::view::{Row, TopView};
use crate::model::usage::{Entry, Load};
use crate::ui::Format;
use crate::ui::testing::{formatted, screen};

const GIB: u64 = 1024 * 1024 * 1024;

fn row(name: &str, used: Option<f64>) -> Row {
    Row {
        entry: Entry {
            name: name.to_owned(),
            also: vec![],
            allocated: Load { cpu_mhz: 1000.0, memory_bytes: GIB },
            used: used.map(|cpu_mhz| Load { cpu_mhz, memory_bytes: GIB / 2 }),
        },
        id: Some("ce002575-e1ab-33a3-bbea-1ddbafe8a05a".to_owned()),
        namespace: Some("default".to_owned()),
        place: "default".to_owned(),
        capacity: Some(Load { cpu_mhz: 4000.0, memory_bytes: 4 * GIB }),
        disk: None,
        allocs: 3,
        ask: vec![],
        reason: used.is_none().then(|| "No path to node".to_owned()),
    }
}

#[test]
fn what_is_used_stands_beside_what_is_allocated_and_what_is_not_known_is_said() {
    let view =
        TopView { what: TopSubject::Nodes, rows: vec![row("c1", Some(3800.0)), row("c2", None)], all: 7 };
    for width in [60, 100, 200] {
        let text = screen(width, |p| p.object(&view));
        assert!(text.starts_with("Nodes (2 of 7)\n"), "{text}");
        assert!(text.lines().all(|l| l.chars().count() <= usize::from(width)), "{text}");
        assert!(text.contains("c1") && text.contains("95"), "{text}");
    }
    assert!(screen(200, |p| p.object(&view)).contains("No path to node"));
    let json: Value = serde_json::from_str(&formatted(Format::Json, |p| p.object(&view))).unwrap();
    assert_eq!((&json[0]["node_name"], &json[0]["cpu_mhz_used"]), (&"c1".into(), &3800.0.into()));
    assert!(json[1]["cpu_mhz_used"].is_null() && json[1]["reason"] == "No path to node", "{json}");
    let view = TopView { what: TopSubject::Allocs, rows: vec![row("web.g[0]", Some(500.0))], all: 1 };
    let text = screen(120, |p| p.object(&view));
    assert!(text.starts_with("Allocations\n") && text.contains("ce002575") && text.contains("50"), "{text}");
}
