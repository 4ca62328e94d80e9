//! Connections: accepted, served by hyper, and handed over to whoever wants to write bytes that hyper would not.
//!
//! A handler that finds a [`Takeover`] in its request can end the connection in its own way: it passes a [`Script`] and is
//! dropped; the bytes are written to the bare socket.

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

/// Serves connections until `stop` is told; those that are open then end behind the request that they are at.
pub(super) async fn accept(listener: TcpListener, router: Router, stop: watch::Receiver<bool>) {
    let mut stop_receiver = stop.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Answers are written at once; waiting for more to send only delays them.
                    let _ = stream.set_nodelay(true);
                    tokio::spawn(serve(stream, router.clone(), stop.clone()));
                }
                // Out of file descriptors, perhaps: others may close theirs meanwhile.
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
            // An error is the client's leaving.
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
    // An error is the end of the server, which is the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The way to a connection, in the extensions of its requests.
#[derive(Clone)]
pub(super) struct Takeover(mpsc::Sender<Script>);

impl Takeover {
    /// The one of a request.
    pub(super) fn from_request(request: &Request) -> Option<Self> {
        request.extensions().get().cloned()
    }

    /// Ends the connection by a script. Does not come back: the request is dropped with what served it.
    pub(super) async fn run(self, script: Script) -> Response {
        // Fails if the connection is gone, and this with it.
        let _ = self.0.send(script).await;
        pending().await
    }
}

/// What is written to a connection, and how it ends then.
#[derive(Default)]
pub(super) struct Script {
    pub(super) steps: Vec<WriteStep>,
    pub(super) end: ConnectionEnd,
}

pub(super) enum WriteStep {
    Write(Bytes),
    /// The same bytes so many times.
    Repeat(Bytes, usize),
    /// In pieces of so many bytes, with a wait before each but the first.
    Drip(Bytes, usize, Duration),
}

/// How a connection ends.
#[derive(Clone, Copy, Default)]
pub(super) enum ConnectionEnd {
    /// In order.
    #[default]
    Close,
    /// By a reset.
    Reset,
    /// When the client has had enough.
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
            // Bytes that nobody reads would turn the close into a reset.
            discard_input(&mut stream, Duration::from_secs(2)).await;
        }
        ConnectionEnd::Reset => {
            // So that what was written arrives before the reset.
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

/// Reads away what comes, until nothing does or it took too long.
async fn discard_input(stream: &mut TcpStream, timeout: Duration) {
    let mut sink = tokio::io::sink();
    let _ = tokio::time::timeout(timeout, tokio::io::copy(stream, &mut sink)).await;
}
