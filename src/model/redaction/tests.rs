use serde_json::json;

use super::*;

#[test]
fn names_and_values_give_secrets_away() {
    let secrets = Secrets::new(["hunter22".to_owned(), "abc".to_owned(), "postgres".to_owned()]);
    for (name, value) in [
        ("Env[DB_PASSWORD]", "x"),
        ("Config[auth][0][password]", "x"),
        ("Env[URL]", "postgres://u:hunter22@db"),
        ("Env[X]", "-----BEGIN RSA PRIVATE KEY-----"),
        ("Env[X]", "Bearer eyJhbGciOi.eyJzdWIi.c2ln"),
        ("Env[api-key]", "1"),
        ("Env[DB]", "postgres://user:pw@db/x"),
        ("Tags[0]", "traefik.http.middlewares.a.basicauth.users=bob:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/"),
        ("Config[command]", "run hunter22"),
    ] {
        assert!(secrets.hides(name, Some(value)), "{name} {value}");
    }
    for (name, value) in [
        ("Config[image]", "postgres:16"),
        ("Config[image]", "registry/hunter22:1"),
        ("Config[command]", "/usr/bin/postgres"),
        ("Name", "hunter22"),
        ("Env[KEY]", "1"),
        ("Count", "3"),
        ("Env[KEYS]", "eyJ"),
        ("HAS_SECRETS", "[true]"),
        ("Env[URL]", "http://user@host:80/a:b@c"),
        ("Env[X]", "hunter223"),
        ("Env[AUTH]", "true"),
    ] {
        assert!(!secrets.hides(name, Some(value)), "{name} {value}");
    }
}

#[test]
fn known_values_are_taken_out_of_texts_and_places_are_not() {
    let secrets = Secrets::new(["hunter22".to_owned()]).and_fields([
        ("Env[API_TOKEN]", "sesame99"),
        ("Env[TOKEN_FILE]", "/secrets/token"),
        ("Env[IMAGE]", "web:1"),
    ]);
    assert_eq!(
        secrets.clean("sesame99 web:1 hunter22 /secrets/token"),
        "(not shown) web:1 (not shown) /secrets/token"
    );
    assert_eq!(secrets.clean("a\nPASSWORD=x y\nurl hunter22"), "a\nPASSWORD= (not shown)\nurl (not shown)");
}

