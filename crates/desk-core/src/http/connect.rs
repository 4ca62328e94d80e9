//! Opening of connections: TCP or the tunnel of a proxy, and TLS over it. `lookup.rs` resolves
//! names.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::header::{HeaderMap, HeaderValue, USER_AGENT};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;
use url::Url;

use crate::Error;
use crate::error::BoxError;
use crate::http::base::Base;
use crate::http::lookup::Resolver;

/// Silence of a connection before the first keep-alive probe, and interval between probes.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Number of unanswered probes that end the connection.
const KEEPALIVE_TRIES: u32 = 3;
/// Longest time that sent bytes may stay unacknowledged.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;
/// A connection to the service or to a proxy; one to a proxy may use TLS itself.
type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Opens connections to the origin of a client, each within the connect timeout.
#[derive(Clone)]
pub(crate) struct Connector {
    tls: HttpsConnector<Hop>,
    timeout: Duration,
}

#[derive(Clone)]
enum Hop {
    Straight(HttpConnector<Resolver>),
    Through(Box<Tunnel<HttpsConnector<HttpConnector<Resolver>>>>),
}

impl Connector {
    /// `proxy` is the setting: `None` uses the proxy of the environment, an empty text means no
    /// proxy.
    pub(crate) fn new(
        base: &Base,
        tls: rustls::ClientConfig,
        proxy: Option<&str>,
        agent: &HeaderValue,
        timeout: Duration,
    ) -> Result<Connector, Error> {
        let mut tcp = HttpConnector::new_with_resolver(Resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(timeout));
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(KEEPALIVE_TRIES));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        let hop = match on_the_way(base, proxy)? {
            None => Hop::Straight(tcp),
            Some(proxy) => {
                let mut tls = tls.clone();
                tls.alpn_protocols.clear();
                let tunnel = Tunnel::new(proxy.uri().clone(), HttpsConnector::from((tcp, tls)))
                    .with_headers(HeaderMap::from_iter([(USER_AGENT, agent.clone())]));
                Hop::Through(Box::new(match proxy.basic_auth() {
                    Some(password) => tunnel.with_auth(password.clone()),
                    None => tunnel,
                }))
            }
        };
        Ok(Connector { tls: HttpsConnector::from((hop, tls)), timeout })
    }
}

/// The proxy to use, if any.
fn on_the_way(base: &Base, setting: Option<&str>) -> Result<Option<Intercept>, Error> {
    let (name, matcher) = match setting {
        Some("") => return Ok(None),
        Some(url) => ("proxy", Matcher::builder().all(encoded(url)).build()),
        None => ("the proxy of the environment", Matcher::from_system()),
    };
    let found = matcher.intercept(base.uri());
    // The URL may hold a password: the error must not repeat it.
    let refuse = || Error::invalid(format!("{name} is not a URL of HTTP; write http://host:port"));
    if found.is_none() && setting.is_some() {
        return Err(refuse());
    }
    // Plain http is allowed only to this machine, which needs no proxy: a proxy is used for tunnels
    // only.
    let Some(proxy) = found.filter(|_| !base.is_loopback()) else { return Ok(None) };
    if matches!(proxy.uri().scheme_str(), Some("http" | "https")) { Ok(Some(proxy)) } else { Err(refuse()) }
}

/// A proxy's address with user and password encoded, so that none of their characters becomes part
/// of the host.
fn encoded(proxy: &str) -> String {
    let url = if proxy.contains("://") { Url::parse(proxy) } else { Url::parse(&format!("http://{}", proxy.trim())) };
    url.map_or(String::new(), String::from)
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<Stream>;
    type Error = BoxError;
    type Future = Connecting<MaybeHttpsStream<Stream>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tls.poll_ready(context)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let (connecting, timeout) = (self.tls.call(to), self.timeout);
        Box::pin(async move {
            let late = |_| {
                io::Error::new(io::ErrorKind::TimedOut, format!("it was not open within {} ms", timeout.as_millis()))
            };
            tokio::time::timeout(timeout, connecting).await.map_err(late)?
        })
    }
}

impl Service<Uri> for Hop {
    type Response = Stream;
    type Error = BoxError;
    type Future = Connecting<Stream>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Hop::Straight(tcp) => tcp.poll_ready(context).map_err(Into::into),
            Hop::Through(tunnel) => tunnel.poll_ready(context).map_err(Into::into),
        }
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        match self {
            Hop::Straight(tcp) => {
                let connecting = tcp.call(to);
                Box::pin(async move { Ok(MaybeHttpsStream::Http(connecting.await?)) })
            }
            Hop::Through(tunnel) => {
                let connecting = tunnel.call(to);
                Box::pin(async move { Ok(connecting.await?) })
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::on_the_way;
    use crate::http::base::Base;

    #[test]
    fn a_proxy_speaks_http_and_its_password_is_its_own() {
        let far = Base::parse("https://desk.example/v1").expect("an address");
        let proxy = on_the_way(&far, Some("http://user:pass@proxy.example:3128")).expect("a proxy").expect("one");
        assert_eq!(proxy.uri(), "http://proxy.example:3128/");
        assert!(proxy.basic_auth().is_some_and(http::HeaderValue::is_sensitive));
        assert_eq!(
            on_the_way(&far, Some("proxy.example:3128")).expect("a proxy").expect("one").uri().port_u16(),
            Some(3128)
        );
        let proxy =
            on_the_way(&far, Some(" http://us@er:p@ss word@proxy.example:3128\n")).expect("a proxy").expect("one");
        assert_eq!(proxy.uri(), "http://proxy.example:3128/");
        let auth = proxy.basic_auth().and_then(|auth| auth.to_str().ok());
        assert_eq!(auth, Some("Basic dXNAZXI6cEBzcyB3b3Jk"));
        assert!(on_the_way(&far, Some("https://proxy.example")).is_ok_and(|proxy| proxy.is_some()));
        assert!(on_the_way(&far, Some("")).is_ok_and(|proxy| proxy.is_none()));
        for wrong in [
            "socks5://user:secret@proxy.example",
            "ftp://secret.example",
            "http://user:secret word@ /",
            "/",
            "secret proxy",
        ] {
            let error = on_the_way(&far, Some(wrong)).expect_err(wrong).to_string();
            assert!(error.starts_with("proxy is not a URL of HTTP") && !error.contains("secret"), "{wrong}: {error}");
        }
        let near = Base::parse("https://localhost:1/v1").expect("an address");
        assert!(on_the_way(&near, Some("http://proxy.example")).is_ok_and(|proxy| proxy.is_none()));
    }
}
