//! Cancellation of calls: [`CancelToken`].
//!
//! A call ends with its real result or as cancelled, never both. As for any other failure, the
//! outcome of a cancelled call states whether the service may have processed the request.

use std::pin::Pin;
use std::task::Poll;

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::{Error, ErrorKind, Outcome};

/// Cancels every call that has this token, in flight or not yet begun. Clones share one state; any
/// thread may use the token.
///
/// Dropping the future of a call cancels the call too, but then the program does not learn its
/// outcome.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(CancellationToken);

impl CancelToken {
    /// Creates a token that is not cancelled.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Cancels permanently, without waiting for the calls to end.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether the token was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Completes when the token is cancelled.
    pub async fn cancelled(&self) {
        self.0.cancelled().await;
    }
}

/// Runs `work` until it ends or one of the tokens is cancelled. If a token is already cancelled,
/// `work` does not begin.
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
        // Register with the tokens only if `work` is pending: most work is ready at the first poll.
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
