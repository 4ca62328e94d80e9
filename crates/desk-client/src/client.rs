//! The client: settings, their checks, and the shared state behind every call.
//!
//! A [`Client`] is cheap to clone and may be used from any task or thread. It starts nothing by itself: connections are
//! opened by calls, on the tokio runtime that runs them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::base::{self, Base};
use crate::retry::{self, Budget};
use crate::token::Token;
use crate::transport::{Call, Operation, Shared};
use crate::{Error, tls};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(60);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// A client of one Desk application.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    options: CallOptions,
}

/// What one call may do differently; see [`Client::with`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CallOptions {
    timeout: Option<Duration>,
    max_attempts: Option<u32>,
}

impl CallOptions {
    /// No difference.
    pub fn new() -> CallOptions {
        CallOptions::default()
    }

    /// Time for the whole call, from its start to the last byte of the answer.
    pub fn timeout(mut self, timeout: Duration) -> CallOptions {
        self.timeout = Some(timeout);
        self
    }

    /// How often the request is sent at most, the first time included; 5 if not set. A request that is not a read is sent
    /// again only if the service certainly did nothing.
    pub fn max_attempts(mut self, attempts: u32) -> CallOptions {
        self.max_attempts = Some(attempts);
        self
    }
}

impl Client {
    /// Settings for the application with this id (dashboard: Settings, Application, General).
    pub fn builder(application_id: impl Into<String>) -> Builder {
        Builder {
            application_id: application_id.into(),
            api_token: Zeroizing::new(String::new()),
            base_url: None,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: TIMEOUT,
        }
    }

    /// The same client with other options for the calls made through it:
    /// `client.with(CallOptions::new().timeout(t)).some_operation(..)`.
    pub fn with(&self, options: CallOptions) -> Client {
        Client { shared: self.shared.clone(), options }
    }

    /// Starts one call of an operation.
    pub(crate) fn begin(&self, operation: Operation) -> Call {
        let timeout = self.options.timeout.unwrap_or(self.shared.timeout);
        let max_attempts = self.options.max_attempts.unwrap_or(retry::MAX_ATTEMPTS);
        Call::new(self.shared.clone(), operation, timeout, max_attempts)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("shared", &self.shared).field("options", &self.options).finish()
    }
}

/// Settings of a [`Client`].
pub struct Builder {
    application_id: String,
    api_token: Zeroizing<String>,
    base_url: Option<String>,
    connect_timeout: Duration,
    timeout: Duration,
}

impl Builder {
    /// The API token (dashboard: Settings, Desk, Credentials). It is sent to the base URL's origin and nowhere else.
    pub fn api_token(mut self, token: impl Into<String>) -> Builder {
        self.api_token = Zeroizing::new(token.into());
        self
    }

    /// Another address than the service's own, such as the emulator's. With it the application id may be empty.
    pub fn base_url(mut self, url: impl Into<String>) -> Builder {
        self.base_url = Some(url.into());
        self
    }

    /// Time to open a connection, TLS included; 5 s if not set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Builder {
        self.connect_timeout = timeout;
        self
    }

    /// Time for a whole call, from its start to the last byte of the answer; 60 s if not set.
    pub fn timeout(mut self, timeout: Duration) -> Builder {
        self.timeout = timeout;
        self
    }

    /// Checks the settings. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) names the setting that is wrong.
    pub fn build(self) -> Result<Client, Error> {
        let base = match &self.base_url {
            Some(url) => {
                if !self.application_id.is_empty() {
                    base::check_application_id(&self.application_id)?;
                }
                Base::parse(url)?
            }
            None => Base::of_application(&self.application_id)?,
        };
        let token = Token::new(self.api_token)?;
        for (name, value) in [("connect_timeout", self.connect_timeout), ("timeout", self.timeout)] {
            if value.is_zero() {
                return Err(Error::invalid(format!("{name} is 0; it must be longer")));
            }
        }
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config()?)
            .redirect(reqwest::redirect::Policy::none())
            // Whether to send again is decided in one place (`transport.rs`), not below it.
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .user_agent(concat!("desk-sdk/", env!("CARGO_PKG_VERSION")));
        if base.is_loopback() {
            http = http.no_proxy();
        }
        let http = http
            .build()
            .map_err(|error| Error::invalid(format!("the http client cannot be set up: {}", error.without_url())))?;
        let shared = Shared { http, base, token, timeout: self.timeout, budget: Budget::default() };
        Ok(Client { shared: Arc::new(shared), options: CallOptions::default() })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("application_id", &self.application_id)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
