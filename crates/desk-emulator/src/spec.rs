//! The embedded `openapi/desk.yaml`, parsed once, which validates all requests.
//!
//! An operation is found by its method and path template. Parameters and bodies are validated
//! against the schemas of the spec, so a change of the spec needs no change here. Rules that need
//! the data, such as the existence of a group, are in the store. The tests validate the responses.

use std::sync::LazyLock;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::schema;

static SPEC: LazyLock<Value> = LazyLock::new(|| {
    yaml_serde::from_str(include_str!("../../../openapi/desk.yaml")).expect("the spec of the repository is valid YAML")
});

/// The ids of all operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    let path_items = SPEC["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let operations = path_items.filter_map(Value::as_object).flat_map(|path_item| path_item.values());
    operations.filter_map(|operation| operation["operationId"].as_str())
}

/// One operation of the spec.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    /// The path item, which can hold parameters for all its operations.
    path_item: &'static Value,
    operation: &'static Value,
}

impl Operation {
    /// Finds the operation of a lower-case method and a path template such as
    /// `/proactive_chats/{proactive_id}`.
    pub(crate) fn find(method: &str, template: &str) -> Option<Self> {
        let path_item = SPEC["paths"].get(template)?;
        Some(Self { path_item, operation: path_item.get(method)? })
    }

    /// The operation id.
    pub(crate) fn id(self) -> &'static str {
        self.operation["operationId"].as_str().unwrap_or_default()
    }

    /// Validates each documented parameter in `location` (`path` or `query`) for which `value_of`
    /// returns a value, except the `unchecked` parameters. Undocumented parameters are ignored.
    pub(crate) fn check_parameters<'v>(
        self,
        location: &str,
        unchecked: &[&str],
        value_of: impl Fn(&str) -> Option<&'v str>,
    ) -> Result<()> {
        for parameter in self.parameters().filter(|parameter| parameter["in"] == location) {
            let Some(name) = parameter["name"].as_str().filter(|name| !unchecked.contains(name)) else {
                continue;
            };
            match value_of(name) {
                Some(text) => {
                    let value = parse_parameter(schema::resolve(&SPEC, &parameter["schema"]), text);
                    schema::check(&SPEC, &parameter["schema"], &value, name).map_err(Error::invalid)?;
                }
                None if parameter["required"] == true => return Err(Error::invalid(format!("{name}: is required"))),
                None => {}
            }
        }
        Ok(())
    }

    /// Validates a request body.
    pub(crate) fn check_body(self, body: &Value) -> Result<()> {
        match self.body_schema() {
            Some(schema) => schema::check(&SPEC, schema, body, "body").map_err(Error::invalid),
            None => Ok(()),
        }
    }

    /// Whether the operation takes a JSON body.
    pub(crate) fn takes_body(self) -> bool {
        self.body_schema().is_some()
    }

    /// Whether the operation has this parameter.
    pub(crate) fn has_parameter(self, location: &str, name: &str) -> bool {
        self.parameters().any(|parameter| parameter["in"] == location && parameter["name"] == name)
    }

    fn parameters(self) -> impl Iterator<Item = &'static Value> {
        let lists = [self.operation, self.path_item].map(|owner| owner["parameters"].as_array());
        lists.into_iter().flatten().flatten().map(|parameter| schema::resolve(&SPEC, parameter))
    }

    fn body_schema(self) -> Option<&'static Value> {
        schema::resolve(&SPEC, self.operation.get("requestBody")?).pointer("/content/application~1json/schema")
    }
}

/// Parses a parameter as its schema requires. Text that is no such number or boolean stays text,
/// and the type check refuses it.
fn parse_parameter(schema: &Value, text: &str) -> Value {
    let parsed = match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_operation() -> impl Iterator<Item = Operation> {
        let templates = SPEC["paths"].as_object().into_iter().flat_map(|paths| paths.keys());
        let methods = ["get", "post", "put", "patch", "delete"];
        templates.flat_map(move |template| methods.into_iter().filter_map(|method| Operation::find(method, template)))
    }

    /// Keywords that describe a schema and do not constrain values.
    const ANNOTATIONS: [&str; 4] = ["description", "example", "default", "deprecated"];

    fn assert_known(schema: &Value) {
        for (key, value) in schema.as_object().into_iter().flatten() {
            let known = schema::KEYWORDS.contains(&key.as_str()) || ANNOTATIONS.contains(&key.as_str());
            assert!(known, "schema.rs does not check the keyword `{key}` of a request; teach it");
            if key == "format" {
                assert!(
                    ["int32", "int64", "date-time"].contains(&value.as_str().unwrap_or_default()),
                    "format {value}"
                );
            }
        }
        let schema = schema::resolve(&SPEC, schema);
        schema["properties"].as_object().into_iter().flatten().for_each(|(_, property)| assert_known(property));
        ["allOf", "oneOf"].iter().for_each(|key| schema[*key].as_array().into_iter().flatten().for_each(assert_known));
        schema.get("items").into_iter().for_each(assert_known);
        if let Some(target) = schema.get("$ref") {
            panic!("{target} leads nowhere");
        }
    }

    #[test]
    fn every_keyword_of_the_request_schemas_is_checked() {
        let mut bodies = 0;
        for operation in every_operation() {
            operation.parameters().for_each(|parameter| assert_known(&parameter["schema"]));
            bodies += operation.body_schema().map(assert_known).iter().count();
        }
        assert!(bodies > 0);
    }

    #[test]
    fn examples_of_the_spec_are_valid() {
        for operation in every_operation().filter(|operation| operation.takes_body()) {
            operation
                .check_body(&operation.operation["requestBody"]["content"]["application/json"]["example"])
                .unwrap();
        }
    }
}
