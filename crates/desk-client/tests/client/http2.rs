//! Tests of HTTP/2 refusals after the client has sent the whole request: the client retries a
//! create only if the service states that it did not begin it.
//!
//! The server writes a few frames by hand, because no library can refuse a stream after reading all
//! of it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use desk_client::types::NewProactiveChat;
use desk_client::{CallOptions, Client, ErrorKind, Outcome, Response, types};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const CHAT: &[u8] =
    br#"{"id":7,"project":1,"message":"m","messageCount":1,"sentCount":1,"respondedCount":0,"closedCount":0,
    "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"HIGH"}"#;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The API token, which the server repeats when it goes away.
const TOKEN: &str = "token-4711";
/// Debug data of a GOAWAY: a service may quote the request.
const WORDS: &[u8] = b"words of the server about token-4711";

/// Reaction of the server to a request that it has read completely.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Answer,
    Reset(u32),
    /// Sends a GOAWAY with this last accepted stream; 0 is before the client's first stream.
    GoAway(u32),
    /// Sends a GOAWAY after the head of the response.
    GoAwayAmidst,
}

struct H2Server {
    url: String,
    authority: String,
    /// Bodies that arrived completely.
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

fn serve(script: Vec<Act>) -> H2Server {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("TLS").with_no_client_auth();
    let mut config = config.with_single_cert(vec![certified.cert.der().clone()], key).expect("key and certificate fit");
    config.alpn_protocols = vec![b"h2".to_vec()];
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
    let (config, bodies, script) = (Arc::new(config), Arc::<Mutex<Vec<Vec<u8>>>>::default(), Mutex::new(script));
    let seen = bodies.clone();
    let script = Arc::new(script);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, seen, script) = (config.clone(), seen.clone(), script.clone());
            thread::spawn(move || {
                let tls = ServerConnection::new(config).expect("a connection");
                // The client may close the connection at any time.
                converse(StreamOwned::new(tls, stream), &seen, &script).ok();
            });
        }
    });
    H2Server { url, authority: certified.cert.pem(), bodies }
}

type Tls = StreamOwned<ServerConnection, TcpStream>;

fn converse(mut tls: Tls, seen: &Mutex<Vec<Vec<u8>>>, script: &Mutex<Vec<Act>>) -> std::io::Result<()> {
    tls.read_exact(&mut [0; 24])?;
    send(&mut tls, SETTINGS, 0, 0, &[])?;
    let mut body = Vec::new();
    loop {
        let mut head = [0; 9];
        tls.read_exact(&mut head)?;
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        tls.read_exact(&mut payload)?;
        let (kind, flags, stream) = (head[3], head[4], u32::from_be_bytes([head[5], head[6], head[7], head[8]]));
        match kind {
            SETTINGS if flags == 0 => send(&mut tls, SETTINGS, 1, 0, &[])?,
            DATA => body.extend_from_slice(&payload),
            _ => {}
        }
        if !matches!(kind, DATA | HEADERS) || flags & END_STREAM == 0 {
            continue;
        }
        seen.lock().expect("unbroken").push(std::mem::take(&mut body));
        let act = {
            let mut script = script.lock().expect("unbroken");
            if script.is_empty() { Act::Answer } else { script.remove(0) }
        };
        match act {
            Act::Answer => {
                // 0x88 is `:status: 200` in the static table of HPACK.
                send(&mut tls, HEADERS, END_HEADERS, stream, &[0x88])?;
                send(&mut tls, DATA, END_STREAM, stream, CHAT)?;
            }
            Act::Reset(code) => send(&mut tls, RST_STREAM, 0, stream, &code.to_be_bytes())?,
            Act::GoAwayAmidst => {
                send(&mut tls, HEADERS, END_HEADERS, stream, &[0x88])?;
                send(&mut tls, GOAWAY, 0, 0, &[&stream.to_be_bytes()[..], &[0, 0, 0, 2], WORDS].concat())?;
                thread::sleep(Duration::from_millis(20));
                return Ok(());
            }
            Act::GoAway(last) => {
                send(&mut tls, GOAWAY, 0, 0, &[&last.to_be_bytes()[..], &[0; 4], WORDS].concat())?;
                thread::sleep(Duration::from_millis(20));
                return Ok(());
            }
        }
    }
}

