//! Refuses two items with the same name in C.

use std::iter;

use anyhow::{Result, bail};

use super::c_types::{export_type, input_type, iter_type};
use super::model::Model;
use super::{c_async, c_exports, c_fields, c_output, names};

/// Refuses two items with the same C name.
pub fn check(model: &Model, runtime: &[syn::Item]) -> Result<()> {
    let mut taken: Vec<String> = runtime
        .iter()
        .filter_map(|item| match item {
            syn::Item::Const(item) => Some(item.ident.to_string()),
            syn::Item::Type(item) => Some(item.ident.to_string()),
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            syn::Item::Fn(item) => Some(item.sig.ident.to_string()),
            _ => None,
        })
        .collect();
    let mut claim = |name: String, what: String| {
        if taken.contains(&name) {
            bail!("`{name}` in C would mean two things, one of them {what}; rename it in the spec");
        }
        taken.push(name);
        Ok(())
    };
    for schema in &model.schemas {
        let what = format!("schema `{}`", schema.name);
        if schema.output {
            claim(names::c_type(&schema.name), what.clone())?;
            claim(format!("{}_free", names::c_type(&schema.name)), what.clone())?;
            claim(format!("{}_response", names::c_type(&schema.name)), what.clone())?;
            if schema.root {
                claim(c_async::taker(Some(&schema.name)), what.clone())?;
            }
        }
        if schema.input && model.objects().any(|(object, _)| object.name == schema.name) {
            claim(input_type(schema), what)?;
        }
    }
    for operation in &model.operations {
        let what = format!("operation `{}`", operation.id);
        claim(format!("desk_{}", operation.id), what.clone())?;
        claim(format!("desk_{}_params", operation.id), what.clone())?;
        claim(format!("desk_{}_async", operation.id), what.clone())?;
        for iter in operation.paged.iter().map(iter_type) {
            for name in ["", "_new", "_next", "_next_async", "_is_ready", "_free"] {
                claim(format!("{iter}{name}"), what.clone())?;
            }
        }
        for export in operation.paged.iter().map(export_type) {
            claim(export.clone(), what.clone())?;
            for name in c_exports::FUNCTIONS {
                claim(format!("{export}_{name}"), what.clone())?;
            }
        }
    }
    for (schema, values) in model.enums() {
        for value in values {
            claim(names::c_const(&[&schema.name, value]), format!("value `{value}` of `{}`", schema.name))?;
        }
    }
    for (schema, fields) in model.objects().filter(|(schema, _)| schema.output) {
        let [all, _] = c_fields::c_names(schema);
        let members = fields.iter().flat_map(|field| c_fields::member_names(schema, field));
        for member in iter::once("struct_size".to_owned()).chain(members) {
            claim(format!("{all}.{member}"), format!("a property of `{}`", schema.name))?;
        }
        let getters = fields.iter().flat_map(|field| c_output::getter_names(schema, field));
        for name in getters.chain(c_fields::c_names(schema)) {
            claim(name, format!("a property of `{}`", schema.name))?;
        }
    }
    Ok(())
}
