// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use std::ffi::c_void;
use ::desk_client::{lists, types};
use ::desk_core::list::RowDecoder;
use super::inputs::*;
use super::outputs::*;
use crate::client::{Caller, desk_client};
use crate::failure::desk_error;
use crate::handle::Handle;
use crate::iter::{self, Iter};
use crate::op::{desk_free_fn, desk_op, desk_op_fn};
use crate::start::Completion;
use crate::options::{desk_call_options, desk_iter_options};
use crate::reader::{self, Row};
use crate::status::desk_status;
use crate::text::desk_str;
use crate::{guard, input};
/// Iterates over every item of `desk_chat_message_list`, page by page. One thread at a time; free it with
/// `desk_chat_message_iter_free`.
pub struct desk_chat_message_iter {
    _opaque: (),
}
impl Handle for desk_chat_message_iter {
    type Target = Iter<ChatMessageView>;
}
/// Creates an iterator. It sends no request before the first `desk_chat_message_iter_next`.
///
/// @deprecated by the service.
///
/// `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` the index
/// of the first item. `iter_options` and `options` may be NULL; `options` apply to each page. On success the
/// caller owns `*out` and frees it with `desk_chat_message_iter_free`; on failure `*out` is NULL. Once the client
/// is freed, the iterator returns the items that it has already read, and then `DESK_CANCELLED`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_iter_new(
    client: *mut desk_client,
    params: *const desk_chat_message_list_params,
    iter_options: *const desk_iter_options,
    options: *const desk_call_options,
    out: *mut *mut desk_chat_message_iter,
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
                let rows = RowDecoder {
                    decode: |body| Ok(
                        reader::decode::<
                            types::ChatMessagePage,
                            ChatMessagePageView,
                        >(body)?
                            .rows(|page| page.count, |page| &page.results),
                    ),
                    id: |row: &Row<_>| row.get(|item| item.id),
                    time: |_| None,
                };
                let stream = caller
                    .client
                    .core()
                    .stream(lists::chat_message_list(&params), rows);
                iter::give(&caller, stream, iter_options)
            },
        )
    }
}
/// Writes the next item to `*out`: borrowed, valid until the next step or until the iterator is freed; NULL after
/// the last item. Blocks only at the start of a page; the iterator prefetches the next page while you work on the
/// current one.
///
/// Errors: as the operation; `DESK_INCONSISTENT` if the list does not advance. An error leaves the iterator at
/// its position: calling this again continues without skipping or repeating an item. Items that are inserted or
/// deleted during the iteration can shift others: `desk_chat_message_export` proves that no item is lost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_iter_next(
    iter: *mut desk_chat_message_iter,
    out: *mut *const desk_chat_message,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe { iter::next(iter, out, err) }
}
/// Starts a step that prepares the next item, and returns at once; see the rules of asynchronous calls at the
/// top. After the call has ended and `desk_op_take` has returned `DESK_OK`, `desk_chat_message_iter_next` returns
/// the item, or NULL at the end, without waiting; it also returns without waiting while
/// `desk_chat_message_iter_is_ready` is true. The call arrives at the queue in the options of
/// `desk_chat_message_iter_new`. Until it has ended, make no other step and do not free the iterator. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; errors of `desk_chat_message_iter_next` come with `desk_op_take`, and calling
/// this again then continues without skipping or repeating an item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_iter_next_async(
    iter: *mut desk_chat_message_iter,
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
        taker: "desk_op_take",
    };
    unsafe { iter::next_async(iter, completion, op, err) }
}
/// Whether `desk_chat_message_iter_next` returns an item, or a known end, without waiting; false for NULL. Any
/// thread that may make a step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_iter_is_ready(
    iter: *const desk_chat_message_iter,
) -> bool {
    unsafe { iter::is_ready(iter) }
}
/// Frees an iterator; NULL is allowed. Its last item becomes invalid, and a running asynchronous step is
/// cancelled. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_iter_free(iter: *mut desk_chat_message_iter) {
    unsafe { iter::free(iter) }
}
/// Iterates over every item of `desk_ticket_chat_message_list`, page by page. One thread at a time; free it with
/// `desk_ticket_chat_message_iter_free`.
pub struct desk_ticket_chat_message_iter {
    _opaque: (),
}
impl Handle for desk_ticket_chat_message_iter {
    type Target = Iter<ChatMessageView>;
}
/// Creates an iterator. It sends no request before the first `desk_ticket_chat_message_iter_next`.
///
/// `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` the index
/// of the first item. `iter_options` and `options` may be NULL; `options` apply to each page. On success the
/// caller owns `*out` and frees it with `desk_ticket_chat_message_iter_free`; on failure `*out` is NULL. Once the
/// client is freed, the iterator returns the items that it has already read, and then `DESK_CANCELLED`. Any
/// thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_iter_new(
    client: *mut desk_client,
    ticket_id: i64,
    params: *const desk_ticket_chat_message_list_params,
    iter_options: *const desk_iter_options,
    options: *const desk_call_options,
    out: *mut *mut desk_ticket_chat_message_iter,
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
                let rows = RowDecoder {
                    decode: |body| Ok(
                        reader::decode::<
                            types::ChatMessagePage,
                            ChatMessagePageView,
                        >(body)?
                            .rows(|page| page.count, |page| &page.results),
                    ),
                    id: |row: &Row<_>| row.get(|item| item.id),
                    time: |_| None,
                };
                let stream = caller
                    .client
                    .core()
                    .stream(lists::ticket_chat_message_list(ticket_id, &params), rows);
                iter::give(&caller, stream, iter_options)
            },
        )
    }
}
/// Writes the next item to `*out`: borrowed, valid until the next step or until the iterator is freed; NULL after
/// the last item. Blocks only at the start of a page; the iterator prefetches the next page while you work on the
/// current one.
///
/// Errors: as the operation; `DESK_INCONSISTENT` if the list does not advance. An error leaves the iterator at
/// its position: calling this again continues without skipping or repeating an item. Items that are inserted or
/// deleted during the iteration can shift others: `desk_ticket_chat_message_export` proves that no item is lost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_iter_next(
    iter: *mut desk_ticket_chat_message_iter,
    out: *mut *const desk_chat_message,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe { iter::next(iter, out, err) }
}
/// Starts a step that prepares the next item, and returns at once; see the rules of asynchronous calls at the
/// top. After the call has ended and `desk_op_take` has returned `DESK_OK`, `desk_ticket_chat_message_iter_next`
/// returns the item, or NULL at the end, without waiting; it also returns without waiting while
/// `desk_ticket_chat_message_iter_is_ready` is true. The call arrives at the queue in the options of
/// `desk_ticket_chat_message_iter_new`. Until it has ended, make no other step and do not free the iterator. Any
/// thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; errors of `desk_ticket_chat_message_iter_next` come with `desk_op_take`, and
/// calling this again then continues without skipping or repeating an item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_iter_next_async(
    iter: *mut desk_ticket_chat_message_iter,
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
        taker: "desk_op_take",
    };
    unsafe { iter::next_async(iter, completion, op, err) }
}
/// Whether `desk_ticket_chat_message_iter_next` returns an item, or a known end, without waiting; false for NULL.
/// Any thread that may make a step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_iter_is_ready(
    iter: *const desk_ticket_chat_message_iter,
) -> bool {
    unsafe { iter::is_ready(iter) }
}
/// Frees an iterator; NULL is allowed. Its last item becomes invalid, and a running asynchronous step is
/// cancelled. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_iter_free(
    iter: *mut desk_ticket_chat_message_iter,
) {
    unsafe { iter::free(iter) }
}
