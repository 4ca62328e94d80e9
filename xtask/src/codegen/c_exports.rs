//! Model → the exports of desk-ffi: `desk_..._export` with `_new`, `_next`, `_next_async`,
//! `_is_ready`, `_at` and `_free` for every paged operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::c_lists::{Said, members, steps};
use super::c_types::{arguments, export_type};
use super::model::{Model, Operation, Paged};
use super::names;
use super::rust_lists::member;
use super::rust_types::{doc, ident};

/// Endings of the names of an export's functions.
pub const FUNCTIONS: [&str; 6] = ["new", "next", "next_async", "is_ready", "at", "free"];

/// `generated/exports.rs`.
pub fn emit(model: &Model) -> TokenStream {
    let exports = model.operations.iter().filter_map(|operation| Some(export(operation, operation.paged.as_ref()?)));
    quote! {
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
        #(#exports)*
    }
}

fn export(operation: &Operation, paged: &Paged) -> TokenStream {
    let export = ident(&export_type(paged));
    let [new, next, at, free] = ["new", "next", "at", "free"].map(|what| format_ident!("{export}_{what}"));
    let (item, operation_id) = (ident(&names::c_type(&paged.item)), ident(&operation.id));
    let source = ident(operation.output.as_deref().unwrap_or_default());
    let [page, count, items, id] = members(operation, paged);
    let time = paged.time.as_ref().map_or(quote!(|_| None), |field| {
        let name = member(field);
        if field.always() { quote!(|item| Some(item.#name)) } else { quote!(|item| item.#name) }
    });
    let (arguments, reads, passed) = arguments(operation, None);
    let range = match &paged.window {
        Some(window) => format!(
            "every item of `desk_{}` in a closed time range, window by window: from `{}_us` to `{}_us` of its parameters, but at \
             most up to `max_lateness_ms` before the service's clock; the last window says where the export ended",
            operation.id, window.from.name, window.until.name
        ),
        None => format!(
            "every item of `desk_{}`, which cannot be filtered by time: the whole list is one window, and `max_lateness_ms` and \
             `rows_per_window` have no effect",
            operation.id
        ),
    };
    let about = doc(&format!(
        "Exports {range}. It neither loses nor duplicates a row if rows appear or disappear during the export: it reads each \
         window until the number of rows equals the service's count, and reports whether it does. One thread at a time; \
         free it with `{free}`.",
    ));
    let Said { deprecated, params, most } = Said::of(operation, paged);
    let about_new = doc(&format!(
        "Creates an export. It sends no request before the first `{next}`.{deprecated}\n\n`params` {params}; its `{limit}` is the \
         size of a page{most}, its `{offset}` has no effect. `export_options` and `options` may be NULL; `options` apply to \
         each page. On success the caller owns `*out` and frees it with `{free}`; on failure `*out` is NULL. Once the client \
         is freed, the export returns `DESK_CANCELLED`. Any thread.\n\nErrors: `DESK_INVALID_ARGUMENT`; `{next}` reports a \
         value of `params` that is out of bounds.",
        limit = paged.limit.name,
        offset = paged.offset.name,
    ));
    let resume = match &paged.window {
        Some(_) => {
            ". To resume, store `until_us` of the last window that you have kept; begin the next export one later"
        }
        None => "",
    };
    let about_next = doc(&format!(
        "Writes the next window to `*out`: borrowed, valid with its rows until the next call of this function (unless that \
         call is refused) or until the export is freed; NULL after the last window. Check its `verified` before you treat it \
         as complete, and read its rows with `{at}`. Windows follow each other without a gap, empty windows included{resume}. \
         Blocks.\n\nErrors: as the operation; `DESK_INCONSISTENT` if no proof is possible: the service seems to ignore the \
         times or, reported once at the very end, counts more rows than all windows had. In the latter case do not treat the \
         export as complete, although the next call returns NULL. Any other error leaves the export at its position: calling \
         this again continues without skipping or repeating a row. `DESK_INVALID_ARGUMENT` while another step runs.",
    ));
    let about_next_async = doc(&format!(
        "Starts a step that prepares the next window, and returns at once; see the rules of asynchronous calls at the top. \
         After the call has ended and `desk_op_take` has returned `DESK_OK`, `{next}` returns the window, or NULL at the end, \
         without waiting. The call arrives at the queue in the options of `{new}`. Until it has ended, make no other step and \
         do not free the export; the previous window and its rows stay valid, and in memory next to the new one, until \
         `{next}`. Any thread.\n\nErrors: `DESK_INVALID_ARGUMENT`; errors of `{next}` come with `desk_op_take`, and calling \
         this again then continues without skipping or repeating a row."
    ));
    let about_at = doc(&format!(
        "The row at `index` of the window that `{next}` returned last; NULL from its `count` on. Borrowed like the window. Any \
         thread, while no step runs."
    ));
    let [steps, free] = steps(
        "export",
        &export,
        "a window",
        (
            &about_next_async,
            &doc(
                "Frees an export; NULL is allowed. Its last window becomes invalid, and a running asynchronous step is cancelled. Any thread, once.",
            ),
        ),
    );
    quote! {
        #about
        pub struct #export {
            _opaque: (),
        }

        impl Handle for #export {
            type Target = Exported;
        }

        #about_new
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #new(
            client: *mut desk_client,
            #(#arguments,)*
            export_options: *const desk_export_options,
            options: *const desk_call_options,
            out: *mut *mut #export,
            err: *mut *mut desk_error,
        ) -> desk_status {
            // SAFETY: the caller keeps the rules at the top of desk.h.
            unsafe {
                guard::call(out, err, || {
                    let caller = Caller::new(client, options)?;
                    #(#reads)*
                    let rows = RowDecoder {
                        decode: |body| {
                            let page = reader::decode::<types::#source, #page>(body)?;
                            Ok(page.shared_rows(#count, #items, #id, #time))
                        },
                        id: SharedRow::id,
                        time: SharedRow::time,
                    };
                    let export = caller.client.core().export(lists::#operation_id(#(#passed),*), rows);
                    export::give(&caller, export, export_options)
                })
            }
        }

        #about_next
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #next(
            export: *mut #export,
            out: *mut *const desk_window,
            err: *mut *mut desk_error,
        ) -> desk_status {
            // SAFETY: the caller keeps the rules at the top of desk.h.
            unsafe { export::next(export, out, err) }
        }

        #steps

        #about_at
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #at(export: *const #export, index: usize) -> *const #item {
            // SAFETY: the caller passes NULL or a live export.
            unsafe { export::at(export, index) }
        }

        #free
    }
}
