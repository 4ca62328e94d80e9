// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use std::ffi::c_void;
use ::desk_client::{Response, requests, types};
use ::desk_core::decode;
use super::inputs::*;
use super::outputs::*;
use crate::client::{Caller, desk_client};
use crate::failure::{Failure, desk_error};
use crate::op::{self, desk_free_fn, desk_op, desk_op_fn};
use crate::start::{self, Completion, Start};
use crate::options::desk_call_options;
use crate::reader::OwnedView;
use crate::status::desk_status;
use crate::text::desk_str;
use crate::{guard, input, output, reader};
/// Starts `desk_proactive_chat_create` and returns at once; see the rules of asynchronous calls at the top.
/// `desk_op_take_proactive_chat` takes its result. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the call itself, including a broken
/// bound of the spec, come with its result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_create_async(
    client: *mut desk_client,
    body: *const desk_new_proactive_chat,
    options: *const desk_call_options,
    callback: desk_op_fn,
    user_data: *mut c_void,
    user_data_free: desk_free_fn,
    op: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    let completion = Completion {
        callback,
        user_data,
        user_data_free,
        taker: "desk_op_take_proactive_chat",
    };
    unsafe {
        start::start(
            completion,
            op,
            err,
            || {
                let (caller, cancel) = Caller::asynchronous(client, options)?;
                let body = input::required("body", input::top("body", body)?)?;
                let Caller { inner, client, queue } = caller;
                let request = requests::proactive_chat_create(&body);
                let call = async move {
                    let result = client
                        .core()
                        .send(
                            request,
                            reader::decode::<types::ProactiveChat, ProactiveChatView>,
                        )
                        .await
                        .map_err(Failure::from);
                    result
                };
                Ok(Start {
                    inner,
                    queue,
                    cancel,
                    call,
                })
            },
        )
    }
}
/// Starts `desk_proactive_chat_get` and returns at once; see the rules of asynchronous calls at the top.
/// `desk_op_take_proactive_chat` takes its result. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the call itself, including a broken
/// bound of the spec, come with its result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_async(
    client: *mut desk_client,
    proactive_id: i64,
    options: *const desk_call_options,
    callback: desk_op_fn,
    user_data: *mut c_void,
    user_data_free: desk_free_fn,
    op: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    let completion = Completion {
        callback,
        user_data,
        user_data_free,
        taker: "desk_op_take_proactive_chat",
    };
    unsafe {
        start::start(
            completion,
            op,
            err,
            || {
                let (caller, cancel) = Caller::asynchronous(client, options)?;
                let Caller { inner, client, queue } = caller;
                let request = requests::proactive_chat_get(proactive_id);
                let call = async move {
                    let result = client
                        .core()
                        .send(
                            request,
                            reader::decode::<types::ProactiveChat, ProactiveChatView>,
                        )
                        .await
                        .map_err(Failure::from);
                    result
                };
                Ok(Start {
                    inner,
                    queue,
                    cancel,
                    call,
                })
            },
        )
    }
}
/// Starts `desk_chat_message_list` and returns at once; see the rules of asynchronous calls at the top.
/// `desk_op_take_chat_message_page` takes its result. Any thread.
///
/// @deprecated by the service.
///
/// Errors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the call itself, including a broken
/// bound of the spec, come with its result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_list_async(
    client: *mut desk_client,
    params: *const desk_chat_message_list_params,
    options: *const desk_call_options,
    callback: desk_op_fn,
    user_data: *mut c_void,
    user_data_free: desk_free_fn,
    op: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    let completion = Completion {
        callback,
        user_data,
        user_data_free,
        taker: "desk_op_take_chat_message_page",
    };
    unsafe {
        start::start(
            completion,
            op,
            err,
            || {
                let (caller, cancel) = Caller::asynchronous(client, options)?;
                let params = input::top("params", params)?;
                let params = params
                    .unwrap_or_else(|| types::ChatMessageListParams::builder().build());
                let Caller { inner, client, queue } = caller;
                let request = requests::chat_message_list(&params);
                let call = async move {
                    let result = client
                        .core()
                        .send(
                            request,
                            reader::decode::<types::ChatMessagePage, ChatMessagePageView>,
                        )
                        .await
                        .map_err(Failure::from);
                    result
                };
                Ok(Start {
                    inner,
                    queue,
                    cancel,
                    call,
                })
            },
        )
    }
}
/// Starts `desk_ticket_chat_message_list` and returns at once; see the rules of asynchronous calls at the top.
/// `desk_op_take_chat_message_page` takes its result. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the call itself, including a broken
/// bound of the spec, come with its result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_list_async(
    client: *mut desk_client,
    ticket_id: i64,
    params: *const desk_ticket_chat_message_list_params,
    options: *const desk_call_options,
    callback: desk_op_fn,
    user_data: *mut c_void,
    user_data_free: desk_free_fn,
    op: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    let completion = Completion {
        callback,
        user_data,
        user_data_free,
        taker: "desk_op_take_chat_message_page",
    };
    unsafe {
        start::start(
            completion,
            op,
            err,
            || {
                let (caller, cancel) = Caller::asynchronous(client, options)?;
                let params = input::top("params", params)?;
                let params = params
                    .unwrap_or_else(|| {
                        types::TicketChatMessageListParams::builder().build()
                    });
                let Caller { inner, client, queue } = caller;
                let request = requests::ticket_chat_message_list(ticket_id, &params);
                let call = async move {
                    let result = client
                        .core()
                        .send(
                            request,
                            reader::decode::<types::ChatMessagePage, ChatMessagePageView>,
                        )
                        .await
                        .map_err(Failure::from);
                    result
                };
                Ok(Start {
                    inner,
                    queue,
                    cancel,
                    call,
                })
            },
        )
    }
}
/// Takes the result of an ended call, once. On success the caller owns `*out` and frees it with
/// `desk_proactive_chat_free`; on failure `*out` is NULL. Any thread.
///
/// Errors: the error of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if its result has
/// another type (the message names the function that takes it) or was already taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_take_proactive_chat(
    op: *const desk_op,
    out: *mut *mut desk_proactive_chat,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe {
        guard::call(
            out,
            err,
            || Ok(
                output::into_handle(
                    op::take::<Response<OwnedView<ProactiveChatView>>>(op)?,
                ),
            ),
        )
    }
}
/// Takes the result of an ended call, once. On success the caller owns `*out` and frees it with
/// `desk_chat_message_page_free`; on failure `*out` is NULL. Any thread.
///
/// Errors: the error of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if its result has
/// another type (the message names the function that takes it) or was already taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_take_chat_message_page(
    op: *const desk_op,
    out: *mut *mut desk_chat_message_page,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe {
        guard::call(
            out,
            err,
            || Ok(
                output::into_handle(
                    op::take::<Response<OwnedView<ChatMessagePageView>>>(op)?,
                ),
            ),
        )
    }
}
