//! Model → the lists of desk-cli: the shape of each page, and the export of each list.

use std::collections::BTreeSet;

use heck::{ToKebabCase, ToShoutySnakeCase};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::cli_arguments::{arguments, arguments_const, given_of, is_exported, kind, params_fn, path_of, shape_name};
use super::model::{Field, Model, Operation, Paged, Type};
use super::rust_lists::{LIMIT, member};
use super::rust_types::ident;

/// `generated/lists.rs`.
pub fn emit(model: &Model) -> TokenStream {
    let paged = || model.operations.iter().filter_map(|operation| Some((operation, operation.paged.as_ref()?)));
    let exports = paged().map(|(operation, paged)| export(operation, paged, model));
    let items: BTreeSet<&str> = paged().map(|(_, paged)| paged.item.as_str()).collect();
    let columns = items.into_iter().map(|item| columns(item, model));
    quote! {
        use super::{operations, pages};
        use crate::api::{Column, Kind, List};
        use crate::rows;
        use desk_client::requests;

        pub(crate) static LISTS: &[List] = &[#(#exports),*];
        #(#columns)*
    }
}

/// `generated/pages.rs`.
pub fn pages(model: &Model) -> TokenStream {
    let paged = model.operations.iter().filter_map(|operation| Some((operation, operation.paged.as_ref()?)));
    let shapes = paged.map(|(operation, paged)| shape(operation, paged));
    quote! {
        use crate::rows::{self, PageSchema, Row};
        use desk_core::list::RowDecoder;

        #(#shapes)*
    }
}

/// The shape of a list's page and its rows.
fn shape(operation: &Operation, paged: &Paged) -> TokenStream {
    let name = shape_name(operation);
    let (items, count, id) = (&paged.items.wire, &paged.count.wire, &paged.id.wire);
    let time = match &paged.time {
        Some(Field { wire, .. }) => quote!(Some(#wire)),
        None => quote!(None),
    };
    quote! {
        pub(crate) struct #name;

        impl #name {
            pub(crate) fn rows() -> RowDecoder<Row> {
                RowDecoder { decode: rows::page::<#name>, id: Row::id, time: Row::time }
            }
        }

        impl PageSchema for #name {
            const COUNT: &'static str = #count;
            const ITEMS: &'static str = #items;
            const ID: &'static str = #id;
            const TIME: Option<&'static str> = #time;
        }
    }
}

/// The columns of the rows of a schema.
fn columns(item: &str, model: &Model) -> TokenStream {
    let name = columns_const(item);
    let fields = model.objects().find(|(schema, _)| schema.name == item).map_or(&[][..], |(_, fields)| fields);
    let columns = fields.iter().map(|field| {
        let (name, kind) = (&field.wire, kind(&field.ty, model));
        quote!(Column { name: #name, kind: #kind })
    });
    quote!(const #name: &[Column] = &[#(#columns),*];)
}

fn columns_const(item: &str) -> Ident {
    format_ident!("{}_COLUMNS", item.to_shouty_snake_case())
}

/// The export of a list.
fn export(operation: &Operation, paged: &Paged, model: &Model) -> TokenStream {
    let all = arguments(operation, model);
    let (noun, shape) = (paged.stem.to_kebab_case(), shape_name(operation));
    let (own, columns) = (arguments_const(operation), columns_const(&paged.item));
    let kept = all.iter().enumerate().filter(|(_, one)| is_exported(paged, one));
    let kept = kept.map(|(at, _)| quote!(operations::#own[#at]));
    let (id, time) = (&paged.id.wire, paged.time.as_ref().map_or("", |time| &time.wire));
    let windows = paged.window.is_some();
    let most = paged.limit.bounds.max.unwrap_or(LIMIT);
    let (limit, offset) = (member(&paged.limit), member(&paged.offset));
    let times = paged.window.as_ref().map(|window| {
        let (from, until) = (member(&window.from), member(&window.until));
        quote!((params.#from, params.#until) = (span.from, span.until);)
    });
    let narrow = |field: &Field, value: TokenStream| match field.ty {
        Type::Int32 => quote!(#value.and_then(|value: i64| i32::try_from(value).ok())),
        _ => value,
    };
    let page = narrow(&paged.limit, quote!(span.page));
    let start = narrow(&paged.offset, quote!(Some(offset)));
    let (path, given, params) = (path_of(operation, &all), given_of(operation), params_fn(operation));
    let id_ = ident(&operation.id);
    quote! {
        List {
            name: #noun,
            arguments: &[#(#kept),*],
            columns: #columns,
            id: #id,
            time: #time,
            windows: #windows,
            page: #most,
            export: |client, input, span| {
                #path
                let mut params = operations::#params(input)?;
                #times
                params.#limit = #page;
                Ok(client.core().export(desk_client::lists::#id_(#given &params), pages::#shape::rows()))
            },
            ask: |client, input, span, offset| Box::pin(async move {
                #path
                let mut params = operations::#params(&input)?;
                #times
                (params.#limit, params.#offset) = (#page, #start);
                let request_ = requests::#id_(#given &params);
                Ok(client.core().send(request_, rows::page::<pages::#shape>).await?.into())
            }),
        }
    }
}
