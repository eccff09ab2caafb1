//! `fleet service …`

pub mod deregister;
pub mod health;
pub mod list;
pub mod show;
#[cfg(test)]
mod tests;
pub mod urls;
mod view;

use clap::Subcommand;

use crate::api;
use crate::app::App;
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::suggest;
use crate::ops::services::{self, Registries, ServiceSelection, ServicesRead};

/// Verbs on services.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Deregister(deregister::Args),
    Health(health::Args),
    List(list::Args),
    Show(show::Args),
    Urls(urls::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Deregister(args) => deregister::run(&args, app).await?,
            Command::Health(args) => health::run(&args, app).await?,
            Command::List(args) => list::run(&args, app).await?,
            Command::Show(args) => show::run(&args, app).await?,
            Command::Urls(args) => urls::run(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}

/// The instances of a service in both registries.
///
/// # Errors
/// Not found (3) where there is none, with the nearest name; Nomad's own.
async fn named(app: &App, name: &str) -> Result<ServicesRead> {
    let (nomad, consul, namespace) = (app.nomad()?, app.consul()?, app.list_namespace()?);
    let read =
        Registries::new(nomad, consul, namespace).read(ServiceSelection::Named(name), usize::MAX).await?;
    if !read.instances.is_empty() {
        tell_not_known(app, &read);
        return Ok(read);
    }
    resolve::namespace(app).await?;
    if let Some(fault) = read.consul_fault {
        return Err(not_read(fault));
    }
    let error = Error::not_found(format!("no instance of service {name} is registered"));
    let error = read.not_known.into_iter().fold(error, Error::because);
    if let Some(why) = read.unseen {
        return Err(error.because(why).hint("it may be in a namespace the token cannot read"));
    }
    let error = match consul {
        Some(_) => error,
        None => error.because("only Nomad's registry was asked: CONSUL_HTTP_ADDR is not set"),
    };
    let names = services::names(nomad, consul, namespace).await?;
    Err(match suggest::nearest(name, names.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean {near:?}?")),
        None => error.hint("fleet service list shows all services"),
    })
}

/// That what is in Consul's registry is not known: it is no empty one.
fn not_read(fault: api::Error) -> Error {
    Error::from(fault).context("the services in Consul are not known")
}

/// Says what could not be read.
fn tell_not_known(app: &App, read: &ServicesRead) {
    let hidden = read.unseen.as_ref().filter(|_| read.consul_fault.is_none());
    let hidden = hidden.map(|why| format!("whether there is one: {why}"));
    read.not_known.iter().chain(&hidden).for_each(|why| app.printer.warn(&format!("not known: {why}")));
}
