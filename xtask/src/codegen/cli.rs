//! Model → the tables of desk-cli: an operation is a command, a paged one can be read to its end, one that filters by time
//! can be exported, and a create that reaches many can be sent in bulk.
//!
//! What a table says is turned into options, help and calls by hand-written code that knows no operation.

use heck::ToKebabCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::cli_bulk;
use super::model::{Field, Kind, Model, Operation, Paged, Type};
use super::names;
use super::rust::{any_answer, ident, rust_type};
use super::rust_lists::{LIMIT, any_export, any_stream, copied};

/// Options that commands have of their own.
const OPTIONS: [&str; 10] =
    ["all", "application-id", "base-url", "body", "help", "json", "max-items", "profile", "token-file", "version"];
/// Options of `export`, which has those of lists as well.
const EXPORT_OPTIONS: [&str; 16] = [
    "csv-raw",
    "directory",
    "drop",
    "every",
    "follow",
    "format",
    "hmac",
    "hmac-key-file",
    "in-flight",
    "list",
    "page-size",
    "partition",
    "redact",
    "rows-per-window",
    "since",
    "until",
];
/// Commands that are no nouns of operations.
const COMMANDS: [&str; 7] = ["completions", "doctor", "emulator", "export", "help", "man", "send"];

/// `generated/mod.rs`.
pub fn module() -> TokenStream {
    quote! {
        pub(crate) mod lists;
        pub(crate) mod operations;
    }
}

