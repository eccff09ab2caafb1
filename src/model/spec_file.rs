//! Specifications other than jobs, in HCL or JSON: namespaces, node pools, quotas, volumes.
//!
//! They are literals: what `nomad` reads there has neither variables nor functions. What the API calls by another name
//! than the file is told by a [`Spelling`].

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};
use serde_json::{Map, Value};

/// How the file's keys are called by the API, at one level: `(in the file, in the API, what stands inside)`.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    /// What is described, such as "namespace".
    pub noun: &'static str,
    /// The keys there are.
    pub keys: &'static [Key],
}

/// A key of a specification.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the file.
    pub file: &'static str,
    /// Its name in the API.
    pub api: &'static str,
    /// What its value may be.
    pub holds: Holds,
}

/// What a key may hold.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A list of texts.
    Texts,
    /// Texts by names of the user's own.
    Names,
    /// One further block with keys of its own.
    Block(&'static Spelling),
    /// Any number of further blocks with keys of their own.
    Blocks(&'static Spelling),
}

/// A key.
#[must_use]
pub const fn key(file: &'static str, api: &'static str, holds: Holds) -> Key {
    Key { file, api, holds }
}

/// Reads a specification into the API's form.
///
/// # Errors
/// A sentence, with line and column where the text is no HCL or JSON, with the key and the keys there are where it is
/// unknown or of another kind.
pub fn read(text: &str, spelling: &'static Spelling) -> Result<Map<String, Value>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let literal = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|e| format!("it is not JSON: {e}"))?
    } else {
        let body = hcl_edit::parser::parse_body(text).map_err(|e| {
            let at = e.location();
            format!("it is not HCL: {} at line {}, column {}", e.message(), at.line(), at.column())
        })?;
        body_value(&body)?
    };
    let Value::Object(fields) = literal else { return Err("it holds no keys".to_owned()) };
    api_form(&unlabelled(fields, spelling.noun), spelling, "")
}

/// `node_pool "gpu" { … }` is the same as its inside with `name = "gpu"`.
fn unlabelled(mut fields: Map<String, Value>, noun: &str) -> Map<String, Value> {
    let block = noun.replace(' ', "_");
    if fields.len() != 1 {
        return fields;
    }
    let Some(Value::Object(labelled)) = fields.get(&block) else { return fields };
    let mut labels = labelled.iter();
    let (Some((label, Value::Object(inside))), None) = (labels.next(), labels.next()) else { return fields };
    let mut inside = inside.clone();
    inside.entry("name").or_insert_with(|| Value::String(label.clone()));
    fields.clear();
    inside
}

