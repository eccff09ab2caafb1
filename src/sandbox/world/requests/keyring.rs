//! The servers' keys: a new one, and the end of an old one (`nomad-api.md §9.4`).

use crate::sandbox::id::Id;
use crate::sandbox::state::keyring::{KeyState, RootKey};
use crate::sandbox::state::variables::Variable;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;

impl World {
    /// Makes a new key: active at once, or with a time other than 0 only made known. With `full` what the others
    /// encrypt is encrypted anew. The key as it was before it was put in, and the index of the write.
    ///
    /// # Errors
    /// When both are asked for.
    pub fn rotate_key(&mut self, full: bool, publish_time: i64) -> Result<(RootKey, u64), Refusal> {
        if full && publish_time > 0 {
            let words = "keyring cannot be prepublished and full rotated at the same time";
            return Err(Refusal::failed(words));
        }
        let key = RootKey::new(self.new_id(), publish_time, self.now);
        if full && key.state != KeyState::Active {
            return Err(Refusal::failed("cannot rekey without setting the new key active"));
        }
        let mut write = self.write();
        let index = write.index;
        write.put_key(key.clone(), full);
        if full {
            self.use_up_keys();
        }
        Ok((key, index))
    }

    /// Encrypts what is left under other keys with the active one, each variable in a write of its own.
    fn use_up_keys(&mut self) {
        let old: Vec<RootKey> =
            self.state.keys().filter(|key| key.state == KeyState::Rekeying).cloned().collect();
        for key in old {
            let under: Vec<_> = self.state.variables_under(&key).cloned().collect();
            for variable in under {
                let mut write = self.write();
                let modify_time = write.now.nanos();
                write.put_variable(Variable { modify_time, ..(*variable).clone() });
            }
            self.write().retire_key(key.id);
        }
    }

    /// Takes a key out; with `force` also one that is used. The index of the write.
    ///
    /// # Errors
    /// When there is none, it is active, or it is used.
    pub fn remove_key(&mut self, id: &str, force: bool) -> Result<u64, Refusal> {
        if id.is_empty() {
            return Err(Refusal::failed("root key ID is required"));
        }
        let Some(key) = Id::parse(id).and_then(|id| self.state.key(id)) else {
            return Err(Refusal::failed("root key not found"));
        };
        if key.state == KeyState::Active {
            return Err(Refusal::failed("active root key cannot be deleted - call rotate first"));
        }
        if !force && self.state.uses_key(key) {
            return Err(Refusal::failed("root key in use, cannot delete"));
        }
        let id = key.id;
        let mut write = self.write();
        write.remove_key(id);
        Ok(write.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::id::FOUNDING_KEY;
    use crate::sandbox::moment::Moment;

    fn put(world: &mut World, path: &str) {
        let variable = Variable { path: path.to_owned(), ..Variable::default() };
        world.write().put_variable(variable);
    }

    #[test]
    fn a_key_lives_as_long_as_something_is_encrypted_with_it() {
        let mut world = World::new(Moment::from_nanos(1), 7);
        world.write().put_key(RootKey::new(FOUNDING_KEY, 0, Moment::from_nanos(1)), false);
        put(&mut world, "a");
        let words = |refused: Result<u64, Refusal>| refused.unwrap_err().text;
        assert!(words(world.remove_key(&FOUNDING_KEY.to_string(), true)).starts_with("active"));
        world.rotate_key(false, 0).unwrap();
        put(&mut world, "b");
        assert_eq!(
            words(world.remove_key(&FOUNDING_KEY.to_string(), false)),
            "root key in use, cannot delete"
        );
        let before = world.state.variables().map(|v| v.modify_index).max();
        let (newest, index) = world.rotate_key(true, 0).unwrap();
        assert!(world.state.variables().all(|v| Some(v.modify_index) > before && v.modify_index > index));
        assert_eq!(world.state.active_key(), newest.id);
        assert!(world.state.keys().all(|key| key.id == newest.id || key.state == KeyState::Inactive));
        world.remove_key(&FOUNDING_KEY.to_string(), false).unwrap();
        assert_eq!(words(world.remove_key(&FOUNDING_KEY.to_string(), false)), "root key not found");
    }
}
