//! Where settings come from: flags over environment over context file over default, each value with its origin.

mod context_edit;
mod contexts;
mod direct;
mod environment;
mod flags;
mod lift;
mod secret;
mod settings;
mod sourced;
mod sources;

pub use context_edit::{ContextEdit, TEMPLATE};
pub use contexts::{ConsulContext, Context, ContextFile, NomadContext, Pin};
pub use direct::DirectMode;
pub use environment::Environment;
pub use flags::ConnectionFlags;
pub use lift::Lifts;
pub use secret::{TokenSource, fingerprint};
pub use settings::{ConsulSettings, NomadSettings, Settings};
pub use sourced::{Origin, Sourced};
