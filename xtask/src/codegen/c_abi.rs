//! Model → the entry points and constants of desk-ffi.
//!
//! `c_input.rs` emits the structs that come in, `c_output.rs` the results that go out; all three
//! share the argument rules here.

use std::iter;

use anyhow::{Result, bail};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::model::{Field, Model, Operation, Schema, Type};
use super::names;
use super::rust::{doc, ident};

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
        use crate::output::Enumeration;
        #(#enums)*
    }
}

/// The C name of the request struct of a schema; if results have the schema too, they have the
/// plain name.
pub fn input_type(schema: &Schema) -> String {
    let name = names::c_type(&schema.name);
    if schema.output { format!("{name}_input") } else { name }
}

/// `generated/operations.rs`; `runtime` has the items that the hand-written sources show to C.
pub fn operations(model: &Model, runtime: &[syn::Item]) -> Result<TokenStream> {
    no_twins(model, runtime)?;
    let functions = model.operations.iter().map(|operation| function(operation, model));
    Ok(quote! {
        use ::desk_client::{requests, types};
        use ::desk_core::decode;
        use super::inputs::*;
        use super::outputs::*;
        use crate::client::{Caller, desk_client};
        use crate::error::desk_error;
        use crate::options::desk_call_options;
        use crate::status::desk_status;
        use crate::text::desk_str;
        use crate::{guard, input, output, reader};
        #(#functions)*
    })
}

