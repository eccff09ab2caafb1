//! Into a task without `tar`: directories, links and empty files are made first, then every file is sent by itself.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use crate::error::Result;
use crate::ops::exec::script::{Script, quoted};
use crate::ops::transfer::LeftOut;
use crate::ops::transfer::pack::{Entry, Tree, time_of};
use crate::ops::transfer::remote_staging::{RemoteStaging, script_failure};
use crate::ops::transfer::script_pipe::read_error;

/// What was made there: directories, links, and empty files that are to be filled.
#[derive(Debug, Default)]
pub(super) struct Skeleton {
    /// Files, empty as yet.
    pub(super) files: Vec<Entry>,
    pub(super) left_out: Vec<LeftOut>,
    /// Bytes of files that could not be read.
    pub(super) unread_bytes: u64,
    /// Gives directories their modes and times: nothing is put into them any more.
    pub(super) last: String,
}

impl RemoteStaging<'_> {
    /// Makes directories, links and empty files.
    pub(super) async fn make(&mut self, tree: &Tree, owner: bool) -> Result<Skeleton> {
        let mut skeleton = Skeleton::default();
        let mut script = String::new();
        for entry in &tree.entries {
            let meta = entry.metadata().map_err(|e| read_error(&e))?;
            let name = quoted(&format!("./{}", entry.name));
            if meta.is_dir() {
                script.push_str(&format!("mkdir -p {name}\n"));
                let (mode, time) = (meta.permissions().mode() & 0o7777, time_of(&meta));
                skeleton.last = format!("chmod {mode:o} {name}; touch -d @{time} {name}\n{}", skeleton.last);
            } else if meta.is_symlink() {
                let to = std::fs::read_link(&entry.path).map_err(|e| read_error(&e))?;
                let Some(to) = to.to_str() else {
                    let why = "leads to a name that is not UTF-8".to_owned();
                    skeleton.left_out.push(LeftOut { path: entry.name.clone(), why });
                    continue;
                };
                script.push_str(&format!("rm -f {name}\nln -s {} {name}\n", quoted(to)));
            } else {
                let opened = std::fs::File::open(&entry.path).map_err(|e| e.to_string());
                let special = "neither a file nor a directory".to_owned();
                match if meta.is_file() { opened.map(drop) } else { Err(special) } {
                    Ok(()) => skeleton.files.push(entry.clone()),
                    Err(why) => {
                        skeleton.unread_bytes += if meta.is_file() { meta.len() } else { 0 };
                        skeleton.left_out.push(LeftOut { path: entry.name.clone(), why });
                        continue;
                    }
                }
                script.push_str(&format!(": > {name}\n"));
            }
            if owner {
                script.push_str(&format!("chown -h {}:{} {name}\n", meta.uid(), meta.gid()));
            }
        }
        let script = Script::default().within(self.dir()).line("set -e").line(&script);
        let answer = self.shell.run(&script).await?;
        if answer.code != 0 {
            return Err(script_failure(&answer, "the task could not make what the copy goes into"));
        }
        Ok(skeleton)
    }
}
