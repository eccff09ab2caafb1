//! Logging in with a JWT and by a browser, at real servers.

use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use crate::canned::{Answer, Canned};
use crate::e2e::operators::{code, json};
use crate::e2e::world::World;
use crate::login::{Waiting, browse};

cases! {
    a_pipeline_logs_in_by_its_jwt,
    somebody_logs_in_by_a_browser,
}

/// A JWT with these claims, signed by this key.
fn jwt(key: &rcgen::KeyPair, claims: &Value) -> String {
    use rcgen::SigningKey as _;
    let part = |value: &Value| BASE64.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "ES256", "typ": "JWT"})), part(claims));
    let der = key.sign(signed.as_bytes()).unwrap();
    // A sequence of two numbers, where a JWT has both in 32 bytes each.
    let (mut at, mut raw) = (2, Vec::new());
    for _ in 0..2 {
        let length = usize::from(der[at + 1]);
        let number: Vec<u8> = der[at + 2..at + 2 + length].iter().copied().skip_while(|b| *b == 0).collect();
        raw.extend(std::iter::repeat_n(0, 32 - number.len()));
        raw.extend(number);
        at += 2 + length;
    }
    format!("{signed}.{}", BASE64.encode(raw))
}

fn a_pipeline_logs_in_by_its_jwt(world: &World) {
    if world.speed > 1.0 {
        // The embedded fleet knows no auth methods.
        std::fs::write(world.home().join("none.jwt"), "a.b.c").unwrap();
        return code(
            &world.run(&["acl", "login", "--jwt-file", "none.jwt"]),
            2,
            "no auth method of the type JWT",
        );
    }
    let write = |name: &str, text: &str| std::fs::write(world.home().join(name), text).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    write("reader.hcl", "namespace \"default\" {\n  policy = \"read\"\n}\n");
    let method = json!({"Name": "ci", "Type": "JWT", "TokenLocality": "local", "MaxTokenTTL": "1h", "Config": {
        "JWTValidationPubKeys": [key.public_key_pem()], "BoundAudiences": ["nomad"], "SigningAlgs": ["ES256"],
        "ClaimMappings": {"repo": "repo"}}});
    write("method.json", &method.to_string());
    let rule = json!({"AuthMethod": "ci", "BindType": "policy", "BindName": "reader", "Selector": "value.repo == \"shop\""});
    write("rule.json", &rule.to_string());
    code(&world.run(&["acl", "policy", "apply", "reader", "-f", "reader.hcl"]), 0, "created");
    code(&world.run(&["acl", "auth-method", "apply", "-f", "method.json"]), 0, "ci");
    code(&world.run(&["acl", "binding-rule", "apply", "-f", "rule.json"]), 0, "ci");
    let now = now();
    let claims = |repo: &str, ends: i64| json!({"aud": "nomad", "iat": now - 60, "nbf": now - 60, "exp": now + ends, "repo": repo});
    for (name, repo, ends) in [("good", "shop", 600), ("stranger", "other", 600), ("old", "shop", -600)] {
        write(name, &jwt(&key, &claims(repo, ends)));
    }
    write("forged", &jwt(&rcgen::KeyPair::generate().unwrap(), &claims("shop", 600)));
    // Whoever logs in has no token yet.
    let login = |jwt: &str, more: &[&str]| {
        let args = [&["acl", "login", "--method", "ci", "--jwt-file", jwt], more].concat();
        let ran = world.fleet().env("NOMAD_TOKEN", "").run(&args);
        let text = std::fs::read_to_string(world.home().join(jwt)).unwrap();
        assert!(!ran.to_string().contains(text.trim()), "the JWT was shown\n{ran}");
        ran
    };
    let saved = login("good", &["--save", "token", "-o", "json"]);
    code(&saved, 0, "token");
    let secret = std::fs::read_to_string(world.home().join("token")).unwrap();
    assert!(!saved.to_string().contains(secret.trim()), "{saved}");
    assert!(json(&saved)["expires_at"].is_string(), "{saved}");
    let own = world.fleet().env("NOMAD_TOKEN", secret.trim()).run(&["acl", "whoami", "-o", "json"]);
    assert_eq!((own.code, &json(&own)["policies"][0]), (0, &"reader".into()), "{own}");
    let reads = world.fleet().env("NOMAD_TOKEN", secret.trim()).run(&["job", "list"]);
    assert_eq!(reads.code, 0, "{reads}");
    // A method that is not named is found, and the secret is printed once.
    let printed = world.fleet().run(&["acl", "login", "--jwt-file", "good", "-o", "json"]);
    assert!(json(&printed)["secret_id"].is_string(), "{}", printed.code);
    for (jwt, exit, why) in [
        ("stranger", 1, "fleet acl binding-rule list"),
        ("old", 4, "token is expired"),
        ("forged", 4, "fleet acl auth-method show ci"),
    ] {
        let ran = login(jwt, &[]);
        code(&ran, exit, why);
        assert!(!ran.err.contains("NOMAD_TOKEN"), "{ran}");
    }
    for (noun, name) in [("auth-method", "ci"), ("policy", "reader")] {
        code(&world.run(&["acl", noun, "delete", name, "--yes"]), 0, name);
    }
}

