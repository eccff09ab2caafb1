//! Real TLS in every way it goes wrong: each failure is told apart and says what to set.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::binary::{Fleet, Ran};

/// An authority and what it signs.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

struct Signed {
    cert: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    cert_pem: String,
    key_pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, format!("authority {:x}", fastrand::u64(..)));
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        Authority { pem: cert.pem(), der: cert.der().clone(), issuer: Issuer::new(params, key) }
    }

    fn sign(&self, names: &[&str], years: (i32, i32)) -> Signed {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        Signed {
            cert: cert.der().clone(),
            cert_pem: cert.pem(),
            key_pem: key.serialize_pem(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

const VALID: (i32, i32) = (2020, 2120);

/// Answers every request with an empty list; with an authority it demands client certificates of it.
fn serve(server: Signed, clients: Option<&Authority>) -> SocketAddr {
    serve_by(server, clients, |_| EMPTY_LIST.to_vec())
}

/// Answers requests by their heads.
fn serve_by(
    server: Signed,
    clients: Option<&Authority>,
    answers: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
) -> SocketAddr {
    let answers = Arc::new(answers);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der.clone()).unwrap();
            builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap(),
            )
        }
    };
    let config = Arc::new(builder.with_single_cert(vec![server.cert], server.key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, answers) = (Arc::clone(&config), Arc::clone(&answers));
            std::thread::spawn(move || {
                let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
                // What goes wrong here is seen by the client, which is who is tested.
                drop(answer(&mut stream, &*answers));
            });
        }
    });
    address
}

/// Answers every request with the same, by a certificate of that name; the address, and the authority's certificate.
pub(crate) fn serve_anything(
    name: &str,
    answers: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
) -> (SocketAddr, String) {
    let authority = Authority::new();
    (serve_by(authority.sign(&[name], VALID), None, answers), authority.pem)
}

const EMPTY_LIST: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]";

fn answer(
    stream: &mut (impl std::io::Read + std::io::Write),
    answers: impl Fn(&str) -> Vec<u8>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    stream.write_all(&answers(&String::from_utf8_lossy(&request)))?;
    stream.flush()
}

struct Bench {
    home: tempfile::TempDir,
    fleet: Fleet,
}

impl Bench {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let fleet = Fleet::new(home.path());
        Bench { home, fleet }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn list(&self, address: &str, env: &[(&str, &str)]) -> Ran {
        let fleet = env.iter().fold(self.fleet.env("NOMAD_ADDR", address), |f, (k, v)| f.env(k, *v));
        fleet.run(&["node", "list", "-o", "json"])
    }
}

fn https(address: SocketAddr) -> String {
    format!("https://{address}")
}

fn refused(ran: &Ran, hint: &str) {
    assert_eq!(ran.code, 5, "{ran}");
    assert!(ran.err.contains(hint), "{hint:?} is not in\n{ran}");
}

#[test]
fn a_private_authority_is_trusted_once_it_is_named() {
    let (bench, authority) = (Bench::new(), Authority::new());
    let address = https(serve(authority.sign(&["127.0.0.1"], VALID), None));
    refused(&bench.list(&address, &[]), "set NOMAD_CACERT (or --ca-cert) to the authority");
    let ca = bench.file("ca.pem", &authority.pem);
    assert_eq!(bench.list(&address, &[("NOMAD_CACERT", &ca)]).out, "[]\n");
    let dir = bench.home.path().join("cas");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("one.pem"), &authority.pem).unwrap();
    assert_eq!(bench.list(&address, &[("NOMAD_CAPATH", &dir.display().to_string())]).out, "[]\n");
    let other = bench.file("other.pem", &Authority::new().pem);
    refused(&bench.list(&address, &[("NOMAD_CACERT", &other)]), "to the authority");
    assert_eq!(bench.list(&address, &[("NOMAD_SKIP_VERIFY", "true")]).out, "[]\n");
    refused(&bench.list(&address, &[("NOMAD_SKIP_VERIFY", "yes")]), "NOMAD_CACERT");
}

