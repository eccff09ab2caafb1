//! The documents of verbs that need what neither the embedded fleet nor a plain cluster has: a plugin for CSI, a dead server,
//! schedules of Nomad Enterprise. The servers' answers are written down; each is of the shape that `nomad-api.md` tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::binary::Fleet;
use crate::canned::{Answer, Canned};

const NODE: &str = "7809d943-0000-4000-8000-000000000001";
const ALLOC: &str = "c783f447-0000-4000-8000-000000000001";
const CLAIM: &str = "3f1c2a9b-0000-4000-8000-000000000001";
const KEY: &str = "46dcc7cc-cb7f-485d-3744-d770bea1e9ef";

/// Servers that know these things until something is deleted.
struct Servers {
    canned: Canned,
    home: tempfile::TempDir,
}

impl Servers {
    /// These answer a read of a path as it says, before and after a write; a write they take with an empty document, or with the
    /// answer that stands under its method.
    fn new(
        answers: impl Fn(&str, bool) -> Option<Value> + Send + Sync + 'static,
        written: impl Fn(&str) -> Value + Send + Sync + 'static,
    ) -> Self {
        let changed = Arc::new(AtomicBool::new(false));
        let canned = Canned::new(move |asked| {
            let (method, rest) = asked.split_once(' ').unwrap();
            let path = rest.split('?').next().unwrap();
            if method != "GET" {
                changed.store(true, Ordering::SeqCst);
                return Answer::new(200, written(path).to_string());
            }
            // The kind of a list of volumes stands in the query alone.
            let of_hosts = path == "/v1/volumes" && rest.contains("type=host");
            match answers(path, changed.load(Ordering::SeqCst)) {
                _ if of_hosts => Answer::new(200, "[]"),
                Some(value) => Answer::new(200, value.to_string()),
                None => Answer::new(404, "not found"),
            }
        });
        Servers { canned, home: tempfile::tempdir().unwrap() }
    }

    /// The document that a verb prints, which is held against its schema on the way.
    fn document(&self, line: &str) -> Value {
        let args: Vec<&str> = line.split(' ').chain(["-o", "json"]).collect();
        let ran = Fleet::new(self.home.path()).env("NOMAD_ADDR", &self.canned.url).run(&args);
        assert_eq!(ran.code, 0, "fleet {line}\n{ran}");
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("fleet {line}: {e}\n{ran}"))
    }
}

fn alloc(status: &str) -> Value {
    json!({"ID": ALLOC, "Name": "ebs.g[0]", "Namespace": "default", "JobID": "ebs", "TaskGroup": "g", "NodeID": NODE, "NodeName": "c1",
        "DesiredStatus": "run", "ClientStatus": status, "CreateIndex": 1, "ModifyIndex": 1, "TaskStates": {"t": {"State": "running"}}})
}

fn volume() -> Value {
    json!({"ID": "db", "Name": "db", "Namespace": "default", "PluginID": "ebs", "Schedulable": true, "Capacity": 1_073_741_824})
}

/// What the servers know of a CSI plugin, its volume and a snapshot of it.
fn storage(path: &str, changed: bool) -> Option<Value> {
    let plugin = json!({"ID": "ebs", "Provider": "ebs.csi.aws.com", "Version": "1.2", "ControllerRequired": true,
        "ControllersHealthy": 1, "ControllersExpected": 1, "NodesHealthy": 3, "NodesExpected": 3, "Allocations": [alloc("running")]});
    let snapshot = json!({"ID": "snap-1", "SourceVolumeID": "db", "ExternalSourceVolumeID": "vol-1", "SizeBytes": 1024,
        "CreateTime": 1_795_993_945, "IsReady": true});
    let left = |all: Value| if changed { json!([]) } else { json!([all]) };
    match path {
        "/v1/plugin/csi/ebs" => Some(plugin),
        "/v1/volumes" => Some(json!([volume()])),
        "/v1/volume/csi/db" => {
            let mut volume = volume();
            let held = if changed { json!({}) } else { json!({ALLOC: null}) };
            volume["WriteAllocs"] = held;
            volume["Allocations"] = json!([alloc("complete")]);
            Some(volume)
        }
        "/v1/volumes/snapshot" => Some(json!({"Snapshots": left(snapshot)})),
        "/v1/nodes" => Some(
            json!([{"ID": NODE, "Name": "c1", "Status": "ready", "SchedulingEligibility": "eligible", "ModifyIndex": 1}]),
        ),
        "/v1/volumes/claims" => {
            Some(left(json!({"ID": CLAIM, "Namespace": "default", "JobID": "db", "TaskGroupName": "g",
            "AllocID": ALLOC, "VolumeID": "13a2c756-f47a-d5b9-c7ca-6bd868c1c32e", "VolumeName": "data"})))
        }
        _ => None,
    }
}

