//! Config entries of Consul and the traffic they steer: what they say, what is wrong with them, what writing them does to open
//! connections (`mesh.md`).

pub mod change;
pub mod consequence;
pub mod difference;
pub mod document;
pub mod fields;
pub mod lint;
pub mod on_proxy;
pub mod order;
pub mod re2;
pub mod shift;
pub mod shift_entries;
pub mod shift_pin;
pub mod shift_route;
pub mod sides;
pub mod weighted;
