//! Which answers are taken in.

/// Keeps answers in order: one that was asked for earlier may come later.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AnswerOrder {
    known: Option<u64>,
    fell: bool,
}

impl AnswerOrder {
    pub(super) fn is_known(self) -> bool {
        self.known.is_some()
    }

    /// Whether an answer of this index is taken in. One that is older than what is known is not, unless the next one is as
    /// well: then the servers were restored, and their word counts.
    pub(super) fn admits(&mut self, index: Option<u64>) -> bool {
        let index = index.unwrap_or(0);
        if self.known.is_some_and(|known| index < known) && !self.fell {
            self.fell = true;
            return false;
        }
        *self = AnswerOrder { known: Some(index), fell: false };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_answer_is_left_out_and_a_restored_server_is_believed() {
        let mut order = AnswerOrder::default();
        assert!(order.admits(Some(10)) && order.admits(Some(12)));
        assert!(!order.admits(Some(11)));
        assert!(order.admits(Some(12)), "the same state once more");
        assert!(!order.admits(Some(3)));
        assert!(order.admits(Some(4)), "twice in a row is no accident");
    }
}
