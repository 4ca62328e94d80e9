//! Model → a struct with every property of a result, and the function that fills it in: one call
//! instead of one getter per property.

use proc_macro2::TokenStream;
use quote::quote;

use super::c_input::{Member, close_group};
use super::c_types::{scalar, scalar_name};
use super::model::{Field, Model, Schema, Type};
use super::names;
use super::rust_types::{doc, ident};

/// `generated/fields.rs`.
pub fn emit(model: &Model) -> TokenStream {
    let outputs = model.objects().filter(|(schema, _)| schema.output);
    let structs = outputs.map(|(schema, fields)| one(schema, fields));
    quote! {
        use super::outputs::*;
        use crate::fields::{self, Fields};
        use crate::text::desk_str;
        #(#structs)*
    }
}

/// The name of the struct and the name of the function.
pub fn c_names(schema: &Schema) -> [String; 2] {
    let name = names::c_type(&schema.name);
    [format!("{name}_fields"), format!("{name}_fill_fields")]
}

/// The names of the members that a property becomes.
pub fn member_names(schema: &Schema, field: &Field) -> Vec<String> {
    members(schema, field).into_iter().map(|(member, _)| member.name.to_string()).collect()
}

fn one(schema: &Schema, fields: &[Field]) -> TokenStream {
    let handle = ident(&names::c_type(&schema.name));
    let this = ident(&names::c_field(&names::snake(&schema.name)));
    let [name, get] = c_names(schema);
    let init = names::c_const(&[&name["desk_".len()..], "init"]);
    let about = doc(&format!(
        "Every property of a `{handle}` at once. Start from `{init}` and fill it in with `{get}`. Texts and objects are valid \
         until the result they came from is freed. Absent texts and objects are NULL; any other optional property has a flag. \
         An older library sets properties that it does not know to zero, also those without a flag."
    ));
    let about_get = doc(&format!(
        "Fills in `out`, whose `struct_size` must be set; the same struct can be filled in repeatedly. Returns false and \
         leaves `out` unchanged if `{this}` or `out` is NULL or `struct_size` is invalid."
    ));
    let size_doc = doc(&format!("`sizeof({name})`, set by the INIT macro."));
    let (name, get) = (ident(&name), ident(&get));
    let mut declared = Vec::new();
    let mut filled = Vec::new();
    for field in fields {
        let (mut members, mut values): (Vec<_>, Vec<_>) = members(schema, field).into_iter().unzip();
        if close_group(&mut members, &field.name, "Reserved; zero.") {
            values.push(quote!(Default::default()));
        }
        for (Member { name, ty, about }, value) in members.into_iter().zip(values) {
            let about = doc(&about);
            declared.push(quote! { #about pub #name: #ty, });
            filled.push(quote! { #name: #value, });
        }
    }
    quote! {
        #about
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct #name {
            #size_doc
            pub struct_size: usize,
            #(#declared)*
        }

        // SAFETY: it is `repr(C)`, begins with its size, and consists of numbers, flags and
        // pointers.
        unsafe impl Fields for #name {}

        #about_get
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn #get(#this: *const #handle, out: *mut #name) -> bool {
            // SAFETY: the caller passes NULL or a live object, and NULL or a struct as large as it
            // says.
            unsafe { fields::fill(#this, out, |view| #name { struct_size: size_of::<#name>(), #(#filled)* }) }
        }
    }
}

/// The members that one property becomes, and their values from the view.
fn members(schema: &Schema, field: &Field) -> Vec<(Member, TokenStream)> {
    let (base, place) = (scalar_name(field), ident(&names::rust(&field.name)));
    let member = |name: &str, ty: TokenStream, about: &str| Member::new(name, ty, about);
    let about = &field.doc;
    match &field.ty {
        Type::Text => vec![(member(&base, quote!(desk_str), about), quote!(view.#place))],
        Type::Date => {
            vec![(member(&base, quote!(desk_str), &format!("{about} As `2026-01-31`.")), quote!(view.#place))]
        }
        Type::Json => vec![(member(&base, quote!(desk_str), &format!("{about} As JSON text.")), quote!(view.#place))],
        Type::Enum(name) => {
            let prefix = names::c_const(&[name, ""]);
            let code = format!("{about} One of `{prefix}...`; 0 if absent or unknown to this version.");
            let text = format!("`{base}` as the service spells it.");
            vec![
                (member(&base, quote!(i32), &code), quote!(view.#place.code)),
                (member(&format!("{base}_text"), quote!(desk_str), &text), quote!(view.#place.text)),
            ]
        }
        Type::Object(name) => {
            let inner = ident(&names::c_type(name));
            vec![(member(&base, quote!(*const #inner), about), quote!(view.#place.ptr().cast()))]
        }
        Type::List(_) => {
            let get = format!("{}_get_{}", names::c_type(&schema.name), field.name);
            let about = format!("Number of: {about} Read the items with `{get}_at...`.");
            vec![(member(&format!("{}_len", field.name), quote!(usize), &about), quote!(view.#place.len()))]
        }
        ty => {
            let unit = if *ty == Type::Time { " In µs since the Unix epoch." } else { "" };
            let value = |value| (member(&base, scalar(ty), &format!("{about}{unit}")), value);
            if field.always() {
                return vec![value(quote!(view.#place))];
            }
            let flag = member(&format!("has_{base}"), quote!(bool), &format!("Whether `{base}` is present."));
            vec![(flag, quote!(view.#place.is_some())), value(quote!(view.#place.unwrap_or_default()))]
        }
    }
}
