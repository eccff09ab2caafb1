//! `fleet acl policy list`, `show`, `apply`, `delete` and `suggest`; `check` has a file of its own

use clap::Subcommand;
use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::acl::{self, PolicyText};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::acl::policy_check;
use crate::commands::shared::deletion;
use crate::error::{Error, Result};
use crate::model::policy_suggestion;
use crate::model::suggest;
use crate::ops::jobfile;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Verbs on policies.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Apply(ApplyArgs),
    Check(policy_check::Args),
    Delete(DeleteArgs),
    List(ListArgs),
    Show(ShowArgs),
    Suggest(SuggestArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Apply(args) => apply(&args, app).await,
            Command::Check(args) => policy_check::run(&args, app).await,
            Command::Delete(args) => delete(&args, app).await,
            Command::List(_) => list(app).await,
            Command::Show(args) => app.printer.object(&PolicyDetail(find(app.nomad()?, &args.name).await?)),
            Command::Suggest(args) => suggest(&args, app),
        }
    }
}

/// List the policies your token may see.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl policy list")]
pub struct ListArgs {}

/// Show a policy and its rules.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl policy show ops")]
pub struct ShowArgs {
    /// The policy.
    #[arg(value_name = "POLICY")]
    name: String,
}

/// Create a policy, or replace its rules.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl policy apply ops -f ops.policy.hcl --description 'On-call'
  fleet acl policy apply ops -f - < ops.policy.hcl")]
pub struct ApplyArgs {
    /// The policy.
    #[arg(value_name = "POLICY")]
    name: String,

    /// The rules, in HCL or JSON; `-` for stdin.
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: String,

    /// What it is for; as before, unless said.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Delete policies. Tokens that have them lose what they grant.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl policy delete ops --yes")]
pub struct DeleteArgs {
    /// The policies.
    #[arg(value_name = "POLICY", required = true)]
    names: Vec<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Print the smallest policy that a verb of fleet needs. Each was tried on a real cluster, line by line.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl policy suggest deploy --namespace ops
  fleet acl policy suggest rotate-nodes | fleet acl policy apply rotation -f -")]
pub struct SuggestArgs {
    /// The verb, such as deploy or node drain.
    #[arg(value_name = "VERB", required = true, num_args = 1..)]
    verb: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    policy: String,
    description: String,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[column("POLICY").whole(), column("DESCRIPTION").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.policy), Cell::from(&self.description)]
    }
}

/// A policy with its rules.
#[derive(Debug, Serialize)]
#[serde(into = "Described")]
struct PolicyDetail(PolicyText);

#[derive(Debug, Serialize)]
struct Described {
    policy: String,
    description: String,
    rules: String,
}

impl From<PolicyDetail> for Described {
    fn from(PolicyDetail(policy): PolicyDetail) -> Self {
        Described { policy: policy.name, description: policy.description, rules: policy.rules }
    }
}

impl Clone for PolicyDetail {
    fn clone(&self) -> Self {
        PolicyDetail(self.0.clone())
    }
}

impl Describe for PolicyDetail {
    fn describe(&self) -> Detail {
        let rules = self.0.rules.trim_end().lines().map(|line| (line.to_owned(), Tone::Plain));
        Detail::new()
            .fields([("policy", Cell::text(&self.0.name)), ("description", Cell::from(&self.0.description))])
            .lines(Some("Rules"), rules)
    }
}

async fn list(app: &App) -> Result<()> {
    let policies = app.nomad()?.list(&acl::policies()).await?.value;
    let rows: Vec<Row> =
        policies.into_iter().map(|p| Row { policy: p.name, description: p.description }).collect();
    app.printer.list(&rows, "no policies that this token may see")
}

async fn find(nomad: &Http, name: &str) -> Result<PolicyText> {
    match nomad.read(&acl::policy_text(name)).await {
        Ok(reply) => Ok(reply.value),
        Err(e) if e.is_not_found() => {
            let error = Error::not_found(format!("there is no ACL policy {name:?}"));
            let all = nomad.list(&acl::policies()).await.map(|reply| reply.value).unwrap_or_default();
            Err(match suggest::nearest(name, all.iter().map(|p| p.name.as_str())) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("`fleet acl policy list` shows the policies there are"),
            })
        }
        Err(e) => Err(e.into()),
    }
}

/// What an `apply` did, or would do.
#[derive(Debug, Serialize)]
struct Applied {
    policy: String,
    created: bool,
    changed: bool,
    dry_run: bool,
}

impl Describe for Applied {
    fn describe(&self) -> Detail {
        let result = match (self.created, self.changed, self.dry_run) {
            (_, false, _) => "nothing to change",
            (true, _, false) => "created",
            (true, _, true) => "would be created",
            (false, _, false) => "changed",
            (false, _, true) => "would be changed",
        };
        Detail::new().fields([("policy", Cell::text(&self.policy)), ("result", Cell::text(result))])
    }
}

async fn apply(args: &ApplyArgs, app: &App) -> Result<()> {
    let rules = jobfile::read(&args.file).await?;
    if rules.trim().is_empty() {
        return Err(Error::usage(format!("{} has no rules in it", args.file)));
    }
    let nomad = app.nomad()?;
    let before = match nomad.read(&acl::policy_text(&args.name)).await {
        Ok(reply) => Some(reply.value),
        Err(e) if e.is_not_found() => None,
        Err(e) => return Err(e.into()),
    };
    let description = match (&args.description, &before) {
        (Some(text), _) => text.clone(),
        (None, Some(before)) => before.description.clone(),
        (None, None) => String::new(),
    };
    let wanted = PolicyText { name: args.name.clone(), description, rules };
    let (created, changed) = (before.is_none(), before.as_ref() != Some(&wanted));
    let applied = Applied { policy: args.name.clone(), created, changed, dry_run: args.dry_run };
    if args.dry_run || !changed {
        return app.printer.object(&applied);
    }
    let stored = async || match nomad.read(&acl::policy_text(&args.name)).await {
        Ok(reply) => Ok((reply.value == wanted).then_some(())),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
    };
    settle(nomad, &app.explicit(), &acl::put_policy(&wanted), Patience::OPERATION, stored).await?;
    if stored().await?.is_none() {
        return Err(Error::refused(format!("policy {} is not as it was to be", args.name))
            .because("the servers took the change, and somebody else made another at the same moment"));
    }
    app.printer.object(&applied)
}

async fn delete(args: &DeleteArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    for name in &args.names {
        // The servers say nothing of a policy that is not there.
        find(nomad, name).await?;
    }
    deletion::delete_all(app, args.yes, ("policy", &args.names), acl::policy_text, acl::delete_policy)
        .await?;
    let deleted = |name: &String| Row { policy: name.clone(), description: "deleted".to_owned() };
    app.printer.list(&args.names.iter().map(deleted).collect::<Vec<_>>(), "nothing deleted")
}

fn suggest(args: &SuggestArgs, app: &App) -> Result<()> {
    let namespace = app.list_namespace()?;
    let verb = args.verb.join(" ");
    let Some(policy) = policy_suggestion::for_verb(&verb, namespace) else {
        let known = policy_suggestion::verbs();
        let error = Error::not_found(format!("no smallest policy is known for {verb:?}"));
        return Err(error.because(format!("there is one for {}", known.join(", "))));
    };
    app.printer.text(&policy)
}
