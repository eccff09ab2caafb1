//! Config entries and the traffic they steer: reading, writing with proof, and moving traffic step by step (`mesh.md`).

mod conflict;
pub mod entries;
pub mod history;
pub mod load;
pub mod on_proxies;
pub mod shift;
pub mod traefik;
pub mod traefik_file;
pub mod witness;
pub mod write;
