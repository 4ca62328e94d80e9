//! Model → the lists of desk-client: the value that describes each paged operation, its stream and its export.
//!
//! Locals of the generated code end in an underscore, because no path parameter does.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::model::{Field, Model, Operation, Paged, Type};
use super::names;
use super::rust_types::{argument_names, arguments, constant, doc, ident};

/// The maximum size of a page if the spec names no bound.
pub(super) const LIMIT: i64 = 100;

/// The constant with the decoder of a list's rows. Lists with the same page shape share a decoder,
/// which has the name of the first of them.
fn decoder_name(operation: &Operation, own: &Paged, model: &Model) -> Ident {
    let text = decoder(operation, own).to_string();
    let first = paged(model).find(|(other, paged)| decoder(other, paged).to_string() == text);
    rows_const(first.map_or(own, |(_, paged)| paged))
}

fn rows_const(paged: &Paged) -> Ident {
    format_ident!("{}_ROWS", paged.stem.to_shouty_snake_case())
}

fn paged(model: &Model) -> impl Iterator<Item = (&Operation, &Paged)> {
    model.operations.iter().filter_map(|operation| Some((operation, operation.paged.as_ref()?)))
}

/// `generated/lists.rs`.
pub fn emit(model: &Model) -> TokenStream {
    let decoders = paged(model).filter_map(|(operation, paged)| {
        let (name, decoder) = (rows_const(paged), decoder(operation, paged));
        (name == decoder_name(operation, paged, model)).then(|| quote!(pub(crate) const #name: #decoder;))
    });
    let lists = paged(model).map(|(operation, paged)| list(operation, paged, model));
    let imports = paged(model).next().map(|_| {
        quote! {
            use super::{operations, requests, types};
            use desk_core::decode;
            use desk_core::list::{List, PageRequest, Range, RowDecoder, Rows};
        }
    });
    quote! {
        //! Lists as values, one function for each paged operation. They send no request:
        //! [`Client::core`](crate::Client::core) reads them page after page or window by window.

        #imports
        #(#decoders)*
        #(#lists)*
    }
}

/// The decoder that turns a page into rows: its type and value.
fn decoder(operation: &Operation, paged: &Paged) -> TokenStream {
    let (page, item) = (ident(operation.output.as_deref().unwrap_or_default()), ident(&paged.item));
    let (items, count, key) = (member(&paged.items), member(&paged.count), member(&paged.id));
    let wide = |field: &Field, value: TokenStream| match field.ty {
        Type::Int32 => quote!(i64::from(#value)),
        _ => value,
    };
    let (key, count) = (wide(&paged.id, quote!(item.#key)), wide(&paged.count, quote!(page.#count)));
    let micros = quote!(chrono::DateTime::timestamp_micros);
    let time = paged.time.as_ref().map_or(quote!(|_| None), |field| {
        let name = member(field);
        match field.always() {
            true => quote!(|item| Some(#micros(&item.#name))),
            false => quote!(|item| item.#name.as_ref().map(#micros)),
        }
    });
    quote! {
        RowDecoder<types::#item> = RowDecoder {
            decode: |body| {
                let page: types::#page = decode::json(body)?;
                Ok(Rows { count: #count, items: page.#items, owner: None })
            },
            id: |item| #key,
            time: #time,
        }
    }
}

fn list(operation: &Operation, paged: &Paged, model: &Model) -> TokenStream {
    let (id, constant, arguments) = (ident(&operation.id), constant(operation), arguments(operation));
    let owned = operation.path_params.iter().filter(|field| !copied(field));
    let owned: Vec<_> = owned.map(|field| ident(&names::rust(&field.name))).collect();
    let passed = operation.path_params.iter().map(|field| {
        let name = ident(&names::rust(&field.name));
        if copied(field) { quote!(#name) } else { quote!(&#name) }
    });
    let set = |field: &Field, value: TokenStream| {
        let name = member(field);
        quote!(params.#name = Some(#value);)
    };
    let whole = |field: &Field, value: TokenStream| match field.ty {
        Type::Int32 => set(field, quote!(i32::try_from(#value).unwrap_or(i32::MAX))),
        _ => set(field, value),
    };
    let (limit, offset) = (whole(&paged.limit, quote!(page_.limit)), whole(&paged.offset, quote!(page_.offset)));
    let window = paged.window.as_ref().map(|window| {
        let (from, until) = (set(&window.from, quote!(from_)), set(&window.until, quote!(until_)));
        let partition = window.part.as_ref().map(|part| {
            let set = set(part, quote!(value_.into()));
            quote! { if let Some(value_) = page_.partition_value { #set } }
        });
        quote! {
            if let Some((from_, until_)) = page_.window {
                #from
                #until
            }
            #partition
        }
    });
    let most = paged.limit.bounds.max.unwrap_or(LIMIT);
    let given = |field: &Field| {
        let name = member(field);
        if field.ty == Type::Int32 { quote!(params.#name.map(i64::from)) } else { quote!(params.#name) }
    };
    let (given_limit, given_offset) = (given(&paged.limit), given(&paged.offset));
    let range = match &paged.window {
        Some(window) => {
            let (from, until) = (member(&window.from), member(&window.until));
            let partitions = partitions(window.part.as_ref(), model);
            quote!(Some(Range { from: params.#from, until: params.#until, partitions: #partitions }))
        }
        None => quote!(None::<Range>),
    };
    let about = doc(&format!("The list of [`Client::{id}`](crate::Client::{id})."));
    quote! {
        #about
        pub fn #id(#arguments) -> List {
            List {
                operation: operations::#constant,
                max_limit: #most,
                limit: #given_limit,
                offset: #given_offset,
                range: #range,
                request: {
                    let params = params.clone();
                    #(let #owned = #owned.to_owned();)*
                    Box::new(move |page_: &PageRequest| {
                        let mut params = params.clone();
                        #limit
                        #offset
                        #window
                        requests::#id(#(#passed,)* &params)
                    })
                },
            }
        }
    }
}

/// The values of the parameter that partitions a list, unless the caller passes one.
fn partitions(part: Option<&Field>, model: &Model) -> TokenStream {
    let values = part.and_then(|part| match &part.ty {
        Type::Enum(name) => model.enums().find(|(schema, _)| schema.name == *name).map(|(_, values)| values),
        _ => None,
    });
    match (part, values) {
        (Some(part), Some(values)) => {
            let part = member(part);
            quote! { if params.#part.is_some() { &[] } else { &[#(#values),*] } }
        }
        _ => quote!(&[]),
    }
}

/// The stream and the export of every list, as methods of the client.
pub fn methods(model: &Model) -> TokenStream {
    let methods = paged(model).map(|(operation, paged)| stream_and_export(operation, paged, model));
    quote!(#(#methods)*)
}

fn stream_and_export(operation: &Operation, paged: &Paged, model: &Model) -> TokenStream {
    let (id, item, rows) = (ident(&operation.id), ident(&paged.item), decoder_name(operation, paged, model));
    let (arguments, given) = (arguments(operation), argument_names(operation));
    let (stream, export) = (format_ident!("{}_stream", paged.stem), format_ident!("{}_export", paged.stem));
    let most = paged.limit.bounds.max.unwrap_or(LIMIT);
    let (limit, offset) = (&paged.limit.name, &paged.offset.name);
    let about_stream = doc(&format!(
        "Every item of [`{id}`](Client::{id}), page after page.\n\n`{limit}` is the size of a page (by default {most}), \
         `{offset}` the first row. The stream sends its first request when the program polls it; [`ItemStream`] has the \
         rules. Rows that the service inserts or deletes during the read can shift others: \
         [`{export}`](Client::{export}) proves that none is lost.",
    ));
    let how = format!("`{limit}` is the size of a page (by default {most}), `{offset}` has no effect.");
    let about_export = doc(&match &paged.window {
        Some(window) => format!(
            "Every item of [`{id}`](Client::{id}) in a closed interval of time, window by window, with proof that none is \
             lost or doubled.\n\n`{from}` and `{until}` bound the interval, {how} The export sends its first request \
             when the program polls it; see [`Export`].",
            from = window.from.name,
            until = window.until.name,
        ),
        None => format!(
            "Every item of [`{id}`](Client::{id}), with proof that none is lost or doubled.\n\nThe service cannot \
             select rows of this list by time: all of it is one window, up to the time of the read. {how} The export sends \
             its first request when the program polls it; see [`Export`]."
        ),
    });
    let deprecated = operation.deprecated.then(|| quote! { #[deprecated = "deprecated by the service"] });
    quote! {
        #about_stream
        #deprecated
        pub fn #stream(&self, #arguments) -> ItemStream<types::#item> {
            self.core().stream(lists::#id(#(#given),*), lists::#rows)
        }

        #about_export
        #deprecated
        pub fn #export(&self, #arguments) -> Export<types::#item> {
            self.core().export(lists::#id(#(#given),*), lists::#rows)
        }
    }
}

/// The field of a generated struct.
pub(super) fn member(field: &Field) -> Ident {
    ident(&names::rust(&field.name))
}

/// Whether a path argument is passed by value.
pub(super) fn copied(field: &Field) -> bool {
    matches!(field.ty, Type::Bool | Type::Int32 | Type::Int64 | Type::Double)
}