#[test]
fn a_certificate_for_another_name_wants_the_server_name() {
    let (bench, authority) = (Bench::new(), Authority::new());
    let address = https(serve(authority.sign(&["server.global.nomad"], VALID), None));
    let ca = bench.file("ca.pem", &authority.pem);
    refused(
        &bench.list(&address, &[("NOMAD_CACERT", &ca)]),
        "set NOMAD_TLS_SERVER_NAME (or --tls-server-name)",
    );
    let named = [("NOMAD_CACERT", ca.as_str()), ("NOMAD_TLS_SERVER_NAME", "server.global.nomad")];
    assert_eq!(bench.list(&address, &named).out, "[]\n");
    let wrong = [("NOMAD_CACERT", ca.as_str()), ("NOMAD_TLS_SERVER_NAME", "client.global.nomad")];
    refused(&bench.list(&address, &wrong), "NOMAD_TLS_SERVER_NAME");
}

#[test]
fn an_expired_certificate_is_told() {
    let (bench, authority) = (Bench::new(), Authority::new());
    let address = https(serve(authority.sign(&["127.0.0.1"], (2020, 2021)), None));
    let ca = bench.file("ca.pem", &authority.pem);
    refused(&bench.list(&address, &[("NOMAD_CACERT", &ca)]), "must be renewed");
}

#[test]
fn a_server_that_demands_client_certificates_says_so() {
    let (bench, authority) = (Bench::new(), Authority::new());
    let address = https(serve(authority.sign(&["127.0.0.1"], VALID), Some(&authority)));
    let ca = bench.file("ca.pem", &authority.pem);
    refused(
        &bench.list(&address, &[("NOMAD_CACERT", &ca)]),
        "demands a client certificate: set NOMAD_CLIENT_CERT and NOMAD_CLIENT_KEY",
    );
    let with = |signed: &Signed| {
        let (cert, key) = (bench.file("me.pem", &signed.cert_pem), bench.file("me.key", &signed.key_pem));
        bench.list(
            &address,
            &[("NOMAD_CACERT", &ca), ("NOMAD_CLIENT_CERT", &cert), ("NOMAD_CLIENT_KEY", &key)],
        )
    };
    assert_eq!(with(&authority.sign(&["me"], VALID)).out, "[]\n");
    refused(&with(&Authority::new().sign(&["me"], VALID)), "does not accept your client certificate");
    refused(&with(&authority.sign(&["me"], (2020, 2021))), "does not accept your client certificate");
    // Not verifying the server does not excuse from showing a certificate.
    refused(&bench.list(&address, &[("NOMAD_SKIP_VERIFY", "1")]), "demands a client certificate");
}

#[test]
fn half_a_client_pair_is_a_usage_error() {
    let (bench, authority) = (Bench::new(), Authority::new());
    let cert = bench.file("me.pem", &authority.sign(&["me"], VALID).cert_pem);
    let ran = bench.list("https://127.0.0.1:1", &[("NOMAD_CLIENT_CERT", &cert)]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.err.contains("both client certificate and client key must be provided"), "{ran}");
    let absent = bench.list("https://127.0.0.1:1", &[("NOMAD_CACERT", "/no/such/file.pem")]);
    assert_eq!(absent.code, 2, "{absent}");
    assert!(absent.err.contains("/no/such/file.pem"), "{absent}");
}

#[test]
fn plain_and_tls_ports_are_told_apart() {
    let (bench, authority) = (Bench::new(), Authority::new());
    let tls = serve(authority.sign(&["127.0.0.1"], VALID), None);
    // Our server hangs up on plain HTTP; Nomad answers a readable 400 (recorded in tls-errors.txt).
    assert_eq!(bench.list(&format!("http://{tls}"), &[]).code, 5);
    let nomad_like =
        raw_server(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    refused(&bench.list(&format!("http://{nomad_like}"), &[]), "use https://");
    let plain = raw_server(
        b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request",
    );
    refused(&bench.list(&https(plain), &[]), "use http://");
}

/// Reads a little and answers the same bytes to everybody.
fn raw_server(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut some = [0; 1024];
            drop(stream.read(&mut some).and_then(|_| stream.write_all(bytes)));
        }
    });
    address
}

#[test]
fn a_socket_is_spoken_to_by_plain_http() {
    let bench = Bench::new();
    let path = bench.home.path().join("api.sock");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            drop(answer(&mut stream, |_| EMPTY_LIST.to_vec()));
        }
    });
    assert_eq!(bench.list(&format!("unix://{}", path.display()), &[]).out, "[]\n");
    let gone = bench.list("unix:///no/such.sock", &[]);
    assert_eq!(gone.code, 5, "{gone}");
    assert!(Path::new("/no").exists() || gone.err.contains("unix:///no/such.sock"), "{gone}");
}

