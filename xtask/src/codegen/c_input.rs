//! Model → the structs that C fills in (requests and query parameters), and the code that reads
//! them.

use anyhow::{Result, bail};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::c_types::{input_type, scalar, scalar_name};
use super::model::{Field, Item, Model, Type};
use super::names;
use super::rust_types::{doc, ident};

/// `generated/inputs.rs`.
pub fn emit(model: &Model) -> Result<TokenStream> {
    let mut structs = Vec::new();
    for (schema, fields) in model.objects().filter(|(schema, _)| schema.input) {
        structs.push(input(&input_type(schema), &schema.name, &schema.doc, fields, model)?);
    }
    for operation in model.operations.iter().filter(|operation| !operation.query.is_empty()) {
        let name = format!("desk_{}_params", operation.id);
        let about = format!("Query parameters of `desk_{}`.", operation.id);
        structs.push(input(&name, &operation.params_type(), &about, &operation.query, model)?);
    }
    Ok(quote! {
        use ::desk_client::types;
        use crate::failure::Failure;
        use crate::input::{self, Input};
        use crate::text::desk_str;
        #(#structs)*
    })
}

/// One struct; its declaration, its sizes and the header's INIT macro come from the same list of
/// members.
fn input(name: &str, target: &str, about: &str, fields: &[Field], model: &Model) -> Result<TokenStream> {
    let (name, target) = (ident(name), ident(target));
    let init = names::c_const(&[&name.to_string()["desk_".len()..], "init"]);
    let about = doc(&format!("{about} Start from `{init}`; zero means absent."));
    let size_doc = doc(&format!("`sizeof({name})`, set by the INIT macro."));
    let mut declared = Vec::new();
    let mut flags = Vec::new();
    let mut ends = Vec::new();
    for field in fields {
        let members = members(field, model)?;
        flags.extend(members.iter().filter(|member| member.ty.to_string() == "bool").map(|member| member.name.clone()));
        let last = members.last().map(|member| member.name.clone());
        if field.required {
            ends.clear();
        }
        ends.extend(last);
        declared.extend(members.into_iter().map(|member| {
            let Member { name, ty, about } = member;
            let about = doc(&about);
            quote! { #about pub #name: #ty, }
        }));
    }
    let reads: Vec<TokenStream> = fields.iter().map(read).collect::<Result<_>>()?;
    let required = fields.iter().zip(&reads).filter(|(field, _)| field.required).map(|(field, read)| {
        let setter = ident(&names::rust(&field.name));
        quote! { .#setter(#read) }
    });
    let optional = fields.iter().zip(&reads).filter(|(field, _)| !field.required).map(|(field, read)| {
        let name = ident(&names::rust(&field.name));
        quote! { value.#name = #read; }
    });
    Ok(quote! {
        #about
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct #name {
            #size_doc
            pub struct_size: usize,
            #(#declared)*
        }

        input::growable!(#name { #(#ends),* } bools { #(#flags),* });

        impl Input for #name {
            type Value = types::#target;

            #[allow(unused_mut)]
            unsafe fn read(&self, at: &str) -> Result<types::#target, Failure> {
                let name = |field: &str| format!("{at}{field}");
                // SAFETY: the caller's texts and lists are as large as they say.
                unsafe {
                    let mut value = types::#target::builder() #(#required)* .build();
                    #(#optional)*
                    Ok(value)
                }
            }
        }
    })
}

/// One member of a struct.
pub struct Member {
    pub name: Ident,
    pub ty: TokenStream,
    pub about: String,
}

impl Member {
    pub fn new(name: &str, ty: TokenStream, about: &str) -> Member {
        Member { name: ident(name), ty, about: about.to_owned() }
    }
}

/// The members that one property becomes.
pub fn members(field: &Field, model: &Model) -> Result<Vec<Member>> {
    let base = scalar_name(field);
    let member = Member::new;
    let need = if field.always() { "Required. " } else { "" };
    let unit = match &field.ty {
        Type::Time => " In µs since the Unix epoch.",
        Type::List(item) if item.ty == Type::Time => " Each in µs since the Unix epoch.",
        Type::Date => " As `2026-01-31`.",
        Type::Json => " As JSON text.",
        _ => "",
    };
    let about = format!("{need}{}{unit}", field.doc);
    let len_doc = format!("Number of items of `{base}`.");
    let mut members = match &field.ty {
        Type::Text | Type::Date | Type::Json => vec![member(&base, quote!(desk_str), &about)],
        Type::Enum(name) => {
            let prefix = names::c_const(&[name, ""]);
            let about = format!("{need}{} One of `{prefix}...`; 0: absent.", field.doc);
            let text = format!("Instead of `{base}`: a value for which this header has no constant.");
            vec![member(&base, quote!(i32), &about), member(&format!("{base}_text"), quote!(desk_str), &text)]
        }
        Type::Object(name) => {
            let inner = object_type(name, model)?;
            vec![member(&base, quote!(*const #inner), &about)]
        }
        Type::List(item) => {
            let ty = match &item.ty {
                Type::Object(name) => {
                    let inner = object_type(name, model)?;
                    quote!(*const #inner)
                }
                Type::List(_) => bail!("`{}` is a list of lists", field.wire),
                ty => scalar(ty),
            };
            vec![member(&base, quote!(*const #ty), &about), member(&format!("{base}_len"), quote!(usize), &len_doc)]
        }
        ty if field.always() => vec![member(&base, scalar(ty), &about)],
        ty => {
            let flag = format!("Whether `{base}` is set.");
            vec![member(&format!("has_{base}"), quote!(bool), &flag), member(&base, scalar(ty), &about)]
        }
    };
    close_group(&mut members, &field.name, "Reserved; leave it zero.");
    Ok(members)
}

/// Ends the members of a property at a multiple of 8 bytes, where the next property begins, so that
/// members of a later version never fall into old padding. Returns whether it appended a member.
pub fn close_group(members: &mut Vec<Member>, property: &str, about: &str) -> bool {
    let end = members.iter().fold(0, |end: usize, member| {
        let size = size(&member.ty);
        end.next_multiple_of(size.min(8)) + size
    });
    let gap = end.next_multiple_of(8) - end;
    if gap > 0 {
        let gap = proc_macro2::Literal::usize_unsuffixed(gap);
        members.push(Member::new(&format!("reserved_{property}"), quote!([u8; #gap]), about));
    }
    gap > 0
}

/// Size of a member on machines with pointers of 8 bytes.
fn size(ty: &TokenStream) -> usize {
    match ty.to_string().as_str() {
        "bool" => 1,
        "i32" => 4,
        "desk_str" => 16,
        _ => 8,
    }
}

fn object_type(name: &str, model: &Model) -> Result<Ident> {
    match model.schema(name) {
        Some(schema) => Ok(ident(&input_type(schema))),
        None => bail!("schema `{name}` was not lowered"),
    }
}

/// The expression that reads a field: an `Option` unless the value is required.
fn read(field: &Field) -> Result<TokenStream> {
    let member = ident(&scalar_name(field));
    let label = scalar_name(field);
    let name = quote!(&name(#label));
    let optional = match &field.ty {
        Type::Text => quote!(input::optional_text(#name, self.#member)?),
        Type::Date => quote!(input::optional_date(#name, self.#member)?),
        Type::Json => quote!(input::optional_json(#name, self.#member)?),
        Type::Enum(_) => {
            let text = format_ident!("{member}_text");
            quote!(input::optional_enum(#name, self.#member, self.#text)?)
        }
        Type::Object(_) => quote!(input::optional_object(#name, self.#member)?),
        Type::List(item) => {
            let len = format_ident!("{member}_len");
            let (pointer, item) = list_item(field, item)?;
            quote!(input::optional_items(#name, self.#member #pointer, self.#len, #item)?)
        }
        Type::Time if field.always() => return Ok(quote!(input::time(#name, self.#member)?)),
        Type::Time => {
            let flag = format_ident!("has_{member}");
            quote!(if self.#flag { Some(input::time(#name, self.#member)?) } else { None })
        }
        _ if field.always() => return Ok(quote!(self.#member)),
        _ => {
            let flag = format_ident!("has_{member}");
            quote!(self.#flag.then_some(self.#member))
        }
    };
    Ok(if field.always() { quote!(input::required(#name, #optional)?) } else { optional })
}

/// The code that reads one item of a list: a cast of the list's pointer, and a closure from item to
/// value.
fn list_item(field: &Field, item: &Item) -> Result<(TokenStream, TokenStream)> {
    let none = quote!();
    let by_pointer = |read: TokenStream| {
        let value = if item.nullable { read } else { quote!(input::required(name, #read)?) };
        quote!(|name, item| Ok(#value))
    };
    Ok(match &item.ty {
        Type::Text => (none, by_pointer(quote!(input::optional_text(name, item)?))),
        Type::Date => (none, by_pointer(quote!(input::optional_date(name, item)?))),
        Type::Json => (none, by_pointer(quote!(input::optional_json(name, item)?))),
        Type::Enum(_) => (none, by_pointer(quote!(input::optional_code(name, item)?))),
        Type::Object(_) => (none, by_pointer(quote!(input::optional_object(name, item)?))),
        _ if item.nullable => {
            bail!(
                "`{}` is a list in a request whose items may be null, which C cannot say for numbers; make them required",
                field.wire
            )
        }
        Type::Time => (none, quote!(|name, item| input::time(name, item))),
        // C may leave any byte in a bool.
        Type::Bool => (quote!(.cast::<u8>()), quote!(|_, item| Ok(item != 0))),
        _ => (none, quote!(|_, item| Ok(item))),
    })
}
