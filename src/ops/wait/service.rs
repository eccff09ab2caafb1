//! Waiting for a service. Consul wakes by its index; Nomad's registry and what runs checks are asked again after a moment.

use jiff::Timestamp;
use tokio::time::sleep;

use super::nomad::Followed;
use super::{LOOK, Subject};
use crate::api::consul::health::{self, ServiceEntry};
use crate::api::http::Http;
use crate::error::Result;
use crate::model::condition::ConditionState;
use crate::model::condition::service::{self, ServiceCondition};
use crate::ops::services::{MOST_ASKED, Registries, ServiceSelection};

/// A service of that name, in whichever registry.
pub struct ServiceSubject {
    registries: Registries,
    consul: Option<Followed<Vec<ServiceEntry>>>,
    name: String,
    condition: ServiceCondition,
    wanted: u64,
    looked: bool,
}

impl ServiceSubject {
    /// A condition of this service; `wanted` instances have to pass.
    #[must_use]
    pub fn new(
        (nomad, consul): (&Http, Option<&Http>),
        namespace: &str,
        name: &str,
        condition: ServiceCondition,
        wanted: u64,
    ) -> Self {
        ServiceSubject {
            registries: Registries::new(nomad, consul, namespace),
            consul: consul.map(|consul| Followed::new(consul, health::service(name))),
            name: name.to_owned(),
            condition,
            wanted,
            looked: false,
        }
    }
}

impl Subject for ServiceSubject {
    async fn changed(&mut self) -> Result<()> {
        if !self.looked {
            self.looked = true;
            return Ok(());
        }
        let woken = async {
            match &mut self.consul {
                // What Consul has to say of its own faults is said by the look that follows.
                Some(consul) => {
                    if consul.next().await.is_err() {
                        sleep(LOOK).await;
                    }
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = woken => {}
            () = sleep(LOOK) => {}
        }
        Ok(())
    }

    async fn standing(&mut self, _now: Timestamp) -> Result<ConditionState> {
        let read = self.registries.read(ServiceSelection::Named(&self.name), MOST_ASKED).await?;
        let hidden =
            read.unseen.map(|why| format!("none is seen, and {why}; --namespace NAME asks one namespace"));
        let blind = read.not_known.first().or(hidden.as_ref()).map(String::as_str);
        Ok(service::standing(self.condition, self.wanted, &read.instances, blind))
    }
}
