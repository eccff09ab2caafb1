use super::super::foreign_words::with_long_flags;
use super::super::{command, effect};
use super::*;
use crate::model::other_tools::Meaning;

fn line(text: &str) -> Vec<OsString> {
    shlex::split(text).unwrap().into_iter().map(OsString::from).collect()
}

fn joined(args: &[OsString]) -> String {
    args.iter().filter_map(|arg| arg.to_str()).collect::<Vec<_>>().join(" ")
}

/// The line that a typed one becomes, or why there is none.
fn read(typed: &str) -> Result<String, String> {
    let parse = |args: &[OsString]| match command().try_get_matches_from(args) {
        Ok(_) => Ok(args.to_vec()),
        Err(e) => Err(e),
    };
    let args = with_long_flags(&line(typed));
    let parsed = parse(&args).or_else(|e| read_as_meant(args, e, &parse));
    parsed.map(|args| joined(&args)).map_err(|(e, _)| e.to_string())
}

/// The commands in backticks of a sentence.
fn commands_of(sentence: &str) -> Vec<String> {
    let quoted = sentence.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.starts_with("fleet ")).map(str::to_owned).collect()
}

/// Whether the words are a command of fleet's, whatever it needs besides.
fn is_command(words: &[&str]) -> bool {
    let mut at = command();
    let placeholder = |word: &str| word.chars().any(|c| c.is_ascii_uppercase()) || word.contains('/');
    for word in words.iter().filter(|w| !w.starts_with('-')) {
        match at.find_subcommand(word) {
            None if placeholder(word) => return true,
            Some(next) => at = next.clone(),
            None => return !at.has_subcommands(),
        }
    }
    !words.is_empty()
}

/// Whether a command line in our messages names a command that there is.
fn leads_somewhere(target: &str) -> bool {
    let words: Vec<&str> = target.split(' ').skip(1).collect();
    words.first().is_some_and(|w| w.starts_with('-')) || is_command(&words)
}

#[test]
fn a_word_is_not_given_a_flag_that_is_there_already() {
    assert_eq!(read("fleet job revert web 3").unwrap(), "fleet job revert web --to 3");
    assert!(read("fleet job revert web 3 --to 1").is_err());
    assert!(read("fleet job revert web --to=1 3").is_err());
}

#[test]
fn words_of_other_tools_lead_to_commands_that_there_are() {
    for (typed, meaning) in other_tools::table() {
        let targets = match meaning {
            Meaning::Same(line) => vec![format!("fleet {line}")],
            Meaning::ByCount(none, some) => vec![format!("fleet {none}"), format!("fleet {some}")],
            Meaning::Several(sentence) | Meaning::Say(sentence) | Meaning::Absent(_, sentence) => {
                commands_of(sentence)
            }
        };
        for target in targets {
            assert!(leads_somewhere(&target), "{typed:?} leads to {target:?}");
        }
        // A word that fleet has itself is never looked up.
        let own: Vec<&str> = typed.split(' ').collect();
        let mut at = command();
        let known = own.iter().all(|word| match at.find_subcommand(word) {
            Some(next) => {
                at = next.clone();
                true
            }
            None => false,
        });
        assert!(!known || at.has_subcommands(), "fleet has {typed:?} itself");
    }
}

#[test]
fn flags_of_other_tools_lead_to_what_there_is() {
    for (verbs, flags, meaning) in other_tools::flags() {
        for verb in *verbs {
            let words: Vec<String> = verb.split(' ').map(str::to_owned).collect();
            let own = flags_of(&words);
            let has = |line: &str| {
                own.contains_key(
                    line.split(' ').next().unwrap_or_default().split('=').next().unwrap_or_default(),
                )
            };
            match meaning {
                FlagMeaning::Same(own) | FlagMeaning::Words(own) => assert!(has(own), "{verb} has no {own}"),
                FlagMeaning::Verb(own) => {
                    assert!(leads_somewhere(&format!("fleet {own}")), "{verb} {flags}: {own}");
                }
                FlagMeaning::Say(sentence) => {
                    for target in commands_of(sentence) {
                        assert!(leads_somewhere(&target), "{verb} {flags} leads to {target:?}");
                    }
                }
                FlagMeaning::Value
                | FlagMeaning::ValueSecond
                | FlagMeaning::Gone
                | FlagMeaning::GoneWithValue => {}
            }
        }
    }
}

