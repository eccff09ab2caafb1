//! The datacenter without HTTP: indexes, sessions and locks in time, tokens.

use std::collections::BTreeMap;

use super::kv::Draft;
use super::session::SessionRequest;
use super::*;
use crate::api::wire::Nanos;

const SECRET: &str = "11111111-2222-3333-4444-555555555555";

fn consul() -> Consul {
    let mut consul = Consul::beside(SECRET, Moment::from_nanos(0), 1);
    for name in ["k1", "k2"] {
        let node = Node { name: name.into(), id: name.into(), address: "10.0.0.1".into(), server: false };
        consul.join(node);
    }
    consul
}

fn check(id: &str) -> CheckSpec {
    CheckSpec {
        id: id.into(),
        name: id.into(),
        kind: "http".into(),
        status: Status::Critical,
        output: String::new(),
        notes: String::new(),
    }
}

fn service(node: &str, id: &str, name: &str) -> Registration {
    Registration {
        node: node.into(),
        id: id.into(),
        name: name.into(),
        tags: vec!["live".into()],
        address: "10.0.0.1".into(),
        port: 80,
        meta: BTreeMap::new(),
        checks: vec![check(&format!("check-{id}"))],
        mesh: Mesh::Outside,
    }
}

fn passes(seconds: f64, consul: &mut Consul) {
    let nanos = Moment::from_nanos(0) + std::time::Duration::from_secs_f64(seconds);
    consul.advance_to(nanos);
}

fn session(consul: &mut Consul, ttl: &str, behavior: &str) -> String {
    let wish = SessionRequest {
        ttl: ttl.into(),
        behavior: behavior.into(),
        lock_delay: Nanos::from_secs(5),
        ..SessionRequest::default()
    };
    consul.create_session(wish).unwrap()
}

fn lock(consul: &mut Consul, key: &str, session: &str) -> bool {
    if consul.keys.is_delayed(key, consul.now()) {
        return false;
    }
    let draft = Draft { key: key.into(), value: b"holder".to_vec(), flags: 0 };
    consul.write_keys(|keys, index| (keys.lock(draft, session, index).is_some(), true))
}

#[test]
fn an_answer_about_a_service_moves_only_with_that_service() {
    let mut consul = consul();
    consul.register(service("k1", "w1", "web"));
    consul.register(service("k1", "a1", "api"));
    let (web, api) = (consul.catalog.service_index("web"), consul.catalog.service_index("api"));
    consul.set_check("k1", "check-w1", Status::Passing, "ok");
    assert!(consul.catalog.service_index("web") > web);
    assert_eq!(consul.catalog.service_index("api"), api);
    // What a node's own check says concerns all services on it.
    consul.set_alive("k1", false);
    assert!(consul.catalog.service_index("api") > api);
}

#[test]
fn a_service_that_was_never_there_knows_of_the_last_that_went() {
    let mut consul = consul();
    assert_eq!(consul.catalog.service_index("none"), None);
    consul.register(service("k1", "w1", "web"));
    assert!(consul.deregister("k1", "w1") && !consul.deregister("k1", "w1"));
    assert_eq!(consul.catalog.service_index("none"), Some(consul.version()));
    assert_eq!(consul.catalog.service_index("web"), Some(consul.version()));
}

#[test]
fn registering_again_keeps_what_the_checks_say() {
    let mut consul = consul();
    consul.register(service("k1", "w1", "web"));
    consul.tell_check("k1", "check-w1", Status::Passing, "ok");
    consul.register(Registration { tags: vec!["canary".into()], ..service("k1", "w1", "web") });
    let member = consul.catalog.member("k1").unwrap();
    let checks: Vec<_> = member.verdict("w1").map(|c| (c.spec.id.as_str(), c.is_passing())).collect();
    assert_eq!(checks, [("serfHealth", true), ("check-w1", true)]);
    assert_eq!(member.checks["check-w1"].tags, ["canary"]);
}

#[test]
fn what_a_check_says_is_written_when_its_status_changes() {
    let mut consul = consul();
    consul.register(service("k1", "w1", "web"));
    let before = consul.version();
    consul.tell_check("k1", "check-w1", Status::Critical, "refused");
    assert_eq!(consul.version(), before);
    consul.tell_check("k1", "check-w1", Status::Passing, "ok");
    assert_eq!(consul.version(), before + 1);
}

