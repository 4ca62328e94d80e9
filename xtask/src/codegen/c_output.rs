//! Model → results for C: opaque types, the views behind them, and a getter for every property.

use anyhow::{Result, bail};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::c_types::scalar;
use super::model::{Field, Model, Schema, Type};
use super::names;
use super::rust_types::{doc, ident};

/// `generated/outputs.rs`.
pub fn emit(model: &Model) -> Result<TokenStream> {
    let mut results = Vec::new();
    for (schema, fields) in model.objects().filter(|(schema, _)| schema.output) {
        results.push(result(schema, fields)?);
    }
    Ok(quote! {
        use std::ptr;
        use bumpalo::Bump;
        use ::desk_client::types;
        use crate::guard::{read, read_into, release};
        use crate::handle::Handle;
        use crate::output::{self, Root};
        use crate::view::{self, EnumView, List, Object, View};
        use crate::response::{ResponseView, desk_response};
        use crate::text::desk_str;
        #(#results)*
    })
}

fn result(schema: &Schema, fields: &[Field]) -> Result<TokenStream> {
    let (handle, view) = (ident(&names::c_type(&schema.name)), format_ident!("{}View", schema.name));
    let source = ident(&schema.name);
    let about = if schema.root {
        format!("{} Immutable; any thread may read it. Free it with `{handle}_free`.", schema.doc)
    } else {
        format!("{} Immutable; borrowed from the result it was read from.", schema.doc)
    };
    let about = doc(&about);
    let declared = fields.iter().map(|field| {
        let (name, ty) = (ident(&names::rust(&field.name)), view_type(field));
        quote! { pub(crate) #name: #ty, }
    });
    let copied = fields.iter().map(|field| {
        let (name, value) = (ident(&names::rust(&field.name)), copy(field));
        quote! { #name: #value, }
    });
    // No property ends in an underscore.
    let kept = schema.root.then(|| quote! { pub(crate) response_: *const ResponseView, });
    let not_yet = schema.root.then(|| quote! { response_: ptr::null(), });
    let free = schema.root.then(|| {
        let (free, response) = (format_ident!("{handle}_free"), format_ident!("{handle}_response"));
        let this = ident(&names::c_field(&names::snake(&schema.name)));
        let about_response =
            doc("Facts about the call that returned the result; NULL for an object inside another result. Borrowed.");
        let about =
            doc("Frees a result; NULL is allowed. Texts and objects read from it become invalid. Any thread, once.");
        quote! {
            #about
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn #free(result: *mut #handle) {
                // SAFETY: the caller owns it; it was made by an operation.
                release(|| unsafe { output::free(result) });
            }

            #about_response
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn #response(#this: *const #handle) -> *const desk_response {
                // SAFETY: the caller passes NULL or a live object.
                unsafe { read(#this, ptr::null(), |view| view.response_.cast()) }
            }

            impl Root for #view {
                fn set_response(&mut self, response: *const ResponseView) {
                    self.response_ = response;
                }
            }
        }
    });
    let getters: Vec<TokenStream> = fields.iter().map(|field| getters(schema, field)).collect::<Result<_>>()?;
    Ok(quote! {
        #about
        pub struct #handle {
            _opaque: (),
        }

        #[cfg_attr(any(test, fuzzing), derive(Debug))]
        pub(crate) struct #view { #(#declared)* #kept }

        impl Handle for #handle {
            type Target = #view;
        }

        impl View<types::#source> for #view {
            fn view(source: &types::#source, arena: &Bump) -> #view {
                #view { #(#copied)* #not_yet }
            }
        }

        #free
        #(#getters)*
    })
}

