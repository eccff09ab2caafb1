//! The rows of lists as filters ask them and pages count them: the server's full objects.

use std::borrow::Cow;

use serde_json::Value;

use crate::sandbox::filter::Row;
use crate::sandbox::http::paging::Keyed;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::catalog::{NodePool, Service};
use crate::sandbox::state::deployment::Deployment;
use crate::sandbox::state::eval::Eval;
use crate::sandbox::state::job::Job;
use crate::sandbox::state::node::Node;
use crate::sandbox::wire;
use crate::sandbox::wire::fields::pick;

fn picked<'a>(row: &impl serde::Serialize, name: &str) -> Option<Cow<'a, Value>> {
    pick(row, name).map(Cow::Owned)
}

impl Row for Node {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        // What the API adds to a node, the servers' own object does not have.
        if name == "Drain" { None } else { picked(&wire::node::Full::of(self), name) }
    }
}

impl Row for Alloc {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        if name == "Job" {
            return Some(Cow::Borrowed(self.job.whole()));
        }
        picked(&wire::alloc::Full::of(self), name)
    }
}

impl Row for Eval {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        picked(&wire::eval::Evaluation::of(self), name)
    }
}

impl Row for Deployment {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        picked(&wire::deployment::Deployment::of(self), name)
    }
}

impl Row for Job {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.whole().get(name).map(Cow::Borrowed)
    }
}

impl Row for Service {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        picked(self, name)
    }
}

impl Row for NodePool {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        picked(self, name)
    }
}

macro_rules! keyed {
    ($kind:ty, $row:ident, $namespace:expr, $id:expr) => {
        impl Keyed for $kind {
            fn namespace(&self) -> &str {
                let $row = self;
                $namespace
            }
            fn id(&self) -> String {
                let $row = self;
                $id
            }
            fn create_index(&self) -> u64 {
                self.create_index
            }
            fn modify_index(&self) -> u64 {
                self.modify_index
            }
        }
    };
}

keyed!(
    Node,
    row,
    {
        let _ = row;
        ""
    },
    row.id.to_string()
);
keyed!(Alloc, row, &row.job_key().namespace, row.id.to_string());
keyed!(Eval, row, &row.job.namespace, row.id.to_string());
keyed!(Deployment, row, &row.job.namespace, row.id.to_string());
keyed!(Job, row, &row.key().namespace, row.key().id.to_string());
keyed!(Service, row, &row.namespace, row.id.clone());
keyed!(
    NodePool,
    row,
    {
        let _ = row;
        ""
    },
    row.name.clone()
);
