//! The client: the shared state behind every call, and the options of the next ones.
//!
//! A [`Client`] is cheap to clone and may be used from any task or thread. It starts nothing by itself: connections are
//! opened by calls, on the tokio runtime that runs them.

use std::fmt;
use std::sync::Arc;

use crate::builder::Builder;
use crate::options::CallOptions;
use crate::transport::{Call, Operation, Shared};

/// A client of one Desk application.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
    pub(crate) options: CallOptions,
}

impl Client {
    /// Settings for the application with this id (dashboard: Settings, Application, General).
    pub fn builder(application_id: impl Into<String>) -> Builder {
        Builder::new(application_id.into())
    }

    /// The same client with other options for the calls made through it:
    /// `client.with(CallOptions::new().timeout(t)).some_operation(..)`.
    pub fn with(&self, options: CallOptions) -> Client {
        Client { shared: self.shared.clone(), options }
    }

    /// The client for a page that is asked for before it is needed, or for one that is.
    pub(crate) fn ahead(&self, ahead: bool) -> Client {
        let mut client = self.clone();
        client.options.ahead = ahead;
        client
    }

    /// How long an answer to what was asked for ahead is waited for: as for one attempt of a call.
    pub(crate) fn patience(&self) -> std::time::Duration {
        let attempt = self.options.attempt_timeout.unwrap_or(self.shared.attempt_timeout);
        attempt.min(self.options.timeout.unwrap_or(self.shared.timeout))
    }

    /// Starts one call of an operation.
    pub(crate) fn begin(&self, operation: Operation) -> Call {
        Call::new(self.shared.clone(), operation, self.options.clone())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("shared", &self.shared).field("options", &self.options).finish()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use std::time::Duration;

    use super::Client;
    use crate::CallOptions;

    #[test]
    fn an_answer_asked_for_ahead_is_waited_for_no_longer_than_a_call_may_take() {
        let client = Client::builder("A").api_token("t0ken").build().expect("a client");
        let (short, long) = (Duration::from_millis(30), Duration::from_secs(300));
        assert_eq!(client.with(CallOptions::new().timeout(short)).patience(), short);
        assert_eq!(client.with(CallOptions::new().attempt_timeout(short)).patience(), short);
        assert_eq!(client.with(CallOptions::new().timeout(long)).patience(), Duration::from_secs(60));
    }
}
