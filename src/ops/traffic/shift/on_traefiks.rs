//! A service of Traefik: what the Traefiks that were named run with, by their own APIs. Its weights are keys in Consul or stand in a
//! file, and whether a Traefik took them only it can say.

use std::path::Path;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::gates::{Counted, SideCounters};
use super::snapshot::{Instances, ShiftSnapshot, SideSeen, shares_between};
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::http::Http;
use crate::api::traefik::{Api, Service, qualified};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::shell_word;
use crate::model::traffic::fields::{items, text};
use crate::model::traffic::shift::{Entries, InFront, Shares, Side};
use crate::model::traffic::weighted::{self, provider};
use crate::ops::traffic::{traefik, traefik_file};

/// The weights of a service of Traefik.
///
/// # Errors
/// Not found (3) when there are none; refused (7) when its keys or its file say something else; any error of the call.
pub(super) async fn read_entries(consul: &Http, name: &str) -> Result<Entries> {
    if weighted::file(name).is_some() {
        let service = traefik_file::open(name)?.service;
        return Ok(Entries {
            route: Some(service.entry(name)),
            sticky: service.sticky,
            ..Entries::default()
        });
    }
    let missing = || {
        Error::not_found(format!("there are no keys below {} in Consul", weighted::prefix(name)))
            .hint("the weights of a service of Traefik are moved where its provider for Consul reads them, or in a file of its file provider, not in a template or in labels")
            .hint("traefik/NAME@/PATH.yml names a file, traefik/NAME@ROOT another root than `traefik`")
    };
    let keys = traefik::keys(consul, name).await?.ok_or_else(missing)?;
    let mut entry = weighted::entry(name, &keys.values).map_err(|why| {
        Error::refused(format!("the weights of traefik/{name} cannot be moved")).because(why)
    })?;
    if let Some(stored) = traefik::read(consul, name).await? {
        entry = stored;
    }
    let sticky = weighted::is_sticky(name, &keys.values);
    Ok(Entries { route: Some(entry), sticky, ..Entries::default() })
}

/// How the weights of a service come from a file into Consul, once.
fn recipe(name: &str, from: &str, to: &str) -> String {
    let prefix = weighted::prefix(name);
    let put = |at: usize, side: &str, weight: u8| {
        let side = side.strip_prefix("service:").unwrap_or(side);
        let side = if side.contains('@') { side.to_owned() } else { format!("{side}@file") };
        let child = shell_word(&format!("{prefix}weighted/services/{at}/name"));
        let its = shell_word(&format!("{prefix}weighted/services/{at}/weight"));
        format!("`consul kv put {child} {}`, `consul kv put {its} {weight}`", shell_word(&side))
    };
    let (name, _) = weighted::place(name);
    format!(
        "to move it there once: start Traefik with --providers.consul, write both sides ({}, {}), and when Traefik has the service \
         {name}@consul let the router name that one",
        put(0, from, 100),
        put(1, to, 0)
    )
}

