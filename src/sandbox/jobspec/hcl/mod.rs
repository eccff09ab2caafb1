//! HCL2: syntax comes from `hcl-edit`; values, expressions, templates and diagnostics are here, with the positions and
//! words of HashiCorp's implementation.

pub(crate) mod diagnostic;
pub(crate) mod eval;
mod heredoc;
mod operators;
mod reference;
mod syntax;
mod template;
pub(crate) mod value;

pub(crate) use diagnostic::{Diagnostics, Source};
pub(crate) use eval::Scope;
pub(crate) use syntax::parse;
pub(crate) use value::{Number, Type, Value};
