//! `fleet migrate nginx` on whole configurations: what the binary says and writes, real ones, made-up ones, and nginx itself.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fleet::model::ingress::nginx::answer::{NginxAnswer, answer};
use fleet::model::ingress::nginx::site::Sites;
use fleet::model::ingress::nginx::tree::Config;
use fleet::model::ingress::report::{MigrationRequest, Report, migrate};
use fleet::model::ingress::request::Request;
use fleet::model::ingress::verdict::TARGETS;

use crate::binary::Fleet;
use crate::migrate_verify::{Says, Seen, serve};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nginx")
}

fn report(text: &str) -> Report {
    let config = Config::of_text("nginx.conf", text).unwrap();
    migrate(&config, &MigrationRequest { targets: TARGETS.to_vec(), ..MigrationRequest::default() }).report
}

#[test]
fn what_would_be_lost_stops_its_target_until_it_is_accepted() {
    let home = tempfile::tempdir().unwrap();
    let case = fixtures().join("cases/08-guards");
    for file in ["nginx.conf", "htpasswd"] {
        std::fs::copy(case.join(file), home.path().join(file)).unwrap();
    }
    let fleet = Fleet::new(home.path());
    let args =
        ["migrate", "nginx", "nginx.conf", "--map", "10.20.0.11:8080=app", "--map", "10.20.0.12:8080=auth"];
    let with = |more: &[&'static str]| fleet.run(&[&args[..], more].concat());
    let ran = with(&["--out", "all"]);
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.err.contains("--accept lost-guard@nginx.conf:9"), "{ran}");
    assert!(
        home.path().join("all/traefik/dynamic.yml").exists() && !home.path().join("all/api-gateway").exists()
    );
    let users = std::fs::read_to_string(home.path().join("all/traefik/dynamic.yml")).unwrap();
    assert!(users.contains("$apr1$"), "{users}");

    let ran = with(&["--to", "api-gateway", "--out", "one", "--report", "r.json"]);
    assert_eq!(ran.code, 7, "{ran}");
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(home.path().join("r.json")).unwrap()).unwrap();
    let ids: Vec<String> =
        report["refusals"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect();
    let mut all: Vec<&str> = args.to_vec();
    all.extend(["--to", "api-gateway", "--out", "one"]);
    ids.iter().for_each(|id| all.extend(["--accept", id]));
    let ran = fleet.run(&all);
    assert_eq!(ran.code, 0, "{ran}");
    let names: Vec<String> = {
        let mut names: Vec<_> = std::fs::read_dir(home.path().join("one/api-gateway"))
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert!(
        names.iter().any(|n| n.ends_with("http-route-site-8081.json"))
            && names.contains(&"gateway.nomad.hcl".to_owned()),
        "{names:?}"
    );

    let typo = with(&["--accept", "lost-guard@nginx.conf:99"]);
    assert_eq!(typo.code, 2, "{typo}");
    assert!(typo.err.contains("did you mean lost-guard@nginx.conf:9"), "{typo}");
}

/// The verdicts of a directive for Traefik, the api-gateway and the ingress-gateway, by its line.
fn verdicts(report: &Report, line: u32, directive: &str) -> [&'static str; 3] {
    let found = report.directives.iter().find(|d| d.line == line && d.directive == directive).unwrap();
    let value = serde_json::to_value(&found.verdict).unwrap();
    TARGETS.map(|target| match value[target.name()].as_str().unwrap() {
        "carried over" => "carried",
        "cannot be carried over" => "cannot",
        _ => "otherwise",
    })
}

#[test]
fn a_condition_over_a_map_is_a_route_for_each_value_and_one_over_files_is_none() {
    let report = report(
        "events {}\nhttp {\nmap $http_user_agent $bad { default 0; ~*(bot|crawl) 1; }\nmap $http_x_env $env { default \"\"; staging stg; }\n\
         server { listen 8081;\n\
         location /bots {\nif ($bad) {\nreturn 403; }\nproxy_pass http://10.0.0.1; }\n\
         location /e {\nif ($env = stg) {\nproxy_pass http://10.0.0.2; }\nproxy_pass http://10.0.0.1; }\n\
         location /f {\nif (-f $request_filename) { break; }\nproxy_pass http://10.0.0.1; }\n\
         location /blog {\nrewrite ^/blog/(\\d+)$ /post?id=$1 last;\nproxy_pass http://10.0.0.1; }\n\
         location /s {\nif ($scheme = http) { return 301 https://$host$request_uri; }\nproxy_pass http://10.0.0.1; }\n\
         location /v {\nif ($uri = /v/deny) { return 403; }\nproxy_pass http://10.0.0.1; }\n} }\n",
    );
    assert_eq!(verdicts(&report, 7, "if"), ["carried", "cannot", "cannot"], "a guard");
    assert_eq!(verdicts(&report, 8, "return"), ["carried", "cannot", "cannot"]);
    assert_eq!(verdicts(&report, 11, "if"), ["carried"; 3]);
    assert_eq!(verdicts(&report, 15, "if"), ["cannot"; 3]);
    assert_eq!(verdicts(&report, 18, "rewrite"), ["cannot"; 3], "what an ingress gateway would leave undone");
    assert_eq!(verdicts(&report, 21, "return"), ["carried", "cannot", "cannot"]);
    assert_eq!(verdicts(&report, 24, "if"), ["carried", "cannot", "cannot"], "one path");
    let bots = report.routes.iter().filter(|r| r.path.contains("/bots")).collect::<Vec<_>>();
    assert!(bots.len() >= 2 && bots[0].conditions[0].to_lowercase().contains("user-agent"), "{bots:?}");
    let untold: usize = report.self_check.iter().map(|c| c.unexpected_differences).sum();
    assert_eq!(untold, 0, "{:?}", report.self_check.iter().map(|c| &c.differences).collect::<Vec<_>>());
}

#[test]
fn what_stands_behind_a_rewrite_that_cannot_be_followed_is_not_known() {
    let report = report(
        "events {}\nhttp {\nserver { listen 8081;\n\
         location /d/ {\nrewrite ^ $request_uri;\nrewrite ^/d/(.*) /$1 break;\nreturn 400;\nproxy_pass http://10.0.0.1/$uri; }\n\
         location /k/ {\nrewrite ^/k/(.*) /$1 break;\nproxy_pass http://10.0.0.1; }\n} }\n",
    );
    for (line, directive) in [(5, "rewrite"), (6, "rewrite"), (7, "return")] {
        let found = report.directives.iter().find(|d| d.line == line && d.directive == directive).unwrap();
        let value = serde_json::to_value(found).unwrap();
        assert_eq!(verdicts(&report, line, directive), ["cannot"; 3], "{value}");
        let text = value.to_string();
        assert!(text.contains("only known of a request") && !text.contains("lost-guard"), "{text}");
    }
    assert_eq!(verdicts(&report, 10, "rewrite"), ["carried"; 3]);
}

/// The verdicts of the directives of a name, in one letter for each target: carried, with a difference, lost, irrelevant.
fn letters(report: &Report, line: u32, directive: &str) -> String {
    let found = report.directives.iter().find(|d| d.line == line && d.directive == directive).unwrap();
    let letter = |phrase: &str| match phrase {
        "carried over" => 'C',
        "carried over with a difference" => 'D',
        "cannot be carried over" => 'X',
        _ => '-',
    };
    TARGETS.iter().map(|target| letter(found.verdict[target.name()])).collect()
}

fn untold(report: &Report) -> Vec<String> {
    let all = report.self_check.iter().flat_map(|check| &check.differences);
    all.filter(|d| d.because.is_none()).map(|d| format!("{}: {} / {}", d.request, d.nginx, d.after)).collect()
}

#[test]
fn nothing_in_an_if_that_no_route_asks_for_is_carried_over() {
    let report = report(
        "events {}\nhttp {\ngeo $block { default 0; 10.0.0.0/8 1; }\n\
         server { listen 8081;\nif ($block) {\nreturn 403; }\n\
         location / {\nif ($args ~ token) {\nrewrite ^/(.*)$ /x/$1 break;\nproxy_set_header X-A b;\nproxy_pass http://10.0.0.2; }\n\
         set $known 1;\nif ($unknown) { return 410; }\nif ($never = a) {\nreturn 403; }\nproxy_pass http://10.0.0.1; }\n\
         set $never \"\";\n} }\n",
    );
    assert_eq!(letters(&report, 5, "if"), "XXX");
    assert_eq!(letters(&report, 6, "return"), "XXX");
    for (line, name) in [(9, "rewrite"), (10, "proxy_set_header"), (11, "proxy_pass")] {
        assert_eq!(letters(&report, line, name), "XXX", "{name}");
    }
    let guard = report.refusals.iter().find(|r| r.id == "lost-guard@nginx.conf:6").unwrap();
    assert_eq!(guard.targets.len(), 3, "{guard:?}");
    assert_eq!(letters(&report, 16, "proxy_pass"), "CCC");
    // What nothing has set is empty, and such a condition never holds.
    assert!(!report.routes.iter().any(|r| r.conditions.iter().any(|c| c.contains("never"))));
}

#[test]
fn guards_of_other_methods_statuses_and_counts_are_told_as_they_are_written() {
    let text = "events {}\nhttp {\nlimit_conn_zone $binary_remote_addr zone=a:1m;\nlimit_req_zone $http_x_key zone=k:1m rate=5r/s;\n\
         server { listen 8081;\n\
         location / {\nlimit_except GET {\nallow 10.0.0.0/8;\ndeny all; }\nlimit_conn a 4;\nlimit_req zone=k;\nproxy_pass http://10.0.0.1; }\n\
         location /gone {\nreturn 410; }\n\
         location /text {\nreturn 404 \"no\"; }\n\
         location /odd {\nreturn 499; }\n} }\n";
    let config = Config::of_text("nginx.conf", text).unwrap();
    let migration =
        migrate(&config, &MigrationRequest { targets: TARGETS.to_vec(), ..MigrationRequest::default() });
    let report = &migration.report;
    assert_eq!(letters(report, 7, "limit_except"), "CDD");
    assert_eq!(letters(report, 8, "allow"), "CXX");
    assert_eq!(letters(report, 14, "return"), "CXX");
    assert_eq!(letters(report, 16, "return"), "DXX");
    assert_eq!(letters(report, 18, "return"), "DXX");
    assert_eq!(untold(report), Vec::<String>::new());
    let of = |target: &str| {
        let found = migration.emitted.iter().find(|(t, _)| t.name() == target).unwrap();
        serde_json::to_string(&found.1.documents).unwrap()
    };
    let traefik = of("traefik");
    for part in [
        r#""amount":4,"sourceCriterion":{"ipStrategy":{"depth":0}}"#,
        r#""sourceCriterion":{"requestHeaderName":"X-Key"}"#,
        r#""rejectStatusCode":410"#,
        r#""ipAllowList":{"sourceRange":["10.0.0.0/8"]}"#,
    ] {
        assert!(traefik.contains(part), "{part} in {traefik}");
    }
    assert!(!traefik.contains("499"), "{traefik}");
    // No gateway of Consul's asks who may use the other methods: nobody may.
    assert!(of("ingress-gateway").contains("fleet-closed"));
}

#[test]
fn paths_hosts_and_values_that_are_known_are_carried_over() {
    let report = report(
        "events {}\nhttp {\ngeoip2 /db.mmdb {\n$country default=US country iso_code; }\n\
         split_clients $request_id $sample {\n5% 1; * 0; }\n\
         server { listen 8081;\n\
         rewrite ^/shop(/.*)?$ https://shop.example.com$1 permanent;\n\
         rewrite ^/feed$ /rss.xml break;\n\
         location /fix {\nrewrite ^ /fixed break;\nproxy_pass http://10.0.0.1; }\n\
         location /p {\nreturn 302 https://$host:8443$request_uri; }\n\
         location /s {\nproxy_set_header X-S $sample;\nproxy_pass https://10.0.0.3; }\n\
         location /t {\nset $target \"\";\nproxy_pass http://$target; }\n\
         location /e {\nexpires $e;\nproxy_pass_request_headers on;\nproxy_pass http://10.0.0.1; }\n\
         location /app/ {\nproxy_pass http://10.0.0.1;\nlocation /app/admin/ { deny all; } location ^~ /app/raw/ { proxy_pass http://10.0.0.2; } }\n\
         location ~ [[:digit:]]+$ { proxy_pass http://10.0.0.4; }\n\
         location / { proxy_pass http://10.0.0.1; }\n} }\n",
    );
    for (line, name, expected) in [
        (3, "geoip2", "XXX"),
        (5, "split_clients", "XXX"),
        (6, "5%", "XXX"),
        (8, "rewrite", "CXX"),
        (9, "rewrite", "CCC"),
        (11, "rewrite", "CXX"),
        (14, "return", "CXX"),
        (20, "proxy_pass", "XXX"),
        (22, "expires", "XXX"),
        (23, "proxy_pass_request_headers", "CCC"),
    ] {
        assert_eq!(letters(&report, line, name), expected, "{line} {name}");
    }
    assert_eq!(untold(&report), Vec::<String>::new());
}

/// Asked of nginx 1.22: an address with a variable in it is sent as it comes out, query and all, whatever was rewritten before.
#[test]
fn an_address_with_variables_is_sent_as_it_comes_out() {
    let conf = "events {}\nhttp { upstream a { server 10.0.0.1:80; } server { listen 8081;\n\
        location /h/ { set $h a; proxy_pass http://$h/y; }\n\
        location /i/ { set $h a; rewrite ^ /zz break; proxy_pass http://$h/y; }\n\
        location /j/ { set $p /x; proxy_pass http://a/q$p; }\n\
        location /k/ { set $p /x; rewrite ^ /zz break; proxy_pass http://a$p; }\n\
        location /l/ { set $p /x; proxy_pass http://a$p$is_args$args; }\n\
        location /m/ { set $h a; proxy_pass http://$h; } } }\n";
    let config = Config::of_text("nginx.conf", conf).unwrap();
    let sites = Sites::new(&config);
    for (target, sent) in [
        ("/h/z?a=1", "/y"),
        ("/i/z", "/y"),
        ("/j/z", "/q/x"),
        ("/k/z", "/x"),
        ("/l/z?a=1", "/x?a=1"),
        ("/m//x%2F?z", "/m//x%2F?z"),
    ] {
        let request = Request {
            port: 8081,
            method: "GET".to_owned(),
            target: target.to_owned(),
            host: "a.example.com".to_owned(),
            headers: Vec::new(),
            peer: "127.0.0.1".to_owned(),
        };
        let NginxAnswer::Proxied(got) = answer(&sites, &request) else { panic!("{target}") };
        assert_eq!((got.pool.as_str(), got.target.as_str()), ("a", sent), "{target}");
    }
    assert_eq!(untold(&report(conf)), Vec::<String>::new());
}

#[test]
fn what_everybody_writes_is_carried_over() {
    let report = report(
        "events {}\nhttp {\nserver { listen 8081; server_name a.b;\nreturn 301 https://www.$host$request_uri; }\n\
         server { listen 8082; server_name a.b;\nrewrite ^(.*)$ https://$server_name$1 permanent; }\n\
         server { listen 8083; location /x {\nrewrite ^/x(/.*)$ $1 break;\nproxy_pass http://10.0.0.1; }\n\
         location /y/ {\nrewrite /y/(.*) /$1 break;\nproxy_pass http://10.0.0.1; }\n\
         location ~ ^/v(\\d+)/(.*)$ {\nproxy_pass http://10.0.0.1/$2?$args; } } }\n",
    );
    for (line, name, expected) in [
        (4, "return", "CXX"),
        (6, "rewrite", "CXX"),
        (8, "rewrite", "CCC"),
        (11, "rewrite", "CCC"),
        (14, "proxy_pass", "DXX"),
    ] {
        assert_eq!(letters(&report, line, name), expected, "{line} {name}");
    }
    assert_eq!(untold(&report), Vec::<String>::new());
}

#[test]
fn reports_are_written_in_every_form() {
    let home = tempfile::tempdir().unwrap();
    std::fs::copy(fixtures().join("cases/01-seed-ports/nginx.conf"), home.path().join("nginx.conf")).unwrap();
    let fleet = Fleet::new(home.path());
    for (file, holds) in [
        ("r.html", "<h2>Which target loses what</h2>"),
        ("r.md", "| target | carried over |"),
        ("r.json", "\"self_check\""),
    ] {
        let ran = fleet.run(&["migrate", "nginx", "nginx.conf", "--to", "traefik", "--report", file]);
        assert_eq!(ran.code, 0, "{ran}");
        let text = std::fs::read_to_string(home.path().join(file)).unwrap();
        assert!(text.contains(holds), "{file}");
    }
    let ran = fleet.run(&["migrate", "nginx", "nginx.conf", "--report", "r.txt"]);
    assert_eq!(ran.code, 2, "{ran}");
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    let fleet = Fleet::new(home.path());
    std::fs::write(home.path().join("bad.conf"), "http {\n  server {\n    listen 80\n  }\n}\n").unwrap();
    std::fs::write(home.path().join("template.conf"), "upstream a {\n{{ range service \"web\" }}\n}\n")
        .unwrap();
    let bad = fleet.run(&["migrate", "nginx", "bad.conf"]);
    assert_eq!(bad.code, 2);
    insta::assert_snapshot!(bad.err, @r#"
    error: bad.conf:4: ";" is missing after "listen 80"
      because: line 4: }
    "#);
    let template = fleet.run(&["migrate", "nginx", "template.conf"]);
    assert_eq!(template.code, 2);
    assert!(
        template.err.contains("template.conf:2: this is a template")
            && template.err.contains("render it first"),
        "{template}"
    );
    assert_eq!(fleet.run(&["migrate", "nginx", "nothing.conf"]).code, 3);
}

#[test]
fn includes_are_followed_and_an_empty_one_stops() {
    let home = tempfile::tempdir().unwrap();
    let dir = |name: &str| home.path().join(name);
    std::fs::create_dir_all(dir("conf.d")).unwrap();
    std::fs::write(dir("nginx.conf"), "events {}\nhttp {\n  include conf.d/*.conf;\n  include sites/*;\n}\n")
        .unwrap();
    std::fs::write(
        dir("conf.d/b.conf"),
        "server { listen 82; location / { proxy_pass http://10.0.0.2:80; } }\n",
    )
    .unwrap();
    std::fs::write(
        dir("conf.d/a.conf"),
        "server { listen 81; location / { proxy_pass http://10.0.0.1:80; } }\n",
    )
    .unwrap();
    let fleet = Fleet::new(home.path());
    let ran = fleet.run(&["migrate", "nginx", "nginx.conf", "--to", "traefik", "-o", "json"]);
    assert_eq!(ran.code, 7, "{ran}");
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(view["files"], serde_json::json!(["nginx.conf", "conf.d/a.conf", "conf.d/b.conf"]));
    assert_eq!(view["refusals"][0]["id"], "empty-include@nginx.conf:4");
    let ran = fleet.run(&[
        "migrate",
        "nginx",
        "nginx.conf",
        "--to",
        "traefik",
        "--accept",
        "empty-include@nginx.conf:4",
    ]);
    assert_eq!(ran.code, 0, "{ran}");
}

/// Configurations as they are found: none has a directive nobody knows, and what is emitted does what nginx does.
#[test]
fn real_configurations_are_understood() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(fixtures().join("real")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = report(&std::fs::read_to_string(&path).unwrap());
        count += 1;
        for refusal in
            report.refusals.iter().filter(|r| matches!(r.risk.name(), "unknown-directive" | "self-check"))
        {
            wrong.push(format!("{name}: {} {}", refusal.id, refusal.directive));
        }
        for check in &report.self_check {
            for d in check.differences.iter().filter(|d| d.because.is_none()) {
                wrong.push(format!("{name} {}: {d:?}", check.target.name()));
            }
        }
    }
    assert!(count >= 10, "{count}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a gateway cannot ask of a request is never told as carried over, and what it would let in or send elsewhere stands in the way.
#[test]
fn what_cannot_be_asked_is_lost_and_stands_in_the_way() {
    let report = report(
        "events {}\nhttp {\nmap $http_origin $cors { default \"\"; ~x $http_origin; }\n\
         server { listen 8081;\n\
         if ($http_user_agent ~ \"^docker/(?!2)\") {\nreturn 404; }\n\
         if ($http_x_token !~ ^abc$) {\nreturn 403; }\n\
         if ($host = old.test) {\nreturn 301 https://new.test$request_uri; }\n\
         location /a { add_header X-O $cors; proxy_pass http://10.0.0.1; }\n\
         location = /healthz {\nreturn 200 ok; }\n\
         location @down { proxy_pass http://10.0.0.2; }\n\
         location /v/ { set $p one; if ($arg_x) { set $p two; }\nproxy_pass http://$p; }\n\
         location / { proxy_pass http://10.0.0.1; } } }",
    );
    assert_eq!(verdicts(&report, 5, "if"), ["cannot"; 3], "no look-ahead");
    assert_eq!(verdicts(&report, 7, "if"), ["carried", "cannot", "cannot"]);
    assert_eq!(verdicts(&report, 9, "if"), ["carried", "cannot", "cannot"]);
    assert_eq!(verdicts(&report, 3, "map"), ["cannot"; 3], "only a header is made of it");
    assert_eq!(verdicts(&report, 14, "proxy_pass"), ["cannot"; 3], "nobody comes to a named location");
    assert_eq!(verdicts(&report, 16, "proxy_pass"), ["carried"; 3], "both values are known");
    let ids: Vec<&str> = report.refusals.iter().map(|r| r.id.as_str()).collect();
    assert!(ids.contains(&"not-re2@nginx.conf:5"), "{ids:?}");
    let config = Config::of_text(
        "nginx.conf",
        "events {} http { server { listen 81; location = /healthz { return 200 ok; } location / { proxy_pass http://10.0.0.1; } } }",
    )
    .unwrap();
    let wanted = MigrationRequest { targets: TARGETS.to_vec(), ..MigrationRequest::default() };
    let emitted = migrate(&config, &wanted).emitted;
    let dynamic = emitted[0].1.documents[0].to_string();
    assert!(dynamic.contains("Path(`/healthz`)"), "it must not come to the application by chance: {dynamic}");
}

/// Requests nginx makes by itself are emitted where Traefik makes just the same, and told as work by hand where it does not.
#[test]
fn pages_of_errors_and_copies_are_emitted_where_traefik_has_them() {
    let text = "events {}\nhttp {\nserver { listen 8081;\n\
         proxy_intercept_errors on;\nerror_page 502 504 /sorry;\nerror_page 404 =200 /pages/none.html;\n\
         location / {\nmirror /copy;\nproxy_pass http://10.0.0.1; }\n\
         location /api/ {\nmirror /copy;\nproxy_pass http://10.0.0.1/v1/; }\n\
         location /raw/ {\nproxy_intercept_errors off;\nproxy_pass http://10.0.0.1; }\n\
         location = /sorry {\ninternal;\nproxy_pass http://10.0.0.3/down.html; }\n\
         location /pages/ {\nproxy_pass http://10.0.0.3; }\n\
         location = /copy {\ninternal;\nproxy_set_header X-Copy 1;\nproxy_pass http://10.0.0.2$request_uri; }\n} }\n";
    let config = Config::of_text("nginx.conf", text).unwrap();
    let wanted = MigrationRequest { targets: TARGETS.to_vec(), ..MigrationRequest::default() };
    let migration = migrate(&config, &wanted);
    let (report, http) = (&migration.report, &migration.emitted[0].1.documents[0]["http"]);
    let told =
        |line| verdicts(report, line, config.all.iter().find(|d| d.line == line).unwrap().name.as_str());
    assert_eq!((told(5), told(6)), (["otherwise", "cannot", "cannot"], ["otherwise", "cannot", "cannot"]));
    assert_eq!(
        (told(8), told(11)),
        (["otherwise", "cannot", "cannot"], ["cannot"; 3]),
        "its path is changed"
    );
    assert_eq!((told(17), told(18)), (["carried", "cannot", "cannot"], ["carried", "cannot", "cannot"]));
    assert_eq!(told(23), ["cannot"; 3], "a copy has the headers of its request");
    assert_eq!(told(24), ["carried", "cannot", "cannot"]);
    let router = |path: &str| {
        let mut all = http["routers"].as_object().unwrap().values();
        all.find(|r| r["rule"] == format!("PathPrefix(`{path}`)").as_str()).unwrap().clone()
    };
    let of = |router: &serde_json::Value| {
        let names = router["middlewares"].as_array().cloned().unwrap_or_default();
        let all = names.iter().map(|name| http["middlewares"][name.as_str().unwrap()].clone());
        all.filter(|m| m["errors"].is_object()).map(|m| m["errors"].clone()).collect::<Vec<_>>()
    };
    let pages = of(&router("/"));
    assert_eq!(
        (&pages[0]["status"], &pages[0]["query"]),
        (&serde_json::json!(["502", "504"]), &serde_json::json!("/down.html"))
    );
    assert_eq!(
        (&pages[1]["query"], &pages[1]["statusRewrites"]),
        (&serde_json::json!("/pages/none.html"), &serde_json::json!({"404": 200}))
    );
    assert_eq!(of(&router("/raw/")).len(), 0, "the application's own errors pass");
    let service = &http["services"][router("/")["service"].as_str().unwrap()]["mirroring"];
    let copies = service["mirrors"][0]["name"].as_str().unwrap();
    assert_eq!(http["services"][copies]["loadBalancer"]["servers"][0]["url"], "http://10.0.0.2:80");
    assert!(http["services"][router("/api/")["service"].as_str().unwrap()]["mirroring"].is_null());
    let untold: usize = report.self_check.iter().map(|c| c.unexpected_differences).sum();
    assert_eq!(untold, 0, "{:?}", report.self_check);
}

/// A configuration made up from a seed: servers, locations, rewrites, conditions, whatever the grammar has.
fn made_up(seed: u64) -> String {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut pick = |all: &[&str]| all[rng.usize(..all.len())].to_owned();
    let paths = ["/", "/api/", "/api", "/img/", "/img/raw/", "/a/b/c/", "/x", "/static/", "/v1/"];
    let patterns = [
        r"\.(png|jpe?g)$",
        r"^/u/(\d+)/(.*)$",
        r"^/api/(.*)$",
        r"(?i)\.pdf$",
        r"^/(?!private).*\.doc$",
        r"/admin",
        r"^/t/[a-z]+$",
    ];
    let targets =
        ["http://a", "http://b/", "http://b/v2/", "http://10.0.0.9:81", "http://a/x?y=1", "https://b"];
    let inner = [
        "proxy_read_timeout 30s;",
        "client_max_body_size 5m;",
        "gzip on;",
        "add_header X-A 1 always;",
        "proxy_set_header X-B $host;",
        "proxy_set_header Host $host;",
        "allow 10.0.0.0/8; deny all;",
        "auth_basic off;",
        "limit_req zone=z burst=3;",
        "expires 1h;",
        "rewrite ^/api/(.*)$ /v1/$1 last;",
        "rewrite ^/x(.*)$ /y$1 break;",
        "rewrite ^/a/(.*)/(.*)$ /b?p=$1&q=$2 break;",
        "if ($request_method = POST) { return 405; }",
        "if ($http_x_beta = 1) { proxy_pass http://b; }",
        "if ($arg_v ~ ^2) { set $up b; }",
        "limit_except GET { deny all; }",
        "error_page 404 /e;",
        "nonsense_directive on;",
        "proxy_next_upstream error timeout http_503;",
        "internal;",
        "proxy_buffering off;",
        "sub_filter a b;",
    ];
    let mut out = String::from(
        "events { worker_connections 64; }\nhttp {\n  limit_req_zone $binary_remote_addr zone=z:1m rate=5r/s;\n  upstream a { server \
         10.0.0.1:80 weight=2; server 10.0.0.2:80 backup; }\n  upstream b { least_conn; server 10.0.0.3:80 max_fails=2; keepalive 4; }\n  \
         map $http_x_side $side { default a; ~*^b b; two b; }\n  split_clients $remote_addr $half { 30% a; * b; }\n",
    );
    for port in 0..1 + seed % 3 {
        out.push_str(&format!(
            "  server {{\n    listen 808{port};\n    server_name {};\n",
            pick(&["a.test", "*.a.test", "_", "~^(?<n>.+)\\.b\\.test$", ".c.test b.test"])
        ));
        if seed.is_multiple_of(4) {
            out.push_str(&format!(
                "    {}\n",
                pick(&[
                    "rewrite ^/old/(.*)$ /api/$1 last;",
                    "rewrite ^/legacy/(.*)$ https://x.test/$1 permanent;",
                    "if ($host = www.a.test) { return 301 https://a.test$request_uri; }"
                ])
            ));
        }
        let mut used = Vec::new();
        for _ in 0..6 {
            let (sign, path) = match pick(&["", "", "=", "^~", "~", "~*"]).as_str() {
                s @ ("~" | "~*") => (s.to_owned(), format!("\"{}\"", pick(&patterns))),
                s => (s.to_owned(), pick(&paths)),
            };
            // nginx takes a path once, whether it ends the search or not.
            let once = (sign.trim_start_matches("^~").to_owned(), path.clone());
            if used.contains(&once) {
                continue;
            }
            used.push(once);
            let body = match pick(&["pass", "pass", "pass", "return", "redirect", "files", "side", "nested"])
                .as_str()
            {
                "return" => {
                    pick(&["return 403;", "return 404;", "return 200 ok;", "return 444;", "return 503;"])
                }
                "redirect" => pick(&[
                    "return 301 https://$host$request_uri;",
                    "return 302 /y;",
                    "rewrite ^/(.*)$ /z/$1 permanent;",
                ]),
                "files" => pick(&["root /srv;", "try_files $uri /index.html;", "fastcgi_pass unix:/x.sock;"]),
                "side" => pick(&[
                    "proxy_pass http://$side;",
                    "proxy_pass http://$half;",
                    "proxy_pass http://$unknown;",
                ]),
                "nested" => format!(
                    "proxy_pass http://a; location ~ \"{}\" {{ proxy_pass http://b; }}",
                    pick(&patterns)
                ),
                _ => format!(
                    "proxy_pass {};",
                    if sign.starts_with('~') { "http://a".to_owned() } else { pick(&targets) }
                ),
            };
            out.push_str(&format!(
                "    location {sign} {path} {{ {} {} {body} }}\n",
                pick(&inner),
                pick(&inner)
            ));
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out
}

#[test]
fn sixty_made_up_configurations_leave_nothing_unsaid() {
    for seed in 0..60 {
        let text = made_up(seed);
        let report = report(&text);
        let directives = text.matches(" server {").count();
        assert!(directives > 0 && !report.directives.is_empty());
        for d in &report.directives {
            assert_eq!((d.verdict.len(), d.line > 0), (3, true), "{seed}: {d:?}");
            let lost = d
                .verdict
                .values()
                .any(|v| *v == "cannot be carried over" || *v == "carried over with a difference");
            assert!(!lost || !d.note.is_empty(), "{seed}: {d:?} says nothing");
        }
        // What does not answer as nginx does is never written unsaid: it stands in the way.
        for check in &report.self_check {
            let stands = report
                .refusals
                .iter()
                .any(|r| r.risk.name() == "self-check" && r.targets.contains(&check.target));
            assert_eq!(check.unexpected_differences > 0, stands, "{seed}: {:#?}", check.differences);
        }
    }
}

fn nginx_binary() -> Option<&'static str> {
    ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|p| Path::new(p).exists())
}

/// The application of the cases: it does what the query says.
fn application(name: &str) -> impl Fn(&Seen) -> Says + use<> {
    let name = name.to_owned();
    move |seen: &Seen| {
        let (path, query) = seen.target.split_once('?').unwrap_or((&seen.target, ""));
        let arg = |key: &str| {
            query
                .split('&')
                .filter_map(|p| p.split_once('='))
                .find(|(k, _)| *k == key)
                .map(|(_, v)| v.to_owned())
        };
        let mut status = arg("st").and_then(|s| s.parse().ok()).unwrap_or(200);
        if path == "/check" {
            status = seen.header("x-auth").and_then(|s| s.parse().ok()).unwrap_or(200);
        }
        if let Some(seconds) = arg("sl").and_then(|s| s.parse::<f64>().ok()) {
            #[expect(clippy::disallowed_methods, reason = "the application is slow on purpose")]
            std::thread::sleep(std::time::Duration::from_secs_f64(seconds));
        }
        let line = format!("{} {}", seen.method, seen.target);
        Some((
            status,
            vec![("X-Backend".to_owned(), name.clone()), ("X-Line".to_owned(), line)],
            "{}".to_owned(),
        ))
    }
}

struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// One exchange by hand: nothing between the test and nginx tidies the path up.
fn exchange(address: &str, asked: &serde_json::Value) -> Option<(u16, Vec<(String, String)>)> {
    use std::io::{Read as _, Write as _};
    let mut line = std::net::TcpStream::connect(address).ok()?;
    let text = |key: &str| asked[key].as_str().unwrap_or_default();
    let length = asked["body_len"].as_u64().unwrap_or(0);
    let mut out = format!(
        "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        text("method"),
        text("target"),
        text("host")
    );
    for header in asked["headers"].as_array().into_iter().flatten() {
        out.push_str(&format!("{}: {}\r\n", header[0].as_str()?, header[1].as_str()?));
    }
    if length > 0 {
        out.push_str(&format!("Content-Length: {length}\r\n"));
    }
    out.push_str("\r\n");
    out.push_str(&"x".repeat(usize::try_from(length).ok()?));
    // A server that has heard enough closes before it read all.
    drop(line.write_all(out.as_bytes()));
    let mut answer = Vec::new();
    drop(line.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let mut lines = answer.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .take_while(|l| !l.is_empty())
        .filter_map(|l| l.split_once(": "))
        .map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned()));
    Some((status, headers.collect()))
}

/// nginx itself, where it is installed, still answers as it was recorded.
#[test]
fn nginx_answers_as_it_was_recorded() {
    let Some(binary) = nginx_binary() else {
        println!("skipped: nginx is not installed");
        return;
    };
    let own = |text: &str| text.replace("10.20.0.", "127.155.27.");
    for n in [11, 12, 13, 14] {
        serve(&format!("127.155.27.{n}:8080"), application(&format!("127.155.27.{n}:8080")));
    }
    serve("127.155.27.66:8080", |_: &Seen| None);
    let mut wrong = Vec::new();
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(fixtures().join("cases")).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    for (at, case) in cases.iter().enumerate() {
        let home = tempfile::tempdir().unwrap();
        let front = format!("127.155.27.{}", 101 + at);
        let text = std::fs::read_to_string(case.join("nginx.conf")).unwrap();
        let mut text = own(&text);
        for port in [8081, 8082, 8083] {
            text = text.replace(&format!("listen {port}"), &format!("listen {front}:{port}"));
        }
        let dir = home.path().display();
        let temps: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|n| format!("{n}_temp_path {dir}/{n};"))
            .collect();
        text = text.replacen("http {", &format!("http {{ access_log off; {temps}"), 1);
        std::fs::write(home.path().join("nginx.conf"), text).unwrap();
        drop(std::fs::copy(case.join("htpasswd"), home.path().join("htpasswd")));
        let globals = format!("daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;");
        let child = Command::new(binary)
            .args(["-p", &dir.to_string(), "-c", "nginx.conf", "-g", &globals])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let nginx = Nginx(child);
        let mut ready = false;
        for _ in 0..200 {
            ready = std::net::TcpStream::connect(format!("{front}:8081")).is_ok();
            if ready {
                break;
            }
            #[expect(clippy::disallowed_methods, reason = "another process has to come up")]
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        assert!(
            ready,
            "{}: {}",
            case.display(),
            std::fs::read_to_string(home.path().join("error.log")).unwrap_or_default()
        );
        let oracle: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(case.join("oracle.json")).unwrap()).unwrap();
        for entry in oracle.as_array().unwrap() {
            let asked = &entry["request"];
            let got = exchange(&format!("{front}:{}", asked["port"]), asked);
            let status = entry["response"]["status"].as_u64().map(|s| u16::try_from(s).unwrap());
            let header = |name: &str| {
                got.as_ref().and_then(|(_, h)| h.iter().find(|(n, _)| n == name)).map(|(_, v)| v.clone())
            };
            let location = entry["response"]["headers"]["location"].as_str().map(str::to_owned);
            let server = entry["upstream"]["server"].as_str().map(own);
            let line = entry["upstream"]["line"].as_str().map(str::to_owned);
            let same = got.as_ref().map(|(s, _)| *s) == status
                && header("location") == location
                && (server.is_none() || (header("x-backend") == server && header("x-line") == line));
            if !same {
                wrong.push(format!("{}: {asked} → {got:?}, not {}", case.display(), entry["response"]));
            }
        }
        drop(nginx);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
