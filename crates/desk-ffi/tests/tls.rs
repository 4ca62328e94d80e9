//! HTTPS for a C program: HTTP/2 when the server offers it, one connection, and no trust in unknown
//! certificates.
//!
//! The program finds the server's own authority through `SSL_CERT_FILE`, from which the platform's
//! roots are read.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::convert::Infallible;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use support::{build, out_dir};
use testkit::Run;
use tokio_rustls::TlsAcceptor;

const PAGE: &str = r#"{"count":0,"results":[]}"#;
const CHAT: &str = r#"{"id":1,"project":1,"message":"m","messageCount":1,"sentCount":1,"respondedCount":0,"closedCount":0,
    "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"LOW"}"#;

struct HttpsServer {
    url: String,
    authority: String,
    connections: Arc<AtomicUsize>,
    versions: Arc<Mutex<Vec<String>>>,
}

/// A name that no name server knows: only a proxy leads there.
const FAR: &str = "desk.invalid";

/// Serves on `localhost`, and through a tunnel as `FAR`, until the test program ends.
fn serve(protocols: &[&str]) -> HttpsServer {
    let certified =
        rcgen::generate_simple_self_signed(["localhost".to_owned(), FAR.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS");
    let config = config.with_no_client_auth().with_single_cert(vec![certified.cert.der().clone()], key);
    let mut config = config.expect("key and certificate fit");
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let (connections, versions) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<String>>>::default());
    let (say, hear) = mpsc::channel();
    let (count, seen) = (connections.clone(), versions.clone());
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            say.send(listener.local_addr().expect("an address").port()).expect("the test listens");
            let acceptor = TlsAcceptor::from(Arc::new(config));
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, count, seen) = (acceptor.clone(), count.clone(), seen.clone());
                tokio::spawn(async move {
                    // A client that does not trust the server closes the connection here.
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    count.fetch_add(1, Ordering::SeqCst);
                    let service = service_fn(move |request: Request<Incoming>| {
                        seen.lock().expect("no panic holds it").push(format!("{:?}", request.version()));
                        let body = if request.uri().path().contains("messages") { PAGE } else { CHAT };
                        async move { Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(body.as_bytes())))) }
                    });
                    // The client may close the connection at any time.
                    Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await.ok();
                });
            }
        });
    });
    let url = format!("https://localhost:{}", hear.recv().expect("it listens"));
    HttpsServer { url, authority: certified.cert.pem(), connections, versions }
}

fn run(server: &HttpsServer, authority: &str, name: &str, attempts: &str) -> String {
    let file = out_dir().join(name);
    fs::write(&file, authority).expect("a file");
    Run::of(&build("fault.c"), &[&server.url, "20000", attempts], &[("SSL_CERT_FILE", file.to_str().expect("UTF-8"))])
        .text()
}

const FINE: &str = "proactive_chat_create DESK_OK 0 0 - 0\nproactive_chat_get DESK_OK 0 0 - 0\n\
                    chat_message_list DESK_OK 0 0 - 0\nticket_chat_message_list DESK_OK 0 0 - 0\n";

