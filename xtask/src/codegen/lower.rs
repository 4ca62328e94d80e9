//! Spec → model: follows operations to the schemas they reach and reduces every type to one that Rust, C and C++ can hold.
//!
//! Inline objects and enumerations get the name of their place (`Order` + `shipTo` → `OrderShipTo`). What cannot be
//! expressed is a [`Problem`] that names the place and the mend; nothing is skipped.

use super::model::{Bounds, Field, Item, Kind, Model, Operation, Schema, Type};
use super::names;
use super::source::{Node, Problem, Source};

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];
/// Names that the emitters give to arguments beside the path parameters.
const OWN_ARGUMENTS: [&str; 8] = ["body", "params", "options", "client", "call", "out", "err", "error"];
const JSON: &str = "application/json";

/// Lowers the whole spec or says all that is wrong with it.
pub fn lower(source: &Source) -> Result<Model, Vec<Problem>> {
    let root = source.root();
    let order = root.at(&["components", "schemas"]).map_or(Vec::new(), |schemas| {
        schemas.entries().iter().map(|schema| schema.key().to_owned()).collect()
    });
    let mut lowering = Lowering {
        order,
        schemas: Vec::new(),
        problems: Vec::new(),
    };
    let mut operations = Vec::new();
    for path in root.get("paths").map_or(Vec::new(), |paths| paths.entries()) {
        for method in METHODS.iter().filter_map(|method| path.get(method)) {
            match lowering.operation(&path, &method) {
                Ok(operation) => operations.push(operation),
                Err(problem) => lowering.problems.push(problem),
            }
        }
    }
    lowering.schemas.sort_by(|a, b| a.0.cmp(&b.0));
    let mut schemas: Vec<Schema> = std::mem::take(&mut lowering.schemas)
        .into_iter()
        .map(|(_, schema)| schema)
        .collect();
    mark(&operations, &mut schemas);
    for schema in &schemas {
        if holds(&schema.name, &schema.name, &schemas, &mut Vec::new()) {
            let text = format!(
                "`{}` holds itself, directly or through others; put a list in between",
                schema.name
            );
            lowering.problems.push(root.problem(text));
        }
    }
    let token_header = root.at(&["components", "securitySchemes"]).and_then(|schemes| {
        let schemes = schemes.entries();
        schemes
            .iter()
            .find(|scheme| scheme.text("in") == Some("header"))
            .and_then(|scheme| scheme.text("name"))
            .map(str::to_owned)
    });
    let server = root
        .get("servers")
        .and_then(|servers| servers.items().first()?.text("url").map(str::to_owned));
    for (found, what) in [
        (&token_header, "an apiKey security scheme in a header"),
        (&server, "a server"),
    ] {
        if found.is_none() {
            lowering.problems.push(root.problem(format!(
                "the spec names no {what}; add one",
                what = what.trim_start_matches("an ").trim_start_matches("a ")
            )));
        }
    }
    let version = root
        .at(&["info", "version"])
        .and_then(|v| v.value().as_str())
        .unwrap_or("0")
        .to_owned();
    if lowering.problems.is_empty() {
        Ok(Model {
            version,
            server: server.unwrap_or_default(),
            token_header: token_header.unwrap_or_default().to_lowercase(),
            operations,
            schemas,
        })
    } else {
        Err(lowering.problems)
    }
}

struct Lowering {
    /// Names of the component schemas in spec order.
    order: Vec<String>,
    /// Each with its place: index of its component, then the order in which inline ones were met.
    schemas: Vec<((usize, usize), Schema)>,
    problems: Vec<Problem>,
}

/// A lowered schema node.
struct Lowered {
    ty: Type,
    nullable: bool,
    bounds: Bounds,
}

