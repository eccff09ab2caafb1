//! Functions on lists, maps and sets.

use std::collections::BTreeMap;

use super::super::hcl::{Number, Value};
use super::{Args, Failure, Result, fail};

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "length" => length(args),
        "keys" => args.exactly(&["inputMap"]).and_then(keys),
        "values" => args.exactly(&["values"]).and_then(values),
        "lookup" => lookup(args),
        "merge" => merge(args),
        "zipmap" => zipmap(args),
        "concat" => concat(args),
        "contains" => contains(args),
        "distinct" => args.exactly(&["list"]).and_then(distinct),
        "element" => element(args),
        "index" => index(args),
        "flatten" => args.exactly(&["list"]).and_then(|a| Ok(Value::List(flatten(a.list(0, "list")?)))),
        "compact" => compact(args),
        "coalesce" => coalesce(args, |v| *v != Value::Null, "no non-null arguments"),
        "coalescelist" => {
            coalesce(args, |v| matches!(v, Value::List(l) if !l.is_empty()), "no non-empty arguments")
        }
        "slice" => slice(args),
        "sort" => sort(args),
        "chunklist" => chunklist(args),
        "range" => range(args),
        "setproduct" => product(args),
        "setunion" => sets(args, |sets, item| sets.iter().any(|set| set.contains(item))),
        "setintersection" => sets(args, |sets, item| sets.iter().all(|set| set.contains(item))),
        _ => return None,
    })
}

fn length(args: Args<'_>) -> Result {
    match args.exactly(&["collection"])?.value(0, "collection")?.elements() {
        Some(elements) => Ok(Value::count(elements.len())),
        None => fail("collection must be a list, a map or a tuple"),
    }
}

fn keys(args: Args<'_>) -> Result {
    Ok(Value::List(args.map(0, "inputMap")?.keys().map(|key| Value::from(key.as_str())).collect()))
}

fn values(args: Args<'_>) -> Result {
    Ok(Value::List(args.map(0, "values")?.values().cloned().collect()))
}

fn lookup(args: Args<'_>) -> Result {
    let args = args.exactly(&["inputMap", "key", "default"])?;
    let found = args.map(0, "inputMap")?.get(&args.text(1, "key")?);
    Ok(found.unwrap_or(args.value(2, "default")?).clone())
}

fn merge(args: Args<'_>) -> Result {
    let mut merged = BTreeMap::new();
    for (index, value) in args.0.iter().enumerate() {
        match value {
            Value::Object(map) => merged.extend(map.clone()),
            Value::Null => {}
            _ => {
                let why = "arguments must be maps or objects, got \"".to_owned() + value.type_name() + "\"";
                return Err(Failure::Argument(index, "maps", why));
            }
        }
    }
    Ok(Value::Object(merged))
}

fn zipmap(args: Args<'_>) -> Result {
    let args = args.exactly(&["keys", "values"])?;
    let (keys, values) = (args.texts(0, "keys")?, args.list(1, "values")?);
    if keys.len() != values.len() {
        return fail(format!(
            "number of keys ({}) does not match number of values ({})",
            keys.len(),
            values.len()
        ));
    }
    Ok(Value::Object(keys.into_iter().zip(values.iter().cloned()).collect()))
}

fn concat(args: Args<'_>) -> Result {
    let mut all = Vec::new();
    for index in 0..args.0.len() {
        if let set @ Value::Set(_) = args.value(index, "seqs")? {
            return fail(format!("all arguments must be lists or tuples; got {}", set.type_name()));
        }
        all.extend_from_slice(args.list(index, "seqs")?);
    }
    Ok(Value::List(all))
}

fn contains(args: Args<'_>) -> Result {
    let args = args.exactly(&["list", "value"])?;
    let wanted = args.value(1, "value")?;
    Ok(Value::Bool(args.list(0, "list")?.contains(wanted)))
}

fn distinct(args: Args<'_>) -> Result {
    let mut seen: Vec<Value> = Vec::new();
    for item in args.list(0, "list")? {
        if !seen.contains(item) {
            seen.push(item.clone());
        }
    }
    Ok(Value::List(seen))
}

fn element(args: Args<'_>) -> Result {
    let args = args.exactly(&["list", "index"])?;
    if let set @ Value::Set(_) = args.value(0, "list")? {
        let why = format!("cannot read elements from {}", set.type_name());
        return Err(Failure::Argument(0, "list", why));
    }
    let (list, index) = (args.list(0, "list")?, args.whole(1, "index")?);
    if list.is_empty() {
        return fail("cannot use element function with an empty list");
    }
    let length = i128::try_from(list.len()).unwrap_or(i128::MAX);
    let at = usize::try_from(index.rem_euclid(length)).unwrap_or(0);
    Ok(list[at].clone())
}

