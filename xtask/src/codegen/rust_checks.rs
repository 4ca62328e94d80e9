//! Bounds of the spec → the checks that desk-client makes before it sends a request.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use super::model::{Bounds, Field, Type};
use super::names;
use super::rust_types::ident;

/// `impl Check` for a request or a set of query parameters.
pub fn implementation(name: &impl ToTokens, fields: &[Field]) -> TokenStream {
    let statements: Vec<_> = fields.iter().filter_map(field).collect();
    let at = if statements.is_empty() { quote!(_at) } else { quote!(at) };
    quote! {
        impl desk_core::check::Check for #name {
            fn check(&self, #at: &str) -> Result<(), crate::Error> {
                #(#statements)*
                Ok(())
            }
        }
    }
}

/// The check of one path argument, which is passed by value or as a reference.
pub fn path_parameter(field: &Field) -> Option<TokenStream> {
    let (name, argument) = (&field.name, ident(&names::rust(&field.name)));
    let text = quote!(#name);
    match &field.ty {
        Type::Text => {
            let length = value(&field.ty, &field.bounds, &argument.to_token_stream(), &text);
            Some(quote! { desk_core::check::segment(#name, #argument)?; #length })
        }
        Type::Enum(_) => Some(quote! { desk_core::check::segment(#name, #argument.as_str())?; }),
        ty => value(ty, &field.bounds, &argument.to_token_stream(), &text),
    }
}

fn field(field: &Field) -> Option<TokenStream> {
    let name = ident(&names::rust(&field.name));
    let label = format!("{{at}}{}", field.name);
    let label = quote!(format_args!(#label));
    let by_value = matches!(field.ty, Type::Int32 | Type::Int64 | Type::Double);
    let check = |expr: TokenStream| match &field.ty {
        Type::Object(_) => {
            let inner = format!("{{at}}{}.", field.name);
            Some(quote! { desk_core::check::Check::check(#expr, &format!(#inner))?; })
        }
        Type::List(item) => list(field, &item.ty, item.nullable, &expr),
        ty => value(ty, &field.bounds, &expr, &label),
    };
    let whole = if by_value { quote!(self.#name) } else { quote!(&self.#name) };
    let inner = check(quote!(value))?;
    Some(if field.always() {
        quote! { let value = #whole; #inner }
    } else {
        quote! { if let Some(value) = #whole { #inner } }
    })
}

fn list(field: &Field, item: &Type, nullable: bool, expr: &TokenStream) -> Option<TokenStream> {
    let label = format!("{{at}}{}", field.name);
    let length = lengths(&field.bounds, &quote!(#expr.len()), &quote!(format_args!(#label)), "items");
    let none = Bounds::default();
    let bounds = field.bounds.item.as_deref().unwrap_or(&none);
    let each = match item {
        Type::Object(_) => {
            let inner = format!("{{at}}{}[{{index}}].", field.name);
            Some(quote! { desk_core::check::Check::check(item, &format!(#inner))?; })
        }
        Type::Int32 | Type::Int64 | Type::Double => {
            let inner = format!("{{at}}{}[{{index}}]", field.name);
            value(item, bounds, &quote!(*item), &quote!(format_args!(#inner)))
        }
        ty => {
            let inner = format!("{{at}}{}[{{index}}]", field.name);
            value(ty, bounds, &quote!(item), &quote!(format_args!(#inner)))
        }
    };
    let items = if nullable {
        quote!(#expr.iter().enumerate().filter_map(|(index, item)| Some((index, item.as_ref()?))))
    } else {
        quote!(#expr.iter().enumerate())
    };
    let each = each.map(|each| quote! { for (index, item) in #items { #each } });
    (length.is_some() || each.is_some()).then(|| quote! { #length #each })
}

/// The check of a single value; the caller passes numbers by value and other types by reference.
fn value(ty: &Type, bounds: &Bounds, expr: &TokenStream, label: &TokenStream) -> Option<TokenStream> {
    match ty {
        Type::Int32 | Type::Int64 => {
            let (min, max) = (bounds.min.map(Literal::i64_unsuffixed), bounds.max.map(Literal::i64_unsuffixed));
            range(min, max, expr, label)
        }
        Type::Double => {
            let (low, high) = (bounds.low.map(Literal::f64_unsuffixed), bounds.high.map(Literal::f64_unsuffixed));
            let range = range(low, high, expr, label);
            Some(quote! { desk_core::check::finite(#label, #expr)?; #range })
        }
        Type::Text => lengths(bounds, &quote!(#expr.chars().count()), label, "characters"),
        _ => None,
    }
}

fn range(min: Option<Literal>, max: Option<Literal>, expr: &TokenStream, label: &TokenStream) -> Option<TokenStream> {
    let bounded = min.is_some() || max.is_some();
    let (min, max) = (option(min), option(max));
    bounded.then(|| quote! { desk_core::check::number(#label, #expr, #min, #max)?; })
}

fn lengths(bounds: &Bounds, len: &TokenStream, label: &TokenStream, unit: &str) -> Option<TokenStream> {
    let literal =
        |bound: Option<i64>| option(bound.and_then(|bound| usize::try_from(bound).ok()).map(Literal::usize_unsuffixed));
    let (min, max) = (literal(bounds.min_len), literal(bounds.max_len));
    let bounded = bounds.min_len.is_some() || bounds.max_len.is_some();
    bounded.then(|| quote! { desk_core::check::length(#label, #unit, #len, #min, #max)?; })
}

/// The Rust text of an optional bound.
fn option(bound: Option<Literal>) -> TokenStream {
    bound.map_or_else(|| quote!(None), |bound| quote!(Some(#bound)))
}
