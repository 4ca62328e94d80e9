//! [`Client`]: the runtime's client with one method for each operation of the spec, which are generated.

use desk_core::{CallOptions, Error, RawRequest, RawResult, Response};

use crate::Builder;
use crate::generated::SERVICE;

/// A client of one Desk application.
///
/// It is cheap to clone and may be used from any task or thread. It starts nothing by itself: calls open connections, on the
/// tokio runtime that runs them.
#[derive(Clone, Debug)]
pub struct Client(desk_core::Client);

impl Client {
    /// Settings for the application with this id (dashboard: Settings, Application, General).
    pub fn builder(application_id: impl Into<String>) -> Builder {
        Builder::new(&SERVICE, application_id)
    }

    /// The same client with other options for the calls made through it:
    /// `client.with(CallOptions::new().timeout(t)).some_operation(..)`.
    pub fn with(&self, options: CallOptions) -> Client {
        Client(self.0.with(options))
    }

    /// Makes a call that the spec does not have yet. A GET or HEAD is retried after transient failures, anything else only if
    /// the service certainly did nothing.
    ///
    /// # Errors
    /// As every operation; a path that leaves the base URL is refused before anything is sent.
    pub async fn raw_call(&self, request: &RawRequest) -> Result<Response<RawResult>, Error> {
        self.0.raw_call(request).await
    }

    /// The client of the runtime: it sends the values of [`requests`](crate::requests) and [`lists`](crate::lists), and decodes
    /// results with a function of yours.
    pub fn core(&self) -> &desk_core::Client {
        &self.0
    }
}

impl From<desk_core::Client> for Client {
    fn from(client: desk_core::Client) -> Client {
        Client(client)
    }
}
