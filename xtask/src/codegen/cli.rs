//! Model → the tables of desk-cli: each operation is a command; `--all` reads a paged one to its
//! end, `desk export` exports one that filters by time, and `desk send` sends a create to many
//! recipients.
//!
//! Hand-written code, which knows no operation, turns the tables into options, help and calls.

use heck::{ToKebabCase, ToShoutySnakeCase};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::cli_bulk;
use super::model::{Field, Kind, Model, Operation, Paged, Type};
use super::names;
use super::rust::{ident, rust_type};
use super::rust_lists::copied;

/// Options that the commands define themselves.
const OPTIONS: [&str; 10] =
    ["all", "application-id", "base-url", "body", "help", "json", "max-items", "profile", "token-file", "version"];
/// Options of `export`, which also has those of lists.
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
/// Commands other than the nouns of operations.
const COMMANDS: [&str; 7] = ["completions", "doctor", "emulator", "export", "help", "man", "send"];

/// `generated/mod.rs`.
pub fn module() -> TokenStream {
    quote! {
        pub(crate) mod lists;
        pub(crate) mod operations;
        pub(crate) mod pages;
    }
}

/// `generated/operations.rs`.
pub fn operations(model: &Model) -> TokenStream {
    let tables = model.operations.iter().map(|operation| table(operation, model));
    let shared = model.operations.iter().filter(|operation| operation.paged.is_some()).map(|operation| {
        let (name, own) = (arguments_const(operation), arguments(operation, model));
        let (count, tables) = (own.len(), own.iter().map(|one| argument(one, model)));
        quote!(pub(super) const #name: [Argument; #count] = [#(#tables),*];)
    });
    let params = model.operations.iter().filter(|operation| !operation.query.is_empty()).map(|operation| {
        let arguments = arguments(operation, model);
        params(operation, &arguments)
    });
    quote! {
        use super::pages;
        use crate::api::input::Input;
        use crate::api::{Argument, Bulk, Evidence, EvidenceGet, EvidenceList, Kind, Operation, Paged, ParamIn};
        use crate::error::Result;
        use crate::rows;
        #[allow(unused_imports)]
        use desk_client::{lists, requests, types};
        #[allow(unused_imports)]
        use desk_core::decode;

        pub(crate) static OPERATIONS: &[Operation] = &[#(#tables),*];
        #(#shared)*
        #(#params)*
    }
}

/// An option: its name, its place in the request, and its field.
pub(super) struct Argument<'a> {
    name: String,
    place: &'static str,
    field: &'a Field,
}

/// The options of an operation, each with a unique name.
pub(super) fn arguments<'a>(operation: &'a Operation, model: &'a Model) -> Vec<Argument<'a>> {
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
            let mut argument = Argument { name: field.name.to_kebab_case(), place, field };
            let exported = operation.paged.as_ref().is_some_and(|paged| is_exported(paged, &argument));
            let sent = place == "Body" && operation.bulk.is_some();
            let taken = |name: &str| {
                OPTIONS.contains(&name)
                    || exported && EXPORT_OPTIONS.contains(&name)
                    || sent && cli_bulk::OPTIONS.contains(&name)
            };
            while taken(&argument.name) || arguments.iter().any(|other| other.name == argument.name) {
                argument.name = format!("{prefix}-{}", argument.name);
            }
            arguments.push(argument);
        }
    }
    arguments
}

/// Whether exports of a list have this option too: all but those of time and paging.
pub(super) fn is_exported(paged: &Paged, argument: &Argument<'_>) -> bool {
    let times = paged.window.as_ref().map(|window| [&window.from, &window.until]);
    let own = [&paged.limit, &paged.offset].into_iter().chain(times.into_iter().flatten());
    argument.place != "Query" || own.into_iter().all(|own| own.wire != argument.field.wire)
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
            name: #name, location: ParamIn::#place, wire: #wire, doc: #doc, kind: #kind, many: #many, required: #required,
        }
    }
}

/// The kind of value that an option takes or a column holds.
pub(super) fn kind(ty: &Type, model: &Model) -> TokenStream {
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
    let arguments = match operation.paged {
        Some(_) => {
            let name = arguments_const(operation);
            quote!(&#name)
        }
        None => {
            let tables = own.iter().map(|one| argument(one, model));
            quote!(&[#(#tables),*])
        }
    };
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
    let request = ident(id);
    let call = match operation.output {
        Some(_) => quote! {
            let request_ = requests::#request(#(#passed)*);
            Ok(Some(client.core().send(request_, rows::json).await?.into_inner()))
        },
        None => quote! {
            client.core().send(requests::#request(#(#passed)*), decode::nothing).await?;
            Ok(None)
        },
    };
    let paged = match &operation.paged {
        None => quote!(None),
        Some(paged) => {
            let offset = named(&own, &paged.offset);
            let shape = shape_name(operation);
            let (path, given, params) = (path_of(operation, &own), given_of(operation), params_fn(operation));
            quote! {
                Some(Paged {
                    offset: #offset,
                    rows: |client, input| {
                        #path
                        let list_ = lists::#request(#given &#params(input)?);
                        Ok(client.core().stream(list_, pages::#shape::rows()))
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
            arguments: #arguments,
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

/// Statements that read the arguments of the path, and the expressions that pass them on.
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

pub(super) fn path_of(operation: &Operation, arguments: &[Argument<'_>]) -> TokenStream {
    let lines = path(operation, arguments).0;
    quote!(#(#lines)*)
}

pub(super) fn given_of(operation: &Operation) -> TokenStream {
    let given = path(operation, &[]).1;
    quote!(#(#given,)*)
}

pub(super) fn arguments_const(operation: &Operation) -> Ident {
    format_ident!("{}_ARGUMENTS", operation.id.to_shouty_snake_case())
}

pub(super) fn params_fn(operation: &Operation) -> Ident {
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

pub(super) fn shape_name(operation: &Operation) -> Ident {
    ident(&operation.pascal())
}
