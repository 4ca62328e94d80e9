// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

pub(crate) mod builders;
pub(crate) mod enums;
pub(crate) mod lists;
pub(crate) mod operations;
pub(crate) mod params;
#[allow(dead_code, missing_docs, unreachable_pub, clippy::all, rustdoc::all)]
pub(crate) mod wire;
/// The service's address.
pub(crate) const SERVER: &str = "https://desk-api-{application_id}.sendbird.com/platform/v1";
/// The header that carries the token.
pub(crate) const TOKEN_HEADER: &str = "sendbirddeskapitoken";
/// Requests, results, query parameters and enumerations, as the spec names them.
pub mod types {
    pub use super::{builders::*, enums::*, params::*};
    pub use super::wire::types::{
        NewProactiveChat, ProactiveChat, ChatMessage, ChatMessagePage,
    };
}
