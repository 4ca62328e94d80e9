//! Sending requests over pooled connections: hyper's, below everything that this client decides.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::base::Base;
use super::connect::Connector;
use super::send_guard::{GuardedBody, SendGuard};
use crate::Error;

/// How long an unused connection is kept for reads.
const POOL_TIMEOUT: Duration = Duration::from_secs(60);
/// The same for anything else: the service closes idle connections when it likes, and a request sent into one that is just
/// being closed may or may not have arrived.
const FRESH: Duration = Duration::from_secs(2);

/// Bytes that are read at once, and the longest head of an answer. What is read is copied on: it should still be near.
const READ_BUFFER: usize = 64 << 10;

type Pool = legacy::Client<Connector, GuardedBody>;

/// The connections of a client.
pub(crate) struct Http {
    /// For reads.
    reads: Pool,
    /// For anything else: new, or used a moment ago.
    writes: Pool,
    /// What `User-Agent` says.
    pub(crate) agent: HeaderValue,
}

impl Http {
    /// Nothing is opened before the first request.
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

    /// Sends a request; ends with the head of the answer.
    pub(crate) fn send(&self, safe: bool, request: Request<GuardedBody>) -> legacy::ResponseFuture {
        let pool = if safe { &self.reads } else { &self.writes };
        pool.request(request)
    }
}

/// A request that can be sent again.
pub(crate) struct Message {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl Message {
    /// One sending of it, and the gate that its body is behind.
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
