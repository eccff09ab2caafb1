//! When a periodic job starts its next child, worked out as the servers do (`nomad-api.md §3.3`).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::api::nomad::job::Periodic;
use crate::model::cron::Cron;

/// When the next child starts after this moment; none where the job starts none, or an expression or its time zone is not
/// understood here.
#[must_use]
pub fn next_start(periodic: &Periodic, after: Timestamp) -> Option<Timestamp> {
    if !periodic.enabled {
        return None;
    }
    let zone = match periodic.time_zone.as_str() {
        "" | "UTC" => TimeZone::UTC,
        name => TimeZone::get(name).ok()?,
    };
    let next = |cron: &str| Cron::parse(cron).ok()?.next(after, &zone);
    periodic.crons().into_iter().filter_map(next).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_of_several_expressions_counts_in_their_time_zone() {
        let periodic = Periodic {
            enabled: true,
            specs: vec!["0 3 29 2 *".into(), "0 12 1 1 *".into()],
            ..Periodic::default()
        };
        let next = |periodic: &Periodic| next_start(periodic, "2026-11-29T00:00:00Z".parse().unwrap());
        assert_eq!(next(&periodic).unwrap().to_string(), "2027-01-01T12:00:00Z");
        assert_eq!(next(&Periodic { enabled: false, ..periodic.clone() }), None);
        assert_eq!(next(&Periodic { time_zone: "Nowhere/Else".into(), ..periodic }), None);
    }
}
