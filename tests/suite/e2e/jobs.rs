//! Job files of the cases: tasks of `mock_driver`, which behave as their configuration says, here and on a real Nomad; and
//! tasks of `raw_exec`, which are real processes in both.

/// A group's behaviour and shape; the rest is small and quick.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) count: u32,
    pub(crate) max_parallel: u32,
    pub(crate) memory: u32,
    /// Lines of the task's `config`.
    pub(crate) config: String,
    /// Further lines of the group.
    pub(crate) group: String,
    /// Further lines of the job.
    pub(crate) job: String,
}

impl Job {
    pub(crate) fn service(name: &'static str, count: u32) -> Self {
        Job {
            name,
            kind: "service",
            count,
            max_parallel: 1,
            memory: 64,
            config: "run_for = \"240h\"".to_owned(),
            group: String::new(),
            job: String::new(),
        }
    }

    pub(crate) fn batch(name: &'static str, run_for: &str) -> Self {
        Job { kind: "batch", config: format!("run_for = \"{run_for}\""), ..Job::service(name, 1) }
    }

    pub(crate) fn system(name: &'static str) -> Self {
        Job { kind: "system", ..Job::service(name, 1) }
    }

    pub(crate) fn with(self, change: impl FnOnce(&mut Self)) -> Self {
        let mut job = self;
        change(&mut job);
        job
    }

    pub(crate) fn hcl(&self) -> String {
        let Job { name, kind, count, max_parallel, memory, config, group, job } = self;
        let count = if *kind == "system" { String::new() } else { format!("count = {count}") };
        let rollout = if *kind == "service" {
            format!(
                "update {{\n max_parallel = 10\n min_healthy_time = \"500ms\"\n health_check = \"task_states\"\n }}\n\
                 migrate {{\n max_parallel = {max_parallel}\n min_healthy_time = \"1s\"\n health_check = \"task_states\"\n \
                 healthy_deadline = \"20s\"\n }}\n"
            )
        } else {
            String::new()
        };
        format!(
            "job \"{name}\" {{\n type = \"{kind}\"\n {job}\n group \"g\" {{\n {count}\n {rollout}\n {group}\n \
             ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n driver = \"mock_driver\"\n kill_timeout = \"2s\"\n \
             config {{\n {config}\n }}\n logs {{\n max_files = 1\n max_file_size = 1\n }}\n \
             resources {{\n cpu = 50\n memory = {memory}\n }}\n }}\n }}\n}}\n"
        )
    }
}

/// A service whose one task runs a script in a real process.
pub(crate) fn script(name: &str, count: u32, script: &str, logs: &str) -> String {
    let script = serde_json::Value::from(script);
    format!(
        "job \"{name}\" {{\n group \"g\" {{\n count = {count}\n update {{\n min_healthy_time = \"100ms\"\n health_check = \
         \"task_states\"\n }}\n restart {{\n delay = \"1s\"\n }}\n ephemeral_disk {{\n size = 100\n }}\n task \"t\" {{\n driver = \"raw_exec\"\n \
         kill_timeout = \"1s\"\n config {{\n command = \"/bin/sh\"\n args = [\"-c\", {script}]\n }}\n logs {{\n {logs}\n }}\n \
         resources {{\n cpu = 50\n memory = 32\n }}\n }}\n }}\n}}\n"
    )
}
