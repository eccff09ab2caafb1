//! What is in a snapshot of the servers' state: a gzipped tar of `meta.json`, `state.bin` and their SHA-256 sums
//! (`nomad-api.md §9.4`).

use std::collections::BTreeMap;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::ids::hex;

/// Larger than this no `meta.json` and no list of sums is.
const LARGEST_SMALL_FILE: u64 = 1024 * 1024;

/// What a snapshot tells of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(deserialize = "PascalCase"), default)]
pub struct Meta {
    /// `<term>-<index>-<milliseconds since 1970>`.
    #[serde(rename(deserialize = "ID"))]
    pub id: String,
    /// The raft index of the state.
    pub index: u64,
    /// The raft term of the state.
    pub term: u64,
    /// The form of the snapshot.
    pub version: u64,
    /// Bytes of the state.
    #[serde(rename(serialize = "state_bytes"))]
    pub size: u64,
}

impl Meta {
    /// When it was taken, in milliseconds since 1970.
    #[must_use]
    pub fn taken_ms(&self) -> Option<i64> {
        self.id.rsplit('-').next()?.parse().ok()
    }
}

/// Reads an archive to its end and compares every sum.
///
/// # Errors
/// A sentence that says what is wrong with it: no archive, a part missing, a sum that differs.
pub fn verify(archive: impl Read) -> Result<Meta, String> {
    let unzipped = flate2::read::GzDecoder::new(archive);
    let mut tar = tar::Archive::new(unzipped);
    let no_archive = |e: io::Error| format!("it is no snapshot of Nomad, or it was cut: {e}");
    let mut sums: BTreeMap<String, String> = BTreeMap::new();
    let (mut meta, mut expected) = (None, None);
    for entry in tar.entries().map_err(no_archive)? {
        let mut entry = entry.map_err(no_archive)?;
        let name = entry.path().map_err(no_archive)?.to_string_lossy().into_owned();
        match name.as_str() {
            "meta.json" | "SHA256SUMS" => {
                let mut bytes = Vec::new();
                (&mut entry).take(LARGEST_SMALL_FILE).read_to_end(&mut bytes).map_err(no_archive)?;
                sums.insert(name.clone(), hex(&Sha256::digest(&bytes)));
                if name == "meta.json" {
                    let read = serde_json::from_slice(&bytes);
                    meta = Some(read.map_err(|e| format!("its meta.json makes no sense: {e}"))?);
                } else {
                    expected = Some(String::from_utf8_lossy(&bytes).into_owned());
                }
            }
            "state.bin" => drop(sums.insert(name, digest(&mut entry).map_err(no_archive)?)),
            other => return Err(format!("there is a file {other:?} in it that no snapshot has")),
        }
    }
    let expected = expected.ok_or("it has no SHA256SUMS")?;
    for (name, sum) in
        expected.lines().filter_map(|line| line.split_once("  ").map(|(sum, name)| (name, sum)))
    {
        match sums.get(name) {
            None => return Err(format!("it has no {name}")),
            Some(is) if is != sum => {
                return Err(format!("the SHA-256 of {name} is {is}, and was to be {sum}"));
            }
            Some(_) => {}
        }
    }
    if !sums.contains_key("state.bin") {
        return Err("it has no state.bin".to_owned());
    }
    meta.ok_or_else(|| "it has no meta.json".to_owned())
}

/// The SHA-256 of all that a reader gives, in hexadecimal.
///
/// # Errors
/// Those of the reader.
pub fn digest(mut bytes: impl Read) -> io::Result<String> {
    let mut sum = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match bytes.read(&mut piece)? {
            0 => return Ok(hex(&sum.finalize())),
            n => sum.update(&piece[..n]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(zip);
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            header.set_cksum();
            tar.append_data(&mut header, name, *bytes).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    const META: &[u8] = br#"{"Version":1,"ID":"3-34-1795981043436","Index":34,"Term":3,"Size":5}"#;

    fn sums(state: &[u8]) -> String {
        format!("{}  state.bin\n{}  meta.json\n", hex(&Sha256::digest(state)), hex(&Sha256::digest(META)))
    }

    #[test]
    fn a_whole_snapshot_tells_what_it_is() {
        let sums = sums(b"state");
        let whole = archive(&[("meta.json", META), ("state.bin", b"state"), ("SHA256SUMS", sums.as_bytes())]);
        let meta = verify(&whole[..]).unwrap();
        assert_eq!((meta.index, meta.term, meta.taken_ms()), (34, 3, Some(1_795_981_043_436)));
    }

    #[test]
    fn whatever_is_wrong_with_it_is_said() {
        let sums = sums(b"state");
        let other = archive(&[("meta.json", META), ("state.bin", b"stale"), ("SHA256SUMS", sums.as_bytes())]);
        assert!(verify(&other[..]).unwrap_err().starts_with("the SHA-256 of state.bin is "));
        let bare = archive(&[("meta.json", META), ("state.bin", b"state")]);
        assert_eq!(verify(&bare[..]).unwrap_err(), "it has no SHA256SUMS");
        let stateless = archive(&[("meta.json", META), ("SHA256SUMS", sums.as_bytes())]);
        assert_eq!(verify(&stateless[..]).unwrap_err(), "it has no state.bin");
        let foreign = archive(&[("passwd", b"x")]);
        assert!(verify(&foreign[..]).unwrap_err().contains("\"passwd\""));
        let whole = archive(&[("meta.json", META), ("state.bin", b"state"), ("SHA256SUMS", sums.as_bytes())]);
        for cut in [0, 1, 10, whole.len() / 2] {
            assert!(verify(&whole[..cut]).is_err(), "cut at {cut}");
        }
        assert!(verify(&b"not a snapshot"[..]).unwrap_err().starts_with("it is no snapshot"));
    }
}
