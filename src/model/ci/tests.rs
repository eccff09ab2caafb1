//! What the variables of a pipeline come to.

use super::*;

fn resolved(vars: &[(&str, &str)]) -> Resolved {
    resolve(&vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()).unwrap()
}

fn gitlab(branch: &str, domain: &str, project: &str, more: &[(&str, &str)]) -> Resolved {
    let name = project.split_once('-').unwrap().1;
    let own = [
        ("CI_COMMIT_REF_SLUG", branch),
        ("BASE_DOMAIN", domain),
        ("CI_PROJECT_PATH_SLUG", project),
        ("CI_PROJECT_NAME", name),
    ];
    resolved(&[&own[..], more].concat())
}

/// What is deployed, in the order of [`Case`]'s expectations.
fn told(r: &Resolved) -> (String, String, String, Option<&'static str>) {
    let goes = match (r.production, r.staging) {
        (true, true) => "production+staging ",
        (true, false) => "production ",
        (false, true) => "staging ",
        (false, false) => "",
    };
    (format!("{goes}{}", r.slug), r.hostnames.join(" "), r.nomad_addr.clone(), r.token_from)
}

/// Variables → where it goes and the slug, the host names, the address, the token's variable.
type Case<'a> = (&'a [(&'a str, &'a str)], (&'a str, &'a str, &'a str, Option<&'a str>));

const MAIN: Option<&str> = Some("NOMAD_TOKEN");
const PROD: Option<&str> = Some("NOMAD_TOKEN_PROD");
const STAGING: Option<&str> = Some("NOMAD_TOKEN_STAGING");

