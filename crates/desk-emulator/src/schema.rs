//! Validates a JSON value against a schema of the embedded spec, for the subset of OpenAPI 3.0 that
//! its requests use.
//!
//! The error names the location of the first invalid value and the fix. A test in `spec.rs` fails
//! if a request schema uses a keyword that is not in [`KEYWORDS`], so no keyword is ignored
//! silently. Response bodies, patterns and discriminators are not supported.

use serde_json::Value;

use crate::time::Time;

/// The keywords that this file supports.
#[cfg(test)]
pub(crate) const KEYWORDS: [&str; 16] = [
    "$ref",
    "allOf",
    "oneOf",
    "type",
    "nullable",
    "enum",
    "required",
    "properties",
    "items",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "format",
];

/// Follows a chain of `$ref`s inside `root`; returns any other value unchanged.
pub(crate) fn resolve<'a>(root: &'a Value, mut value: &'a Value) -> &'a Value {
    // The bound ends a cycle of references, which has no meaning.
    for _ in 0..8 {
        let Some(target) = value.get("$ref").and_then(Value::as_str) else {
            break;
        };
        match target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(found) => value = found,
            None => break,
        }
    }
    value
}

/// Validates `value`; the error is one line that begins with the location, such as
/// `customerIds[1]: must be …`.
pub(crate) fn check(root: &Value, schema: &Value, value: &Value, location: &str) -> Result<(), String> {
    let schema = resolve(root, schema);
    let invalid = |text: String| Err(format!("{location}: {text}"));
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    for part in array(schema, "allOf") {
        check(root, part, value, location)?;
    }
    let alternatives = array(schema, "oneOf");
    let matching = alternatives.iter().filter(|alternative| check(root, alternative, value, location).is_ok()).count();
    if !alternatives.is_empty() && matching != 1 {
        return invalid(format!("fits {matching} of its allowed shapes; send exactly one of them"));
    }
    if let Some(kind) = schema["type"].as_str()
        && !has_type(kind, value)
    {
        return invalid(format!("must be {}, not {}", with_article(kind), describe(value)));
    }
    let allowed = array(schema, "enum");
    if !allowed.is_empty() && !allowed.contains(value) {
        let names: Vec<_> = allowed.iter().filter_map(Value::as_str).collect();
        return invalid(format!("{} is not one of {}", describe(value), names.join(", ")));
    }
    match value {
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            if let Some(minimum) = schema["minimum"].as_f64().filter(|minimum| number < *minimum) {
                return invalid(format!("must be at least {minimum}, not {value}"));
            }
            if let Some(maximum) = schema["maximum"].as_f64().filter(|maximum| number > *maximum) {
                return invalid(format!("must be at most {maximum}, not {value}"));
            }
            if schema["format"] == "int32" && value.as_i64().is_none_or(|number| i32::try_from(number).is_err()) {
                return invalid(format!("must fit 32 bits, not {value}"));
            }
            Ok(())
        }
        Value::String(text) => {
            check_size(schema, text.chars().count(), "Length", "characters").or_else(invalid)?;
            if schema["format"] == "date-time" && Time::parse(text).is_none() {
                return invalid(format!(
                    "{} is not an RFC 3339 time; write it like 2026-01-31T09:30:00.123456Z, in a URL with + as %2B",
                    describe(value)
                ));
            }
            Ok(())
        }
        Value::Array(items) => {
            check_size(schema, items.len(), "Items", "items").or_else(invalid)?;
            let Some(item_schema) = schema.get("items") else {
                return Ok(());
            };
            items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| check(root, item_schema, item, &format!("{location}[{index}]")))
        }
        Value::Object(members) => {
            let member_location = |name: &str| {
                if location == "body" { name.to_owned() } else { format!("{location}.{name}") }
            };
            for name in array(schema, "required").iter().filter_map(Value::as_str) {
                if !members.contains_key(name) {
                    return Err(format!("{}: is required", member_location(name)));
                }
            }
            let Some(properties) = schema["properties"].as_object() else {
                return Ok(());
            };
            properties.iter().try_for_each(|(name, property)| match members.get(name) {
                Some(member) => check(root, property, member, &member_location(name)),
                None => Ok(()),
            })
        }
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn array<'a>(schema: &'a Value, key: &str) -> &'a [Value] {
    schema[key].as_array().map_or(&[], Vec::as_slice)
}