#[test]
fn csi_plugins_their_volumes_and_snapshots() {
    let made = json!({"Snapshots": [{"ID": "snap-2", "SourceVolumeID": "db", "ExternalSourceVolumeID": "vol-1", "SizeBytes": 0,
        "CreateTime": 1_795_993_946, "IsReady": true}]});
    let servers = || {
        let made = made.clone();
        Servers::new(
            storage,
            move |path| if path == "/v1/volumes/snapshot" { made.clone() } else { json!({}) },
        )
    };
    let shown = servers().document("plugin show ebs");
    assert_eq!((&shown["plugin_id"], &shown["allocations"][0]["alloc_id"]), (&"ebs".into(), &ALLOC.into()));
    let listed = servers().document("volume snapshot list --plugin ebs");
    assert_eq!((&listed[0]["snapshot_id"], &listed[0]["size_bytes"]), (&"snap-1".into(), &1024.into()));
    let created = servers().document("volume snapshot create db --name tonight");
    assert_eq!((&created[0]["snapshot_id"], &created[0]["volume_id"]), (&"snap-2".into(), &"db".into()));
    let deleted = servers().document("volume snapshot delete snap-1 --plugin ebs --yes");
    assert_eq!(deleted, json!({"snapshot_id": "snap-1", "plugin_id": "ebs", "result": "deleted"}));
    let detached = servers().document("volume detach db c1 --yes");
    assert_eq!((&detached["volume_id"], &detached["result"]), (&"db".into(), &"detached".into()));
    let ended = servers().document(&format!("volume claim delete {} --yes", &CLAIM[..8]));
    assert!(ended.to_string().contains(CLAIM), "{ended}");
    let gone = Servers::new(
        |path, changed| storage(path, changed).filter(|_| !(changed && path == "/v1/volume/csi/db")),
        |_| json!({}),
    );
    let forgotten = gone.document("volume deregister db --yes");
    assert_eq!((&forgotten["volume_id"], &forgotten["result"]), (&"db".into(), &"deregistered".into()));
}

/// What three servers know of themselves, of whom the third is dead until something is changed.
fn dead_server(path: &str, changed: bool) -> Option<Value> {
    let names = ["s1.global", "s2.global", "s3.global"];
    let raft = |(n, name): (usize, &&str)| {
        json!({"ID": format!("d697b11e-34ea-d532-8405-8bb8ee42323{n}"), "Node": name, "Address": format!("127.0.0.{n}:4647"),
            "Leader": n == 0, "Voter": true, "RaftProtocol": "3"})
    };
    let member = |(n, name): (usize, &&str)| {
        let status = match (n, changed) {
            (2, false) => "failed",
            (2, true) => "left",
            _ => "alive",
        };
        json!({"Name": name, "Addr": format!("127.0.0.{n}"), "Port": 4648, "Status": status,
            "Tags": {"region": "global", "build": "2.0.5", "role": "nomad"}})
    };
    let key = |id: &str, state: &str| json!({"KeyID": id, "State": state, "Algorithm": "aes256-gcm", "CreateTime": 1_795_993_945_383_403_007_i64});
    match path {
        "/v1/operator/raft/configuration" => {
            let all = names.iter().enumerate().filter(|(n, _)| *n != 2 || !changed);
            Some(json!({"Index": 1, "Servers": all.map(raft).collect::<Vec<_>>()}))
        }
        "/v1/agent/members" => Some(json!({"ServerName": "s1", "ServerRegion": "global", "ServerDC": "dc1",
            "Members": names.iter().enumerate().map(member).collect::<Vec<_>>()})),
        "/v1/operator/keyring/keys" => {
            let mut keys = vec![key("ab8f9bd5-b2e8-afe0-90a1-2e0d6bdcf2ab", "active")];
            if !changed {
                keys.push(key(KEY, "inactive"));
            }
            Some(keys.into())
        }
        _ => None,
    }
}

