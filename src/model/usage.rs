//! What is used beside what is allocated, and in which order it is shown.

use std::cmp::{Ordering, Reverse};

use crate::api::nomad::alloc_client::AllocUsage;
use crate::api::nomad::node_client::HostStats;

/// By what rows are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Processor, the most first.
    #[default]
    Cpu,
    /// Memory, the most first.
    Memory,
    /// Name.
    Name,
}

/// Processor and memory.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Load {
    /// MHz.
    pub cpu_mhz: f64,
    /// Bytes.
    pub memory_bytes: u64,
}

impl std::ops::AddAssign for Load {
    fn add_assign(&mut self, other: Load) {
        self.cpu_mhz += other.cpu_mhz;
        self.memory_bytes += other.memory_bytes;
    }
}

impl Load {
    /// What the tasks of an allocation use together; none where nothing was measured yet, which is no zero.
    #[must_use]
    pub fn of_alloc(usage: &AllocUsage) -> Option<Self> {
        let mut all = (!usage.tasks.is_empty()).then(Load::default)?;
        for task in usage.tasks.values() {
            let (cpu, memory) = (&task.resource_usage.cpu_stats, &task.resource_usage.memory_stats);
            all += Load { cpu_mhz: cpu.total_ticks, memory_bytes: memory.bytes() };
        }
        Some(all)
    }

    /// What is used of a node, by whatever runs there.
    #[must_use]
    pub fn of_node(stats: &HostStats) -> Self {
        Load { cpu_mhz: stats.cpu_mhz, memory_bytes: stats.memory.used }
    }
}

/// A job, allocation or node that uses what a cluster has.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name, by which it is sorted and filtered.
    pub name: String,
    /// What else it is found by.
    pub also: Vec<String>,
    /// What is allocated to it, or on it.
    pub allocated: Load,
    /// What it uses; none where that was not asked, or is not known.
    pub used: Option<Load>,
}

impl Entry {
    /// Whether a text is in its name, or in what else it is found by.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.name.to_lowercase().contains(&text) || self.also.iter().any(|a| a.to_lowercase().contains(&text))
    }
}

/// The order of two entries: by what they use where both are known, else by what is allocated; by name where that is equal.
#[must_use]
pub fn order(by: SortBy, a: &Entry, b: &Entry) -> Ordering {
    let load = |e: &Entry| e.used.unwrap_or(e.allocated);
    let both = a.used.is_some() == b.used.is_some();
    let (first, second) = if both { (load(a), load(b)) } else { (a.allocated, b.allocated) };
    let by_load = match by {
        SortBy::Cpu => second.cpu_mhz.total_cmp(&first.cpu_mhz),
        SortBy::Memory => Reverse(first.memory_bytes).cmp(&Reverse(second.memory_bytes)),
        SortBy::Name => Ordering::Equal,
    };
    by_load.then_with(|| a.name.cmp(&b.name))
}

/// A count as a floating-point number.
#[must_use]
pub fn number(count: u64) -> f64 {
    count as f64
}

/// Per cent of a total; none of nothing.
#[must_use]
pub fn share(part: f64, total: f64) -> Option<u64> {
    if total <= 0.0 {
        return None;
    }
    let percent = (part * 100.0 / total).round().clamp(0.0, 99_999.0) as u64;
    Some(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, cpu: f64, memory: u64, used: Option<f64>) -> Entry {
        Entry {
            name: name.into(),
            also: vec!["default".into()],
            allocated: Load { cpu_mhz: cpu, memory_bytes: memory },
            used: used.map(|cpu_mhz| Load { cpu_mhz, memory_bytes: 1 }),
        }
    }

    fn names(by: SortBy, mut all: Vec<Entry>) -> Vec<String> {
        all.sort_by(|a, b| order(by, a, b));
        all.into_iter().map(|e| e.name).collect()
    }

    #[test]
    fn the_most_comes_first_by_use_and_else_by_what_is_allocated() {
        let all = || vec![entry("a", 10.0, 5, None), entry("b", 20.0, 1, None), entry("c", 20.0, 9, None)];
        assert_eq!(names(SortBy::Cpu, all()), ["b", "c", "a"]);
        assert_eq!(names(SortBy::Memory, all()), ["c", "a", "b"]);
        assert_eq!(names(SortBy::Name, all()), ["a", "b", "c"]);
        let used = vec![
            entry("a", 10.0, 0, Some(1.0)),
            entry("b", 20.0, 0, Some(3.0)),
            entry("c", 5.0, 0, Some(9.0)),
        ];
        assert_eq!(names(SortBy::Cpu, used), ["c", "b", "a"]);
        assert!(entry("Web", 0.0, 0, None).fits("web") && entry("x", 0.0, 0, None).fits("DEF"));
        assert_eq!((share(50.0, 200.0), share(1.0, 0.0)), (Some(25), None));
    }
}
