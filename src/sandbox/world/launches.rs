//! When periodic jobs start.

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::model::cron::Cron;
use crate::sandbox::moment::Moment;

/// When a periodic job with this `Periodic` block starts next; never for one that is disabled.
pub(super) fn next_launch(periodic: &Value, after: Moment) -> Option<Moment> {
    if !periodic["Enabled"].as_bool().unwrap_or(false) {
        return None;
    }
    let one = periodic["Spec"].as_str().filter(|spec| !spec.is_empty());
    let many = periodic["Specs"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let specs: Vec<&str> = one.map_or_else(|| many.collect(), |one| vec![one]);
    if periodic["SpecType"] == "_internal_test" {
        let times = specs.iter().flat_map(|s| s.split(',')).filter_map(|t| t.trim().parse::<i64>().ok());
        return times.map(|s| Moment::from_nanos(s * 1_000_000_000)).find(|at| *at > after);
    }
    let zone = periodic["TimeZone"].as_str().filter(|name| !name.is_empty() && *name != "UTC");
    let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    specs
        .into_iter()
        .filter_map(|spec| Cron::parse(spec).ok()?.next(after.timestamp(), &zone).map(Moment::from))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;

    fn next(spec: &str, zone: &str, after: &str) -> String {
        let after: Timestamp = after.parse().unwrap();
        let block = json!({"Enabled": true, "SpecType": "cron", "Spec": spec, "TimeZone": zone});
        next_launch(&block, after.into()).unwrap().to_string()
    }

    #[test]
    fn expressions_name_the_next_moment() {
        for (spec, expected) in [
            ("*/15 * * * *", "2026-11-21T10:15:00Z"),
            ("@daily", "2026-11-22T00:00:00Z"),
            ("@weekly", "2026-11-22T00:00:00Z"),
            ("30 4 1 1 *", "2027-01-01T04:30:00Z"),
            ("0 12 * * MON-FRI", "2026-11-23T12:00:00Z"),
            ("0 0 13 * 5", "2026-11-27T00:00:00Z"),
            ("0 0 L * *", "2026-11-30T00:00:00Z"),
            ("0 0 LW 1 *", "2027-01-29T00:00:00Z"),
            ("0 0 6W 12 *", "2026-12-07T00:00:00Z"),
            ("0 0 * * 5L", "2026-11-27T00:00:00Z"),
            ("0 0 * * mon#1", "2026-12-07T00:00:00Z"),
            ("0 0 * * 6-7", "2026-11-28T00:00:00Z"),
            ("*/10 * * * * * *", "2026-11-21T10:03:10Z"),
            ("3 10 * * * 2030", "2030-01-01T10:03:00Z"),
        ] {
            assert_eq!(next(spec, "UTC", "2026-11-21T10:03:00Z"), expected, "{spec}");
        }
    }

    #[test]
    fn what_is_disabled_never_starts() {
        let disabled = json!({"Enabled": false, "Spec": "* * * * *"});
        assert_eq!(next_launch(&disabled, Moment::from_nanos(0)), None);
    }
}
