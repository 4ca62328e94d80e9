//! Model → the results of `desk.hpp`: views with getters, and the classes that own the results of
//! operations.

use askama::Template;

use super::c_fields::c_names;
use super::model::{Field, Model, Schema, Type};
use super::names;

/// The type that a getter returns.
pub fn seen(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int32 => "std::int32_t".to_owned(),
        Type::Int64 => "std::int64_t".to_owned(),
        Type::Double => "double".to_owned(),
        Type::Text | Type::Date | Type::Json => "std::string_view".to_owned(),
        Type::Time => "Time".to_owned(),
        Type::Enum(name) => name.clone(),
        Type::Object(name) => format!("{name}View"),
        Type::List(item) => format!("List<{}>", optional(&item.ty, item.nullable)),
    }
}

fn optional(ty: &Type, nullable: bool) -> String {
    let ty = seen(ty);
    if nullable { format!("std::optional<{ty}>") } else { ty }
}

/// The form of a value that is a text in C++, in words.
pub fn unit(ty: &Type) -> &'static str {
    match ty {
        Type::Date => " As `2026-01-31`.",
        Type::Json => " As JSON text.",
        _ => "",
    }
}

/// An object in a result: its view and, if an operation returns it as a whole, its owner.
pub struct Class<'a> {
    pub name: &'a str,
    pub doc: &'a str,
    /// Whether an operation returns it as a whole.
    pub root: bool,
    /// The C name.
    pub c_name: String,
    /// The C struct of all properties.
    pub all: String,
    /// The macro that initialises that struct.
    pub init: String,
    /// The C function that fills in that struct.
    pub get_all: String,
    pub getters: Vec<Getter<'a>>,
}

/// A getter of a property, or of the text of an enumeration.
pub struct Getter<'a> {
    pub name: String,
    pub doc: &'a str,
    /// What the view's text says in addition.
    pub unit: &'static str,
    /// The C function that counts the items; `None` if the property is not a list.
    pub len: Option<String>,
    /// The value, or an item of the list.
    pub value: Value<'a>,
}

/// The statements that return a value from C.
#[derive(Template)]
#[template(path = "value.hpp.jinja", escape = "none")]
pub struct Value<'a> {
    ty: &'a Type,
    optional: bool,
    /// The C function that reads it.
    get: String,
    /// The first arguments of that function.
    of: &'static str,
}

impl Value<'_> {
    /// Its type in C++.
    pub fn result(&self) -> String {
        optional(self.ty, self.optional)
    }
}

impl Getter<'_> {
    /// The type that it returns.
    pub fn result(&self) -> String {
        let value = self.value.result();
        if self.len.is_some() { format!("List<{value}>") } else { value }
    }

    /// Whether what it returns points into the object.
    pub fn borrowed(&self) -> bool {
        self.len.is_some() || matches!(self.value.ty, Type::Text | Type::Date | Type::Json | Type::Object(_))
    }
}

/// Every object in a result.
pub fn classes(model: &Model) -> Vec<Class<'_>> {
    let outputs = model.objects().filter(|(schema, _)| schema.output);
    let classes = outputs.map(|(schema, fields)| {
        let [all, get_all] = c_names(schema);
        Class {
            name: &schema.name,
            doc: &schema.doc,
            root: schema.root,
            c_name: names::c_type(&schema.name),
            init: names::c_const(&[&all["desk_".len()..], "init"]),
            all,
            get_all,
            getters: fields.iter().flat_map(|field| getters(schema, field)).collect(),
        }
    });
    classes.collect()
}

fn getters<'a>(schema: &Schema, field: &'a Field) -> Vec<Getter<'a>> {
    let get = format!("{}_get_{}", names::c_type(&schema.name), field.name);
    let getter = |name, doc, unit, ty, at: &str| {
        let (len, optional, of) = match &field.ty {
            Type::List(item) => (Some(format!("{get}_len")), item.nullable, "self, index"),
            _ => (None, !field.always(), "object_"),
        };
        Getter { name, doc, unit, len, value: Value { ty, optional, get: format!("{get}{at}"), of } }
    };
    let (ty, at, at_text, about) = match &field.ty {
        Type::List(item) => (&item.ty, "_at", "_at_text", "The same values as the service spells them."),
        ty => (ty, "", "_text", "The same value as the service spells it."),
    };
    let mut getters = vec![getter(names::cpp(&field.name), field.doc.as_str(), unit(&field.ty), ty, at)];
    if let Type::Enum(_) = ty {
        getters.push(getter(format!("{}_text", field.name), about, "", &Type::Text, at_text));
    }
    getters
}
