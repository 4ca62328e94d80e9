//! Connections, TLS, and the bodies of requests and responses.

pub(crate) mod base;
pub(crate) mod body;
mod connect;
pub(crate) mod deadline;
mod gate;
pub(crate) mod lookup;
pub(crate) mod pool;
pub(crate) mod tls;
pub(crate) mod token;
