//! `fleet acl login`

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::token::Created;
use crate::api::http::{Http, Write};
use crate::api::nomad::acl::{self, Kind, NewToken, OidcAnswer};
use crate::api::{Error as ApiError, Problem};
use crate::app::App;
use crate::commands::shared::browser;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::shell_word;
use crate::ops::{jobfile, oidc};
use crate::ui::{Cell, Describe, Detail};

/// Log in: by a browser with an auth method of the type OIDC, or with a JWT, as pipelines do.
///
/// The browser is sent to your provider and comes back to this machine, where fleet waits for it. The secret of the token is
/// printed once, here; with --save it goes to a file of yours alone and nowhere else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl login
  fleet acl login --method sso --save ~/.nomad-token
  fleet acl login --method github --jwt-file token.jwt
  fleet acl login --method github --jwt-file - -o json < token.jwt")]
pub struct Args {
    /// The auth method [default: the one that the cluster has as its default].
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,

    /// A file with the JWT; `-` for stdin. It is kept out of the command line, which others see.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    jwt_file: Option<String>,

    /// Where to wait for the browser: an address of this machine that the auth method allows.
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:4649", conflicts_with = "jwt_file")]
    callback_addr: String,

    /// Print the address to log in at, and open no browser.
    #[arg(long, conflicts_with = "jwt_file")]
    no_browser: bool,

    /// Write the token's secret to this file, readable by you alone, instead of printing it.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    save: Option<PathBuf>,
}

/// How often a login is begun anew that the servers know no more when the browser comes.
const AGAIN: u32 = 2;

/// A token whose secret went to a file.
#[derive(Debug, Serialize)]
struct SavedToken {
    accessor_id: String,
    expires_at: Option<jiff::Timestamp>,
    file: String,
}

impl Describe for SavedToken {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("accessor", Cell::Id(self.accessor_id.clone())),
            ("expires", Cell::Time(self.expires_at)),
            ("secret in", Cell::text(&self.file)),
        ])
    }
}

/// Logs in.
///
/// # Errors
/// Usage (2) without a method or with one of another type, not found (3), refused rights (4) when the method does not take it, timed
/// out (6) when nobody logs in.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let made = match &args.jwt_file {
        Some(file) => by_jwt(args, app, file).await?,
        None => by_browser(args, app).await?,
    };
    let Some(file) = &args.save else { return app.printer.object(&Created::of(made)?) };
    let (accessor_id, expires_at) = (made.token.accessor_id.clone(), made.token.expiration_time);
    let created = Created::of(made)?;
    created.save(file)?;
    app.printer.object(&SavedToken { accessor_id, expires_at, file: file.display().to_string() })
}

async fn by_jwt(args: &Args, app: &App, file: &str) -> Result<NewToken> {
    let jwt = jobfile::read(file).await?;
    if jwt.trim().split('.').count() != 3 {
        return Err(
            Error::usage(format!("{file} holds no JWT")).because("a JWT has three parts divided by dots")
        );
    }
    let method = method(args, app, "JWT").await?;
    let login = acl::login(&method, jwt.trim());
    let made = app.nomad()?.write(&app.explicit(), &login).await.map_err(|e| refused(e, &method))?;
    Ok(made.value)
}

/// Why nobody was let in. What is refused here is the proof that was brought, never the token of the request.
fn refused(e: ApiError, method: &str) -> Error {
    let name = shell_word(method);
    let says = |words: &str| e.text.contains(words);
    let (code, hint) = if e.problem == Problem::Denied {
        (
            e.exit_code(),
            format!("`fleet acl auth-method show {name}` shows whom it believes, for those who may see it"),
        )
    } else if says("bindings matched") {
        let rules = "`fleet acl binding-rule list`";
        (e.exit_code(), format!("who logs in by {name} gets what {rules} says; no rule is for this login"))
    } else if says("auth-method") && says("not found") {
        (ExitCode::NotFound, "`fleet acl auth-method list` shows those there are".to_owned())
    } else if says("unsupported auth-method type: OIDC") {
        (ExitCode::Usage, format!("it takes a browser: `fleet acl login --method {name}`"))
    } else if says("unsupported auth-method type: JWT") {
        (ExitCode::Usage, format!("it takes a JWT: `fleet acl login --method {name} --jwt-file token.jwt`"))
    } else if says("provider") {
        let known = "what the servers know of the provider: its address, its client, whom it speaks to";
        (e.exit_code(), format!("`fleet acl auth-method show {name}` shows {known}"))
    } else {
        return e.into();
    };
    Error::of_call(&e).ending_with(code).hint(hint)
}

