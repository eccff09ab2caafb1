//! The reasoning that makes `fleet` trustworthy: pure, synchronous, without I/O or clock.

pub mod ident;
pub mod selector;
pub mod suggest;
