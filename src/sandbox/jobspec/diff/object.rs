//! What differs between two blocks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::Pair;
use super::fields::{self, Change, FieldDiff, Flat};
use crate::sandbox::jobspec::schema::Struct;

/// What became of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ObjectDiff {
    #[serde(rename = "Type")]
    pub(super) change: Change,
    pub(super) name: String,
    #[serde(serialize_with = "or_null")]
    pub(super) fields: Vec<FieldDiff>,
    #[serde(serialize_with = "or_null")]
    pub(super) objects: Vec<ObjectDiff>,
}

fn or_null<T: Serialize, S: Serializer>(list: &[T], to: S) -> Result<S::Ok, S::Error> {
    if list.is_empty() { to.serialize_none() } else { to.collect_seq(list) }
}

/// How much of a block its fields are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Depth {
    /// Only what is certainly there.
    Flat,
    /// Lists, inner blocks and missing values too.
    Deep,
}

/// What tells the items of a list apart where nothing better does: all of them.
pub(super) fn whole(item: &Json) -> String {
    item.to_string()
}

impl ObjectDiff {
    fn new(name: &str, change: Change, fields: Vec<FieldDiff>) -> ObjectDiff {
        ObjectDiff { change, name: name.to_owned(), fields, objects: Vec::new() }
    }

    /// A block that was added, removed or changed in any way; its inner blocks are the caller's.
    pub(super) fn block(pair: &Pair<'_>, name: &str, shape: &Struct, depth: Depth) -> Option<ObjectDiff> {
        let flat = |side: Option<&Json>| match depth {
            Depth::Flat => fields::plain(side, shape, &[]),
            Depth::Deep => fields::deep_block(side, shape),
        };
        ObjectDiff::from(pair, name, &flat(pair.old), &flat(pair.new))
    }

    /// A block of which only these fields are told.
    pub(super) fn from(pair: &Pair<'_>, name: &str, old: &Flat, new: &Flat) -> Option<ObjectDiff> {
        let change = pair.change();
        (change != Change::None).then(|| ObjectDiff::new(name, change, FieldDiff::all(old, new)))
    }

    /// A map of anything, of which an empty one is as good as none.
    pub(super) fn map(pair: &Pair<'_>, name: &str) -> Option<ObjectDiff> {
        let filled = |side: Option<&Json>| side.and_then(Json::as_object).is_some_and(|map| !map.is_empty());
        if pair.change() == Change::None {
            return None;
        }
        let change = match (filled(pair.old), filled(pair.new)) {
            (false, _) => Change::Added,
            (true, false) => Change::Deleted,
            _ => Change::Edited,
        };
        let fields = FieldDiff::all(&fields::deep(pair.old), &fields::deep(pair.new));
        Some(ObjectDiff::new(name, change, fields))
    }

    /// A block that is only told when one of its fields differs, and whose fields say what became of it.
    pub(super) fn simple(pair: &Pair<'_>, name: &str, shape: &Struct, skip: &[&str]) -> Option<ObjectDiff> {
        let (old, new) = (fields::plain(pair.old, shape, skip), fields::plain(pair.new, shape, skip));
        ObjectDiff::told_by_fields(&old, &new, name)
    }

    /// See [`simple`](Self::simple).
    pub(super) fn told_by_fields(old: &Flat, new: &Flat, name: &str) -> Option<ObjectDiff> {
        let fields = FieldDiff::all(old, new);
        let any = |change: Change| fields.iter().any(|field| field.change == change);
        let change = match (any(Change::Edited), any(Change::Added), any(Change::Deleted)) {
            (true, _, _) | (_, true, true) => Change::Edited,
            (_, true, _) => Change::Added,
            (_, _, true) => Change::Deleted,
            _ => return None,
        };
        Some(ObjectDiff::new(name, change, fields))
    }

    /// Two lists of texts as sets, each text a field.
    pub(super) fn set(pair: &Pair<'_>, name: &str) -> impl Iterator<Item = ObjectDiff> {
        let (old, new) = pair.lists(name);
        let texts = |list: &[Json]| -> BTreeSet<String> {
            list.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
        };
        ObjectDiff::sets(&texts(old), &texts(new), name).into_iter()
    }

    fn sets(old: &BTreeSet<String>, new: &BTreeSet<String>, name: &str) -> Option<ObjectDiff> {
        let side = |set: &BTreeSet<String>, text: &String| {
            if set.contains(text) { text.clone() } else { String::new() }
        };
        let each = old.union(new).map(|text| FieldDiff::new(name, &side(old, text), &side(new, text)));
        let mut fields: Vec<FieldDiff> = each.collect();
        fields.sort();
        let change = match (new.is_subset(old), old.is_subset(new)) {
            (true, true) if fields.is_empty() => return None,
            (true, true) => Change::None,
            (false, true) => Change::Added,
            (true, false) => Change::Deleted,
            (false, false) => Change::Edited,
        };
        Some(ObjectDiff::new(name, change, fields))
    }

    /// The items of two lists, matched by a key.
    pub(super) fn keyed(
        pair: &Pair<'_>,
        field: &str,
        key: impl Fn(&Json) -> String,
        diff: impl Fn(&Pair<'_>) -> Option<ObjectDiff>,
    ) -> Vec<ObjectDiff> {
        let (old, new) = pair.lists(field);
        let by_key = |list: &'_ [Json]| -> BTreeMap<String, usize> {
            list.iter().enumerate().map(|(at, item)| (key(item), at)).collect()
        };
        let (old_at, new_at) = (by_key(old), by_key(new));
        let keys: BTreeSet<&String> = old_at.keys().chain(new_at.keys()).collect();
        let each = keys.into_iter().filter_map(|key| {
            let (old, new) = (old_at.get(key).map(|at| &old[*at]), new_at.get(key).map(|at| &new[*at]));
            diff(&Pair::new(old, new))
        });
        sorted(each.collect())
    }

    /// The items of two lists, matched by a key, told by their fields.
    pub(super) fn distinct(
        pair: &Pair<'_>,
        field: &str,
        name: &str,
        shape: &Struct,
        key: fn(&Json) -> String,
    ) -> Vec<ObjectDiff> {
        ObjectDiff::keyed(pair, field, key, |item| ObjectDiff::simple(item, name, shape, &[]))
    }

    /// The items of two lists, matched by their place.
    pub(super) fn in_order(
        pair: &Pair<'_>,
        field: &str,
        diff: impl Fn(&Pair<'_>) -> Option<ObjectDiff>,
    ) -> Vec<ObjectDiff> {
        let (old, new) = pair.lists(field);
        let each = (0..old.len().max(new.len())).filter_map(|at| diff(&Pair::new(old.get(at), new.get(at))));
        sorted(each.collect())
    }
}

/// In Nomad's order: by name, kind of change, size, and then what differs.
pub(super) fn sorted(mut objects: Vec<ObjectDiff>) -> Vec<ObjectDiff> {
    objects.sort_by(|a, b| {
        let key = |o: &ObjectDiff| (o.name.clone(), o.change, o.fields.len(), o.objects.len());
        key(a).cmp(&key(b)).then_with(|| a.fields.cmp(&b.fields))
    });
    objects
}
