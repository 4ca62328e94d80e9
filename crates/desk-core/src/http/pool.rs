//! Pooled connections of a client (hyper's), and the message that the client sends over them.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::base::Base;
use super::connect::Connector;
use super::send_guard::{GuardedBody, SendGuard};
use crate::Error;

/// Idle time after which the pool closes a connection for reads.
const POOL_TIMEOUT: Duration = Duration::from_secs(60);
/// Idle time after which the pool closes a connection for other requests. The service may close an
/// idle connection at any time, and a request sent over a closing connection may or may not have
/// arrived.
const FRESH: Duration = Duration::from_secs(2);

/// Size of the read buffer, in bytes, which limits the head of a response. The client copies the
/// bytes onward, so the buffer should fit the processor's cache.
const READ_BUFFER: usize = 64 << 10;

type Pool = legacy::Client<Connector, GuardedBody>;

/// The connections of a client.
pub(crate) struct Http {
    /// Connections for reads.
    reads: Pool,
    /// Connections for other requests: new, or idle for less than [`FRESH`].
    writes: Pool,
    /// The value of `User-Agent`.
    pub(crate) agent: HeaderValue,
}

impl Http {
    /// Creates the pools. The first request opens the first connection.
    pub(crate) fn new(
        base: &Base,
        tls: rustls::ClientConfig,
        proxy: Option<&str>,
        agent: HeaderValue,
        connect_timeout: Duration,
        max_idle: usize,
    ) -> Result<Http, Error> {
        let connector = Connector::new(base, tls, proxy, &agent, connect_timeout)?;
        let pool = |timeout| {
            legacy::Client::builder(TokioExecutor::new())
                .timer(TokioTimer::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(timeout)
                .pool_max_idle_per_host(max_idle)
                .http1_max_buf_size(READ_BUFFER)
                .build(connector.clone())
        };
        Ok(Http { reads: pool(POOL_TIMEOUT), writes: pool(FRESH), agent })
    }

    /// Sends a request; the future completes with the head of the response.
    pub(crate) fn send(&self, safe: bool, request: Request<GuardedBody>) -> legacy::ResponseFuture {
        let pool = if safe { &self.reads } else { &self.writes };
        pool.request(request)
    }
}

/// An HTTP request that the client can send several times.
pub(crate) struct Message {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl Message {
    /// The HTTP request of one attempt, and the guard of its body; `None` without a body.
    pub(crate) fn request(&self) -> (Request<GuardedBody>, Option<SendGuard>) {
        let guard = self.body.as_ref().map(|_| SendGuard::default());
        let body = match (&self.body, &guard) {
            (Some(bytes), Some(guard)) => guard.body(bytes.clone()),
            _ => GuardedBody::empty(),
        };
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        (request, guard)
    }
}
