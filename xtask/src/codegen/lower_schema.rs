//! Schemas of the spec → types and named schemas of the model; `lower.rs` calls this half of the
//! lowering for every parameter, body and result.

use super::lower::{Lowering, text, twins};
use super::model::{Bounds, Field, Item, Kind, Schema, Type};
use super::names;
use super::source::{Node, Problem};

/// A lowered schema node.
pub struct Lowered {
    pub ty: Type,
    pub nullable: bool,
    pub bounds: Bounds,
}

impl Lowering {
    pub fn field(&mut self, wire: &str, node: &Node<'_>, hint: &str, required: bool) -> Result<Field, Problem> {
        let name = names::snake(wire);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.is_ascii() {
            return Err(
                node.problem(format!("`{wire}` cannot be spelled in all languages; start it with an ASCII letter"))
            );
        }
        let doc = match node.text("description") {
            Some(own) => text(Some(own)),
            None => text(node.resolve()?.text("description")),
        };
        let Lowered { ty, nullable, bounds } = self.lowered(node, hint)?;
        Ok(Field { wire: wire.to_owned(), name, doc, ty, required, nullable, bounds })
    }

    pub fn lowered(&mut self, node: &Node<'_>, hint: &str) -> Result<Lowered, Problem> {
        if node.text("$ref").is_some() {
            let target = node.resolve()?;
            return self.lowered(&target, &names::pascal(target.key()));
        }
        let nullable = node.flag("nullable");
        if let Some(parts) = node.get("allOf") {
            let [part] = &parts.items()[..] else {
                return Err(
                    node.problem(format!("`{hint}` merges several schemas with allOf; write one object instead"))
                );
            };
            let lowered = self.lowered(part, hint)?;
            return Ok(Lowered { nullable: nullable || lowered.nullable, ..lowered });
        }
        if let Some(choice) = ["oneOf", "anyOf", "not"].iter().find(|key| node.get(key).is_some()) {
            return Err(node.problem(format!(
                "`{hint}` uses {choice}, which cannot be generated; write one type, or leave it out for any JSON"
            )));
        }
        let ty = match (node.text("type"), node.text("format")) {
            (Some("boolean"), _) => Type::Bool,
            (Some("integer"), Some("int32")) => Type::Int32,
            (Some("integer"), None | Some("int64")) => Type::Int64,
            (Some("number"), None | Some("double" | "float")) => Type::Double,
            (Some("integer" | "number"), Some(format)) => {
                return Err(node.problem(format!(
                    "`{hint}` has the format `{format}`, which not all languages can hold; use int32, int64 or double"
                )));
            }
            (Some("string"), _) if node.get("enum").is_some() => Type::Enum(self.enumeration(node, hint)?),
            (Some("string"), Some("date")) => Type::Date,
            (Some("string"), Some("date-time")) => Type::Time,
            (Some("string"), Some("binary")) => {
                return Err(node.problem(format!("`{hint}` is binary, which JSON cannot hold; use text")));
            }
            (Some("string"), _) => Type::Text,
            (Some("array"), _) => return self.list(node, hint, nullable),
            (Some("object") | None, _) if node.get("properties").is_some() => Type::Object(self.object(node, hint)?),
            (Some("object") | None, _) => Type::Json,
            (Some(other), _) => {
                return Err(node.problem(format!("`{hint}` has the unknown type `{other}`; use a type of OpenAPI 3.0")));
            }
        };
        if node.get("enum").is_some() && !matches!(ty, Type::Enum(_)) {
            return Err(
                node.problem(format!("`{hint}` enumerates values that are not texts; use `type: string` or bounds"))
            );
        }
        let whole = matches!(ty, Type::Int32 | Type::Int64);
        for key in ["minimum", "maximum"] {
            if whole && node.get(key).is_some() && node.int(key).is_none() {
                return Err(node.problem(format!("`{key}` of `{hint}` must be a whole number, as its type is")));
            }
            let exclusive = format!("exclusive{}", names::pascal(key));
            if !whole && node.flag(&exclusive) {
                return Err(node.problem(format!(
                    "`{exclusive}` can be checked for whole numbers only; write an inclusive bound"
                )));
            }
        }
        let float =
            |key: &str| node.value().get(key).and_then(yaml_serde::Value::as_f64).filter(|_| ty == Type::Double);
        let bounds = Bounds {
            low: float("minimum"),
            high: float("maximum"),
            min: node.int("minimum").map(|min| min + i64::from(node.flag("exclusiveMinimum"))),
            max: node.int("maximum").map(|max| max - i64::from(node.flag("exclusiveMaximum"))),
            min_len: node.int("minLength"),
            max_len: node.int("maxLength"),
            item: None,
        };
        Ok(Lowered { ty, nullable, bounds })
    }