#[test]
fn every_verb_that_changes_something_can_be_told_not_to_ask() {
    for verb in effect::changing() {
        let words: Vec<String> = verb.split(' ').map(str::to_owned).collect();
        let line: Vec<OsString> =
            ["fleet"].into_iter().chain(verb.split(' ')).chain(["--yes"]).map(OsString::from).collect();
        let is_left_out =
            || matches!(Line::of(&line).flag(false), Some(Ok(read)) if read == line[..line.len() - 1]);
        assert!(flags_of(&words).contains_key("--yes") || is_left_out(), "{verb}");
    }
}

/// Words with which somebody means to look.
const LOOKING: [&str; 28] = [
    "get",
    "describe",
    "list",
    "ls",
    "ps",
    "show",
    "status",
    "info",
    "inspect",
    "view",
    "history",
    "logs",
    "log",
    "tail",
    "top",
    "stats",
    "list-units",
    "list-timers",
    "is-active",
    "is-failed",
    "is-enabled",
    "members",
    "catalog",
    "explain",
    "diff",
    "search",
    "events",
    "checks",
];

#[test]
fn a_word_for_looking_changes_nothing() {
    let changes = |line: &str| {
        let words: Vec<&str> = line.split(' ').take_while(|word| !word.starts_with('-')).collect();
        is_command(&words) && effect::of(&words) == effect::Effect::Changes
    };
    for (typed, meaning) in other_tools::table() {
        let last = typed.split(' ').next_back().unwrap_or_default();
        let first = typed.split(' ').next().unwrap_or_default();
        // `sftp get` and `var get` are of two kinds.
        if !LOOKING.contains(&first) && (last == "get" || !LOOKING.contains(&last)) {
            continue;
        }
        let lines = match meaning {
            Meaning::Same(line) => vec![line],
            Meaning::ByCount(none, some) => vec![none, some],
            Meaning::Several(_) | Meaning::Say(_) | Meaning::Absent(..) => Vec::new(),
        };
        for line in lines {
            assert!(!changes(line), "{typed:?} leads to {line:?}");
        }
    }
    for (verbs, flags, meaning) in other_tools::flags() {
        if let FlagMeaning::Verb(line) = meaning {
            let looking = verbs
                .iter()
                .any(|verb| effect::of(&verb.split(' ').collect::<Vec<_>>()) == effect::Effect::Reads);
            assert!(!looking || !changes(line), "{verbs:?} {flags} leads to {line:?}");
        }
    }
}

