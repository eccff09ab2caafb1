//! What is done about what a look showed: the one decision of all that may take a group below its floor.

/// How the way is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpdateLook {
    /// What is waited for.
    pub waits: Vec<String>,
    /// What falls below its floor with nobody to say that it is right.
    pub refused: Vec<String>,
    /// What is repaired.
    pub repaired: Vec<String>,
}

/// What is done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It goes on: nothing stands in its way.
    Go,
    /// It goes on although this stands in its way, because somebody said that it is right.
    GoForced(Vec<String>),
    /// It goes on at once, because of what it repairs.
    GoRepairing(Vec<String>),
    /// It waits for this.
    Wait(Vec<String>),
    /// It has waited for this as long as it may.
    InVain(Vec<String>),
    /// It is not done, because of this.
    Refuse(Vec<String>),
}

impl UpdateLook {
    /// Whether nothing falls below its floor, or it is what is repaired.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.waits.is_empty() && self.refused.is_empty()
    }

    /// What is done now. `forced` is whether somebody said that it is right below the floor; `is_over` is whether it has been waited
    /// for as long as it may; `others` tells who else moves the job by fleet, and is only asked where that matters.
    ///
    /// # Errors
    /// Whatever `others` fails with.
    pub async fn decide<E>(
        &self,
        forced: bool,
        is_over: bool,
        others: impl AsyncFnOnce() -> Result<Vec<String>, E>,
    ) -> Result<Decision, E> {
        let stands: Vec<String> = self.waits.iter().chain(&self.refused).cloned().collect();
        if forced {
            return Ok(if stands.is_empty() { Decision::Go } else { Decision::GoForced(stands) });
        }
        // Whoever moves what is broken waits for its repair himself.
        if stands.is_empty() && !self.repaired.is_empty() {
            return Ok(Decision::GoRepairing(self.repaired.clone()));
        }
        let waits: Vec<String> = others().await?.into_iter().chain(self.waits.iter().cloned()).collect();
        Ok(match (waits.is_empty(), self.refused.is_empty()) {
            (true, true) => Decision::Go,
            (true, false) => Decision::Refuse(self.refused.clone()),
            (false, _) if is_over => Decision::InVain(waits),
            (false, _) => Decision::Wait(waits),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use proptest::prelude::*;

    fn lines(what: &str, n: usize) -> Vec<String> {
        (0..n).map(|i| format!("{what} {i}")).collect()
    }

    proptest! {
        /// It goes on only where nothing stands in its way, somebody said that it is right, or it is a repair; and it ends.
        #[test]
        fn it_goes_on_only_where_it_may(
            (waits, refused, repaired, others) in (0_usize..3, 0_usize..3, 0_usize..3, 0_usize..3),
            (forced, is_over) in (any::<bool>(), any::<bool>()),
        ) {
            let look = UpdateLook {
                waits: lines("waits", waits), refused: lines("refused", refused), repaired: lines("repaired", repaired),
            };
            let stands = waits + refused;
            let mut asked = false;
            let ask = async || {
                asked = true;
                Ok::<_, ()>(lines("other", others))
            };
            let decided = look.decide(forced, is_over, ask).now_or_never().unwrap().unwrap();
            let at_once = matches!(&decided, Decision::GoForced(_) | Decision::GoRepairing(_)) || forced;
            prop_assert_eq!(asked, !at_once, "who goes on at once waits for nobody");
            match decided {
                Decision::Go => prop_assert!(stands == 0 && (forced || (others == 0 && repaired == 0))),
                Decision::GoForced(what) => prop_assert!(forced && stands > 0 && what.len() == stands),
                Decision::GoRepairing(what) => prop_assert!(!forced && stands == 0 && what == look.repaired),
                Decision::Wait(what) => {
                    prop_assert!(!forced && !is_over && !what.is_empty() && what.len() == waits + others);
                }
                Decision::InVain(what) => prop_assert!(!forced && is_over && what.len() == waits + others),
                Decision::Refuse(why) => {
                    prop_assert!(!forced && waits + others == 0 && refused > 0);
                    prop_assert_eq!(why, look.refused);
                }
            }
        }
    }
}
