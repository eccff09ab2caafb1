//! The event stream, read as it comes over the wire.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::e2e::world::World;

cases! {
    the_event_stream_tells_what_happens_to_whom_it_concerns,
}

/// An open stream.
struct Stream(BufReader<TcpStream>);

impl Stream {
    /// Asks for it, and reads past the headers; the status is given with it.
    fn open(world: &World, query: &str, token: &str) -> (String, Stream) {
        let address = world.address.trim_start_matches("http://");
        let mut tcp = TcpStream::connect(address).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request = format!(
            "GET /v1/event/stream?{query} HTTP/1.1\r\nHost: {address}\r\nX-Nomad-Token: {token}\r\nConnection: close\r\n\r\n"
        );
        tcp.write_all(request.as_bytes()).unwrap();
        let mut stream = Stream(BufReader::new(tcp));
        let status = stream.line().unwrap_or_default();
        while stream.line().is_some_and(|line| !line.is_empty()) {}
        (status, stream)
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// Lines until one holds what is looked for; chunk sizes and heartbeats are passed over.
    fn until(&mut self, what: &str, holds: impl Fn(&Value) -> bool) -> (Value, Vec<Value>) {
        let mut all = Vec::new();
        while let Some(line) = self.line() {
            let Ok(batch) = serde_json::from_str::<Value>(&line) else { continue };
            let events = batch["Events"].as_array().cloned().unwrap_or_default();
            for event in events {
                assert_eq!(event["Index"], batch["Index"], "{batch}");
                let found = holds(&event);
                all.push(event.clone());
                if found {
                    return (event, all);
                }
            }
        }
        panic!("{what} was not told; told was {all:#?}");
    }
}

fn the_event_stream_tells_what_happens_to_whom_it_concerns(world: &World) {
    let job = |id: &str| {
        format!(
            "job \"{id}\" {{\n type = \"batch\"\n group \"g\" {{\n task \"t\" {{\n driver = \"mock_driver\"\n config {{\n run_for = \"300ms\"\n }}\n \
             resources {{\n cpu = 20\n memory = 32\n }}\n }}\n }}\n}}\n"
        )
    };
    let topics = "topic=Job&topic=Evaluation&topic=Allocation:heard&topic=Node&namespace=default";
    let (status, mut stream) = Stream::open(world, topics, &world.token);
    assert!(status.contains("200"), "{status}");
    world.register_hcl(&job("unheard"));
    world.register_hcl(&job("heard"));
    let is = |event: &Value, topic: &str, key: &str| event["Topic"] == topic && event["Key"] == key;
    let (registered, _) = stream.until("the job", |e| is(e, "Job", "heard"));
    assert_eq!((&registered["Type"], &registered["Namespace"]), (&"JobRegistered".into(), &"default".into()));
    assert_eq!(registered["Payload"]["Job"]["ID"], "heard", "{registered}");
    let of_heard = |e: &Value, topic: &str| e["Topic"] == topic && e["FilterKeys"][0] == "heard";
    let (alloc, all) = stream.until("its allocation", |e| of_heard(e, "Allocation"));
    assert_eq!(alloc["Payload"]["Allocation"]["JobID"], "heard");
    assert!(alloc["Payload"]["Allocation"]["Job"].is_null(), "{alloc}");
    assert!(!all.iter().any(|e| e["Topic"] == "Allocation" && e["FilterKeys"][0] == "unheard"), "{all:#?}");
    let (done, _) = stream.until("its end", |e| {
        of_heard(e, "Allocation") && e["Payload"]["Allocation"]["ClientStatus"] == "complete"
    });
    world.set_eligible("c1", fleet::api::nomad::node::Eligibility::Ineligible);
    let id = world.node("c1").id;
    // Other nodes' and other changes of this one may still be told: the case before left it drained.
    stream.until("the node's eligibility", |e| is(e, "Node", &id) && e["Type"] == "NodeEligibility");
    world.set_eligible("c1", fleet::api::nomad::node::Eligibility::Eligible);
    // From an index on, only what came with it and after it.
    let from = done["Index"].as_u64().unwrap();
    let query = format!("topic=Allocation:heard&index={from}");
    let (_, mut later) = Stream::open(world, &query, &world.token);
    let (first, _) = later.until("what came then", |_| true);
    assert!(first["Index"].as_u64() >= Some(from), "{first}");
    // What is no index is refused; a token nobody knows hears nothing, whatever the status says.
    let (status, _) = Stream::open(world, "topic=Job&index=x", &world.token);
    assert!(status.contains("400"), "{status}");
    let (_, mut refused) = Stream::open(world, "topic=Job", "00000000-0000-0000-0000-000000000000");
    refused.0.get_ref().set_read_timeout(Some(Duration::from_secs(4))).unwrap();
    let mut said = String::new();
    drop(refused.0.read_to_string(&mut said));
    assert!(!said.contains("Events"), "{said}");
}
