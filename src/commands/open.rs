//! `fleet open`

use serde::Serialize;

use crate::api::http::segment;
use crate::app::App;
use crate::commands::shared::{browser, complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
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
        Some(thing) => path_of(app, thing).await?,
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

/// The place of a thing's page: what looks like an id is looked for among ids first.
async fn path_of(app: &App, thing: &str) -> Result<String> {
    let is_id = thing.len() >= 4 && thing.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let ids = [PageKind::Alloc, PageKind::Deployment, PageKind::Eval, PageKind::Node, PageKind::Job];
    for kind in if is_id { &ids[..] } else { &NAMES[..] } {
        match kind.path(app, thing).await {
            Err(e) if e.code() == ExitCode::NotFound => {}
            found => return found,
        }
    }
    Err(Error::not_found(format!("no job, node, allocation, evaluation or deployment is called {thing}"))
        .hint("`fleet job list` and `fleet node list` show what there is"))
}

/// What has a name beside its id.
const NAMES: [PageKind; 2] = [PageKind::Job, PageKind::Node];

/// A kind of object that has a page.
#[derive(Debug, Clone, Copy)]
enum PageKind {
    Job,
    Alloc,
    Node,
    Eval,
    Deployment,
}

impl PageKind {
    async fn path(self, app: &App, thing: &str) -> Result<String> {
        let nomad = app.nomad()?;
        Ok(match self {
            PageKind::Job => {
                let job = resolve::job(nomad, app.list_namespace()?, thing).await?;
                page_of_job(&job.id, &job.namespace)
            }
            PageKind::Alloc => format!("allocations/{}", resolve::alloc(nomad, thing).await?.id),
            PageKind::Node => format!("clients/{}", resolve::node(nomad, thing).await?.id),
            PageKind::Eval => {
                format!("evaluations?currentEval={}", resolve::evaluation(nomad, thing).await?.id)
            }
            PageKind::Deployment => {
                let deployment = resolve::deployment(nomad, thing).await?;
                format!("{}/deployments", page_of_job(&deployment.job_id, &deployment.namespace))
            }
        })
    }
}

fn page_of_job(id: &str, namespace: &str) -> String {
    format!("jobs/{}@{}", segment(id), segment(namespace))
}
