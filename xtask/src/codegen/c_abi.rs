//! Model → the entry points and constants of desk-ffi.
//!
//! `c_input.rs` emits the structs that come in, `c_output.rs` the results that go out.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::c_types::{arguments, decode};
use super::model::{Model, Operation};
use super::names;
use super::rust_types::{doc, ident};

/// `generated/mod.rs`.
pub fn module() -> TokenStream {
    quote! {
        pub(crate) mod asynchronous;
        pub(crate) mod constants;
        pub(crate) mod exports;
        pub(crate) mod fields;
        pub(crate) mod inputs;
        pub(crate) mod lists;
        pub(crate) mod operations;
        pub(crate) mod outputs;
        pub(crate) mod readers;
    }
}

/// `generated/constants.rs`: a number for every value of every enumeration, its position from 1.
pub fn constants(model: &Model) -> TokenStream {
    let enums = model.enums().map(|(schema, values)| {
        let name = ident(&schema.name);
        let constants = values.iter().enumerate().map(|(place, value)| {
            let constant = ident(&names::c_const(&[&schema.name, value]));
            let number = Literal::usize_unsuffixed(place + 1);
            let about = if place == 0 { format!("`{value}`. {}", schema.doc) } else { format!("`{value}`") };
            let about = doc(&about);
            quote! { #about pub const #constant: i32 = #number; }
        });
        quote! {
            #(#constants)*

            impl Enumeration for types::#name {
                const KNOWN: &'static [types::#name] = types::#name::KNOWN;

                fn text(&self) -> &str {
                    self.as_str()
                }

                fn of_text(text: &str) -> types::#name {
                    types::#name::from(text)
                }
            }
        }
    });
    quote! {
        use ::desk_client::types;
        use crate::view::Enumeration;
        #(#enums)*
    }
}

/// `generated/operations.rs`.
pub fn operations(model: &Model) -> TokenStream {
    let functions = model.operations.iter().map(|operation| function(operation, model));
    quote! {
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
        #(#functions)*
    }
}

fn function(operation: &Operation, model: &Model) -> TokenStream {
    let name = format_ident!("desk_{}", operation.id);
    let body = operation.body.as_ref().and_then(|body| model.schema(body));
    let (arguments, reads, passed) = arguments(operation, body);
    let (id, decode) = (ident(&operation.id), decode(operation));
    let call = quote! {
        let caller = Caller::new(client, options)?;
        #(#reads)*
        let result = caller.send(requests::#id(#(#passed),*), #decode)?;
    };
    let about = doc(&about(operation));
    let Some(output) = &operation.output else {
        return quote! {
            #about
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn #name(
                client: *mut desk_client,
                #(#arguments,)*
                options: *const desk_call_options,
                err: *mut *mut desk_error,
            ) -> desk_status {
                // SAFETY: the caller keeps the rules at the top of desk.h.
                unsafe { guard::call_plain(err, || { #call let _ = result; Ok(()) }) }
            }
        };
    };
    let handle = ident(&names::c_type(output));
    quote! {
        #about
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #name(
            client: *mut desk_client,
            #(#arguments,)*
            options: *const desk_call_options,
            out: *mut *mut #handle,
            err: *mut *mut desk_error,
        ) -> desk_status {
            // SAFETY: the caller keeps the rules at the top of desk.h.
            unsafe { guard::call(out, err, || { #call Ok(output::into_handle(result)) }) }
        }
    }
}

fn about(operation: &Operation) -> String {
    let mut text = format!("{}.\n\n{}", operation.summary.trim_end_matches('.'), operation.doc);
    if operation.deprecated {
        text += "\n\n@deprecated by the service.";
    }
    text += &format!(
        "\n\n`{} {}`. Blocks until the response is complete or the deadline passes. ",
        operation.method.to_uppercase(),
        operation.path
    );
    if let Some(output) = &operation.output {
        text += &format!(
            "On success the caller owns `*out` and frees it with `{}_free`; on failure `*out` is NULL. ",
            names::c_type(output)
        );
    }
    if !operation.query.is_empty() && operation.query.iter().all(|field| !field.required) {
        text += "`params` may be NULL for defaults. ";
    }
    text += "`options` may be NULL for the client's settings. Any thread.\n\n";
    text += "Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`. ";
    text += "`desk_error_get_outcome` says whether the request may have taken effect.";
    text
}
