//! A server with canned answers that remembers what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    /// How long it takes.
    pub(crate) after: std::time::Duration,
}

/// The status of an answer that never comes: the connection is closed instead.
pub(crate) const HUNG_UP: u16 = 0;

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Answer { status, headers: BTreeMap::new(), body: body.into(), after: std::time::Duration::ZERO }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn after(self, after: std::time::Duration) -> Self {
        Answer { after, ..self }
    }
}

/// A request and its answer as they were recorded on a real server.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) answer: Answer,
    pub(crate) body: serde_json::Value,
}

/// The folder of a product's recordings.
pub(crate) fn fixtures(product: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(product)
}

/// Every recording of requests in a product's folder.
pub(crate) fn recordings(product: &str) -> Vec<Recording> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(fixtures(product)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "json"));
    files.sort();
    files.iter().filter_map(|path| recording(path)).collect()
}

/// The answer of one recording.
pub(crate) fn recorded(product: &str, name: &str) -> Answer {
    let path = fixtures(product).join(format!("{name}.json"));
    recording(&path).unwrap_or_else(|| panic!("{} is no recording", path.display())).answer
}

fn recording(path: &std::path::Path) -> Option<Recording> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let request = json.get("request")?;
    let body = json["body"].clone();
    // What was no JSON was recorded as a string of it.
    let kind = json["headers"]["Content-Type"].as_str().unwrap_or_default();
    let text = match &body {
        serde_json::Value::String(text) if !kind.contains("json") => text.clone(),
        body => body.to_string(),
    };
    let headers = json["headers"].as_object().into_iter().flatten();
    let headers = headers
        .filter(|(name, _)| name.starts_with("X-") || ["Content-Type", "Vary"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    Some(Recording {
        name: path.file_stem()?.to_string_lossy().into_owned(),
        method: request["method"].as_str()?.to_owned(),
        path: request["path"].as_str()?.to_owned(),
        answer: Answer {
            status: u16::try_from(json["status"].as_u64()?).ok()?,
            headers,
            body: text,
            after: std::time::Duration::ZERO,
        },
        body,
    })
}

/// A server.
#[derive(Debug, Clone)]
pub(crate) struct Canned {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    /// Answers each `METHOD /path?query` as the function says.
    pub(crate) fn new(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || serve(&stream, &log, &*answer));
            }
        });
        Canned { url, asked }
    }

    /// What it was asked so far, sorted.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.sort();
        asked
    }
}

#[expect(clippy::disallowed_methods, reason = "a server that takes its time is what is wanted")]
fn pause(how_long: std::time::Duration) {
    std::thread::sleep(how_long);
}

/// One request for each connection.
fn serve(stream: &TcpStream, log: &Mutex<Vec<String>>, answer: &dyn Fn(&str) -> Answer) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let length =
        head.iter().find_map(|l| l.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let request = head.first().map(|l| l.trim_end_matches(" HTTP/1.1").to_owned()).unwrap_or_default();
    log.lock().unwrap().push(request.clone());
    let Answer { status, headers, body, after } = answer(&request);
    pause(after);
    if status == HUNG_UP {
        return;
    }
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let text = format!(
        "HTTP/1.1 {status} x\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = stream;
    // The client may have gone.
    drop(stream.write_all(text.as_bytes()));
}
