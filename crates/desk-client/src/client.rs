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
