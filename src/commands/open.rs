//! `fleet open`

use serde::Serialize;

use crate::api::http::segment;
use crate::app::App;
use crate::commands::shared::find::{FoundObject, ObjectKind, find};
use crate::commands::shared::{browser, complete};
use crate::error::{Error, Result};
use crate::ui::{Cell, Describe, Detail};

/// Open the page of a thing in Nomad's web interface: of a job, an allocation, a node, an evaluation or a deployment.
///
/// THING is a name or an id or the beginning of one, as other verbs take it; without one it is the page of all jobs. The page is
/// opened with $BROWSER, else with the desktop's own opener. Where there is none, such as in a pipeline, its address is printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet open web
  fleet open c783f447 --print
  fleet open")]
pub struct Args {
    /// A job, an allocation, a node, an evaluation or a deployment.
    #[arg(value_name = "THING", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    thing: Option<String>,

    /// Print the address, and open nothing.
    #[arg(long)]
    print: bool,
}

/// The page.
#[derive(Debug, Serialize)]
struct Page {
    url: String,
    opened: bool,
}

impl Describe for Page {
    fn describe(&self) -> Detail {
        let opened = if self.opened { "yes" } else { "no" };
        Detail::new().fields([("url", Cell::text(&self.url)), ("opened", Cell::from(opened))])
    }
}

/// Opens the page.
///
/// # Errors
/// Not found (3) when nothing has that name.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let path = match &args.thing {
        Some(thing) => Box::pin(path_of(app, thing)).await?,
        None => "jobs".to_owned(),
    };
    let address = app.nomad()?.address().trim_end_matches('/').to_owned();
    if !address.starts_with("http") {
        return Err(Error::usage(format!("{address} has no web interface"))
            .because("it is a socket of this machine")
            .hint("give an address that a browser reaches: --address http://HOST:4646"));
    }
    let mark = if path.contains('?') { '&' } else { '?' };
    let region =
        app.nomad()?.region().map_or_else(String::new, |region| format!("{mark}region={}", segment(region)));
    let url = format!("{address}/ui/{path}{region}");
    let open = !args.print && browser::is_there(app);
    if open {
        browser::open(app, &url, &url).await?;
    }
    if open || app.printer.is_machine() {
        return app.printer.object(&Page { url, opened: open });
    }
    app.printer.text(&format!("{url}\n"))
}

/// The place of a thing's page.
async fn path_of(app: &App, thing: &str) -> Result<String> {
    let kinds =
        [ObjectKind::Job, ObjectKind::Node, ObjectKind::Alloc, ObjectKind::Eval, ObjectKind::Deployment];
    match find(app, thing, &kinds).await? {
        Some(object) => Ok(page_of(&object)),
        None => Err(Error::not_found(format!(
            "no job, node, allocation, evaluation or deployment is called {thing}"
        ))
        .hint("`fleet job list` and `fleet node list` show what there is")),
    }
}

fn page_of(object: &FoundObject) -> String {
    match object {
        FoundObject::Job(job) => page_of_job(&job.id, &job.namespace),
        FoundObject::Node(node) => format!("clients/{}", node.id),
        FoundObject::Service(_) => "services".to_owned(),
        FoundObject::Alloc(alloc) => format!("allocations/{}", alloc.id),
        FoundObject::Eval(eval) => format!("evaluations?currentEval={}", eval.id),
        FoundObject::Deployment(d) => format!("{}/deployments", page_of_job(&d.job_id, &d.namespace)),
    }
}

fn page_of_job(id: &str, namespace: &str) -> String {
    format!("jobs/{}@{}", segment(id), segment(namespace))
}
