//! `fleet migrate verify`

mod foretell;
mod reports;
mod view;

use std::path::{Path, PathBuf};
use std::time::Duration;

use foretell::Prediction;

use crate::app::App;
use crate::commands::shared::report_kind::ReportKind;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ingress::verdict::Target;
use crate::model::ingress::verify::access_log::{self, LogLimits, Logged};
use crate::model::ingress::verify::sample::{self, SampleChoice};
use crate::model::ingress::verify::verdict::{Gate, Outcome, sum};
use crate::model::ingress::verify::{Origin, SentRequest};
use crate::model::words;
use crate::ops::ingress::exchange::Side;
use crate::ops::ingress::verify::VerificationRun;
use crate::ops::ingress::write;

/// Send the same requests to the old side and to the new, and say what differs.
///
/// Requests come from access logs (combined or JSON), from a file, and from the edges of the routes of a configuration. Each goes
/// to the old side twice: what differs there is noise and is not compared. What differs then is tried again, and counts when it
/// stays. Differences that the configuration's report foretells are counted apart. The gate is open when nothing unexplained is
/// left and every route was seen on both sides.
///
/// Cookies and authorisation in logs are not read, and queries that hold secrets are not sent, unless told.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet migrate verify --old http://10.20.0.5:8081 --new http://10.30.0.9:8081 --from-log access.log
  fleet migrate verify --old http://old:8081 --new http://new:8081 --requests requests.txt --junit verify.xml
  fleet migrate verify --old http://old:8081 --new http://new:8081 --conf nginx.conf --port 8081 --to traefik
  fleet migrate verify --old https://10.20.0.5 --new https://10.30.0.9:8443 --host shop.example.com --cacert ca.pem --from-log access.log
  fleet migrate verify --old http://old:8081 --new http://new:8081 --conf nginx.conf --echo --report verify.html")]
pub struct Args {
    /// The side that is to be left.
    #[arg(long, value_name = "URL")]
    old: String,

    /// The side that is to take over.
    #[arg(long, value_name = "URL")]
    new: String,

    /// Take requests from this access log; can be repeated.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    from_log: Vec<PathBuf>,

    /// Take requests from this file: METHOD TARGET [HOST] in each line, or JSON.
    #[allow(rustdoc::broken_intra_doc_links, reason = "brackets are part of what is typed")]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    requests: Option<PathBuf>,

    /// The nginx configuration: its routes are probed at their edges, and what its report foretells is explained.
    #[arg(long, value_name = "CONF", value_hint = clap::ValueHint::FilePath)]
    conf: Option<String>,

    /// The port of the configuration that the old side is; without it that of --old.
    #[arg(long, requires = "conf", value_name = "PORT")]
    port: Option<u16>,

    /// What the new side is.
    #[arg(long, requires = "conf", value_enum, default_value = "traefik")]
    to: NewSide,

    /// The service that runs at a fixed address, as it was said to `migrate nginx`; can be repeated.
    #[arg(long = "map", requires = "conf", value_name = "HOST:PORT=SERVICE")]
    map: Vec<String>,

    /// The Host of requests that name none.
    #[arg(long, value_name = "HOST")]
    host: Option<String>,

    /// Send these methods from logs; others are left out.
    #[arg(long = "method", value_name = "METHOD", default_values = ["GET", "HEAD"])]
    methods: Vec<String>,

    /// Requests from logs for each route, status class and kind of query.
    #[arg(long, value_name = "N", default_value_t = 5)]
    each: usize,

    /// Leave out the other spellings of paths (//, /.., %2F, a slash at the end).
    #[arg(long)]
    no_probes: bool,

    /// Read cookies and authorisation from logs and send them.
    #[arg(long)]
    send_credentials: bool,

    /// Send queries that look like secrets.
    #[arg(long)]
    send_secret_queries: bool,

    /// A header for every request; can be repeated.
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,

    /// Compare what the application receives: both sides lead to `fleet migrate echo`.
    #[arg(long)]
    echo: bool,

    /// Certificates of the authorities that sides with https:// may show one of, instead of those this machine trusts.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    cacert: Option<PathBuf>,

    /// Requests a second to each side, at most.
    #[arg(long, value_name = "N", default_value_t = 20.0)]
    rate: f64,

    /// How long an answer may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,