/// Looks at a service of Traefik and the two sides that are named.
///
/// # Errors
/// Not found (3) when no Traefik runs such a service; usage (2) without a Traefik to ask, where a file does not tell the weights;
/// unreachable (5) when one does not answer.
pub(super) async fn observe(
    consul: &Http,
    service: &str,
    from: &str,
    to: &str,
    traefiks: &[String],
) -> Result<ShiftSnapshot> {
    let name = service.strip_prefix(weighted::PREFIX).unwrap_or(service);
    let entries = read_entries(consul, name).await.map_err(|e| match e.code() {
        ExitCode::NotFound => e.hint(recipe(name, from, to)),
        _ => e,
    })?;
    let in_file = weighted::file(name);
    if traefiks.is_empty() && in_file.is_none() {
        return Err(Error::usage(format!("{service}: no Traefik is named"))
            .because("Consul keeps the weights, and whether Traefik took them only Traefik can say")
            .hint("--traefik HOST:PORT names the address of its API; repeat it for every instance"));
    }
    let apis: Vec<Api> = traefiks
        .iter()
        .map(|url| Api::at(url).map_err(|why| Error::usage(format!("--traefik {url}")).because(why)))
        .collect::<Result<_>>()?;
    let (from, to) = (side(&entries, name, from), side(&entries, name, to));
    if let Some(file) = in_file {
        named_in_file(&entries, file, [&from, &to])?;
    }
    let shares = shares_between(&entries, service, &from, &to)?;
    let seen = |side: &Side| SideSeen {
        service: side.name().to_owned(),
        filter: String::new(),
        only_passing: false,
        cluster: qualified(side.name(), provider(name)),
    };
    let mut snapshot = ShiftSnapshot {
        entries,
        shares,
        in_front: InFront::default(),
        from_seen: seen(&from),
        to_seen: seen(&to),
        from_instances: Instances::default(),
        to_instances: Instances::default(),
        traefiks: apis,
        from,
        to,
    };
    // None are known without a Traefik that is asked.
    snapshot.from_instances = instances(&snapshot.traefiks, &snapshot.from_seen).await?;
    snapshot.to_instances = instances(&snapshot.traefiks, &snapshot.to_seen).await?;
    Ok(snapshot)
}

/// The servers of a side: those that every Traefik sends requests to.
///
/// # Errors
/// Not found (3) when a Traefik runs no such service; unreachable (5) when one does not answer.
pub(super) async fn instances(apis: &[Api], side: &SideSeen) -> Result<Instances> {
    let mut instances = Instances::default();
    for (api, answer) in apis.iter().zip(ask(apis, &side.cluster).await) {
        let service = answer.map_err(|why| silent(api, why))?.ok_or_else(|| {
            Error::not_found(format!("the Traefik at {} runs no service {}", api.url(), side.cluster))
                .hint("a service of another provider is named with it, such as web@consulcatalog")
        })?;
        for (server, up) in service.servers {
            match up {
                true => drop(instances.usable.insert(server)),
                false => instances.failing.push((server, format!("of the Traefik at {}", api.url()))),
            }
        }
    }
    let failing = &instances.failing;
    instances.usable.retain(|server| failing.iter().all(|(id, _)| id != server));
    Ok(instances)
}

/// A side as the weights name it: with its provider or without.
fn side(entries: &Entries, name: &str, given: &str) -> Side {
    let given = given.strip_prefix("service:").unwrap_or(given);
    let same = |known: &String| qualified(known, provider(name)) == qualified(given, provider(name));
    let known = named(entries).into_iter().find(same);
    Side::Service(known.unwrap_or_else(|| given.to_owned()))
}

/// The services that it shares its requests out to.
fn named(entries: &Entries) -> Vec<String> {
    let whole = entries.route.as_ref().map_or(Value::Null, |route| Value::Object(route.fields.clone()));
    let services = items(&whole, "Rules").flat_map(|rule| items(rule, "Services"));
    services.map(|s| text(s, "Name").to_owned()).collect()
}

/// In a file weights are changed, and nothing is added.
fn named_in_file(entries: &Entries, (service, path): (&str, &Path), sides: [&Side; 2]) -> Result<()> {
    let named = named(entries);
    for side in sides {
        if !named.iter().any(|known| known == side.name()) {
            return Err(Error::refused(format!("{service} in {} does not name {side}", path.display()))
                .because(format!("it shares its requests out to {}", named.join(", ")))
                .hint(format!("write {side} beside them first, with a weight of 0 if it takes: only weights are changed in a file")));
        }
    }
    Ok(())
}

fn silent(api: &Api, why: String) -> Error {
    Error::new(ExitCode::Unreachable, format!("the Traefik at {} cannot be asked", api.url())).because(why)
}

async fn ask(apis: &[Api], name: &str) -> Vec<Result<Option<Service>, String>> {
    join_all(apis.iter().map(|api| api.service(name))).await
}

