//! For how long a protected context is not: until when, kept beside the journals.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::config::Environment;
use crate::error::{Error, Result};

/// Name of the file in the state directory.
const FILE: &str = "lifted.json";

/// Until when the protection of contexts is lifted.
#[derive(Debug, Default)]
pub struct Lifts {
    path: Option<PathBuf>,
    until: BTreeMap<String, Timestamp>,
}

impl Lifts {
    /// Reads them. What cannot be read lifts nothing.
    #[must_use]
    pub fn load(env: &Environment) -> Self {
        let path = env.state_dir().map(|dir| dir.join(FILE));
        let text = path.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
        let until = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Lifts { path, until }
    }

    /// Until when that of a context is lifted; none when it is not now.
    #[must_use]
    pub fn until(&self, context: &str, now: Timestamp) -> Option<Timestamp> {
        self.until.get(context).copied().filter(|until| *until > now)
    }

    /// Lifts that of a context until then, or not any more, and forgets what is over.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set(mut self, context: &str, until: Option<Timestamp>, now: Timestamp) -> Result<()> {
        self.until.retain(|name, until| name != context && *until > now);
        self.until.extend(until.map(|until| (context.to_owned(), until)));
        let Some(path) = &self.path else {
            return Err(
                Error::usage("there is no place for fleet's state").hint("set FLEET_STATE_DIR to a folder")
            );
        };
        let text = serde_json::to_string(&self.until).map_err(anyhow::Error::from)?;
        let written = || -> std::io::Result<()> {
            let folder = path.parent().unwrap_or(path);
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.persist(path).map_err(|e| e.error)?;
            Ok(())
        };
        written()
            .map_err(|e| Error::failed(format!("could not write {}", path.display())).because(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lift_ends_by_itself() {
        let dir = tempfile::tempdir().unwrap();
        let env = Environment::from_pairs([("FLEET_STATE_DIR", dir.path().display().to_string())]);
        let at = |second| Timestamp::from_second(second).unwrap();
        Lifts::load(&env).set("prod", Some(at(100)), at(10)).unwrap();
        Lifts::load(&env).set("other", Some(at(50)), at(10)).unwrap();
        let lifts = Lifts::load(&env);
        assert_eq!((lifts.until("prod", at(99)), lifts.until("prod", at(100))), (Some(at(100)), None));
        assert_eq!(lifts.until("nobody", at(1)), None);
        Lifts::load(&env).set("prod", None, at(60)).unwrap();
        let lifts = Lifts::load(&env);
        assert_eq!((lifts.until("prod", at(61)), lifts.until("other", at(11))), (None, None));
        std::fs::write(dir.path().join(FILE), "{").unwrap();
        assert_eq!(Lifts::load(&env).until("prod", at(0)), None);
    }
}