/// The path, query and body of an operation: the arguments in C, the statements that read them, and
/// the values passed to the client.
pub fn arguments(
    operation: &Operation,
    body: Option<&Schema>,
) -> (Vec<TokenStream>, Vec<TokenStream>, Vec<TokenStream>) {
    let (mut arguments, mut reads, mut passed) = (Vec::new(), Vec::new(), Vec::new());
    for field in &operation.path_params {
        let (argument, ty, read, pass) = path_argument(field);
        arguments.push(quote!(#argument: #ty));
        reads.extend(read);
        passed.push(pass);
    }
    if !operation.query.is_empty() {
        let ty = format_ident!("desk_{}_params", operation.id);
        let target = ident(&operation.params_type());
        arguments.push(quote!(params: *const #ty));
        let absent = if operation.query.iter().any(|field| field.required) {
            quote!(input::required("params", params)?)
        } else {
            quote!(params.unwrap_or_else(|| types::#target::builder().build()))
        };
        reads.push(quote! { let params = input::top("params", params)?; let params = #absent; });
        passed.push(quote!(&params));
    }
    if let Some(body) = body {
        let ty = ident(&input_type(body));
        arguments.push(quote!(body: *const #ty));
        reads.push(quote! { let body = input::required("body", input::top("body", body)?)?; });
        passed.push(quote!(&body));
    }
    (arguments, reads, passed)
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
            unsafe { guard::call(out, err, || { #call Ok(output::give_kept(result)) }) }
        }
    }
}

/// The function that decodes the result of an operation.
pub(super) fn decode(operation: &Operation) -> TokenStream {
    match &operation.output {
        Some(output) => {
            let (source, view) = (ident(output), format_ident!("{output}View"));
            quote!(reader::decode::<types::#source, #view>)
        }
        None => quote!(decode::nothing),
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

/// A path parameter as an argument: its name, its C type, the statement that reads it, and the
/// value passed to the client.
fn path_argument(field: &Field) -> (proc_macro2::Ident, TokenStream, Option<TokenStream>, TokenStream) {
    let (c_name, label) = (scalar_name(field), &field.name);
    let name = ident(&c_name);
    match &field.ty {
        Type::Text => {
            let read = quote! { let #name = input::required(#label, input::optional_text(#label, #name)?)?; };
            (name.clone(), quote!(desk_str), Some(read), quote!(&#name))
        }
        Type::Date => {
            let read = quote! { let #name = input::required(#label, input::optional_date(#label, #name)?)?; };
            (name.clone(), quote!(desk_str), Some(read), quote!(&#name))
        }
        Type::Time => {
            let read = quote! { let #name = input::time(#label, #name)?; };
            (name.clone(), quote!(i64), Some(read), quote!(&#name))
        }
        Type::Enum(target) => {
            let target = ident(target);
            let read = quote! { let #name = input::required(#label, input::optional_code::<types::#target>(#label, #name)?)?; };
            (name.clone(), quote!(i32), Some(read), quote!(&#name))
        }
        ty => (name.clone(), scalar(ty), None, quote!(#name)),
    }
}

/// The C type of a value that fits in a register; text-like types are `desk_str`.
pub fn scalar(ty: &Type) -> TokenStream {
    match ty {
        Type::Bool => quote!(bool),
        Type::Int32 | Type::Enum(_) => quote!(i32),
        Type::Int64 | Type::Time => quote!(i64),
        Type::Double => quote!(f64),
        _ => quote!(desk_str),
    }
}

/// The name of a field or argument; the name of a time ends in its unit.
pub fn scalar_name(field: &Field) -> String {
    let time = match &field.ty {
        Type::Time => true,
        Type::List(item) => item.ty == Type::Time,
        _ => false,
    };
    if time { format!("{}_us", field.name) } else { names::c_field(&field.name) }
}

/// Refuses two items with the same C name.
fn no_twins(model: &Model, runtime: &[syn::Item]) -> Result<()> {
    let mut taken: Vec<String> = runtime
        .iter()
        .filter_map(|item| match item {
            syn::Item::Const(item) => Some(item.ident.to_string()),
            syn::Item::Type(item) => Some(item.ident.to_string()),
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            syn::Item::Fn(item) => Some(item.sig.ident.to_string()),
            _ => None,
        })
        .collect();
    let mut claim = |name: String, what: String| {
        if taken.contains(&name) {
            bail!("`{name}` in C would mean two things, one of them {what}; rename it in the spec");
        }
        taken.push(name);
        Ok(())
    };
    for schema in &model.schemas {
        let what = format!("schema `{}`", schema.name);
        if schema.output {
            claim(names::c_type(&schema.name), what.clone())?;
            claim(format!("{}_free", names::c_type(&schema.name)), what.clone())?;
            claim(format!("{}_response", names::c_type(&schema.name)), what.clone())?;
            if schema.root {
                claim(super::c_async::taker(Some(&schema.name)), what.clone())?;
            }
        }
        if schema.input && model.objects().any(|(object, _)| object.name == schema.name) {
            claim(input_type(schema), what)?;
        }
    }
    for operation in &model.operations {
        let what = format!("operation `{}`", operation.id);
        claim(format!("desk_{}", operation.id), what.clone())?;
        claim(format!("desk_{}_params", operation.id), what.clone())?;
        claim(format!("desk_{}_async", operation.id), what.clone())?;
        for iter in operation.paged.iter().map(super::c_lists::iter_type) {
            for name in ["", "_new", "_next", "_next_async", "_is_ready", "_free"] {
                claim(format!("{iter}{name}"), what.clone())?;
            }
        }
        for export in operation.paged.iter().map(super::c_exports::export_type) {
            claim(export.clone(), what.clone())?;
            for name in super::c_exports::FUNCTIONS {
                claim(format!("{export}_{name}"), what.clone())?;
            }
        }
    }
    for (schema, values) in model.enums() {
        for value in values {
            claim(names::c_const(&[&schema.name, value]), format!("value `{value}` of `{}`", schema.name))?;
        }
    }
    for (schema, fields) in model.objects().filter(|(schema, _)| schema.output) {
        let [all, _] = super::c_fields::c_names(schema);
        let members = fields.iter().flat_map(|field| super::c_fields::member_names(schema, field));
        for member in iter::once("struct_size".to_owned()).chain(members) {
            claim(format!("{all}.{member}"), format!("a property of `{}`", schema.name))?;
        }
        let getters = fields.iter().flat_map(|field| super::c_output::getter_names(schema, field));
        for name in getters.chain(super::c_fields::c_names(schema)) {
            claim(name, format!("a property of `{}`", schema.name))?;
        }
    }
    Ok(())
}
