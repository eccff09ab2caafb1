//! Config entries of Consul, as people write them.

use std::collections::BTreeMap;

use fleet::api::consul::config_entry::ConfigEntry;
use fleet::model::traffic::change::{Action, deleting, objections, writing};
use fleet::model::traffic::difference::{between, has_secrets, same, without_secrets};
use fleet::model::traffic::{document, on_proxy};

/// Entries are refused, or what they change can be told: nothing beside themselves, everything beside nothing, and what is told holds
/// no private key. What is shown of an entry is read again as the same.
pub fn config_entries(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(entries) = document::read(&text) else { return };
    let nothing = BTreeMap::new();
    let created = writing(entries.clone(), &nothing);
    assert!(created.iter().all(|c| c.action == Action::Create));
    drop(objections(&created));
    let stored: BTreeMap<_, _> =
        entries.iter().filter_map(|e| Some(((e.kind()?, e.name().to_owned()), e.clone()))).collect();
    let kept = writing(stored.values().cloned().collect(), &stored);
    assert!(kept.iter().all(|c| c.action == Action::Keep && c.differences.is_empty()), "{kept:?}");
    drop(objections(&deleting(entries.clone(), &stored)));
    for entry in &entries {
        assert!(same(entry, entry), "{entry:?}");
        let shown = serde_json::to_string(&entry.content()).expect("an entry is JSON");
        let again: Vec<ConfigEntry> = document::read(&shown).expect("what is shown can be read again");
        assert!(
            again.len() == 1 && same(&again[0], entry),
            "{shown}: {:?}",
            between(again.first(), Some(entry))
        );
        let hidden = without_secrets(entry);
        assert!(has_secrets(entry) || same(&hidden, entry), "{entry:?}");
        assert!(same(&without_secrets(&hidden), &hidden), "{hidden:?}");
        drop(on_proxy::paths(entry));
        drop(on_proxy::leads_to(entry));
    }
    for pair in entries.windows(2) {
        drop(writing(vec![pair[1].clone()], &stored));
        assert_eq!(between(Some(&pair[0]), Some(&pair[1])).is_empty(), same(&pair[1], &pair[0]), "{pair:?}");
    }
}
