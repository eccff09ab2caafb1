//! What verbs print for a machine, one after the other: each document is held against its schema as it is seen.

use serde_json::Value;

use crate::e2e::jobs::Job;
use crate::e2e::world::World;

cases! {
    whatever_is_read_is_a_document,
    whatever_is_changed_is_told_in_a_document,
}

/// The document that a verb ends well with.
fn document(world: &World, line: &str) -> Value {
    let mut args: Vec<&str> = line.split(' ').collect();
    args.extend(["-o", "json"]);
    let ran = world.run(&args);
    assert_eq!(ran.code, 0, "fleet {line}\n{ran}");
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("fleet {line}: {e} in\n{ran}"))
}

fn whatever_is_read_is_a_document(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    std::fs::write(world.home().join("reader.hcl"), "namespace \"default\" {\n  policy = \"read\"\n}\n")
        .unwrap();
    document(world, "acl policy apply papers -f reader.hcl");
    let token = document(world, "acl token create --name papers --policy papers");
    let accessor = token["accessor_id"].as_str().unwrap();
    let alloc = world.healthy("web")[0].id.clone();
    let eval = world.healthy("web")[0].eval_id.clone();
    for line in [
        "acl policy list",
        "acl policy show papers",
        "acl role list",
        "acl auth-method list",
        "acl binding-rule list",
        &format!("acl token show {accessor}"),
        &format!("alloc checks {alloc}"),
        "namespace list",
        "namespace show default",
        "open web --print",
        "operator autopilot health",
        "operator autopilot show",
        "operator keyring list",
        "operator raft peers",
        "operator snapshot save papers.snap",
        "operator snapshot inspect papers.snap",
        "plugin list",
        "pool jobs default",
        "pool nodes default",
        "pool show default",
        "rotate-nodes plan c6 --out papers.json",
        "server show s1",
        "service list",
        "top allocs --once",
        "volume list",
        &format!("wait alloc {alloc} running --timeout 60s"),
        &format!("wait eval {eval} --timeout 60s"),
        "wait node c1 ready --timeout 60s",
    ] {
        let told = document(world, line);
        assert!(told.is_object() || told.is_array(), "{line}: {told}");
    }
    document(world, &format!("acl token delete {accessor} --yes"));
    document(world, "acl policy delete papers --yes");
}

fn whatever_is_changed_is_told_in_a_document(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    for line in [
        "system reconcile",
        "system gc --yes",
        "namespace apply papers",
        "namespace delete papers --yes",
        "pool apply papers",
        "pool delete papers --yes",
        "var set papers/a k=v l=w",
        "var get papers/a",
        "var cp papers/a papers/b",
        "var unset papers/a l",
        "var rm papers/a papers/b --yes",
        "node ineligible c6",
        "node eligible c6",
        "node meta set c6 papers=yes",
        "node meta unset c6 --key papers",
        "rotate-nodes plan c6 --out papers.json",
        "rotate-nodes apply papers.json --yes",
        "node eligible c6",
        "node drain c6 --yes --timeout 120s",
        "node undrain c6 --eligible",
        "job tag apply web --name papers",
        "job tag unset web --name papers",
        "job scale web 3 --timeout 120s",
        "job eval web --timeout 120s",
        "job revert web --to 0 --yes --timeout 120s",
        "job restart web --timeout 120s",
        "job stop web --yes --timeout 120s",
        "job start web --timeout 120s",
    ] {
        if line.starts_with("job tag") && !world.is_at_least((1, 9), "tags of versions") {
            continue;
        }
        document(world, line);
    }
}
