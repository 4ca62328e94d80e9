//! Model → the tables of desk-cli: each operation is a command; `--all` reads a paged one to its
//! end, `desk export` exports one that filters by time, and `desk send` sends a create to many
//! recipients.
//!
//! Hand-written code, which knows no operation, turns the tables into options, help and calls.

use heck::ToKebabCase;
use proc_macro2::TokenStream;
use quote::quote;

use super::cli_arguments::{
    Argument, argument, arguments, arguments_const, given_of, named, params_fn, path, path_of, shape_name,
};
use super::model::{Field, Model, Operation, Type};
use super::rust_types::{ident, rust_type};
use super::{cli_bulk, names};

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
