//! Rust client for the Sendbird Desk Platform API.
//!
//! [`Client`] has one async method for each operation of `openapi/desk.yaml`; the methods, their
//! request types and their results are generated. The crate `desk-core` is the hand-written runtime
//! that sends every request. The [`Outcome`] of every [`Error`] states whether the request may have
//! had an effect, because a create that the service may have received must never be sent again.
//!
//! ```no_run
//! # async fn run() -> Result<(), desk_client::Error> {
//! use desk_client::{Client, types::NewProactiveChat, types::Priority};
//!
//! let client = Client::builder("12345678-ABCD-1234-ABCD-123456789ABC").api_token("token").build()?;
//! let chat = NewProactiveChat::builder()
//!     .message("Your order has shipped.")
//!     .group_key("sales")
//!     .customer_ids([101, 102])
//!     .agent_id(1)
//!     .priority(Priority::High)
//!     .build();
//! let chat = client.proactive_chat_create(&chat).await?;
//! println!("{} of 2 sent", chat.sent_count);
//! # Ok(()) }
//! ```
//!
//! Omitting a required field of a request is a compile error:
//!
//! ```compile_fail,E0599
//! desk_client::types::NewProactiveChat::builder().message("hello").build();
//! ```
//!
//! # Features
//!
//! - `rustls-aws-lc-rs` (default) and `rustls-ring`: the TLS provider. A provider that the program
//!   has installed (`rustls::crypto::CryptoProvider::install_default`) takes precedence; without
//!   any provider, building a client fails. Choose the provider that the rest of the program uses:
//!   with two of them, `rustls::ClientConfig::builder()` panics.

mod client;
#[allow(rustdoc::bare_urls, rustdoc::invalid_html_tags, reason = "prose of the spec")]
#[rustfmt::skip]
mod generated;

pub use client::Client;
pub use desk_core::{
    AttemptReport, CallOptions, CallReport, CancelToken, Error, ErrorKind, Json, Observer, Outcome, RawRequest,
    RawResult, Response,
};
pub use desk_core::{check::Missing, list::ItemStream};

pub use generated::{lists, operations, requests, types};

/// Exports of a list in time windows, with proof that no row is lost or duplicated.
pub mod export {
    pub use desk_core::export::{Export, Piece, Pieces, Proof, Window, begin};
}

/// Settings of a [`Client`].
pub type Builder = desk_core::Builder<Client>;

// Rebuilds this crate when another checkout uses the same target folder; `.cargo/config.toml` sets
// the variable.
const _: Option<&str> = option_env!("DESK_TREE");
