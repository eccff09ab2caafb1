//! `fleet service urls`

use std::collections::BTreeMap;

use serde::Serialize;

use super::{named, tell_not_known};
use crate::api::consul::config_entry::{self, ConfigEntry, Kind};
use crate::api::http::Http;
use crate::app::App;
use crate::commands::shared::{complete, listing};
use crate::error::{Error, Result};
use crate::model::redaction::Secrets;
use crate::model::service_urls::{self, UrlSource};
use crate::model::services::{Health, Instance};
use crate::ops::services::{CONSUL, Registries, ServiceSelection};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Show where services are reached: by the tags of Traefik, fabio and Caddy, by Consul's gateways, and at their own ports.
///
/// Tags that are addresses themselves count too. Instances that are stale are left out. Secrets in addresses are hidden. Without a
/// name the services with addresses in their tags and gateways are listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet service urls web
  fleet service urls
  fleet service urls web -o json")]
pub struct Args {
    /// The service's name.
    #[arg(value_name = "SERVICE", add = clap_complete::ArgValueCompleter::new(complete::services))]
    service: Option<String>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Row {
    service: String,
    via: UrlSource,
    /// The address without the secrets in it; of an instance's own port it has no scheme.
    url: String,
    alloc_id: Option<String>,
    health: Option<Health>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("SERVICE").rank(2),
        column("URL").whole(),
        column("BY").whole(),
        column("ALLOC").rank(1),
        column("HEALTH").rank(3),
    ];

    fn cells(&self) -> Vec<Cell> {
        let health = self.health.map_or(Cell::Empty, |h| {
            Cell::toned(h.to_string(), if h == Health::Passing { Tone::Good } else { Tone::Warn })
        });
        vec![
            Cell::text(&self.service),
            Cell::text(&self.url),
            Cell::text(self.via.to_string()),
            self.alloc_id.as_ref().map_or(Cell::Empty, |id| Cell::Id(id.clone())),
            health,
        ]
    }
}

/// The addresses of services, by their instances and the entries of gateways.
pub(super) fn rows(instances: &[Instance], entries: &[ConfigEntry], ports: bool) -> Vec<Row> {
    let secrets = Secrets::new([]);
    let mut services: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
    for instance in instances.iter().filter(|i| i.stale.is_none()) {
        services.entry(&instance.service).or_default().push(instance);
    }
    let mut rows = Vec::new();
    for (service, all) in services {
        let tags = all.iter().flat_map(|i| i.tags.iter().map(String::as_str));
        let urls = service_urls::of_tags(tags).into_iter().chain(service_urls::of_gateways(service, entries));
        rows.extend(urls.map(|u| Row {
            service: service.to_owned(),
            via: u.via,
            url: secrets.clean(&u.url),
            alloc_id: None,
            health: None,
        }));
        let own = all.iter().filter(|i| ports && !i.address.is_empty() && i.port > 0);
        rows.extend(own.map(|i| Row {
            service: service.to_owned(),
            via: UrlSource::Port,
            url: i.endpoint(),
            alloc_id: i.alloc_id.clone(),
            health: Some(i.health),
        }));
    }
    rows.sort();
    rows.dedup();
    rows
}

/// The entries of gateways and their routes, and why some could not be read.
async fn entries(consul: Option<&Http>) -> (Vec<ConfigEntry>, Vec<String>) {
    let Some(consul) = consul.map(|c| c.with_patience(CONSUL).answering_within(CONSUL.0)) else {
        return (Vec::new(), Vec::new());
    };
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for kind in ["ingress-gateway", "api-gateway", "http-route"].iter().filter_map(|name| Kind::named(name)) {
        match consul.list(&config_entry::list(kind)).await {
            Ok(reply) => found.extend(reply.value),
            // A Consul that does not know a kind has none of it.
            Err(e) if e.is_unknown_kind() => {}
            Err(e) => {
                unknown.push(format!("gateways: {e}"));
                // Who does not answer is not asked for the next kind.
                if e.is_unanswered() {
                    break;
                }
            }
        }
    }
    unknown.dedup();
    (found, unknown)
}

/// Shows the addresses.
///
/// # Errors
/// Not found (3) when there is no such service, or it has no address.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let consul = app.consul()?;
    let (entries, unknown) = entries(consul).await;
    unknown.iter().for_each(|why| app.printer.warn(&format!("not known: {why}")));
    let Some(service) = &args.service else {
        let (nomad, namespace) = (app.nomad()?, app.list_namespace()?);
        let read = Registries::new(nomad, consul, namespace).read(ServiceSelection::All, 0).await?;
        tell_not_known(app, &read);
        let rows = rows(&read.instances, &entries, false);
        return listing::show(app, &rows, "no service has an address in its tags").await;
    };
    let read = named(app, service).await?;
    let rows = rows(&read.instances, &entries, true);
    if rows.is_empty() {
        return Err(Error::not_found(format!(
            "service {service} has no address: no instance lives that has a port"
        )));
    }
    app.printer.list(&rows, "no addresses")
}
