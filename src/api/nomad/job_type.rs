//! The types of jobs (`nomad-api.md §3`).

use serde::{Deserialize, Serialize};

/// The type of a job: which scheduler places it, and what its end means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobType {
    /// Runs for ever, so many instances of it. What Nomad takes a job for that names no type.
    #[default]
    Service,
    /// Runs until it ends well, so many times.
    Batch,
    /// Runs for ever on every node it fits.
    System,
    /// Runs once on every node it fits.
    Sysbatch,
    /// One that this version of `fleet` does not know.
    #[serde(other)]
    Unknown,
}

impl JobType {
    /// The types a job may have, as job files write them.
    pub const NAMES: [&'static str; 4] = ["service", "batch", "system", "sysbatch"];

    /// The type of a job as it is sent to Nomad, where leaving it out means `service`.
    #[must_use]
    pub fn of(job: &serde_json::Value) -> Self {
        JobType::deserialize(&job["Type"]).unwrap_or_default()
    }

    /// As job files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            JobType::Service => "service",
            JobType::Batch => "batch",
            JobType::System => "system",
            JobType::Sysbatch => "sysbatch",
            JobType::Unknown => "unknown",
        }
    }

    /// Whether its work has an end: `batch` and `sysbatch`.
    #[must_use]
    pub fn ends(self) -> bool {
        matches!(self, JobType::Batch | JobType::Sysbatch)
    }

    /// Whether it is placed on every node it fits, and has no count: `system` and `sysbatch`.
    #[must_use]
    pub fn is_per_node(self) -> bool {
        matches!(self, JobType::System | JobType::Sysbatch)
    }

    /// Whether a change of it is followed by a deployment: `service`, and `system` since 1.11.
    #[must_use]
    pub fn has_deployments(self) -> bool {
        matches!(self, JobType::Service | JobType::System)
    }
}

impl std::fmt::Display for JobType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for JobType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = [JobType::Service, JobType::Batch, JobType::System, JobType::Sysbatch];
        known
            .into_iter()
            .find(|t| t.name() == text)
            .ok_or_else(|| format!("expected one of {}", JobType::NAMES.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in JobType::NAMES {
            let by_name: JobType = name.parse().unwrap();
            let by_json: JobType = serde_json::from_value(name.into()).unwrap();
            assert_eq!((by_name.name(), by_json), (name, by_name));
        }
        assert_eq!(serde_json::from_str::<JobType>("\"quantum\"").unwrap(), JobType::Unknown);
        assert!("Service".parse::<JobType>().is_err());
    }
}
