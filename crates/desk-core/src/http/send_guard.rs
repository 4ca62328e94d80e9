//! Proof that a request was not sent: a guard of its body.
//!
//! The connection reads the body when it is about to write it. A call that ends before that blocks
//! the guard, and then the connection cannot read the body: the service cannot have received the
//! whole request, so it cannot have processed it. After the connection has read the body, no proof
//! is possible.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

const IDLE: u8 = 0;
const READ: u8 = 1;
const BLOCKED: u8 = 2;

/// The guard of one body.
#[derive(Clone, Default)]
pub(crate) struct SendGuard(Arc<AtomicU8>);

impl SendGuard {
    /// A body of these bytes that the connection can read until this guard is blocked.
    pub(crate) fn body(&self, bytes: Bytes) -> GuardedBody {
        GuardedBody { bytes: Some(bytes), guard: self.clone() }
    }

    /// Blocks the body. Returns true if no byte of the body was sent, and none will be.
    pub(crate) fn block(&self) -> bool {
        self.0.compare_exchange(IDLE, BLOCKED, Ordering::SeqCst, Ordering::SeqCst) != Err(READ)
    }
}

/// A request body that the connection can read until its guard is blocked.
pub(crate) struct GuardedBody {
    bytes: Option<Bytes>,
    guard: SendGuard,
}

impl GuardedBody {
    /// An empty body.
    pub(crate) fn empty() -> GuardedBody {
        GuardedBody { bytes: None, guard: SendGuard::default() }
    }
}

impl Body for GuardedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.guard.0.compare_exchange(IDLE, READ, Ordering::SeqCst, Ordering::SeqCst) == Err(BLOCKED) {
            return Poll::Ready(Some(Err(io::Error::other("the call was given up"))));
        }
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::{Body, Bytes, GuardedBody, SendGuard};

    fn poll(body: &mut GuardedBody) -> Option<Result<Bytes, String>> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame.map(|frame| match frame {
                Ok(frame) => Ok(frame.into_data().expect("data")),
                Err(error) => Err(error.to_string()),
            }),
            Poll::Pending => panic!("it is always ready"),
        }
    }

    #[test]
    fn body_that_was_read_may_have_been_sent() {
        let guard = SendGuard::default();
        let mut body = guard.body(Bytes::from_static(b"x"));
        assert_eq!(body.size_hint().exact(), Some(1));
        assert_eq!(poll(&mut body), Some(Ok(Bytes::from_static(b"x"))));
        assert!(!guard.block());
        assert!(body.is_end_stream());
        assert_eq!(poll(&mut body), None);
    }

    #[test]
    fn blocked_guard_lets_no_byte_out() {
        let guard = SendGuard::default();
        let mut body = guard.body(Bytes::from_static(b"x"));
        assert!(guard.block() && guard.block());
        assert_eq!(poll(&mut body), Some(Err("the call was given up".to_owned())));
    }
}
