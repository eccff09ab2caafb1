//! What the views of services look like.

use serde_json::{Value, json};

use super::{health, list, show, urls};
use crate::api::consul::health::ServiceEntry;
use crate::model::services::{self, Allocs, Instance};
use crate::ui::Format;
use crate::ui::testing::{formatted, screen};

fn entry(alloc: &str, status: &str, tags: &Value) -> Instance {
    let entry: ServiceEntry = serde_json::from_value(json!({
        "Node": {"Node": "k1", "Address": "10.0.0.1"},
        "Service": {"ID": format!("_nomad-task-{alloc}-group-g-web-http"), "Service": "web", "Port": 8080, "Tags": tags},
        "Checks": [{"CheckID": "serfHealth", "Name": "Serf Health Status", "Status": "passing"},
            {"CheckID": "x", "Name": "http", "Status": status, "Output": "HTTP GET http://10.0.0.1:8080/: 500", "ServiceID": "s"}],
    }))
    .unwrap();
    let row = json!({"ID": "ce002575-e1ab-33a3-bbea-1ddbafe8a05a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web",
        "TaskGroup": "g", "NodeID": "n1", "NodeName": "c1", "DesiredStatus": "run", "ClientStatus": "running",
        "CreateIndex": 1, "ModifyIndex": 1});
    let known: crate::api::nomad::allocation::AllocStub = serde_json::from_value(row).unwrap();
    let allocs = Allocs { seen: [(known.id.clone(), known)].into(), blind: None };
    services::of_consul(&entry, &allocs)
}

fn instances() -> Vec<Instance> {
    let rule =
        json!(["traefik.http.routers.web.rule=Host(`web.example.com`)", "traefik.http.routers.web.tls=true"]);
    let mut all = vec![
        entry("ce002575-e1ab-33a3-bbea-1ddbafe8a05a", "critical", &rule),
        entry("11111111-e1ab-33a3-bbea-1ddbafe8a05a", "passing", &rule),
    ];
    services::sort(&mut all);
    all
}

#[test]
fn the_passwords_in_tags_are_shown_nowhere() {
    let tags =
        json!(["traefik.http.middlewares.a.basicauth.users=bob:s3same", "urlprefix-u:s3same@host/", "blue"]);
    let all = vec![entry("ce002575-e1ab-33a3-bbea-1ddbafe8a05a", "passing", &tags)];
    let rows: Vec<list::Row> = services::summaries(&all).into_iter().map(list::Row).collect();
    let view = show::ServiceView::new("web", all);
    for told in [
        screen(300, |p| p.object(&view)),
        formatted(Format::Json, |p| p.object(&view)),
        formatted(Format::Json, |p| p.list(&rows, "none")),
    ] {
        assert!(told.contains("blue") && !told.contains("s3same"), "{told}");
    }
}

#[test]
fn a_list_sums_up_and_a_service_shows_what_is_behind_it() {
    let rows: Vec<list::Row> = services::summaries(&instances()).into_iter().map(list::Row).collect();
    insta::assert_snapshot!(screen(100, |p| p.list(&rows, "none")), @"
    SERVICE  REGISTRY  INSTANCES  PASSING  FAILING  STALE  JOBS
    web      consul            2        0        1      1  web
    ");
    let view = show::ServiceView::new("web", instances());
    let wide = screen(200, |p| p.object(&view));
    assert!(wide.contains("its allocation is gone") && wide.contains("10.0.0.1:8080"), "{wide}");
    for width in [60, 100, 200] {
        let lines = screen(width, |p| p.object(&view));
        assert!(lines.contains("stale") && lines.contains("ce002575"), "{lines}");
        let tables = lines.lines().skip_while(|l| *l != "Instances");
        assert!(tables.clone().all(|l| l.chars().count() <= usize::from(width)), "{lines}");
    }
    let json: Value = serde_json::from_str(&formatted(Format::Json, |p| p.object(&view))).unwrap();
    assert_eq!(json["instances"][0]["stale"], "its allocation is gone");
    assert_eq!(json["instances"][1]["job_id"], "web");
    assert_eq!(json["summary"][0]["stale"], 1);
}

#[test]
fn checks_are_told_one_by_one_and_addresses_by_who_leads_there() {
    let rows = health::rows(&instances());
    let text = screen(120, |p| p.list(&rows, "none"));
    assert!(
        text.contains("HTTP GET http://10.0.0.1:8080/: 500") && text.contains("its allocation is gone"),
        "{text}"
    );
    let rows = urls::rows(&instances(), &[], true);
    insta::assert_snapshot!(screen(100, |p| p.list(&rows, "none")), @"
    SERVICE  URL                       BY       ALLOC     HEALTH
    web      https://web.example.com/  traefik  -         -
    web      10.0.0.1:8080             port     ce002575  critical
    ");
}