#[test]
fn what_is_done_about_dead_servers_and_old_keys() {
    let servers = || Servers::new(dead_server, |_| json!({}));
    let left = servers().document("operator raft remove s3 --yes");
    assert_eq!(left.as_array().unwrap().len(), 2, "{left}");
    let out = servers().document("server force-leave s3 --yes");
    assert_eq!(out, json!({"name": "s3.global", "status": "left"}));
    let keys = servers().document(&format!("operator keyring remove {KEY} --yes"));
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]["state"]), (1, &"active".into()), "{keys}");
}

#[test]
fn the_schedule_of_a_task_is_overridden() {
    for (line, state) in
        [("alloc pause", "pause"), ("alloc resume", "scheduled"), ("alloc resume --run", "run")]
    {
        let paused = move |path: &str, _| {
            let whole = json!({"ID": ALLOC, "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t"}]}], "Namespace": "default", "Type": "batch"});
            match path {
                "/v1/allocations" => Some(json!([alloc("running")])),
                path if path == format!("/v1/allocation/{ALLOC}") => {
                    let mut one = alloc("running");
                    one["Job"] = whole;
                    Some(one)
                }
                path if path.ends_with("/pause") => Some(json!({"ScheduleState": state})),
                _ => None,
            }
        };
        let told = Servers::new(paused, |_| json!({})).document(&format!("{line} {ALLOC}"));
        let wanted =
            json!({"alloc_id": ALLOC, "task": "t", "override_state": state, "schedule_state": state});
        assert_eq!(told, wanted, "{line}");
    }
}

#[test]
fn the_first_token_of_a_cluster_is_shown_once() {
    let token = json!({"AccessorID": "ac1", "SecretID": "s3cr3t-0f-bootstrap", "Name": "Bootstrap Token", "Type": "management",
        "Global": true, "Policies": null, "Roles": null, "CreateTime": "2026-11-30T12:38:36Z", "ExpirationTime": null});
    let made = Servers::new(|_, _| None, move |_| token.clone()).document("acl bootstrap");
    let wanted = json!({"accessor_id": "ac1", "secret_id": "s3cr3t-0f-bootstrap", "expires_at": null});
    assert_eq!(made, wanted);
}

