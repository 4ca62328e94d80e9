// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use std::ffi::c_void;
use ::desk_client::{lists, types};
use ::desk_core::export::SharedRow;
use ::desk_core::list::RowDecoder;
use super::inputs::*;
use super::outputs::*;
use crate::client::{Caller, desk_client};
use crate::failure::desk_error;
use crate::export::{self, Exported, desk_window};
use crate::handle::Handle;
use crate::op::{desk_free_fn, desk_op, desk_op_fn};
use crate::start::Completion;
use crate::options::{desk_call_options, desk_export_options};
use crate::reader;
use crate::status::desk_status;
use crate::text::desk_str;
use crate::{guard, input};
/// Exports every item of `desk_chat_message_list` in a closed time range, window by window: from
/// `created_at_gte_us` to `created_at_lte_us` of its parameters, but at most up to `max_lateness_ms` before the
/// service's clock; the last window says where the export ended. It neither loses nor duplicates a row if rows
/// appear or disappear during the export: it reads each window until the number of rows equals the service's
/// count, and reports whether it does. One thread at a time; free it with `desk_chat_message_export_free`.
pub struct desk_chat_message_export {
    _opaque: (),
}
impl Handle for desk_chat_message_export {
    type Target = Exported;
}
/// Creates an export. It sends no request before the first `desk_chat_message_export_next`.
///
/// @deprecated by the service.
///
/// `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` has no
/// effect. `export_options` and `options` may be NULL; `options` apply to each page. On success the caller owns
/// `*out` and frees it with `desk_chat_message_export_free`; on failure `*out` is NULL. Once the client is freed,
/// the export returns `DESK_CANCELLED`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; `desk_chat_message_export_next` reports a value of `params` that is out of
/// bounds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_new(
    client: *mut desk_client,
    params: *const desk_chat_message_list_params,
    export_options: *const desk_export_options,
    options: *const desk_call_options,
    out: *mut *mut desk_chat_message_export,
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
                    decode: |body| {
                        let page = reader::decode::<
                            types::ChatMessagePage,
                            ChatMessagePageView,
                        >(body)?;
                        Ok(
                            page
                                .shared_rows(
                                    |page| page.count,
                                    |page| &page.results,
                                    |item| item.id,
                                    |item| Some(item.created_at),
                                ),
                        )
                    },
                    id: SharedRow::id,
                    time: SharedRow::time,
                };
                let export = caller
                    .client
                    .core()
                    .export(lists::chat_message_list(&params), rows);
                export::give(&caller, export, export_options)
            },
        )
    }
}
/// Writes the next window to `*out`: borrowed, valid with its rows until the next call of this function (unless
/// that call is refused) or until the export is freed; NULL after the last window. Check its `verified` before
/// you treat it as complete, and read its rows with `desk_chat_message_export_at`. Windows follow each other
/// without a gap, empty windows included. To resume, store `until_us` of the last window that you have kept;
/// begin the next export one later. Blocks.
///
/// Errors: as the operation; `DESK_INCONSISTENT` if no proof is possible: the service seems to ignore the times
/// or, reported once at the very end, counts more rows than all windows had. In the latter case do not treat the
/// export as complete, although the next call returns NULL. Any other error leaves the export at its position:
/// calling this again continues without skipping or repeating a row. `DESK_INVALID_ARGUMENT` while another step
/// runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_next(
    export: *mut desk_chat_message_export,
    out: *mut *const desk_window,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe { export::next(export, out, err) }
}
/// Starts a step that prepares the next window, and returns at once; see the rules of asynchronous calls at the
/// top. After the call has ended and `desk_op_take` has returned `DESK_OK`, `desk_chat_message_export_next`
/// returns the window, or NULL at the end, without waiting. The call arrives at the queue in the options of
/// `desk_chat_message_export_new`. Until it has ended, make no other step and do not free the export; the
/// previous window and its rows stay valid, and in memory next to the new one, until
/// `desk_chat_message_export_next`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; errors of `desk_chat_message_export_next` come with `desk_op_take`, and
/// calling this again then continues without skipping or repeating a row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_next_async(
    export: *mut desk_chat_message_export,
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
    unsafe { export::next_async(export, completion, op, err) }
}
/// Whether `desk_chat_message_export_next` returns a window, or a known end, without waiting; false for NULL. Any
/// thread that may make a step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_is_ready(
    export: *const desk_chat_message_export,
) -> bool {
    unsafe { export::is_ready(export) }
}
/// The row at `index` of the window that `desk_chat_message_export_next` returned last; NULL from its `count` on.
/// Borrowed like the window. Any thread, while no step runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_at(
    export: *const desk_chat_message_export,
    index: usize,
) -> *const desk_chat_message {
    unsafe { export::at(export, index) }
}
/// Frees an export; NULL is allowed. Its last window becomes invalid, and a running asynchronous step is
/// cancelled. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_free(
    export: *mut desk_chat_message_export,
) {
    unsafe { export::free(export) }
}
/// Exports every item of `desk_ticket_chat_message_list`, which cannot be filtered by time: the whole list is one
/// window, and `max_lateness_ms` and `rows_per_window` have no effect. It neither loses nor duplicates a row if
/// rows appear or disappear during the export: it reads each window until the number of rows equals the service's
/// count, and reports whether it does. One thread at a time; free it with `desk_ticket_chat_message_export_free`.
pub struct desk_ticket_chat_message_export {
    _opaque: (),
}
impl Handle for desk_ticket_chat_message_export {
    type Target = Exported;
}
/// Creates an export. It sends no request before the first `desk_ticket_chat_message_export_next`.
///
/// `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` has no
/// effect. `export_options` and `options` may be NULL; `options` apply to each page. On success the caller owns
/// `*out` and frees it with `desk_ticket_chat_message_export_free`; on failure `*out` is NULL. Once the client is
/// freed, the export returns `DESK_CANCELLED`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; `desk_ticket_chat_message_export_next` reports a value of `params` that is
/// out of bounds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_new(
    client: *mut desk_client,
    ticket_id: i64,
    params: *const desk_ticket_chat_message_list_params,
    export_options: *const desk_export_options,
    options: *const desk_call_options,
    out: *mut *mut desk_ticket_chat_message_export,
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
                    decode: |body| {
                        let page = reader::decode::<
                            types::ChatMessagePage,
                            ChatMessagePageView,
                        >(body)?;
                        Ok(
                            page
                                .shared_rows(
                                    |page| page.count,
                                    |page| &page.results,
                                    |item| item.id,
                                    |item| Some(item.created_at),
                                ),
                        )
                    },
                    id: SharedRow::id,
                    time: SharedRow::time,
                };
                let export = caller
                    .client
                    .core()
                    .export(lists::ticket_chat_message_list(ticket_id, &params), rows);
                export::give(&caller, export, export_options)
            },
        )
    }
}
/// Writes the next window to `*out`: borrowed, valid with its rows until the next call of this function (unless
/// that call is refused) or until the export is freed; NULL after the last window. Check its `verified` before
/// you treat it as complete, and read its rows with `desk_ticket_chat_message_export_at`. Windows follow each
/// other without a gap, empty windows included. Blocks.
///
/// Errors: as the operation; `DESK_INCONSISTENT` if no proof is possible: the service seems to ignore the times
/// or, reported once at the very end, counts more rows than all windows had. In the latter case do not treat the
/// export as complete, although the next call returns NULL. Any other error leaves the export at its position:
/// calling this again continues without skipping or repeating a row. `DESK_INVALID_ARGUMENT` while another step
/// runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_next(
    export: *mut desk_ticket_chat_message_export,
    out: *mut *const desk_window,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe { export::next(export, out, err) }
}
/// Starts a step that prepares the next window, and returns at once; see the rules of asynchronous calls at the
/// top. After the call has ended and `desk_op_take` has returned `DESK_OK`,
/// `desk_ticket_chat_message_export_next` returns the window, or NULL at the end, without waiting. The call
/// arrives at the queue in the options of `desk_ticket_chat_message_export_new`. Until it has ended, make no
/// other step and do not free the export; the previous window and its rows stay valid, and in memory next to the
/// new one, until `desk_ticket_chat_message_export_next`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; errors of `desk_ticket_chat_message_export_next` come with `desk_op_take`,
/// and calling this again then continues without skipping or repeating a row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_next_async(
    export: *mut desk_ticket_chat_message_export,
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
    unsafe { export::next_async(export, completion, op, err) }
}
/// Whether `desk_ticket_chat_message_export_next` returns a window, or a known end, without waiting; false for
/// NULL. Any thread that may make a step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_is_ready(
    export: *const desk_ticket_chat_message_export,
) -> bool {
    unsafe { export::is_ready(export) }
}
/// The row at `index` of the window that `desk_ticket_chat_message_export_next` returned last; NULL from its
/// `count` on. Borrowed like the window. Any thread, while no step runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_at(
    export: *const desk_ticket_chat_message_export,
    index: usize,
) -> *const desk_chat_message {
    unsafe { export::at(export, index) }
}
/// Frees an export; NULL is allowed. Its last window becomes invalid, and a running asynchronous step is
/// cancelled. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_free(
    export: *mut desk_ticket_chat_message_export,
) {
    unsafe { export::free(export) }
}
