use super::*;
use proptest::prelude::*;
use serde_json::json;

fn alloc(id: u32, version: u64, status: &str, desired: &str, healthy: Option<bool>) -> AllocStub {
    serde_json::from_value(json!({
        "ID": format!("{id:08x}-0000-0000-0000-000000000000"), "Name": format!("web.g[{id}]"), "Namespace": "default",
        "NodeID": "c783f447-8011-8bb4-af07-9ae8eb83dde7", "NodeName": "c1", "JobID": "web", "JobVersion": version,
        "TaskGroup": "g", "DesiredStatus": desired, "ClientStatus": status,
        "DeploymentStatus": healthy.map(|h| json!({"Healthy": h})), "CreateIndex": 100 + u64::from(id), "ModifyIndex": 1,
    }))
    .unwrap()
}

fn job_of(text: &str) -> Vec<(String, Option<String>, Option<u64>)> {
    readings(text).into_iter().map(|r| (r.job, r.group, r.index)).collect()
}

#[test]
fn a_name_is_read_with_the_longest_job_first() {
    let some = |s: &str| Some(s.to_owned());
    assert_eq!(job_of("web"), [("web".into(), None, None)]);
    assert_eq!(job_of("web/g"), [("web/g".into(), None, None), ("web".into(), some("g"), None)]);
    assert_eq!(
        job_of("a/b/c[2]"),
        [
            ("a/b/c[2]".into(), None, None),
            ("a/b/c".into(), None, Some(2)),
            ("a/b".into(), some("c"), Some(2)),
            ("a".into(), some("b/c"), Some(2)),
        ]
    );
    assert_eq!(job_of("/x"), [("/x".into(), None, None)]);
    assert_eq!(job_of("web[x]"), [("web[x]".into(), None, None)]);
}

#[test]
fn targets_have_three_forms() {
    assert_eq!(Target::parse("."), Ok(Target::Here));
    assert_eq!(Target::parse("service:web"), Ok(Target::Service("web".into())));
    assert_eq!(Target::parse("web/g[1]"), Ok(Target::Named("web/g[1]".into())));
    assert!(Target::parse("").is_err() && Target::parse("service:").is_err());
}

#[test]
fn the_latest_version_wins_unless_it_is_unhealthy() {
    let mut all = vec![
        alloc(1, 3, "running", "run", Some(true)),
        alloc(2, 4, "running", "run", Some(false)),
        alloc(3, 3, "running", "run", Some(true)),
        alloc(4, 5, "complete", "stop", Some(true)),
    ];
    order(&mut all);
    assert_eq!(all[0].name, "web.g[3]");
    assert_eq!(
        because(&all[0]),
        "chose 00000003 (web.g[3], version 3, on c1): the newest healthy one of the latest running version"
    );
    assert_eq!(all[3].name, "web.g[4]");
}

#[test]
fn nodes_are_meant_by_name_or_id() {
    let on = |node: &str| Narrowing { node: Some(node.into()), ..Narrowing::default() };
    let one = alloc(1, 3, "running", "run", None);
    assert!(on("c1").keeps(&one) && on("c783").keeps(&one) && !on("c2").keeps(&one));
    assert!(!Narrowing { canary: true, ..Narrowing::default() }.keeps(&one));
}

fn task(name: &str, leader: bool, hook: Option<&str>) -> Task {
    serde_json::from_value(json!({
        "Name": name, "Leader": leader, "Lifecycle": hook.map(|h| json!({"Hook": h, "Sidecar": true})),
    }))
    .unwrap()
}

#[test]
fn the_leader_is_meant_then_the_main_task() {
    let name = |tasks: &[Task]| main_task(tasks).map(|(t, why)| (t.name.clone(), why));
    let (proxy, app, db) =
        (task("proxy", false, Some("prestart")), task("app", false, None), task("db", true, None));
    assert_eq!(name(&[proxy.clone(), app.clone()]), Some(("app".into(), TaskChoice::Main)));
    assert_eq!(name(&[app.clone(), db]), Some(("db".into(), TaskChoice::Leader)));
    assert_eq!(name(&[app.clone(), task("b", false, None)]), Some(("app".into(), TaskChoice::FirstMain)));
    assert_eq!(name(&[proxy]), Some(("proxy".into(), TaskChoice::Only)));
    assert_eq!(name(&[]), None);
}

fn resources(label: &str, value: u16, to: i32, ip: &str) -> AllocatedResources {
    serde_json::from_value(
        json!({"Shared": {"Ports": [{"Label": label, "Value": value, "To": to, "HostIP": ip}]}}),
    )
    .unwrap()
}