/// What Nomad 2.0.5 says of a role, an auth method and a binding rule, in its lists and whole.
fn rights(path: &str, changed: bool) -> Option<Value> {
    let moment = "2026-11-30T12:38:36.45415534Z";
    let role = json!({"CreateIndex": 19, "Description": "", "Hash": "gFpT", "ID": "07fd3960-ba4e-52a2-b16b-88cc4735e984",
        "ModifyIndex": 19, "Name": "ops", "Policies": [{"Name": "reader"}]});
    let method = json!({"MaxTokenTTL": "1h0m0s", "Name": "jwt", "Type": "JWT", "TokenLocality": "local",
        "TokenNameFormat": "${auth_method_type}-${auth_method_name}", "Default": false, "Hash": "NYNs", "CreateTime": moment,
        "ModifyTime": moment, "CreateIndex": 20, "ModifyIndex": 20, "Config": {"ExpirationLeeway": "", "NotBeforeLeeway": "",
        "ClockSkewLeeway": "", "JWTValidationPubKeys": [], "JWKSURL": "http://127.0.0.1:9/jwks", "OIDCDiscoveryURL": "",
        "OIDCClientID": "", "OIDCClientSecret": "CANARY", "OIDCClientAssertion": null, "OIDCEnablePKCE": false,
        "OIDCDisableUserInfo": false, "OIDCScopes": null, "BoundAudiences": ["a"], "BoundIssuer": null, "AllowedRedirectURIs": null,
        "DiscoveryCaPem": null, "JWKSCACert": "", "SigningAlgs": null, "ClaimMappings": {"first_Name": "first"},
        "ListClaimMappings": {"groups": "groups"}, "VerboseLogging": false}});
    let rule = json!({"AuthMethod": "jwt", "BindName": "ops", "BindType": "role", "CreateIndex": 21, "CreateTime": moment,
        "Description": "", "Hash": "Dl+v", "ID": "23b1703b-985e-5e4b-3675-6108182f0dfc", "ModifyIndex": 21, "ModifyTime": moment,
        "Selector": "value.first==x"});
    let stub = |whole: &Value, keys: &[&str]| {
        let fields = keys.iter().map(|key| ((*key).to_owned(), whole[*key].clone()));
        json!([Value::Object(fields.collect())])
    };
    let one = |whole: Value| (!changed).then_some(whole);
    match path {
        "/v1/acl/roles" => Some(json!([role])),
        "/v1/acl/auth-methods" => {
            Some(stub(&method, &["CreateIndex", "Default", "Hash", "ModifyIndex", "Name", "Type"]))
        }
        "/v1/acl/binding-rules" => {
            Some(stub(&rule, &["AuthMethod", "CreateIndex", "Description", "Hash", "ID", "ModifyIndex"]))
        }
        "/v1/acl/role/07fd3960-ba4e-52a2-b16b-88cc4735e984" => one(role),
        "/v1/acl/auth-method/jwt" => one(method),
        "/v1/acl/binding-rule/23b1703b-985e-5e4b-3675-6108182f0dfc" => one(rule),
        _ => None,
    }
}

#[test]
fn who_may_what_is_told_in_the_keys_of_every_document() {
    let stored = |path: &str| rights(path, false).unwrap_or_else(|| json!({}));
    let servers = || Servers::new(rights, stored);
    for (kind, name, key, value) in [
        ("role", "ops", "policies", json!(["reader"])),
        ("auth-method", "jwt", "max_token_ttl", json!("1h0m0s")),
        ("binding-rule", "23b1", "bind_type", json!("role")),
    ] {
        let servers = servers();
        let listed = servers.document(&format!("acl {kind} list"));
        assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
        let shown = servers.document(&format!("acl {kind} show {name}"));
        assert_eq!(shown[key], value, "{shown}");
        assert!(!shown.to_string().contains("CANARY"), "{shown}");
        // What was shown is stored again, but for a secret that was not shown.
        let mut again = shown.clone();
        if kind == "auth-method" {
            again["config"]["oidc_client_secret"] = "CANARY".into();
        }
        std::fs::write(servers.home.path().join("again.json"), again.to_string()).unwrap();
        let applied = servers.document(&format!("acl {kind} apply -f again.json"));
        assert_eq!(applied, shown, "{kind}");
        let deleted =
            Servers::new(rights, |_| json!({})).document(&format!("acl {kind} delete {name} --yes"));
        assert_eq!(deleted, listed, "{kind}");
    }
}

