//! Names, types and arguments of the model in Rust; all emitters of Rust share them.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::model::{Field, Operation, Type};
use super::names;

/// The constant of an operation in `operations.rs`.
pub fn constant(operation: &Operation) -> Ident {
    ident(&operation.id.to_shouty_snake_case())
}

/// The arguments of an operation.
pub fn arguments(operation: &Operation) -> TokenStream {
    let path = operation.path_params.iter().map(|field| {
        let (name, ty) = (ident(&names::rust(&field.name)), borrowed(&field.ty));
        quote! { #name: #ty, }
    });
    let params = (!operation.query.is_empty()).then(|| operation.params_type());
    let types = params.iter().chain(&operation.body).map(|ty| ident(ty));
    let names = params_and_body(operation);
    quote! { #(#path)* #(#names: &types::#types,)* }
}

/// The names of the arguments of an operation.
pub fn argument_names(operation: &Operation) -> Vec<Ident> {
    let path = operation.path_params.iter().map(|field| ident(&names::rust(&field.name)));
    path.chain(params_and_body(operation)).collect()
}

/// The names of the arguments after those of the path.
pub fn params_and_body(operation: &Operation) -> impl Iterator<Item = Ident> {
    let params = (!operation.query.is_empty()).then(|| ident("params"));
    params.into_iter().chain(operation.body.as_ref().map(|_| ident("body")))
}

/// The type of a field of a request, result or set of parameters.
pub fn field_type(field: &Field) -> TokenStream {
    item_type(&field.ty, !field.always())
}

pub fn item_type(ty: &Type, optional: bool) -> TokenStream {
    let ty = rust_type(ty);
    if optional { quote!(Option<#ty>) } else { ty }
}

/// The Rust type of a value that is neither absent nor null.
pub fn rust_type(ty: &Type) -> TokenStream {
    match ty {
        Type::Bool => quote!(bool),
        Type::Int32 => quote!(i32),
        Type::Int64 => quote!(i64),
        Type::Double => quote!(f64),
        Type::Text => quote!(String),
        Type::Date => quote!(chrono::NaiveDate),
        Type::Time => quote!(chrono::DateTime<chrono::Utc>),
        Type::Json => quote!(crate::Json),
        Type::Enum(name) | Type::Object(name) => {
            let name = ident(name);
            quote!(types::#name)
        }
        Type::List(item) => {
            let item = item_type(&item.ty, item.nullable);
            quote!(Vec<#item>)
        }
    }
}

/// The type of a path argument, as progenitor takes it.
fn borrowed(ty: &Type) -> TokenStream {
    match ty {
        Type::Text => quote!(&str),
        Type::Bool | Type::Int32 | Type::Int64 | Type::Double => rust_type(ty),
        ty => {
            let ty = rust_type(ty);
            quote!(&#ty)
        }
    }
}

pub fn ident(name: &str) -> Ident {
    format_ident!("{name}")
}

/// Doc attributes, one for each line.
pub fn doc(text: &str) -> TokenStream {
    let lines = text
        .lines()
        .flat_map(|line| names::wrap(line, 110))
        .map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}
