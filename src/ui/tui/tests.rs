//! Screens as they are drawn, and what keys mean.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::help::lines as help_lines;
use super::*;
use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::job::LatestDeployment;
use crate::api::nomad::node::NodeStatus;
use crate::model::capacity::Amount;
use crate::model::finding::{Kind, Severity};
use crate::model::ids::JobType;
use crate::model::present_health::{Checks, HealthVerdict, PresentHealth};
use crate::ui::Tone;
use crate::ui::testing::now;

const LOOK: Look = Look { color: false, unicode: true };

fn finding(severity: Severity, kind: Kind, namespace: Option<&str>, subject: &str, text: &str) -> Finding {
    Finding {
        severity,
        kind,
        namespace: namespace.map(str::to_owned),
        subject: subject.to_owned(),
        id: None,
        text: text.to_owned(),
        next: Some(format!("fleet job show -n default {subject}")),
    }
}

fn job(namespace: &str, id: &str, running: u64, wanted: u64) -> JobSeen {
    JobSeen {
        key: JobKey::new(namespace, id),
        job_type: JobType::Service,
        stopped: false,
        version: 3,
        wanted,
        running: Some(running),
        children: None,
        deployment: None,
        says: None,
    }
}

fn node(name: &str, status: NodeStatus) -> NodeSeen {
    NodeSeen {
        id: format!("{name}{}", "0".repeat(36 - name.len())),
        name: name.to_owned(),
        pool: "default".to_owned(),
        datacenter: "dc1".to_owned(),
        class: String::new(),
        version: "2.0.5".to_owned(),
        status,
        description: String::new(),
        eligible: true,
        draining: false,
        allocated: Some(Amount { cpu_mhz: 500, memory_mib: 920 }),
        offered: Amount { cpu_mhz: 2000, memory_mib: 1000 },
    }
}

fn alloc(id: &str, name: &str, status: ClientStatus, health: Option<(HealthVerdict, &str)>) -> AllocSeen {
    let health = health.map(|(verdict, reason)| PresentHealth {
        verdict,
        reasons: (!reason.is_empty()).then(|| reason.to_owned()).into_iter().collect(),
        checks: Checks::default(),
        restarts_lately: 0,
    });
    AllocSeen {
        id: format!("{id}{}", "0".repeat(36 - id.len())),
        name: name.to_owned(),
        job: JobKey::new("default", "web"),
        group: "api".to_owned(),
        node_name: "c1".to_owned(),
        version: 3,
        status,
        wanted: true,
        canary: false,
        health,
        tasks: vec![TaskSeen {
            name: "server".to_owned(),
            state: "running".to_owned(),
            failed: false,
            restarts: 2,
            last: "Task started by client".to_owned(),
        }],
        created_at: Some(now() - jiff::SignedDuration::from_mins(3)),
        description: "Tasks are running".to_owned(),
    }
}

/// A small cluster with something of everything.
fn picture() -> Picture {
    let waits = LatestDeployment {
        id: "5b1c0000-0000-0000-0000-000000000000".to_owned(),
        is_active: true,
        job_version: 4,
        status: DeploymentStatus::Running,
        status_description: "Deployment is running but requires manual promotion".to_owned(),
        requires_promotion: true,
        all_auto_promote: false,
    };
    let down = "0 of 2 running: 2 failed and will not be retried";
    let web = JobSeen {
        says: Some((Severity::Warning, "2 of 3 running".to_owned())),
        deployment: Some(waits),
        ..job("default", "web", 2, 3)
    };
    let db = JobSeen { says: Some((Severity::Critical, down.to_owned())), ..job("ops", "db", 0, 2) };
    Picture {
        findings: vec![
            finding(Severity::Critical, Kind::NodeDown, None, "c2", "down: heartbeats missed"),
            finding(Severity::Critical, Kind::JobDown, Some("ops"), "db", down),
            finding(Severity::Warning, Kind::JobBelowCount, Some("default"), "web", "2 of 3 running"),
        ],
        unknown: vec![("checks in Consul".to_owned(), "CONSUL_HTTP_ADDR is not set".to_owned())],
        jobs: Some(vec![web, JobSeen { stopped: true, ..job("default", "old", 0, 1) }, db]),
        nodes: Some(vec![node("c1", NodeStatus::Ready), node("c2", NodeStatus::Down)]),
        servers: ("servers 3 of 3 alive, s1 leads, 1 may fail".to_owned(), Tone::Plain),
    }
}

