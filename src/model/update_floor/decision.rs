//! What is done about what a look showed: the one decision of all that may take a group below its floor.

use std::time::Duration;

use super::RECOVERS_WITHIN;

/// How the way is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpdateLook {
    /// What is waited for.
    pub waits: Vec<String>,
    /// What falls below its floor with nobody to say that it is right.
    pub refused: Vec<String>,
    /// What is repaired.
    pub repaired: Vec<String>,
    /// The groups that were looked at.
    pub groups: Vec<AtWork>,
}

/// How many of a group are at work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtWork {
    /// Its name.
    pub name: String,
    /// How many are.
    pub well: u64,
    /// Of how many.
    pub of: u64,
    /// The fewest that are to be.
    pub floor: u64,
    /// How many are left once the servers have taken what comes next.
    pub left: u64,
}

/// What is done about a deployment that goes on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// Nothing.
    Leave,
    /// It is paused, because of this.
    Pause(Vec<String>),
    /// It stays paused, because of this.
    Stay(Vec<String>),
    /// It goes on.
    Resume,
    /// It stays paused, and it is not waited any longer for what has not come in time.
    InVain(Vec<String>),
    /// It stays paused, and waiting does not help.
    GiveUp(Vec<String>),
}

/// What is done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It goes on.
    Go,
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

    /// Whether it goes on whoever else moves the job, and what is said of that; none where those are asked first. `forced` is whether
    /// somebody said that it is right below the floor.
    #[must_use]
    pub fn goes_at_once(&self, forced: bool) -> Option<Vec<String>> {
        match forced {
            true => Some(self.waits.iter().chain(&self.refused).cloned().collect()),
            // Whoever moves what is broken waits for its repair himself.
            false if self.is_clear() && !self.repaired.is_empty() => Some(self.repaired.clone()),
            false => None,
        }
    }

    /// What is done now, where it does not go on at once. `others` are those who move the job by fleet; `is_over` is whether it has been
    /// waited for as long as it may, and `has_waited` whether it was at all: what is refused at the first look did not time out.
    #[must_use]
    pub fn decide(&self, others: Vec<String>, is_over: bool, has_waited: bool) -> Decision {
        let waits: Vec<String> = others.into_iter().chain(self.waits.iter().cloned()).collect();
        match (waits.is_empty(), self.refused.is_empty()) {
            (true, true) => Decision::Go,
            (true, false) if is_over && has_waited => Decision::InVain(self.refused.clone()),
            (true, false) => Decision::Refuse(self.refused.clone()),
            (false, _) if is_over => Decision::InVain(waits),
            (false, _) => Decision::Wait(waits),
        }
    }

    /// What is done about a deployment that goes on by itself, and is `held` for so long by whoever follows it. What is broken may be
    /// mended meanwhile: it is waited for as long as for what crashed once.
    #[must_use]
    pub fn hold(&self, held: Option<Duration>, others: Vec<String>, is_over: bool) -> Hold {
        let Some(held) = held else {
            let both = self.waits.iter().chain(&self.refused).cloned().collect();
            return if self.is_clear() { Hold::Leave } else { Hold::Pause(both) };
        };
        if self.goes_at_once(false).is_some() {
            return Hold::Resume;
        }
        match self.decide(others, is_over, true) {
            Decision::Go => Hold::Resume,
            Decision::Wait(waits) => Hold::Stay(waits),
            Decision::InVain(waits) => Hold::InVain(waits),
            Decision::Refuse(why) if held < RECOVERS_WITHIN => Hold::Stay(why),
            Decision::Refuse(why) => Hold::GiveUp(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(what: &str, n: usize) -> Vec<String> {
        (0..n).map(|i| format!("{what} {i}")).collect()
    }

    proptest! {
        /// It goes on only where nothing stands in its way, somebody said that it is right, or it is a repair; and it ends.
        #[test]
        fn it_goes_on_only_where_it_may(
            (waits, refused, repaired, others) in (0_usize..3, 0_usize..3, 0_usize..3, 0_usize..3),
            (forced, is_over, has_waited) in (any::<bool>(), any::<bool>(), any::<bool>()),
        ) {
            let look = UpdateLook {
                waits: lines("waits", waits), refused: lines("refused", refused), repaired: lines("repaired", repaired),
                ..UpdateLook::default()
            };
            let stands = waits + refused;
            if let Some(said) = look.goes_at_once(forced) {
                prop_assert!(forced || (stands == 0 && repaired > 0));
                prop_assert_eq!(said.len(), if forced { stands } else { repaired }, "what it goes on in spite of is said");
                return Ok(());
            }
            match look.decide(lines("other", others), is_over, has_waited) {
                Decision::Go => prop_assert_eq!(stands + others, 0),
                Decision::Wait(what) => {
                    prop_assert!(!is_over && !what.is_empty() && what.len() == waits + others);
                }
                Decision::InVain(what) if waits + others == 0 => {
                    prop_assert!(is_over && has_waited && what == look.refused && refused > 0);
                }
                Decision::InVain(what) => prop_assert!(is_over && what.len() == waits + others),
                Decision::Refuse(why) => {
                    prop_assert!(waits + others == 0 && refused > 0 && !(is_over && has_waited));
                    prop_assert_eq!(why, look.refused);
                }
            }
        }

        /// A deployment goes on by itself only where nothing stands in its way; and what holds it ends.
        #[test]
        fn a_deployment_is_held_as_long_as_something_stands_in_its_way(
            (waits, refused, repaired, others) in (0_usize..3, 0_usize..3, 0_usize..3, 0_usize..3),
            (held, is_over) in (proptest::option::of(0_u64..100), any::<bool>()),
        ) {
            let look = UpdateLook {
                waits: lines("waits", waits), refused: lines("refused", refused), repaired: lines("repaired", repaired),
                ..UpdateLook::default()
            };
            let stands = waits + refused;
            match look.hold(held.map(Duration::from_secs), lines("other", others), is_over) {
                Hold::Leave => prop_assert!(held.is_none() && stands == 0),
                Hold::Pause(why) => prop_assert!(held.is_none() && why.len() == stands && stands > 0),
                Hold::Resume => prop_assert!(held.is_some() && stands == 0 && (others == 0 || repaired > 0)),
                Hold::Stay(why) => prop_assert!(held.is_some() && !is_over && !why.is_empty()),
                Hold::InVain(why) => prop_assert!(held.is_some() && is_over && !why.is_empty()),
                Hold::GiveUp(why) => {
                    prop_assert!(held.is_some_and(|s| s >= 30) && waits + others == 0 && why == look.refused);
                }
            }
        }
    }
}
