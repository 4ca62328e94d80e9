//! The runtime of the Desk SDK's generated clients: connections, deadlines, retries, lists,
//! exports, errors.
//!
//! This crate knows no operation. Generated code describes each operation as an
//! [`Operation`](request::Operation), builds a [`Request`](request::Request) from its arguments,
//! and names the function that decodes its result; [`Client::send`] does the rest. Programs use
//! `desk-client`, which re-exports the public types; this crate promises stability only to `desk-*`
//! crates of the same minor version.
//!
//! # Where to start
//!
//! - [`request`]: a request as a value.
//! - `call.rs`: one call, from its request to its response; `http` and `retry` below it.
//! - [`list`] and [`export`]: streams page after page; exports in time windows with proof.
//! - [`Error`]: above all its [`Outcome`], because a create that the service may have received must
//!   never be sent again.

mod builder;
mod call;
mod cancel;
pub mod check;
mod client;
pub mod decode;
mod error;
pub mod export;
#[cfg(fuzzing)]
pub mod fuzzing;
mod http;
mod json;
pub mod list;
mod lock;
mod observe;
mod open_enum;
mod options;
mod raw;
pub mod request;
mod response;
mod retry;

pub use builder::Builder;
pub use cancel::CancelToken;
pub use client::Client;
pub use error::{Error, ErrorKind, Outcome};
pub use http::lookup::join as join_lookups;
pub use json::Json;
pub use observe::{AttemptReport, CallReport, Observer};
pub use options::CallOptions;
pub use raw::{RawRequest, RawResult};
pub use response::Response;
pub use retry::policy::{Failure, RetryPolicy};

// Rebuilds this crate when another checkout uses the same target folder; `.cargo/config.toml` sets
// the variable.
const _: Option<&str> = option_env!("DESK_TREE");
