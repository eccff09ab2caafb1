//! `fleet operator api`

use std::io::IsTerminal as _;

use percent_encoding::percent_decode_str;

use crate::api::http::{Get, Raw, Write};
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

/// Sends it and prints the answer.
///
/// # Errors
/// Usage (2), refused (7), and whatever the server answers, with its words.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let (method, path) = match &args.request[..] {
        [method, path] => (method.to_uppercase(), path),
        [path] => ((if args.data.is_some() { "POST" } else { "GET" }).to_owned(), path),
        _ => return Err(Error::usage("give a method and a path")),
    };
    let path = path.strip_prefix("http").map_or(path.as_str(), |_| "");
    let full = match path {
        "" => {
            return Err(Error::usage("give the path alone, such as /v1/jobs")
                .because("the address is that of --address, NOMAD_ADDR or the context"));
        }
        path if path.starts_with("/v1/") => path.to_owned(),
        path => format!("/v1/{}", path.trim_start_matches('/')),
    };
    let (route, query) = full.split_once('?').unwrap_or((&full, ""));
    let query: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect();
    let body = match args.data.as_deref() {
        None => None,
        Some("-") => Some(jobfile::read_bytes("-").await?),
        Some(text) => Some(match text.strip_prefix('@') {
            Some(file) => jobfile::read_bytes(file).await?,
            None => text.as_bytes().to_vec(),
        }),
    };
    let nomad = app.nomad()?;
    let purpose = format!("{method} {route}");
    let mut answer = match method.as_str() {
        "GET" => nomad.download(&Get::<Raw>::new(route.to_owned(), purpose).queries(query)).await?,
        "PUT" | "POST" | "DELETE" => {
            let permission =
                app.confirm(args.yes, &format!("Send {method} {full} to {}?", nomad.address())).await?;
            let call = match method.as_str() {
                "PUT" => Write::<Raw>::put(route.to_owned(), purpose),
                "POST" => Write::post(route.to_owned(), purpose),
                _ => Write::delete(route.to_owned(), purpose),
            };
            let call = call.queries(query);
            nomad.exchange(&permission, &body.into_iter().fold(call, Write::raw_body)).await?
        }
        other => {
            return Err(Error::usage(format!("{other:?} is no method of Nomad's API"))
                .hint("GET, PUT, POST or DELETE"));
        }
    };
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