fn send(tls: &mut Tls, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(payload.len()).expect("small").to_be_bytes();
    let stream = stream.to_be_bytes();
    let head = [length[1], length[2], length[3], kind, flags, stream[0], stream[1], stream[2], stream[3]];
    tls.write_all(&[&head, payload].concat())?;
    tls.flush()
}

async fn create(server: &H2Server) -> Result<Response<types::ProactiveChat>, desk_client::Error> {
    create_with(server, CallOptions::new()).await
}

async fn create_with(
    server: &H2Server,
    options: CallOptions,
) -> Result<Response<types::ProactiveChat>, desk_client::Error> {
    let client = Client::builder("").api_token(TOKEN).base_url(&server.url).ca_pem(server.authority.as_bytes());
    let client = client.build().expect("settings are right").with(options);
    let chat = NewProactiveChat::builder().message("m").group_key("g").customer_ids([1]).agent_id(1).build();
    client.proactive_chat_create(&chat).await
}

#[tokio::test]
async fn what_was_not_begun_is_sent_again() {
    const REFUSED_STREAM: u32 = 7;
    for refusal in [Act::Reset(REFUSED_STREAM), Act::GoAway(0)] {
        let server = serve(vec![refusal]);
        let made = create(&server).await.expect("the second succeeds");
        assert_eq!((made.id, made.attempts()), (7, 2), "{refusal:?}");
        let bodies = server.bodies.lock().expect("unbroken").clone();
        assert!(bodies.len() == 2 && bodies[0] == bodies[1] && !bodies[0].is_empty(), "{refusal:?}");
    }
}

#[tokio::test]
async fn what_may_have_been_begun_is_not() {
    const INTERNAL_ERROR: u32 = 2;
    const CANCEL: u32 = 8;
    for trouble in [Act::Reset(INTERNAL_ERROR), Act::Reset(CANCEL), Act::GoAway(1)] {
        let server = serve(vec![trouble]);
        let error = create(&server).await.expect_err("no answer");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::Unknown), "{trouble:?}: {error}");
        assert_eq!((error.attempts(), server.bodies.lock().expect("unbroken").len()), (1, 1), "{trouble:?}");
    }
}

#[tokio::test]
async fn the_server_s_words_are_not_repeated() {
    let server = serve(vec![Act::GoAway(0)]);
    let error = create_with(&server, CallOptions::new().max_attempts(1)).await.expect_err("it went away");
    assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1));
    assert!(!error.to_string().contains("words"), "{error}");
    assert!(error.to_string().ends_with("; nothing was sent"), "{error}");
}

/// An error and all its causes, as `anyhow` and loggers print them.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(|error| format!("{error} {error:?} {error:#?}\n")).collect()
}

#[tokio::test]
async fn the_token_is_nowhere_in_the_causes_of_an_error() {
    for trouble in [Act::GoAway(0), Act::GoAway(1), Act::GoAwayAmidst] {
        let server = serve(vec![trouble]);
        let error = create_with(&server, CallOptions::new().max_attempts(1)).await.expect_err("it went away");
        let shown = chain(&error);
        assert!(!shown.contains("words") && !shown.contains(TOKEN), "{trouble:?}: {shown}");
    }
}

#[tokio::test]
async fn certificates_are_read_from_a_file_as_well() {
    let server = serve(vec![]);
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("http2-authority.pem");
    std::fs::write(&file, &server.authority).expect("a file");
    let client = Client::builder("").api_token("t").base_url(&server.url).ca_file(file);
    assert_eq!(client.build().expect("settings are right").proactive_chat_get(7).await.expect("a chat").id, 7);
}
