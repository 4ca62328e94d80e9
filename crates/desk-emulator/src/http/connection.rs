//! Connections: accepted, served by hyper, and taken over for bytes that hyper would never write.
//!
//! A handler gets a [`Takeover`] in its request's extensions. With it, the handler can pass a
//! [`Script`], which replaces hyper: the request is dropped, and the script writes to the bare
//! socket.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tower_service::Service as _;

/// Accepts connections until `stop` is true; then each open connection ends after its current
/// request.
pub(super) async fn accept(listener: TcpListener, router: Router, stop: watch::Receiver<bool>) {
    let mut stop_receiver = stop.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Responses are written at once; Nagle's algorithm would only delay them.
                    let _ = stream.set_nodelay(true);
                    tokio::spawn(serve(stream, router.clone(), stop.clone()));
                }
                // The process may be out of file descriptors until another connection closes.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            () = stop_requested(&mut stop_receiver) => return,
        }
    }
}

type ResponseFuture = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

async fn serve(stream: TcpStream, router: Router, mut stop: watch::Receiver<bool>) {
    let (takeover, mut scripts) = mpsc::channel(1);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| -> ResponseFuture {
        request.extensions_mut().insert(Takeover(takeover.clone()));
        let mut router = router.clone();
        Box::pin(async move { router.call(request.map(axum::body::Body::new)).await })
    });
    let mut connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let mut stopped = false;
    let script = loop {
        tokio::select! {
            script = scripts.recv() => break script,
            // An error means that the client has left.
            _ = poll_fn(|context| connection.poll_without_shutdown(context)) => break None,
            () = stop_requested(&mut stop), if !stopped => {
                stopped = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let mut stream = connection.into_parts().io.into_inner();
    match script {
        Some(script) => run_script(script, stream).await,
        None => drop(stream.shutdown().await),
    }
}

async fn stop_requested(stop: &mut watch::Receiver<bool>) {
    // An error means that the server has ended, which also ends the connection.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Access to a connection, in the extensions of its requests.
#[derive(Clone)]
pub(super) struct Takeover(mpsc::Sender<Script>);

impl Takeover {
    /// The takeover of a request's connection.
    pub(super) fn from_request(request: &Request) -> Option<Self> {
        request.extensions().get().cloned()
    }

    /// Runs a script on the connection. Never returns: the request and its task are dropped.
    pub(super) async fn run(self, script: Script) -> Response {
        // Fails if the connection has ended, which drops this task as well.
        let _ = self.0.send(script).await;
        pending().await
    }
}

/// Bytes to write to a connection, and the way to end it.
#[derive(Default)]
pub(super) struct Script {
    pub(super) steps: Vec<WriteStep>,
    pub(super) end: ConnectionEnd,
}

pub(super) enum WriteStep {
    Write(Bytes),
    /// The same bytes this many times.
    Repeat(Bytes, usize),
    /// Pieces of this many bytes, with a pause between two pieces.
    Drip(Bytes, usize, Duration),
}

/// The kind of a connection's end.
#[derive(Clone, Copy, Default)]
pub(super) enum ConnectionEnd {
    /// Closed in order (FIN).
    #[default]
    Close,
    /// Reset (RST).
    Reset,
    /// Open and silent until the client leaves.
    Stall,
}

async fn run_script(script: Script, mut stream: TcpStream) {
    for step in script.steps {
        let written = match step {
            WriteStep::Write(bytes) => stream.write_all(&bytes).await,
            WriteStep::Repeat(bytes, times) => repeat(&mut stream, &bytes, times).await,
            WriteStep::Drip(bytes, size, pause) => drip(&mut stream, &bytes, size, pause).await,
        };
        // The client has left.
        if written.is_err() {
            return;
        }
    }
    match script.end {
        ConnectionEnd::Close => {
            let _ = stream.shutdown().await;
            // Unread input would turn the close into a reset.
            discard_input(&mut stream, Duration::from_secs(2)).await;
        }
        ConnectionEnd::Reset => {
            // Lets the written bytes arrive before the reset.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let _ = stream.set_zero_linger();
        }
        ConnectionEnd::Stall => discard_input(&mut stream, Duration::from_secs(3600)).await,
    }
}

async fn repeat(stream: &mut TcpStream, bytes: &[u8], times: usize) -> std::io::Result<()> {
    for _ in 0..times {
        stream.write_all(bytes).await?;
    }
    Ok(())
}

async fn drip(stream: &mut TcpStream, bytes: &[u8], size: usize, pause: Duration) -> std::io::Result<()> {
    for (index, piece) in bytes.chunks(size).enumerate() {
        if index > 0 {
            tokio::time::sleep(pause).await;
        }
        stream.write_all(piece).await?;
    }
    Ok(())
}

/// Reads and discards input until the client closes the connection or the timeout ends.
async fn discard_input(stream: &mut TcpStream, timeout: Duration) {
    let mut sink = tokio::io::sink();
    let _ = tokio::time::timeout(timeout, tokio::io::copy(stream, &mut sink)).await;
}