    /// Keep findings in this file, and go on from what is in it: a run that was killed does not send again what it had found.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    state: Option<PathBuf>,

    /// Write a report: .html, .md or .json.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    report: Option<PathBuf>,

    /// Write the findings to this file as JUnit does.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    junit: Option<PathBuf>,
}

/// What the new side is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum NewSide {
    /// Consul's api-gateway.
    ApiGateway,
    /// Consul's ingress-gateway.
    IngressGateway,
    /// Traefik.
    Traefik,
}

impl NewSide {
    fn target(self) -> Target {
        match self {
            NewSide::ApiGateway => Target::ApiGateway,
            NewSide::IngressGateway => Target::IngressGateway,
            NewSide::Traefik => Target::Traefik,
        }
    }
}

/// Compares both sides.
///
/// # Errors
/// Usage (2), failed (1) when something differs or is not known.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    if !(args.rate.is_finite() && args.rate > 0.0) {
        return Err(Error::usage(format!("--rate {}: more than 0 is expected", args.rate)));
    }
    let side = |name, url: &str| Side::of(name, url, args.rate, args.cacert.as_deref());
    let (old, new) = (side("old", &args.old)?, side("new", &args.new)?);
    let kind =
        args.report.as_deref().map(|path| ReportKind::of(path).map(|kind| (path, kind))).transpose()?;
    let headers = headers(&args.headers)?;
    let port = args.port.or_else(|| old.address.rsplit(':').next()?.parse().ok()).unwrap_or(80);
    let foretelling = match &args.conf {
        Some(conf) => Some(Prediction::new(conf, port, args.to, &args.map)?),
        None => None,
    };
    let requests = gather(args, app, foretelling.as_ref())?;
    if requests.is_empty() {
        return Err(Error::usage("there is nothing to send").hint("name --from-log, --requests or --conf"));
    }
    let many = words::count(requests.len(), "request");
    app.printer.note(&format!("{many}, at most {} a second to each side", args.rate));
    let ending = app.interrupts.at_once();
    ending.last_words(vec![match &args.state {
        Some(state) => {
            format!("{} holds what was found: the same command goes on from there", state.display())
        }
        None => "nothing of it is kept: with --state FILE the same command goes on where it was".to_owned(),
    }]);
    let run = VerificationRun {
        old,
        new,
        patience: Duration::from_secs(args.wait),
        headers: &headers,
        echo: args.echo,
        state: args.state.clone(),
    };
    let foretold = |asked: &SentRequest, old: &_, new: &_| foretelling.as_ref()?.explains(asked, old, new);
    let mut told = 0;
    let findings = run
        .all(&requests, &foretold, |finding| {
            if let Outcome::Differs { differences } = &finding.outcome
                && told < 20
            {
                told += 1;
                let what: Vec<&str> = differences.iter().map(|d| d.what.as_str()).collect();
                app.printer.note(&format!("{} differs: {}", finding.request.shown(), what.join(", ")));
            }
        })
        .await?;
    let routes = foretelling.as_ref().map(Prediction::routes).unwrap_or_default();
    let view = view::VerificationView { sum: sum(&findings, &routes), findings };
    if let Some((path, kind)) = kind {
        write::atomically(path, &kind.text(&view, reports::html, reports::markdown)?)?;
    }
    if let Some(path) = &args.junit {
        write::atomically(path, &reports::junit(&view))?;
    }
    app.printer.object(&view)?;
    gate(&view)
}

/// What the gate says, with why where it is not open.
fn gate(view: &view::VerificationView) -> Result<ExitCode> {
    match view.sum.gate {
        Gate::Open => Ok(ExitCode::Done),
        Gate::Closed => Err(Error::failed(format!(
            "{} of {} differ unexplained",
            view.sum.unexplained,
            words::count(view.sum.requests, "request")
        ))),
        Gate::Unknown if view.sum.same + view.sum.explained == 0 => {
            let error = Error::new(ExitCode::Unreachable, "no request was answered by both sides");
            let first = view.findings.iter().find_map(|f| match &f.outcome {
                Outcome::Unknown { why } => Some(why.clone()),
                _ => None,
            });
            let unknown = first.as_ref().is_some_and(|why| why.contains("certificate"));
            let error = first.into_iter().fold(error, Error::because);
            Err(if unknown {
                error.hint("--cacert FILE names the certificates of the authority that signed it")
            } else {
                error
            })
        }
        Gate::Unknown => Err(Error::failed("it is not known whether the new side may take over")
            .because(format!(
                "{} without an answer, {} not seen on both sides",
                words::count(view.sum.unknown, "request"),
                words::count(view.sum.routes_not_seen.len(), "route")
            ))
            .hint("add requests for the routes that were not seen: --requests FILE")),
    }
}

