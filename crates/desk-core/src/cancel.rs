//! Giving up calls from elsewhere: [`CancelToken`].
//!
//! A call ends with its real result or as cancelled, never both. What a cancelled call proves is told by its outcome, as of
//! any other failure.

use std::pin::Pin;
use std::task::Poll;

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::{Error, ErrorKind, Outcome};

/// Cancels the calls that were given it, at once or before they begin. Clones are the same token; any thread may use it.
///
/// A future can also just be dropped; then nobody is told what became of the call.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(CancellationToken);

impl CancelToken {
    /// A token of its own.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Cancels, for good. It does not wait for the calls to end.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Ends when it is cancelled.
    pub async fn cancelled(&self) {
        self.0.cancelled().await;
    }
}

/// Runs `work` unless one of the tokens is cancelled first; does not begin if one was before.
pub(crate) async fn or_cancelled<T>(tokens: &[CancelToken], work: impl Future<Output = T>) -> Result<T, Error> {
    if tokens.iter().any(CancelToken::is_cancelled) {
        return Err(cancelled());
    }
    let mut work = std::pin::pin!(work);
    let mut waits: Vec<Pin<Box<WaitForCancellationFutureOwned>>> = Vec::new();
    std::future::poll_fn(|context| {
        if let Poll::Ready(result) = work.as_mut().poll(context) {
            return Poll::Ready(Ok(result));
        }
        // Most work needs no waiting, and then nobody is waited for.
        if waits.is_empty() {
            waits.extend(tokens.iter().map(|token| Box::pin(token.0.clone().cancelled_owned())));
        }
        match waits.iter_mut().any(|wait| wait.as_mut().poll(context).is_ready()) {
            true => Poll::Ready(Err(cancelled())),
            false => Poll::Pending,
        }
    })
    .await
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, Outcome::Unknown, "the call was cancelled")
}
