//! The state that all handlers share.

use std::net::SocketAddr;
use std::sync::Arc;

use super::log::Log;
use super::rate::RateLimiter;
use crate::behaviour::SharedBehaviour;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::store::SharedStore;
use crate::webhook::Webhooks;

/// The path prefix of the API.
pub(crate) const BASE_PATH: &str = "/platform/v1";

/// The state that all handlers share.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) store: SharedStore,
    pub(crate) token: Arc<str>,
    pub(crate) address: SocketAddr,
    pub(crate) behaviour: SharedBehaviour,
    pub(crate) demo: bool,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) rate_limiter: RateLimiter,
    pub(crate) clock: Clock,
    pub(crate) webhooks: Webhooks,
}
