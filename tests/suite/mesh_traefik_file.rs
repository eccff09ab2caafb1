//! Moving the weights of a service of Traefik that stand in a file: a stand-in answers like the API of a Traefik 3.7 that watches it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use fleet::model::traffic::weighted::in_file::{Syntax, read};
use serde_json::{Value, json};

use crate::binary::Ran;
use crate::canned::{Answer, Canned};
use crate::mesh::{Mesh, stepped};

const YAML: &str = "\
# Who writes here writes the weights alone.
http:
  services:
    app:
      weighted:
        services:
          - name: blue   # the old one
            weight: 1
          - {name: green, weight: 0}
";

/// The Consul that keeps the lock, the file, and a Traefik that reads it.
struct Scene {
    mesh: Mesh,
    folder: tempfile::TempDir,
    traefik: Canned,
}

impl Scene {
    fn new(text: &str) -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.yml");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let watched = path.clone();
        let traefik = Canned::new(move |request| {
            let servers = |first: &str| {
                json!({"status": "enabled", "loadBalancer": {"servers": []},
                "serverStatus": {format!("{first}1:80"): "UP", format!("{first}2:80"): "UP"}})
            };
            let body = match request.trim_start_matches("GET /").replace("%40", "@").as_str() {
                "api/http/services/app@file" => {
                    let text = std::fs::read_to_string(&watched).unwrap();
                    let entry = read(&text, Syntax::Yaml, "app").unwrap().entry("app");
                    let services = entry.fields["Rules"][0]["Services"].as_array().unwrap();
                    let services: Vec<Value> =
                        services.iter().map(|s| json!({"name": s["Name"], "weight": s["Weight"]})).collect();
                    json!({"status": "enabled", "weighted": {"services": services}})
                }
                "api/http/services/blue@file" => servers("http://10.0.0."),
                "api/http/services/green@file" => servers("http://10.0.1."),
                other if other.starts_with("api/") => {
                    return Answer::new(404, "{\"message\":\"service not found\"}");
                }
                _ => return Answer::new(404, "404 page not found"),
            };
            Answer::new(200, body.to_string()).header("Content-Type", "application/json")
        });
        Scene { mesh: Mesh::new(), folder, traefik }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("app.yml")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }

    fn service(&self) -> String {
        format!("traefik/app@{}", self.path().display())
    }

    fn shift(&self, steps: &str, more: &[&str]) -> Ran {
        let service = self.service();
        let args = ["migrate", "traffic", &service, "--from", "blue@file", "--to", "green", "--steps", steps];
        let quick = ["--soak", "0s", "--gate-interval=300ms", "--yes"];
        self.mesh.run(&[&args[..], &quick, more].concat())
    }

    fn verified(&self, steps: &str, more: &[&str]) -> Ran {
        self.shift(steps, &[&["--traefik", &self.traefik.url], more].concat())
    }
}

fn weights(blue: u8, green: u8) -> String {
    YAML.replace("weight: 1\n", &format!("weight: {blue}\n"))
        .replace("weight: 0}", &format!("weight: {green}}}"))
}