/// Whether the servers do not know this login any more: they keep one for a minute, and not over a change of their leader. No token
/// was made.
fn is_forgotten(e: &ApiError) -> bool {
    e.text.contains("request is expired") || e.text.contains("no OIDC request found")
}

async fn by_browser(args: &Args, app: &App) -> Result<NewToken> {
    let method = method(args, app, "OIDC").await?;
    let nomad = app.nomad()?;
    let callback = oidc::Callback::listen(&args.callback_addr).await?;
    let mut login = Login::begin(nomad, &method, &callback).await?;
    show(args, app, &login.address.url).await;
    let mut again = AGAIN;
    loop {
        let told = std::cell::Cell::new(false);
        let stranger = || {
            if !told.replace(true) {
                app.printer.warn("a browser brought the answer to another login; this one still waits");
            }
        };
        let waited = callback.wait(&login.address, stranger).await;
        let (brought, browser) = waited.map_err(|e| match e.code() {
            ExitCode::Denied => e.hint("who may log in there the provider decides, not Nomad"),
            _ => e.hint(format!("begin again: `fleet acl login --method {}`", shell_word(&method))),
        })?;
        let error = match nomad.write(&app.explicit(), &login.completion(&brought)).await {
            Ok(made) => {
                browser.tell("You are logged in. This page may be closed.").await;
                return Ok(made.value);
            }
            Err(error) => error,
        };
        let next = if again > 0 && is_forgotten(&error) {
            again -= 1;
            app.printer.note("the servers knew this login no more: the browser is sent to log in once more");
            Login::begin(nomad, &method, &callback).await
        } else {
            Err(refused(error, &method))
        };
        match next {
            Ok(next) => {
                browser.send_to(&next.address).await;
                login = next;
            }
            Err(e) => {
                browser.tell(oidc::REFUSED).await;
                return Err(e);
            }
        }
    }
}

/// Brings the browser to the address, or the address to whoever has one.
async fn show(args: &Args, app: &App, url: &str) {
    if args.no_browser || !browser::is_there(app) {
        return app.printer.warn(&format!("log in at {url}"));
    }
    app.printer.note(&format!("your browser opens {url}"));
    if let Err(error) = browser::open(app, url, "the page to log in at").await {
        app.printer.warn(&format!("{error}; log in at {url}"));
    }
}

/// A login that has begun.
struct Login<'a> {
    method: &'a str,
    redirect: &'a str,
    nonce: String,
    address: oidc::LoginAddress,
}

impl<'a> Login<'a> {
    async fn begin(nomad: &Http, method: &'a str, callback: &'a oidc::Callback) -> Result<Self> {
        let (nonce, redirect) = (oidc::nonce()?, callback.redirect.as_str());
        let begin = acl::oidc_auth_url(method, redirect, &nonce);
        let begun = nomad.ask(&begin).await.map_err(|e| refused(e, method))?.value;
        Ok(Login { method, redirect, nonce, address: oidc::LoginAddress::parse(&begun.auth_url)? })
    }

    /// Exchanges what the browser brought for a token.
    fn completion(&self, brought: &oidc::CallbackQuery) -> Write<NewToken> {
        acl::oidc_complete(&OidcAnswer {
            auth_method_name: self.method,
            redirect_uri: self.redirect,
            client_nonce: &self.nonce,
            state: &brought.state,
            code: &brought.code,
            iss: brought.issuer.as_deref(),
        })
    }
}

/// The method that is named, else the cluster's default of that type, else the only one.
async fn method(args: &Args, app: &App, wanted: &str) -> Result<String> {
    if let Some(method) = &args.method {
        return Ok(method.clone());
    }
    let all: Vec<Value> = app.nomad()?.list(&Kind::AuthMethod.list()).await?.value;
    let named = |m: &Value| m["Name"].as_str().unwrap_or_default().to_owned();
    let fitting: Vec<&Value> =
        all.iter().filter(|m| m["Type"].as_str().is_some_and(|t| t.eq_ignore_ascii_case(wanted))).collect();
    let default = fitting.iter().find(|m| m["Default"] == true);
    match (default, fitting.as_slice()) {
        (Some(method), _) | (None, [method]) => Ok(named(method)),
        (None, []) => Err(Error::usage(format!("the cluster has no auth method of the type {wanted}"))
            .hint("`fleet acl auth-method list` shows those there are")),
        (None, several) => {
            let names: Vec<String> = several.iter().map(|m| named(m)).collect();
            Err(Error::usage(format!(
                "the cluster has several auth methods of the type {wanted}, and none is its default"
            ))
            .hint(format!("choose with --method: {}", names.join(", "))))
        }
    }
}
