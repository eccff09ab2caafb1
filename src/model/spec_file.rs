//! Specifications other than jobs, in HCL or JSON: namespaces, node pools, quotas, volumes.
//!
//! They are literals: what `nomad` reads there has neither variables nor functions. What the API calls by another name
//! than the file is told by a [`KeySpelling`].

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};
use serde_json::{Map, Value};

/// How the keys of a specification are called in the file and by the API, at one level: `(in the file, in the API, what stands inside)`.
#[derive(Debug, Clone, Copy)]
pub struct KeySpelling {
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
    pub holds: KeyContent,
}

/// What a key may hold.
#[derive(Debug, Clone, Copy)]
pub enum KeyContent {
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
    Block(&'static KeySpelling),
    /// Any number of further blocks with keys of their own.
    Blocks(&'static KeySpelling),
}

/// A key.
#[must_use]
pub const fn key(file: &'static str, api: &'static str, holds: KeyContent) -> Key {
    Key { file, api, holds }
}

/// Reads a specification into the API's form.
///
/// # Errors
/// A sentence, with line and column where the text is no HCL or JSON, with the key and the keys there are where it is
/// unknown or of another kind.
pub fn read(text: &str, spelling: &'static KeySpelling) -> Result<Map<String, Value>, String> {
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
    spelling: &'static KeySpelling,
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
            | (KeyContent::Text, Value::String(_))
            | (KeyContent::Number, Value::Number(_))
            | (KeyContent::Flag, Value::Bool(_)) => value.clone(),
            (KeyContent::Text, _) => return Err(wrong("a text")),
            (KeyContent::Number, _) => return Err(wrong("a number")),
            (KeyContent::Flag, _) => return Err(wrong("true or false")),
            (KeyContent::Texts, Value::Array(all)) if all.iter().all(Value::is_string) => value.clone(),
            (KeyContent::Texts, _) => return Err(wrong("a list of texts")),
            (KeyContent::Names, Value::Object(all)) => Value::Object(
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
            (KeyContent::Names, _) => return Err(wrong("texts by name")),
            (KeyContent::Block(inside), Value::Object(fields)) => {
                Value::Object(api_form(fields, inside, &format!("{within}{name}."))?)
            }
            (KeyContent::Block(_), _) => return Err(wrong("one block")),
            (KeyContent::Blocks(inside), Value::Object(fields)) => {
                Value::Array(vec![Value::Object(api_form(fields, inside, &format!("{within}{name}."))?)])
            }
            (KeyContent::Blocks(inside), Value::Array(all)) => {
                let one = |value: &Value| match value {
                    Value::Object(fields) => {
                        api_form(fields, inside, &format!("{within}{name}.")).map(Value::Object)
                    }
                    _ => Err(wrong("blocks")),
                };
                Value::Array(all.iter().map(one).collect::<Result<_, _>>()?)
            }
            (KeyContent::Blocks(_), _) => return Err(wrong("blocks")),
        };
        form.insert(key.api.to_owned(), value);
    }
    Ok(form)
}

/// A namespace, as `namespace apply` reads it.
pub static NAMESPACE: KeySpelling = KeySpelling {
    noun: "namespace",
    keys: &[
        key("name", "Name", KeyContent::Text),
        key("description", "Description", KeyContent::Text),
        key("quota", "Quota", KeyContent::Text),
        key("meta", "Meta", KeyContent::Names),
        key("capabilities", "Capabilities", KeyContent::Block(&CAPABILITIES)),
        key("node_pool_config", "NodePoolConfiguration", KeyContent::Block(&ALLOWED)),
        key("vault", "VaultConfiguration", KeyContent::Block(&ALLOWED)),
        key("consul", "ConsulConfiguration", KeyContent::Block(&ALLOWED)),
    ],
};

static CAPABILITIES: KeySpelling = KeySpelling {
    noun: "namespace's capabilities block",
    keys: &[
        key("enabled_task_drivers", "EnabledTaskDrivers", KeyContent::Texts),
        key("disabled_task_drivers", "DisabledTaskDrivers", KeyContent::Texts),
        key("enabled_network_modes", "EnabledNetworkModes", KeyContent::Texts),
        key("disabled_network_modes", "DisabledNetworkModes", KeyContent::Texts),
    ],
};

static ALLOWED: KeySpelling = KeySpelling {
    noun: "namespace's block",
    keys: &[
        key("default", "Default", KeyContent::Text),
        key("allowed", "Allowed", KeyContent::Texts),
        key("denied", "Denied", KeyContent::Texts),
    ],
};

/// A node pool, as `pool apply` reads it.
pub static NODE_POOL: KeySpelling = KeySpelling {
    noun: "node pool",
    keys: &[
        key("name", "Name", KeyContent::Text),
        key("description", "Description", KeyContent::Text),
        key("meta", "Meta", KeyContent::Names),
        key("node_identity_ttl", "NodeIdentityTTL", KeyContent::Text),
        key("scheduler_config", "SchedulerConfiguration", KeyContent::Block(&POOL_SCHEDULER)),
    ],
};

static POOL_SCHEDULER: KeySpelling = KeySpelling {
    noun: "node pool's scheduler_config block",
    keys: &[
        key("scheduler_algorithm", "SchedulerAlgorithm", KeyContent::Text),
        key("memory_oversubscription_enabled", "MemoryOversubscriptionEnabled", KeyContent::Flag),
    ],
};

/// A volume, of a host or behind a CSI plugin, as `volume create` and `volume register` read it. Sizes are texts here.
pub static VOLUME: KeySpelling = KeySpelling {
    noun: "volume",
    keys: &[
        key("id", "ID", KeyContent::Text),
        key("name", "Name", KeyContent::Text),
        key("type", "Type", KeyContent::Text),
        key("namespace", "Namespace", KeyContent::Text),
        key("plugin_id", "PluginID", KeyContent::Text),
        key("node_pool", "NodePool", KeyContent::Text),
        key("node_id", "NodeID", KeyContent::Text),
        key("host_path", "HostPath", KeyContent::Text),
        key("external_id", "ExternalID", KeyContent::Text),
        key("snapshot_id", "SnapshotID", KeyContent::Text),
        key("clone_id", "CloneID", KeyContent::Text),
        key("capacity", "Capacity", KeyContent::Text),
        key("capacity_min", "CapacityMin", KeyContent::Text),
        key("capacity_max", "CapacityMax", KeyContent::Text),
        key("capability", "RequestedCapabilities", KeyContent::Blocks(&CAPABILITY)),
        key("constraint", "Constraints", KeyContent::Blocks(&CONSTRAINT)),
        key("mount_options", "MountOptions", KeyContent::Block(&MOUNT_OPTIONS)),
        key("topology_request", "RequestedTopologies", KeyContent::Block(&TOPOLOGY_REQUEST)),
        key("parameters", "Parameters", KeyContent::Names),
        key("secrets", "Secrets", KeyContent::Names),
        key("context", "Context", KeyContent::Names),
    ],
};

static CAPABILITY: KeySpelling = KeySpelling {
    noun: "volume's capability block",
    keys: &[
        key("access_mode", "AccessMode", KeyContent::Text),
        key("attachment_mode", "AttachmentMode", KeyContent::Text),
    ],
};

static CONSTRAINT: KeySpelling = KeySpelling {
    noun: "volume's constraint block",
    keys: &[
        key("attribute", "LTarget", KeyContent::Text),
        key("operator", "Operand", KeyContent::Text),
        key("value", "RTarget", KeyContent::Text),
    ],
};

static MOUNT_OPTIONS: KeySpelling = KeySpelling {
    noun: "volume's mount_options block",
    keys: &[key("fs_type", "FSType", KeyContent::Text), key("mount_flags", "MountFlags", KeyContent::Texts)],
};

static TOPOLOGY_REQUEST: KeySpelling = KeySpelling {
    noun: "volume's topology_request block",
    keys: &[
        key("required", "Required", KeyContent::Block(&TOPOLOGIES)),
        key("preferred", "Preferred", KeyContent::Block(&TOPOLOGIES)),
    ],
};

static TOPOLOGIES: KeySpelling = KeySpelling {
    noun: "volume's topologies",
    keys: &[key("topology", "topology", KeyContent::Blocks(&TOPOLOGY))],
};

static TOPOLOGY: KeySpelling =
    KeySpelling { noun: "volume's topology block", keys: &[key("segments", "Segments", KeyContent::Names)] };

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
