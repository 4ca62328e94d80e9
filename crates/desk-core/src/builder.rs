//! Settings of a client, and their checks. Building a client sends no request.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::call::Shared;
use crate::http::base::{self, Base};
use crate::http::pool::Http;
use crate::http::tls;
use crate::http::token::Token;
use crate::observe::Observer;
use crate::request::Service;
use crate::retry::policy::Budget;
use crate::retry::rate::Rate;
use crate::{Client, Error};

const AGENT: &str = concat!("desk-sdk/", env!("CARGO_PKG_VERSION"));

/// Settings of a client of type `C`.
#[must_use]
pub struct Builder<C = Client> {
    service: &'static Service,
    client: PhantomData<fn() -> C>,
    application_id: String,
    api_token: Zeroizing<String>,
    base_url: Option<String>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    idle_timeout: Duration,
    timeout: Duration,
    user_agent: Option<String>,
    ca_pem: Option<Vec<u8>>,
    ca_file: Option<PathBuf>,
    proxy: Option<String>,
    max_idle_connections: usize,
    reads_per_second: Option<f64>,
    writes_per_second: Option<f64>,
    observer: Option<Arc<dyn Observer>>,
}

impl<C: From<Client>> Builder<C> {
    /// Settings for an application of a service.
    pub fn new(service: &'static Service, application_id: impl Into<String>) -> Builder<C> {
        Builder {
            service,
            client: PhantomData,
            application_id: application_id.into(),
            api_token: Zeroizing::new(String::new()),
            base_url: None,
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(120),
            user_agent: None,
            ca_pem: None,
            ca_file: None,
            proxy: None,
            max_idle_connections: 32,
            reads_per_second: None,
            writes_per_second: None,
            observer: None,
        }
    }

    /// The API token (dashboard: Settings, Desk, Credentials). The client sends it only to the
    /// origin of the base URL.
    pub fn api_token(mut self, token: impl Into<String>) -> Builder<C> {
        self.api_token = Zeroizing::new(token.into());
        self
    }

    /// The base URL, if it differs from the service's own address: the emulator's, for example. The
    /// application id may then be empty.
    pub fn base_url(mut self, url: impl Into<String>) -> Builder<C> {
        self.base_url = Some(url.into());
        self
    }

    /// Time limit for opening a connection, TLS included; default: 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Builder<C> {
        self.connect_timeout = timeout;
        self
    }

    /// Time limit of one attempt, from its start to the last byte of the response; default: 60 s.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Builder<C> {
        self.attempt_timeout = timeout;
        self
    }

    /// Longest silence of the service while the client waits for a response or reads it; default:
    /// 30 s.
    pub fn idle_timeout(mut self, timeout: Duration) -> Builder<C> {
        self.idle_timeout = timeout;
        self
    }

    /// Time limit of a whole call, from its start to the last byte of the response, waits and
    /// retries included; default: 120 s.
    pub fn timeout(mut self, timeout: Duration) -> Builder<C> {
        self.timeout = timeout;
        self
    }

    /// The program's own name and version. The client sends them after the SDK's in `User-Agent`.
    pub fn user_agent(mut self, program: impl Into<String>) -> Builder<C> {
        self.user_agent = Some(program.into());
        self
    }

    /// Certificates to trust instead of the platform's: PEM, one or more.
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Builder<C> {
        self.ca_pem = Some(pem.into());
        self
    }

    /// As [`Builder::ca_pem`], from a file that [`Builder::build`] reads.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Builder<C> {
        self.ca_file = Some(path.into());
        self
    }

    /// The proxy, `http://host:port`; default: the proxy that `HTTPS_PROXY` and `NO_PROXY` name. An
    /// empty text means no proxy. The client never uses a proxy for addresses of this machine.
    pub fn proxy(mut self, url: impl Into<String>) -> Builder<C> {
        self.proxy = Some(url.into());
        self
    }

    /// Maximum number of unused connections that the client keeps for later calls; default: 32.
    pub fn max_idle_connections(mut self, connections: usize) -> Builder<C> {
        self.max_idle_connections = connections;
        self
    }

    /// Maximum number of reads per second, evenly spaced. When the service responds 429, all calls
    /// of this client pause for the time that the service asks for, and the rate falls to 0.7 of
    /// its value. Each second with a success raises the rate by 2 % of the limit.
    pub fn reads_per_second(mut self, rate: f64) -> Builder<C> {
        self.reads_per_second = Some(rate);
        self
    }

    /// Maximum number of requests per second that are not reads; otherwise as
    /// [`Builder::reads_per_second`].
    pub fn writes_per_second(mut self, rate: f64) -> Builder<C> {
        self.writes_per_second = Some(rate);
        self
    }

    /// Observer of every attempt and every call: the hook for metrics and logs.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Builder<C> {
        self.observer = Some(observer);
        self
    }

    /// Checks the settings and builds the client, without sending a request.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) names the wrong setting.
    pub fn build(mut self) -> Result<C, Error> {
        let base = match &self.base_url {
            Some(url) => {
                if !self.application_id.is_empty() {
                    base::check_application_id(&self.application_id)?;
                }
                Base::parse(url)?
            }
            None => Base::of_application(self.service.server, &self.application_id)?,
        };
        let token = Token::new(std::mem::take(&mut self.api_token))?;
        for (name, value) in [
            ("connect_timeout", self.connect_timeout),
            ("attempt_timeout", self.attempt_timeout),
            ("idle_timeout", self.idle_timeout),
            ("timeout", self.timeout),
        ] {
            if value.is_zero() {
                return Err(Error::invalid(format!("{name} is 0; it must be longer")));
            }
        }
        let rate = Rate::new(self.reads_per_second, self.writes_per_second)?;
        let tls = tls::config(self.trusted()?.as_deref())?;
        let agent = self.agent()?;
        let http =
            Http::new(&base, tls, self.proxy.as_deref(), agent, self.connect_timeout, self.max_idle_connections)?;
        let shared = Shared {
            service: self.service,
            http,
            base,
            token,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            idle_timeout: self.idle_timeout,
            budget: Budget::default(),
            rate,
            observer: self.observer.clone(),
        };
        Ok(Client::new(shared).into())
    }

    fn agent(&self) -> Result<HeaderValue, Error> {
        let agent = self.user_agent.as_ref().map_or(AGENT.to_owned(), |program| format!("{AGENT} {program}"));
        HeaderValue::from_str(&agent)
            .map_err(|_| Error::invalid("user_agent holds what no header can carry; remove line breaks"))
    }

    /// The certificates to trust instead of the platform's, if any.
    fn trusted(&self) -> Result<Option<Vec<u8>>, Error> {
        match (&self.ca_pem, &self.ca_file) {
            (Some(_), Some(_)) => Err(Error::invalid("ca_pem and ca_file are both set; choose one")),
            (Some(pem), None) => Ok(Some(pem.clone())),
            (None, Some(path)) => std::fs::read(path)
                .map(Some)
                .map_err(|error| Error::invalid(format!("ca_file cannot be read: {error}"))),
            (None, None) => Ok(None),
        }
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("application_id", &self.application_id)
            // An unchecked URL may hold a password: show only its origin.
            .field("base_url", &self.base_url.as_deref().map(crate::retry::evidence::origin))
            .finish_non_exhaustive()
    }
}