#[test]
fn lines_of_other_tools_are_read_as_fleets() {
    let mut wrong = Vec::new();
    for (typed, own) in [
        // nomad
        ("-n ops job status web", "-n ops job show web"),
        ("job status", "job list"),
        ("node pool info gpu -o json", "pool show gpu -o json"),
        ("--context prod stop web --yes", "--context prod job stop web --yes"),
        ("alloc exec web -- ls -la", "exec web -- ls -la"),
        ("version", "--version"),
        ("-namespace ops job status web", "--namespace ops job show web"),
        ("job status -namespace=ops", "job list --namespace=ops"),
        ("job status -json web", "job show -o json web"),
        ("job status -short web", "job show web"),
        ("node drain -enable -yes c1", "node drain --yes c1"),
        ("node drain -enable -deadline 1m -y c1", "node drain --deadline 1m -y c1"),
        (
            "node drain -enable -no-deadline -ignore-system -detach c1",
            "node drain --no-deadline --ignore-system --detach c1",
        ),
        ("node drain -disable -yes c1", "node undrain c1"),
        ("node eligibility -disable c1", "node ineligible c1"),
        ("node eligibility -enable c1", "node eligible c1"),
        ("node status -allocs c1", "node show c1"),
        ("node status -stats c1", "node stats c1"),
        ("node status -filter 'NodeClass == \"old\"'", "node list --filter 'NodeClass == \"old\"'"),
        ("node meta apply -node-id c1 a=b", "node meta set c1 a=b"),
        ("node config -servers c1", "node config show c1"),
        ("job run -detach=true -hcl2-strict=false web.hcl", "job run --detach --no-strict web.hcl"),
        ("job run -preserve-counts web.hcl", "deploy --preserve-counts web.hcl"),
        ("job plan -diff=false web.hcl", "job plan web.hcl"),
        ("job revert -detach web 3", "job revert --detach web --to 3"),
        ("job history -p web", "job diff web"),
        ("job eval -force-reschedule web", "job eval --reschedule web"),
        ("job restart -batch-size=2 -on-error=fail -yes web", "job restart --max-unavailable=2 web"),
        ("job dispatch -meta a=b -detach p", "job dispatch --meta a=b p"),
        ("job action -job web greet", "job action run web greet"),
        ("action -job=web greet", "job action run web greet"),
        ("alloc exec -job web -task app -- ls", "exec web --task app -- ls"),
        ("alloc logs -stderr -f e386fa0c web", "logs --stderr -f e386fa0c --task web"),
        ("alloc logs -tail -n 20 e386fa0c", "logs --tail=20 e386fa0c"),
        ("alloc logs -f -job web", "logs -f web"),
        ("alloc fs -stat e386fa0c alloc", "alloc stat e386fa0c alloc"),
        ("alloc fs -f e386fa0c a/b", "alloc tail -f e386fa0c a/b"),
        ("alloc restart e386fa0c web", "alloc restart e386fa0c --task web"),
        ("alloc signal -s SIGHUP e386fa0c", "alloc signal e386fa0c SIGHUP"),
        ("alloc pause -state=run e386fa0c", "alloc resume e386fa0c"),
        ("deployment status -monitor 4634db9c", "wait deployment 4634db9c"),
        ("eval status -monitor 4634db9c", "wait eval 4634db9c"),
        ("server members -detailed", "server list -o wide"),
        ("operator raft list-peers -stale", "operator raft peers"),
        ("operator raft remove-peer -peer-id=s3", "operator raft remove s3"),
        ("operator api -X POST /v1/system/gc", "operator api POST /v1/system/gc"),
        (
            "operator debug -duration 2s -node-id c1 -output d.tar",
            "operator debug --duration 2s --node c1 d.tar",
        ),
        ("operator metrics -format prometheus", "operator metrics --prometheus"),
        (
            "operator scheduler set-config -scheduler-algorithm spread",
            "operator scheduler set --algorithm spread",
        ),
        (
            "operator scheduler set-config -preempt-service-scheduler=true",
            "operator scheduler set --preempt-service=true",
        ),
        (
            "operator autopilot set-config -cleanup-dead-servers=false",
            "operator autopilot set --cleanup-dead-servers=false",
        ),
        ("operator snapshot agent --dir d", "operator snapshot schedule --dir d"),
        ("var get -out json a/b", "var get --output json a/b"),
        ("var get -item k a/b", "var get a/b k"),
        ("var list -prefix nomad", "var list nomad"),
        (
            "acl token create -name x -type client -policy p -ttl 1h",
            "acl token create --name x --policy p --ttl 1h",
        ),
        ("acl token create -name x -type=management", "acl token create --name x --management"),
        ("acl policy apply -description d p f.hcl", "acl policy apply --description d p --file f.hcl"),
        ("login -type oidc -method=m", "acl login --method=m"),
        ("volume status -type csi", "volume list --type csi"),
        ("volume status -type csi db", "volume show --type csi db"),
        ("service delete web _nomad-task-1", "service deregister web --instance _nomad-task-1"),
        ("monitor -log-level DEBUG -node-id c1", "monitor --level DEBUG --node c1"),
        ("event stream -topic Job", "events --topic Job"),
        ("ui job web", "open web"),
        ("ui -show-url", "open --print"),
        ("fmt -check -recursive .", "fmt --check --recursive ."),
        ("alloc-status e386fa0c", "alloc show e386fa0c"),
        ("node-status", "node list"),
        ("alloc signal -s HUP e386fa0c web", "alloc signal e386fa0c HUP --task web"),
        ("job dispatch -meta a=b web payload.json", "job dispatch --meta a=b web --payload payload.json"),
        ("node intro create -node-name c9 -ttl 1h", "node intro-token --name c9 --ttl 1h"),
        ("acl bootstrap root.token", "acl bootstrap --secret-file root.token"),
        ("monitor -log-json", "monitor -o json-lines"),
        ("job allocs -all web", "alloc list --all --job web"),
        // kubectl
        ("rollout restart deploy/web", "job restart web"),
        ("rollout restart deployment web", "job restart web"),
        ("rollout undo deployment/web --to-revision=2", "job revert web --to=2"),
        ("rollout status deploy/web", "deploy status web"),
        ("logs -f deploy/web -c web --since=1h", "logs -f deploy/web --task web --since=1h"),
        ("logs --all-containers web", "logs --all-tasks web"),
        ("exec -it web -c app -- sh", "exec -it web --task app -- sh"),
        ("get pods -A -o wide", "alloc list '--namespace=*' -o wide"),
        ("get pods -n ops", "alloc list -n ops"),
        ("get pod/e386fa0c", "alloc show e386fa0c"),
        ("get deploy -A", "deployment list '--namespace=*'"),
        ("get deploy web", "job show web"),
        ("get node/c1", "node show c1"),
        ("get svc", "service list"),
        ("get ds", "job list --type system"),
        ("get all -A", "status '--namespace=*'"),
        ("describe nodes", "node list"),
        ("describe deploy/web", "job show web"),
        ("describe svc web", "service show web"),
        ("delete pod e386fa0c", "alloc stop e386fa0c"),
        ("delete deployment/web", "job stop web"),
        ("scale deploy/web --replicas=3", "job scale web 3"),
        ("scale --replicas 3 deployment web", "job scale web 3"),
        ("apply -f web.hcl", "deploy web.hcl"),
        ("apply -f jobs/web.hcl", "deploy jobs/web.hcl"),
        ("create ns ops", "namespace apply ops"),
        ("drain c1 --ignore-daemonsets --delete-emptydir-data", "node drain c1 --ignore-system"),
        ("uncordon node/c1", "node eligible c1"),
        ("top pods -A", "top allocs '--namespace=*'"),
        ("config view", "context show"),
        ("diff -f web.hcl", "job plan web.hcl"),
        ("rollout restart job web", "job restart web"),
        ("logs web --since-time=2024-01-01T00:00:00Z", "logs web --since=2024-01-01T00:00:00Z"),
        // docker, flyctl, gh, systemctl, helm, consul, stern
        ("container start web", "job start web"),
        ("compose top", "top allocs"),
        ("export web", "job export web"),
        ("tokens list", "acl token list"),
        ("cp -a web:/f f", "cp web:/f f"),
        ("stern web --tail 5", "logs -f web --tail 5"),
        ("logs -i e386fa0c", "logs e386fa0c"),
        ("services list", "service list"),
        ("ps aux", "alloc list"),
        ("stats --no-stream", "top allocs --once"),
        ("run --rm -it web -- sh", "run -it web -- sh"),
        ("container ls -a", "alloc list -a"),
        ("container logs -f web", "logs -f web"),
        ("compose up -d -f web.hcl", "deploy --detach web.hcl"),
        ("compose logs -f web", "logs -f web"),
        ("compose ps", "alloc list"),
        ("service ls", "service list"),
        ("service ps web", "alloc list --job web"),
        ("stack deploy -c web.hcl", "deploy web.hcl"),
        ("node ps c1", "alloc list --node c1"),
        ("context ls", "context list"),
        ("system prune", "system gc"),
        ("unpause web", "resume web"),
        ("machine stop e386fa0c", "alloc stop e386fa0c"),
        ("apps restart web", "job restart web"),
        ("apps destroy web", "job stop web"),
        ("logs -a web", "logs web"),
        ("status --app web", "status web"),
        ("variable list", "var list"),
        ("browse", "open"),
        ("journalctl -u web -f", "logs web -f"),
        ("is-failed web", "why web"),
        ("list-units", "job list"),
        ("uninstall web", "job stop web"),
        ("config read service-defaults/web", "config show service-defaults/web"),
        ("members -detailed", "server list -o wide"),
        ("-ojson node list", "-ojson node list"),
        // anybody
        ("status --json", "status -o json"),
        ("logs web --json", "logs web -o json"),
        ("job run --json web.json", "job run web.json"),
        ("use prod", "context use prod"),
        ("fleet status", "status"),
        ("docker ps", "alloc list"),
        ("-n ops kubectl get node/c1", "-n ops node show c1"),
    ] {
        match read(&format!("fleet {typed}")) {
            Ok(read) if read == joined(&line(&format!("fleet {own}"))) => {}
            Ok(line) => wrong.push(format!("{typed}: {line}")),
            Err(e) => wrong.push(format!("{typed}: {e}")),
        }
    }
    // That of a version is no line that the parser takes.
    wrong.retain(|line| !line.starts_with("version: fleet "));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_has_no_line_has_a_sentence() {
    let mut wrong = Vec::new();
    for (typed, sentence) in [
        (
            "job run -check-index 3 web.hcl",
            "`fleet job run` has no `--check-index`: fleet writes only on top of",
        ),
        ("job run -output web.hcl", "`fleet job validate --print FILE`"),
        ("node drain -enable -self -y", "name the node"),
        ("node drain -monitor c1", "`fleet wait node NODE drained`"),
        ("job stop -no-shutdown-delay web", "`fleet alloc stop --no-shutdown-delay ALLOC`"),
        ("get pods -w", "`fleet status --watch`"),
        ("get pods -l app=web", "`--filter` takes an expression"),
        ("logs --previous web", "goes on over its restarts"),
        ("set image deploy/web web=x:1", "`fleet deploy FILE --var image=NAME:TAG`"),
        ("wait --for=condition=ready pod/x", "`fleet wait job JOB healthy`"),
        ("wait web", "`fleet wait` needs another word: `fleet wait job JOB healthy`"),
        ("wait web healthy", "`fleet wait` needs another word"),
        ("ui --version", "`fleet ui` has no `--version`: `fleet --version`"),
        ("node help", "Usage: fleet node"),
        ("node help drain", "Usage: fleet node drain"),
        ("auth can-i delete pods", "`fleet acl policy check VERB`"),
        ("reload web", "`fleet alloc signal ALLOC SIGHUP`"),
        ("enable c1", "`fleet node eligible NODE`"),
        ("rm -f web", "`fleet job stop --yes JOB`"),
        ("intention list", "`fleet config show service-intentions/NAME`"),
        ("get pods -o yaml", "Nomad speaks JSON: `-o json`"),
        ("job stop -A web", "-A"),
        ("volume prune", "`fleet volume delete VOLUME`"),
        ("job history -diff-version 2 web", "`fleet job diff JOB N`"),
        ("set env deploy/web A=B", "`fleet deploy FILE --var NAME=VALUE`"),
        ("machine clone e386fa0c", "`fleet job scale JOB COUNT`"),
        ("operator license get", "Nomad Enterprise"),
        ("postgres connect", "`fleet port-forward JOB PORT`"),
        ("config read -kind service-defaults -name web", "KIND/NAME"),
        ("logs --until 5m web", "`--since 1h` begins in the past"),
        ("frontend", "`fleet status frontend`"),
        ("-n ops frontend", "`fleet logs frontend`"),
        // What is wrong is said of fleet's own verb.
        ("wait job web --nope", "unexpected argument '--nope' found"),
        ("context list --nope", "unexpected argument '--nope' found"),
    ] {
        let said = read(&format!("fleet {typed}")).unwrap_or_else(|e| e);
        if !said.contains(sentence) {
            wrong.push(format!("{typed}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_kind_before_a_name_that_is_not_there_is_left_out_of_the_line() {
    let of = |typed: &str, error: &str| without_kinds(&line(typed), error);
    let told = "no such job: deploy/web";
    assert_eq!(
        of("fleet logs -f deploy/web --task app", told).as_deref(),
        Some("fleet logs -f web --task app")
    );
    assert_eq!(
        of("fleet -n ops job show --region=eu deploy/web", told).as_deref(),
        Some("fleet job show web")
    );
    assert_eq!(of("fleet exec deploy/web -- ls job/x", told).as_deref(), Some("fleet exec web -- ls job/x"));
    assert_eq!(of("fleet cp deploy/web:/etc/a b", told).as_deref(), Some("fleet cp web:/etc/a b"));
    assert_eq!(
        of("fleet node drain node/c1", "no such node: node/c1").as_deref(),
        Some("fleet node drain c1")
    );
    assert_eq!(of("fleet job show web", "no such job: web"), None);
    assert_eq!(of("fleet cp job/a web:/b", "no such job: web"), None);
}
