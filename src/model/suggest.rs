//! "Did you mean …?"

/// The candidate nearest to what was typed, when it is near enough to be a slip.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let score = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        // Two letters that changed places weigh little in a long word and too much in a short one.
        let slip = typed.len() > 2 && strsim::osa_distance(&typed, &candidate) == 1;
        strsim::jaro_winkler(&typed, &candidate).max(if slip { 0.9 } else { 0.0 })
    };
    candidates
        .into_iter()
        .map(|c| (score(c), c))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let jobs = ["web", "api", "billing-worker"];
        assert_eq!(nearest("biling-worker", jobs), Some("billing-worker"));
        assert_eq!(nearest("WEB", jobs), Some("web"));
        assert_eq!(nearest("wbe", jobs), Some("web"));
        assert_eq!(nearest("postgres", jobs), None);
        assert_eq!(nearest("x", []), None);
    }
}