#[test]
fn a_session_ends_after_twice_its_ttl() {
    let mut consul = consul();
    let id = session(&mut consul, "10s", "release");
    assert!(lock(&mut consul, "fleet/lock", &id));
    passes(15.0, &mut consul);
    assert!(consul.renew_session(&id).is_some());
    passes(34.9, &mut consul);
    assert!(consul.sessions.get(&id).is_some());
    passes(35.0, &mut consul);
    assert!(consul.renew_session(&id).is_none());
    assert_eq!(consul.keys.get("fleet/lock").unwrap().session, "");
}

#[test]
fn a_lock_whose_session_ended_is_nobodys_for_its_delay() {
    let mut consul = consul();
    for behavior in ["release", "delete"] {
        let (old, new) = (session(&mut consul, "", behavior), session(&mut consul, "", "release"));
        assert!(lock(&mut consul, behavior, &old) && !lock(&mut consul, behavior, &new));
        consul.end_session(&old);
        assert_eq!(consul.keys.get(behavior).is_none(), behavior == "delete");
        assert!(!lock(&mut consul, behavior, &new));
        let later = consul.now() + Nanos::from_secs(5);
        consul.advance_to(later);
        assert!(lock(&mut consul, behavior, &new), "{behavior}");
    }
}

#[test]
fn a_session_rests_on_the_checks_it_names() {
    let mut consul = consul();
    consul.register(service("k1", "w1", "web"));
    let wish = |checks: &[&str]| SessionRequest {
        node: "k1".into(),
        node_checks: checks.iter().map(|c| (*c).to_owned()).collect(),
        ..SessionRequest::default()
    };
    assert_eq!(consul.create_session(wish(&["none"])).unwrap_err(), "Missing check 'none' registration");
    assert_eq!(
        consul.create_session(wish(&["check-w1"])).unwrap_err(),
        "Check 'check-w1' is in critical state"
    );
    let (alive, free) =
        (consul.create_session(wish(&["serfHealth"])).unwrap(), consul.create_session(wish(&[])).unwrap());
    consul.set_alive("k1", false);
    assert!(consul.sessions.get(&alive).is_none() && consul.sessions.get(&free).is_some());
}

#[test]
fn a_plain_write_leaves_the_lock_but_not_its_count() {
    let mut consul = consul();
    let id = session(&mut consul, "", "release");
    lock(&mut consul, "a", &id);
    let draft = Draft { key: "a".into(), ..Draft::default() };
    consul.write_keys(|keys, index| (keys.set(draft, index).session.clone(), true));
    let shown = consul.keys.get("a").unwrap().json(true);
    assert_eq!((&shown["Session"], &shown["LockIndex"]), (&id.into(), &0.into()));
    assert_eq!(shown["Value"], serde_json::Value::Null);
}

#[test]
fn the_index_below_a_prefix_knows_what_was_deleted() {
    let mut consul = consul();
    for key in ["d/a", "d/b", "e"] {
        let draft = Draft { key: key.into(), ..Draft::default() };
        consul.write_keys(|keys, index| (keys.set(draft, index).modified, true));
    }
    let before = consul.keys.index_under("d/");
    consul.write_keys(|keys, index| (keys.delete("d/b", index), true));
    assert_eq!(consul.keys.index_under("d/"), consul.version());
    assert!(consul.keys.index_under("d/") > before);
    assert_eq!(consul.keys.index_under("none"), 0);
}

#[test]
fn the_exact_name_counts_before_the_longest_prefix() {
    let rules = r#"
        key_prefix "" { policy = "read" }
        key_prefix "fleet/" { policy = "write" }
        key "fleet/secret" { policy = "deny" }
        operator = "read"
    "#;
    let token = Token::client("22222222-2222-3333-4444-555555555555", "a", "p", rules).unwrap();
    let mut consul = consul();
    consul.add_token(token);
    let rights = consul.rights("22222222-2222-3333-4444-555555555555").unwrap();
    assert!(rights.read("key", "any") && !rights.write("key", "any"));
    assert!(rights.write("key", "fleet/lock") && !rights.read("key", "fleet/secret"));
    assert!(!rights.write_under("fleet/") && rights.write_under("fleet/journal/") && rights.operator());
    assert!(!rights.read("node", "k1"));
    assert_eq!(consul.rights("unknown").unwrap_err(), "ACL not found");
    assert!(!consul.rights("").unwrap().read("node", "k1"));
}