/// How every Traefik shares the service out: none where it has these shares, else what it has.
pub(super) async fn on_traefiks(snapshot: &ShiftSnapshot, shares: Shares) -> Vec<(String, Option<String>)> {
    let Some(entry) = &snapshot.entries.route else { return Vec::new() };
    let name = qualified(weighted::place(entry.name()).0, provider(entry.name()));
    let told = snapshot.traefiks.iter().zip(ask(&snapshot.traefiks, &name).await);
    told.map(|(api, answer)| {
        let has = match answer {
            Err(why) => Some(format!("does not tell ({why})")),
            Ok(None) => Some(format!("splits nothing, it runs no service {name}")),
            Ok(Some(service)) => otherwise(&service, provider(entry.name()), snapshot, shares),
        };
        (api.url().to_owned(), has)
    })
    .collect()
}

/// What a Traefik has instead of these shares.
fn otherwise(service: &Service, provider: &str, snapshot: &ShiftSnapshot, shares: Shares) -> Option<String> {
    if let Some(error) = service.errors.first() {
        return Some(format!("splits nothing: {error}"));
    }
    // Read as what is written is read, so that the same weights are the same shares.
    let name = |known: &str| -> String {
        let is = |side: &SideSeen| qualified(known, provider) == side.cluster;
        let side = match (is(&snapshot.from_seen), is(&snapshot.to_seen)) {
            (true, _) => snapshot.from.name(),
            (_, true) => snapshot.to.name(),
            _ => known,
        };
        side.to_owned()
    };
    let services: Vec<Value> =
        service.weighted.iter().map(|(of, weight)| json!({"Name": name(of), "Weight": weight})).collect();
    let whole = json!({"Kind": Kind::TraefikService.name(), "Name": "", "Rules": [{"Services": services}]});
    let entries = Entries { route: ConfigEntry::of(whole), ..Entries::default() };
    match entries.shares("", &snapshot.from, &snapshot.to) {
        Ok(has) if has == shares => None,
        Ok(has) => Some(format!("splits {has}")),
        Err(_) => Some("splits nothing between them".to_owned()),
    }
}

/// What the Traefiks answered for both sides since they began. They count an answer when it is over, so what is under way is not known.
pub(super) async fn count(snapshot: &ShiftSnapshot) -> SideCounters {
    let asked = join_all(snapshot.traefiks.iter().map(Api::answers)).await;
    let heard: Vec<_> = asked.into_iter().filter_map(|answer| answer.ok().flatten()).collect();
    let of = |side: &SideSeen| {
        (!heard.is_empty()).then(|| {
            let mut sum = Counted::default();
            for answers in heard.iter().filter_map(|h| h.get(&side.cluster)) {
                sum.total += answers.total;
                sum.errors += answers.errors;
            }
            sum
        })
    };
    SideCounters { from: of(&snapshot.from_seen), to: of(&snapshot.to_seen), gateways: heard.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen on a real Traefik: somebody wrote 19 and 40, which are no whole hundredths of a percent.
    #[test]
    fn what_a_traefik_runs_with_is_read_as_what_is_written() {
        let mut snapshot = ShiftSnapshot::of(Entries::default());
        snapshot.from_seen.cluster = "old@file".to_owned();
        snapshot.to_seen.cluster = "new@file".to_owned();
        let runs = |weights: &[(&str, i64)]| Service {
            weighted: weights.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect(),
            ..Service::default()
        };
        let has = |weights: &[(&str, i64)], from, to| {
            otherwise(&runs(weights), "file", &snapshot, Shares { from, to })
        };
        assert_eq!(has(&[("old", 19), ("new@file", 40)], 3220, 6780), None);
        assert_eq!(has(&[("old", 19), ("new", 40)], 3221, 6779), Some("splits 32.2/67.8".to_owned()));
        assert_eq!(has(&[("old", 1), ("new", 0), ("other", 1)], 5000, 0), None);
        assert_eq!(has(&[("old", 1), ("new", 0), ("other", 1)], 10_000, 0), Some("splits 50/0".to_owned()));
        assert_eq!(has(&[("other", 1)], 0, 10_000), Some("splits nothing between them".to_owned()));
    }
}
