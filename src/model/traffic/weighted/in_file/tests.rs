use super::*;
use proptest::prelude::*;

const YAML: &str = "\
# Größe: who writes here writes the weights alone
http:
  routers:
    app: {rule: \"Host(`a`)\", service: app}   # the road
  services:
    blue: &never
      loadBalancer: {servers: [{url: \"http://10.0.0.1\"}]}
    app:
      weighted:
        services:
          - name: blue   # the old one
            weight: 100  # of 100
          - {weight: \"0\", name: 'green@file'}
        sticky:
          cookie: {name: side}
tcp:
  services: {db: {weighted: {services: []}}}
";

const TOML: &str = "\
# kept
[http.routers.app]
rule = \"Host(`a`)\"

[[http.services.app.weighted.services]]
  name = \"blue\"
  weight = 100 # of 100

[[http.services.app.weighted.services]]
  name   = 'green@file'
  weight = 0

[http.services.app.Weighted2]
";

fn shares(of: &InFile) -> Vec<(&str, i64)> {
    of.services.iter().map(|s| (s.name.as_str(), s.weight)).collect()
}

fn moved(blue: i64, green: i64) -> ConfigEntry {
    ConfigEntry::of(json!({"Kind": "traefik-service", "Name": "app@/x.yml", "Rules": [{"Services": [
        {"Name": "blue", "Weight": blue}, {"Name": "green@file", "Weight": green}]}]}))
    .unwrap()
}

#[test]
fn only_the_weights_of_the_one_service_change() {
    for (text, syntax, sticky) in [(YAML, Syntax::Yaml, true), (TOML, Syntax::Toml, false)] {
        let known = read(text, syntax, "app").unwrap();
        assert_eq!((shares(&known), known.sticky), (vec![("blue", 100), ("green@file", 0)], sticky));
        assert_eq!(known.entry("app@/x.yml"), moved(100, 0));
        let made = known.with(text, &moved(3, 97)).unwrap();
        let again = read(&made, syntax, "app").unwrap();
        assert_eq!(shares(&again), [("blue", 3), ("green@file", 97)]);
        // Nothing but the two numbers differs, and back is back, but for the quotes of a number that needs none.
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let differ: Vec<(String, String)> =
            lines(text).into_iter().zip(lines(&made)).filter(|(a, b)| a != b).collect();
        assert_eq!((differ.len(), lines(text).len()), (2, lines(&made).len()));
        assert!(made.contains("weight: 3  # of 100") || made.contains("weight = 3 # of 100"), "{made}");
        let back = again.with(&made, &moved(100, 0)).unwrap();
        assert_eq!(back, text.replace("\"0\"", "0"));
        assert_eq!(known.with(text, &moved(100, 0)).unwrap(), text);
    }
}

#[test]
fn what_is_not_there_or_is_not_sure_is_refused() {
    let app = |services: &str| format!("http: {{services: {{app: {{weighted: {{services: {services}}}}}}}}}");
    let two = app("[{name: a, weight: 1}, {name: b, weight: 0}]");
    for (text, part) in [
        (YAML.replace("100 ", "{{ env \"W\" }}"), "line 12 has {{"),
        (YAML.replace("app:\n", "shop:\n"), "no app; it has blue, shop"),
        (
            YAML.replace("    app:\n      weighted", "    app:\n      mirroring"),
            "is no weighted service (line",
        ),
        (YAML.replace("            weight: 100  # of 100\n", ""), "blue, has no weight"),
        (YAML.replace("100 ", "1e2 "), "is 1e2, no plain whole number"),
        (YAML.replace("100 ", "-1 "), "is -1, no plain"),
        (YAML.replace("100 ", "0x64 "), "no plain"),
        (YAML.replace("100 ", "&w 100 "), "has an anchor or is an alias"),
        (YAML.replace("      weighted:\n", "      weighted: &x\n"), "line 9) has an anchor"),
        (YAML.replace("'green@file'", "blue"), "names blue twice"),
        (YAML.replace("'green@file'", "'blue@file'"), "names blue@file twice"),
        (format!("{YAML}---\nhttp: {{}}\n"), "second document"),
        (format!("{two}\nHTTP: {{}}\n"), "http is there twice (line 2)"),
        (two.replace("{app:", "{<<: {}, app:"), "merges other values"),
        (two.replace("app", "db"), "no app; it has db"),
        (YAML.replace("    app:\n", "    shop:\n").replace("{db:", "{app:"), "only those of http"),
        (app("[]"), "names no service"),
        (app("[{weight: 1}]"), "has no name"),
        (app("{name: a, weight: 1}"), "names no service"),
        ("http: [".to_owned(), "line"),
        (String::new(), "empty"),
        ("a: b".to_owned(), "no http.services"),
    ] {
        let flaw = read(&text, Syntax::Yaml, "app").unwrap_err();
        assert!(flaw.contains(part), "{part:?}: {flaw}\n{text}");
    }
    for (text, part) in [
        (TOML.replace("weight = 0", "weight = 0x5"), "no plain"),
        (TOML.replace("weight = 0", "weight = "), "line 11"),
        (TOML.replace("weight = 0\n", ""), "has no weight"),
        (TOML.replace("app", "db"), "no app; it has db"),
    ] {
        let flaw = read(&text, Syntax::Toml, "app").unwrap_err();
        assert!(flaw.contains(part), "{part:?}: {flaw}");
    }
    let known = read(&two, Syntax::Yaml, "app").unwrap();
    assert!(known.with(&two, &moved(1, 1)).is_err());
}

#[test]
fn the_names_of_traefiks_own_fields_have_any_case() {
    let text = "HTTP: {Services: {app: {Weighted: {SERVICES: [{Name: a, WEIGHT: 7}]}}}}";
    assert_eq!(shares(&read(text, Syntax::Yaml, "app").unwrap()), [("a", 7)]);
    assert!(read(text, Syntax::Yaml, "App").is_err());
}

proptest! {
    /// Whatever the text, no panic; whatever the weights, the text says them and keeps its length in lines.
    #[test]
    fn any_weights_are_written_and_any_text_is_survived(
        blue in 0i64..20_000, green in 0i64..20_000, cut in 0usize..400, text in ".{0,60}", like in "[a-z:{}\\[\\]\"'# \n\t&*|>-]{0,80}",
    ) {
        for (whole, syntax) in [(YAML, Syntax::Yaml), (TOML, Syntax::Toml)] {
            let made = read(whole, syntax, "app").unwrap().with(whole, &moved(blue, green)).unwrap();
            let again = read(&made, syntax, "app").unwrap();
            prop_assert_eq!(shares(&again), [("blue", blue), ("green@file", green)]);
            let short: String = whole.chars().take(cut).collect();
            for text in [&short, &text, &like] {
                drop(read(text, syntax, "app"));
            }
        }
    }
}
