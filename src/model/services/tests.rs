use super::*;
use serde_json::{Value, json};

const ID: &str = "ce002575-e1ab-33a3-bbea-1ddbafe8a05a";

fn allocs(more: &Value) -> Allocs {
    let mut row = json!({"ID": ID, "Name": "web.g[0]", "Namespace": "ops", "JobID": "web", "TaskGroup": "g",
        "NodeID": "n1", "NodeName": "c1", "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1,
        "ModifyIndex": 1});
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let alloc: AllocStub = serde_json::from_value(row).unwrap();
    Allocs { seen: HashMap::from([(alloc.id.clone(), alloc)]), blind: None }
}

fn entry(status: &str) -> ServiceEntry {
    serde_json::from_value(json!({
        "Node": {"Node": "k1", "Address": "10.0.0.1"},
        "Service": {"ID": format!("_nomad-task-{ID}-group-g-web-http"), "Service": "web", "Port": 80, "Tags": ["a"]},
        "Checks": [{"CheckID": "serfHealth", "Name": "Serf", "Status": "passing"},
            {"CheckID": "x", "Name": "http", "Status": status, "Output": "\nrefused\nmore", "ServiceID": "s"}],
    }))
    .unwrap()
}

#[test]
fn an_instance_in_consul_is_joined_with_its_allocation() {
    let good = of_consul(&entry("passing"), &allocs(&json!({})));
    assert_eq!(
        (good.health, good.stale.clone(), good.endpoint().as_str()),
        (Health::Passing, None, "10.0.0.1:80")
    );
    assert_eq!((good.job_id.as_deref(), good.node_name.as_deref()), (Some("web"), Some("c1")));
    let bad = of_consul(&entry("critical"), &allocs(&json!({})));
    assert_eq!((bad.health, bad.reason.as_deref()), (Health::Critical, Some("check \"http\": refused")));
}

#[test]
fn what_has_nothing_behind_it_is_stale_and_what_cannot_be_seen_is_not_known() {
    let of = |allocs: &Allocs| of_consul(&entry("passing"), allocs);
    assert_eq!(of(&Allocs::default()).stale.as_deref(), Some("its allocation is gone"));
    let lost = of(&allocs(&json!({"ClientStatus": "lost", "DesiredStatus": "stop"})));
    assert_eq!(lost.stale.as_deref(), Some("its allocation is lost with node c1"));
    let blind = Allocs { blind: Some("the token may not see it".into()), ..Allocs::default() };
    let unseen = of(&blind);
    assert_eq!((unseen.health, unseen.stale), (Health::NotKnown, None));
    let stopping = of(&allocs(&json!({"DesiredStatus": "stop"})));
    assert_eq!((stopping.health, stopping.stale), (Health::Warning, None));
    let away = of(&allocs(&json!({"ClientStatus": "unknown"})));
    assert_eq!(away.health, Health::NotKnown);
}

#[test]
fn nomads_checks_are_those_of_the_service() {
    let row: ServiceInstance =
        serde_json::from_value(json!({"ID": "r", "ServiceName": "web", "Namespace": "ops",
        "NodeID": "n1", "JobID": "web", "AllocID": ID, "Address": "::1", "Port": 8080}))
        .unwrap();
    let result = |service: &str, status: &str| -> CheckResult {
        serde_json::from_value(json!({"Check": "c", "Service": service, "Status": status, "Output": "boom"}))
            .unwrap()
    };
    let with = |results: Vec<CheckResult>| of_nomad(&row, &allocs(&json!({})), Some(&Ok(results)));
    assert_eq!(with(vec![result("web", "success"), result("other", "failure")]).health, Health::Passing);
    assert_eq!(with(vec![result("web", "failure")]).reason.as_deref(), Some("check \"c\": boom"));
    assert_eq!(with(vec![result("web", "pending")]).health, Health::NotKnown);
    let silent = of_nomad(&row, &allocs(&json!({})), Some(&Err("no path".into())));
    assert_eq!((silent.health, silent.endpoint().as_str()), (Health::NotKnown, "[::1]:8080"));
}

#[test]
fn one_list_of_checks_tells_of_a_whole_catalog() {
    let checks: Vec<Check> = serde_json::from_value(json!([
        {"CheckID": "serfHealth", "Name": "Serf", "Status": "critical", "Node": "k1"},
        {"CheckID": "1", "Name": "a", "Status": "passing", "Node": "k1", "ServiceID": "w1", "ServiceName": "web"},
        {"CheckID": "2", "Name": "a", "Status": "passing", "Node": "k2", "ServiceID": "w1", "ServiceName": "web"},
        {"CheckID": "3", "Name": "a", "Status": "passing", "Node": "k2", "ServiceID": format!("_nomad-task-{ID}-x"), "ServiceName": "api"},
    ]))
    .unwrap();
    let instances = of_checks(&checks, &Allocs::default());
    let sums = summaries(&instances);
    let told: Vec<(&str, u64, u64, u64, u64)> =
        sums.iter().map(|s| (s.service.as_str(), s.instances, s.passing, s.failing, s.stale)).collect();
    assert_eq!(told, [("api", 1, 0, 0, 1), ("web", 2, 1, 1, 0)]);
}
