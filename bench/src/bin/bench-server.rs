//! The page server: chat messages in memory, pages of 500, and one proactive chat to read and
//! create.
//!
//! `bench-server MESSAGES full|short CA_FILE` prints `{"http":PORT,"https":PORT}`, writes the CA
//! certificate to CA_FILE, and ends when its standard input is closed. Below `/slow`, each response
//! takes 20 ms. The server does as little as possible per request: the full pages of the complete
//! list are prepared at the start, other pages are copied from the bytes of the messages.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::DateTime;
use desk_bench::PAGE;
use desk_bench::messages::Messages;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

const CHAT: &str = r#"{"id":1,"project":1,"message":"Your order 1042 has shipped.","messageCount":1,"createdBy":{"displayName":"Ann","id":1,"photoThumbnailUrl":null,"sendbirdId":"sendbird_desk_agent_id_1"},"assignedGroup":{"createdAt":"2026-01-01T00:00:00.000000Z","description":null,"id":1,"key":"sales","name":"Sales"},"sentCount":3,"respondedCount":1,"closedCount":0,"customersList":"101,102,103","createdAt":"2026-01-31T09:30:00.123456Z","updatedAt":"2026-01-31T09:31:12.000000Z","priority":"HIGH"}"#;

/// The delay of a response below `/slow`.
const SLOW: Duration = Duration::from_millis(20);

struct Pages {
    messages: Messages,
    pages: Vec<Bytes>,
    chat: Bytes,
    connections: AtomicU64,
    delays: mpsc::Sender<Delay>,
}

/// The end of a delay, and the task that waits for it.
type Delay = (Instant, oneshot::Sender<()>);

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [count, shape, ca] = args.as_slice() else { return Err("bench-server MESSAGES full|short CA_FILE".into()) };
    let count = count.parse()?;
    let messages = Messages::new(count, shape == "full");
    let pages = (0..count.div_ceil(PAGE)).map(|page| messages.page(0..count, page * PAGE, PAGE)).collect();
    let (chat, connections, delays) = (Bytes::from_static(CHAT.as_bytes()), AtomicU64::new(0), delays());
    let pages = Arc::new(Pages { messages, pages, chat, connections, delays });
    let acceptor = acceptor(ca)?;
    std::thread::spawn(|| {
        // The parent process has ended.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (http, https) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        println!(r#"{{"http":{},"https":{}}}"#, http.local_addr()?.port(), https.local_addr()?.port());
        std::io::stdout().flush()?;
        loop {
            tokio::select! {
                Ok((stream, _)) = http.accept() => {
                    stream.set_nodelay(true)?;
                    tokio::spawn(serve(stream, pages.clone()));
                }
                Ok((stream, _)) = https.accept() => {
                    stream.set_nodelay(true)?;
                    let (acceptor, pages) = (acceptor.clone(), pages.clone());
                    tokio::spawn(async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            serve(stream, pages).await;
                        }
                    });
                }
            }
        }
    })
}

/// Ends delays on time, because tokio's timers are up to 2 ms late. All delays are equally long, so
/// they end in the order of their start.
fn delays() -> mpsc::Sender<Delay> {
    let (sender, receiver) = mpsc::channel::<Delay>();
    std::thread::spawn(move || {
        for (end, waiter) in receiver {
            std::thread::sleep(end.saturating_duration_since(Instant::now()));
            // Fails if the task has ended.
            let _ = waiter.send(());
        }
    });
    sender
}

/// A TLS acceptor with a certificate for localhost, issued by a new CA that is written to `ca`.
fn acceptor(ca: &str) -> Result<TlsAcceptor, Failure> {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "bench");
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    std::fs::write(ca, issuer.pem())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into()?)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve<S>(stream: S, pages: Arc<Pages>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    pages.connections.fetch_add(1, Ordering::Relaxed);
    let service = service_fn(|request| respond(request, &pages));
    // An error means that the client has left.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(request: Request<Incoming>, pages: &Pages) -> Result<Response<Full<Bytes>>, Infallible> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let query = request.uri().query().unwrap_or_default().to_owned();
    if path.starts_with("/slow") {
        let (ended, end) = oneshot::channel();
        // The thread lives as long as the server.
        let _ = pages.delays.send((Instant::now() + SLOW, ended));
        let _ = end.await;
    }
    let (status, body) = match (method, path.strip_prefix("/slow").unwrap_or(&path)) {
        (Method::GET, "/platform/v1/chat_messages") => match pages.list(&query) {
            Some(page) => (StatusCode::OK, page),
            None => (StatusCode::BAD_REQUEST, Bytes::from_static(br#"{"detail":"no such page"}"#)),
        },
        (Method::GET, "/platform/v1/proactive_chats/1") => (StatusCode::OK, pages.chat.clone()),
        (Method::POST, "/platform/v1/proactive_chats") => {
            let _ = request.into_body().collect().await;
            (StatusCode::CREATED, pages.chat.clone())
        }
        // The number of connections so far, this one included.
        (Method::GET, "/connections") => (StatusCode::OK, pages.connections.load(Ordering::Relaxed).to_string().into()),
        _ => (StatusCode::NOT_FOUND, Bytes::from_static(br#"{"detail":"Not found."}"#)),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

impl Pages {
    fn list(&self, query: &str) -> Option<Bytes> {
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let number = |name: &str, default: usize| value(name).map_or(Some(default), |text| text.parse().ok());
        let (limit, offset) = (number("limit", 50)?, number("offset", 0)?);
        let time = |name: &str, default: i64| {
            let time = |text: &str| DateTime::parse_from_rfc3339(&text.replace("%3A", ":").replace("%2B", "+")).ok();
            value(name).map_or(Some(default), |text| Some(time(text)?.timestamp_micros()))
        };
        let (from, to) = (time("created_at__gte", i64::MIN)?, time("created_at__lte", i64::MAX)?);
        match (limit, offset % PAGE, (from, to)) {
            (PAGE, 0, (i64::MIN, i64::MAX)) => self.pages.get(offset / PAGE).cloned(),
            (1..=PAGE, _, _) => Some(self.messages.page(self.messages.between(from, to), offset, limit)),
            _ => None,
        }
    }
}