fn inside() -> Contents {
    Contents {
        groups: vec![("api".to_owned(), 3)],
        allocs: vec![
            alloc("c783f447", "web.api[0]", ClientStatus::Running, Some((HealthVerdict::Healthy, ""))),
            alloc(
                "d1000000",
                "web.api[1]",
                ClientStatus::Running,
                Some((HealthVerdict::Unhealthy, "check \"alive\" of web is failing: connection refused")),
            ),
            alloc("e2000000", "web.api[2]", ClientStatus::Failed, None),
        ],
        ..Contents::default()
    }
}

fn tui(size: (u16, u16)) -> Tui {
    let mut tui = Tui::new("prod http://127.0.0.1:4646".to_owned(), size, now());
    assert_eq!(tui.update(Message::Seen(Box::new(picture()))), []);
    tui
}

fn key(c: char) -> KeyEvent {
    let code = match c {
        '\n' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        '\x1b' => KeyCode::Esc,
        '<' => KeyCode::Left,
        '>' => KeyCode::Right,
        '#' => KeyCode::Backspace,
        c => KeyCode::Char(c),
    };
    KeyEvent::from(code)
}

/// What the last of these keys asks for.
fn typed(tui: &mut Tui, keys: &str) -> Vec<Effect> {
    keys.chars().map(|c| tui.update(Message::Key(key(c)))).last().unwrap_or_default()
}