impl Lowering {
    fn operation(&mut self, path: &Node<'_>, node: &Node<'_>) -> Result<Operation, Problem> {
        let id = node.text("operationId").unwrap_or_default().to_owned();
        let name = names::pascal(&id);
        let (mut path_params, mut query) = (Vec::new(), Vec::new());
        let shared = path.get("parameters").map_or(Vec::new(), |list| list.items());
        let own = node.get("parameters").map_or(Vec::new(), |list| list.items());
        for param in shared.iter().chain(&own) {
            let param = param.resolve()?;
            let wire = param.text("name").unwrap_or_default();
            let place = param.text("in").unwrap_or_default();
            let schema = param
                .get("schema")
                .ok_or_else(|| param.problem(format!("parameter `{wire}` has no schema; add one")))?;
            let mut field = self.field(
                wire,
                &schema,
                &format!("{name}{}", names::pascal(wire)),
                param.flag("required"),
            )?;
            field.doc = text(param.text("description"));
            let flat = match &field.ty {
                Type::Json | Type::Object(_) => false,
                Type::List(item) => {
                    place == "query" && !matches!(item.ty, Type::Json | Type::Object(_)) && !item.nullable
                }
                _ => true,
            };
            if !flat || field.nullable {
                return Err(param.problem(format!(
                    "parameter `{wire}` of `{id}` must be a plain value, or in a query a list of plain values"
                )));
            }
            match place {
                "path" => path_params.push(field),
                "query" => query.push(field),
                other => {
                    return Err(param.problem(format!(
                        "parameter `{wire}` of `{id}` is in `{other}`, which cannot be generated; use path or query"
                    )));
                }
            }
        }
        if let Some(field) = path_params
            .iter()
            .find(|field| OWN_ARGUMENTS.contains(&field.name.as_str()))
        {
            return Err(node.problem(format!(
                "path parameter `{}` has the name of an argument of the SDK; rename it",
                field.wire
            )));
        }
        path_params.sort_by_key(|field| path.key().find(&format!("{{{}}}", field.wire)));
        for field in &path_params {
            if !path.key().contains(&format!("{{{}}}", field.wire)) {
                return Err(node.problem(format!(
                    "path parameter `{}` is not in the path `{}`",
                    field.wire,
                    path.key()
                )));
            }
        }
        if path.key().matches('{').count() != path_params.len() {
            return Err(node.problem(format!(
                "`{}` names a path parameter that is not described; describe each",
                path.key()
            )));
        }
        if let Some((a, b)) = twins(path_params.iter().chain(&query)) {
            return Err(node.problem(format!(
                "parameters `{a}` and `{b}` of `{id}` get the same name; rename one"
            )));
        }
        Ok(Operation {
            method: node.key().to_owned(),
            path: path.key().to_owned(),
            summary: text(node.text("summary")),
            doc: text(node.text("description")),
            deprecated: node.flag("deprecated"),
            body: self.body(node, &name)?,
            output: self.output(node, &name)?,
            id,
            path_params,
            query,
        })
    }

    fn body(&mut self, operation: &Node<'_>, name: &str) -> Result<Option<String>, Problem> {
        let Some(body) = operation.get("requestBody") else {
            return Ok(None);
        };
        let body = body.resolve()?;
        if !body.flag("required") {
            return Err(body.problem(format!(
                "the body of `{name}` is optional; set `required: true` or remove it"
            )));
        }
        self.content(&body, &format!("{name}Body"))
    }

    fn output(&mut self, operation: &Node<'_>, name: &str) -> Result<Option<String>, Problem> {
        let responses = operation
            .get("responses")
            .map_or(Vec::new(), |responses| responses.entries());
        let mut outputs = Vec::new();
        for response in responses.iter().filter(|response| response.key().starts_with('2')) {
            let output = self.content(&response.resolve()?, &format!("{name}Result"))?;
            if !outputs.contains(&output) {
                outputs.push(output);
            }
        }
        match outputs.len() {
            0 => Err(operation.problem(format!("`{name}` has no 2xx response; describe one"))),
            1 => Ok(outputs.remove(0)),
            _ => Err(operation.problem(format!("the 2xx responses of `{name}` differ; give them one schema"))),
        }
    }

