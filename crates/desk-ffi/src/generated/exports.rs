// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use std::ffi::c_void;
use ::desk_client::{lists, types};
use ::desk_core::export::SharedRow;
use ::desk_core::list::RowDecoder;
use super::inputs::*;
use super::outputs::*;
use crate::client::{Caller, desk_client};
use crate::error::desk_error;
use crate::export::{self, Exported, desk_window};
use crate::handle::Handle;
use crate::op::{Completion, desk_free_fn, desk_op, desk_op_fn};
use crate::options::{desk_call_options, desk_export_options};
use crate::reader;
use crate::status::desk_status;
use crate::text::desk_str;
use crate::{guard, input};
/// Reads every item of `desk_chat_message_list` in a closed interval of time, window by window: from
/// `created_at_gte_us` to `created_at_lte_us` of its parameters, but no further than `settle_ms` behind the
/// service's clock; the last window says how far that was. Rows that come and go meanwhile make it lose none and
/// double none: each window is read until the service counts as many rows as came, and says whether it did. One
/// thread at a time; free it with `desk_chat_message_export_free`.
pub struct desk_chat_message_export {
    _opaque: (),
}
impl Handle for desk_chat_message_export {
    type Target = Exported;
}
/// Starts an export. Nothing is sent before the first `desk_chat_message_export_next`.
///
/// @deprecated by the service.
///
/// `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` has no
/// effect. `export_options` and `options` may be NULL; `options` hold for each page. On success `*out` is the
/// export, to be freed with `desk_chat_message_export_free`; otherwise it is NULL. Once the client is freed it
/// answers `DESK_CANCELLED`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; a value of `params` that is out of bounds is told by
/// `desk_chat_message_export_next`.
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
/// The next window into `*out`: borrowed, valid with its rows until this is called again, unless that is refused,
/// or the export is freed; NULL after the last one. Look at its `verified` before you take it for complete, and
/// at its rows with `desk_chat_message_export_at`. Windows follow each other without a gap, the empty ones
/// included: note `until_us` of the last one that you have kept, and begin the next export one later. Blocks.
///
/// Errors: as the operation; `DESK_INCONSISTENT` if nothing can be proven: the service seems to ignore the times
/// or, once at the very end, counts more rows than all windows had: then do not take the export for complete,
/// though this gives NULL when it is called again. After any other error the export stands where it stood:
/// calling this again goes on with nothing skipped or repeated. `DESK_INVALID_ARGUMENT` while another step has
/// not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_next(
    export: *mut desk_chat_message_export,
    out: *mut *const desk_window,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe { export::next(export, out, err) }
}
/// Starts to make the next window ready and returns at once; see the rules of asynchronous calls at the top. Once
/// the call has ended and `desk_op_take` says `DESK_OK`, `desk_chat_message_export_next` hands out the window, or
/// NULL at the end, without waiting. Its queue is that of the options of `desk_chat_message_export_new`. Until it
/// has ended, make no other step and do not free the export; the window before and its rows stay valid, and in
/// memory beside the new one, until `desk_chat_message_export_next`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; those of `desk_chat_message_export_next` come with `desk_op_take`, and
/// calling this again then goes on with nothing skipped or repeated.
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
/// Whether `desk_chat_message_export_next` hands out a window, or the end that was found, without waiting; false
/// for NULL. Any thread that may make a step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_is_ready(
    export: *const desk_chat_message_export,
) -> bool {
    unsafe { export::is_ready(export) }
}
/// The row at `index` of the window that `desk_chat_message_export_next` handed out last, below its `count`; NULL
/// beyond. Borrowed as the window is. Any thread, while no step is made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_at(
    export: *const desk_chat_message_export,
    index: usize,
) -> *const desk_chat_message {
    unsafe { export::at(export, index) }
}
/// Frees an export; NULL is fine. Its last window ends with it, and an asynchronous step under way is cancelled.
/// Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_export_free(
    export: *mut desk_chat_message_export,
) {
    unsafe { export::free(export) }
}
/// Reads every item of `desk_ticket_chat_message_list`, which cannot be asked for a stretch of time: all of it is
/// one window, and neither `settle_ms` nor `rows_per_window` has an effect. Rows that come and go meanwhile make
/// it lose none and double none: each window is read until the service counts as many rows as came, and says
/// whether it did. One thread at a time; free it with `desk_ticket_chat_message_export_free`.
pub struct desk_ticket_chat_message_export {
    _opaque: (),
}
impl Handle for desk_ticket_chat_message_export {
    type Target = Exported;
}
/// Starts an export. Nothing is sent before the first `desk_ticket_chat_message_export_next`.
///
/// `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` has no
/// effect. `export_options` and `options` may be NULL; `options` hold for each page. On success `*out` is the
/// export, to be freed with `desk_ticket_chat_message_export_free`; otherwise it is NULL. Once the client is
/// freed it answers `DESK_CANCELLED`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; a value of `params` that is out of bounds is told by
/// `desk_ticket_chat_message_export_next`.
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
/// The next window into `*out`: borrowed, valid with its rows until this is called again, unless that is refused,
/// or the export is freed; NULL after the last one. Look at its `verified` before you take it for complete, and
/// at its rows with `desk_ticket_chat_message_export_at`. Windows follow each other without a gap, the empty ones
/// included. Blocks.
///
/// Errors: as the operation; `DESK_INCONSISTENT` if nothing can be proven: the service seems to ignore the times
/// or, once at the very end, counts more rows than all windows had: then do not take the export for complete,
/// though this gives NULL when it is called again. After any other error the export stands where it stood:
/// calling this again goes on with nothing skipped or repeated. `DESK_INVALID_ARGUMENT` while another step has
/// not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_next(
    export: *mut desk_ticket_chat_message_export,
    out: *mut *const desk_window,
    err: *mut *mut desk_error,
) -> desk_status {
    unsafe { export::next(export, out, err) }
}
/// Starts to make the next window ready and returns at once; see the rules of asynchronous calls at the top. Once
/// the call has ended and `desk_op_take` says `DESK_OK`, `desk_ticket_chat_message_export_next` hands out the
/// window, or NULL at the end, without waiting. Its queue is that of the options of
/// `desk_ticket_chat_message_export_new`. Until it has ended, make no other step and do not free the export; the
/// window before and its rows stay valid, and in memory beside the new one, until
/// `desk_ticket_chat_message_export_next`. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; those of `desk_ticket_chat_message_export_next` come with `desk_op_take`, and
/// calling this again then goes on with nothing skipped or repeated.
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
/// Whether `desk_ticket_chat_message_export_next` hands out a window, or the end that was found, without waiting;
/// false for NULL. Any thread that may make a step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_is_ready(
    export: *const desk_ticket_chat_message_export,
) -> bool {
    unsafe { export::is_ready(export) }
}
/// The row at `index` of the window that `desk_ticket_chat_message_export_next` handed out last, below its
/// `count`; NULL beyond. Borrowed as the window is. Any thread, while no step is made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_at(
    export: *const desk_ticket_chat_message_export,
    index: usize,
) -> *const desk_chat_message {
    unsafe { export::at(export, index) }
}
/// Frees an export; NULL is fine. Its last window ends with it, and an asynchronous step under way is cancelled.
/// Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_ticket_chat_message_export_free(
    export: *mut desk_ticket_chat_message_export,
) {
    unsafe { export::free(export) }
}
