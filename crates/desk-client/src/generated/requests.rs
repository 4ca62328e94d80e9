// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

//! Requests as values, one function for each operation. [`Client::core`](crate::Client::core) sends
//! them. A value that breaks a bound of the spec is the error of that call.
use super::{operations, types, wire};
#[allow(unused_imports)]
use desk_core::check::Check;
use desk_core::request::Request;
/// The request of [`Client::proactive_chat_create`](crate::Client::proactive_chat_create).
pub fn proactive_chat_create(body: &types::NewProactiveChat) -> Request {
    Request::new(
        operations::PROACTIVE_CHAT_CREATE,
        || {
            body.check("")?;
            wire::proactive_chat_create(body)
        },
    )
}
/// The request of [`Client::proactive_chat_get`](crate::Client::proactive_chat_get).
pub fn proactive_chat_get(proactive_id: i64) -> Request {
    Request::new(
        operations::PROACTIVE_CHAT_GET,
        || {
            desk_core::check::number("proactive_id", proactive_id, Some(1), None)?;
            wire::proactive_chat_get(proactive_id)
        },
    )
}
/// The request of [`Client::chat_message_list`](crate::Client::chat_message_list).
pub fn chat_message_list(params: &types::ChatMessageListParams) -> Request {
    Request::new(
        operations::CHAT_MESSAGE_LIST,
        || {
            params.check("")?;
            wire::chat_message_list(
                params.created_at_gte.as_ref(),
                params.created_at_lte.as_ref(),
                params.limit,
                params.offset,
                params.ticket_channel_type.as_ref(),
            )
        },
    )
}
/// The request of [`Client::ticket_chat_message_list`](crate::Client::ticket_chat_message_list).
pub fn ticket_chat_message_list(
    ticket_id: i64,
    params: &types::TicketChatMessageListParams,
) -> Request {
    Request::new(
        operations::TICKET_CHAT_MESSAGE_LIST,
        || {
            desk_core::check::number("ticket_id", ticket_id, Some(1), None)?;
            params.check("")?;
            wire::ticket_chat_message_list(ticket_id, params.limit, params.offset)
        },
    )
}