fn screen(tui: &Tui) -> String {
    let mut terminal = Terminal::new(TestBackend::new(tui.size.0, tui.size.1)).unwrap();
    terminal.draw(|frame| tui.draw(frame, LOOK)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let row = |y| {
        let cells = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        cells.trim_end().to_owned()
    };
    (0..buffer.area.height).map(row).collect::<Vec<_>>().join("\n")
}

/// The line that is selected, as it is drawn.
fn selected(tui: &Tui) -> String {
    let mut terminal = Terminal::new(TestBackend::new(tui.size.0, tui.size.1)).unwrap();
    terminal.draw(|frame| tui.draw(frame, LOOK)).unwrap();
    let buffer = terminal.backend().buffer();
    let reversed =
        |y: &u16| buffer[(buffer.area.width - 1, *y)].modifier.contains(ratatui::style::Modifier::REVERSED);
    let y = (2..buffer.area.height).find(reversed).expect("a line is selected");
    (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim().to_owned()
}

#[test]
fn problems_come_first() {
    insta::assert_snapshot!(screen(&tui((60, 20))), @"
    fleet prod http://127.0.0.1:4646  servers 3 of 3 ali… 0s old
    1 Problems 4  2 Jobs  3 Nodes  4 Deployments 1  5 Rotations
    SEVERITY  WHAT                 MESSAGE
    critical  node c2              down: heartbeats missed
    critical  job db (ops)         0 of 2 running: 2 failed and…
    warning   job web              2 of 3 running
    unknown   checks in Consul     CONSUL_HTTP_ADDR is not set








    ────────────────────────────────────────────────────────────
    node c2: down: heartbeats missed
    fleet job show -n default c2

    ? keys  / filter  : command  q leave  d show  w why  v even…
    ");
}

#[test]
fn a_job_is_opened_to_its_allocations() {
    let mut tui = tui((120, 40));
    let web = Opened::Job(JobKey::new("default", "web"));
    assert_eq!(typed(&mut tui, "2j\n"), [Effect::Open(web.clone())]);
    assert!(screen(&tui).contains("asking..."));
    tui.update(Message::Inside(web, inside()));
    typed(&mut tui, "jjj");
    insta::assert_snapshot!(screen(&tui), @r#"
    fleet prod http://127.0.0.1:4646  servers 3 of 3 alive, s1 leads, 1 may fail                                      0s old
    1 Problems 4  2 Jobs 2  3 Nodes 2  4 Deployments 1  5 Rotations 0
    JOB                        RUNNING  STATE                       NODE              VERSION    AGE        CPU     MEMORY
    ▾ default                           2 jobs
      ▾ web                        2/3  2 of 3 running                                      3
        ▾ group api                2/3  1 not healthy now
            c783f447 [0]                running, healthy            c1                      3     3m
            d1000000 [1]                check "alive" of web is f…  c1                      3     3m
            e2000000 [2]                failed                      c1                      3     3m
      ▸ old                          0  stopped                                             3
    ▾ ops                               1 job
      ▸ db                         0/2  0 of 2 running: 2 failed …                          3


















    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    check "alive" of web is failing: connection refused
    Tasks are running
    task server: running, 2 restarts in all; Task started by client
    d10000000000000000000000000000000000 of job web, version 3, on c1




    ? keys  / filter  : command  q leave  d show  w why  l logs  s shell  v events  o open  R restart  X stop
    "#);
}

#[test]
fn a_small_screen_has_the_nodes_too() {
    let mut tui = tui((60, 20));
    typed(&mut tui, "3j");
    insta::assert_snapshot!(screen(&tui), @"
    fleet prod http://127.0.0.1:4646  servers 3 of 3 ali… 0s old
    1 Problems 4 2 Jobs 3 Nodes 2 4 Deployments 1 5 Rotations
    NODE                     STATE                  CPU %  MEM %
    ▸ c1                     ready                     25     92
    ▸ c2                     down                      25     92










    ────────────────────────────────────────────────────────────
    allocated 500 of 2000 MHz, 920 of 1000 MiB
    c20000000000000000000000000000000000, pool default,
    datacenter dc1, nomad 2.0.5
    ? keys  / filter  : command  q leave  d show  w why  v even…
    ");
}

#[test]
fn what_waits_for_promotion_is_promoted_by_a_line_that_is_shown_first() {
    let mut tui = tui((80, 24));
    assert_eq!(typed(&mut tui, "4P"), []);
    assert!(screen(&tui).contains(":deployment promote -n default 5b1c0000"), "{}", screen(&tui));
    assert_eq!(typed(&mut tui, "\n"), [Effect::Run("deployment promote -n default 5b1c0000".to_owned())]);
    // Escape forgets it.
    assert_eq!(typed(&mut tui, "P\x1b"), []);
    assert!(!screen(&tui).contains(":deployment"));
}

#[test]
fn keys_and_words_lead_to_command_lines() {
    let mut tui = tui((100, 30));
    let web = Opened::Job(JobKey::new("default", "web"));
    typed(&mut tui, "2j\n");
    tui.update(Message::Inside(web, inside()));
    let mut line = |keys: &str| match typed(&mut tui, keys).as_slice() {
        [Effect::Run(line)] => line.clone(),
        other => panic!("{keys:?} asks for {other:?}"),
    };
    assert_eq!(line("d"), "job show -n default web");
    assert_eq!(line("w"), "why -n default --kind job web");
    assert_eq!(line("C5\n"), "job scale -n default web 5");
    assert_eq!(line(":scale 4\n"), "job scale -n default web 4");
    assert_eq!(line("jC2\n"), "job scale -n default web api 2");
    assert_eq!(line("l"), "logs -n default -f --tail 100 web/api");
    assert_eq!(line("R\n"), "job restart -n default web --group api");
    assert_eq!(line("js"), "shell -n default c783f447");
    assert_eq!(line("X\n"), "alloc stop -n default c783f447");
    assert_eq!(line(":scale db 4\n"), "scale db 4");
    assert_eq!(line(":fleet job list -o wide\n"), "job list -o wide");
    assert_eq!(line("3D\n"), "node drain c1");
    assert_eq!(line(":rotate\n"), "rotate-nodes c1");
    assert_eq!(line("E\n"), "node ineligible c1");
    // A failed allocation has no shell, and its logs have an end.
    assert_eq!(line("2jjl"), "logs -n default --tail 1000 e2000000");
    assert_eq!(typed(&mut tui, "s"), []);
    assert!(screen(&tui).contains("shell: not for what is selected"));
    // Where nothing is selected, a command that needs nothing is run as it is.
    assert_eq!(typed(&mut tui, "5:events\n"), [Effect::Run("events".to_owned())]);
    assert_eq!(typed(&mut tui, "w"), []);
    assert!(screen(&tui).contains("why: nothing is selected"));
    assert_eq!(typed(&mut tui, ":q\n"), [Effect::Leave]);
    assert_eq!(
        tui.update(Message::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL))),
        [Effect::Leave]
    );
}

#[test]
fn how_a_command_ended_is_told_in_words() {
    let mut tui = tui((100, 30));
    let mut said = |line: &str, code| {
        tui.update(Message::Ended(line.to_owned(), Ok(code)));
        screen(&tui)
    };
    assert!(said("why -n default --kind job web", 8).contains("job web: nothing is wrong"));
    assert!(said("job plan web.hcl", 8).contains("job plan web.hcl: exit code 8"));
    assert!(said("job list", 0).contains("job list: done"));
}

#[test]
fn a_job_with_an_odd_name_is_quoted() {
    let odd = Subject::Job { key: JobKey::new("a b", "it's"), group: None, stopped: true, deployment: None };
    assert_eq!(odd.line(Act::Stop).unwrap(), r"job start -n 'a b' 'it'\''s'");
    let words = shlex::split(&odd.line(Act::Show).unwrap()).unwrap();
    assert_eq!(words, ["job", "show", "-n", "a b", "it's"]);
    // Two nodes may have one name.
    let node = Subject::Node { id: "ab12".repeat(9), name: None, draining: true, eligible: false };
    assert_eq!(node.line(Act::Drain).unwrap(), "node undrain ab12ab12");
    assert_eq!(node.line(Act::Promote), None);
}

#[test]
fn the_selection_stays_with_what_it_is_on() {
    let mut tui = tui((80, 24));
    typed(&mut tui, "2G");
    assert!(selected(&tui).starts_with("▸ db"), "{}", selected(&tui));
    let mut more = picture();
    more.jobs.as_mut().unwrap().insert(0, job("default", "aaa", 1, 1));
    tui.update(Message::Seen(Box::new(more)));
    assert!(selected(&tui).starts_with("▸ db"), "{}", selected(&tui));
    // What is gone leaves the selection where it was.
    let mut fewer = picture();
    fewer.jobs.as_mut().unwrap().pop();
    tui.update(Message::Seen(Box::new(fewer)));
    assert!(selected(&tui).contains("old"), "{}", selected(&tui));
}

#[test]
fn enter_on_a_problem_goes_to_what_it_is_about() {
    let mut tui = tui((80, 24));
    let db = Opened::Job(JobKey::new("ops", "db"));
    assert_eq!(typed(&mut tui, "j\n"), [Effect::Open(db)]);
    assert!(selected(&tui).starts_with("▾ db"), "{}", selected(&tui));
    let c2 = node("c2", NodeStatus::Down).id;
    assert_eq!(typed(&mut tui, "1g\n"), [Effect::Open(Opened::Node(c2))]);
    assert!(selected(&tui).starts_with("▾ c2"), "{}", selected(&tui));
}

#[test]
fn a_filter_shows_lines_with_all_its_words() {
    let mut tui = tui((80, 24));
    typed(&mut tui, "2/OPS run\n");
    let shown = screen(&tui);
    assert!(shown.contains("db") && !shown.contains("web"), "{shown}");
    assert!(shown.contains(r#"only "OPS run"; Esc shows all"#), "{shown}");
    typed(&mut tui, "\x1b");
    assert!(screen(&tui).contains("web"));
    typed(&mut tui, "/nothing has this\n");
    assert!(screen(&tui).contains("nothing fits"));
}

#[test]
fn what_stands_between_the_screen_and_the_present_is_said() {
    let mut tui = tui((60, 20));
    tui.update(Message::Time(now() + jiff::SignedDuration::from_secs(75)));
    tui.update(Message::Lost("could not list the nodes: connection refused".to_owned()));
    let shown = screen(&tui);
    assert!(shown.contains("1m 15s old") && shown.contains("LOST: could not list the nodes"), "{shown}");
    tui.update(Message::Seen(Box::new(picture())));
    let shown = screen(&tui);
    assert!(shown.contains("0s old") && !shown.contains("LOST"), "{shown}");
    tui.update(Message::Deaf(Some("permission denied".to_owned())));
    assert!(screen(&tui).contains("no events (permission denied): looking every 30 s"));
}

#[test]
fn what_could_not_be_seen_again_stays_and_is_said() {
    let mut tui = tui((100, 30));
    let web = Opened::Job(JobKey::new("default", "web"));
    typed(&mut tui, "2j\n");
    tui.update(Message::Inside(web.clone(), inside()));
    let refused = Contents { not_known: Some("refused".to_owned()), ..Contents::default() };
    tui.update(Message::Inside(web, refused));
    let shown = screen(&tui);
    assert!(shown.contains("not known: refused") && shown.contains("c783f447"), "{shown}");
}

#[test]
fn a_rotation_is_told_with_its_board() {
    let mut tui = tui((80, 24));
    tui.update(Message::Rotations(Ok(vec![RotationSeen {
        name: "r-1a2b3c4d".to_owned(),
        state: "at work".to_owned(),
        tone: Tone::Strong,
        finished: false,
        board: vec!["1 of 3 nodes rotated".to_owned(), "c1  emptying  2 of 5 moved".to_owned()],
        last_at: Some(now()),
    }])));
    typed(&mut tui, "5");
    let shown = screen(&tui);
    assert!(shown.contains("r-1a2b3c4d") && shown.contains("c1  emptying  2 of 5 moved"), "{shown}");
    assert_eq!(typed(&mut tui, "\n"), [Effect::Run("rotation watch r-1a2b3c4d".to_owned())]);
    tui.update(Message::Rotations(Err("permission denied".to_owned())));
    assert!(screen(&tui).contains("not known: permission denied"));
}

#[test]
fn only_sixteen_things_are_open_at_once() {
    let mut tui = tui((80, 24));
    let mut many = picture();
    many.nodes = Some((0..30).map(|i| node(&format!("n{i:02}"), NodeStatus::Ready)).collect());
    tui.update(Message::Seen(Box::new(many)));
    typed(&mut tui, "3");
    let mut closed = Vec::new();
    for _ in 0..20 {
        closed.extend(typed(&mut tui, "\n").into_iter().filter(|e| matches!(e, Effect::Close(_))));
        typed(&mut tui, "j");
        typed(&mut tui, "j");
    }
    assert_eq!((tui.opened().count(), closed.len()), (16, 4));
}

#[test]
fn escape_codes_of_others_do_not_reach_the_screen() {
    let mut tui = tui((80, 24));
    let mut evil = picture();
    evil.jobs = Some(vec![job("default", "a\x1b[2Jb\nc", 1, 1)]);
    tui.update(Message::Seen(Box::new(evil)));
    typed(&mut tui, "2");
    let shown = screen(&tui);
    assert!(shown.contains(r"a\u{1b}[2Jb c"), "{shown}");
}

#[test]
fn pasted_text_is_no_keys() {
    let mut tui = tui((80, 24));
    assert_eq!(tui.update(Message::Pasted("2X\n".to_owned())), []);
    assert_eq!(tui.view, View::Problems);
    typed(&mut tui, ":");
    assert_eq!(tui.update(Message::Pasted("job stop web\n".to_owned())), []);
    assert!(screen(&tui).contains(":job stop web"));
}

/// The documentation has the keys as the program tells them.
#[test]
fn the_page_of_keys_is_in_the_documentation() {
    let page = include_str!("../../../docs/ui.md");
    for (key, help) in help_lines() {
        if !key.is_empty() {
            let row = format!("| `{key}` | {help} |");
            assert!(page.contains(&row), "docs/ui.md lacks: {row}");
        }
    }
    let mut keys: Vec<char> = Act::ALL.into_iter().map(Act::key).chain("jkgGhq?/:".chars()).collect();
    keys.sort_unstable();
    let all = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), all, "a key means two things");
}

fn message() -> impl Strategy<Value = Message> {
    let keys = prop::sample::select("12345jkgG\n\t\x1b<>#/:?dwlsvoRXCPAZDET abq".chars().collect::<Vec<_>>());
    prop_oneof![
        12 => keys.prop_map(|c| Message::Key(key(c))),
        2 => prop::sample::select(vec![
            KeyCode::Up, KeyCode::Down, KeyCode::PageDown, KeyCode::PageUp, KeyCode::Home, KeyCode::End,
        ]).prop_map(|code| Message::Key(KeyEvent::from(code))),
        2 => (1_u16..150, 1_u16..60).prop_map(|(columns, rows)| Message::Sized(columns, rows)),
        2 => (0_usize..6, 0_usize..40).prop_map(|(jobs, nodes)| {
            let mut seen = picture();
            seen.jobs = (jobs > 0).then(|| (1..jobs).map(|i| job(if i < 3 { "a" } else { "b" }, &format!("j{i}"), 1, 1)).collect());
            seen.nodes = (nodes > 0).then(|| (1..nodes).map(|i| node(&format!("n{i}"), NodeStatus::Ready)).collect());
            seen.findings.truncate(jobs);
            Message::Seen(Box::new(seen))
        }),
        1 => (1_usize..6).prop_map(|i| {
            Message::Inside(Opened::Job(JobKey::new(if i < 3 { "a" } else { "b" }, format!("j{i}"))), inside())
        }),
        1 => (1_usize..9).prop_map(|i| {
            Message::Inside(Opened::Node(node(&format!("n{i}"), NodeStatus::Ready).id), inside())
        }),
        1 => Just(Message::Lost("no route — 日本語 to host".to_owned())),
        1 => Just(Message::Rotations(Ok(Vec::new()))),
        1 => Just(Message::Pasted("text — 日本語".to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is typed and seen, on a screen of any size: it can be drawn, one of its lines is selected and in sight, and what is
    /// asked for is what is open.
    #[test]
    fn any_message_leaves_a_screen_that_can_be_drawn(messages in prop::collection::vec(message(), 1..60)) {
        let mut tui = Tui::new("http://127.0.0.1:4646".to_owned(), (80, 24), now());
        let mut asked: Vec<Opened> = Vec::new();
        for message in messages {
            for effect in tui.update(message) {
                match effect {
                    Effect::Open(what) => asked.push(what),
                    Effect::Close(what) => asked.retain(|one| *one != what),
                    Effect::Run(line) => prop_assert!(!line.is_empty() && line.trim() == line, "{line:?}"),
                    Effect::Leave | Effect::Suspend | Effect::Look => {}
                }
            }
            let opened: Vec<Opened> = tui.opened().cloned().collect();
            prop_assert_eq!(&opened, &asked);
            drop(screen(&tui));
            let place = tui.place();
            if tui.rows.is_empty() {
                prop_assert!(place.selected.is_none());
            } else {
                prop_assert!(place.index < tui.rows.len());
                prop_assert_eq!(place.selected.as_ref(), Some(&tui.key(tui.rows[place.index].at)));
                let shown = tui.list_rows();
                prop_assert!(shown == 0 || (place.first..place.first + shown).contains(&place.index));
            }
        }
    }
}

#[test]
fn five_thousand_nodes_are_filtered_and_scrolled() {
    let mut tui = tui((60, 20));
    let mut many = picture();
    many.nodes = Some((0..5000).map(|i| node(&format!("n{i:04}"), NodeStatus::Ready)).collect());
    tui.update(Message::Seen(Box::new(many)));
    typed(&mut tui, "3G");
    assert!(selected(&tui).starts_with("▸ n4999"), "{}", selected(&tui));
    assert_eq!(tui.visible().len(), tui.list_rows());
    typed(&mut tui, "/n123\n");
    assert!(screen(&tui).contains("n1239") && !screen(&tui).contains("n4999"));
}

#[test]
fn what_a_problem_proposes_is_shown_before_it_is_run() {
    let mut tui = tui((80, 24));
    let mut seen = picture();
    let left = Finding {
        next: Some("fleet job stop --children gone".to_owned()),
        ..finding(Severity::Note, Kind::ChildrenLeft, Some("default"), "gone", "its run goes on")
    };
    let token = Finding {
        next: Some("fleet acl whoami".to_owned()),
        ..finding(Severity::Warning, Kind::TokenExpires, None, "token", "it ends soon")
    };
    seen.findings = vec![left, token];
    tui.update(Message::Seen(Box::new(seen)));
    assert_eq!(typed(&mut tui, "d"), []);
    assert!(screen(&tui).contains(":job stop --children gone"), "{}", screen(&tui));
    assert_eq!(typed(&mut tui, "\x1bj\n"), []);
    assert!(screen(&tui).contains(":acl whoami"), "{}", screen(&tui));
    assert_eq!(typed(&mut tui, "\n"), [Effect::Run("acl whoami".to_owned())]);
}

#[test]
fn lines_that_were_run_are_recalled() {
    let mut tui = tui((80, 24));
    typed(&mut tui, ":node list\n");
    typed(&mut tui, ":job list\n:");
    let up = || Message::Key(KeyEvent::from(KeyCode::Up));
    tui.update(up());
    assert!(screen(&tui).contains(":job list"));
    tui.update(up());
    tui.update(up());
    assert!(screen(&tui).contains(":node list"));
    assert_eq!(typed(&mut tui, " -o wide\n"), [Effect::Run("node list -o wide".to_owned())]);
}

#[test]
fn until_somebody_chooses_the_worst_is_selected() {
    let mut tui = Tui::new("http://127.0.0.1:4646".to_owned(), (80, 24), now());
    let mut seen = picture();
    seen.findings.remove(0);
    tui.update(Message::Seen(Box::new(seen)));
    tui.update(Message::Seen(Box::new(picture())));
    assert!(selected(&tui).contains("c2"), "{}", selected(&tui));
}

#[test]
fn nothing_is_offered_for_a_deployment_that_has_ended_well() {
    let mut ended = picture().jobs.unwrap().into_iter().find(|j| j.deployment.is_some()).unwrap();
    let offered = |job: &JobSeen| {
        let subject = selection::of_job(job, None);
        [Act::Promote, Act::Abort, Act::Pause].map(|act| subject.line(act).is_some())
    };
    assert_eq!(offered(&ended), [true, true, true]);
    let deployment = ended.deployment.as_mut().unwrap();
    (deployment.is_active, deployment.status) = (false, DeploymentStatus::Successful);
    assert_eq!(offered(&ended), [false, false, false]);
    // One that failed can be taken back, as long as its version is the job's.
    let deployment = ended.deployment.as_mut().unwrap();
    (deployment.status, deployment.job_version) = (DeploymentStatus::Failed, ended.version);
    assert_eq!(offered(&ended), [false, true, false]);
    ended.version += 1;
    assert_eq!(offered(&ended), [false, false, false]);
}
