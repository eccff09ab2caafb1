//! Whether gateways have what was written: Consul's `true`, `Accepted` and `Bound` say nothing of that (`mesh.md §5`).

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::http::Http;
use crate::model::traffic::on_proxy::{self, Path};
use crate::ops::traffic::entries;
use crate::ops::traffic::witness::Witnesses;

/// How long gateways may take to have a write: Consul sends it within 0.2 s, a gateway that is new to it within a few (`mesh.md §3`).
const WITHIN: Duration = Duration::from_secs(10);
/// How often they are asked.
const PAUSE: Duration = Duration::from_millis(300);

/// What gateways should know by these entries and do not, one sentence each; they are asked until they have it, or the time is up.
/// Gateways whose admin port does not answer are told of elsewhere.
pub async fn lacking(consul: &Http, witnesses: &Witnesses, written: &[&ConfigEntry]) -> Vec<String> {
    // Whoever may not see the gateways cannot be told what they lack; the preview of the change needed the right to write them.
    let ingress = entries::list(consul, &[Kind::IngressGateway]).await.map(|l| l.entries).unwrap_or_default();
    let wanted: Vec<(&ConfigEntry, BTreeSet<String>, BTreeSet<Path>)> = written
        .iter()
        .map(|entry| (*entry, on_proxy::gateways(entry, &ingress), on_proxy::paths(entry)))
        .filter(|(_, gateways, paths)| !gateways.is_empty() && !paths.is_empty())
        .collect();
    let begun = Instant::now();
    loop {
        let lack = now(witnesses, &wanted).await;
        if lack.is_empty() || begun.elapsed() >= WITHIN {
            return lack;
        }
        sleep(PAUSE).await;
    }
}

async fn now(
    witnesses: &Witnesses,
    wanted: &[(&ConfigEntry, BTreeSet<String>, BTreeSet<Path>)],
) -> Vec<String> {
    let mut lack = Vec::new();
    for gateway in witnesses.gateways() {
        let of_it: Vec<_> = wanted.iter().filter(|(_, names, _)| names.contains(&gateway.of)).collect();
        if of_it.is_empty() {
            continue;
        }
        let known = match gateway.admin.routes().await {
            Ok(dump) => on_proxy::known(&dump),
            Err(why) => {
                lack.push(format!("{} does not tell its routes: {why}", gateway.id));
                continue;
            }
        };
        for (entry, _, paths) in of_it {
            let missing: Vec<&Path> = paths.difference(&known).collect();
            if let Some(first) = missing.first() {
                lack.push(format!(
                    "{} has no route for {first} of {}/{}, nor for {} more",
                    gateway.id,
                    entry.kind_name(),
                    entry.name(),
                    missing.len() - 1
                ));
            }
        }
    }
    lack
}

/// The gateways these entries are of, or are bound to, of which no instance is registered.
#[must_use]
pub fn unmanned(written: &[&ConfigEntry], witnesses: &Witnesses) -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for entry in written {
        match entry.kind() {
            Some(Kind::IngressGateway | Kind::ApiGateway) => drop(names.insert(entry.name().to_owned())),
            _ => names.extend(on_proxy::gateways(entry, &[])),
        }
    }
    names.into_iter().filter(|name| !witnesses.instances_of.contains(name)).collect()
}
