//! Rules for the spec that no parser enforces: descriptions are complete, keys are spelled right,
//! responses stay open.
//!
//! openapiv3 drops unknown keys, so the lint compares the YAML with the parsed document.
//! `lower.rs`, not the lint, reports schemas that the generator cannot express.

use openapiv3::OpenAPI;
use yaml_serde::Value;

use super::bulk;
use super::names;
use super::paged;
use super::source::{Node, Problem, Source};

/// The keys that the generator reads; any other key would silently have no effect.
const PATH_KEYS: [&str; 8] = ["get", "put", "post", "patch", "delete", "parameters", "summary", "description"];
const OPERATION_KEYS: [&str; 11] = [
    "operationId",
    "tags",
    "summary",
    "description",
    "parameters",
    "requestBody",
    "responses",
    "deprecated",
    "externalDocs",
    paged::KEY,
    bulk::KEY,
];
const PARAMETER_KEYS: [&str; 8] =
    ["name", "in", "required", "description", "schema", "example", "examples", "deprecated"];
const SCHEMA_KEYS: [&str; 25] = [
    "type",
    "format",
    "nullable",
    "description",
    "title",
    "enum",
    "properties",
    "required",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "additionalProperties",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "default",
    "example",
    "deprecated",
];
const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// All problems of the spec.
pub fn lint(source: &Source) -> Vec<Problem> {
    let root = source.root();
    let mut problems = Vec::new();
    match yaml_serde::from_value::<OpenAPI>(root.value().clone()) {
        Ok(parsed) => match yaml_serde::to_value(&parsed) {
            Ok(back) => dropped(&root, &back, &mut problems),
            Err(error) => problems.push(root.problem(format!("cannot be written back: {error}"))),
        },
        Err(error) => problems.push(root.problem(format!("is not OpenAPI 3.0: {error}"))),
    }
    if !root.text("openapi").is_some_and(|version| version.starts_with("3.0.")) {
        problems.push(root.problem("`openapi` must be 3.0.x; progenitor reads no other version"));
    }
    let mut ids = Vec::new();
    for path in root.get("paths").map_or(Vec::new(), |paths| paths.entries()) {
        known(&path, &PATH_KEYS, &mut problems);
        for param in path.get("parameters").map_or(Vec::new(), |list| list.items()) {
            parameter(&param, &mut problems);
        }
        for operation in METHODS.iter().filter_map(|method| path.get(method)) {
            self::operation(&operation, &mut ids, &mut problems);
        }
    }
    for kind in ["schemas", "parameters", "responses"] {
        for node in root.at(&["components", kind]).map_or(Vec::new(), |nodes| nodes.entries()) {
            match kind {
                "schemas" => schema(&node, true, &mut problems),
                "parameters" => parameter(&node, &mut problems),
                _ => body(&node, &mut problems),
            }
        }
    }
    problems
}

/// Keys of `node` that are missing in `back`.
fn dropped(node: &Node<'_>, back: &Value, problems: &mut Vec<Problem>) {
    // An example is free-form, and a null in it means the same as an absent key.
    if node.key() == "example" || node.key() == "enum" {
        return;
    }
    for child in node.entries() {
        let found =
            back.as_mapping().and_then(|map| map.iter().find(|(key, _)| super::source::key_text(key) == child.key()));
        match found {
            Some((_, value)) => dropped(&child, value, problems),
            None if matches!(child.value(), Value::Bool(false) | Value::Null) => {}
            None if child.value().as_sequence().is_some_and(|list| list.is_empty()) => {}
            None => problems.push(
                child.problem(format!("`{}` is no key that OpenAPI 3.0 has here; mend its spelling", child.key())),
            ),
        }
    }
    for (item, value) in node.items().iter().zip(back.as_sequence().into_iter().flatten()) {
        dropped(item, value, problems);
    }
}

