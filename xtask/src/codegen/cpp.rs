//! Model → `include/desk.hpp`: C++17 over `desk.h`, nothing to link.
//!
//! What does not repeat (errors, results, lists, options) is text beside this file; here is what repeats per schema and
//! operation.

use std::fmt::Write as _;

use super::c_abi::{input_type, scalar_name};
use super::model::{Field, Item, Model, Operation, Schema, Type};
use super::names;

const RUNTIME: &str = include_str!("desk_hpp_runtime.txt");
const CLIENT: &str = include_str!("desk_hpp_client.txt");

/// The header.
pub fn emit(model: &Model) -> String {
    let mut out = RUNTIME.to_owned();
    for (schema, values) in model.enums() {
        enumeration(&mut out, schema, values);
    }
    for (schema, _) in model.objects().filter(|(schema, _)| schema.output) {
        let _ = writeln!(out, "class {}View;", schema.name);
    }
    for (schema, fields) in inner_first(model) {
        request(
            &mut out,
            &cpp_input(schema),
            &input_type(schema),
            &schema.doc,
            fields,
            model,
        );
    }
    for operation in model.operations.iter().filter(|operation| !operation.query.is_empty()) {
        let about = format!("Query parameters of Client::{}.", operation.id);
        request(
            &mut out,
            &operation.params_type(),
            &format!("desk_{}_params", operation.id),
            &about,
            &operation.query,
            model,
        );
    }
    let results: Vec<_> = model.objects().filter(|(schema, _)| schema.output).collect();
    for (schema, fields) in &results {
        view(&mut out, schema, fields);
    }
    // Getters that hand out other views are defined once all views are.
    for (schema, fields) in &results {
        for field in fields.iter() {
            let _ = write!(out, "{}", getter(schema, field, true));
        }
    }
    for (schema, fields) in results.iter().filter(|(schema, _)| schema.root) {
        owner(&mut out, schema, fields);
    }
    let (before, after) = CLIENT.split_once("  // OPERATIONS\n").unwrap_or((CLIENT, ""));
    out += before;
    for operation in &model.operations {
        method(&mut out, operation, model);
    }
    out + after
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
            let ty = if let Type::List(item) = &field.ty {
                &item.ty
            } else {
                &field.ty
            };
            if let Type::Object(name) = ty {
                model
                    .schema(name)
                    .into_iter()
                    .for_each(|inner| add(inner, model, done, seen));
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

/// The C++ name of a request; a schema that results carry too has the plain name there.
fn cpp_input(schema: &Schema) -> String {
    if schema.output {
        format!("{}Input", schema.name)
    } else {
        schema.name.clone()
    }
}

fn enumeration(out: &mut String, schema: &Schema, values: &[String]) {
    let _ = writeln!(out, "/// {}\nenum class {} : std::int32_t {{", schema.doc, schema.name);
    let _ = writeln!(out, "  Unknown = 0,  ///< a value that this version does not know");
    for value in values {
        let _ = writeln!(
            out,
            "  {} = {},  ///< `{value}`",
            names::pascal(value),
            names::c_const(&[&schema.name, value])
        );
    }
    out.push_str("};\n\n");
}

/// The type by which a request takes and keeps a value.
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
    if item.nullable {
        format!("std::optional<{ty}>")
    } else {
        ty
    }
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

/// The expression that turns a kept value into what C takes.
fn to_c(ty: &Type, value: &str) -> String {
    match ty {
        Type::Text | Type::Date | Type::Json => format!("detail::text({value})"),
        Type::Time => format!("{value}.time_since_epoch().count()"),
        Type::Enum(_) => format!("static_cast<std::int32_t>({value})"),
        Type::Object(_) => format!("scratch.keep({value}.c_value(scratch))"),
        _ => value.to_owned(),
    }
}

fn request(out: &mut String, name: &str, c_name: &str, about: &str, fields: &[Field], model: &Model) {
    let init = names::c_const(&[&c_name["desk_".len()..], "init"]);
    let _ = writeln!(
        out,
        "/// {about} Keeps copies of what it is given.\nclass {name} {{\n public:"
    );
    let (mut fill, mut kept) = (String::new(), String::new());
    for field in fields {
        let (setter, member) = (names::cpp(&field.name), scalar_name(field));
        let ty = held(&field.ty, model);
        let need = if field.always() { "Required. " } else { "" };
        let (argument, value) = match &field.ty {
            Type::Text | Type::Date | Type::Json => ("std::string_view", "std::string(value)"),
            _ => (ty.as_str(), "std::move(value)"),
        };
        let unit = match &field.ty {
            Type::Date => " As `2026-01-31`.",
            Type::Json => " As JSON text.",
            _ => "",
        };
        let _ = writeln!(
            out,
            "  /// {need}{}{unit}\n  {name}& {setter}({argument} value) {{\n    {}_ = {value};\n    return *this;\n  }}",
            field.doc, field.name
        );
        let _ = writeln!(kept, "  std::optional<{ty}> {}_;", field.name);
        let own = format!("{}_", field.name);
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
            Type::Enum(_) => {
                let _ = writeln!(fill, "      c.{member} = {};", to_c(&field.ty, &format!("*{own}")));
            }
            ty => {
                if !field.always() && matches!(ty, Type::Bool | Type::Int32 | Type::Int64 | Type::Double | Type::Time) {
                    let _ = writeln!(fill, "      c.has_{member} = true;");
                }
                let _ = writeln!(fill, "      c.{member} = {};", to_c(ty, &format!("(*{own})")));
            }
        }
        let _ = writeln!(fill, "    }}");
        if let Type::Enum(_) = &field.ty {
            let _ = writeln!(
                out,
                "  /// Instead of {setter}: a value for which this header has no name.\n  {name}& {}_text(std::string_view value) {{\n    {}_text_ = std::string(value);\n    return *this;\n  }}",
                field.name, field.name
            );
            let _ = writeln!(kept, "  std::optional<std::string> {}_text_;", field.name);
            let _ = writeln!(
                fill,
                "    if ({}_text_) c.{member}_text = detail::text(*{}_text_);",
                field.name, field.name
            );
        } else if field.always() {
            let _ = writeln!(fill, "    if (!{own}) scratch.miss(\"{}\");", field.name);
        }
    }
    let _ = write!(
        out,
        "  /// For C; lives as long as this object and `scratch`.\n  {c_name} c_value([[maybe_unused]] detail::Scratch& scratch) const {{\n    {c_name} c = {init};\n{fill}    return c;\n  }}\n\n private:\n{kept}}};\n\n"
    );
}

/// The type that a getter hands out.
fn seen(ty: &Type) -> String {
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

fn view(out: &mut String, schema: &Schema, fields: &[Field]) {
    let (name, c) = (&schema.name, names::c_type(&schema.name));
    let _ = writeln!(
        out,
        "/// {} Borrowed: valid while the result it came from lives.\nclass {name}View {{\n public:\n  explicit {name}View(const {c}* object) noexcept : object_(object) {{}}\n  /// The C object.\n  const {c}* c_ptr() const noexcept {{ return object_; }}",
        schema.doc
    );
    for field in fields {
        out.push_str(&getter(schema, field, false));
    }
    let _ = write!(out, "\n protected:\n  const {c}* object_;\n}};\n\n");
}

/// A getter: its declaration in the class, or its definition after all classes.
fn getter(schema: &Schema, field: &Field, define: bool) -> String {
    let (class, name) = (format!("{}View", schema.name), names::cpp(&field.name));
    let c_get = format!("{}_get_{}", names::c_type(&schema.name), field.name);
    let mut text = String::new();
    let mut one = |name: &str, result: &str, about: &str, body: &str| {
        let _ = if define {
            writeln!(text, "inline {result} {class}::{name}() const {{\n  {body}\n}}\n")
        } else {
            writeln!(text, "  /// {about}\n  {result} {name}() const;")
        };
    };
    let result = optional(&field.ty, !field.always() && !matches!(field.ty, Type::List(_)));
    let about = match &field.ty {
        Type::Date => format!("{} As `2026-01-31`.", field.doc),
        Type::Json => format!("{} As JSON text.", field.doc),
        _ => field.doc.clone(),
    };
    match &field.ty {
        Type::Text | Type::Date | Type::Json if field.always() => one(
            &name,
            &result,
            &about,
            &format!("return detail::view({c_get}(object_));"),
        ),
        Type::Text | Type::Date | Type::Json => one(
            &name,
            &result,
            &about,
            &format!("return detail::optional_view({c_get}(object_));"),
        ),
        Type::Enum(target) => {
            let value = format!("static_cast<{target}>({c_get}(object_))");
            if field.always() {
                one(&name, &result, &about, &format!("return {value};"));
                one(
                    &format!("{}_text", field.name),
                    "std::string_view",
                    "The same as the service spells it.",
                    &format!("return detail::view({c_get}_text(object_));"),
                );
            } else {
                one(
                    &name,
                    &result,
                    &about,
                    &format!("return {c_get}_text(object_).ptr ? {result}({value}) : std::nullopt;"),
                );
                one(
                    &format!("{}_text", field.name),
                    "std::optional<std::string_view>",
                    "The same as the service spells it.",
                    &format!("return detail::optional_view({c_get}_text(object_));"),
                );
            }
        }
        Type::Object(target) if field.always() => one(
            &name,
            &result,
            &about,
            &format!("return {target}View({c_get}(object_));"),
        ),
        Type::Object(target) => one(
            &name,
            &result,
            &about,
            &format!(
                "const auto* inner = {c_get}(object_);\n  return inner ? {result}({target}View(inner)) : std::nullopt;"
            ),
        ),
        Type::List(item) => {
            let (item_type, owner) = (optional(&item.ty, item.nullable), names::c_type(&schema.name));
            let at = list_item(&c_get, item, &item_type);
            let body = format!(
                "return {result}(object_, {c_get}_len(object_), [](const void* owner, std::size_t index) -> {item_type} {{\n    const auto* self = static_cast<const {owner}*>(owner);\n    {at}\n  }});"
            );
            one(&name, &result, &about, &body);
        }
        ty => {
            let (c_get, wrap) = match ty {
                Type::Time => (format!("{c_get}_us"), ("detail::time(", ")")),
                _ => (c_get, ("", "")),
            };
            if field.always() {
                one(
                    &name,
                    &result,
                    &about,
                    &format!("return {}{c_get}(object_){};", wrap.0, wrap.1),
                );
            } else {
                let body = format!(
                    "{} value{{}};\n  return {c_get}(object_, &value) ? {result}({}value{}) : std::nullopt;",
                    c_scalar(ty),
                    wrap.0,
                    wrap.1
                );
                one(&name, &result, &about, &body);
            }
        }
    }
    text
}

fn c_scalar(ty: &Type) -> String {
    if *ty == Type::Time {
        "std::int64_t".to_owned()
    } else {
        seen(ty)
    }
}

/// The statements that read one item of a list.
fn list_item(c_get: &str, item: &Item, item_type: &str) -> String {
    match (&item.ty, item.nullable) {
        (Type::Text | Type::Date | Type::Json, false) => format!("return detail::view({c_get}_at(self, index));"),
        (Type::Text | Type::Date | Type::Json, true) => {
            format!("return detail::optional_view({c_get}_at(self, index));")
        }
        (Type::Enum(name), false) => format!("return static_cast<{name}>({c_get}_at(self, index));"),
        (Type::Enum(name), true) => {
            format!(
                "return {c_get}_at_text(self, index).ptr ? {item_type}(static_cast<{name}>({c_get}_at(self, index))) : std::nullopt;"
            )
        }
        (Type::Object(name), false) => format!("return {name}View({c_get}_at(self, index));"),
        (Type::Object(name), true) => {
            format!(
                "const auto* inner = {c_get}_at(self, index);\n    return inner ? {item_type}({name}View(inner)) : std::nullopt;"
            )
        }
        (Type::Time, false) => format!("return detail::time({c_get}_at_us(self, index));"),
        (Type::Time, true) => {
            format!(
                "std::int64_t value{{}};\n    return {c_get}_at_us(self, index, &value) ? {item_type}(detail::time(value)) : std::nullopt;"
            )
        }
        (ty, true) => {
            format!(
                "{} value{{}};\n    return {c_get}_at(self, index, &value) ? {item_type}(value) : std::nullopt;",
                c_scalar(ty)
            )
        }
        (_, false) => format!("return {c_get}_at(self, index);"),
    }
}

/// The class that owns a result.
fn owner(out: &mut String, schema: &Schema, fields: &[Field]) {
    let (name, c) = (&schema.name, names::c_type(&schema.name));
    let _ = write!(
        out,
        "/// {doc} Owns the result; moves, never copies.\nclass {name} : public {name}View {{\n public:\n  /// Takes over a C object.\n  explicit {name}({c}* taken) noexcept : {name}View(taken), owned_(taken) {{}}\n  {name}({name}&& other) noexcept : {name}View(other.object_), owned_(std::move(other.owned_)) {{ other.object_ = nullptr; }}\n  {name}& operator=({name}&& other) noexcept {{\n    owned_ = std::move(other.owned_);\n    object_ = owned_.get();\n    if (this != &other) other.object_ = nullptr;\n    return *this;\n  }}\n  {name}(const {name}&) = delete;\n  {name}& operator=(const {name}&) = delete;\n  ~{name}() = default;\n",
        doc = schema.doc
    );
    for field in fields.iter().filter(|field| matches!(field.ty, Type::List(_))) {
        let getter = names::cpp(&field.name);
        let result = seen(&field.ty);
        let _ = write!(
            out,
            "  /// {} Keep the {name} in a variable while you read it.\n  {result} {getter}() const& {{ return {name}View::{getter}(); }}\n  {result} {getter}() const&& = delete;\n",
            field.doc
        );
    }
    let _ = write!(
        out,
        "\n private:\n  struct Free {{\n    void operator()({c}* object) const noexcept {{ {c}_free(object); }}\n  }};\n  std::unique_ptr<{c}, Free> owned_;\n}};\n\n"
    );
}

fn method(out: &mut String, operation: &Operation, model: &Model) {
    let id = &operation.id;
    let (mut declared, mut forwarded, mut prepared, mut passed) =
        (Vec::new(), Vec::new(), String::new(), String::new());
    for field in &operation.path_params {
        let (name, ty) = (names::cpp(&field.name), seen(&field.ty));
        declared.push(format!("{ty} {name}"));
        passed += &match &field.ty {
            Type::Text | Type::Date => format!("detail::text({name}), "),
            ty => format!("{}, ", to_c(ty, &name)),
        };
        forwarded.push(name);
    }
    let mut object = |name: &str, ty: &str, default: &str| {
        declared.push(format!("const {ty}& {name}{default}"));
        forwarded.push(name.to_owned());
        let _ = writeln!(prepared, "    const auto c_{name} = {name}.c_value(scratch);");
        let _ = write!(passed, "&c_{name}, ");
    };
    // A default is only for what nothing without one follows.
    if !operation.query.is_empty() {
        let optional = operation.body.is_none() && operation.query.iter().all(|field| !field.required);
        object("params", &operation.params_type(), if optional { " = {}" } else { "" });
    }
    if let Some(body) = operation.body.as_ref().and_then(|body| model.schema(body)) {
        object("body", &cpp_input(body), "");
    }
    object("options", "CallOptions", " = {}");
    let (declared, forwarded) = (declared.join(", "), forwarded.join(", "));
    let output = operation.output.as_deref().unwrap_or("void");
    let deprecated = if operation.deprecated {
        " Deprecated by the service."
    } else {
        ""
    };
    let about = format!(
        "{}. {}{deprecated}",
        operation.summary.trim_end_matches('.'),
        operation.doc
    );
    let call = match &operation.output {
        Some(output) => {
            let c = names::c_type(output);
            format!(
                "return detail::call<{output}, {c}>(scratch, [&]({c}** out, desk_error** err) {{\n      return desk_{id}(client_.get(), {passed}out, err);\n    }});"
            )
        }
        None => format!(
            "return detail::call_plain(scratch, [&](desk_error** err) {{\n      return desk_{id}(client_.get(), {passed}err);\n    }});"
        ),
    };
    let _ = write!(
        out,
        "  /// {about}\n  ///\n  /// Blocks until the answer is there or the time is over. Any thread.\n  Result<{output}> try_{id}({declared}) const {{\n    detail::Scratch scratch;\n{prepared}    {call}\n  }}\n#ifndef DESK_NO_EXCEPTIONS\n  /// As try_{id}, but throws Error.\n  {output} {id}({declared}) const {{ return try_{id}({forwarded}).value(); }}\n#endif\n\n"
    );
}