fn headers(given: &[String]) -> Result<Vec<(String, String)>> {
    let one = |text: &String| {
        let (name, value) = text
            .split_once(':')
            .ok_or_else(|| Error::usage(format!("--header {text:?}: NAME: VALUE is expected")))?;
        Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    given.iter().map(one).collect()
}

fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|e| {
        let error = if e.kind() == std::io::ErrorKind::NotFound { Error::not_found } else { Error::failed };
        error(format!("could not read {}", path.display())).because(e.to_string())
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn with_host(args: &Args, mut asked: SentRequest) -> SentRequest {
    asked.host = asked.host.or_else(|| args.host.clone());
    asked
}

/// The requests of access logs that are sent: some of each route, and what was left out is said.
fn of_logs(args: &Args, app: &App, route: impl Fn(&SentRequest) -> String) -> Result<Vec<SentRequest>> {
    let taking = LogLimits { credentials: args.send_credentials };
    let mut logged: Vec<Logged> = Vec::new();
    let mut unread = 0;
    for path in &args.from_log {
        for line in read(path)?.lines().filter(|l| !l.trim().is_empty()) {
            match access_log::line(line, taking) {
                Some(entry) => logged.push(Logged { asked: with_host(args, entry.asked), ..entry }),
                None => unread += 1,
            }
        }
    }
    let methods = args.methods.iter().map(|m| m.to_ascii_uppercase()).collect();
    let choice = SampleChoice { methods, each: args.each, secrets: args.send_secret_queries };
    let (chosen, skipped) = sample::choose(&logged, &choice, route);
    app.printer.note(&format!(
        "{} of {} logged requests are sent; left out: {} like others, {} that may change something, {} with secrets, {unread} \
         unreadable lines",
        chosen.len(), logged.len(), skipped.alike, skipped.unsafe_methods, skipped.secrets
    ));
    let old = logged.iter().filter(|l| l.protocol == "HTTP/1.0").count();
    if old > 0 {
        app.printer.warn(&format!("{old} logged requests speak HTTP/1.0, which Envoy answers with 426"));
    }
    Ok(chosen)
}

/// All requests with their routes, each once.
fn gather(args: &Args, app: &App, foretelling: Option<&Prediction>) -> Result<Vec<(SentRequest, String)>> {
    let route = |asked: &SentRequest| {
        foretelling.and_then(|f| f.route(asked)).unwrap_or_else(|| {
            let shape = sample::shape(&asked.target);
            let first = shape.split('/').nth(1).unwrap_or_default();
            format!("{}/{first}", asked.host.as_deref().unwrap_or_default())
        })
    };
    let mut all: Vec<SentRequest> = Vec::new();
    if !args.from_log.is_empty() {
        all.extend(of_logs(args, app, route)?);
    }
    if let Some(path) = &args.requests {
        let read =
            sample::of_file(&read(path)?).map_err(|e| Error::usage(format!("{}: {e}", path.display())))?;
        all.extend(read.into_iter().map(|asked| with_host(args, asked)));
    }
    if let Some(foretelling) = foretelling.filter(|_| !args.no_probes) {
        all.extend(foretelling.probes(args.host.as_deref()));
    } else if !args.no_probes {
        // A path of each shape in its other spellings.
        let mut shapes = std::collections::BTreeSet::new();
        let seeds: Vec<SentRequest> = all
            .iter()
            .filter(|a| a.origin == Origin::Log && shapes.insert(sample::shape(&a.target)))
            .cloned()
            .collect();
        all.extend(seeds.iter().flat_map(sample::spellings));
    }
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|asked| {
        seen.insert((asked.method.clone(), asked.target.clone(), asked.host.clone(), asked.headers.clone()))
    });
    Ok(all.into_iter().map(|asked| (asked.clone(), route(&asked))).collect())
}