#[test]
fn a_port_is_meant_by_number_or_label_and_sought_where_it_may_be_bound() {
    let given = resources("http", 20_001, 8080, "10.0.0.5");
    let loopback = ["127.0.0.1".to_owned(), "::1".to_owned()];
    let by = |text: &str| port(Some(&given), text);
    let http = by("http").unwrap();
    assert_eq!((http.number, http.outside), (8080, Some(("10.0.0.5".to_owned(), 20_001))));
    assert_eq!(http.hosts[2..], ["10.0.0.5"]);
    assert_eq!(by("8080").unwrap(), by("http").unwrap());
    assert_eq!(by("20001").unwrap(), by("http").unwrap());
    assert_eq!(by("99"), Some(TaskPort { number: 99, hosts: loopback.to_vec(), outside: None }));
    assert_eq!(by("metrics"), None);
    assert_eq!(port(None, "99").unwrap().number, 99);
    assert_eq!(port(Some(&resources("http", 80, 0, "127.0.0.1")), "http").unwrap().hosts, loopback);
}

#[test]
fn neighbours_run_and_see_the_same_ports() {
    let alloc = |mode: &str| -> Allocation {
        let tasks: Vec<_> = [
            ("app", "docker"),
            ("proxy", "docker"),
            ("log", "raw_exec"),
            ("init", "raw_exec"),
            ("x", "exec"),
        ]
        .iter()
        .map(|(name, driver)| json!({"Name": name, "Driver": driver}))
        .collect();
        let group = json!({"Name": "g", "Tasks": tasks, "Networks": [{"Mode": mode}]});
        let state = |s: &str| json!({"State": s});
        serde_json::from_value(json!({
            "ID": "a", "Name": "web.g[0]", "Namespace": "default", "NodeID": "n", "NodeName": "c1", "JobID": "web", "TaskGroup": "g",
            "DesiredStatus": "run", "ClientStatus": "running", "ModifyIndex": 1, "Job": {"ID": "web", "TaskGroups": [group]},
            "TaskStates": {"app": state("running"), "proxy": state("running"), "log": state("running"), "init": state("dead"), "x": state("running")},
        }))
        .unwrap()
    };
    let of = |mode: &str, task: &str| -> Vec<String> {
        neighbours(&alloc(mode), task).into_iter().map(|t| t.name.clone()).collect()
    };
    assert_eq!(of("bridge", "app"), ["proxy", "log", "x"]);
    assert_eq!(of("host", "app"), [""; 0]);
    assert_eq!(of("host", "log"), ["x"]);
    assert_eq!(of("", "x"), ["log"]);
}

fn any_alloc() -> impl Strategy<Value = AllocStub> {
    let status = prop_oneof![Just("running"), Just("pending"), Just("complete"), Just("failed")];
    let desired = prop_oneof![3 => Just("run"), 1 => Just("stop")];
    let healthy = prop_oneof![Just(None), Just(Some(true)), Just(Some(false))];
    (0_u32..50, 0_u64..4, status, desired, healthy).prop_map(|(i, v, s, d, h)| alloc(i, v, s, d, h))
}

proptest! {
    #[test]
    fn the_choice_does_not_depend_on_the_order_and_prefers_what_runs(
        mut allocs in proptest::collection::vec(any_alloc(), 1..12), turn in 0_usize..12,
    ) {
        allocs.sort_by(|a, b| a.id.cmp(&b.id));
        allocs.dedup_by(|a, b| a.id == b.id);
        let mut turned = allocs.clone();
        let turn = turn % turned.len();
        turned.rotate_left(turn);
        order(&mut allocs);
        order(&mut turned);
        prop_assert_eq!(&allocs, &turned);
        let best = &allocs[0];
        prop_assert_eq!(runs(best), allocs.iter().any(runs));
        let fit = |a: &&AllocStub| runs(a) && a.healthy() != Some(false);
        if allocs.iter().any(|a| fit(&a)) {
            prop_assert!(fit(&best));
            prop_assert_eq!(Some(best.job_version), allocs.iter().filter(fit).map(|a| a.job_version).max());
        }
    }

    #[test]
    fn every_name_an_allocation_has_finds_it(job in "[a-z/\\[\\]]{1,8}", group in "[a-z]{1,4}", index in 0_u64..99) {
        let mut one = alloc(1, 0, "running", "run", None);
        one.job_id.clone_from(&job);
        one.task_group.clone_from(&group);
        one.name = format!("{job}.{group}[{index}]");
        for text in [job.clone(), format!("{job}/{group}"), format!("{job}/{group}[{index}]")] {
            prop_assert!(readings(&text).iter().any(|r| r.fits(&one)), "{}", text);
        }
    }
}
