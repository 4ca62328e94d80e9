//! Connections, TLS, and the bodies of requests and responses.

pub(crate) mod base;
pub(crate) mod body;
mod connect;
pub(crate) mod deadline;
pub(crate) mod lookup;
pub(crate) mod pool;
mod send_guard;
pub(crate) mod tls;
pub(crate) mod token;
