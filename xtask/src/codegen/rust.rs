//! Model → the public half of desk-client: typed methods, query parameters, builders, enumerations.
//!
//! progenitor makes the types of requests and results (`wire.rs`) and the functions that build
//! requests; this module reads their signatures, because progenitor orders arguments by name.

use anyhow::{Context, Result, anyhow};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::{Field, Model, Operation, Type};
use super::rust_types::{
    argument_names, arguments, constant, doc, field_type, ident, item_type, params_and_body, rust_type,
};
use super::{names, rust_checks, rust_lists};

/// `generated/mod.rs`.
pub fn module(model: &Model) -> TokenStream {
    let (server, header) = (&model.server, &model.token_header);
    let objects = model.objects().map(|(schema, _)| ident(&schema.name));
    quote! {
        pub(crate) mod builders;
        pub(crate) mod enums;
        pub mod lists;
        pub(crate) mod methods;
        pub mod operations;
        pub(crate) mod params;
        pub mod requests;
        #[allow(dead_code, missing_docs, unreachable_pub, clippy::all, rustdoc::all)]
        pub(crate) mod wire;

        /// Facts of the service.
        pub(crate) const SERVICE: desk_core::request::Service =
            desk_core::request::Service { server: #server, token_header: #header };

        /// Requests, results, query parameters and enumerations, as the spec names them.
        pub mod types {
            pub use super::{builders::*, enums::*, params::*};
            pub use super::wire::types::{#(#objects),*};
        }
    }
}

/// `generated/enums.rs`.
pub fn enums(model: &Model) -> TokenStream {
    let enums = model.enums().map(|(schema, values)| {
        let (name, doc) = (ident(&schema.name), doc(&schema.doc));
        let variants = values.iter().map(|value| ident(&names::pascal(value)));
        quote! { #doc pub enum #name { #(#variants = #values,)* } }
    });
    quote! {
        desk_core::open_enum! { #(#enums)* }
    }
}

/// `generated/params.rs`.
pub fn params(model: &Model) -> TokenStream {
    let structs = model.operations.iter().filter(|operation| !operation.query.is_empty()).map(|operation| {
        let name = ident(&operation.params_type());
        let about = doc(&format!("Query parameters of [`Client::{id}`](crate::Client::{id}).", id = operation.id));
        let fields = operation.query.iter().map(|field| {
            let (name, about, ty) = (ident(&names::rust(&field.name)), doc(&field.doc), field_type(field));
            quote! { #about pub #name: #ty, }
        });
        let default = operation.query.iter().all(|field| !field.required).then(|| quote!(, Default));
        let check = rust_checks::implementation(&name, &operation.query);
        quote! {
            #about
            #[derive(Clone, Debug, PartialEq #default)]
            #[non_exhaustive]
            pub struct #name { #(#fields)* }
            #check
        }
    });
    quote! {
        use super::types;
        #(#structs)*
    }
}

/// `generated/builders.rs`: a builder for every request and every set of query parameters.
pub fn builders(model: &Model) -> TokenStream {
    let bodies = model.objects().filter(|(schema, _)| schema.input).map(|(schema, fields)| {
        let name = ident(&schema.name);
        let check = rust_checks::implementation(&quote!(types::#name), fields);
        let builder = builder(&schema.name, fields);
        quote! { #builder #check }
    });
    let queries = model.operations.iter().filter(|operation| !operation.query.is_empty());
    let queries = queries.map(|operation| builder(&operation.params_type(), &operation.query));
    quote! {
        use super::types;
        use desk_core::check::Missing;
        #(#bodies)*
        #(#queries)*
    }
}

/// A builder whose `build` exists only when every required field is set.
fn builder(of: &str, fields: &[Field]) -> TokenStream {
    let (name, target) = (format_ident!("{of}Builder"), ident(of));
    let (required, optional): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.required);
    let state = |field: &Field| format_ident!("{}State", names::pascal(&field.name));
    let states: Vec<_> = required.iter().map(|field| state(field)).collect();
    let required_names: Vec<_> = required.iter().map(|field| ident(&names::rust(&field.name))).collect();
    let optional_names: Vec<_> = optional.iter().map(|field| ident(&names::rust(&field.name))).collect();
    let optional_types: Vec<_> = optional.iter().map(|field| field_type(field)).collect();
    let done: Vec<_> = required.iter().map(|field| field_type(field)).collect();
    let missing = required.iter().map(|_| quote!(Missing));
    let setters = required.iter().enumerate().map(|(at, field)| {
        let (setter, about) = (&required_names[at], doc(&field.doc));
        let (argument, value) = argument(field);
        let others = states.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, state)| state);
        let now = states.iter().enumerate().map(|(n, state)| if n == at { quote!(Missing) } else { quote!(#state) });
        let then = states.iter().enumerate().map(|(n, state)| if n == at { done[at].clone() } else { quote!(#state) });
        let kept =
            required_names.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, name)| name).chain(&optional_names);
        quote! {
            impl<#(#others),*> #name<#(#now),*> {
                #about
                pub fn #setter(self, value: #argument) -> #name<#(#then),*> {
                    #name { #setter: #value, #(#kept: self.#kept),* }
                }
            }
        }
    });
    let optional_setters = optional.iter().zip(&optional_names).map(|(field, setter)| {
        let about = doc(&field.doc);
        let (argument, value) = argument(field);
        quote! {
            #about
            pub fn #setter(mut self, value: #argument) -> Self {
                self.#setter = Some(#value);
                self
            }
        }
    });
    let optional_setters = (!optional.is_empty()).then(|| {
        quote! { impl<#(#states),*> #name<#(#states),*> { #(#optional_setters)* } }
    });
    let about =
        doc(&format!("Collects the fields of a [`{of}`](types::{of}); see [`{of}::builder`](types::{of}::builder)."));
    let start_doc = doc(&format!("Starts a `{of}`. `build` can be called once every required field is set."));
    quote! {
        #about
        #[derive(Clone, Debug)]
        #[must_use]
        pub struct #name<#(#states = Missing),*> {
            #(#required_names: #states,)*
            #(#optional_names: #optional_types,)*
        }

        impl types::#target {
            #start_doc
            pub fn builder() -> #name {
                #name { #(#required_names: #missing::NEW,)* #(#optional_names: None,)* }
            }
        }

        #(#setters)*
        #optional_setters

        impl #name<#(#done),*> {
            /// The finished value. Bounds are checked when it is sent.
            pub fn build(self) -> types::#target {
                types::#target { #(#required_names: self.#required_names,)* #(#optional_names: self.#optional_names,)* }
            }
        }
    }
}

/// The argument of a setter and the value made of it. A required nullable field takes an `Option`.
fn argument(field: &Field) -> (TokenStream, TokenStream) {
    if field.required && field.nullable {
        return (field_type(field), quote!(value));
    }
    match &field.ty {
        Type::Text => (quote!(impl Into<String>), quote!(value.into())),
        Type::List(item) if item.ty == Type::Text && !item.nullable => {
            (quote!(impl IntoIterator<Item = impl Into<String>>), quote!(value.into_iter().map(Into::into).collect()))
        }
        Type::List(item) => {
            let ty = item_type(&item.ty, item.nullable);
            (quote!(impl IntoIterator<Item = #ty>), quote!(value.into_iter().collect()))
        }
        ty => (rust_type(ty), quote!(value)),
    }
}

/// `generated/operations.rs`.
pub fn operations(model: &Model) -> TokenStream {
    let constants = model.operations.iter().map(|operation| {
        let (id, verb, path) = (&operation.id, operation.method.to_uppercase(), &operation.path);
        let (name, about) = (constant(operation), doc(&format!("{}: `{verb} {path}`", operation.summary)));
        quote! { #about pub const #name: Operation = Operation { id: #id, method: #verb, path: #path }; }
    });
    quote! {
        //! The operations of the spec, without arguments.

        use desk_core::request::Operation;
        #(#constants)*
    }
}

/// `generated/requests.rs`; `wire` is progenitor's module.
pub fn requests(model: &Model, wire: &syn::File) -> Result<TokenStream> {
    let requests: Vec<_> = model.operations.iter().map(|operation| request(operation, wire)).collect::<Result<_>>()?;
    Ok(quote! {
        //! Requests as values, one function for each operation. [`Client::core`](crate::Client::core) sends
        //! them. A value that breaks a bound of the spec is the error of that call.

        use super::{operations, types, wire};
        #[allow(unused_imports)]
        use desk_core::check::Check;
        use desk_core::request::Request;
        #(#requests)*
    })
}

fn request(operation: &Operation, wire: &syn::File) -> Result<TokenStream> {
    let (name, constant, arguments) = (ident(&operation.id), constant(operation), arguments(operation));
    let mut checks: Vec<_> = operation.path_params.iter().filter_map(rust_checks::path_parameter).collect();
    checks.extend(params_and_body(operation).map(|name| quote! { #name.check("")?; }));
    let values = wire_arguments(operation, wire).with_context(|| format!("operation `{name}`"))?;
    let about = doc(&format!("The request of [`Client::{name}`](crate::Client::{name})."));
    Ok(quote! {
        #about
        pub fn #name(#arguments) -> Request {
            Request::new(operations::#constant, || {
                #(#checks)*
                wire::#name(#(#values),*)
            })
        }
    })
}

/// `generated/methods.rs`.
pub fn methods(model: &Model) -> TokenStream {
    let methods = model.operations.iter().map(method);
    let lists = rust_lists::methods(model);
    let imports = (!lists.is_empty()).then(|| {
        quote! {
            use super::lists;
            use crate::ItemStream;
            use crate::export::Export;
        }
    });
    quote! {
        use super::{requests, types};
        #imports
        use crate::{Client, Error, Response};
        use desk_core::decode;
        impl Client { #(#methods)* #lists }
    }
}

fn method(operation: &Operation) -> TokenStream {
    let (name, arguments) = (ident(&operation.id), arguments(operation));
    let given = argument_names(operation);
    let (output, decode) = match &operation.output {
        Some(output) => {
            let output = ident(output);
            (quote!(types::#output), quote!(decode::json))
        }
        None => (quote!(()), quote!(decode::nothing)),
    };
    let mut about = format!("{}\n\n{}", operation.summary, operation.doc);
    if operation.deprecated {
        about += "\n\n**Deprecated by the service.**";
    }
    about += &format!("\n\n`{} {}`", operation.method.to_uppercase(), operation.path);
    about += "\n\n# Errors\nEvery [`Error`] says by its [`Outcome`](crate::Outcome) whether the request may have had an effect.";
    let about = doc(&about);
    let deprecated = operation.deprecated.then(|| quote! { #[deprecated = "deprecated by the service"] });
    quote! {
        #about
        #deprecated
        pub async fn #name(&self, #arguments) -> Result<Response<#output>, Error> {
            self.core().send(requests::#name(#(#given),*), #decode).await
        }
    }
}

/// The expression for each argument of progenitor's method, in its order.
fn wire_arguments(operation: &Operation, wire: &syn::File) -> Result<Vec<TokenStream>> {
    let mut functions = wire.items.iter().filter_map(|item| match item {
        syn::Item::Fn(function) => Some(&function.sig),
        _ => None,
    });
    let wanted = names::rust(&operation.id);
    let signature =
        functions.find(|sig| sig.ident == wanted).ok_or_else(|| anyhow!("progenitor made no method for it"))?;
    let arguments = signature.inputs.iter().filter_map(|input| match input {
        syn::FnArg::Typed(typed) => Some(typed),
        syn::FnArg::Receiver(_) => None,
    });
    arguments
        .map(|typed| {
            let (pat, ty) = (&typed.pat, &typed.ty);
            let name = quote!(#pat).to_string();
            if name == "body" {
                return Ok(quote!(body));
            }
            if let Some(field) = operation.path_params.iter().find(|field| names::rust(&field.name) == name) {
                let name = ident(&names::rust(&field.name));
                return Ok(quote!(#name));
            }
            let field = operation.query.iter().find(|field| names::rust(&field.name) == name);
            let field = field
                .ok_or_else(|| anyhow!("progenitor's argument `{name}` is none of the spec's; rename the parameter"))?;
            let name = ident(&names::rust(&field.name));
            Ok(match quote!(#ty).to_string().replace(' ', "").as_str() {
                "Option<&'astr>" => quote!(params.#name.as_deref()),
                ty if ty.starts_with("Option<&") => quote!(params.#name.as_ref()),
                ty if ty.starts_with('&') => quote!(&params.#name),
                _ => quote!(params.#name),
            })
        })
        .collect()
}