/// `generated/operations.rs`.
pub fn operations(model: &Model) -> TokenStream {
    let tables = model.operations.iter().map(|operation| table(operation, model));
    let params = model.operations.iter().filter(|operation| !operation.query.is_empty()).map(|operation| {
        let arguments = arguments(operation, model);
        params(operation, &arguments)
    });
    quote! {
        use super::lists;
        use crate::api::input::Input;
        use crate::api::{Argument, Bulk, Evidence, Kind, Operation, Paged, Place, Reread, Witness};
        use crate::error::Result;
        use crate::rows::{Json, PageOf, Row};
        use desk_client::types;

        pub(crate) static OPERATIONS: &[Operation] = &[#(#tables),*];
        #(#params)*
    }
}

/// `generated/lists.rs`.
pub fn lists(model: &Model) -> TokenStream {
    let paged = || model.operations.iter().filter_map(|operation| Some((operation, operation.paged.as_ref()?)));
    let shapes = paged().map(|(operation, paged)| shape(operation, paged));
    let exports = paged().map(|(operation, paged)| export(operation, paged, model));
    quote! {
        use super::operations;
        use crate::api::{Argument, Column, Kind, List, Place};
        use crate::rows::{PageOf, Row, Shape};
        use desk_client::answer::Split;

        pub(crate) static LISTS: &[List] = &[#(#exports),*];
        #(#shapes)*
    }
}

/// An option: its name, where it goes, and what it is made from.
struct Argument<'a> {
    name: String,
    place: &'static str,
    field: &'a Field,
}

/// The options of an operation, each with a name of its own.
fn arguments<'a>(operation: &'a Operation, model: &'a Model) -> Vec<Argument<'a>> {
    let body = operation.body.as_ref().and_then(|name| model.objects().find(|(schema, _)| schema.name == *name));
    let body = body.map_or(&[][..], |(_, fields)| fields);
    let places = [
        ("Path", "param", operation.path_params.as_slice()),
        ("Query", "param", &operation.query),
        ("Body", "body", body),
    ];
    let mut arguments: Vec<Argument<'_>> = Vec::new();
    for (place, prefix, fields) in places {
        for field in fields {
            let mut name = field.name.to_kebab_case();
            let exported = operation.paged.as_ref().is_some_and(|paged| is_exported(paged, place, field));
            let sent = place == "Body" && operation.bulk.is_some();
            let taken = |name: &str| {
                OPTIONS.contains(&name)
                    || exported && EXPORT_OPTIONS.contains(&name)
                    || sent && cli_bulk::OPTIONS.contains(&name)
            };
            while taken(&name) || arguments.iter().any(|other| other.name == name) {
                name = format!("{prefix}-{name}");
            }
            arguments.push(Argument { name, place, field });
        }
    }
    arguments
}

/// Whether exports of a list have this option too: neither time nor paging.
fn is_exported(paged: &Paged, place: &str, field: &Field) -> bool {
    let times = paged.window.as_ref().map(|window| [&window.from, &window.until]);
    let own = [&paged.limit, &paged.offset].into_iter().chain(times.into_iter().flatten());
    place != "Query" || own.into_iter().all(|own| own.wire != field.wire)
}

fn argument(argument: &Argument<'_>, model: &Model) -> TokenStream {
    let Argument { name, place, field } = argument;
    let (wire, doc, required) = (&field.wire, &field.doc, field.required);
    let place = ident(place);
    let (ty, many) = match &field.ty {
        Type::List(item) if !matches!(item.ty, Type::Object(_) | Type::Json) => (&item.ty, true),
        ty => (ty, false),
    };
    let kind = kind(ty, model);
    quote! {
        Argument {
            name: #name, place: Place::#place, wire: #wire, doc: #doc, kind: #kind, many: #many, required: #required,
        }
    }
}

/// What an option takes or a column holds.
fn kind(ty: &Type, model: &Model) -> TokenStream {
    match ty {
        Type::Bool => quote!(Kind::Bool),
        Type::Int32 => quote!(Kind::Int32),
        Type::Int64 => quote!(Kind::Int64),
        Type::Double => quote!(Kind::Double),
        Type::Text => quote!(Kind::Text),
        Type::Date => quote!(Kind::Date),
        Type::Time => quote!(Kind::Time),
        Type::Json | Type::Object(_) | Type::List(_) => quote!(Kind::Json),
        Type::Enum(name) => match model.schema(name).map(|schema| &schema.kind) {
            Some(Kind::Enum(values)) => quote!(Kind::Enum(&[#(#values),*])),
            _ => quote!(Kind::Text),
        },
    }
}

fn table(operation: &Operation, model: &Model) -> TokenStream {
    let Operation { id, summary, doc, deprecated, .. } = operation;
    let (noun, verb) = id.rsplit_once('_').unwrap_or((id, &operation.method));
    let (mut noun, verb) = (noun.to_kebab_case(), verb.to_kebab_case());
    if COMMANDS.contains(&noun.as_str()) {
        noun.push_str("-api");
    }
    let (read, body) = (operation.method == "get", operation.body.is_some());
    let own = arguments(operation, model);
    let tables = own.iter().map(|one| argument(one, model));
    let (path, given) = path(operation, &own);
    let mut lines = vec![quote!(#(#path)*)];
    let mut passed = vec![quote!(#(#given,)*)];
    if !operation.query.is_empty() {
        let params = params_fn(operation);
        lines.push(quote!(let params_ = #params(&input)?;));
        passed.push(quote!(&params_,));
    }
    if let Some(schema) = &operation.body {
        let schema = ident(schema);
        lines.push(quote!(let body_: types::#schema = input.body()?;));
        passed.push(quote!(&body_,));
    }
    let method = any_answer(operation);
    let call = match operation.output {
        Some(_) => quote!(Ok(Some(client.#method::<Json>(#(#passed)*).await?.into_inner()))),
        None => quote! {
            client.#method::<()>(#(#passed)*).await?;
            Ok(None)
        },
    };
    let paged = match &operation.paged {
        None => quote!(None),
        Some(paged) => {
            let offset = named(&own, &paged.offset);
            let (stream, shape) = (any_stream(paged), shape_name(operation));
            let (path, given, params) = (path_of(operation, &own), given_of(operation), params_fn(operation));
            quote! {
                Some(Paged {
                    offset: #offset,
                    rows: |client, input| {
                        #path
                        Ok(client.#stream(#given &#params(input)?, lists::#shape::split()))
                    },
                })
            }
        }
    };
    let bulk = operation.bulk.as_ref().map_or(quote!(None), |bulk| cli_bulk::table(operation, bulk, model));
    quote! {
        Operation {
            id: #id, noun: #noun, verb: #verb, summary: #summary, doc: #doc, deprecated: #deprecated, read: #read,
            body: #body,
            arguments: &[#(#tables),*],
            call: |client, input| Box::pin(async move {
                #(#lines)*
                #call
            }),
            paged: #paged,
            bulk: #bulk,
        }
    }
}

/// The name of the option for a field.
fn named<'a>(arguments: &'a [Argument<'_>], field: &Field) -> &'a str {
    arguments.iter().find(|one| one.place == "Query" && one.field.wire == field.wire).map_or("", |one| &one.name)
}

/// The name of the option for the last argument of the path.
pub fn id_option(operation: &Operation, model: &Model) -> String {
    arguments(operation, model).into_iter().rfind(|one| one.place == "Path").map_or(String::new(), |one| one.name)
}

/// Statements that read the arguments of the path, and how these are passed.
fn path(operation: &Operation, arguments: &[Argument<'_>]) -> (Vec<TokenStream>, Vec<TokenStream>) {
    operation
        .path_params
        .iter()
        .map(|field| {
            let name = format_ident!("{}_", field.name);
            let ty = rust_type(&field.ty);
            let option = arguments.iter().find(|one| one.place == "Path" && one.field.wire == field.wire);
            let option = option.map_or("", |one| &one.name);
            let given = if copied(field) { quote!(#name) } else { quote!(&#name) };
            (quote!(let #name = input.required::<#ty>(#option)?;), given)
        })
        .unzip()
}

fn path_of(operation: &Operation, arguments: &[Argument<'_>]) -> TokenStream {
    let lines = path(operation, arguments).0;
    quote!(#(#lines)*)
}

fn given_of(operation: &Operation) -> TokenStream {
    let given = path(operation, &[]).1;
    quote!(#(#given,)*)
}

fn params_fn(operation: &Operation) -> proc_macro2::Ident {
    format_ident!("{}_params", operation.id)
}

/// Reads the parameters of the query.
fn params(operation: &Operation, arguments: &[Argument<'_>]) -> TokenStream {
    let (name, ty) = (params_fn(operation), ident(&operation.params_type()));
    let value = |field: &Field, required: bool| {
        let option = named(arguments, field);
        let (ty, many, nullable) = match &field.ty {
            Type::List(item) => (rust_type(&item.ty), true, item.nullable),
            ty => (rust_type(ty), false, false),
        };
        let value = match (many, required) {
            (false, false) => quote!(input.one::<#ty>(#option)?),
            (false, true) => quote!(input.required::<#ty>(#option)?),
            (true, false) => quote!(input.many::<#ty>(#option)?),
            (true, true) => quote!(input.required_many::<#ty>(#option)?),
        };
        match (nullable, required) {
            (false, _) => value,
            (true, true) => quote!(#value.into_iter().map(Some).collect::<Vec<_>>()),
            (true, false) => quote!(#value.map(|values| values.into_iter().map(Some).collect())),
        }
    };
    let (required, optional): (Vec<_>, Vec<_>) = operation.query.iter().partition(|field| field.required);
    let required = required.into_iter().map(|field| {
        let (setter, value) = (ident(&names::rust(&field.name)), value(field, true));
        if field.nullable { quote!(.#setter(Some(#value))) } else { quote!(.#setter(#value)) }
    });
    let changes = !optional.is_empty();
    let optional = optional.into_iter().map(|field| {
        let (member, value) = (ident(&names::rust(&field.name)), value(field, false));
        quote!(params.#member = #value;)
    });
    let mutable = changes.then(|| quote!(mut));
    quote! {
        pub(super) fn #name(input: &Input) -> Result<types::#ty> {
            let #mutable params = types::#ty::builder() #(#required)* .build();
            #(#optional)*
            Ok(params)
        }
    }
}

fn shape_name(operation: &Operation) -> proc_macro2::Ident {
    ident(&operation.pascal())
}

/// What a page of a list and its rows look like.
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
            pub(crate) fn split() -> Split<PageOf<#name>, Row> {
                Split { rows: PageOf::rows, id: Row::id }
            }
        }

        impl Shape for #name {
            const COUNT: &'static str = #count;
            const ITEMS: &'static str = #items;
            const ID: &'static str = #id;
            const TIME: Option<&'static str> = #time;
        }
    }
}

/// A list as it is exported.
fn export(operation: &Operation, paged: &Paged, model: &Model) -> TokenStream {
    let all = arguments(operation, model);
    let (noun, shape) = (paged.stem.to_kebab_case(), shape_name(operation));
    let kept = all.iter().filter(|one| is_exported(paged, one.place, one.field));
    let tables = kept.map(|one| argument(one, model));
    let columns = model.objects().find(|(schema, _)| schema.name == paged.item).map_or(&[][..], |(_, fields)| fields);
    let columns = columns.iter().map(|field| {
        let (name, kind) = (&field.wire, kind(&field.ty, model));
        quote!(Column { name: #name, kind: #kind })
    });
    let (id, time) = (&paged.id.wire, paged.time.as_ref().map_or("", |time| &time.wire));
    let windows = paged.window.is_some();
    let most = paged.limit.bounds.max.unwrap_or(LIMIT);
    let member = |field: &Field| ident(&names::rust(&field.name));
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
    let (export, list) = (any_export(paged), any_answer(operation));
    quote! {
        List {
            name: #noun,
            arguments: &[#(#tables),*],
            columns: &[#(#columns),*],
            id: #id,
            time: #time,
            windows: #windows,
            page: #most,
            export: |client, input, span| {
                #path
                let mut params = operations::#params(input)?;
                #times
                params.#limit = #page;
                Ok(client.#export(#given &params, #shape::split(), Row::time))
            },
            ask: |client, input, span, offset| Box::pin(async move {
                #path
                let mut params = operations::#params(&input)?;
                #times
                (params.#limit, params.#offset) = (#page, #start);
                Ok(client.#list::<PageOf<#shape>>(#given &params).await?.into())
            }),
        }
    }
}
