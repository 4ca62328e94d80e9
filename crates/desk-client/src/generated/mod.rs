// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

pub(crate) mod builders;
pub(crate) mod enums;
pub mod lists;
pub(crate) mod methods;
pub mod operations;
pub(crate) mod params;
pub mod requests;
#[allow(dead_code, missing_docs, unreachable_pub, clippy::all, rustdoc::all)]
pub(crate) mod wire;
/// Facts of the service.
pub(crate) const SERVICE: desk_core::request::Service = desk_core::request::Service {
    server: "https://desk-api-{application_id}.sendbird.com/platform/v1",
    token_header: "sendbirddeskapitoken",
};
/// Requests, results, query parameters and enumerations, as the spec names them.
pub mod types {
    pub use super::{builders::*, enums::*, params::*};
    pub use super::wire::types::{
        NewProactiveChat, ProactiveChat, ChatMessage, ChatMessagePage,
    };
}
