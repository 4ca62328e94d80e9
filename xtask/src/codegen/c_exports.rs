//! Model → the exports of desk-ffi: `desk_..._export` with `_new`, `_next`, `_next_async`, `_is_ready`, `_at` and `_free` for
//! every paged operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::c_abi::arguments;
use super::c_lists::{Said, members, steps};
use super::model::{Model, Operation, Paged};
use super::names;
use super::rust::{doc, ident};
use super::rust_lists::member;

/// What the names of an export's functions end in.
pub const FUNCTIONS: [&str; 6] = ["new", "next", "next_async", "is_ready", "at", "free"];

/// The C name of an export.
pub fn export_type(paged: &Paged) -> String {
    format!("desk_{}_export", paged.stem)
}

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
        use crate::error::desk_error;
        use crate::export::{self, Exported, desk_window};
        use crate::handle::Handle;
        use crate::op::{Completion, desk_free_fn, desk_op, desk_op_fn};
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
    let stretch = match &paged.window {
        Some(window) => format!(
            "every item of `desk_{}` in a closed interval of time, window by window: from `{}_us` to `{}_us` of its parameters, \
             but no further than `settle_ms` behind the service's clock; the last window says how far that was",
            operation.id, window.from.name, window.until.name
        ),
        None => format!(
            "every item of `desk_{}`, which cannot be asked for a stretch of time: all of it is one window, and neither \
             `settle_ms` nor `rows_per_window` has an effect",
            operation.id
        ),
    };
    let about = doc(&format!(
        "Reads {stretch}. Rows that come and go meanwhile make it lose none and double none: each window is read until the \
         service counts as many rows as came, and says whether it did. One thread at a time; free it with `{free}`.",
    ));
    let Said { deprecated, params, most } = Said::of(operation, paged);
    let about_new = doc(&format!(
        "Starts an export. Nothing is sent before the first `{next}`.{deprecated}\n\n`params` {params}; its `{limit}` is the \
         size of a page{most}, its `{offset}` has no effect. `export_options` and `options` may be NULL; `options` hold for \
         each page. On success `*out` is the export, to be freed with `{free}`; otherwise it is NULL. Once the client is freed \
         it answers `DESK_CANCELLED`. Any thread.\n\nErrors: `DESK_INVALID_ARGUMENT`; a value of `params` that is out of bounds \
         is told by `{next}`.",
        limit = paged.limit.name,
        offset = paged.offset.name,
    ));
    let resume = match &paged.window {
        Some(_) => ": note `until_us` of the last one that you have kept, and begin the next export one later",
        None => "",
    };
    let about_next = doc(&format!(
        "The next window into `*out`: borrowed, valid with its rows until this is called again, unless that is refused, or \
         the export is freed; NULL after the last one. Look at its `verified` before you take it for complete, and at its rows \
         with `{at}`. Windows follow each other without a gap, the empty ones included{resume}. Blocks.\n\nErrors: as the \
         operation; `DESK_INCONSISTENT` if nothing can be proven: the service seems to ignore the times or, once at the very \
         end, counts more rows than all windows had: then do not take the export for complete, though this gives NULL when it is \
         called again. After any other error the export stands where it stood: calling this again goes on with nothing skipped \
         or repeated. `DESK_INVALID_ARGUMENT` while another step has not ended.",
    ));
    let about_next_async = doc(&format!(
        "Starts to make the next window ready and returns at once; see the rules of asynchronous calls at the top. Once the \
         call has ended and `desk_op_take` says `DESK_OK`, `{next}` hands out the window, or NULL at the end, without waiting. \
         Its queue is that of the options of `{new}`. Until it has ended, make no other step and do not free the export; the \
         window before and its rows stay valid, and in memory beside the new one, until `{next}`. Any thread.\n\nErrors: `DESK_INVALID_ARGUMENT`; those of \
         `{next}` come with `desk_op_take`, and calling this again then goes on with nothing skipped or repeated."
    ));
    let about_at = doc(&format!(
        "The row at `index` of the window that `{next}` handed out last, below its `count`; NULL beyond. Borrowed as the window \
         is. Any thread, while no step is made."
    ));
    let [steps, free] = steps(
        "export",
        &export,
        "a window",
        (
            &about_next_async,
            &doc(
                "Frees an export; NULL is fine. Its last window ends with it, and an asynchronous step under way is cancelled. Any thread, once.",
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
