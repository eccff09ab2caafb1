//! A request at its handler: with the state, what it asks for, and what it may do.

use crate::sandbox::http::access::{Rights, denied};
use crate::sandbox::http::request::{Options, Request};
use crate::sandbox::state::State;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;
use crate::sandbox::world::servers::ServerOutage;

/// The only region.
pub(super) const REGION: &str = "global";
/// What a server says that knows no leader, after a while.
pub(super) const LEADERLESS: &str = "No cluster leader";
/// What it says to a wrong method.
pub(super) const WRONG_METHOD: &str = "Invalid method";

/// A request at its handler.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// The cluster.
    pub world: &'a mut World,
    /// The request.
    pub request: &'a Request,
    /// The path after the part the handler was chosen by.
    pub rest: &'a str,
}

impl<'a> Call<'a> {
    /// The state.
    #[must_use]
    pub(super) fn state(&self) -> &State {
        &self.world.state
    }

    /// Refuses every method but this.
    ///
    /// # Errors
    /// When it is another.
    pub(super) fn only(&self, method: &str) -> Result<(), Refusal> {
        let fits = if method == "PUT" { self.request.is_put() } else { self.request.method == method };
        if fits { Ok(()) } else { Err(Refusal::new(405, WRONG_METHOD)) }
    }

    /// What a read asks for.
    ///
    /// # Errors
    /// On bad parameters.
    pub(super) fn options(&self) -> Result<Options, Refusal> {
        Options::parse(&self.request.query)
    }

    /// What the request may do; reached only if the servers can answer it.
    ///
    /// # Errors
    /// When its token is unknown, the region is another one, or there is no leader.
    pub(super) fn rights(&self) -> Result<Rights, Refusal> {
        self.reach()?;
        Rights::of(&self.world.state, &self.request.token, self.world.now())
    }

    /// Whether the servers can answer the request at all.
    ///
    /// # Errors
    /// When the region is another one or there is no leader.
    pub(super) fn reach(&self) -> Result<(), Refusal> {
        let region = self.request.query.get("region");
        if !matches!(region, "" | REGION) {
            return Err(Refusal::failed("No path to region"));
        }
        let stale = self.request.is_get() && Options::parse(&self.request.query).is_ok_and(|o| o.stale);
        match self.world.servers.trouble().filter(|_| !stale) {
            None => Ok(()),
            Some(ServerOutage::Refused(words)) => Err(Refusal::failed(words)),
            Some(ServerOutage::Leaderless) => {
                Rights::of(&self.world.state, &self.request.token, self.world.now())?;
                Err(Refusal::failed(LEADERLESS))
            }
        }
    }

    /// Rights that include one of these capabilities in a namespace.
    ///
    /// # Errors
    /// When they do not.
    pub(super) fn may(&self, namespace: &str, any_of: &[&str]) -> Result<Rights, Refusal> {
        let rights = self.rights()?;
        if rights.in_namespace(namespace, any_of) { Ok(rights) } else { Err(denied()) }
    }

    /// Rights of a management token.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn manages(&self) -> Result<Rights, Refusal> {
        let rights = self.rights()?;
        if rights.is_management() { Ok(rights) } else { Err(denied()) }
    }
}
