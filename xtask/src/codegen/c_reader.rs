//! Model → `generated/readers.rs` of desk-ffi: the reader of each result from the bytes of a
//! response.
//!
//! A reader reads the properties in the order of the spec, each with the method of `reader.rs` for
//! its type. It knows every type that the model has.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::model::{Field, Model, Schema, Type};
use super::names;
use super::rust_types::ident;

/// `generated/readers.rs`.
pub fn emit(model: &Model) -> TokenStream {
    let results = model.objects().filter(|(schema, _)| schema.output);
    let readers: Vec<_> = results.map(|(schema, fields)| reader(schema, fields)).collect();
    let roots = model.objects().filter(|(schema, _)| schema.output && schema.root);
    let beside_serde = roots.map(|(schema, _)| {
        let (view, source) = (format_ident!("{}View", schema.name), ident(&schema.name));
        quote! { crate::reader::agree::agree::<types::#source, #view>(bytes, |bytes| serde_json::from_slice(bytes)); }
    });
    quote! {
        use std::mem::MaybeUninit;
        use std::ptr;
        use ::desk_client::types;
        use super::outputs::*;
        use crate::view::{EnumView, List, Object};
        use crate::reader::{Read, Reader};
        use crate::text::desk_str;
        #(#readers)*

        /// Reads bytes as every result, with the reader and with serde.
        #[cfg(fuzzing)]
        pub fn agree(bytes: &[u8]) {
            #(#beside_serde)*
        }
    }
}

fn reader(schema: &Schema, fields: &[Field]) -> TokenStream {
    let view = format_ident!("{}View", schema.name);
    let members = fields.iter().map(|field| {
        let (name, value) = (ident(&names::rust(&field.name)), property(field));
        quote! { (&raw mut (*to).#name).write(#value); }
    });
    let names = fields.iter().map(|field| ident(&names::rust(&field.name)));
    let about = schema.root.then(|| quote!(response_: _));
    let no_response = schema.root.then(|| quote! { (&raw mut (*to).response_).write(ptr::null()); });
    quote! {
        // Every member: omitting one from the reader is a compile error.
        const _: fn(#view) = |#view { #(#names: _,)* #about }| ();

        // SAFETY: it writes every member.
        unsafe impl Read for #view {
            #[inline(always)]
            fn read(from: &mut Reader<'_, '_>, to: &mut MaybeUninit<#view>) -> Option<()> {
                from.open()?;
                let to = to.as_mut_ptr();
                // SAFETY: `to` has room for these members.
                unsafe { #(#members)* #no_response }
                from.close()
            }
        }
    }
}

/// The expression that reads a property.
fn property(field: &Field) -> TokenStream {
    let key = Literal::byte_string(format!(",{}:", serde_json::Value::from(field.wire.as_str())).as_bytes());
    let value = match &field.ty {
        Type::List(item) => {
            // A list holds its objects themselves.
            let (each, absent) = match &item.ty {
                Type::Object(_) => (quote!(from.value()), None),
                ty => (one(ty), absent(ty)),
            };
            let each = match absent {
                _ if !item.nullable => each,
                Some(absent) => quote!(Some(if from.null() { #absent } else { #each? })),
                None => quote!(Some(if from.null() { None } else { Some(#each?) })),
            };
            match &item.ty {
                Type::Object(_) if !item.nullable => quote!(from.objects()),
                _ => quote!(from.list(|from| #each)),
            }
        }
        ty => one(ty),
    };
    match absent(&field.ty) {
        _ if field.always() => quote!({ from.must(#key)?; #value? }),
        Some(absent) => quote!(if from.maybe(#key) { #value? } else { #absent }),
        None => quote!(if from.maybe(#key) { Some(#value?) } else { None }),
    }
}

/// The expression that reads a value that is neither null nor a list.
fn one(ty: &Type) -> TokenStream {
    let method = match ty {
        Type::Bool => quote!(bool),
        Type::Int32 => quote!(int32),
        Type::Int64 => quote!(int64),
        Type::Double => quote!(double),
        Type::Text => quote!(text),
        Type::Date => quote!(date),
        Type::Time => quote!(time),
        Type::Json | Type::List(_) => quote!(json),
        Type::Enum(name) => {
            let name = ident(name);
            quote!(enumeration::<types::#name>)
        }
        Type::Object(_) => quote!(object),
    };
    quote!(from.#method())
}

/// The absent value of a type in a view, unless it is `None`.
fn absent(ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Text | Type::Date | Type::Json => Some(quote!(desk_str::ABSENT)),
        Type::Enum(_) => Some(quote!(EnumView::ABSENT)),
        Type::Object(_) => Some(quote!(Object::NULL)),
        Type::List(_) => Some(quote!(List::EMPTY)),
        _ => None,
    }
}
