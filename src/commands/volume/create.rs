//! `fleet volume create` and `register`

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::api::http::Http;
use crate::api::nomad::volume::{self, VolumeKind};
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::spec_file::{self, VOLUME};
use crate::ops::jobfile;
use crate::ops::ticker::look_until;
use crate::ui::{Cell, Describe, Detail, bytes, duration};

/// How often it is looked whether a volume is ready.
const LOOK: Duration = Duration::from_millis(500);

/// Have a volume made from its specification, and wait until jobs can use it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume init volume.hcl --type host
  fleet volume create volume.hcl
  fleet volume create -n db volume.hcl --timeout 5m")]
pub struct CreateArgs {
    #[command(flatten)]
    spec: VolumeSpec,
}

/// Have the servers know a volume that is there already.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume register volume.hcl")]
pub struct RegisterArgs {
    #[command(flatten)]
    spec: VolumeSpec,
}

/// The specification of a volume.
#[derive(Debug, clap::Args)]
struct VolumeSpec {
    /// A specification in HCL or JSON; `-` for stdin.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: String,

    /// How long to wait for the volume to be ready.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "2m")]
    timeout: Duration,
}

/// A volume that was created.
#[derive(Debug, Serialize)]
struct CreatedVolume {
    volume_id: String,
    name: String,
    namespace: String,
    #[serde(rename = "type")]
    kind: VolumeKind,
    node_id: Option<String>,
    /// Whether jobs can use it.
    ready: bool,
}

impl Describe for CreatedVolume {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("volume", Cell::text(&self.name)),
            ("id", Cell::text(&self.volume_id)),
            ("namespace", Cell::from(&self.namespace)),
            ("node", self.node_id.clone().map_or(Cell::Empty, Cell::Id)),
            ("result", Cell::text("ready")),
        ])
    }
}

/// Makes a volume and waits until it is ready.
///
/// # Errors
/// Usage (2) for a specification that makes no sense, timed out (6).
pub async fn create(args: &CreateArgs, app: &App) -> Result<()> {
    store(&args.spec, app, volume::create).await
}

/// Registers a volume and waits until it is ready.
///
/// # Errors
/// As [`create()`].
pub async fn register(args: &RegisterArgs, app: &App) -> Result<()> {
    store(&args.spec, app, volume::register).await
}

async fn store(
    args: &VolumeSpec,
    app: &App,
    call: fn(VolumeKind, &str, &Value) -> crate::api::Write<Value>,
) -> Result<()> {
    let (kind, spec) = read(&args.file).await?;
    let nomad = app.nomad()?;
    let named = app.settings()?.nomad.namespace.as_ref().map(|n| n.value.clone());
    let in_file = spec["Namespace"].as_str().map(str::to_owned);
    let namespace = match (named, in_file) {
        (Some(named), Some(file)) if named != file => {
            return Err(Error::usage(format!("the command line names namespace {named}, the file {file}")));
        }
        (named, file) => named.or(file).unwrap_or_else(|| "default".to_owned()),
    };
    // A second one would be another volume: a lost reply is said, not repeated.
    let made = nomad.write(&app.explicit(), &call(kind, &namespace, &spec)).await.map_err(|e| {
        if kind == VolumeKind::Host && e.is_unknown_call() {
            return Error::failed("the servers keep no volumes of hosts")
                .because("there are such from Nomad 1.10 on");
        }
        let lost = e.is_ambiguous();
        let error = Error::from(e);
        if lost { error.hint("it may be there all the same: fleet volume list") } else { error }
    })?;
    let own = match kind {
        VolumeKind::Host => &made.value["Volume"],
        VolumeKind::Csi => &made.value["Volumes"][0],
    };
    let id = own["ID"].as_str().or_else(|| spec["ID"].as_str()).unwrap_or_default().to_owned();
    if let Some(warning) = made.value["Warnings"].as_str().filter(|text| !text.is_empty()) {
        app.printer.warn(warning);
    }
    let made = until_ready(nomad, kind, &namespace, &id, args.timeout).await?;
    app.printer.object(&made)
}

/// Waits until the volume can be used.
async fn until_ready(
    nomad: &Http,
    kind: VolumeKind,
    namespace: &str,
    id: &str,
    within: Duration,
) -> Result<CreatedVolume> {
    let made = look_until(LOOK, within, async || {
        let now = nomad.read(&volume::get(kind, namespace, id)).await?.value.stub;
        Ok::<_, Error>(if now.is_ready(kind) { Ok(now) } else { Err(now) })
    });
    match made.await? {
        Ok(now) => Ok(CreatedVolume {
            volume_id: now.id,
            name: now.name,
            namespace: now.namespace,
            kind,
            node_id: Some(now.node_id).filter(|id| !id.is_empty()),
            ready: true,
        }),
        Err(now) => {
            let state = if now.state.is_empty() { "not schedulable" } else { &now.state };
            let error = format!("volume {} is made, but it is {state} still", now.name);
            Err(Error::new(ExitCode::TimedOut, error).hint(format!("fleet volume show {id}")))
        }
    }
}

