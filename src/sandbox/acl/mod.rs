//! Access control: the rules of policies, and what they add up to (`nomad-api.md §9.3`, `acl-policies.md`).

mod decode;
mod grants;
pub(in crate::sandbox) mod hcl1;
mod rules;

#[cfg(test)]
mod tests;

pub use grants::Grants;
pub use rules::{Capabilities, Named, NamespaceRule, PathRule, Rules, Shorthand};