/// Three servers, each at an address of its own, whose versions are what files in a folder say and of whom the first leads.
fn three_servers(home: &std::path::Path) -> Vec<Canned> {
    const NAMES: [&str; 3] = ["s1.global", "s2.global", "s3.global"];
    let leader = Arc::new(AtomicUsize::new(0));
    let id = |n: usize| format!("d697b11e-34ea-d532-8405-8bb8ee42323{n}");
    let server = |own: usize| {
        let (leader, home) = (Arc::clone(&leader), home.to_owned());
        Canned::new(move |asked| {
            let leads = leader.load(Ordering::SeqCst);
            let version = |n: usize| {
                if home.join(format!("upgraded-{}", NAMES[n])).exists() { "2.0.6" } else { "2.0.5" }
            };
            let member = |n: usize| {
                json!({"Name": NAMES[n], "Addr": "127.0.0.1", "Port": 4648, "Status": "alive",
                    "Tags": {"region": "global", "build": version(n), "role": "nomad"}})
            };
            let path = asked.split_once(' ').unwrap().1.split('?').next().unwrap();
            let all = || 0..NAMES.len();
            let answer = match path {
                "/v1/agent/self" => json!({"member": member(own)}),
                "/v1/agent/members" => json!({"ServerName": "s1", "ServerRegion": "global",
                    "Members": all().map(member).collect::<Vec<_>>()}),
                "/v1/operator/raft/configuration" => {
                    json!({"Index": 1, "Servers": all().map(|n| json!({"ID": id(n),
                    "Node": NAMES[n], "Address": "127.0.0.1:4647", "Leader": n == leads, "Voter": true}))
                    .collect::<Vec<_>>()})
                }
                "/v1/operator/autopilot/health" => json!({"Healthy": true, "FailureTolerance": 1,
                    "Servers": all().map(|n| json!({"ID": id(n), "Name": NAMES[n], "SerfStatus": "alive",
                    "Healthy": true, "Voter": true, "Leader": n == leads})).collect::<Vec<_>>()}),
                "/v1/operator/raft/transfer-leadership" => {
                    let heir = all().find(|n| asked.contains(&id(*n))).unwrap();
                    leader.store(heir, Ordering::SeqCst);
                    json!({})
                }
                "/v1/nodes" => json!([]),
                _ => return Answer::new(404, "not found"),
            };
            Answer::new(200, answer.to_string())
        })
    };
    (0..NAMES.len()).map(server).collect()
}

