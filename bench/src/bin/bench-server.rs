//! The page server: chat messages in memory, pages of 500, and one proactive chat to read and create.
//!
//! `bench-server MESSAGES full|short CA_FILE` prints `{"http":PORT,"https":PORT}`, writes the certificate to trust to
//! CA_FILE, and ends when its standard input does. It does as little as it can for a request: it parses the offset and
//! hands out bytes that were there before.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use desk_bench::messages;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const CHAT: &str = r#"{"id":1,"project":1,"message":"Your order 1042 has shipped.","messageCount":1,"createdBy":{"displayName":"Ann","id":1,"photoThumbnailUrl":null,"sendbirdId":"sendbird_desk_agent_id_1"},"assignedGroup":{"createdAt":"2026-01-01T00:00:00.000000Z","description":null,"id":1,"key":"sales","name":"Sales"},"sentCount":3,"respondedCount":1,"closedCount":0,"customersList":"101,102,103","createdAt":"2026-01-31T09:30:00.123456Z","updatedAt":"2026-01-31T09:31:12.000000Z","priority":"HIGH"}"#;

struct Pages {
    pages: Vec<Bytes>,
    chat: Bytes,
    connections: AtomicU64,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [count, shape, ca] = args.as_slice() else { return Err("bench-server MESSAGES full|short CA_FILE".into()) };
    let pages = messages::pages(count.parse()?, shape == "full");
    let pages = Arc::new(Pages { pages, chat: Bytes::from_static(CHAT.as_bytes()), connections: AtomicU64::new(0) });
    let acceptor = acceptor(ca)?;
    std::thread::spawn(|| {
        // Whoever started it is gone.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
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

/// A certificate for localhost from an authority of its own, which is written to `ca`.
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
    let service = service_fn(|request| answer(request, &pages));
    // A peer that goes away is none of the server's business.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, pages: &Pages) -> Result<Response<Full<Bytes>>, Infallible> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let number = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse::<usize>().ok());
    let (status, body) = match (method, path.as_str()) {
        (Method::GET, "/platform/v1/chat_messages") => match (number("limit="), number("offset=").unwrap_or(0)) {
            (Some(messages::PAGE), offset)
                if offset % messages::PAGE == 0 && offset / messages::PAGE < pages.pages.len() =>
            {
                (StatusCode::OK, pages.pages[offset / messages::PAGE].clone())
            }
            _ => (StatusCode::BAD_REQUEST, Bytes::from_static(br#"{"detail":"pages of 500 only"}"#)),
        },
        (Method::GET, "/platform/v1/proactive_chats/1") => (StatusCode::OK, pages.chat.clone()),
        (Method::POST, "/platform/v1/proactive_chats") => {
            let _ = request.into_body().collect().await;
            (StatusCode::CREATED, pages.chat.clone())
        }
        // How many connections there were; asking is one of them.
        (Method::GET, "/connections") => (StatusCode::OK, pages.connections.load(Ordering::Relaxed).to_string().into()),
        _ => (StatusCode::NOT_FOUND, Bytes::from_static(br#"{"detail":"Not found."}"#)),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