    fn list(&mut self, node: &Node<'_>, hint: &str, nullable: bool) -> Result<Lowered, Problem> {
        let items =
            node.get("items").ok_or_else(|| node.problem(format!("the list `{hint}` has no items; add them")))?;
        let item = self.lowered(&items, &format!("{hint}Item"))?;
        if matches!(item.ty, Type::List(_)) {
            return Err(items.problem(format!("`{hint}` is a list of lists; wrap the inner list in an object")));
        }
        let bounds = Bounds {
            min_len: node.int("minItems"),
            max_len: node.int("maxItems"),
            item: (item.bounds != Bounds::default()).then(|| Box::new(item.bounds)),
            ..Bounds::default()
        };
        Ok(Lowered { ty: Type::List(Box::new(Item { ty: item.ty, nullable: item.nullable })), nullable, bounds })
    }

    fn enumeration(&mut self, node: &Node<'_>, name: &str) -> Result<String, Problem> {
        self.named(node, name, |node| {
            let mut values = Vec::new();
            for item in node.get("enum").map_or(Vec::new(), |list| list.items()) {
                match item.value().as_str() {
                    Some(value) => values.push(value.to_owned()),
                    None if item.value().is_null() => {}
                    None => return Err(item.problem(format!("`{name}` lists a value that is not text; quote it"))),
                }
            }
            let mut seen = vec!["Other".to_owned(), "Unknown".to_owned()];
            for value in &values {
                let variant = names::pascal(value);
                if !variant.starts_with(|c: char| c.is_ascii_alphabetic()) || seen.contains(&variant) {
                    return Err(node.problem(format!(
                        "the value `{value}` of `{name}` has no name of its own (`{variant}`); change it"
                    )));
                }
                seen.push(variant);
            }
            Ok(Kind::Enum(values))
        })
    }

    fn object(&mut self, node: &Node<'_>, name: &str) -> Result<String, Problem> {
        if self.schemas.iter().any(|(_, schema)| schema.name == name) {
            return self.named(node, name, |_| Ok(Kind::Object(Vec::new())));
        }
        // Enter the schema before its fields, so that an object may contain itself.
        self.named(node, name, |_| Ok(Kind::Object(Vec::new())))?;
        let required: Vec<&str> = node
            .get("required")
            .map_or(Vec::new(), |list| list.items().iter().filter_map(|item| item.value().as_str()).collect());
        let mut fields = Vec::new();
        for property in node.get("properties").map_or(Vec::new(), |properties| properties.entries()) {
            let hint = format!("{name}{}", names::pascal(property.key()));
            match self.field(property.key(), &property, &hint, required.contains(&property.key())) {
                Ok(field) => fields.push(field),
                Err(problem) => self.problems.push(problem),
            }
        }
        if let Some(unknown) = required.iter().find(|wire| node.at(&["properties", wire]).is_none()) {
            return Err(node.problem(format!("`{name}` requires `{unknown}`, which it does not have; describe it")));
        }
        if let Some((a, b)) = twins(fields.iter()) {
            return Err(node.problem(format!("properties `{a}` and `{b}` of `{name}` get the same name; rename one")));
        }
        if let Some((_, schema)) = self.schemas.iter_mut().find(|(_, schema)| schema.name == name) {
            schema.kind = Kind::Object(fields);
        }
        Ok(name.to_owned())
    }

    /// Enters a named schema once; refuses a second meaning of the same name.
    fn named(
        &mut self,
        node: &Node<'_>,
        name: &str,
        kind: impl FnOnce(&Node<'_>) -> Result<Kind, Problem>,
    ) -> Result<String, Problem> {
        let doc = text(node.text("description"));
        let component = node.path().starts_with("components.schemas.") && node.path().matches('.').count() == 2;
        let place = self.order.iter().position(|own| names::pascal(own) == name);
        if !component && place.is_some() {
            return Err(node.problem(format!(
                "this inline schema would be named `{name}`, which is taken; give it a name of its own"
            )));
        }
        match self.origins.iter().find(|(own, _)| own == name) {
            Some((_, origin)) if *origin != node.path() => {
                return Err(node.problem(format!("`{name}` is also the name of `{origin}`; rename one")));
            }
            Some(_) => {}
            None => self.origins.push((name.to_owned(), node.path())),
        }
        if !self.schemas.iter().any(|(_, schema)| schema.name == name) {
            let owner = place.or_else(|| {
                self.order.iter().position(|own| node.path().starts_with(&format!("components.schemas.{own}.")))
            });
            let key = (owner.unwrap_or(self.order.len()), if component { 0 } else { self.schemas.len() + 1 });
            let schema =
                Schema { name: name.to_owned(), doc, kind: kind(node)?, input: false, output: false, root: false };
            self.schemas.push((key, schema));
        }
        Ok(name.to_owned())
    }
}