#[test]
fn servers_are_upgraded_one_by_one_and_what_was_done_is_told() {
    let home = tempfile::tempdir().unwrap();
    let servers = three_servers(home.path());
    let at: Vec<String> = servers.iter().zip(1..).map(|(s, n)| format!("s{n}={}", s.url)).collect();
    let fleet = Fleet::new(home.path()).env("NOMAD_ADDR", &servers[0].url);
    let upgrade = |command: &str, format: &str| {
        let http = at.iter().flat_map(|one| ["--http", one]);
        let rest =
            ["--to", "2.0.6", "--soak", "0s", "--no-snapshot", "--yes", "--exec", command, "-o", format];
        let args: Vec<&str> = ["server", "upgrade"].into_iter().chain(http).chain(rest).collect();
        fleet.run(&args)
    };
    // One that fails is told beside the one that was done.
    let ran = upgrade("test $FLEET_SERVER != s3.global && touch upgraded-$FLEET_SERVER", "json");
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"));
    assert_eq!(ran.code, 1, "{ran}");
    let results = |told: &Value| -> Vec<String> {
        let all = told["servers"].as_array().unwrap().iter();
        all.map(|s| format!("{} {} {}", s["server"], s["to_version"], s["result"])).collect()
    };
    insta::assert_snapshot!(results(&told).join("\n"), @r#"
    "s2.global" "2.0.6" "upgraded"
    "s3.global" null "the command failed"
    "s1.global" null "to be upgraded"
    "#);
    // The same command goes on with those that are left; the leader hands over before its turn.
    let ran = upgrade("touch upgraded-$FLEET_SERVER", "json-lines");
    assert_eq!(ran.code, 0, "{ran}");
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (document, events) = lines.split_last().unwrap();
    let events = events.iter().filter(|e| !matches!(e["event"].as_str(), Some("waits" | "soaks")));
    let events: Vec<String> = events.map(|e| format!("{} {}", e["event"], e["server"])).collect();
    insta::assert_snapshot!(events.join("\n"), @r#"
    "command_started" "s3.global"
    "upgraded" "s3.global"
    "leadership_moved" "s1.global"
    "command_started" "s1.global"
    "upgraded" "s1.global"
    "#);
    insta::assert_snapshot!(results(document).join("\n"), @r#"
    "s2.global" "2.0.6" "runs it already"
    "s3.global" "2.0.6" "upgraded"
    "s1.global" "2.0.6" "upgraded"
    "#);
}

/// The answers of two servers about gossip keys, as a real server gave them; a key that is told is the one in use.
#[test]
fn gossip_keys_are_changed_by_their_fingerprints() {
    const OLD: &str = "BN+DiWEA6tg5C1wgM5Zj8GwNDpT818mxNPJZc5d4osg=";
    const NEW: &str = "wWE6Rw98lp47+zOFEOIEE6946JSD97kkVqDWxOCARTY=";
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("new.key"), format!("{NEW}\n")).unwrap();
    let state = Arc::new(AtomicUsize::new(0));
    let servers = {
        let state = Arc::clone(&state);
        Canned::new(move |asked| {
            let (installed, old) = match state.load(Ordering::SeqCst) {
                0 => (false, true),
                1 | 2 => (true, true),
                _ => (true, false),
            };
            let keys = [(OLD, old), (NEW, installed)].into_iter().filter(|(_, there)| *there);
            let keys: serde_json::Map<String, Value> =
                keys.map(|(key, _)| (key.to_owned(), 2.into())).collect();
            let told = json!({"Keys": keys, "Messages": {}, "NumNodes": 2});
            let done = || Answer::new(200, r#"{"Keys":{},"Messages":{},"NumNodes":2}"#);
            match asked {
                "GET /v1/agent/keyring/list" => Answer::new(200, told.to_string()),
                "PUT /v1/agent/keyring/install" => {
                    state.store(1, Ordering::SeqCst);
                    done()
                }
                "PUT /v1/agent/keyring/use" => {
                    state.store(2, Ordering::SeqCst);
                    done()
                }
                "PUT /v1/agent/keyring/remove" if state.load(Ordering::SeqCst) < 2 => {
                    Answer::new(500, "2/2 nodes reported failure")
                }
                "PUT /v1/agent/keyring/remove" => {
                    state.store(3, Ordering::SeqCst);
                    done()
                }
                _ => Answer::new(404, "not found"),
            }
        })
    };
    let run = |line: &str| {
        let args: Vec<&str> = line.split(' ').chain(["-o", "json"]).collect();
        let ran = Fleet::new(home.path()).env("NOMAD_ADDR", &servers.url).run(&args);
        assert!(!ran.to_string().contains(OLD) && !ran.to_string().contains(NEW), "a key was shown\n{ran}");
        ran
    };
    let count = |line: &str| {
        let ran = run(line);
        let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"));
        assert_eq!((ran.code, &told[0]["servers_with_it"]), (0, &2.into()), "{ran}");
        told.as_array().unwrap().len()
    };
    assert_eq!(count("operator gossip-keyring list"), 1);
    assert_eq!(run("operator gossip-keyring remove 693c1405 --yes").code, 7);
    assert_eq!(count("operator gossip-keyring install new.key"), 2);
    let refused = run("operator gossip-keyring remove 693c1405 --yes");
    assert!(refused.code == 1 && refused.err.contains("the key in use cannot be removed"), "{refused}");
    assert_eq!(run("operator gossip-keyring use 9136ac82").code, 7);
    assert_eq!(count("operator gossip-keyring use 9136ac82 --yes"), 2);
    assert_eq!(count("operator gossip-keyring remove 693c1405 --yes"), 1);
    assert_eq!(run("operator gossip-keyring use 693c1405 --yes").code, 3);
    // A key is made here, and the cluster is not asked.
    let made = Fleet::new(home.path()).run(&["operator", "gossip-keyring", "generate"]);
    assert_eq!((made.code, made.out.len()), (0, 45), "{}", made.err);
}