/// What the shell script that this replaces makes of the same variables, run on each of them.
#[rustfmt::skip]
#[test]
fn gitlab_branches_and_domains_say_what_is_deployed_and_where_to() {
    let own = [("BASE_DOMAIN", "dev.example.com"), ("CI_PROJECT_PATH_SLUG", "www-av"), ("CI_PROJECT_NAME", "av")];
    let tokens = [("NOMAD_TOKEN", "m"), ("NOMAD_TOKEN_PROD", "p"), ("NOMAD_TOKEN_STAGING", "s")];
    let b = |name| ("CI_COMMIT_REF_SLUG", name);
    let d = |name| ("BASE_DOMAIN", name);
    let h = |names| ("NOMAD_VAR_HOSTNAMES", names);
    let dev = "https://dev.example.com";
    let cases: &[Case<'_>] = &[
        (&[b("main")], ("www-av", "www-av.dev.example.com", dev, MAIN)),
        (&[b("master")], ("www-av", "www-av.dev.example.com", dev, MAIN)),
        (&[b("production")], ("production www-av", "av.prod.example.com", "https://prod.example.com", PROD)),
        (&[b("staging")], ("staging www-av", "av.staging.example.com", "https://staging.example.com", STAGING)),
        (&[b("production"), ("NOMAD_TOKEN_PROD", "")], ("production www-av", "av.prod.example.com", "https://prod.example.com", MAIN)),
        (&[b("staging"), ("NOMAD_TOKEN_STAGING", "")], ("staging www-av", "av.staging.example.com", "https://staging.example.com", MAIN)),
        (&[b("tofu")], ("www-av-tofu", "www-av-tofu.dev.example.com", dev, MAIN)),
        (&[b("production-ait")], ("www-av-production-ait", "www-av-production-ait.dev.example.com", dev, MAIN)),
        (&[b("main"), h("[\"av1\", \"av2.dweb.me\",\"example.net\"]")], ("www-av", "av1.dev.example.com av2.dweb.me example.net", dev, MAIN)),
        (&[b("tofu"), h("[\"av\"]")], ("www-av-tofu", "www-av-tofu.dev.example.com", dev, MAIN)),
        (&[b("production"), h("[\"av\"]")], ("production www-av", "av.prod.example.com", "https://prod.example.com", PROD)),
        (&[b("staging"), h("[\"www.example.com\", \"x\"]")], ("staging www-av", "www.example.com x.staging.example.com", "https://staging.example.com", STAGING)),
        (&[b("main"), h("")], ("www-av", "www-av.dev.example.com", dev, MAIN)),
        (&[b("main"), d(""), ("NOMAD_ADDR", "https://n"), h("[\"a\", \"b.c\"]")], ("www-av", "a b.c", "https://n", MAIN)),
        (&[b("avinfo"), d("prod.example.com"), h("[\"avinfo\"]")], ("production www-av-avinfo", "avinfo.prod.example.com", "https://prod.example.com", PROD)),
        (&[b("avinfo"), d("prod.example.com")], ("production www-av-avinfo", "av.prod.example.com", "https://prod.example.com", PROD)),
        (&[b("main"), d("prod.example.com")], ("production www-av", "av.prod.example.com", "https://prod.example.com", PROD)),
        (&[b("production"), d("prod.example.com")], ("production www-av", "av.prod.example.com", "https://prod.example.com", PROD)),
        (&[b("staging"), d("prod.example.com")], ("production+staging www-av", "av.prod.example.com", "https://prod.example.com", PROD)),
        (&[b("production"), d("localhost")], ("production www-av", "av.prod.localhost", "https://prod.localhost", PROD)),
        (&[b("main"), d("prod")], ("production www-av", "av.prod.prod", "https://prod.prod", PROD)),
        (&[b("ext"), d("ext.example.com"), ("CI_MAIN_STYLE", "1"), ("NOMAD_ADDR", "https://ux.example.com"), h("[\"esm\"]")], ("www-av", "esm.ext.example.com", "https://ux.example.com", MAIN)),
        (&[b("production"), ("CI_MAIN_STYLE", "1")], ("www-av", "www-av.dev.example.com", dev, MAIN)),
        (&[b("production"), ("NOMAD_ADDR", "https://other:4646")], ("production www-av", "av.prod.example.com", "https://other:4646", PROD)),
        (&[b("x"), ("CI_PROJECT_PATH_SLUG", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b--c")], ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b.dev.example.com", dev, MAIN)),
        (&[b("main"), ("NOMAD_TOKEN", "")], ("www-av", "www-av.dev.example.com", dev, None)),
    ];
    for (more, (slug, hosts, addr, token)) in cases {
        let found = resolved(&[&own[..], &tokens, more].concat());
        assert_eq!(told(&found), ((*slug).to_owned(), (*hosts).to_owned(), (*addr).to_owned(), *token), "{more:?}");
    }
}

#[rustfmt::skip]
#[test]
fn github_repositories_and_branches_say_the_same() {
    let own = [("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "Org/Dyno.X"), ("BASE_DOMAIN", "ux.example.com"), ("NOMAD_TOKEN", "m")];
    let r = |name| ("GITHUB_REF_NAME", name);
    // Repository or branch → slug, image, project's name.
    type Case<'a> = (&'a [(&'a str, &'a str)], [&'a str; 3]);
    let cases: &[Case<'_>] = &[
        (&[r("main")], ["org-dyno-x", "ghcr.io/org/dyno.x:main", "dyno.x"]),
        (&[r("staging")], ["org-dyno-x", "ghcr.io/org/dyno.x:staging", "dyno.x"]),
        (&[r("tofu")], ["org-dyno-x-tofu", "ghcr.io/org/dyno.x:tofu", "dyno.x"]),
        (&[r("JIRA-12")], ["org-dyno-x-JIRA-12", "ghcr.io/org/dyno.x:JIRA-12", "dyno.x"]),
        (&[r("main"), ("GITHUB_REPOSITORY", "Org/My_Repo.js")], ["org-myrepo-js", "ghcr.io/org/my_repo.js:main", "my_repo.js"]),
        // No job, service or host name can have these in it.
        (&[r("feature/My_Thing")], ["org-dyno-x-feature-my-thing", "ghcr.io/org/dyno.x:feature-My_Thing", "dyno.x"]),
        (&[r("v1.2.3")], ["org-dyno-x-v1-2-3", "ghcr.io/org/dyno.x:v1.2.3", "dyno.x"]),
        (&[r("fix#12&&_")], ["org-dyno-x-fix-12", "ghcr.io/org/dyno.x:fix-12--_", "dyno.x"]),
    ];
    for (more, [slug, image, name]) in cases {
        let found = resolved(&[&own[..], more].concat());
        let of = |name: &str| found.variables[name].as_str();
        assert_eq!([found.slug.as_str(), of("CI_GITHUB_IMAGE"), of("CI_PROJECT_NAME")], [*slug, *image, *name], "{more:?}");
    }
}

#[test]
fn what_a_job_gets_to_know_of_its_pipeline() {
    let vars = [
        ("CI_COMMIT_SHA", "0123abcd"),
        ("CI_COMMIT_MESSAGE", "\"; rm -rf"),
        ("CI_REGISTRY_READ_TOKEN", "0"),
        ("CI_REGISTRY_USER", "ci"),
        ("NOMAD_VAR_BUILD_DEPLOY", "Dockerfile.deploy"),
        ("NOMAD_VAR_CHECK_PATH", ""),
        ("NOMAD_VAR_PORTS", "{ 9999 = \"http\" }"),
    ];
    let of = gitlab("main", "dev.example.com", "www-av", &vars).variables;
    for (name, value) in [
        ("CI_REGISTRY_TAG", "0123abcd-deploy"),
        ("CI_REGISTRY_READ_TOKEN", ""),
        ("CI_REGISTRY_USER", "ci"),
        ("CI_COMMIT_TAG", ""),
        ("CHECK_PATH", ""),
        ("PORTS", "{ 9999 = \"http\" }"),
        ("SLUG", "www-av"),
        ("HOSTNAMES", "[\"www-av.dev.example.com\"]"),
    ] {
        assert_eq!(of.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert!(!of.contains_key("CI_COMMIT_MESSAGE") && !of.contains_key("HAS_SECRETS"));
}

#[test]
fn one_domain_has_podman_but_for_two_clusters() {
    let of = |addr: &str, more: &[(&str, &str)]| {
        gitlab("main", "x.example.com", "www-av", &[&[("NOMAD_ADDR", addr)], more].concat()).podman
    };
    assert!(of("https://dev.archive.org", &[]) && of("http://prod.archive.org", &[]));
    assert!(!of("https://prod.archive.org", &[]) && !of("https://staging.archive.org", &[]));
    assert!(!of("https://dev.archive.org:4646", &[]) && !of("https://dev.example.com", &[]));
    assert!(of("https://dev.example.com", &[("NOMAD_VAR_DEPLOY_WITH_PODMAN", "true")]));
}

#[test]
fn github_is_told_in_the_words_of_gitlab() {
    let found = resolved(&[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "InternetArchive/Emularity.Engine"),
        ("GITHUB_REF_NAME", "main"),
        ("BASE_DOMAIN", "ux-b.example.com"),
        ("NOMAD_TOKEN", "x"),
        ("NOMAD_VAR_EMPTY", ""),
    ]);
    assert_eq!(found.slug, "internetarchive-emularity-engine");
    assert_eq!(found.variables["CI_GITHUB_IMAGE"], "ghcr.io/internetarchive/emularity.engine:main");
    assert_eq!((found.variables["FORCE_PULL"].as_str(), found.token_from), ("true", Some("NOMAD_TOKEN")));
    assert!(!found.variables.contains_key("EMPTY"));
    let without =
        resolved(&[("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "a/b"), ("GITHUB_REF_NAME", "main")]);
    assert!(without.skip.unwrap().contains("NOMAD_TOKEN"));
}

#[test]
fn production_has_its_own_token_and_three_instances() {
    let tokens = [("NOMAD_TOKEN", "a"), ("NOMAD_TOKEN_PROD", "b"), ("NOMAD_TOKEN_STAGING", "c")];
    let of = |branch: &str| gitlab(branch, "dev.example.com", "www-av", &tokens);
    assert_eq!(
        (of("production").token_from, of("staging").token_from, of("main").token_from),
        (Some("NOMAD_TOKEN_PROD"), Some("NOMAD_TOKEN_STAGING"), Some("NOMAD_TOKEN"))
    );
    assert_eq!(of("production").variables["COUNT"], "3");
    assert!(!of("staging").variables.contains_key("COUNT"));
}

#[test]
fn secrets_are_variables_of_a_name_or_one_json_object() {
    let found = gitlab(
        "main",
        "dev.example.com",
        "www-av",
        &[("NOMAD_SECRET_DB", "hunter22"), ("CI_REGISTRY_PASSWORD", "hunter33")],
    );
    assert_eq!(found.variables["HAS_SECRETS"], "[true]");
    assert_eq!(secret_lines(&found.secrets), "DB='hunter22'\n");
    let lines = |value: &str| secret_lines(&Vars::from([("A".to_owned(), value.to_owned())]));
    assert_eq!(lines("a #$`\"\\b"), "A='a #$`\"\\b'\n");
    assert_eq!(lines("it's \"1\"\\\r\n\t\u{1b}é"), "A=\"it's \\\"1\\\"\\\\\\r\\n\\t\\u001bé\"\n");
    let empty = gitlab("main", "d.e", "www-av", &[("NOMAD_SECRET_DB", "")]);
    assert_eq!((empty.secrets["DB"].as_str(), empty.variables["HAS_SECRETS"].as_str()), ("", "[true]"));
    let from_json = gitlab("main", "d.e", "www-av", &[("NOMAD_SECRETS", "{\"A\": \"x\", \"B\": 1}")]);
    assert_eq!(from_json.secrets.keys().collect::<Vec<_>>(), ["A", "B"]);
    assert!(
        resolve(&Vars::from([
            ("NOMAD_SECRETS".into(), "no".into()),
            ("CI_PROJECT_PATH_SLUG".into(), "a-b".into())
        ]))
        .is_err()
    );
}

#[test]
fn a_long_slug_is_cut_and_does_not_end_with_a_hyphen() {
    let found = gitlab(&"b".repeat(80), "d.e", &format!("www-{}", "a".repeat(58)), &[]);
    assert_eq!(found.slug, format!("www-{}", "a".repeat(58)));
    assert!(gitlab(&"b".repeat(80), "d.e", "www-av", &[]).slug.len() == 63);
    assert!(resolve(&Vars::new()).is_err());
}

#[test]
fn a_repositorys_pieces_are_put_in_at_the_markers_and_made_fit_like_the_rest() {
    let mut found = gitlab("main", "dev.example.com", "www-av", &[]);
    found.podman = true;
    let piece = |file, marker, text: &str| RepositoryLines { file, marker, text: text.to_owned() };
    let text = "# VARS.NOMAD--INSERTS-HERE\njob \"NOMAD_VAR_SLUG\" {\n  task \"a\" { driver=\"docker\" }\n    memory_hard_limit = 1\n  # GROUP.NOMAD--INSERTS-HERE\n}\n";
    let pieces = [
        piece("vars.nomad", "VARS", "variable \"x\" {}"),
        piece("group.nomad", "GROUP", "task \"NOMAD_VAR_SLUG-db\" {\n  driver = \"docker\"\n}\n"),
    ];
    let fit = "# VARS.NOMAD--INSERTS-HERE\nvariable \"x\" {}\njob \"www-av\" {\n  task \"a\" { driver=\"podman\" }\n    # memory_hard_limit = 1\n  \
               # GROUP.NOMAD--INSERTS-HERE\ntask \"www-av-db\" {\n  driver = \"podman\"\n}\n}\n";
    assert_eq!(job_file(text, &pieces, &found).unwrap(), fit);
    found.podman = false;
    assert!(job_file(text, &pieces, &found).unwrap().contains("driver = \"docker\""));
    let nowhere = job_file(text, &[piece("job.nomad", "JOB", "x")], &found).unwrap_err();
    assert!(nowhere.contains("JOB.NOMAD--INSERTS-HERE") && nowhere.contains("job.nomad"), "{nowhere}");
}

#[test]
fn a_branch_that_is_not_the_pipelines_own_takes_its_place() {
    let vars: Vars =
        [("CI_COMMIT_REF_SLUG", "main"), ("CI_PROJECT_PATH_SLUG", "www-av"), ("BASE_DOMAIN", "d.e")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into();
    assert_eq!(resolve(&on_branch(vars, "feature/Tofu")).unwrap().slug, "www-av-feature-tofu");
}
