//! What takes time: operations plan purely, run as state machines, and emit typed events. They know no terminal.

pub mod alloc_files;
pub mod deploy;
pub mod direct;
pub mod doctor;
pub mod drain;
pub mod events;
pub mod exec;
pub mod forward;
pub mod ingress;
pub mod jobfile;
pub mod journal;
pub mod logs;
pub mod migration;
pub mod observe;
pub mod one_off;
pub mod present_health;
pub mod rotate;
pub mod server_upgrade;
pub mod services;
pub mod sync;
pub mod ticker;
pub mod traffic;
pub mod transfer;
pub mod wait;
pub mod why;