#[expect(clippy::disallowed_methods, reason = "the servers' clock decides whether a JWT is still good")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A provider of OpenID Connect. The first part of a path is an issuer of its own, which does what its name says: `good`, `refusing`,
/// or `forging`, which signs with another key than it shows.
fn provider() -> Canned {
    let (key, other) = (rcgen::KeyPair::generate().unwrap(), rcgen::KeyPair::generate().unwrap());
    let address = Arc::new(OnceLock::<String>::new());
    let (own, nonce) = (Arc::clone(&address), Mutex::new(String::new()));
    let server = Canned::new(move |asked| {
        let url = own.get().unwrap();
        let path = asked.split(' ').nth(1).unwrap_or_default();
        let at = reqwest::Url::parse(url).unwrap().join(path).unwrap();
        let mut parts = at.path_segments().unwrap();
        let mode = parts.next().unwrap();
        let issuer = format!("{url}/{mode}");
        let of = |name: &str| {
            at.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned()).unwrap_or_default()
        };
        let answer =
            |body: &Value| Answer::new(200, body.to_string()).header("Content-Type", "application/json");
        match parts.collect::<Vec<_>>().join("/").as_str() {
            ".well-known/openid-configuration" => answer(&json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
                "userinfo_endpoint": format!("{issuer}/userinfo"), "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
                "authorization_response_iss_parameter_supported": true,
            })),
            "keys" => {
                let point = key.public_key_raw();
                let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
                answer(
                    &json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "x": x, "y": y}]}),
                )
            }
            "authorize" => {
                *nonce.lock().unwrap() = of("nonce");
                let mut back = reqwest::Url::parse(&of("redirect_uri")).unwrap();
                let brought = if mode == "refusing" { ("error", "access_denied") } else { ("code", "c1") };
                back.query_pairs_mut().extend_pairs([
                    ("state", of("state").as_str()),
                    brought,
                    ("iss", &issuer),
                ]);
                Answer::new(302, "").header("Location", back.as_str())
            }
            "token" => {
                let claims = json!({"iss": issuer, "sub": "ann", "aud": ["nomad"], "iat": now(), "exp": now() + 300,
                    "nonce": *nonce.lock().unwrap(), "groups": ["eng"]});
                let signer = if mode == "forging" { &other } else { &key };
                answer(
                    &json!({"access_token": "a1", "token_type": "Bearer", "id_token": jwt(signer, &claims)}),
                )
            }
            "userinfo" => answer(&json!({"sub": "ann"})),
            _ => Answer::new(404, "{}"),
        }
    });
    address.set(server.url.clone()).unwrap();
    server
}

fn somebody_logs_in_by_a_browser(world: &World) {
    if world.speed > 1.0 {
        // The embedded fleet knows no auth methods.
        return code(&world.run(&["acl", "login"]), 2, "no auth method of the type OIDC");
    }
    let write = |name: &str, text: &str| std::fs::write(world.home().join(name), text).unwrap();
    let provider = provider();
    write("reader.hcl", "namespace \"default\" {\n  policy = \"read\"\n}\n");
    code(&world.run(&["acl", "policy", "apply", "reader", "-f", "reader.hcl"]), 0, "created");
    let methods = [("good", true), ("refusing", true), ("forging", true), ("unbound", false)];
    for (name, bound) in methods {
        let issuer = if bound { name } else { "good" };
        let method = json!({"Name": name, "Type": "OIDC", "TokenLocality": "local", "MaxTokenTTL": "1h", "Config": {
            "OIDCDiscoveryURL": format!("{}/{issuer}", provider.url), "OIDCClientID": "nomad", "OIDCClientSecret": "c",
            "BoundAudiences": ["nomad"], "SigningAlgs": ["ES256"],
            "AllowedRedirectURIs": ["http://localhost:4649/oidc/callback"], "ListClaimMappings": {"groups": "groups"}}});
        write("method.json", &method.to_string());
        code(&world.run(&["acl", "auth-method", "apply", "-f", "method.json"]), 0, name);
        let rule = json!({"AuthMethod": name, "BindType": "policy", "BindName": "reader", "Selector": "\"eng\" in list.groups"});
        write("rule.json", &rule.to_string());
        if bound {
            code(&world.run(&["acl", "binding-rule", "apply", "-f", "rule.json"]), 0, name);
        }
    }
    // Whoever logs in has no token yet, or one that has ended.
    let fleet = || world.fleet().env("CI", "1").env("NOMAD_TOKEN", "11111111-2222-3333-4444-555555555555");
    let login = |method: &str| {
        let waiting = Waiting::of(&fleet(), &["acl", "login", "--method", method, "-o", "json"]);
        let page = browse(&waiting.address);
        (page, waiting.ends())
    };
    let (page, made) = login("good");
    assert!(made.code == 0 && page.contains("You are logged in"), "{page}\n{made}");
    let secret = json(&made)["secret_id"].as_str().unwrap().to_owned();
    let own = world.fleet().env("NOMAD_TOKEN", secret).run(&["acl", "whoami", "-o", "json"]);
    assert_eq!((own.code, &json(&own)["policies"][0]), (0, &"reader".into()), "{own}");
    for (method, exit, why) in [
        ("refusing", 4, "access_denied"),
        ("forging", 1, "`fleet acl auth-method show forging`"),
        ("unbound", 1, "`fleet acl binding-rule list`"),
    ] {
        let (page, ran) = login(method);
        code(&ran, exit, why);
        assert!(page.contains("The login was refused"), "{page}");
    }
    code(&fleet().run(&["acl", "login", "--method", "god"]), 3, "`fleet acl auth-method list`");
    write("x.jwt", "a.b.c");
    code(&fleet().run(&["acl", "login", "--method", "good", "--jwt-file", "x.jwt"]), 2, "it takes a browser");
    for (name, _) in methods {
        code(&world.run(&["acl", "auth-method", "delete", name, "--yes"]), 0, name);
    }
    code(&world.run(&["acl", "policy", "delete", "reader", "--yes"]), 0, "reader");
}
