//! An independent validator of responses against the spec: the `jsonschema` crate.

use std::sync::LazyLock;

use serde_json::{Value, json};

static SPEC: LazyLock<Value> = LazyLock::new(|| {
    let mut spec = yaml_serde::from_str(include_str!("../../../../openapi/desk.yaml")).unwrap();
    nullable_to_json_schema(&mut spec);
    spec
});

/// Replaces OpenAPI 3.0's `nullable: true` by the JSON Schema type `null`.
fn nullable_to_json_schema(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.remove("nullable") == Some(json!(true)) {
                let kind = members["type"].clone();
                members.insert("type".to_owned(), json!([kind, "null"]));
            }
            members.values_mut().for_each(nullable_to_json_schema);
        }
        Value::Array(items) => items.iter_mut().for_each(nullable_to_json_schema),
        _ => {}
    }
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(target) => SPEC.pointer(&target[1..]).unwrap(),
        None => value,
    }
}

/// The path template of the spec that matches `path`.
fn template(path: &str) -> Option<&'static str> {
    let pieces: Vec<_> = path.trim_end_matches('/').split('/').collect();
    SPEC["paths"].as_object().unwrap().keys().map(String::as_str).find(|template| {
        let wanted: Vec<_> = template.split('/').collect();
        wanted.len() == pieces.len()
            && wanted.iter().zip(&pieces).all(|(wanted, piece)| wanted.starts_with('{') || wanted == piece)
    })
}

/// Panics unless the spec documents the response for the operation at `path` (below the base URL,
/// without query). Ignores paths and methods that are not in the spec.
pub(crate) fn check(method: &str, path: &str, status: u16, body: &Value) {
    let operation = template(path).and_then(|template| SPEC["paths"][template].get(method.to_lowercase()));
    let Some(operation) = operation else { return };
    let name = &operation["operationId"];
    let response = operation["responses"].get(status.to_string());
    let response = response.unwrap_or_else(|| panic!("{name} answered {status}, which the spec does not have: {body}"));
    let schema = &resolve(response)["content"]["application/json"]["schema"];
    let whole = json!({ "components": { "schemas": SPEC["components"]["schemas"] }, "allOf": [schema] });
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap();
    let faults: Vec<_> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{name} {status}: {faults:?} in {body}");
    check_times(body);
}

/// Times must have exactly six digits and `Z`; the schema's format allows more.
fn check_times(body: &Value) {
    match body {
        Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
            Some(time) if name.ends_with("At") => {
                let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
                assert_eq!(shape, "0000-00-00T00:00:00.000000Z", "{name}: {time}");
            }
            _ => check_times(value),
        }),
        Value::Array(items) => items.iter().for_each(check_times),
        _ => {}
    }
}

#[test]
fn validator_refuses_undocumented_responses() {
    let page = json!({"count": 1, "results": [], "previous": null, "next": null});
    check("GET", "/chat_messages", 200, &page);
    for (status, body) in [(200, json!({"count": "1", "results": []})), (500, json!({})), (401, json!({"code": []}))] {
        let refused = std::panic::catch_unwind(|| check("GET", "/chat_messages", status, &body));
        assert!(refused.is_err(), "{status} {body}");
    }
}