/// Straight to a node, which is of the embedded fleet.
#[cfg(feature = "sandbox")]
mod of_a_node {
    use std::net::TcpStream;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::e2e::jobs::script;
    use crate::e2e::on_sandbox::Simulated;

    /// What the plain server behind answers, and then hangs up.
    fn passed_on(server: &str, head: &str) -> Vec<u8> {
        let mut behind = TcpStream::connect(server.trim_start_matches("http://")).unwrap();
        let plain = |line: &&str| !line.is_empty() && !line.to_lowercase().starts_with("accept-encoding:");
        let lines: Vec<&str> = head.lines().filter(plain).chain(["Connection: close", "", ""]).collect();
        behind.write_all(lines.join("\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        behind.read_to_end(&mut answer).unwrap();
        answer
    }

    /// The answer about a node that says it speaks TLS, there.
    fn at_home(answer: &[u8], address: SocketAddr) -> Vec<u8> {
        let text = String::from_utf8_lossy(answer);
        // It may come in chunks, of which a small one is one.
        let (from, to) = (text.find('{').unwrap(), text.rfind('}').unwrap());
        let mut node: serde_json::Value = serde_json::from_str(&text[from..=to]).unwrap();
        node["HTTPAddr"] = address.to_string().into();
        node["TLSEnabled"] = true.into();
        let body = node.to_string();
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).into()
    }

    #[test]
    fn a_node_is_spoken_to_by_the_name_of_its_role() {
        let (bench, authority) = (Bench::new(), Authority::new());
        let Simulated { world, sandbox: _sandbox } = Simulated::new(4.0);
        let idle = "echo told; while true; do sleep 3600 & wait; done";
        world.register_hcl(&script("web", 1, idle, "max_files = 1\n max_file_size = 1"));
        world.until("said", 60.0, |w| w.run(&["logs", "web"]).out.ends_with("told\n"));
        let (ca, token) = (bench.file("ca.pem", &authority.pem), world.token.clone());
        let logs = |node_name: &str| {
            let read = Arc::new(AtomicUsize::new(0));
            let (behind, counted) = (world.address.clone(), Arc::clone(&read));
            let node = serve_by(authority.sign(&[node_name], VALID), Some(&authority), move |head| {
                counted.fetch_add(usize::from(head.contains("/v1/client/fs/")), Ordering::Relaxed);
                // Behind is a server, and no client that would be well.
                if head.contains("/v1/agent/health") { EMPTY_LIST.to_vec() } else { passed_on(&behind, head) }
            });
            let behind = world.address.clone();
            let servers =
                serve_by(authority.sign(&["server.global.nomad"], VALID), Some(&authority), move |head| {
                    let answer = passed_on(&behind, head);
                    if head.starts_with("GET /v1/node/") { at_home(&answer, node) } else { answer }
                });
            let me = authority.sign(&["me"], VALID);
            let (cert, key) = (bench.file("me.pem", &me.cert_pem), bench.file("me.key", &me.key_pem));
            let vars = [
                ("NOMAD_ADDR", https(servers)),
                ("NOMAD_TOKEN", token.clone()),
                ("NOMAD_CACERT", ca.clone()),
                ("NOMAD_CLIENT_CERT", cert),
                ("NOMAD_CLIENT_KEY", key),
                ("NOMAD_TLS_SERVER_NAME", "server.global.nomad".to_owned()),
            ];
            let fleet = vars.iter().fold(Fleet::new(bench.home.path()), |f, (k, v)| f.env(k, v));
            let ran = fleet.run(&["-v", "logs", "web", "--direct"]);
            assert!(ran.code == 0 && ran.out.ends_with("told\n"), "{ran}");
            (ran, node, read.load(Ordering::Relaxed))
        };
        let (ran, node, read) = logs("client.global.nomad");
        assert!(ran.err.contains(&format!(" at https://{node}")) && read > 0, "{read}: {ran}");
        // Somebody else's certificate gets neither the token nor the question.
        let (ran, node, read) = logs("server.global.nomad");
        let says = format!("going through the servers: https://{node}: ");
        assert!(ran.err.contains(&says) && ran.err.contains("certificate") && read == 0, "{read}: {ran}");
    }
}
