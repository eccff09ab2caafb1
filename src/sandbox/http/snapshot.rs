//! Saving and restoring what the servers keep: `/v1/operator/snapshot` (`nomad-api.md §9.4`).

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::model::ids::hex;
use crate::sandbox::http::access::denied;
use crate::sandbox::http::call::{Call, WRONG_METHOD};
use crate::sandbox::http::reply::{Content, HandlerResult, Reply, json as bytes_of};
use crate::sandbox::world::requests::Refusal;
use crate::sandbox::world::servers::Leadership;

const META: &str = "meta.json";
const STATE: &str = "state.bin";
const SUMS: &str = "SHA256SUMS";

pub(super) fn request(call: &mut Call<'_>) -> HandlerResult {
    match call.request.method.as_str() {
        "GET" => save(call),
        "PUT" | "POST" => restore(call),
        _ => Err(Refusal::new(405, WRONG_METHOD)),
    }
}

fn save(call: &mut Call<'_>) -> HandlerResult {
    call.options()?;
    if !call.rights()?.grants.operation("snapshot-save") {
        return Err(denied());
    }
    let (index, term) = (call.state().indexes.latest(), call.world.servers.term);
    let servers = &call.world.servers;
    let peers: Vec<Value> = servers
        .list
        .iter()
        .map(|s| json!({"Suffrage": 0, "ID": s.id, "Address": format!("{}:4647", s.address)}))
        .collect();
    let number = call.world.save();
    let state = number.to_string().into_bytes();
    let meta = json!({"Version": 1, "ID": format!("{term}-{index}-{}", call.world.now().nanos() / 1_000_000),
        "Index": index, "Term": term, "Peers": "", "Configuration": {"Servers": peers},
        "ConfigurationIndex": 1, "Size": state.len()});
    let archive = pack(&bytes_of(&meta), &state).map_err(|e| Refusal::failed(e.to_string()))?;
    let digest = format!("sha-256={}", STANDARD.encode(Sha256::digest(&archive)));
    let mut reply = Reply::empty().header("Digest", digest);
    reply.content = Content::Other("application/x-gzip", archive);
    Ok(reply)
}

fn pack(meta: &[u8], state: &[u8]) -> std::io::Result<Vec<u8>> {
    let sum = |name: &str, bytes: &[u8]| format!("{}  {name}\n", hex(&Sha256::digest(bytes)));
    let sums = [sum(STATE, state), sum(META, meta)].concat();
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (name, bytes) in [(META, meta), (STATE, state), (SUMS, sums.as_bytes())] {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o600);
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, name, bytes)?;
    }
    archive.into_inner()?.finish()
}

fn restore(call: &mut Call<'_>) -> HandlerResult {
    call.manages()?;
    let failed = |words: String| Refusal::failed(format!("failed to restore from snapshot: {words}"));
    // The servers unpack all of it before they read it.
    let mut unpacked = Vec::new();
    let mut gzip = GzDecoder::new(&call.request.body[..]);
    if gzip.header().is_none() {
        let words = if call.request.body.is_empty() { "EOF" } else { "unexpected EOF" };
        return Err(failed(format!("failed to decompress snapshot: {words}")));
    }
    let cut = gzip.read_to_end(&mut unpacked).is_err();
    let state =
        unpack(&unpacked, cut).map_err(|words| failed(format!("failed to read snapshot file: {words}")))?;
    let number = std::str::from_utf8(&state).ok().and_then(|text| text.parse().ok());
    let Some(true) = number.map(|number| call.world.restore(number)) else {
        return Err(failed("the snapshot is of another cluster than this embedded one".to_owned()));
    };
    if let Leadership::By(_) = call.world.servers.leadership {
        call.world.servers.term += 1;
    }
    Ok(Reply::empty())
}

/// The state in an unpacked archive; the error is in the servers' words.
fn unpack(archive: &[u8], cut: bool) -> Result<Vec<u8>, String> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut archive = tar::Archive::new(archive);
    let broken = |e: &std::io::Error| {
        let early = cut
            || e.kind() == ErrorKind::UnexpectedEof
            || e.to_string().contains("failed to read entire block");
        if early { "unexpected EOF".to_owned() } else { "archive/tar: invalid tar header".to_owned() }
    };
    let entries = archive.entries().map_err(|e| format!("failed reading snapshot: {}", broken(&e)))?;
    for entry in entries {
        let mut entry = entry.map_err(|e| format!("failed reading snapshot: {}", broken(&e)))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let whose = match name.as_str() {
            META => "failed to read snapshot metadata",
            STATE => "failed to read or write snapshot data",
            SUMS => "failed to read snapshot hashes",
            _ => return Err(format!("unexpected file {name:?} in snapshot")),
        };
        let mut bytes = Vec::new();
        let read = entry.read_to_end(&mut bytes);
        if read.is_err() || (bytes.len() as u64) < entry.size() {
            return Err(format!("{whose}: unexpected EOF"));
        }
        if name == META && serde_json::from_slice::<Value>(&bytes).is_err() {
            return Err("failed to decode snapshot metadata: unexpected end of JSON input".to_owned());
        }
        files.insert(name, bytes);
    }
    let unsound = |words: String| format!("failed checking integrity of snapshot: {words}");
    let sums = files.get(SUMS).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
    let sums: BTreeMap<&str, &str> =
        sums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
    for name in [META, STATE] {
        let Some(sum) = sums.get(name) else { return Err(unsound(format!("file missing for {name:?}"))) };
        let bytes = files.get(name).map(Vec::as_slice).unwrap_or_default();
        if hex(&Sha256::digest(bytes)) != *sum {
            return Err(unsound(format!("hash check failed for {name:?}")));
        }
    }
    Ok(files.remove(STATE).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(archive: &[u8]) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let cut = GzDecoder::new(archive).read_to_end(&mut bytes).is_err();
        unpack(&bytes, cut)
    }

    #[test]
    fn an_archive_is_read_as_it_was_packed_and_harm_is_told() {
        let archive = pack(b"{}", b"7").unwrap();
        assert_eq!(unpacked(&archive).unwrap(), b"7");
        let mut plain = Vec::new();
        GzDecoder::new(&archive[..]).read_to_end(&mut plain).unwrap();
        assert_eq!(
            unpack(&plain[..513], true).unwrap_err(),
            "failed to read snapshot metadata: unexpected EOF"
        );
        let swapped = String::from_utf8(plain).unwrap().replace("\u{0}7\u{0}", "\u{0}8\u{0}");
        assert_eq!(
            unpack(swapped.as_bytes(), false).unwrap_err(),
            "failed checking integrity of snapshot: hash check failed for \"state.bin\""
        );
        let bad = pack(b"{", b"7").unwrap();
        assert!(unpacked(&bad).unwrap_err().starts_with("failed to decode snapshot metadata"));
    }
}