    /// The object schema of a JSON body; `None` when there is no content.
    fn content(&mut self, node: &Node<'_>, hint: &str) -> Result<Option<String>, Problem> {
        let Some(content) = node.get("content") else {
            return Ok(None);
        };
        let kinds = content.entries();
        let schema = match kinds.as_slice() {
            [one] if one.key() == JSON => one.get("schema"),
            _ => {
                return Err(content.problem(format!(
                    "only `{JSON}` can be generated; `{hint}` offers something else"
                )));
            }
        };
        let schema = schema.ok_or_else(|| content.problem(format!("`{hint}` has no schema; add one")))?;
        match self.lowered(&schema, hint)?.ty {
            Type::Object(name) => Ok(Some(name)),
            _ => Err(schema.problem(format!(
                "`{hint}` must be an object with properties; wrap the value in one"
            ))),
        }
    }

    fn field(&mut self, wire: &str, node: &Node<'_>, hint: &str, required: bool) -> Result<Field, Problem> {
        let name = names::snake(wire);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.is_ascii() {
            return Err(node.problem(format!(
                "`{wire}` cannot be spelled in all languages; start it with an ASCII letter"
            )));
        }
        let doc = match node.text("description") {
            Some(own) => text(Some(own)),
            None => text(node.resolve()?.text("description")),
        };
        let Lowered { ty, nullable, bounds } = self.lowered(node, hint)?;
        Ok(Field {
            wire: wire.to_owned(),
            name,
            doc,
            ty,
            required,
            nullable,
            bounds,
        })
    }

    fn lowered(&mut self, node: &Node<'_>, hint: &str) -> Result<Lowered, Problem> {
        if node.text("$ref").is_some() {
            let target = node.resolve()?;
            return self.lowered(&target, &names::pascal(target.key()));
        }
        let nullable = node.flag("nullable");
        if let Some(parts) = node.get("allOf") {
            let [part] = &parts.items()[..] else {
                return Err(node.problem(format!(
                    "`{hint}` merges several schemas with allOf; write one object instead"
                )));
            };
            let lowered = self.lowered(part, hint)?;
            return Ok(Lowered {
                nullable: nullable || lowered.nullable,
                ..lowered
            });
        }
        if let Some(choice) = ["oneOf", "anyOf", "not"].iter().find(|key| node.get(key).is_some()) {
            return Err(node.problem(format!(
                "`{hint}` uses {choice}, which cannot be generated; write one type, or leave it out for any JSON"
            )));
        }
        let ty = match (node.text("type"), node.text("format")) {
            (Some("boolean"), _) => Type::Bool,
            (Some("integer"), Some("int32")) => Type::Int32,
            (Some("integer"), _) => Type::Int64,
            (Some("number"), _) => Type::Double,
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
                return Err(node.problem(format!(
                    "`{hint}` has the unknown type `{other}`; use a type of OpenAPI 3.0"
                )));
            }
        };
        if node.get("enum").is_some() && !matches!(ty, Type::Enum(_)) {
            return Err(node.problem(format!(
                "`{hint}` enumerates values that are not texts; use `type: string` or bounds"
            )));
        }
        let bounds = Bounds {
            min: node
                .int("minimum")
                .map(|min| min + i64::from(node.flag("exclusiveMinimum"))),
            max: node
                .int("maximum")
                .map(|max| max - i64::from(node.flag("exclusiveMaximum"))),
            min_len: node.int("minLength"),
            max_len: node.int("maxLength"),
            item: None,
        };
        Ok(Lowered { ty, nullable, bounds })
    }

    fn list(&mut self, node: &Node<'_>, hint: &str, nullable: bool) -> Result<Lowered, Problem> {
        let items = node
            .get("items")
            .ok_or_else(|| node.problem(format!("the list `{hint}` has no items; add them")))?;
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
        Ok(Lowered {
            ty: Type::List(Box::new(Item {
                ty: item.ty,
                nullable: item.nullable,
            })),
            nullable,
            bounds,
        })
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
        // Entered before its fields, so that an object may hold itself.
        self.named(node, name, |_| Ok(Kind::Object(Vec::new())))?;
        let required: Vec<&str> = node.get("required").map_or(Vec::new(), |list| {
            list.items().iter().filter_map(|item| item.value().as_str()).collect()
        });
        let mut fields = Vec::new();
        for property in node
            .get("properties")
            .map_or(Vec::new(), |properties| properties.entries())
        {
            let hint = format!("{name}{}", names::pascal(property.key()));
            match self.field(property.key(), &property, &hint, required.contains(&property.key())) {
                Ok(field) => fields.push(field),
                Err(problem) => self.problems.push(problem),
            }
        }
        if let Some(unknown) = required.iter().find(|wire| node.at(&["properties", wire]).is_none()) {
            return Err(node.problem(format!(
                "`{name}` requires `{unknown}`, which it does not have; describe it"
            )));
        }
        if let Some((a, b)) = twins(fields.iter()) {
            return Err(node.problem(format!(
                "properties `{a}` and `{b}` of `{name}` get the same name; rename one"
            )));
        }
        if let Some((_, schema)) = self.schemas.iter_mut().find(|(_, schema)| schema.name == name) {
            schema.kind = Kind::Object(fields);
        }
        Ok(name.to_owned())
    }

    /// Enters a named schema once; a second meaning of the same name is refused.
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
        if !self.schemas.iter().any(|(_, schema)| schema.name == name) {
            let owner = place.or_else(|| {
                self.order
                    .iter()
                    .position(|own| node.path().starts_with(&format!("components.schemas.{own}.")))
            });
            let key = (
                owner.unwrap_or(self.order.len()),
                if component { 0 } else { self.schemas.len() + 1 },
            );
            let schema = Schema {
                name: name.to_owned(),
                doc,
                kind: kind(node)?,
                input: false,
                output: false,
                root: false,
            };
            self.schemas.push((key, schema));
        }
        Ok(name.to_owned())
    }
}

