//! "Did you mean …?"

/// The candidate nearest to what was typed, when it is near enough to be a slip.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    candidates
        .into_iter()
        .map(|c| (strsim::jaro_winkler(&typed, &c.to_lowercase()), c))
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
        assert_eq!(nearest("postgres", jobs), None);
        assert_eq!(nearest("x", []), None);
    }
}
