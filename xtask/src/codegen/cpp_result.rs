//! Model → the results of `desk.hpp`: views with getters, and the classes that own the results of
//! operations.

use std::fmt::Write as _;

use super::model::{Field, Item, Schema, Type};
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

pub fn view(out: &mut String, schema: &Schema, fields: &[Field]) {
    let (name, c) = (&schema.name, names::c_type(&schema.name));
    let _ = writeln!(
        out,
        "/// {} Borrowed: valid until the result it came from is destroyed.\nclass {name}View {{\n public:\n  /// Refers to a C object without owning it.\n  explicit {name}View(const {c}* object) noexcept : object_(object) {{}}\n  /// The C object.\n  const {c}* c_ptr() const noexcept {{ return object_; }}",
        schema.doc
    );
    let [all, get_all] = super::c_fields::c_names(schema);
    let init = names::c_const(&[&all["desk_".len()..], "init"]);
    let _ = writeln!(
        out,
        "  /// Every property at once as a C struct: one call instead of one getter per property.\n  {all} fields() const noexcept {{\n    {all} all = {init};\n    {get_all}(object_, &all);\n    return all;\n  }}"
    );
    for field in fields {
        out.push_str(&getter(schema, field, false));
    }
    let _ = write!(out, "\n protected:\n  /// The C object.\n  const {c}* object_;\n}};\n\n");
}

/// A getter: its declaration in the class, or its definition after all classes.
pub fn getter(schema: &Schema, field: &Field, define: bool) -> String {
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
        Type::Text | Type::Date | Type::Json if field.always() => {
            one(&name, &result, &about, &format!("return detail::view({c_get}(object_));"))
        }
        Type::Text | Type::Date | Type::Json => {
            one(&name, &result, &about, &format!("return detail::optional_view({c_get}(object_));"))
        }
        Type::Enum(target) => {
            let value = format!("static_cast<{target}>({c_get}(object_))");
            if field.always() {
                one(&name, &result, &about, &format!("return {value};"));
                one(
                    &format!("{}_text", field.name),
                    "std::string_view",
                    "The same value as the service spells it.",
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
                    "The same value as the service spells it.",
                    &format!("return detail::optional_view({c_get}_text(object_));"),
                );
            }
        }
        Type::Object(target) if field.always() => {
            one(&name, &result, &about, &format!("return {target}View({c_get}(object_));"))
        }
        Type::Object(target) => one(
            &name,
            &result,
            &about,
            &format!(
                "const auto* inner = {c_get}(object_);\n  return inner ? {result}({target}View(inner)) : std::nullopt;"
            ),
        ),
        Type::List(item) => {
            let owner = names::c_type(&schema.name);
            let mut list = |name: &str, about: &str, item_type: &str, at: &str| {
                let body = format!(
                    "return List<{item_type}>(object_, {c_get}_len(object_), [](const void* owner, std::size_t index) -> {item_type} {{\n    const auto* self = static_cast<const {owner}*>(owner);\n    {at}\n  }});"
                );
                one(name, &format!("List<{item_type}>"), about, &body);
            };
            let item_type = optional(&item.ty, item.nullable);
            list(&name, &about, &item_type, &list_item(&c_get, item, &item_type));
            if let Type::Enum(_) = &item.ty {
                let text = if item.nullable { "optional_view" } else { "view" };
                let item_type = optional(&Type::Text, item.nullable);
                let at = format!("return detail::{text}({c_get}_at_text(self, index));");
                list(&format!("{}_text", field.name), "The same values as the service spells them.", &item_type, &at);
            }
        }
        ty => {
            let (c_get, wrap) = match ty {
                Type::Time => (format!("{c_get}_us"), ("detail::time(", ")")),
                _ => (c_get, ("", "")),
            };
            if field.always() {
                one(&name, &result, &about, &format!("return {}{c_get}(object_){};", wrap.0, wrap.1));
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
    if *ty == Type::Time { "std::int64_t".to_owned() } else { seen(ty) }
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
pub fn owner(out: &mut String, schema: &Schema, fields: &[Field]) {
    let (name, c) = (&schema.name, names::c_type(&schema.name));
    let _ = write!(
        out,
        "/// {doc} Owns the result; movable, not copyable.\nclass {name} : public {name}View {{\n public:\n  /// Takes ownership of a C object.\n  explicit {name}({c}* taken) noexcept : {name}View(taken), owned_(taken) {{}}\n  /// Moves; afterwards `other` may only be assigned to or destroyed.\n  {name}({name}&& other) noexcept : {name}View(other.object_), owned_(std::move(other.owned_)) {{ other.object_ = nullptr; }}\n  /// Moves; afterwards `other` may only be assigned to or destroyed.\n  {name}& operator=({name}&& other) noexcept {{\n    owned_ = std::move(other.owned_);\n    object_ = owned_.get();\n    if (this != &other) other.object_ = nullptr;\n    return *this;\n  }}\n  {name}(const {name}&) = delete;\n  {name}& operator=(const {name}&) = delete;\n  ~{name}() = default;\n",
        doc = schema.doc
    );
    let _ = write!(
        out,
        "  /// Facts about the call that returned the result.\n  Response response() const& noexcept {{ return Response({c}_response(owned_.get())); }}\n  Response response() const&& = delete;\n"
    );
    let [all, _] = super::c_fields::c_names(schema);
    let _ = write!(
        out,
        "  /// Every property at once as a C struct. Keep the {name} in a variable while you read it.\n  {all} fields() const& noexcept {{ return {name}View::fields(); }}\n  {all} fields() const&& = delete;\n"
    );
    for field in fields {
        let result = optional(&field.ty, !field.always() && !matches!(field.ty, Type::List(_)));
        let mut keep = |getter: &str, result: &str, about: &str| {
            let _ = write!(
                out,
                "  /// {about} Keep the {name} in a variable while you read it.\n  {result} {getter}() const& {{ return {name}View::{getter}(); }}\n  {result} {getter}() const&& = delete;\n"
            );
        };
        match &field.ty {
            Type::Text | Type::Date | Type::Json | Type::Object(_) | Type::List(_) => {
                keep(&names::cpp(&field.name), &result, &field.doc);
            }
            _ => {}
        }
        match &field.ty {
            Type::Enum(_) => {
                let result = optional(&Type::Text, !field.always());
                keep(&format!("{}_text", field.name), &result, "The same value as the service spells it.");
            }
            Type::List(item) if matches!(item.ty, Type::Enum(_)) => {
                let result = format!("List<{}>", optional(&Type::Text, item.nullable));
                keep(&format!("{}_text", field.name), &result, "The same values as the service spells them.");
            }
            _ => {}
        }
    }
    let _ = write!(
        out,
        "\n private:\n  struct Free {{\n    void operator()({c}* object) const noexcept {{ {c}_free(object); }}\n  }};\n  std::unique_ptr<{c}, Free> owned_;\n}};\n\n"
    );
}
