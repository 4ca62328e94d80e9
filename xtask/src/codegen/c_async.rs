//! Model → the asynchronous forms of desk-ffi: `desk_..._async` for every operation, and
//! `desk_op_take_...` for their results.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::c_types::{arguments, decode};
use super::model::{Model, Operation, Schema};
use super::names;
use super::rust_types::{doc, ident};

/// The function that takes the result of an operation.
pub fn taker(output: Option<&str>) -> String {
    match output {
        Some(output) => format!("desk_op_take_{}", names::snake(output)),
        None => "desk_op_take".to_owned(),
    }
}

/// `generated/asynchronous.rs`.
pub fn emit(model: &Model) -> TokenStream {
    let starts = model.operations.iter().map(|operation| start(operation, model));
    let takes = model.objects().map(|(schema, _)| schema).filter(|schema| schema.output && schema.root).map(take);
    quote! {
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
        #(#starts)*
        #(#takes)*
    }
}

fn start(operation: &Operation, model: &Model) -> TokenStream {
    let name = format_ident!("desk_{}_async", operation.id);
    let (id, decode) = (ident(&operation.id), decode(operation));
    let body = operation.body.as_ref().and_then(|body| model.schema(body));
    let (arguments, reads, passed) = arguments(operation, body);
    let taker = taker(operation.output.as_deref());
    let deprecated = if operation.deprecated { "\n\n@deprecated by the service." } else { "" };
    let about = doc(&format!(
        "Starts `desk_{}` and returns at once; see the rules of asynchronous calls at the top. `{taker}` takes its \
         result. Any thread.{deprecated}\n\nErrors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the \
         call itself, including a broken bound of the spec, come with its result.",
        operation.id
    ));
    // An operation without a result keeps only its status.
    let result = if operation.output.is_some() { quote!(result) } else { quote!(result.map(drop)) };
    quote! {
        #about
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #name(
            client: *mut desk_client,
            #(#arguments,)*
            options: *const desk_call_options,
            callback: desk_op_fn,
            user_data: *mut c_void,
            user_data_free: desk_free_fn,
            op: *mut *mut desk_op,
            err: *mut *mut desk_error,
        ) -> desk_status {
            let completion = Completion { callback, user_data, user_data_free, taker: #taker };
            // SAFETY: the caller keeps the rules at the top of desk.h.
            unsafe {
                start::start(completion, op, err, || {
                    let (caller, cancel) = Caller::asynchronous(client, options)?;
                    #(#reads)*
                    let Caller { inner, client, queue } = caller;
                    let request = requests::#id(#(#passed),*);
                    let call = async move {
                        let result = client.core().send(request, #decode).await.map_err(Failure::from);
                        #result
                    };
                    Ok(Start { inner, queue, cancel, call })
                })
            }
        }
    }
}

fn take(schema: &Schema) -> TokenStream {
    let taker = format_ident!("{}", taker(Some(&schema.name)));
    let (handle, view) = (ident(&names::c_type(&schema.name)), format_ident!("{}View", schema.name));
    let about = doc(&format!(
        "Takes the result of an ended call, once. On success the caller owns `*out` and frees it with `{handle}_free`; on \
         failure `*out` is NULL. Any thread.\n\nErrors: the error of the call; `DESK_NOT_READY` if it has not ended; \
         `DESK_INVALID_ARGUMENT` if its result has another type (the message names the function that takes it) or was \
         already taken."
    ));
    quote! {
        #about
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #taker(
            op: *const desk_op,
            out: *mut *mut #handle,
            err: *mut *mut desk_error,
        ) -> desk_status {
            // SAFETY: the caller keeps the rules at the top of desk.h.
            unsafe { guard::call(out, err, || Ok(output::into_handle(op::take::<Response<OwnedView<#view>>>(op)?))) }
        }
    }
}