/// The type of a property in the view, which the getter returns as it is.
fn view_type(field: &Field) -> TokenStream {
    match &field.ty {
        Type::Text | Type::Date | Type::Json => quote!(desk_str),
        Type::Enum(_) => quote!(EnumView),
        Type::Object(name) => {
            let view = format_ident!("{name}View");
            quote!(Object<#view>)
        }
        Type::List(item) => {
            let inner = match &item.ty {
                Type::Text | Type::Date | Type::Json => quote!(desk_str),
                Type::Enum(_) => quote!(EnumView),
                Type::Object(name) => {
                    let view = format_ident!("{name}View");
                    if item.nullable { quote!(Option<#view>) } else { quote!(#view) }
                }
                ty if item.nullable => {
                    let ty = scalar(ty);
                    quote!(Option<#ty>)
                }
                ty => scalar(ty),
            };
            quote!(List<#inner>)
        }
        ty if field.always() => scalar(ty),
        ty => {
            let ty = scalar(ty);
            quote!(Option<#ty>)
        }
    }
}

/// The expression that copies a property into the view.
fn copy(field: &Field) -> TokenStream {
    let name = ident(&names::rust(&field.name));
    let one = |ty: &Type| match ty {
        Type::Text => quote!(view::text(arena, value)),
        Type::Date => quote!(view::text(arena, &value.to_string())),
        Type::Json => quote!(view::json(arena, value)),
        Type::Enum(_) => quote!(view::enumeration(arena, value)),
        Type::Time => quote!(view::micros(value)),
        Type::Object(_) => quote!(View::view(value, arena)),
        _ => quote!(*value),
    };
    let absent = |ty: &Type| match ty {
        Type::Text | Type::Date | Type::Json => Some(quote!(desk_str::ABSENT)),
        Type::Enum(_) => Some(quote!(EnumView::ABSENT)),
        _ => None,
    };
    match &field.ty {
        Type::Object(_) if field.always() => quote!(view::object(arena, Some(&source.#name))),
        Type::Object(_) => quote!(view::object(arena, source.#name.as_ref())),
        Type::List(item) => {
            let items =
                if field.always() { quote!(Some(source.#name.as_slice())) } else { quote!(source.#name.as_deref()) };
            let value = one(&item.ty);
            let each = match absent(&item.ty) {
                _ if !item.nullable => quote!(|value| #value),
                Some(absent) => quote!(|value| value.as_ref().map_or(#absent, |value| #value)),
                None => quote!(|value| value.as_ref().map(|value| #value)),
            };
            quote!(view::list(arena, #items, #each))
        }
        ty => {
            let value = one(ty);
            match absent(ty) {
                _ if field.always() => quote!({ let value = &source.#name; #value }),
                Some(absent) => quote!(source.#name.as_ref().map_or(#absent, |value| #value)),
                None => quote!(source.#name.as_ref().map(|value| #value)),
            }
        }
    }
}

/// The names of all getters of a property.
pub fn getter_names(schema: &Schema, field: &Field) -> Vec<String> {
    let name = |suffix: &str| format!("{}_get_{}{suffix}", names::c_type(&schema.name), field.name);
    match &field.ty {
        Type::Time => vec![name("_us")],
        Type::Enum(_) => vec![name(""), name("_text")],
        Type::List(item) => match &item.ty {
            Type::Time => vec![name("_len"), name("_at_us")],
            Type::Enum(_) => vec![name("_len"), name("_at"), name("_at_text")],
            _ => vec![name("_len"), name("_at")],
        },
        _ => vec![name("")],
    }
}

fn getters(schema: &Schema, field: &Field) -> Result<TokenStream> {
    let (handle, this) = (ident(&names::c_type(&schema.name)), ident(&names::c_field(&names::snake(&schema.name))));
    let member = ident(&names::rust(&field.name));
    let names = getter_names(schema, field);
    let mut functions = names.iter().map(|name| ident(name));
    let mut function =
        || functions.next().ok_or_else(|| anyhow::anyhow!("`{}` has fewer names than getters", field.wire));
    let getter =
        |function: proc_macro2::Ident, about: &str, more: TokenStream, result: TokenStream, body: TokenStream| {
            let about = doc(about);
            quote! {
                #about
                #[unsafe(no_mangle)]
                pub unsafe extern "C" fn #function(#this: *const #handle #more) -> #result {
                    // SAFETY: the caller passes NULL or a live object, and a writable `out` or
                    // NULL.
                    unsafe { #body }
                }
            }
        };
    let (zero, lives) = (zero(&field.ty), "Valid until the result it came from is freed.");
    let about = &field.doc;
    Ok(match &field.ty {
        Type::Text | Type::Date | Type::Json => {
            let form = match field.ty {
                Type::Date => " As `2026-01-31`.",
                Type::Json => " As JSON text.",
                _ => "",
            };
            getter(
                function()?,
                &format!("{about}{form} {lives}"),
                quote!(),
                quote!(desk_str),
                quote!(read(#this, #zero, |view| view.#member)),
            )
        }
        Type::Enum(name) => {
            let prefix = names::c_const(&[name, ""]);
            let number = format!("{about} One of `{prefix}...`; 0 if absent or unknown to this version.");
            let text = format!("{about} As the service spells it. {lives}");
            let number =
                getter(function()?, &number, quote!(), quote!(i32), quote!(read(#this, 0, |view| view.#member.code)));
            let text = getter(
                function()?,
                &text,
                quote!(),
                quote!(desk_str),
                quote!(read(#this, desk_str::ABSENT, |view| view.#member.text)),
            );
            quote! { #number #text }
        }
        Type::Object(name) => {
            let inner = ident(&names::c_type(name));
            let about = format!("{about} NULL if absent. {lives}");
            getter(
                function()?,
                &about,
                quote!(),
                quote!(*const #inner),
                quote!(read(#this, ptr::null(), |view| view.#member.ptr().cast())),
            )
        }
        Type::List(item) => {
            let len = getter(
                function()?,
                &format!("Number of: {about}"),
                quote!(),
                quote!(usize),
                quote!(read(#this, 0, |view| view.#member.len())),
            );
            let at = quote!(, index: usize);
            let first = function()?;
            let item_getter = match &item.ty {
                Type::Text | Type::Date | Type::Json => {
                    let about = format!("The text at `index`; `{{NULL, 0}}` beyond the end. {lives}");
                    let body = quote!(read(#this, desk_str::ABSENT, |view| view.#member.get(index).copied().unwrap_or(desk_str::ABSENT)));
                    getter(first, &about, at, quote!(desk_str), body)
                }
                Type::Enum(_) => {
                    let find = quote!(view.#member.get(index).copied().unwrap_or(EnumView::ABSENT));
                    let number = getter(
                        first,
                        "The value at `index`; 0 beyond the end, if null or unknown.",
                        at.clone(),
                        quote!(i32),
                        quote!(read(#this, 0, |view| #find.code)),
                    );
                    let about =
                        format!("The value at `index` as the service spells it; `{{NULL, 0}}` beyond the end. {lives}");
                    let text = getter(
                        function()?,
                        &about,
                        at,
                        quote!(desk_str),
                        quote!(read(#this, desk_str::ABSENT, |view| #find.text)),
                    );
                    quote! { #number #text }
                }
                Type::Object(name) => {
                    let inner = ident(&names::c_type(name));
                    let find = if item.nullable {
                        quote!(view.#member.get(index).and_then(Option::as_ref))
                    } else {
                        quote!(view.#member.get(index))
                    };
                    let body = quote!(read(#this, ptr::null(), |view| #find.map_or(ptr::null(), |item| ptr::from_ref(item).cast())));
                    getter(
                        first,
                        &format!("The item at `index`; NULL beyond the end or if null. {lives}"),
                        at,
                        quote!(*const #inner),
                        body,
                    )
                }
                Type::List(_) => bail!("`{}` is a list of lists", field.wire),
                ty if item.nullable => {
                    let c = scalar(ty);
                    let body = quote!(read_into(#this, out, |view| view.#member.get(index).copied().flatten()));
                    getter(
                        first,
                        "Returns whether there is a value at `index` and writes it (0 if absent) to `out` unless `out` is NULL.",
                        quote!(, index: usize, out: *mut #c),
                        quote!(bool),
                        body,
                    )
                }
                ty => {
                    let (c, zero) = (scalar(ty), self::zero(ty));
                    let body = quote!(read(#this, #zero, |view| view.#member.get(index).copied().unwrap_or(#zero)));
                    getter(first, "The value at `index`; 0 beyond the end.", at, c, body)
                }
            };
            quote! { #len #item_getter }
        }
        ty => {
            let unit = if *ty == Type::Time { " In µs since the Unix epoch." } else { "" };
            let c = scalar(ty);
            if field.always() {
                getter(
                    function()?,
                    &format!("{about}{unit}"),
                    quote!(),
                    c,
                    quote!(read(#this, #zero, |view| view.#member)),
                )
            } else {
                let about = format!(
                    "{about}{unit} Returns whether the value is present and writes it (0 if absent) to `out` unless `out` is NULL."
                );
                getter(
                    function()?,
                    &about,
                    quote!(, out: *mut #c),
                    quote!(bool),
                    quote!(read_into(#this, out, |view| view.#member)),
                )
            }
        }
    })
}

fn zero(ty: &Type) -> TokenStream {
    match ty {
        Type::Bool => quote!(false),
        Type::Double => quote!(0.0),
        Type::Text | Type::Date | Type::Json => quote!(desk_str::ABSENT),
        _ => quote!(0),
    }
}
