//! `fleet deploy --ci`: what the pipeline's variables say, deployed.

use super::Args;
use super::prepare;
use super::reports::RunSummary;
use crate::api::error::Problem;
use crate::api::http::Patience;
use crate::api::nomad::variable;
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::shared::pipeline::Pipeline;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ci;
use crate::model::var_items::Items;

/// Deploys what the pipeline says.
pub(super) async fn run(args: &Args, app: &App, account: &mut RunSummary) -> Result<ExitCode> {
    let pipeline = Pipeline::read(app)?;
    account.title = Some(pipeline.resolved.slug.clone());
    if let Some(why) = &pipeline.resolved.skip {
        app.printer.note(&format!("nothing is deployed: {why}"));
        account.facts.push(("why", why.clone()));
        return Ok(ExitCode::Done);
    }
    let inner = pipeline.app(app)?;
    let r = &pipeline.resolved;
    app.printer.note(&format!("{} goes to https://{} on {}", r.slug, r.hostnames[0], r.nomad_addr));
    account.facts = vec![
        ("address", r.hostnames.iter().map(|h| format!("https://{h}")).collect::<Vec<_>>().join(" ")),
        ("cluster", r.nomad_addr.clone()),
    ];
    let report = &mut account.report;
    report.expect([(r.namespace.as_deref().unwrap_or("default"), r.slug.as_str())]);
    let options = args.options(&inner)?;
    let spec = args.variables.parse(&inner, &pipeline.job_file, pipeline.text.clone(), &inner.env).await;
    let mut spec = report.hold(0, spec)?;
    spec.secrets = spec.secrets.and(pipeline.secrets(app));
    let namespace = spec.namespace.clone();
    let prepared = prepare::all(args, &inner, vec![spec], report).await?;
    if args.dry_run {
        return Ok(prepare::only(&prepared, report));
    }
    if !r.secrets.is_empty() {
        let place = prepared[0].spec.place(&inner);
        let stored = store(place, &namespace, &r.slug, &ci::secret_lines(&r.secrets)).await;
        report.hold(0, stored)?;
    }
    super::ship::run(args, &inner, options, prepared, report).await
}

/// Stores the secrets where the job may read them, beside whatever else is there.
async fn store(app: &App, namespace: &str, slug: &str, lines: &str) -> Result<()> {
    const MOST_TRIES: usize = 5;
    let path = format!("nomad/jobs/{slug}");
    let nomad = app.nomad()?;
    for _ in 0..MOST_TRIES {
        let (mut items, index) = match nomad.read(&variable::get(namespace, &path)).await {
            Ok(reply) => (reply.value.items, reply.value.modify_index),
            Err(e) if e.is_not_found() => (Items::new(), 0),
            Err(e) => return Err(e.into()),
        };
        if items.get("secrets").is_some_and(|known| known == lines) {
            return Ok(());
        }
        items.insert("secrets".to_owned(), lines.to_owned());
        let stored = async || {
            let now = nomad.read(&variable::get(namespace, &path)).await?.value;
            Ok((now.items == items).then_some(()))
        };
        let call = variable::put(namespace, &path, &items, Some(index));
        match settle(nomad, &app.explicit(), &call, Patience::OPERATION, stored).await {
            Ok(_) => return Ok(()),
            Err(e) if e.problem == Problem::Conflict => {}
            Err(e) => return Err(e.into()),
        }
    }
    Err(Error::refused(format!("variable {path} keeps changing; nothing was stored")))
}
