//! `fleet node stats`

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::node::NodeStub;
use crate::api::nomad::node_client::{self, HostDisk, HostStats};
use crate::app::App;
use crate::commands::node::outcome::{ensure_there, in_common};
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, bytes_text, column};

/// How many nodes are asked at the same time.
const AT_ONCE: usize = 16;
/// Per cent in use from which on it is worth a look.
const NEARLY_FULL: f64 = 90.0;

/// Show what machines use at this moment: processors, memory, disks.
///
/// Each node is asked itself. This is what the machine uses, whoever uses it; what Nomad has given away is in
/// `fleet node show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node stats c1
  fleet node stats --class old
  fleet node stats -o json")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,
}

/// What a machine uses.
#[derive(Debug, Serialize)]
struct Usage {
    node_id: String,
    node_name: String,
    cpu_percent: Option<f64>,
    cpu_mhz: Option<f64>,
    memory_used_bytes: Option<u64>,
    memory_bytes: Option<u64>,
    /// The file system allocations are on.
    alloc_dir: Option<Disk>,
    disks: Vec<Disk>,
    cores: Vec<Core>,
    uptime_seconds: Option<u64>,
    measured_at: Option<Timestamp>,
    /// Why nothing is known.
    error: Option<String>,
}

/// A core of a machine.
#[derive(Debug, Serialize)]
struct Core {
    core: String,
    percent: f64,
}

/// A file system of a machine.
#[derive(Debug, Serialize)]
struct Disk {
    device: String,
    mountpoint: String,
    used_bytes: u64,
    size_bytes: u64,
    inodes_percent: f64,
}

impl Tabular for Disk {
    const COLUMNS: &'static [Column] = &[
        column("MOUNTED AT").whole(),
        column("DEVICE").rank(2),
        column("USED").right(),
        column("OF").right(),
        column("INODES").right().rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.mountpoint),
            Cell::from(&self.device),
            self.used(),
            Cell::text(bytes_text(self.size_bytes)),
            Cell::toned(format!("{:.0} %", self.inodes_percent), tone(self.inodes_percent)),
        ]
    }
}

impl Disk {
    fn of(disk: HostDisk) -> Self {
        Disk {
            device: disk.device,
            mountpoint: disk.mountpoint,
            used_bytes: disk.used,
            size_bytes: disk.size,
            inodes_percent: disk.inodes_used_percent,
        }
    }

    fn used(&self) -> Cell {
        Cell::toned(bytes_text(self.used_bytes), tone(share(self.used_bytes, self.size_bytes)))
    }
}