/// Two fields that end up with one name.
fn twins<'a>(fields: impl Iterator<Item = &'a Field>) -> Option<(String, String)> {
    let fields: Vec<&Field> = fields.collect();
    let pairs = fields
        .iter()
        .enumerate()
        .flat_map(|(n, a)| fields[n + 1..].iter().map(move |b| (a, b)));
    pairs
        .into_iter()
        .find(|(a, b)| a.name == b.name)
        .map(|(a, b)| (a.wire.clone(), b.wire.clone()))
}

/// Whether `outer` contains `inner` without a list in between.
fn holds(outer: &str, inner: &str, schemas: &[Schema], seen: &mut Vec<String>) -> bool {
    if seen.iter().any(|name| name == outer) {
        return false;
    }
    seen.push(outer.to_owned());
    let Some(Schema {
        kind: Kind::Object(fields),
        ..
    }) = schemas.iter().find(|schema| schema.name == outer)
    else {
        return false;
    };
    fields
        .iter()
        .any(|field| matches!(&field.ty, Type::Object(name) if name == inner || holds(name, inner, schemas, seen)))
}

/// Marks what requests and responses carry, and what callers own.
fn mark(operations: &[Operation], schemas: &mut [Schema]) {
    for operation in operations {
        for field in operation.path_params.iter().chain(&operation.query) {
            spread(&field.ty, schemas, |schema| std::mem::replace(&mut schema.input, true));
        }
        if let Some(body) = &operation.body {
            spread(&Type::Object(body.clone()), schemas, |schema| {
                std::mem::replace(&mut schema.input, true)
            });
        }
        if let Some(output) = &operation.output {
            spread(&Type::Object(output.clone()), schemas, |schema| {
                std::mem::replace(&mut schema.output, true)
            });
            schemas
                .iter_mut()
                .filter(|schema| schema.name == *output)
                .for_each(|schema| schema.root = true);
        }
    }
}

/// Visits every schema that `ty` reaches; `visit` answers whether it had been there before.
fn spread(ty: &Type, schemas: &mut [Schema], visit: fn(&mut Schema) -> bool) {
    let name = match ty {
        Type::Enum(name) | Type::Object(name) => name,
        Type::List(item) => return spread(&item.ty, schemas, visit),
        _ => return,
    };
    let Some(schema) = schemas.iter_mut().find(|schema| schema.name == *name) else {
        return;
    };
    if visit(schema) {
        return;
    }
    if let Kind::Object(fields) = &schema.kind {
        for ty in fields.iter().map(|field| field.ty.clone()).collect::<Vec<_>>() {
            spread(&ty, schemas, visit);
        }
    }
}

/// Prose on one line that cannot end a C comment.
fn text(prose: Option<&str>) -> String {
    prose
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("*/", "* /")
}
