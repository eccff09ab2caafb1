//! Jobs as they are written, submitted and stored: HCL into the API's JSON, defaults, validation, diffs.
//!
//! Everything works on JSON: the form the API takes and the form the server shows differ in many small ways, and both
//! must be answered field by field.

mod blocks;
mod canonical;
mod decode;
mod diff;
mod free;
mod functions;
mod hcl;
mod implied;
mod mesh;
mod parse;
mod schema;
mod special;
mod stored;
mod validate;
mod variables;

#[cfg(test)]
mod tests;

pub use canonical::{canonicalize, decode};
pub use diff::diff;
pub use parse::parse;
pub use stored::stored;
pub use validate::{all_errors, all_warnings, errors, refusal, warnings};
