//! [`Client`]: the runtime's client with one generated method for each operation of the spec.

use desk_core::{CallOptions, Error, RawRequest, RawResult, Response};

use crate::Builder;
use crate::generated::SERVICE;

/// A client of one Desk application.
///
/// A client is cheap to clone and may be used from any task or thread. Creating a client starts no
/// task or thread: calls open connections, on the tokio runtime that runs them.
#[derive(Clone, Debug)]
pub struct Client(desk_core::Client);

impl Client {
    /// Settings for the application with this id (dashboard: Settings, Application, General).
    pub fn builder(application_id: impl Into<String>) -> Builder {
        Builder::new(&SERVICE, application_id)
    }

    /// The same client with other options for its calls:
    /// `client.with(CallOptions::new().timeout(t)).some_operation(..)`.
    pub fn with(&self, options: CallOptions) -> Client {
        Client(self.0.with(options))
    }

    /// Calls an endpoint that the spec does not describe yet. The client retries a GET or HEAD
    /// after transient failures; it retries any other method only if the service certainly did not
    /// process the request.
    ///
    /// # Errors
    /// As for every operation; the client refuses a path that leaves the base URL before it sends a
    /// request.
    pub async fn raw_call(&self, request: &RawRequest) -> Result<Response<RawResult>, Error> {
        self.0.raw_call(request).await
    }

    /// The client of the runtime. It sends the values of [`requests`](crate::requests) and
    /// [`lists`](crate::lists), and decodes results with a function that the caller passes.
    pub fn core(&self) -> &desk_core::Client {
        &self.0
    }
}

impl From<desk_core::Client> for Client {
    fn from(client: desk_core::Client) -> Client {
        Client(client)
    }
}
