use super::*;
use secrecy::ExposeSecret as _;

const FILE: &str = r#"
    current = "prod"
    [contexts.prod.nomad]
    address = "https://prod:4646"
    token_cmd = ["echo", "from-cmd"]
    tls_skip_verify = true
    [contexts.prod.consul]
    address = "prod:8500"
    [contexts.lab.nomad]
    address = "http://lab:4646"
"#;

fn file() -> (tempfile::TempDir, ContextFile) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("contexts.toml"), FILE).unwrap();
    let env = Environment::from_pairs([("FLEET_CONFIG_DIR", dir.path().to_string_lossy())]);
    let file = ContextFile::load(&env).unwrap();
    (dir, file)
}

fn resolve(flags: &ConnectionFlags, env: &[(&str, &str)]) -> Settings {
    let (_dir, file) = file();
    Settings::resolve(flags, &Environment::from_pairs(env.iter().copied()), &file).unwrap()
}

#[test]
fn flags_beat_the_environment_beats_the_context_beats_the_default() {
    let mut flags = ConnectionFlags::default();
    let s = resolve(&flags, &[]);
    assert_eq!(
        (s.nomad.address.value.as_str(), s.nomad.address.origin.to_string().as_str()),
        ("https://prod:4646", "context prod (nomad.address)")
    );
    let s = resolve(&flags, &[("NOMAD_ADDR", "http://env:1")]);
    assert_eq!(s.nomad.address, Sourced::new("http://env:1".into(), Origin::Env("NOMAD_ADDR")));
    assert_eq!(s.overridden, [("NOMAD_ADDR", "nomad.address")]);
    assert_eq!(resolve(&flags, &[("NOMAD_ADDR", "https://prod:4646")]).overridden, [] as [(&str, &str); 0]);
    flags.address = Some("http://flag:1".into());
    let s = resolve(&flags, &[("NOMAD_ADDR", "http://env:1")]);
    assert_eq!(s.nomad.address, Sourced::new("http://flag:1".into(), Origin::Flag("--address")));
    let none =
        Settings::resolve(&ConnectionFlags::default(), &Environment::default(), &ContextFile::default())
            .unwrap();
    assert_eq!(none.nomad.address, Sourced::new("http://127.0.0.1:4646".into(), Origin::Default));
    assert!(none.consul.address.is_none());
}

#[test]
fn the_context_is_chosen_by_flag_then_variable_then_file() {
    let mut flags = ConnectionFlags::default();
    assert_eq!(resolve(&flags, &[("FLEET_CONTEXT", "lab")]).nomad.address.value, "http://lab:4646");
    flags.context = Some("prod".into());
    assert_eq!(resolve(&flags, &[("FLEET_CONTEXT", "lab")]).nomad.address.value, "https://prod:4646");
    flags.context = Some("none".into());
    let (_dir, file) = file();
    let e = Settings::resolve(&flags, &Environment::default(), &file).unwrap_err();
    assert!(e.hints().iter().any(|h| h.contains("--context")), "{e:?}");
}

#[test]
fn tokens_come_from_their_source_at_the_last_moment() {
    let s = resolve(&ConnectionFlags::default(), &[]);
    let endpoint = s.nomad.endpoint().unwrap();
    assert_eq!(endpoint.token.unwrap().expose_secret(), "from-cmd");
    assert!(endpoint.tls.skip_verify);
    let s = resolve(&ConnectionFlags::default(), &[("NOMAD_TOKEN", "env")]);
    assert_eq!(s.nomad.endpoint().unwrap().token.unwrap().expose_secret(), "env");
}

#[test]
fn nothing_of_a_context_goes_to_an_address_that_is_not_its_own() {
    let secrets = |s: &Settings| (s.nomad.token.is_some(), s.nomad.tls.skip_verify.is_some());
    let elsewhere = resolve(&ConnectionFlags::default(), &[("NOMAD_ADDR", "http://env:1")]);
    assert_eq!(secrets(&elsewhere), (false, false));
    assert_eq!(elsewhere.withheld, [("nomad.token_cmd", "http://env:1".to_owned())]);
    let flags = ConnectionFlags { address: Some("http://flag:1".into()), ..ConnectionFlags::default() };
    let by_flag = resolve(&flags, &[]);
    assert_eq!(secrets(&by_flag), (false, false));
    assert_eq!(by_flag.withheld, [("nomad.token_cmd", "http://flag:1".to_owned())]);
    // Whoever names a token is not told of another one.
    let with_token = resolve(&flags, &[("NOMAD_TOKEN", "env")]);
    assert_eq!(with_token.nomad.endpoint().unwrap().token.unwrap().expose_secret(), "env");
    assert!(with_token.withheld.is_empty());
    let own = ConnectionFlags { address: Some("https://prod:4646/".into()), ..ConnectionFlags::default() };
    assert_eq!(secrets(&resolve(&own, &[])), (true, true));
}

#[test]
fn an_unparsable_truth_value_is_as_good_as_unset() {
    let lab = [("FLEET_CONTEXT", "lab"), ("NOMAD_SKIP_VERIFY", "yes")];
    assert!(resolve(&ConnectionFlags::default(), &lab).nomad.tls.skip_verify.is_none());
    let lab = [("FLEET_CONTEXT", "lab"), ("NOMAD_SKIP_VERIFY", "1")];
    assert!(resolve(&ConnectionFlags::default(), &lab).nomad.tls.skip_verify.unwrap().value);
    // An explicit "no" beats the context's "yes".
    let prod = resolve(&ConnectionFlags::default(), &[("NOMAD_SKIP_VERIFY", "false")]);
    assert!(!prod.nomad.endpoint().unwrap().tls.skip_verify);
}

#[test]
fn consuls_own_rules() {
    let dir = tempfile::tempdir().unwrap();
    let (empty, full) = (dir.path().join("empty"), dir.path().join("full"));
    std::fs::write(&empty, " \n").unwrap();
    std::fs::write(&full, "from-file\n").unwrap();
    let token = |path: &std::path::Path| {
        let pairs = [
            ("CONSUL_HTTP_ADDR", "c:8500".to_owned()),
            ("CONSUL_HTTP_TOKEN", "env".to_owned()),
            ("CONSUL_HTTP_TOKEN_FILE", path.to_string_lossy().into_owned()),
            ("CONSUL_HTTP_SSL", "true".to_owned()),
            ("CONSUL_HTTP_SSL_VERIFY", "false".to_owned()),
            ("CONSUL_TLS_SERVER_NAME", "server.dc1.consul:8501".to_owned()),
            ("CONSUL_NAMESPACE", "default".to_owned()),
        ];
        let env = Environment::from_pairs(pairs);
        let s = Settings::resolve(&ConnectionFlags::default(), &env, &ContextFile::default()).unwrap();
        s.consul.endpoint().map(|e| e.unwrap())
    };
    let endpoint = token(&full).unwrap();
    assert_eq!(endpoint.token.unwrap().expose_secret(), "from-file");
    assert_eq!(endpoint.address.display(), "https://c:8500");
    assert!(endpoint.tls.skip_verify && endpoint.params.is_empty());
    assert_eq!(endpoint.tls.server_name.as_deref(), Some("server.dc1.consul"));
    assert_eq!(token(&empty).unwrap().token.unwrap().expose_secret(), "env");
    assert!(token(&dir.path().join("absent")).is_err());
}
