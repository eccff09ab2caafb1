//! The process edge of `fleet`.
fn main() {}