/// Reads a specification in the API's form.
async fn read(path: &str) -> Result<(VolumeKind, Value)> {
    let text = jobfile::read(path).await?;
    let file = if path == "-" { "stdin" } else { path };
    read_text(&text).map_err(|why| Error::usage(format!("{file} is not a valid volume")).because(why))
}

/// Reads the text of a specification in the API's form.
pub(super) fn read_text(text: &str) -> Result<(VolumeKind, Value), String> {
    // `${attr.kernel.name}` is for the servers to read, as it stands.
    let is_json = text.trim_start().starts_with('{');
    let literal = if is_json { text.to_owned() } else { text.replace("$${", "${").replace("${", "$${") };
    in_api_form(spec_file::read(&literal, &VOLUME)?)
}

/// What files say otherwise than the API: sizes, and lists of topologies.
fn in_api_form(mut fields: Map<String, Value>) -> Result<(VolumeKind, Value), String> {
    let kind = match fields.get("Type").and_then(Value::as_str) {
        Some("host") => VolumeKind::Host,
        Some("csi") => VolumeKind::Csi,
        Some(other) => return Err(format!("type is {other:?}; it is to be \"host\" or \"csi\"")),
        None => return Err("it does not say its type, \"host\" or \"csi\"".to_owned()),
    };
    let whole = match kind {
        VolumeKind::Host => ["RequestedCapacityMinBytes", "RequestedCapacityMaxBytes", "CapacityBytes"],
        VolumeKind::Csi => {
            fields.remove("Type");
            ["RequestedCapacityMin", "RequestedCapacityMax", "Capacity"]
        }
    };
    for (from, to) in ["CapacityMin", "CapacityMax", "Capacity"].into_iter().zip(whole) {
        let Some(size) = fields.remove(from) else { continue };
        let size = bytes(size.as_str().unwrap_or_default().replace(' ', "").as_str())?;
        fields.insert(to.to_owned(), size.into());
    }
    let Some(name) = fields.get("Name").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
        return Err("it has no name".to_owned());
    };
    if kind == VolumeKind::Csi && fields.get("ID").and_then(Value::as_str).is_none() {
        return Err(format!("it has no id; a CSI volume needs one beside its name {name:?}"));
    }
    // Without an operator a constraint is an equality, as in job files.
    for constraint in fields.get_mut("Constraints").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(constraint) = constraint.as_object_mut() {
            constraint.entry("Operand").or_insert_with(|| Value::from("="));
        }
    }
    if let Some(request) = fields.get_mut("RequestedTopologies").and_then(Value::as_object_mut) {
        for topologies in request.values_mut() {
            *topologies = topologies["topology"].take();
        }
    }
    Ok((kind, Value::Object(fields)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read_text as read;
    use super::*;

    #[test]
    fn specifications_are_read_as_the_api_has_them() {
        let host = "name = \"data\"\ntype = \"host\"\nplugin_id = \"mkdir\"\ncapacity_max = \"1 GiB\"\ncapability {\n  access_mode = \"single-node-writer\"\n  attachment_mode = \"file-system\"\n}\nconstraint {\n  attribute = \"${attr.kernel.name}\"\n  value = \"b\"\n}\n";
        let wanted = json!({"Name": "data", "Type": "host", "PluginID": "mkdir", "RequestedCapacityMaxBytes": 1 << 30,
            "RequestedCapabilities": [{"AccessMode": "single-node-writer", "AttachmentMode": "file-system"}],
            "Constraints": [{"LTarget": "${attr.kernel.name}", "RTarget": "b", "Operand": "="}]});
        assert_eq!(read(host), Ok((VolumeKind::Host, wanted)));
        let csi = "id = \"db\"\nname = \"db\"\ntype = \"csi\"\nplugin_id = \"ebs\"\ntopology_request {\n  required {\n    topology {\n      segments {\n        zone = \"a\"\n      }\n    }\n  }\n}\n";
        let (kind, volume) = read(csi).unwrap();
        assert_eq!(
            (kind, &volume["RequestedTopologies"]),
            (VolumeKind::Csi, &json!({"Required": [{"Segments": {"zone": "a"}}]}))
        );
        for (text, why) in [
            ("name = \"x\"", "does not say its type"),
            ("name = \"x\"\ntype = \"nfs\"", "\"nfs\""),
            ("type = \"host\"", "has no name"),
            ("name = \"x\"\ntype = \"csi\"", "has no id"),
            ("name = \"x\"\ntype = \"host\"\ncapacity_min = \"much\"", "much"),
        ] {
            let wrong = read(text).unwrap_err();
            assert!(wrong.contains(why), "{wrong}");
        }
    }
}
