//! `fleet operator api`

use std::io::IsTerminal as _;

use percent_encoding::percent_decode_str;

use crate::api::http::{Download, Get, Raw, Write};
use crate::app::App;
use crate::error::{Error, Result};
use crate::ops::jobfile;

/// Send a request of your own to Nomad's HTTP API, with the address, token and certificates of everything else.
///
/// What is not a GET is asked about first. The answer is printed as it comes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator api /v1/jobs
  fleet operator api GET '/v1/allocations?namespace=*&per_page=5'
  fleet operator api PUT /v1/system/gc --yes
  fleet operator api PUT /v1/jobs/parse -d @parse.json --yes")]
pub struct Args {
    /// The method (GET unless said, POST with a body) and the path, such as /v1/jobs.
    #[arg(value_name = "[METHOD] PATH", required = true, num_args = 1..=2)]
    request: Vec<String>,

    /// The body; @FILE reads it from a file, - from stdin.
    #[arg(long, short, value_name = "BODY")]
    data: Option<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// A request as it was typed.
struct TypedRequest {
    method: String,
    /// The path with its query, as it is shown.
    path: String,
    route: String,
    query: Vec<(String, String)>,
}

impl TypedRequest {
    fn of(args: &Args) -> Result<Self> {
        let (method, path) = match &args.request[..] {
            [method, path] => (method.to_uppercase(), path.as_str()),
            [path] => ((if args.data.is_some() { "POST" } else { "GET" }).to_owned(), path.as_str()),
            _ => return Err(Error::usage("give a method and a path")),
        };
        if path.starts_with("http") {
            return Err(Error::usage("give the path alone, such as /v1/jobs")
                .because("the address is that of --address, NOMAD_ADDR or the context"));
        }
        let path = match path.starts_with("/v1/") {
            true => path.to_owned(),
            false => format!("/v1/{}", path.trim_start_matches('/')),
        };
        let (route, query) = path.split_once('?').unwrap_or((&path, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let query = pairs.map(|(name, value)| (decoded(name), decoded(value))).collect();
        Ok(TypedRequest { method, route: route.to_owned(), query, path })
    }

    /// Sends it; asks before what is not a GET.
    async fn send(self, body: Option<Vec<u8>>, yes: bool, app: &App) -> Result<Download> {
        let TypedRequest { method, path, route, query } = self;
        let (nomad, purpose) = (app.nomad()?, format!("{method} {route}"));
        let call = match method.as_str() {
            "GET" => return Ok(nomad.download(&Get::<Raw>::new(route, purpose).queries(query)).await?),
            "PUT" => Write::<Raw>::put(route, purpose),
            "POST" => Write::post(route, purpose),
            "DELETE" => Write::delete(route, purpose),
            other => {
                return Err(Error::usage(format!("{other:?} is no method of Nomad's API"))
                    .hint("GET, PUT, POST or DELETE"));
            }
        };
        let permission = app.confirm(yes, &format!("Send {method} {path} to {}?", nomad.address())).await?;
        let call = body.into_iter().fold(call.queries(query), Write::raw_body);
        Ok(nomad.exchange(&permission, &call).await?)
    }
}

/// Sends it and prints the answer.
///
/// # Errors
/// Usage (2), refused (7), and whatever the server answers, with its words.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let request = TypedRequest::of(args)?;
    let body = match args.data.as_deref() {
        None => None,
        Some("-") => Some(jobfile::read_bytes("-").await?),
        Some(text) => Some(match text.strip_prefix('@') {
            Some(file) => jobfile::read_bytes(file).await?,
            None => text.as_bytes().to_vec(),
        }),
    };
    let mut answer = request.send(body, args.yes, app).await?;
    let mut last = b'\n';
    while let Some(piece) = answer.chunk().await? {
        last = piece.last().copied().unwrap_or(last);
        app.printer.pass(&piece)?;
        if app.printer.is_closed() {
            return Ok(());
        }
    }
    if last != b'\n' && std::io::stdout().is_terminal() {
        app.printer.text("\n")?;
    }
    Ok(())
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
