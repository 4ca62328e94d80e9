//! Model → the iterators of desk-ffi: `desk_..._iter` with `_new`, `_next`, `_next_async`,
//! `_is_ready` and `_free` for every paged operation.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::c_types::{arguments, export_type, iter_type};
use super::model::{Field, Model, Operation, Paged, Type};
use super::names;
use super::rust_types::{doc, ident};

/// `generated/lists.rs`.
pub fn emit(model: &Model) -> TokenStream {
    let lists = model.operations.iter().filter_map(|operation| Some(list(operation, operation.paged.as_ref()?)));
    quote! {
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
        #(#lists)*
    }
}

/// The pieces that turn a page's view into rows: its type, and closures for its count, its items
/// and an item's id.
pub(super) fn members(operation: &Operation, paged: &Paged) -> [TokenStream; 4] {
    let page = format_ident!("{}View", operation.output.as_deref().unwrap_or_default());
    let member = |field: &Field, of: TokenStream| {
        let name = ident(&names::rust(&field.name));
        if field.ty == Type::Int32 { quote!(i64::from(#of.#name)) } else { quote!(#of.#name) }
    };
    let (count, items, id) =
        (member(&paged.count, quote!(page)), member(&paged.items, quote!(page)), member(&paged.id, quote!(item)));
    [quote!(#page), quote!(|page| #count), quote!(|page| &#items), quote!(|item| #id)]
}

/// Phrases that the docs of iterators and exports share.
pub(super) struct Said {
    pub(super) deprecated: &'static str,
    /// Whether `params` may be NULL.
    pub(super) params: &'static str,
    /// The default size of a page.
    pub(super) most: String,
}

impl Said {
    pub(super) fn of(operation: &Operation, paged: &Paged) -> Said {
        let required = operation.query.iter().any(|field| field.required);
        Said {
            deprecated: if operation.deprecated { "\n\n@deprecated by the service." } else { "" },
            params: if required { "is required" } else { "may be NULL for defaults" },
            most: paged.limit.bounds.max.map_or(String::new(), |max| format!(" (by default {max})")),
        }
    }
}

/// `_next_async` and `_is_ready`, and `_free`, of an iterator or an export. `module` names the
/// module of desk-ffi and the argument; `step` names the result of a step.
pub(super) fn steps(
    module: &str,
    handle: &Ident,
    step: &str,
    (about_next_async, about_free): (&TokenStream, &TokenStream),
) -> [TokenStream; 2] {
    let [next, next_async, is_ready, free] =
        ["next", "next_async", "is_ready", "free"].map(|what| format_ident!("{handle}_{what}"));
    let module = ident(module);
    let about_is_ready = doc(&format!(
        "Whether `{next}` returns {step}, or a known end, without waiting; false for NULL. Any thread that may make a step."
    ));
    let steps = quote! {
        #about_next_async
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #next_async(
            #module: *mut #handle,
            callback: desk_op_fn,
            user_data: *mut c_void,
            user_data_free: desk_free_fn,
            op: *mut *mut desk_op,
            err: *mut *mut desk_error,
        ) -> desk_status {
            let completion = Completion { callback, user_data, user_data_free, taker: "desk_op_take" };
            // SAFETY: the caller keeps the rules at the top of desk.h.
            unsafe { #module::next_async(#module, completion, op, err) }
        }

        #about_is_ready
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #is_ready(#module: *const #handle) -> bool {
            // SAFETY: the caller passes NULL or the result of its `_new`.
            unsafe { #module::is_ready(#module) }
        }
    };
    let free = quote! {
        #about_free
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #free(#module: *mut #handle) {
            // SAFETY: the caller owns it; it was made by its `_new`.
            unsafe { #module::free(#module) }
        }
    };
    [steps, free]
}

fn list(operation: &Operation, paged: &Paged) -> TokenStream {
    let iter = ident(&iter_type(paged));
    let [new, next, is_ready, free] = ["new", "next", "is_ready", "free"].map(|what| format_ident!("{iter}_{what}"));
    let (item, view) = (ident(&names::c_type(&paged.item)), format_ident!("{}View", paged.item));
    let (operation_id, source) = (ident(&operation.id), ident(operation.output.as_deref().unwrap_or_default()));
    let [page, count, items, id] = members(operation, paged);
    let (arguments, reads, passed) = arguments(operation, None);
    let about = doc(&format!(
        "Iterates over every item of `desk_{id}`, page by page. One thread at a time; free it with `{free}`.",
        id = operation.id
    ));
    let Said { deprecated, params, most } = Said::of(operation, paged);
    let (limit, offset) = (&paged.limit.name, &paged.offset.name);
    let about_new = doc(&format!(
        "Creates an iterator. It sends no request before the first `{next}`.{deprecated}\n\n`params` {params}; its `{limit}` is \
         the size of a page{most}, its `{offset}` the index of the first item. `iter_options` and `options` may be NULL; \
         `options` apply to each page. On success the caller owns `*out` and frees it with `{free}`; on failure `*out` is \
         NULL. Once the client is freed, the iterator returns the items that it has already read, and then \
         `DESK_CANCELLED`. Any thread.\n\nErrors: `DESK_INVALID_ARGUMENT`.",
    ));
    let about_next = doc(&format!(
        "Writes the next item to `*out`: borrowed, valid until the next step or until the iterator is freed; NULL after the \
         last item. Blocks only at the start of a page; the iterator prefetches the next page while you work on the \
         current one.\n\nErrors: as the operation; `DESK_INCONSISTENT` if the list does not advance. An error leaves the \
         iterator at its position: calling this again continues without skipping or repeating an item. Items that are \
         inserted or deleted during the iteration can shift others: `{export}` proves that no item is lost.",
        export = export_type(paged),
    ));
    let about_next_async = doc(&format!(
        "Starts a step that prepares the next item, and returns at once; see the rules of asynchronous calls at the top. After \
         the call has ended and `desk_op_take` has returned `DESK_OK`, `{next}` returns the item, or NULL at the end, without \
         waiting; it also returns without waiting while `{is_ready}` is true. The call arrives at the queue in the options of \
         `{new}`. Until it has ended, make no other step and do not free the iterator. Any thread.\n\nErrors: \
         `DESK_INVALID_ARGUMENT`; errors of `{next}` come with `desk_op_take`, and calling this again then continues without \
         skipping or repeating an item."
    ));
    let [steps, free] = steps(
        "iter",
        &iter,
        "an item",
        (
            &about_next_async,
            &doc(
                "Frees an iterator; NULL is allowed. Its last item becomes invalid, and a running asynchronous step is cancelled. Any thread, once.",
            ),
        ),
    );
    quote! {
        #about
        pub struct #iter {
            _opaque: (),
        }

        impl Handle for #iter {
            type Target = Iter<#view>;
        }

        #about_new
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #new(
            client: *mut desk_client,
            #(#arguments,)*
            iter_options: *const desk_iter_options,
            options: *const desk_call_options,
            out: *mut *mut #iter,
            err: *mut *mut desk_error,
        ) -> desk_status {
            // SAFETY: the caller keeps the rules at the top of desk.h.
            unsafe {
                guard::call(out, err, || {
                    let caller = Caller::new(client, options)?;
                    #(#reads)*
                    let rows = RowDecoder {
                        decode: |body| Ok(reader::decode::<types::#source, #page>(body)?.rows(#count, #items)),
                        id: |row: &Row<_>| row.get(#id),
                        time: |_| None,
                    };
                    let stream = caller.client.core().stream(lists::#operation_id(#(#passed),*), rows);
                    iter::give(&caller, stream, iter_options)
                })
            }
        }

        #about_next
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #next(
            iter: *mut #iter,
            out: *mut *const #item,
            err: *mut *mut desk_error,
        ) -> desk_status {
            // SAFETY: the caller keeps the rules at the top of desk.h.
            unsafe { iter::next(iter, out, err) }
        }

        #steps

        #free
    }
}
