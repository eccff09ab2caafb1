//! The types that filters are checked against (`consul-api.md §1`).

use crate::sandbox::filter::Type::{self, Bool, Int, List, Map, Struct, Text, Texts};

pub(super) const NODE: Type = Struct(&[
    ("ID", Text),
    ("Node", Text),
    ("Address", Text),
    ("Datacenter", Text),
    ("TaggedAddresses", Map(&Text)),
    ("Meta", Map(&Text)),
]);

const ADDRESS: Type = Struct(&[("Address", Text), ("Port", Int)]);
const WEIGHTS: Type = Struct(&[("Passing", Int), ("Warning", Int)]);
const CONNECT: Type = Struct(&[("Native", Bool)]);
const PROXY: Type = Struct(&[
    ("DestinationServiceName", Text),
    ("DestinationServiceID", Text),
    ("LocalServiceAddress", Text),
    ("LocalServicePort", Int),
    ("MeshGateway", Struct(&[("Mode", Text)])),
]);

pub(super) const SERVICE: Type = Struct(&[
    ("Kind", Text),
    ("ID", Text),
    ("Service", Text),
    ("Tags", Texts),
    ("Address", Text),
    ("TaggedAddresses", Map(&ADDRESS)),
    ("Meta", Map(&Text)),
    ("Port", Int),
    ("Weights", WEIGHTS),
    ("EnableTagOverride", Bool),
    ("Proxy", PROXY),
    ("Connect", CONNECT),
]);

pub(super) const CHECK: Type = Struct(&[
    ("Node", Text),
    ("CheckID", Text),
    ("Name", Text),
    ("Status", Text),
    ("Notes", Text),
    ("Output", Text),
    ("ServiceID", Text),
    ("ServiceName", Text),
    ("ServiceTags", Texts),
    ("Type", Text),
]);

pub(super) const ENTRY: Type = Struct(&[("Node", NODE), ("Service", SERVICE), ("Checks", List(&CHECK))]);

pub(super) const CATALOG_SERVICE: Type = Struct(&[
    ("ID", Text),
    ("Node", Text),
    ("Address", Text),
    ("Datacenter", Text),
    ("TaggedAddresses", Map(&Text)),
    ("NodeMeta", Map(&Text)),
    ("ServiceKind", Text),
    ("ServiceID", Text),
    ("ServiceName", Text),
    ("ServiceTags", Texts),
    ("ServiceAddress", Text),
    ("ServiceTaggedAddresses", Map(&ADDRESS)),
    ("ServiceWeights", WEIGHTS),
    ("ServiceMeta", Map(&Text)),
    ("ServicePort", Int),
    ("ServiceEnableTagOverride", Bool),
    ("ServiceProxy", PROXY),
    ("ServiceConnect", CONNECT),
]);
