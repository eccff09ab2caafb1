//! The config entries that say where a service's traffic goes, and how a split of it is read and written (`mesh.md §0`).

use serde_json::{Map, Value, json};

use super::fields::{field, hundredths, items, of, pairs, plain, text};
use super::lint::is_sticky;
use super::sides::{ALL, Shares, Side, percent, set};
use super::{shift_route, weighted};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// The entries that say where a service's traffic goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entries {
    /// Its own protocol; none where it goes without saying.
    pub defaults: Option<ConfigEntry>,
    /// Its subsets.
    pub resolver: Option<ConfigEntry>,
    /// Its split.
    pub splitter: Option<ConfigEntry>,
    /// Its routes.
    pub router: Option<ConfigEntry>,
    /// The routes of API gateways that lead to it.
    pub http_routes: Vec<ConfigEntry>,
    /// The http-route, or the service of Traefik, whose rules share out the requests; none where a splitter does.
    pub route: Option<ConfigEntry>,
    /// Whether that service of Traefik keeps sessions by a cookie.
    pub sticky: bool,
    /// The resolvers of the services that this route names.
    pub resolvers: Vec<ConfigEntry>,
}

/// The entry that shares out the traffic of a service, of `http-route/NAME` or of `traefik/NAME`, as `kind/name`.
#[must_use]
pub fn split_subject(own: &str) -> String {
    match own.strip_prefix(weighted::PREFIX) {
        Some(name) => format!("{}/{name}", Kind::TraefikService),
        None if own.starts_with(shift_route::PREFIX) => own.to_owned(),
        None => format!("service-splitter/{own}"),
    }
}

/// The subsets of a resolver.
#[must_use]
pub fn subsets(resolver: Option<&ConfigEntry>) -> Vec<String> {
    let whole = resolver.map_or(Value::Null, |r| Value::Object(r.fields.clone()));
    pairs(&whole, "Subsets").map(|(name, _)| name.clone()).collect()
}

impl Entries {
    /// How a service's traffic is shared out between two sides now.
    ///
    /// # Errors
    /// When it does not go to them: where it goes.
    pub fn shares(&self, own: &str, from: &Side, to: &Side) -> Result<Shares, String> {
        if let Some(route) = &self.route {
            return shift_route::shares(route, from, to);
        }
        let Some(splitter) = &self.splitter else {
            let whole = self.resolver.as_ref().map_or(Value::Null, |r| Value::Object(r.fields.clone()));
            if !field(&whole, "Redirect").is_null() {
                return Err(format!("the resolver of {own} sends all its traffic on to another service"));
            }
            let default = text(&whole, "DefaultSubset");
            let is = |side: &Side| side.service(own) == own && side.subset() == default;
            return match (is(from), is(to)) {
                (true, _) => Ok(Shares { from: ALL, to: 0 }),
                (_, true) => Ok(Shares { from: 0, to: ALL }),
                _ if default.is_empty() => Err(format!(
                    "{own} has neither a splitter nor a DefaultSubset: its traffic goes to every instance, and not to {from} alone"
                )),
                _ => Err(format!("{own} has no splitter: its traffic goes to the DefaultSubset {default}")),
            };
        };
        let whole = Value::Object(splitter.fields.clone());
        let share = |side: &Side| -> i64 {
            items(&whole, "Splits")
                .filter(|s| side.is_of(s, own))
                .filter_map(|s| hundredths(field(s, "Weight")))
                .sum()
        };
        let shares = Shares { from: share(from), to: share(to) };
        if shares.pool() == 0 {
            return Err(format!("neither {from} nor {to} has a share of {own}'s traffic: {}", told(&whole)));
        }
        Ok(shares)
    }

    /// The entry that shares out the traffic; none where there is none yet.
    #[must_use]
    pub fn split(&self) -> Option<&ConfigEntry> {
        self.route.as_ref().or(self.splitter.as_ref())
    }

    /// The kind of that entry.
    #[must_use]
    pub fn split_kind(&self) -> Kind {
        self.route.as_ref().map_or(Kind::ServiceSplitter, |route| route.kind().unwrap_or(Kind::HttpRoute))
    }

    /// The entry that shares out the traffic, as it is stored now.
    pub fn set_split(&mut self, stored: Option<ConfigEntry>) {
        match &mut self.route {
            Some(route) => {
                if let Some(stored) = stored {
                    *route = stored;
                }
            }
            None => self.splitter = stored,
        }
    }

    /// The splitter or route with these shares; what else it says stays. In a splitter both sides stay, at 0 % too: a side that leaves takes its
    /// statistics with it, and with them the only proof that it is drained (`mesh.md §6`).
    #[must_use]
    pub fn split_at(&self, own: &str, from: &Side, to: &Side, shares: Shares) -> ConfigEntry {
        if let Some(route) = &self.route {
            return shift_route::at(route, from, to, shares);
        }
        let mut fields = match &self.splitter {
            Some(splitter) => splitter.content().fields,
            None => Map::from_iter([
                ("Kind".to_owned(), json!("service-splitter")),
                ("Name".to_owned(), json!(own)),
            ]),
        };
        let key = fields.keys().find(|k| plain(k) == "splits").cloned().unwrap_or("Splits".to_owned());
        let mut splits: Vec<Value> = of(&fields, "Splits").as_array().cloned().unwrap_or_default();
        for (side, share) in [(from, shares.from), (to, shares.to)] {
            let mut left = Some(share);
            for split in splits.iter_mut().filter(|s| side.is_of(s, own)) {
                set(split, "Weight", percent(left.take().unwrap_or(0)));
            }
            if let Some(share) = left {
                splits.push(side.split(share));
            }
        }
        fields.insert(key, Value::Array(splits));
        ConfigEntry { fields }
    }

    /// Whether sessions are bound to instances: then a split alone loses them.
    #[must_use]
    pub fn is_sticky(&self) -> bool {
        self.resolver.iter().chain(&self.resolvers).any(is_sticky)
    }
}

fn told(splitter: &Value) -> String {
    let split = |s: &Value| {
        let place = [text(s, "Service"), text(s, "ServiceSubset")].into_iter().filter(|t| !t.is_empty());
        format!("{} % {}", field(s, "Weight"), place.collect::<Vec<_>>().join("/"))
    };
    items(splitter, "Splits").map(split).collect::<Vec<_>>().join(", ")
}
