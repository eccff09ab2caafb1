//! What a migration from nginx does outside itself: reading configurations, writing what was made of them, asking both sides.

pub mod disk;
pub mod echo;
pub mod exchange;
pub mod verify;
pub mod write;