/// A body as the JSON it stands for; a label is one level more, a block that is there twice a list.
fn body_value(body: &Body) -> Result<Value, String> {
    let mut fields = Map::new();
    for structure in body {
        let (name, value) = match structure {
            Structure::Attribute(attribute) => (attribute.key.as_str(), expression(&attribute.value)?),
            Structure::Block(block) => {
                let labels = block.labels.iter().rev();
                let inside = labels.fold(body_value(&block.body)?, |value, label| {
                    Value::Object(Map::from_iter([(label.as_str().to_owned(), value)]))
                });
                (block.ident.as_str(), inside)
            }
        };
        match fields.get_mut(name) {
            None => drop(fields.insert(name.to_owned(), value)),
            Some(Value::Array(all)) => all.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Ok(Value::Object(fields))
}

fn expression(expression: &Expression) -> Result<Value, String> {
    Ok(match expression {
        Expression::Null(_) => Value::Null,
        Expression::Bool(flag) => Value::Bool(**flag),
        Expression::Number(number) => serde_json::from_str(&number.to_string()).map_err(|e| e.to_string())?,
        Expression::String(text) => Value::String(text.as_str().to_owned()),
        Expression::Array(all) => Value::Array(all.iter().map(self::expression).collect::<Result<_, _>>()?),
        Expression::Object(object) => {
            let mut fields = Map::new();
            for (name, value) in object {
                let name = match name {
                    hcl_edit::expr::ObjectKey::Ident(name) => name.as_str().to_owned(),
                    hcl_edit::expr::ObjectKey::Expression(Expression::String(name)) => {
                        name.as_str().to_owned()
                    }
                    hcl_edit::expr::ObjectKey::Expression(_) => return Err("a key is no literal".to_owned()),
                };
                fields.insert(name, self::expression(value.expr())?);
            }
            Value::Object(fields)
        }
        Expression::HeredocTemplate(heredoc) => Value::String(literal(&heredoc.template)?),
        Expression::StringTemplate(template) => Value::String(literal(template)?),
        _ => return Err("a value is no literal; there are neither variables nor functions here".to_owned()),
    })
}

fn literal(template: &hcl_edit::template::Template) -> Result<String, String> {
    let mut text = String::new();
    for element in template {
        match element {
            hcl_edit::template::Element::Literal(part) => text.push_str(part.as_str()),
            _ => return Err("a text has ${…} in it; there are no variables here".to_owned()),
        }
    }
    Ok(text)
}

fn api_form(
    fields: &Map<String, Value>,
    spelling: &'static Spelling,
    within: &str,
) -> Result<Map<String, Value>, String> {
    let mut form = Map::new();
    for (name, value) in fields {
        // JSON as the API writes it is read as well.
        let Some(key) = spelling.keys.iter().find(|k| k.file == name || k.api == name) else {
            let known: Vec<_> = spelling.keys.iter().map(|k| k.file).collect();
            return Err(format!("a {} has no {within}{name}; it has {}", spelling.noun, known.join(", ")));
        };
        let wrong = |what: &str| format!("{within}{name} is to be {what}");
        let value = match (key.holds, value) {
            (_, Value::Null)
            | (Holds::Text, Value::String(_))
            | (Holds::Number, Value::Number(_))
            | (Holds::Flag, Value::Bool(_)) => value.clone(),
            (Holds::Text, _) => return Err(wrong("a text")),
            (Holds::Number, _) => return Err(wrong("a number")),
            (Holds::Flag, _) => return Err(wrong("true or false")),
            (Holds::Texts, Value::Array(all)) if all.iter().all(Value::is_string) => value.clone(),
            (Holds::Texts, _) => return Err(wrong("a list of texts")),
            (Holds::Names, Value::Object(all)) => Value::Object(
                all.iter()
                    .map(|(name, value)| match value {
                        Value::String(text) => Ok((name.clone(), Value::String(text.clone()))),
                        Value::Number(_) | Value::Bool(_) => {
                            Ok((name.clone(), Value::String(value.to_string())))
                        }
                        _ => Err(wrong("texts by name")),
                    })
                    .collect::<Result<_, _>>()?,
            ),
            (Holds::Names, _) => return Err(wrong("texts by name")),
            (Holds::Block(inside), Value::Object(fields)) => {
                Value::Object(api_form(fields, inside, &format!("{within}{name}."))?)
            }
            (Holds::Block(_), _) => return Err(wrong("one block")),
            (Holds::Blocks(inside), Value::Object(fields)) => {
                Value::Array(vec![Value::Object(api_form(fields, inside, &format!("{within}{name}."))?)])
            }
            (Holds::Blocks(inside), Value::Array(all)) => {
                let one = |value: &Value| match value {
                    Value::Object(fields) => {
                        api_form(fields, inside, &format!("{within}{name}.")).map(Value::Object)
                    }
                    _ => Err(wrong("blocks")),
                };
                Value::Array(all.iter().map(one).collect::<Result<_, _>>()?)
            }
            (Holds::Blocks(_), _) => return Err(wrong("blocks")),
        };
        form.insert(key.api.to_owned(), value);
    }
    Ok(form)
}

/// A namespace, as `namespace apply` reads it.
pub static NAMESPACE: Spelling = Spelling {
    noun: "namespace",
    keys: &[
        key("name", "Name", Holds::Text),
        key("description", "Description", Holds::Text),
        key("quota", "Quota", Holds::Text),
        key("meta", "Meta", Holds::Names),
        key("capabilities", "Capabilities", Holds::Block(&CAPABILITIES)),
        key("node_pool_config", "NodePoolConfiguration", Holds::Block(&ALLOWED)),
        key("vault", "VaultConfiguration", Holds::Block(&ALLOWED)),
        key("consul", "ConsulConfiguration", Holds::Block(&ALLOWED)),
    ],
};

static CAPABILITIES: Spelling = Spelling {
    noun: "namespace's capabilities block",
    keys: &[
        key("enabled_task_drivers", "EnabledTaskDrivers", Holds::Texts),
        key("disabled_task_drivers", "DisabledTaskDrivers", Holds::Texts),
        key("enabled_network_modes", "EnabledNetworkModes", Holds::Texts),
        key("disabled_network_modes", "DisabledNetworkModes", Holds::Texts),
    ],
};

static ALLOWED: Spelling = Spelling {
    noun: "namespace's block",
    keys: &[
        key("default", "Default", Holds::Text),
        key("allowed", "Allowed", Holds::Texts),
        key("denied", "Denied", Holds::Texts),
    ],
};

/// A node pool, as `pool apply` reads it.
pub static NODE_POOL: Spelling = Spelling {
    noun: "node pool",
    keys: &[
        key("name", "Name", Holds::Text),
        key("description", "Description", Holds::Text),
        key("meta", "Meta", Holds::Names),
        key("node_identity_ttl", "NodeIdentityTTL", Holds::Text),
        key("scheduler_config", "SchedulerConfiguration", Holds::Block(&POOL_SCHEDULER)),
    ],
};

static POOL_SCHEDULER: Spelling = Spelling {
    noun: "node pool's scheduler_config block",
    keys: &[
        key("scheduler_algorithm", "SchedulerAlgorithm", Holds::Text),
        key("memory_oversubscription_enabled", "MemoryOversubscriptionEnabled", Holds::Flag),
    ],
};

/// A volume, of a host or behind a CSI plugin, as `volume create` and `volume register` read it. Sizes are texts here.
pub static VOLUME: Spelling = Spelling {
    noun: "volume",
    keys: &[
        key("id", "ID", Holds::Text),
        key("name", "Name", Holds::Text),
        key("type", "Type", Holds::Text),
        key("namespace", "Namespace", Holds::Text),
        key("plugin_id", "PluginID", Holds::Text),
        key("node_pool", "NodePool", Holds::Text),
        key("node_id", "NodeID", Holds::Text),
        key("host_path", "HostPath", Holds::Text),
        key("external_id", "ExternalID", Holds::Text),
        key("snapshot_id", "SnapshotID", Holds::Text),
        key("clone_id", "CloneID", Holds::Text),
        key("capacity", "Capacity", Holds::Text),
        key("capacity_min", "CapacityMin", Holds::Text),
        key("capacity_max", "CapacityMax", Holds::Text),
        key("capability", "RequestedCapabilities", Holds::Blocks(&CAPABILITY)),
        key("constraint", "Constraints", Holds::Blocks(&CONSTRAINT)),
        key("mount_options", "MountOptions", Holds::Block(&MOUNT_OPTIONS)),
        key("topology_request", "RequestedTopologies", Holds::Block(&TOPOLOGY_REQUEST)),
        key("parameters", "Parameters", Holds::Names),
        key("secrets", "Secrets", Holds::Names),
        key("context", "Context", Holds::Names),
    ],
};

static CAPABILITY: Spelling = Spelling {
    noun: "volume's capability block",
    keys: &[
        key("access_mode", "AccessMode", Holds::Text),
        key("attachment_mode", "AttachmentMode", Holds::Text),
    ],
};

static CONSTRAINT: Spelling = Spelling {
    noun: "volume's constraint block",
    keys: &[
        key("attribute", "LTarget", Holds::Text),
        key("operator", "Operand", Holds::Text),
        key("value", "RTarget", Holds::Text),
    ],
};

static MOUNT_OPTIONS: Spelling = Spelling {
    noun: "volume's mount_options block",
    keys: &[key("fs_type", "FSType", Holds::Text), key("mount_flags", "MountFlags", Holds::Texts)],
};

static TOPOLOGY_REQUEST: Spelling = Spelling {
    noun: "volume's topology_request block",
    keys: &[
        key("required", "Required", Holds::Block(&TOPOLOGIES)),
        key("preferred", "Preferred", Holds::Block(&TOPOLOGIES)),
    ],
};

static TOPOLOGIES: Spelling =
    Spelling { noun: "volume's topologies", keys: &[key("topology", "topology", Holds::Blocks(&TOPOLOGY))] };

static TOPOLOGY: Spelling =
    Spelling { noun: "volume's topology block", keys: &[key("segments", "Segments", Holds::Names)] };

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hcl_and_json_say_the_same() {
        let hcl = "
            name = \"ops\"
            description = \"d\"
            meta {
              owner = \"x\"
              level = 3
            }
            node_pool_config {
              default = \"gpu\"
              allowed = [\"gpu\", \"cpu\"]
            }";
        let wanted = json!({"Name": "ops", "Description": "d", "Meta": {"owner": "x", "level": "3"},
            "NodePoolConfiguration": {"Default": "gpu", "Allowed": ["gpu", "cpu"]}});
        assert_eq!(Value::Object(read(hcl, &NAMESPACE).unwrap()), wanted);
        assert_eq!(Value::Object(read(&wanted.to_string(), &NAMESPACE).unwrap()), wanted);
    }

    #[test]
    fn a_label_is_the_name() {
        let read = read("node_pool \"gpu\" {\n  description = \"d\"\n}", &NODE_POOL).unwrap();
        assert_eq!(Value::Object(read), json!({"Name": "gpu", "Description": "d"}));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |text| read(text, &NAMESPACE).unwrap_err();
        assert_eq!(
            wrong("nmae = \"x\""),
            "a namespace has no nmae; it has name, description, quota, meta, capabilities, node_pool_config, vault, consul"
        );
        assert_eq!(
            wrong("vault {\n defualt = \"x\"\n}"),
            "a namespace's block has no vault.defualt; it has default, allowed, denied"
        );
        assert_eq!(wrong("name = 3"), "name is to be a text");
        assert!(wrong("name = \"a\"\nname = \"b\"").contains("found redefined attribute at line 2"));
        assert!(wrong("name = ").starts_with("it is not HCL: "), "{}", wrong("name = "));
        assert!(wrong("{\"name\":").starts_with("it is not JSON: "));
        assert!(wrong("name = var.x").contains("no literal"));
    }
}