fn index(args: Args<'_>) -> Result {
    let args = args.exactly(&["collection", "key"])?;
    let key = args.value(1, "key")?;
    match args.value(0, "collection")? {
        Value::List(list) => {
            let Ok(Some(at)) = key.to_number().map(Number::whole) else {
                return fail("key for tuple must be number");
            };
            let found = usize::try_from(at).ok().and_then(|at| list.get(at));
            found.cloned().ok_or_else(|| Failure::Call("no element with the given index".to_owned()))
        }
        Value::Object(map) => {
            let found = key.to_text().ok().and_then(|key| map.get(&key));
            found.cloned().ok_or_else(|| Failure::Call("no element with the given index".to_owned()))
        }
        _ => fail("cannot index a value of this type"),
    }
}

fn flatten(list: &[Value]) -> Vec<Value> {
    let each = |value: &Value| match value {
        Value::List(inner) | Value::Set(inner) => flatten(inner),
        other => vec![other.clone()],
    };
    list.iter().flat_map(each).collect()
}

fn compact(args: Args<'_>) -> Result {
    let texts = args.exactly(&["list"])?.texts(0, "list")?;
    Ok(Value::List(texts.into_iter().filter(|text| !text.is_empty()).map(Value::Text).collect()))
}

fn coalesce(args: Args<'_>, wanted: impl Fn(&Value) -> bool, none: &str) -> Result {
    match args.0.iter().find(|value| wanted(value)) {
        Some(value) => Ok(value.clone()),
        None => fail(none),
    }
}

fn slice(args: Args<'_>) -> Result {
    let args = args.exactly(&["list", "start_index", "end_index"])?;
    if let Value::Set(_) = args.value(0, "list")? {
        let why = "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the \
                   ordering of the result is not important";
        return Err(Failure::Argument(0, "list", why.to_owned()));
    }
    let list = args.list(0, "list")?;
    let at = |index, name| {
        let wanted = args.whole(index, name)?;
        usize::try_from(wanted).ok().filter(|at| *at <= list.len()).ok_or_else(|| {
            Failure::Argument(index, name, "must not be greater than the length of the list".to_owned())
        })
    };
    let (start, end) = (at(1, "start_index")?, at(2, "end_index")?);
    if start > end {
        return Err(Failure::Argument(1, "start_index", "must not be greater than end index".to_owned()));
    }
    Ok(Value::List(list[start..end].to_vec()))
}

fn sort(args: Args<'_>) -> Result {
    let mut texts = args.exactly(&["list"])?.texts(0, "list")?;
    texts.sort_unstable();
    Ok(Value::List(texts.into_iter().map(Value::Text).collect()))
}

fn chunklist(args: Args<'_>) -> Result {
    let args = args.exactly(&["list", "size"])?;
    let list = args.list(0, "list")?;
    let size = usize::try_from(args.whole(1, "size")?).unwrap_or(0);
    let chunks = list.chunks(if size == 0 { list.len().max(1) } else { size });
    Ok(Value::List(chunks.map(|chunk| Value::List(chunk.to_vec())).collect()))
}

/// The most numbers `range` makes.
const LONGEST_RANGE: usize = 1024;

fn range(args: Args<'_>) -> Result {
    let number = |index| args.number(index, "params").map(Number::float);
    let (start, end, step) = match args.0.len() {
        1 => (0.0, number(0)?, if number(0)? < 0.0 { -1.0 } else { 1.0 }),
        2 => (number(0)?, number(1)?, if number(1)? < number(0)? { -1.0 } else { 1.0 }),
        3 => (number(0)?, number(1)?, number(2)?),
        0 => return fail("must have one, two, or three arguments"),
        _ => return fail("must have one, two, or three arguments"),
    };
    if step == 0.0 {
        return fail("step must not be zero");
    }
    let mut list = Vec::new();
    let mut at = start;
    while if step > 0.0 { at < end } else { at > end } {
        if list.len() == LONGEST_RANGE {
            return fail(
                "more than 1024 values were generated; either decrease the difference between start and end or use a smaller step",
            );
        }
        list.push(Value::from(at));
        at += step;
    }
    Ok(Value::List(list))
}

fn sets(args: Args<'_>, keep: impl Fn(&[&[Value]], &Value) -> bool) -> Result {
    let sets = (0..args.0.len()).map(|i| args.list(i, "sets")).collect::<Result<Vec<&[Value]>>>()?;
    let mut all: Vec<Value> = sets.concat();
    all.retain(|item| keep(&sets, item));
    Ok(Value::set(all))
}

/// Every way to take one of each: of sets a set, in the order of the first, then the second and so on.
fn product(args: Args<'_>) -> Result {
    if args.0.len() < 2 {
        return fail("at least two arguments are required");
    }
    let mut ways: Vec<Vec<Value>> = vec![Vec::new()];
    let mut of_sets = true;
    for (index, value) in args.0.iter().enumerate() {
        of_sets &= matches!(value, Value::Set(_));
        let elements = args.list(index, "sets")?;
        let longer = |way: &Vec<Value>| {
            elements.iter().map(|e| way.iter().chain([e]).cloned().collect()).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(longer).collect();
    }
    let ways: Vec<Value> = ways.into_iter().map(Value::List).collect();
    Ok(if of_sets { Value::Set(ways) } else { Value::List(ways) })
}