fn tone(percent: f64) -> Tone {
    if percent >= NEARLY_FULL { Tone::Warn } else { Tone::Plain }
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown")]
fn share(used: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { used as f64 / of as f64 * 100.0 }
}

#[expect(clippy::cast_precision_loss, reason = "a mean is shown")]
fn mean(cores: &[Core]) -> Option<f64> {
    (!cores.is_empty()).then(|| cores.iter().map(|c| c.percent).sum::<f64>() / cores.len() as f64)
}

impl Usage {
    fn new(node: NodeStub, stats: Result<HostStats>) -> Self {
        let (stats, error) = match stats {
            Ok(stats) => (Some(stats), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let cores = stats.iter().flat_map(|s| &s.cpu);
        let cores: Vec<Core> =
            cores.map(|c| Core { core: c.name.clone(), percent: c.total_percent }).collect();
        Usage {
            node_id: node.id,
            node_name: node.name,
            cpu_percent: mean(&cores),
            cpu_mhz: stats.as_ref().map(|s| s.cpu_mhz),
            memory_used_bytes: stats.as_ref().map(|s| s.memory.total.saturating_sub(s.memory.available)),
            memory_bytes: stats.as_ref().map(|s| s.memory.total),
            uptime_seconds: stats.as_ref().map(|s| s.uptime),
            measured_at: stats.as_ref().and_then(|s| s.timestamp),
            alloc_dir: stats.as_ref().and_then(|s| s.alloc_dir_stats.clone()).map(Disk::of),
            disks: stats.map(|s| s.disk_stats.into_iter().map(Disk::of).collect()).unwrap_or_default(),
            cores,
            error,
        }
    }

    fn cpu(&self) -> Cell {
        self.cpu_percent.map_or(Cell::Empty, |p| Cell::toned(format!("{p:.0} %"), tone(p)))
    }

    fn memory(&self) -> Cell {
        match (self.memory_used_bytes, self.memory_bytes) {
            (Some(used), Some(of)) => Cell::toned(bytes_text(used), tone(share(used, of))),
            _ => Cell::Empty,
        }
    }

    fn uptime(&self) -> Cell {
        Cell::Duration(self.uptime_seconds.map(Duration::from_secs))
    }
}

impl Tabular for Usage {
    const COLUMNS: &'static [Column] = &[
        column("NODE").whole(),
        column("CPU").right(),
        column("MEMORY").right(),
        column("OF").right().rank(1),
        column("ALLOC DIR").right(),
        column("OF").right().rank(2),
        column("UP").right().rank(3).unit("SECONDS"),
        column("NOTE").usual("-").folds(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let size = |bytes: Option<u64>| bytes.map_or(Cell::Empty, |b| Cell::text(bytes_text(b)));
        vec![
            Cell::text(&self.node_name),
            self.cpu(),
            self.memory(),
            size(self.memory_bytes),
            self.alloc_dir.as_ref().map_or(Cell::Empty, Disk::used),
            size(self.alloc_dir.as_ref().map(|d| d.size_bytes)),
            self.uptime(),
            self.error.as_ref().map_or(Cell::Empty, |e| Cell::toned(e, Tone::Bad)),
        ]
    }
}

impl Describe for Usage {
    fn describe(&self) -> Detail {
        let of = |bytes: Option<u64>| bytes.map(bytes_text).unwrap_or_default();
        let cores = self.cores.iter().map(|c| format!("{} {:.0} %", c.core, c.percent));
        let mhz = self.cpu_mhz.map_or_else(String::new, |mhz| format!("{mhz:.0} MHz"));
        Detail::new()
            .fields([
                ("node", Cell::text(&self.node_name)),
                ("id", Cell::Id(self.node_id.clone())),
                ("cpu", self.cpu()),
                ("in use", Cell::text(mhz)),
                ("cores", Cell::text(cores.collect::<Vec<_>>().join(", "))),
                ("memory", self.memory()),
                ("of", Cell::text(of(self.memory_bytes))),
                ("up", self.uptime()),
                ("measured", Cell::Time(self.measured_at)),
            ])
            .table("Disks", &self.disks)
    }
}

/// Shows what machines use.
///
/// # Errors
/// When one of them cannot be asked.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let nodes = args.selection.resolve(nomad, false).await?;
    let asked = stream::iter(nodes).map(|node| async move {
        let stats = async {
            ensure_there(&node)?;
            Ok(nomad.read(&node_client::stats(&node.id)).await?.value)
        };
        let stats = stats.await;
        (node, stats)
    });
    let asked: Vec<(NodeStub, Result<HostStats>)> = asked.buffered(AT_ONCE).collect().await;
    let one = args.selection.nodes.len() == 1 && asked.len() == 1;
    let errors: Vec<Error> = asked.iter().filter_map(|(_, stats)| stats.as_ref().err().cloned()).collect();
    let rows: Vec<Usage> = asked.into_iter().map(|(node, stats)| Usage::new(node, stats)).collect();
    match (&rows[..], one && errors.is_empty()) {
        ([usage], true) => app.printer.object(usage)?,
        _ => app.printer.list(&rows, "no nodes")?,
    }
    in_common(&errors.iter().collect::<Vec<_>>(), rows.len(), "not measured")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::screen;

    fn node(name: &str) -> NodeStub {
        serde_json::from_value(serde_json::json!({"ID": "d7bf42bd-e98b-b965-594d-91bca0444f12", "Name": name,
            "SchedulingEligibility": "eligible", "Status": "ready", "ModifyIndex": 7}))
        .unwrap()
    }

    #[test]
    fn a_machine_that_is_nearly_full_and_one_that_is_silent() {
        let stats: HostStats = serde_json::from_str(
            r#"{"AllocDirStats":{"Available":678144,"Size":2705531740,"Used":2697883290},
            "CPU":[{"CPU":"cpu0","TotalPercent":100.0},{"CPU":"cpu1","TotalPercent":40.0}],"CPUTicksConsumed":2800.0,
            "DiskStats":[{"Device":"/dev/vda","Mountpoint":"/","Size":2705531740,"Used":2697883290,"InodesUsedPercent":3.9}],
            "Memory":{"Available":13785010176,"Total":25276514304,"Used":10836729856},"Timestamp":1795991794846910092,"Uptime":12664}"#,
        )
        .unwrap();
        let silent = Error::transport("node c2 does not answer");
        let rows = [Usage::new(node("c1"), Ok(stats)), Usage::new(node("c2"), Err(silent))];
        insta::assert_snapshot!(screen(90, |p| p.list(&rows, "")), @"
        NODE   CPU    MEMORY        OF  ALLOC DIR       OF      UP  NOTE
        c1    70 %  10.7 GiB  23.5 GiB    2.5 GiB  2.5 GiB  3h 31m  -
        c2       -         -         -          -        -       -  node c2 does not answer
        ");
        let shown = screen(80, |p| p.object(&rows[0]));
        for part in ["cpu0 100 %, cpu1 40 %", "2800 MHz", "/dev/vda", "4 %"] {
            assert!(shown.contains(part), "{part:?} is not in\n{shown}");
        }
    }
}
