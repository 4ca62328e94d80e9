//! Rust client for the Sendbird Desk Platform API.
//!
//! [`Client`] has one async method for each operation of `openapi/desk.yaml`; the methods, their request types and their
//! results are generated. What is written by hand is the runtime below them: where the token may go ([`Client`]), how a
//! request is sent (one place for all operations), and what an [`Error`] says: above all its [`Outcome`], because a
//! create that may have been received must never be sent again.
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
//! A request that lacks a required field does not compile:
//!
//! ```compile_fail,E0599
//! desk_client::types::NewProactiveChat::builder().message("hello").build();
//! ```

#[doc(hidden)]
#[allow(dead_code, reason = "which lists there are depends on the spec")]
pub mod answer;
mod asked;
mod base;
mod body;
mod builder;
mod cancel;
#[allow(dead_code, reason = "which checks are called depends on the spec")]
mod check;
mod client;
mod connect;
mod deadline;
mod error;
mod evidence;
#[allow(dead_code, reason = "which lists there are depends on the spec")]
pub mod export;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod gate;
#[allow(rustdoc::bare_urls, rustdoc::invalid_html_tags, reason = "prose of the spec")]
#[rustfmt::skip]
mod generated;
mod hooks;
mod locked;
#[doc(hidden)]
pub mod lookup;
mod observe;
mod open_enum;
mod options;
#[allow(dead_code, reason = "which lists there are depends on the spec")]
mod paging;
mod pool;
mod rate;
mod raw;
mod request;
mod response;
mod retry;
mod retry_after;
mod tls;
mod token;
mod transport;

pub use builder::Builder;
pub use cancel::CancelToken;
pub use check::Missing;
pub use client::Client;
pub use error::{Error, ErrorKind, Outcome};
pub use observe::{AttemptReport, CallReport, Observer};
pub use options::CallOptions;
pub use paging::ItemStream;
pub use raw::{RawRequest, RawResult};
pub use response::Response;

pub use generated::types;
