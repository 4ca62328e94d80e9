// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use ::desk_client::{requests, types};
use ::desk_core::decode;
use super::inputs::*;
use super::outputs::*;
use crate::client::{Caller, desk_client};
use crate::failure::desk_error;
use crate::options::desk_call_options;
use crate::status::desk_status;
use crate::text::desk_str;
use crate::{guard, input, output, reader};
/// Message customers first.
///
/// Starts a proactive chat: one ticket with the message for each customer. When a customer replies, that ticket
/// becomes a general ticket and is routed to an available agent of the ticket's team. The service knows no
/// idempotency key: a second create is a second message to real people, so a create is never re-sent once a byte
/// may have left.
///
/// `POST /proactive_chats`. Blocks until the response is complete or the deadline passes. On success the caller
/// owns `*out` and frees it with `desk_proactive_chat_free`; on failure `*out` is NULL. `options` may be NULL for
/// the client's settings. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`.
/// `desk_error_get_outcome` says whether the request may have taken effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_create(
    client: *mut desk_client,
    body: *const desk_new_proactive_chat,
    options: *const desk_call_options,
    out: *mut *mut desk_proactive_chat,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe {
        guard::call(
            out,
            err,
            || {
                let caller = Caller::new(client, options)?;
                let body = input::required("body", input::top("body", body)?)?;
                let result = caller
                    .send(
                        requests::proactive_chat_create(&body),
                        reader::decode::<types::ProactiveChat, ProactiveChatView>,
                    )?;
                Ok(output::into_handle(result))
            },
        )
    }
}
/// Read a proactive chat.
///
/// Reads one proactive chat with its counters.
///
/// `GET /proactive_chats/{proactive_id}`. Blocks until the response is complete or the deadline passes. On
/// success the caller owns `*out` and frees it with `desk_proactive_chat_free`; on failure `*out` is NULL.
/// `options` may be NULL for the client's settings. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`.
/// `desk_error_get_outcome` says whether the request may have taken effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get(
    client: *mut desk_client,
    proactive_id: i64,
    options: *const desk_call_options,
    out: *mut *mut desk_proactive_chat,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe {
        guard::call(
            out,
            err,
            || {
                let caller = Caller::new(client, options)?;
                let result = caller
                    .send(
                        requests::proactive_chat_get(proactive_id),
                        reader::decode::<types::ProactiveChat, ProactiveChatView>,
                    )?;
                Ok(output::into_handle(result))
            },
        )
    }
}
/// List messages of the application.
///
/// Lists one page of all chat messages in the application. The order is not documented. The service has marked
/// this list as deprecated in favour of the list of one ticket; expect 404 or 410 where it is gone.
///
/// @deprecated by the service.
///
/// `GET /chat_messages`. Blocks until the response is complete or the deadline passes. On success the caller owns
/// `*out` and frees it with `desk_chat_message_page_free`; on failure `*out` is NULL. `params` may be NULL for
/// defaults. `options` may be NULL for the client's settings. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`.
/// `desk_error_get_outcome` says whether the request may have taken effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_list(
    client: *mut desk_client,
    params: *const desk_chat_message_list_params,
    options: *const desk_call_options,
    out: *mut *mut desk_chat_message_page,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe {
        guard::call(
            out,
            err,
            || {
                let caller = Caller::new(client, options)?;
                let params = input::top("params", params)?;
                let params = params
                    .unwrap_or_else(|| types::ChatMessageListParams::builder().build());
                let result = caller
                    .send(
                        requests::chat_message_list(&params),
                        reader::decode::<types::ChatMessagePage, ChatMessagePageView>,
                    )?;
                Ok(output::into_handle(result))
            },
        )
    }
}
/// List messages of a ticket.
///
/// Lists one page of the chat messages in one ticket. The order is not documented.
///
/// `GET /tickets/{ticket_id}/chat_messages`. Blocks until the response is complete or the deadline passes. On
/// success the caller owns `*out` and frees it with `desk_chat_message_page_free`; on failure `*out` is NULL.
/// `params` may be NULL for defaults. `options` may be NULL for the client's settings. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`.
/// `desk_error_get_outcome` says whether the request may have taken effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_list(
    client: *mut desk_client,
    ticket_id: i64,
    params: *const desk_ticket_chat_message_list_params,
    options: *const desk_call_options,
    out: *mut *mut desk_chat_message_page,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe {
        guard::call(
            out,
            err,
            || {
                let caller = Caller::new(client, options)?;
                let params = input::top("params", params)?;
                let params = params
                    .unwrap_or_else(|| {
                        types::TicketChatMessageListParams::builder().build()
                    });
                let result = caller
                    .send(
                        requests::ticket_chat_message_list(ticket_id, &params),
                        reader::decode::<types::ChatMessagePage, ChatMessagePageView>,
                    )?;
                Ok(output::into_handle(result))
            },
        )
    }
}
