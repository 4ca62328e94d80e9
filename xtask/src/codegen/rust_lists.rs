//! Model → the lists of desk-client: a stream and an export of every paged operation.
//!
//! Locals of the generated code end in an underscore, which no path parameter does.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::model::{Field, Model, Operation, Paged, Type};
use super::names;
use super::rust::{any_answer, borrowed, doc, ident};

/// Rows of a page at most where the spec names no bound.
pub(super) const LIMIT: i64 = 100;

/// `generated/lists.rs`.
pub fn emit(model: &Model) -> TokenStream {
    // Lists of the same pages share what splits them, named after the first of them.
    let mut splits: Vec<(Ident, String, TokenStream)> = Vec::new();
    let mut lists = Vec::new();
    for operation in &model.operations {
        let Some(paged) = &operation.paged else { continue };
        let split = split(operation, paged);
        let text = split.to_string();
        let name = match splits.iter().find(|(_, other, _)| *other == text) {
            Some((name, ..)) => name.clone(),
            None => {
                let name = format_ident!("{}_SPLIT", paged.stem.to_shouty_snake_case());
                splits.push((name.clone(), text, split));
                name
            }
        };
        lists.push(list(operation, paged, model, &name));
    }
    let splits = splits.into_iter().map(|(name, _, split)| quote!(const #name: #split;));
    quote! {
        use super::types;
        use crate::answer::{Answer, Rows, Split};
        use crate::export::Export;
        use crate::paging::{ItemStream, List, Page};
        use crate::Client;
        #(#splits)*
        impl Client { #(#lists)* }
    }
}

/// How an answer becomes items, with its type.
fn split(operation: &Operation, paged: &Paged) -> TokenStream {
    let (page, item) = (ident(operation.output.as_deref().unwrap_or_default()), ident(&paged.item));
    let (items, count, key) = (member(&paged.items), member(&paged.count), member(&paged.id));
    let wide = |field: &Field, value: TokenStream| match field.ty {
        Type::Int32 => quote!(i64::from(#value)),
        _ => value,
    };
    let (key, count) = (wide(&paged.id, quote!(item.#key)), wide(&paged.count, quote!(page.#count)));
    quote! {
        Split<types::#page, types::#item> = Split {
            rows: |page| Rows { count: #count, items: page.#items, kept: None },
            id: |item| #key,
        }
    }
}

fn list(operation: &Operation, paged: &Paged, model: &Model, split: &Ident) -> TokenStream {
    let (id, method, params_type) = (&operation.id, any_answer(operation), ident(&operation.params_type()));
    let (item, pages) = (ident(&paged.item), format_ident!("{}_pages", paged.stem));
    let names: Vec<_> = operation.path_params.iter().map(|field| ident(&names::rust(&field.name))).collect();
    let types: Vec<_> = operation.path_params.iter().map(|field| borrowed(&field.ty, None)).collect();
    let by_reference: Vec<_> = operation.path_params.iter().filter(|field| !copied(field)).collect();
    let kept: Vec<_> = by_reference.iter().map(|field| ident(&names::rust(&field.name))).collect();
    let passed = operation.path_params.iter().map(|field| {
        let name = ident(&names::rust(&field.name));
        if copied(field) { quote!(#name) } else { quote!(&#name) }
    });
    let arguments = quote!(&self, #(#names: #types,)* params: &types::#params_type);
    let set = |field: &Field, value: TokenStream| {
        let name = member(field);
        quote!(params.#name = Some(#value);)
    };
    let whole = |field: &Field, value: TokenStream| match field.ty {
        Type::Int32 => set(field, quote!(i32::try_from(#value).unwrap_or(i32::MAX))),
        _ => set(field, value),
    };
    let (limit, offset) = (whole(&paged.limit, quote!(slice_.limit)), whole(&paged.offset, quote!(slice_.offset)));
    let window = paged.window.as_ref().map(|window| {
        let (from, until) = (set(&window.from, quote!(from_)), set(&window.until, quote!(until_)));
        let part = window.part.as_ref().map(|part| {
            let set = set(part, quote!(part_.into()));
            quote! { if let Some(part_) = slice_.part { #set } }
        });
        quote! {
            if let Some((from_, until_)) = slice_.window {
                #from
                #until
            }
            #part
        }
    });
    let most = paged.limit.bounds.max.unwrap_or(LIMIT);
    let given = |field: &Field| {
        let name = member(field);
        if field.ty == Type::Int32 { quote!(params.#name.map(i64::from)) } else { quote!(params.#name) }
    };
    let (given_limit, given_offset) = (given(&paged.limit), given(&paged.offset));
    let page = ident(operation.output.as_deref().unwrap_or_default());
    let (stream, stream_as) = (format_ident!("{}_stream", paged.stem), any_stream(paged));
    let about = doc(&format!(
        "Every item of [`{id}`](Client::{id}), page after page.\n\n`{limit}` is the size of a page (by default {most}), \
         `{offset}` where to begin. Nothing is sent before the first item is asked for; the rules of the list are those \
         of [`ItemStream`].{export}",
        limit = paged.limit.name,
        offset = paged.offset.name,
        export = format_args!(
            " What is inserted or deleted meanwhile can shift rows: [`{stem}_export`](Client::{stem}_export) proves that \
             none is lost.",
            stem = paged.stem
        ),
    ));
    let deprecated = operation.deprecated.then(|| quote! { #[deprecated = "deprecated by the service"] });
    let export = format_ident!("{}_export", paged.stem);
    let micros = quote!(chrono::DateTime::timestamp_micros);
    let time = paged.time.as_ref().map_or(quote!(|_| None), |field| {
        let name = member(field);
        let time = match field.always() {
            true => quote!(Some(#micros(&item.#name))),
            false => quote!(item.#name.as_ref().map(#micros)),
        };
        quote!(|item: &types::#item| #time)
    });
    let part = paged.window.as_ref().and_then(|window| window.part.as_ref());
    let values = part.and_then(|part| match &part.ty {
        Type::Enum(name) => model.enums().find(|(schema, _)| schema.name == *name).map(|(_, values)| values),
        _ => None,
    });
    let parts = match (part, values) {
        (Some(part), Some(values)) => {
            let part = member(part);
            quote! { if params.#part.is_some() { &[] } else { &[#(#values),*] } }
        }
        _ => quote!(&[]),
    };
    let (limit_name, offset_name) = (&paged.limit.name, &paged.offset.name);
    let how = format!("`{limit_name}` is the size of a page (by default {most}), `{offset_name}` has no effect.");
    let (about_export, made) = match &paged.window {
        Some(window) => {
            let (from, until) = (member(&window.from), member(&window.until));
            let about = format!(
                "Every item of [`{id}`](Client::{id}) in a closed interval of time, window by window, with proof that \
                 none is lost or doubled.\n\n`{from}` and `{until}` bound the interval, {how} Nothing is sent before the \
                 first window is asked for; see [`Export`].",
                from = window.from.name,
                until = window.until.name,
            );
            let made = quote! {
                let (from_, until_, limit_) = (params.#from, params.#until, #given_limit);
                let parts_: &'static [&'static str] = #parts;
                Export::new(list_, time_, parts_, from_, until_, limit_)
            };
            (about, made)
        }
        None => {
            let about = format!(
                "Every item of [`{id}`](Client::{id}), with proof that none is lost or doubled.\n\nThe list cannot be asked \
                 for a stretch of time: all of it is one window, up to when it is read. {how} Nothing is sent before the \
                 window is asked for; see [`Export`]."
            );
            (about, quote!(Export::whole(list_, time_, #given_limit)))
        }
    };
    let (about_export, export_as) = (doc(&about_export), any_export(paged));
    let export = quote! {
        #about_export
        #deprecated
        pub fn #export(#arguments) -> Export<types::#item> {
            self.#export_as(#(#names,)* params, #split, #time)
        }

        #[doc(hidden)]
        pub fn #export_as<A: Answer<types::#page>, T: Send + 'static>(
            #arguments,
            split_: Split<A, T>,
            time_: fn(&T) -> Option<i64>,
        ) -> Export<T> {
            let list_ = self.#pages(#(#names,)* params, split_);
            #made
        }
    };
    quote! {
        #about
        #deprecated
        pub fn #stream(#arguments) -> ItemStream<types::#item> {
            let (limit_, offset_) = (#given_limit, #given_offset);
            ItemStream::new(self.#pages(#(#names,)* params, #split), limit_, offset_)
        }

        #export

        #[doc(hidden)]
        pub fn #stream_as<A: Answer<types::#page>, T: Send + 'static>(
            #arguments,
            split_: Split<A, T>,
        ) -> ItemStream<T> {
            let (limit_, offset_) = (#given_limit, #given_offset);
            ItemStream::new(self.#pages(#(#names,)* params, split_), limit_, offset_)
        }

        fn #pages<A: Answer<types::#page>, T: 'static>(#arguments, split_: Split<A, T>) -> List<T> {
            let (client, params) = (self.clone(), params.clone());
            #(let #kept = #kept.to_owned();)*
            List::new(#id, #most, self.patience(), split_.id, move |slice_| {
                let (client, mut params) = (client.ahead(slice_.ahead), params.clone());
                #(let #kept = #kept.clone();)*
                async move {
                    #limit
                    #offset
                    #window
                    let page_ = client.#method::<A>(#(#passed,)* &params).await?;
                    let date_ = page_.server_date();
                    Ok(Page::new((split_.rows)(page_.into_inner()), date_))
                }
            })
        }
    }
}

/// The method that gives rows of any answer.
pub(super) fn any_stream(paged: &Paged) -> Ident {
    format_ident!("{}_stream_as", paged.stem)
}

/// The method that exports rows of any answer.
pub(super) fn any_export(paged: &Paged) -> Ident {
    format_ident!("{}_export_as", paged.stem)
}

/// The field of a generated struct.
pub(super) fn member(field: &Field) -> Ident {
    ident(&names::rust(&field.name))
}

/// Whether a path argument is passed by value.
pub(super) fn copied(field: &Field) -> bool {
    matches!(field.ty, Type::Bool | Type::Int32 | Type::Int64 | Type::Double)
}