#[test]
fn texts_of_many_kinds_are_cleaned() {
    let mut wrong = Vec::new();
    for (said, shown) in [
        ("open /srv/token/x: no such file", "open /srv/token/x: no such file"),
        ("user=me password=x", "user=me password= (not shown)"),
        ("at 12:30 the token of web is: x", "at 12:30 the token of web is: (not shown)"),
        ("GET https://h/a?b=1&token=x", "GET https://h/a?b=1&token=(not shown)"),
        ("  \"secret\": \"x\"", "  \"secret\": (not shown)"),
        ("token:", "token:"),
        ("Authorization: Basic Ym9iOnB3", "Authorization: (not shown)"),
        ("curl -H 'X: 1' -u bob:pw http://h", "curl -H 'X: 1' -u (not shown) http://h"),
        ("run --password hunter2 --port 80", "run --password (not shown) --port 80"),
        ("run --db-pass=hunter2 x", "run --db-pass= (not shown)"),
        ("args = [\"--password\", \"hunter2\", \"-v\"]", "args = [\"--password\", \"(not shown)\", \"-v\"]"),
        (
            "args = [\"--password\", \"hunter2\", \"--token=x\", \"-v\"]",
            "args = [\"--password\", \"(not shown)\", \"--token= (not shown)",
        ),
        ("git::ssh://git@h/x?ref=1&sshkey=LS0t", "git::ssh://git@h/x?ref=1&sshkey=(not shown)"),
        ("options { sshkey = \"LS0t\" }", "options { sshkey = (not shown)"),
        ("<password>x</password>", "<password>(not shown)</password>"),
        ("<a>\n <dbPassword>\n  x\n </dbPassword>\n</a>", "<a>\n <dbPassword>(not shown)</dbPassword>\n</a>"),
        ("<secret><![CDATA[a<b]]></secret>", "<secret>(not shown)</secret>"),
        ("<entry key=\"password\">x</entry>", "<entry key=\"password\">(not shown)</entry>"),
        ("<add key=\"DbPassword\" value=\"x\"/>", "<add key=\"DbPassword\" value= (not shown)"),
        ("<user name=\"a\" password=\"x\"/>", "<user name=\"a\" password= (not shown)"),
        ("<port>80</port> <token>${x}</token>", "<port>80</port> <token>${x}</token>"),
        ("usage: login <user> <password>\nport 80", "usage: login <user> <password>\nport 80"),
        ("requirepass x", "requirepass (not shown)"),
        ("default login bob password pw", "default login bob password (not shown)"),
        ("uri ldap://h\nbind-password pw\n", "uri ldap://h\nbind-password (not shown)\n"),
        ("token expired\nauth {\n}", "token expired\nauth {\n}"),
        ("a;\nset $token \"pw\";\nset $token $arg;", "a;\nset $token (not shown);\nset $token $arg;"),
        ("CREATE USER a WITH PASSWORD 'p''w';", "CREATE USER a WITH PASSWORD '(not shown)';"),
        ("ALTER USER a IDENTIFIED BY 'pw'", "ALTER USER a IDENTIFIED BY '(not shown)'"),
        ("sshpass -p pw ssh h", "sshpass -p (not shown) ssh h"),
        ("urlprefix-u:x@host/", "urlprefix-u:(not shown)@host/"),
        ("http://user:mytoken@127.57.0.1:4646", "http://user:(not shown)@127.57.0.1:4646"),
        ("at http://token:SECRETPW@h:4646/x: refused", "at http://token:(not shown)@h:4646/x: refused"),
        ("http://u:p@ss@h:4646", "http://u:(not shown)@h:4646"),
        ("http://token-service:4646", "http://token-service:4646"),
        ("proxy http://u:pw@h:80 password: x", "proxy http://u:(not shown)@h:80 password: (not shown)"),
        ("sent Bearer abcdefgh123 to h", "sent Bearer (not shown) to h"),
        ("fetch https://bob:pw@h/x.tgz failed", "fetch https://bob:(not shown)@h/x.tgz failed"),
        (
            "https://s3/x?X-Amz-Credential=AB&X-Amz-Signature=ff&v=2",
            "https://s3/x?X-Amz-Credential=(not shown)&X-Amz-Signature=(not shown)&v=2",
        ),
        ("machine h login bob password pw", "machine h login bob password (not shown)"),
        ("machine h\n login bob\n password pw", "machine h\n login bob\n password (not shown)"),
        ("db:5432:app:bob:pw", "db:5432:app:bob:(not shown)"),
        ("password: |\n  one\n  two\nport: 80", "password: (not shown)\nport: 80"),
        ("db:\n  pass: >-\n    one\n  port: 80", "db:\n  pass: (not shown)\n  port: 80"),
        ("tokens:\n  - a\n  - b\nport: 80", "tokens:\nport: 80"),
        ("PASSWORD = <<EOT\none\nEOT\nport = 80", "PASSWORD = (not shown)\nEOT\nport = 80"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nx", "(not shown)\nx"),
        (
            "variable \"db_password\" {\n  type    = string\n  default = \"pw\"\n}\nport = 80",
            "variable \"db_password\" {\n  type    = string\n  default = (not shown)\n}\nport = 80",
        ),
        (
            "variable \"pw\" { default = \"pw\" }\nvariable \"port\" {\n  default = 80\n}",
            "variable \"pw\" { default = (not shown) }\nvariable \"port\" {\n  default = 80\n}",
        ),
        (
            "variable \"keys\" {\n  default = [\"a\"]\n}\nvariable \"api_keys\" {\n}",
            "variable \"keys\" {\n  default = [\"a\"]\n}\nvariable \"api_keys\" {\n}",
        ),
        (
            "variable \"tokens\" {\n  default = [\n    \"a\",\n  ]\n}\nx = 1",
            "variable \"tokens\" {\n  default = (not shown)\n  ]\n}\nx = 1",
        ),
        ("password = \"${var.pw}\"", "password = \"${var.pw}\""),
        ("PASSWORD={{ key \"x\" }}", "PASSWORD={{ key \"x\" }}"),
        ("password = file(\"x\")", "password = (not shown)"),
        ("auth = true", "auth = true"),
        (
            "private = var.token != \"\" || var.token == null",
            "private = var.token != \"\" || var.token == null",
        ),
        ("password => x", "password => (not shown)"),
        ("image: postgres:16", "image: postgres:16"),
        ("define('DB_PASSWORD', 'pw');", "define('DB_PASSWORD', '(not shown)');"),
        ("define('WP_DEBUG', 'pw');", "define('WP_DEBUG', 'pw');"),
        ("pass = \"\"\"\npw\n\"\"\"\nport = 80", "pass = (not shown)\nport = 80"),
        ("pass = \"\"\"pw\"\"\"\nport = 80", "pass = (not shown)\nport = 80"),
        ("  pgpass = \"h:5432:db:u:pw\"", "  pgpass = (not shown)"),
        ("  P = \"h:5432:db:u:pw\"", "  P = \"h:5432:db:u:(not shown)\""),
        ("run --password (not shown) now", "run --password (not shown) now"),
        ("sh -c 'redis-cli -a pw ping'", "sh -c 'redis-cli -a (not shown) ping'"),
        (
            "Get \"http://127.0.0.1:1/health?token=X\": dial tcp 127.0.0.1:1: connect: connection refused",
            "Get \"http://127.0.0.1:1/health?token=(not shown)\": dial tcp 127.0.0.1:1: connect: connection refused",
        ),
    ] {
        let cleaned = Secrets::default().clean(said);
        if cleaned != shown {
            wrong.push(format!("{said:?}\n  expected {shown:?}\n       got {cleaned:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let secret = crate::model::jobfile::literal(&"a = ${x}\npassword = pw\n".repeat(300));
    assert_eq!(Secrets::default().clean(&format!("data = {secret}")), "data = (not shown)");
}

#[test]
fn a_document_is_redacted_with_what_its_arguments_hand_over() {
    let mut job = json!({"NomadTokenID": "abc", "Env": {"DB_PASSWORD": "x", "PORT": "80"},
        "Config": {"image": "postgres:16", "args": ["--password", "hunter22", "--token=y", "-v", "sh -c 'x hunter22'"]},
        "Templates": [{"EmbeddedTmpl": "A=1\nTOKEN=x\n"}], "Count": 3});
    let secrets = Secrets::default().and_document(&job);
    secrets.redact(&mut job);
    assert_eq!(
        job,
        json!({"NomadTokenID": "abc", "Env": {"DB_PASSWORD": "(not shown)", "PORT": "80"},
            "Config": {"image": "postgres:16", "args":
                ["--password", "(not shown)", "--token= (not shown)", "-v", "(not shown)"]},
            "Templates": [{"EmbeddedTmpl": "A=1\nTOKEN= (not shown)\n"}], "Count": 3})
    );
}

#[test]
fn a_password_glued_to_its_flag_is_hidden() {
    let none = Secrets::default();
    for text in [
        "-pCANARY10",
        "-phunter2",
        "mysqldump -uroot -pwhale db",
        "sh -c 'mysql -psecret'",
        "/usr/bin/mariadb -p's3cret'",
    ] {
        assert!(none.hides("args", Some(text)), "{text}");
    }
    for text in [
        "-p",
        "-p8080",
        "-p80:80",
        "-parallel",
        "-path=/a/b1",
        "-p$PASSWORD",
        "mkdir -p /data",
        "-p2",
        "mysql -p -h db",
    ] {
        assert!(!none.hides("args", Some(text)), "{text}");
    }
}

#[test]
fn addresses_and_tokens_of_known_makers_are_hidden() {
    let none = Secrets::default();
    for value in [
        "https://abc123@o1.ingest.sentry.io/2",
        "https://0123456789abcdef@h/x",
        "https://x.webhook.office.com/webhookb2/a",
        "https://discord.com/api/webhooks/1/a",
        "https://api.telegram.org/bot1:a/sendMessage",
        "SG.abcdefghijkl.mnopqrstuvwx",
        "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY",
    ] {
        assert!(none.hides("Env[X]", Some(value)), "{value}");
    }
    for value in
        ["http://user@host:80/a", "ssh://git@github.com/a/b", "https://discord.com/api/v9", "SUMMARY"]
    {
        assert!(!none.hides("Env[X]", Some(value)), "{value}");
    }
}

#[test]
fn a_field_that_is_made_from_secrets_is_hidden_where_it_holds_one() {
    let made = |name: &str, worked_out: bool| MadeField { name: name.to_owned(), worked_out };
    let secrets = Secrets::of_variables(&[("pw".to_owned(), "hunter".to_owned())]).and_made([
        made("B", false),
        made("C", true),
        made("args", false),
        made("data", false),
        made("image", false),
    ]);
    for (name, value) in [("Env[B]", "p-hunter"), ("Env[C]", "HUNTER"), ("Config.args[3]", "-x=hunter")] {
        assert!(secrets.hides(name, Some(value)), "{name}");
    }
    for (name, value) in [
        ("Env[B]", "p-other"),
        ("Env[D]", "p-hunter"),
        ("Config.args[3]", "-v"),
        ("Config[image]", "hunter:1"),
    ] {
        assert!(!secrets.hides(name, Some(value)), "{name}");
    }
    let text = secrets.shown("Template.EmbeddedTmpl", "a\nuse hunter here\n");
    assert_eq!(text.as_deref(), Some("a\nuse (not shown) here\n"));
}

#[test]
fn files_that_are_secrets_are_hidden_as_a_whole() {
    for path in [
        "secrets/db_password",
        "secrets/id_rsa",
        "local/tls.key",
        "${NOMAD_SECRETS_DIR}/pw.txt",
        "a/.htpasswd",
    ] {
        assert!(is_secret_text(path, "x"), "{path}");
    }
    for (path, text) in [
        ("secrets/app.env", "A=1"),
        ("secrets/secrets.yml", "a: 1"),
        ("local/index.html", "x"),
        ("secrets/db_password", "{{ key \"x\" }}"),
        ("local/cert.pem", "x"),
    ] {
        assert!(!is_secret_text(path, text), "{path}");
    }
    let mut job = json!({"Templates": [{"DestPath": "secrets/id_rsa", "EmbeddedTmpl": "one\ntwo"}],
        "Config": {"command": "/usr/bin/redis-cli", "args": ["-a", "pw", "ping"]}});
    Secrets::default().redact(&mut job);
    assert_eq!(job["Templates"][0]["EmbeddedTmpl"], "(not shown)");
    assert_eq!(job["Config"]["args"], json!(["-a", "(not shown)", "ping"]));
}

#[test]
fn a_weak_value_of_a_variable_is_hidden_where_it_is_all_there_is() {
    let secrets = Secrets::of_variables(&[("pw".to_owned(), "hunter2".to_owned())]).and_document(&json!({}));
    assert!(secrets.hides("Env[A]", Some("hunter2")));
    assert!(!secrets.hides("Env[A]", Some("hunter2-images")));
    let postgres = Secrets::of_variables(&[("db_pass".to_owned(), "postgres".to_owned())]);
    for name in ["Config[image]", "Name", "Config[command]", "User"] {
        assert!(!postgres.hides(name, Some("postgres")), "{name}");
    }
    assert_eq!(postgres.clean("starting postgres"), "starting postgres");
}

#[test]
fn weak_values_that_are_known_are_hidden_in_what_tasks_say_and_nowhere_else() {
    let secrets =
        Secrets::of([("POSTGRES_PASSWORD", "postgres"), ("DB_PASSWORD", "Pa55"), ("TOKEN", "true")]);
    let variables = [("dbpass".to_owned(), "hunter2".to_owned())];
    let secrets = secrets.and(Secrets::of_variables(&variables));
    assert_eq!(
        secrets.clean_told("curl: option -d=Pa55: hunter2!"),
        "curl: option -d=(not shown): (not shown)!"
    );
    assert_eq!(secrets.clean_told("mysql -phunter2"), "mysql -p(not shown)");
    assert_eq!(secrets.clean_told("xPa55x is true"), "xPa55x is true");
    assert_eq!(secrets.shown("Config.image", "postgres:16").as_deref(), Some("postgres:16"));
    assert_eq!(secrets.clean("pulling postgres:16"), "pulling postgres:16");
    assert_eq!(secrets.clean_told("password for postgres failed"), "password for (not shown) failed");
}