/// Whether the value has the type. Integers must fit 64 bits: every integer of the spec has the
/// format int64 or int32.
fn has_type(kind: &str, value: &Value) -> bool {
    match kind {
        "integer" => value.as_i64().is_some(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn with_article(kind: &str) -> String {
    match kind {
        "integer" => "a 64-bit integer".to_owned(),
        "array" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// Checks `minLength`/`maxLength` or `minItems`/`maxItems`.
fn check_size(schema: &Value, count: usize, key: &str, unit: &str) -> Result<(), String> {
    let bound = |end: &str| schema[format!("{end}{key}")].as_u64().and_then(|bound| usize::try_from(bound).ok());
    if let Some(minimum) = bound("min").filter(|minimum| count < *minimum) {
        return Err(format!("has {count} {unit}; at least {minimum} needed"));
    }
    if let Some(maximum) = bound("max").filter(|maximum| count > *maximum) {
        return Err(format!("has {count} {unit}; at most {maximum} allowed"));
    }
    Ok(())
}

/// Describes the value in a few words; a long or nested value by its type only.
fn describe(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() <= 60 => format!("{text:?}"),
        Value::String(text) => format!("a string of {} characters", text.chars().count()),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_keyword_is_checked_and_errors_name_the_location() {
        let root = json!({"defs": {"small": {"type": "integer", "maximum": 9, "format": "int32"}}});
        let small = json!({"$ref": "#/defs/small"});
        for (schema, good, bad, fault) in [
            (json!({"type": "string", "nullable": true}), json!(null), json!(1), "x: must be a string, not 1"),
            (json!({"type": "integer"}), json!(-5), json!(1.5), "x: must be a 64-bit integer, not 1.5"),
            (
                json!({"type": "integer"}),
                json!(i64::MAX),
                json!(u64::MAX),
                "x: must be a 64-bit integer, not 18446744073709551615",
            ),
            (
                json!({"type": "integer", "format": "int32"}),
                json!(7),
                json!(1_i64 << 31),
                "x: must fit 32 bits, not 2147483648",
            ),
            (json!({"type": "number", "minimum": 1}), json!(1), json!(0.5), "x: must be at least 1, not 0.5"),
            (small.clone(), json!(9), json!(10), "x: must be at most 9, not 10"),
            (json!({"enum": ["A", "B"]}), json!("A"), json!("C"), "x: \"C\" is not one of A, B"),
            (
                json!({"type": "string", "minLength": 1}),
                json!("é"),
                json!(""),
                "x: has 0 characters; at least 1 needed",
            ),
            (json!({"maxLength": 1}), json!("é"), json!("ab"), "x: has 2 characters; at most 1 allowed"),
            (json!({"minItems": 1, "type": "array"}), json!([1]), json!([]), "x: has 0 items; at least 1 needed"),
            (json!({"maxItems": 1}), json!([1]), json!([1, 2]), "x: has 2 items; at most 1 allowed"),
            (
                json!({"type": "array", "items": small}),
                json!([1]),
                json!([1, "2"]),
                "x[1]: must be a 64-bit integer, not \"2\"",
            ),
            (json!({"type": "object", "required": ["a"]}), json!({"a": 1}), json!({}), "x.a: is required"),
            (
                json!({"properties": {"a": {"type": "boolean"}}}),
                json!({"a": true}),
                json!({"a": []}),
                "x.a: must be a boolean, not an array",
            ),
            (
                json!({"allOf": [{"type": "integer"}, {"minimum": 2}]}),
                json!(2),
                json!(1),
                "x: must be at least 2, not 1",
            ),
            (
                json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}),
                json!(1.5),
                json!(1),
                "x: fits 2 of its allowed shapes; send exactly one of them",
            ),
        ] {
            assert_eq!(check(&root, &schema, &good, "x"), Ok(()), "{schema}");
            assert_eq!(check(&root, &schema, &bad, "x"), Err(fault.to_owned()), "{schema}");
        }
        let time = json!({"type": "string", "format": "date-time"});
        assert_eq!(check(&root, &time, &json!("2026-01-01T00:00:00+09:00"), "x"), Ok(()));
        assert!(check(&root, &time, &json!("yesterday"), "x").is_err());
    }
}