#[test]
fn http_2_when_offered() {
    let server = serve(&["h2", "http/1.1"]);
    assert_eq!(run(&server, &server.authority, "h2.pem", "1"), FINE);
    assert_eq!(*server.versions.lock().expect("no panic holds it"), ["HTTP/2.0"; 4]);
    // One connection for reads, one for other requests.
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn http_1_otherwise() {
    let server = serve(&["http/1.1"]);
    assert_eq!(run(&server, &server.authority, "h1.pem", "1"), FINE);
    assert_eq!(*server.versions.lock().expect("no panic holds it"), ["HTTP/1.1"; 4]);
    // One connection for reads, one for other requests.
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn a_stranger_gets_nothing() {
    let (server, other) = (serve(&["h2"]), serve(&["h2"]));
    // The default number of attempts: retrying does not improve a certificate.
    let text = run(&server, &other.authority, "stranger.pem", "0");
    assert!(text.lines().all(|line| line.ends_with(" DESK_CONNECT 1 0 - 1")), "{text}");
    assert!(server.versions.lock().expect("no panic holds it").is_empty());
}

/// The authority as bytes and as a file, and the proxy by its address, from C and from C++; the
/// environment has neither.
#[test]
fn authority_and_proxy_are_options() {
    let server = serve(&["h2"]);
    let port = server.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let (proxy, asked) = tunnel(port);
    let file = out_dir().join("authority.pem");
    fs::write(&file, &server.authority).expect("a file");
    let (pem, path) = (format!("ca_pem={}", file.display()), format!("ca_file={}", file.display()));
    let (proxy, far) = (format!("proxy=http://127.0.0.1:{proxy}"), format!("https://{FAR}"));
    for source in ["options.c", "options.cpp"] {
        let run = |url: &str, options: &[&str]| {
            Run::of(
                &build(source),
                &[&[url, "1", "1"], options].concat(),
                &[("HTTPS_PROXY", ""), ("SSL_CERT_FILE", "")],
            )
            .text()
        };
        assert!(run(&server.url, &[]).starts_with("DESK_CONNECT "), "{source}");
        for known in [&pem, &path] {
            assert!(run(&server.url, &[known]).starts_with("DESK_OK "), "{source} {known}");
        }
        assert!(run(&far, &[&pem, &proxy]).starts_with("DESK_OK "), "{source}");
    }
    assert_eq!(asked.lock().expect("no panic holds it").len(), 2);
}

/// A proxy that leads every tunnel to `port` and records the requests.
fn tunnel(port: u16) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let own = listener.local_addr().expect("an address").port();
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let seen = asked.clone();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                client.read_exact(&mut byte).expect("a head");
                head.extend(byte);
            }
            seen.lock().expect("no panic holds it").push(String::from_utf8_lossy(&head).into_owned());
            let server = TcpStream::connect(("127.0.0.1", port)).expect("the service");
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").expect("a client");
            for (mut from, mut to) in
                [(client.try_clone().expect("a stream"), server.try_clone().expect("a stream")), (server, client)]
            {
                thread::spawn(move || {
                    std::io::copy(&mut from, &mut to).ok();
                    to.shutdown(std::net::Shutdown::Write).ok();
                });
            }
        }
    });
    (own, asked)
}

#[test]
fn a_tunnel_leads_to_the_service_and_the_proxy_sees_its_own_password_only() {
    let server = serve(&["h2"]);
    let port = server.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let (proxy, asked) = tunnel(port);
    let file = out_dir().join("tunnel.pem");
    fs::write(&file, &server.authority).expect("a file");
    let proxy = format!("http://user:s3cret@127.0.0.1:{proxy}");
    let environment = [("SSL_CERT_FILE", file.to_str().expect("UTF-8")), ("HTTPS_PROXY", &proxy), ("NO_PROXY", "")];
    let text = Run::of(&build("fault.c"), &[&format!("https://{FAR}"), "20000", "1"], &environment).text();
    assert_eq!(text, FINE);
    assert_eq!(*server.versions.lock().expect("no panic holds it"), ["HTTP/2.0"; 4]);
    let asked = asked.lock().expect("no panic holds it");
    assert_eq!(asked.len(), 2, "one for reads, one for the rest");
    for head in asked.iter() {
        assert!(head.starts_with("CONNECT desk.invalid:443 HTTP/1.1\r\n"), "{head}");
        assert!(head.to_lowercase().contains("proxy-authorization: basic dxnlcjpzm2nyzxq="), "{head}");
        assert!(!head.to_lowercase().contains("sendbird"), "{head}");
    }
}

/// The client uses the proxy of `HTTPS_PROXY` for the service, and never for an address of this
/// machine.
#[test]
fn the_proxy_of_the_environment_is_used_but_not_for_this_machine() {
    let (asked, page) = (Arc::<Mutex<Vec<String>>>::default(), PAGE.as_bytes());
    let seen = asked.clone();
    let proxy = testkit::Server::start(move |request| {
        seen.lock().expect("no panic holds it").push(format!("{} {}", request.method, request.target));
        vec![testkit::reply(403, &[], b"")]
    });
    let environment = [("HTTPS_PROXY", proxy.url()), ("HTTP_PROXY", proxy.url()), ("NO_PROXY", String::new())];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    let text = Run::of(&build("fault.c"), &["https://desk.invalid", "20000", "1"], &environment).text();
    assert!(text.lines().all(|line| line.ends_with(" DESK_CONNECT 1 0 - 1")), "{text}");
    assert_eq!(*asked.lock().expect("no panic holds it"), ["CONNECT desk.invalid:443"; 4]);
    let here = testkit::Server::start(move |request| {
        vec![testkit::reply(200, &[], if request.target.contains("messages") { page } else { CHAT.as_bytes() })]
    });
    assert_eq!(Run::of(&build("fault.c"), &[&here.url(), "20000", "1"], &environment).text(), FINE);
    assert_eq!(asked.lock().expect("no panic holds it").len(), 4);
}
