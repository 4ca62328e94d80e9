//! Names, types and arguments of the model in C; all emitters of C and C++ share them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::model::{Field, Operation, Paged, Schema, Type};
use super::names;
use super::rust_types::ident;

/// The C name of an iterator.
pub fn iter_type(paged: &Paged) -> String {
    format!("desk_{}_iter", paged.stem)
}

/// The C name of an export.
pub fn export_type(paged: &Paged) -> String {
    format!("desk_{}_export", paged.stem)
}

/// The C name of the request struct of a schema; if results have the schema too, they have the
/// plain name.
pub fn input_type(schema: &Schema) -> String {
    let name = names::c_type(&schema.name);
    if schema.output { format!("{name}_input") } else { name }
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

/// The function that decodes the result of an operation.
pub fn decode(operation: &Operation) -> TokenStream {
    match &operation.output {
        Some(output) => {
            let (source, view) = (ident(output), format_ident!("{output}View"));
            quote!(reader::decode::<types::#source, #view>)
        }
        None => quote!(decode::nothing),
    }
}

/// A path parameter as an argument: its name, its C type, the statement that reads it, and the
/// value passed to the client.
fn path_argument(field: &Field) -> (Ident, TokenStream, Option<TokenStream>, TokenStream) {
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
