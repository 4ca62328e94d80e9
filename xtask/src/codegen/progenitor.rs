//! Model → progenitor's module, cut to types and functions that build requests (the private half of
//! desk-client).
//!
//! progenitor reads a spec generated from the model, not the hand-written one. It has no error
//! responses, so that every failure keeps status, headers and body; accepts any 2xx; has no bounds,
//! because the typed methods check them; and makes optional properties nullable, so that a null for
//! an optional property is no error.

use anyhow::{Context, Result};
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl, TypePatch};
use serde_json::{Map, Value, json};
use syn::visit_mut::VisitMut;

use super::cut::cut;
use super::model::{Field, Kind, Model, Operation, Schema, Type};

/// The generated module, as a syntax tree; `requests.rs` calls its functions by their signatures.
pub fn emit(model: &Model) -> Result<syn::File> {
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Positional).with_tag(TagStyle::Merged).with_derive("PartialEq");
    for (schema, _) in model.enums() {
        let traits = [TypeImpl::Display, TypeImpl::FromStr];
        settings.with_replacement(
            &schema.name,
            format!("crate::generated::enums::{}", schema.name),
            traits.into_iter(),
        );
    }
    for (schema, _) in model.objects() {
        settings.with_patch(&schema.name, TypePatch::default().with_attr("#[non_exhaustive]"));
    }
    let spec: OpenAPI = serde_json::from_value(spec(model)).context("the spec written for progenitor")?;
    let tokens: TokenStream = Generator::new(&settings).generate_tokens(&spec).context("progenitor")?;
    let mut file: syn::File = syn::parse2(tokens).context("progenitor's output")?;
    DocLines.visit_file_mut(&mut file);
    FreeForm.visit_file_mut(&mut file);
    cut(file)
}

/// The spec in the form that progenitor needs.
fn spec(model: &Model) -> Value {
    let mut paths = Map::new();
    for operation in &model.operations {
        let path = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
        path[&operation.method] = self::operation(operation);
    }
    let schemas: Map<String, Value> =
        model.schemas.iter().map(|schema| (schema.name.clone(), self::schema(schema))).collect();
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Desk", "version": model.version },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn operation(operation: &Operation) -> Value {
    let parameter = |place: &str, field: &Field| {
        json!({
            "name": field.wire, "in": place, "required": field.required,
            "schema": described(field, self::ty(&field.ty)),
        })
    };
    let path = operation.path_params.iter().map(|field| parameter("path", field));
    let query = operation.query.iter().map(|field| parameter("query", field));
    let mut value = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": path.chain(query).collect::<Vec<_>>(),
        "responses": { "2XX": { "description": "success" } },
    });
    if let Some(body) = &operation.body {
        value["requestBody"] = json!({ "required": true, "content": content(body) });
    }
    if let Some(output) = &operation.output {
        value["responses"]["2XX"]["content"] = content(output);
    }
    value
}

fn content(schema: &str) -> Value {
    json!({ "application/json": { "schema": reference(schema) } })
}

fn schema(schema: &Schema) -> Value {
    match &schema.kind {
        Kind::Enum(values) => json!({ "type": "string", "description": schema.doc, "enum": values }),
        Kind::Object(fields) => {
            // A property that only responses carry may always be null or absent; a request sends a
            // required null.
            let required = |field: &&Field| field.required && (schema.input || !field.nullable);
            let properties: Map<String, Value> = fields
                .iter()
                .map(|field| {
                    let value = if field.always() { self::ty(&field.ty) } else { nullable(self::ty(&field.ty)) };
                    (field.wire.clone(), described(field, value))
                })
                .collect();
            json!({
                "type": "object",
                "description": schema.doc,
                "required": fields.iter().filter(required).map(|field| &field.wire).collect::<Vec<_>>(),
                "properties": properties,
            })
        }
    }
}

fn ty(ty: &Type) -> Value {
    match ty {
        Type::Bool => json!({ "type": "boolean" }),
        Type::Int32 => json!({ "type": "integer", "format": "int32" }),
        Type::Int64 => json!({ "type": "integer", "format": "int64" }),
        Type::Double => json!({ "type": "number", "format": "double" }),
        Type::Text => json!({ "type": "string" }),
        Type::Date => json!({ "type": "string", "format": "date" }),
        Type::Time => json!({ "type": "string", "format": "date-time" }),
        Type::Json => json!({}),
        Type::Enum(name) | Type::Object(name) => reference(name),
        Type::List(item) if item.nullable => json!({ "type": "array", "items": nullable(self::ty(&item.ty)) }),
        Type::List(item) => json!({ "type": "array", "items": self::ty(&item.ty) }),
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Wraps a reference, which cannot carry other keys.
fn carrier(value: Value) -> Value {
    if value.get("$ref").is_some() { json!({ "allOf": [value] }) } else { value }
}

fn nullable(value: Value) -> Value {
    let mut value = carrier(value);
    value["nullable"] = json!(true);
    value
}

fn described(field: &Field, value: Value) -> Value {
    let mut value = carrier(value);
    value["description"] = json!(field.doc);
    value
}

/// Splits multi-line docs into one attribute per line, so that they print as `///`.
struct DocLines;

impl VisitMut for DocLines {
    fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
        *attrs = attrs.drain(..).flat_map(split_doc).collect();
    }
}

/// Keeps values of any shape as their text: `serde_json::Value` would round numbers and sort properties.
struct FreeForm;

impl VisitMut for FreeForm {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        let value: syn::Type = syn::parse_quote!(::serde_json::Value);
        if *ty == value {
            *ty = syn::parse_quote!(crate::Json);
        }
        syn::visit_mut::visit_type_mut(self, ty);
    }
}

fn split_doc(attr: syn::Attribute) -> Vec<syn::Attribute> {
    let text = match &attr.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
            _ => return vec![attr],
        },
        _ => return vec![attr],
    };
    let style = attr.style;
    let lines = text.lines().map(|line| {
        let line = if line.is_empty() || line.starts_with(' ') { line.to_owned() } else { format!(" {line}") };
        match style {
            syn::AttrStyle::Outer => syn::parse_quote!(#[doc = #line]),
            syn::AttrStyle::Inner(_) => syn::parse_quote!(#![doc = #line]),
        }
    });
    lines.collect()
}
