//! How to see whether a change was made whose reply was lost.

use percent_encoding::percent_decode_str;

use crate::api::Error as ApiError;
use crate::api::http::Product;
use crate::model::ids::{job_words, shell_word};

/// The command that shows it; none where the change was not sent, or nothing shows it.
pub(super) fn look(e: &ApiError) -> Option<String> {
    let change = e.change.as_ref().filter(|_| e.may_be_done())?;
    let namespace = change.namespace.as_deref().unwrap_or("default");
    let parts: Vec<String> = change.path.split('/').skip(2).map(decoded).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let words = match (e.product, &parts[..]) {
        (Product::Nomad, parts) => nomad(parts, namespace, &e.purpose)?,
        (Product::Consul, ["config", ..]) => "config list".to_owned(),
        (Product::Consul, ["agent" | "catalog", ..]) => "service list".to_owned(),
        (Product::Consul, _) => return None,
    };
    Some(format!("fleet {words}"))
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

fn nomad(parts: &[&str], namespace: &str, purpose: &str) -> Option<String> {
    let job = |id: &str| job_words(namespace, id);
    Some(match parts {
        ["jobs"] => match purpose.strip_prefix("register job ") {
            Some(id) => format!("job history {}", job(id)),
            None => "job list".to_owned(),
        },
        ["job", id, "evaluate"] => format!("eval list --all --job {}", job_words_last(namespace, id)),
        ["job", id, "scale"] => format!("job scaling-events {}", job(id)),
        ["job", id, "versions", ..] => format!("job tag list {}", job(id)),
        ["job", id, "revert"] => format!("job history {}", job(id)),
        ["job", id, ..] => format!("job show {}", job(id)),
        ["allocation", id, ..] | ["client", "allocation", id, ..] => format!("alloc show {}", shell_word(id)),
        ["deployment", _, id] => format!("deployment show {}", shell_word(id)),
        ["node", "pools" | "pool", ..] => "pool list".to_owned(),
        ["node", _, "purge"] | ["client", ..] => "node list".to_owned(),
        ["node", id, ..] => format!("node show {}", shell_word(id)),
        ["var", path @ ..] => format!("var list {}", job_words(namespace, &path.join("/"))),
        ["namespace" | "namespaces", ..] => "namespace list".to_owned(),
        ["acl", noun @ ("token" | "policy" | "role" | "auth-method" | "binding-rule"), ..] => {
            format!("acl {noun} list")
        }
        ["volume" | "volumes", "claim" | "claims", ..] => "volume claim list".to_owned(),
        ["volumes", "snapshot"] => "volume snapshot list".to_owned(),
        ["volume" | "volumes", ..] => format!("volume list{}", of_namespace(namespace)),
        ["evaluations"] => "eval list --all".to_owned(),
        ["service", ..] => "service list".to_owned(),
        ["agent", "join" | "force-leave"] => "server list".to_owned(),
        ["operator", "scheduler", ..] => "operator scheduler show".to_owned(),
        ["operator", "autopilot", ..] => "operator autopilot show".to_owned(),
        ["operator", "raft", ..] => "operator raft peers".to_owned(),
        ["operator", "keyring", ..] => "operator keyring list".to_owned(),
        ["operator", "snapshot"] => "status".to_owned(),
        _ => return None,
    })
}

fn of_namespace(namespace: &str) -> String {
    if namespace == "default" { String::new() } else { format!(" -n {}", shell_word(namespace)) }
}

/// A job as the value of a flag, its namespace after it.
fn job_words_last(namespace: &str, id: &str) -> String {
    format!("{}{}", shell_word(id), of_namespace(namespace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Problem;
    use crate::error::Error;

    fn lost(problem: Problem, path: &str, namespace: Option<&str>, purpose: &str) -> ApiError {
        let mut e = ApiError::config(Product::Nomad, "no answer within 30 s".to_owned());
        e.problem = problem;
        e.purpose = purpose.to_owned().into();
        let namespace = namespace.map(str::to_owned);
        e.change = Some(Box::new(crate::api::error::Change { path: path.to_owned(), namespace }));
        e
    }

    #[test]
    fn every_change_has_a_command_that_shows_whether_it_was_made() {
        for (path, namespace, purpose, command) in [
            ("/v1/jobs", Some("ops"), "register job web", "fleet job history -n ops web"),
            ("/v1/job/web%2Fapi/dispatch", None, "dispatch job web/api", "fleet job show web/api"),
            ("/v1/job/backup/periodic/force", None, "start", "fleet job show backup"),
            ("/v1/job/web/evaluate", Some("ops"), "evaluate", "fleet eval list --all --job web -n ops"),
            ("/v1/job/web", Some("default"), "stop job web", "fleet job show web"),
            ("/v1/allocation/c783f447/stop", None, "stop", "fleet alloc show c783f447"),
            ("/v1/client/allocation/c783f447/signal", None, "send", "fleet alloc show c783f447"),
            ("/v1/deployment/promote/ab12", None, "promote", "fleet deployment show ab12"),
            ("/v1/node/ab12/purge", None, "purge", "fleet node list"),
            ("/v1/node/ab12/drain", None, "drain", "fleet node show ab12"),
            ("/v1/var/nomad/jobs/a%20b", Some("ops"), "write", "fleet var list -n ops 'nomad/jobs/a b'"),
            ("/v1/acl/token", None, "create an ACL token", "fleet acl token list"),
            ("/v1/volume/host/create", None, "create", "fleet volume list"),
            ("/v1/node/pools", None, "store", "fleet pool list"),
        ] {
            let e = lost(Problem::Timeout, path, namespace, purpose);
            assert_eq!(look(&e).as_deref(), Some(command), "{path}");
            let words = shlex::split(command).unwrap();
            let parsed = crate::cli::command().try_get_matches_from(&words);
            assert!(parsed.is_ok(), "{command}: {}", parsed.unwrap_err());
            let told = Error::from(e);
            assert!(told.causes().iter().any(|why| why.contains("may have been carried out")), "{told:?}");
        }
    }

    #[test]
    fn what_may_have_been_done_is_not_said_to_have_failed() {
        for problem in [Problem::Timeout, Problem::Broken, Problem::Gateway] {
            let told = Error::from(lost(problem, "/v1/job/web/scale", None, "scale group g of job web"));
            assert!(
                told.message()
                    .starts_with("it is not known whether this was done: scale group g of job web at"),
                "{told:?}"
            );
            assert_eq!(told.code(), crate::exit_code::ExitCode::Unreachable);
            assert!(
                told.hints().iter().any(|hint| hint.contains("`fleet job scaling-events web`")),
                "{told:?}"
            );
        }
        let refused = Error::from(lost(Problem::Invalid, "/v1/job/web/scale", None, "scale group g"));
        assert!(refused.message().starts_with("could not scale group g at"), "{refused:?}");
    }

    #[test]
    fn what_was_not_sent_was_not_done() {
        let refused = lost(Problem::Connect, "/v1/job/web/dispatch", None, "dispatch job web");
        assert_eq!(look(&refused), None);
        assert!(!Error::from(refused).causes().iter().any(|why| why.contains("carried out")));
    }
}
