//! The test suite: the binary and the library against servers of every kind. One binary, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end")]

mod binary;
mod canned;
#[cfg(feature = "sandbox")]
mod chaos;
#[cfg(feature = "sandbox")]
mod ci;
mod contexts;
#[cfg(feature = "sandbox")]
mod corners;
mod documents;
#[cfg(feature = "sandbox")]
mod e2e;
#[cfg(feature = "sandbox")]
mod faults;
mod fuzz;
#[cfg(feature = "sandbox")]
mod generated;
mod hints;
mod hooks;
mod house;
#[cfg(feature = "sandbox")]
mod inliner;
mod login;
mod machine;
mod manual;
#[cfg(feature = "sandbox")]
mod mesh;
#[cfg(feature = "sandbox")]
mod mesh_traefik;
#[cfg(feature = "sandbox")]
mod mesh_traefik_file;
mod migrate;
mod migrate_nginx;
mod migrate_verify;
mod nodes;
#[cfg(feature = "sandbox")]
mod rare_documents;
#[cfg(feature = "sandbox")]
mod raw;
mod recordings;
#[cfg(feature = "sandbox")]
mod rotation;
#[cfg(feature = "sandbox")]
mod sandbox_consul;
mod schemas;
#[cfg(feature = "sandbox")]
mod shapes;
mod status;
mod streams;
#[cfg(feature = "sandbox")]
mod terminal;
mod tls;
mod ui;

#[test]
fn every_file_of_the_suite_is_part_of_it() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let main = std::fs::read_to_string(here.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(&here).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let declared = main.lines().any(|line| line == format!("mod {name};"));
        assert!(name == "main" || declared, "tests/suite/{name} is not declared in main.rs and never runs");
    }
}
