//! Model → the requests of `desk.hpp`: classes that keep copies of their arguments and turn them
//! into C structs.

use std::fmt::Display;

use askama::Template;

use super::c_types::{input_type, scalar_name};
use super::cpp_result::{seen, unit};
use super::model::{Field, Item, Model, Schema, Type};
use super::names;

/// A request.
#[derive(Template)]
#[template(path = "request.hpp.jinja", escape = "none")]
pub struct Request<'a> {
    about: String,
    name: String,
    c_name: String,
    fields: &'a [Field],
    model: &'a Model,
}

impl Request<'_> {
    /// The macro that initialises the C struct.
    fn init(&self) -> String {
        names::c_const(&[&self.c_name["desk_".len()..], "init"])
    }
}

/// Every request: the schemas, then the query parameters of the operations.
pub fn requests(model: &Model) -> Vec<Request<'_>> {
    let schemas = inner_first(model).into_iter().map(|(schema, fields)| Request {
        about: schema.doc.clone(),
        name: cpp_input(schema),
        c_name: input_type(schema),
        fields,
        model,
    });
    let queries = model.operations.iter().filter(|operation| !operation.query.is_empty()).map(|operation| Request {
        about: format!("Query parameters of Client::{}.", operation.id),
        name: operation.params_type(),
        c_name: format!("desk_{}_params", operation.id),
        fields: &operation.query,
        model,
    });
    schemas.chain(queries).collect()
}

/// Request objects, those inside others first.
fn inner_first(model: &Model) -> Vec<(&Schema, &[Field])> {
    fn add<'a>(
        schema: &'a Schema,
        model: &'a Model,
        done: &mut Vec<(&'a Schema, &'a [Field])>,
        seen: &mut Vec<&'a str>,
    ) {
        if seen.contains(&schema.name.as_str()) {
            return;
        }
        seen.push(&schema.name);
        let Some((schema, fields)) = model.objects().find(|(own, _)| own.name == schema.name) else {
            return;
        };
        for field in fields {
            let ty = if let Type::List(item) = &field.ty { &item.ty } else { &field.ty };
            if let Type::Object(name) = ty {
                model.schema(name).into_iter().for_each(|inner| add(inner, model, done, seen));
            }
        }
        done.push((schema, fields));
    }
    let (mut done, mut seen) = (Vec::new(), Vec::new());
    for (schema, _) in model.objects().filter(|(schema, _)| schema.input) {
        add(schema, model, &mut done, &mut seen);
    }
    done
}

/// The C++ name of a request; if results have the schema too, they have the plain name.
pub fn cpp_input(schema: &Schema) -> String {
    if schema.output { format!("{}Input", schema.name) } else { schema.name.clone() }
}

/// The type in which a request takes and keeps a value.
fn held(ty: &Type, model: &Model) -> String {
    match ty {
        Type::Text | Type::Date | Type::Json => "std::string".to_owned(),
        Type::Object(name) => model.schema(name).map_or_else(|| name.clone(), cpp_input),
        Type::List(item) => format!("std::vector<{}>", held_item(item, model)),
        ty => seen(ty),
    }
}

fn held_item(item: &Item, model: &Model) -> String {
    let ty = held(&item.ty, model);
    if item.nullable { format!("std::optional<{ty}>") } else { ty }
}

/// The C type of one item of a list in a request.
fn c_item(ty: &Type, model: &Model) -> String {
    match ty {
        Type::Text | Type::Date | Type::Json => "desk_str".to_owned(),
        Type::Time => "std::int64_t".to_owned(),
        Type::Enum(_) => "std::int32_t".to_owned(),
        Type::Object(name) => format!("const {}*", model.schema(name).map_or_else(String::new, input_type)),
        ty => seen(ty),
    }
}

/// The expression that turns a kept value into a C value.
pub fn to_c(ty: &Type, value: impl Display) -> String {
    match ty {
        Type::Text | Type::Date | Type::Json => format!("detail::text({value})"),
        Type::Time => format!("{value}.time_since_epoch().count()"),
        Type::Enum(_) => format!("static_cast<std::int32_t>({value})"),
        Type::Object(_) => format!("scratch.keep({value}.c_value(scratch))"),
        _ => value.to_string(),
    }
}

/// The expression that turns an item of a list into a C value.
fn item_to_c(item: &Item) -> String {
    match (item.nullable, &item.ty) {
        (false, ty) => to_c(ty, "item"),
        (true, ty @ Type::Object(_)) => format!("item ? {} : nullptr", to_c(ty, "(*item)")),
        (true, ty) => format!("item ? {} : desk_str{{nullptr, 0}}", to_c(ty, "*item")),
    }
}

/// Whether C takes the value as a number, which cannot be absent.
fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Bool | Type::Int32 | Type::Int64 | Type::Double | Type::Time)
}