#[test]
fn the_weights_in_a_file_are_moved_and_taken_back_and_nothing_else_of_it_changes() {
    let scene = Scene::new(YAML);
    let moved = scene.verified("25,100", &["-o", "json-lines"]);
    assert_eq!((moved.code, scene.text()), (0, weights(0, 1)), "{moved}");
    let shares: Vec<i64> = stepped(&moved).into_iter().map(|(_, to)| to).collect();
    assert_eq!(shares, [2500, 10_000]);
    assert_eq!(std::fs::metadata(scene.path()).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(std::fs::read_dir(scene.folder.path()).unwrap().count(), 1);
    let service = scene.service();
    let status = scene.mesh.run(&["migrate", "traffic", "status", &service]);
    assert_eq!((status.code, status.out.contains("2 instances take traffic")), (0, true), "{status}");
    let back = scene.mesh.run(&["migrate", "traffic", "rollback", &service, "--yes"]);
    assert_eq!((back.code, scene.text().as_str()), (0, YAML), "{back}");
    let subject = service.replace("traefik/", "traefik-service/");
    let shown = scene.mesh.run(&["config", "show", &subject]);
    assert_eq!((shown.code, shown.out.contains("blue")), (0, true), "{shown}");
}

#[test]
fn without_a_traefik_to_ask_it_is_refused_or_said_not_to_be_verified() {
    let scene = Scene::new(YAML);
    let refused = scene.shift("100", &[]);
    assert_eq!((refused.code, scene.text().as_str()), (7, YAML), "{refused}");
    assert!(refused.err.contains("--traefik") && refused.err.contains("--accept unwitnessed"), "{refused}");
    let ran = scene.shift("50,100", &["--accept", "unwitnessed"]);
    assert_eq!((ran.code, scene.text()), (0, weights(0, 1)), "{ran}");
    assert!(ran.out.contains("not verified") && ran.err.contains("instances not known"), "{ran}");
    let back = scene.mesh.run(&["migrate", "traffic", "rollback", &scene.service(), "--yes"]);
    assert_eq!((back.code, scene.text().as_str()), (8, YAML), "{back}");
    assert!(back.out.contains("is not known"), "{back}");
}

#[test]
fn what_somebody_else_writes_meanwhile_is_told_and_kept() {
    let scene = Scene::new(YAML);
    let path = scene.path();
    let path = path.to_str().unwrap();
    // A gate that says yes, and writes another weight, or another line, into the file.
    let theirs = format!("sed -i 's/weight: 3/weight: 2/' {path}");
    let ran = scene.verified("25,100", &["--gate-cmd", &theirs]);
    assert_eq!((ran.code, scene.text()), (7, weights(2, 1)), "{ran}");
    assert!(ran.err.contains("somebody else changed the split"), "{ran}");
    let again = scene.verified("25,100", &[]);
    assert_eq!((again.code, scene.text()), (7, weights(2, 1)), "{again}");
    std::fs::write(path, weights(3, 1)).unwrap();
    let more = format!("grep -q more {path} || echo '# more' >> {path}");
    let ran = scene.verified("25,100", &["--gate-cmd", &more]);
    assert_eq!((ran.code, scene.text()), (0, format!("{}# more\n", weights(0, 1))), "{ran}");
    // Broken, it is no file to write into.
    std::fs::write(path, weights(0, 1).replace("http:", "http: [")).unwrap();
    let broken = scene.mesh.run(&["migrate", "traffic", "rollback", &scene.service(), "--yes"]);
    assert_eq!((broken.code, broken.err.contains("line")), (7, true), "{broken}");
}

#[test]
fn what_cannot_be_moved_in_a_file_is_said_before_any_write() {
    let scene = Scene::new(YAML);
    let (url, own) = (scene.traefik.url.clone(), scene.service());
    let link = scene.folder.path().join("link.yml");
    std::os::unix::fs::symlink(scene.path(), &link).unwrap();
    std::fs::write(scene.folder.path().join("template.yml"), YAML.replace("app:", "{{ env \"X\" }}:"))
        .unwrap();
    let at = |file: &str| own.replace("app.yml", file);
    let round = own.replace("/app.yml", "/./app.yml");
    for (service, to, more, code, words) in [
        (own.as_str(), "nobody", &["--traefik", url.as_str()][..], 7, "does not name nobody"),
        (&own.replace("/app@", "/web@"), "green", &["--traefik", &url], 7, "no web; it has app"),
        (&at("none.yml"), "green", &["--traefik", &url], 3, "there is no file"),
        (&at("link.yml"), "green", &["--traefik", &url], 7, "is a link to"),
        (&at("template.yml"), "green", &["--traefik", &url], 7, "line 4 has {{"),
        (&round, "green", &["--traefik", &url], 2, "name it so"),
        ("traefik/app@app.yml", "green", &["--traefik", &url], 2, "its whole path"),
        (&own, "green", &["--traefik", "127.0.0.1:9"], 5, "cannot be asked"),
        (&own, "green", &["--accept", "unwitnessed", "--gate-errors", "1"], 2, "none is named"),
        (&own, "green", &["--traefik", &url, "--pin"], 7, "http.services.app.weighted.sticky.cookie.name"),
    ] {
        let args = ["migrate", "traffic", service, "--from", "blue", "--to", to, "--yes"];
        let ran = scene.mesh.run(&[&args[..], more].concat());
        assert_eq!((ran.code, ran.err.contains(words)), (code, true), "{words}: {ran}");
        assert_eq!(scene.text(), YAML, "{words}");
    }
}
