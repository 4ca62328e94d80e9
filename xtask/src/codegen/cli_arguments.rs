//! The options of a command, which are the arguments of its operation; all emitters of desk-cli share them.

use heck::{ToKebabCase, ToShoutySnakeCase};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::model::{Field, Kind, Model, Operation, Paged, Type};
use super::rust_lists::copied;
use super::rust_types::{ident, rust_type};

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

/// Options of `send plan`, which also has those of bodies.
const SEND_OPTIONS: [&str; 12] = [
    "batch-size",
    "canary",
    "ledger",
    "max-recipients",
    "min-gap",
    "only-between",
    "operation",
    "out",
    "per-second",
    "recipients",
    "suppress",
    "utc-offset",
];

/// An option: its name, its place in the request, and its field.
pub struct Argument<'a> {
    name: String,
    place: &'static str,
    field: &'a Field,
}

/// The options of an operation, each with a unique name.
pub fn arguments<'a>(operation: &'a Operation, model: &'a Model) -> Vec<Argument<'a>> {
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
                    || sent && SEND_OPTIONS.contains(&name)
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
pub fn is_exported(paged: &Paged, argument: &Argument<'_>) -> bool {
    let times = paged.window.as_ref().map(|window| [&window.from, &window.until]);
    let own = [&paged.limit, &paged.offset].into_iter().chain(times.into_iter().flatten());
    argument.place != "Query" || own.into_iter().all(|own| own.wire != argument.field.wire)
}

pub fn argument(argument: &Argument<'_>, model: &Model) -> TokenStream {
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
pub fn kind(ty: &Type, model: &Model) -> TokenStream {
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

/// The name of the option for a field.
pub fn named<'a>(arguments: &'a [Argument<'_>], field: &Field) -> &'a str {
    arguments.iter().find(|one| one.place == "Query" && one.field.wire == field.wire).map_or("", |one| &one.name)
}

/// The name of the option for the last argument of the path.
pub fn id_option(operation: &Operation, model: &Model) -> String {
    arguments(operation, model).into_iter().rfind(|one| one.place == "Path").map_or(String::new(), |one| one.name)
}

/// Statements that read the arguments of the path, and the expressions that pass them on.
pub fn path(operation: &Operation, arguments: &[Argument<'_>]) -> (Vec<TokenStream>, Vec<TokenStream>) {
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

pub fn path_of(operation: &Operation, arguments: &[Argument<'_>]) -> TokenStream {
    let lines = path(operation, arguments).0;
    quote!(#(#lines)*)
}

pub fn given_of(operation: &Operation) -> TokenStream {
    let given = path(operation, &[]).1;
    quote!(#(#given,)*)
}

pub fn arguments_const(operation: &Operation) -> Ident {
    format_ident!("{}_ARGUMENTS", operation.id.to_shouty_snake_case())
}

pub fn params_fn(operation: &Operation) -> Ident {
    format_ident!("{}_params", operation.id)
}

pub fn shape_name(operation: &Operation) -> Ident {
    ident(&operation.pascal())
}
