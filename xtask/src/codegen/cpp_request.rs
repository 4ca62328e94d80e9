//! Model → the requests of `desk.hpp`: classes that keep copies of their arguments and turn them
//! into C structs.

use std::fmt::Write as _;

use super::c_types::{input_type, scalar_name};
use super::model::{Field, Item, Model, Schema, Type};
use super::names;

/// Request objects, those inside others first.
pub fn inner_first(model: &Model) -> Vec<(&Schema, &[Field])> {
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
        Type::Bool => "bool".to_owned(),
        Type::Int32 => "std::int32_t".to_owned(),
        Type::Int64 => "std::int64_t".to_owned(),
        Type::Double => "double".to_owned(),
        Type::Text | Type::Date | Type::Json => "std::string".to_owned(),
        Type::Time => "Time".to_owned(),
        Type::Enum(name) => name.clone(),
        Type::Object(name) => model.schema(name).map_or_else(|| name.clone(), cpp_input),
        Type::List(item) => format!("std::vector<{}>", held_item(item, model)),
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
        ty => held(ty, model),
    }
}

/// The expression that turns a kept value into a C value.
pub fn to_c(ty: &Type, value: &str) -> String {
    match ty {
        Type::Text | Type::Date | Type::Json => format!("detail::text({value})"),
        Type::Time => format!("{value}.time_since_epoch().count()"),
        Type::Enum(_) => format!("static_cast<std::int32_t>({value})"),
        Type::Object(_) => format!("scratch.keep({value}.c_value(scratch))"),
        _ => value.to_owned(),
    }
}

pub fn request(out: &mut String, name: &str, c_name: &str, about: &str, fields: &[Field], model: &Model) {
    let init = names::c_const(&[&c_name["desk_".len()..], "init"]);
    let _ = writeln!(out, "/// {about} Keeps copies of its arguments.\nclass {name} {{\n public:");
    let (mut fill, mut kept) = (String::new(), String::new());
    for field in fields {
        let (setter, member) = (names::cpp(&field.name), scalar_name(field));
        let ty = held(&field.ty, model);
        let need = if field.always() { "Required. " } else { "" };
        let (argument, value) = match &field.ty {
            Type::Text | Type::Date | Type::Json => ("detail::Text", "value.copy()"),
            _ => (ty.as_str(), "std::move(value)"),
        };
        let unit = match &field.ty {
            Type::Date => " As `2026-01-31`.",
            Type::Json => " As JSON text.",
            _ => "",
        };
        let _ = writeln!(
            out,
            "  /// {need}{}{unit}\n  {name}& {setter}({argument} value) {{\n    kept_{} = {value};\n    return *this;\n  }}",
            field.doc, field.name
        );
        if let Type::List(_) = &field.ty {
            let _ = writeln!(
                out,
                "  /// {need}{} From any range, such as a std::span.\n  template <class Range, class = std::enable_if_t<detail::IsRange<Range>::value>>\n  {name}& {setter}(const Range& value) {{\n    kept_{}.emplace(std::begin(value), std::end(value));\n    return *this;\n  }}",
                field.doc, field.name
            );
        }
        let _ = writeln!(kept, "  std::optional<{ty}> kept_{};", field.name);
        let own = format!("kept_{}", field.name);
        let _ = writeln!(fill, "    if ({own}) {{");
        match &field.ty {
            Type::List(item) => {
                let c = c_item(&item.ty, model);
                let one = match (item.nullable, &item.ty) {
                    (false, ty) => to_c(ty, "item"),
                    (true, Type::Object(_)) => format!("item ? {} : nullptr", to_c(&item.ty, "(*item)")),
                    (true, ty) => format!("item ? {} : desk_str{{nullptr, 0}}", to_c(ty, "*item")),
                };
                let item_type = held_item(item, model);
                let _ = writeln!(
                    fill,
                    "      c.{member} = scratch.list<{c}>(*{own}, [&]([[maybe_unused]] const {item_type}& item) -> {c} {{ return {one}; }});\n      c.{member}_len = {own}->size();"
                );
            }
            Type::Enum(target) => {
                let _ = writeln!(fill, "      c.{member} = {};", to_c(&field.ty, &format!("*{own}")));
                // A value without a name here must be passed on as text, or it would be lost
                // silently.
                let _ = writeln!(
                    fill,
                    "      if (*{own} == {target}::Unknown && !{own}_text) scratch.miss(\"{}_text\");",
                    field.name
                );
            }
            ty => {
                if !field.always() && is_number(ty) {
                    let _ = writeln!(fill, "      c.has_{member} = true;");
                }
                let _ = writeln!(fill, "      c.{member} = {};", to_c(ty, &format!("(*{own})")));
            }
        }
        let _ = writeln!(fill, "    }}");
        if let Type::Enum(_) = &field.ty {
            let _ = writeln!(
                out,
                "  /// Instead of {setter}: a value for which this header has no name.\n  {name}& {}_text(detail::Text value) {{\n    kept_{}_text = value.copy();\n    return *this;\n  }}",
                field.name, field.name
            );
            let _ = writeln!(kept, "  std::optional<std::string> kept_{}_text;", field.name);
            let _ = writeln!(
                fill,
                "    if (kept_{}_text) c.{member}_text = detail::text(*kept_{}_text);",
                field.name, field.name
            );
        } else if field.always() && is_number(&field.ty) {
            // The library itself reports any other missing value.
            let _ = writeln!(fill, "    if (!{own}) scratch.miss(\"{}\");", field.name);
        }
    }
    let _ = write!(
        out,
        "  /// The C struct; valid as long as this object and `scratch` live.\n  {c_name} c_value([[maybe_unused]] detail::Scratch& scratch) const {{\n    {c_name} c = {init};\n{fill}    return c;\n  }}\n\n private:\n{kept}}};\n\n"
    );
}

/// Whether C takes the value as a number, which cannot be absent.
fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Bool | Type::Int32 | Type::Int64 | Type::Double | Type::Time)
}