fn operation(node: &Node<'_>, ids: &mut Vec<String>, problems: &mut Vec<Problem>) {
    known(node, &OPERATION_KEYS, problems);
    for key in ["summary", "description"] {
        described(node, key, problems);
    }
    if node.get("tags").is_none_or(|tags| tags.items().len() != 1) {
        problems.push(node.problem("an operation needs exactly one tag; add it"));
    }
    match node.text("operationId") {
        None => problems.push(node.problem("an operation needs an operationId; add one in the form `noun_verb`")),
        Some(id) if id != names::snake(id) || !id.contains('_') => {
            problems.push(node.problem(format!("operationId `{id}` must be snake case in the form `noun_verb`")));
        }
        Some(id) if ids.iter().any(|other| other == id) => {
            problems.push(node.problem(format!("operationId `{id}` is used twice; rename one")));
        }
        Some(id) => ids.push(id.to_owned()),
    }
    for param in node.get("parameters").map_or(Vec::new(), |list| list.items()) {
        parameter(&param, problems);
    }
    if let Some(request) = node.get("requestBody") {
        body(&request, problems);
    }
    for response in node.get("responses").map_or(Vec::new(), |responses| responses.entries()) {
        body(&response, problems);
        if response.key().starts_with('2') {
            for schema in response
                .get("content")
                .map_or(Vec::new(), |content| content.entries())
                .iter()
                .filter_map(|c| c.get("schema"))
            {
                open(&schema, &mut Vec::new(), problems);
            }
        }
    }
}

fn parameter(node: &Node<'_>, problems: &mut Vec<Problem>) {
    if node.text("$ref").is_some() {
        return;
    }
    known(node, &PARAMETER_KEYS, problems);
    described(node, "description", problems);
    if let Some(inner) = node.get("schema") {
        schema(&inner, false, problems);
    }
    let number = node.at(&["schema", "type"]).and_then(|kind| kind.value().as_str()) == Some("integer");
    if number && node.at(&["schema", "minimum"]).is_none() {
        problems.push(
            node.problem(format!(
                "parameter `{}` needs its bounds; add `minimum`",
                node.text("name").unwrap_or_default()
            )),
        );
    }
}

/// Checks a request or response and its example.
fn body(node: &Node<'_>, problems: &mut Vec<Problem>) {
    if node.text("$ref").is_some() {
        return;
    }
    described(node, "description", problems);
    for content in node.get("content").map_or(Vec::new(), |content| content.entries()) {
        if content.get("example").is_none() && content.get("examples").is_none() {
            problems.push(content.problem("a body needs an example; add one"));
        }
        if let Some(inner) = content.get("schema") {
            schema(&inner, false, problems);
        }
    }
}

fn schema(node: &Node<'_>, named: bool, problems: &mut Vec<Problem>) {
    if node.text("$ref").is_some() {
        return;
    }
    known(node, &SCHEMA_KEYS, problems);
    if named {
        described(node, "description", problems);
    }
    for property in node.get("properties").map_or(Vec::new(), |properties| properties.entries()) {
        let one = |key| property.get(key).map_or(Vec::new(), |list| list.items());
        if property.text("$ref").is_none() && one("allOf").len() != 1 {
            described(&property, "description", problems);
        }
        schema(&property, false, problems);
    }
    if let Some(items) = node.get("items") {
        schema(&items, false, problems);
    }
}

/// Refuses limits on a response that would reject later additions of the service.
fn open(node: &Node<'_>, seen: &mut Vec<String>, problems: &mut Vec<Problem>) {
    let node = match node.resolve() {
        Ok(node) => node,
        Err(problem) => return problems.push(problem),
    };
    if seen.contains(&node.path()) {
        return;
    }
    seen.push(node.path());
    for key in ["minLength", "maxLength", "pattern", "minItems", "maxItems"] {
        if let Some(limit) = node.get(key) {
            problems
                .push(limit.problem(format!("`{key}` on a response would refuse what the service sends; remove it")));
        }
    }
    if node.get("additionalProperties").is_some_and(|extra| extra.value().as_bool() == Some(false)) {
        problems.push(node.problem("`additionalProperties: false` on a response would refuse new fields; remove it"));
    }
    let properties = node.get("properties").map_or(Vec::new(), |properties| properties.entries());
    for inner in properties.iter().chain(&node.get("items")) {
        open(inner, seen, problems);
    }
    for part in node.get("allOf").map_or(Vec::new(), |parts| parts.items()) {
        open(&part, seen, problems);
    }
}

/// Refuses keys without effect. Extensions are for people and other tools, except for those with
/// our prefix.
fn known(node: &Node<'_>, keys: &[&str], problems: &mut Vec<Problem>) {
    let theirs = |key: &str| key.starts_with("x-") && !key.starts_with("x-desk-");
    for child in node.entries().iter().filter(|child| !keys.contains(&child.key()) && !theirs(child.key())) {
        problems.push(child.problem(format!("`{}` has no effect on the generated code; remove it", child.key())));
    }
}

fn described(node: &Node<'_>, key: &str, problems: &mut Vec<Problem>) {
    if node.text(key).is_none_or(|text| text.trim().is_empty()) {
        problems.push(node.problem(format!("`{}` has no {key}; add one", node.path())));
    }
}
