//! Instances of services as tables show them.

use serde::Serialize;

use crate::model::services::{Health, Instance, shown_tags};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// The tone of a health.
pub(super) fn tone(health: Health) -> Tone {
    match health {
        Health::Critical => Tone::Bad,
        Health::Warning | Health::NotKnown => Tone::Warn,
        Health::Passing => Tone::Good,
    }
}

/// A row of a table of instances.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct InstanceRow<'a>(pub(super) &'a Instance);

impl Tabular for InstanceRow<'_> {
    const COLUMNS: &'static [Column] = &[
        column("HEALTH").whole(),
        column("ALLOC").whole(),
        column("JOB").rank(2),
        column("NAMESPACE").usual("default").rank(3),
        column("NODE").rank(1),
        column("ADDRESS").whole(),
        column("REGISTRY").rank(4),
        column("WHY").folds(),
        column("REGISTRATION").wide(),
        column("TAGS").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let i = self.0;
        let health = match &i.stale {
            Some(_) => Cell::toned("stale", Tone::Bad),
            None => Cell::toned(i.health.to_string(), tone(i.health)),
        };
        let text = |text: &Option<String>| text.as_ref().map_or(Cell::Empty, Cell::from);
        vec![
            health,
            i.alloc_id.as_ref().map_or(Cell::Empty, |id| Cell::Id(id.clone())),
            text(&i.job_id),
            text(&i.namespace),
            text(if i.node_name.is_some() { &i.node_name } else { &i.consul_node }),
            Cell::from(i.endpoint().as_str()),
            Cell::text(i.registry.to_string()),
            text(&i.reason),
            Cell::from(&i.registration_id),
            Cell::from(shown_tags(&i.tags).join(", ").as_str()),
        ]
    }
}
