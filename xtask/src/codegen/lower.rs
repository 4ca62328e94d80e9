//! Spec → model: follows operations to the schemas that they reach and reduces every type to one
//! that Rust, C and C++ can hold.
//!
//! Inline objects and enumerations get the name of their place (`Order` + `shipTo` →
//! `OrderShipTo`). A schema that cannot be expressed is a [`Problem`] that names the place and the
//! fix; the lowering never skips one.

use super::model::{Field, Model, Operation, Schema, Type};
use super::names;
use super::reach::{holds, mark};
use super::source::{Node, Problem, Source};

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];
/// Names that the emitters give to arguments next to the path parameters.
const OWN_ARGUMENTS: [&str; 9] = ["body", "params", "options", "iter_options", "client", "call", "out", "err", "error"];
const JSON: &str = "application/json";

/// Lowers the whole spec or returns all its problems.
pub fn lower(source: &Source) -> Result<Model, Vec<Problem>> {
    let root = source.root();
    let order = root
        .at(&["components", "schemas"])
        .map_or(Vec::new(), |schemas| schemas.entries().iter().map(|schema| schema.key().to_owned()).collect());
    let mut lowering = Lowering { order, schemas: Vec::new(), origins: Vec::new(), problems: Vec::new() };
    let mut operations: Vec<Operation> = Vec::new();
    let mut bulk = Vec::new();
    for path in root.get("paths").map_or(Vec::new(), |paths| paths.entries()) {
        for method in METHODS.iter().filter_map(|method| path.get(method)) {
            match lowering.operation(&path, &method) {
                Ok(operation) => {
                    if operation.bulk.is_some() {
                        bulk.push((method, operations.len()));
                    }
                    operations.push(operation);
                }
                Err(problem) => lowering.problems.push(problem),
            }
        }
    }
    // An extension may name operations that follow its own in the spec.
    for (node, place) in bulk {
        match lowering.evidence(&node, &operations[place], &operations) {
            Ok(evidence) => {
                if let Some(bulk) = &mut operations[place].bulk {
                    bulk.evidence = evidence;
                }
            }
            Err(problem) => lowering.problems.push(problem),
        }
    }
    lowering.schemas.sort_by_key(|(place, _)| *place);
    let mut schemas: Vec<Schema> =
        std::mem::take(&mut lowering.schemas).into_iter().map(|(_, schema)| schema).collect();
    mark(&operations, &mut schemas);
    for schema in &schemas {
        if holds(&schema.name, &schema.name, &schemas, &mut Vec::new()) {
            let text = format!("`{}` holds itself, directly or through others; put a list in between", schema.name);
            lowering.problems.push(root.problem(text));
        }
    }
    for paged in operations.iter().filter_map(|operation: &Operation| operation.paged.as_ref()) {
        let taken = ["stream", "export", "pages"].map(|what| format!("{}_{what}", paged.stem));
        if let Some(twin) = operations.iter().find(|operation| taken.contains(&operation.id)) {
            let text =
                format!("operation `{}` has the name of a method made for `{}_list`; rename it", twin.id, paged.stem);
            lowering.problems.push(root.problem(text));
        }
    }
    // The security scheme of the whole spec.
    let scheme = root.get("security").and_then(|list| Some(list.items().first()?.entries().first()?.key().to_owned()));
    let scheme = scheme.and_then(|name| root.at(&["components", "securitySchemes", &name]));
    let scheme = scheme.filter(|scheme| scheme.text("type") == Some("apiKey") && scheme.text("in") == Some("header"));
    let token_header = scheme.and_then(|scheme| scheme.text("name").map(str::to_owned));
    let server = root.get("servers").and_then(|servers| servers.items().first()?.text("url").map(str::to_owned));
    for (found, what) in [(&token_header, "`security` with an apiKey in a header"), (&server, "`servers`")] {
        if found.is_none() {
            lowering.problems.push(root.problem(format!("the spec lacks {what}; add it")));
        }
    }
    let version = root.at(&["info", "version"]).and_then(|v| v.value().as_str()).unwrap_or("0").to_owned();
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

pub struct Lowering {
    /// Names of the component schemas in spec order.
    pub order: Vec<String>,
    /// Each schema with its rank: index of its component, then the order in which the lowering met
    /// inline ones.
    pub schemas: Vec<((usize, usize), Schema)>,
    /// The place where the lowering first met each name.
    pub origins: Vec<(String, String)>,
    pub problems: Vec<Problem>,
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
            let mut field =
                self.field(wire, &schema, &format!("{name}{}", names::pascal(wire)), param.flag("required"))?;
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
        if let Some(field) = path_params.iter().find(|field| OWN_ARGUMENTS.contains(&field.name.as_str())) {
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
            return Err(
                node.problem(format!("`{}` names a path parameter that is not described; describe each", path.key()))
            );
        }
        if let Some((a, b)) = twins(path_params.iter().chain(&query)) {
            return Err(node.problem(format!("parameters `{a}` and `{b}` of `{id}` get the same name; rename one")));
        }
        let mut operation = Operation {
            method: node.key().to_owned(),
            path: path.key().to_owned(),
            summary: text(node.text("summary")),
            doc: text(node.text("description")),
            deprecated: node.flag("deprecated"),
            body: self.body(node, &name)?,
            output: self.output(node, &name)?,
            paged: None,
            bulk: None,
            id,
            path_params,
            query,
        };
        operation.paged = self.paged(node, &operation)?;
        operation.bulk = self.bulk(node, &operation)?;
        Ok(operation)
    }

    fn body(&mut self, operation: &Node<'_>, name: &str) -> Result<Option<String>, Problem> {
        let Some(body) = operation.get("requestBody") else {
            return Ok(None);
        };
        let body = body.resolve()?;
        if !body.flag("required") {
            return Err(body.problem(format!("the body of `{name}` is optional; set `required: true` or remove it")));
        }
        self.content(&body, &format!("{name}Body"))
    }

    fn output(&mut self, operation: &Node<'_>, name: &str) -> Result<Option<String>, Problem> {
        let responses = operation.get("responses").map_or(Vec::new(), |responses| responses.entries());
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
                return Err(content.problem(format!("only `{JSON}` can be generated; `{hint}` offers something else")));
            }
        };
        let schema = schema.ok_or_else(|| content.problem(format!("`{hint}` has no schema; add one")))?;
        match self.lowered(&schema, hint)?.ty {
            Type::Object(name) => Ok(Some(name)),
            _ => Err(schema.problem(format!("`{hint}` must be an object with properties; wrap the value in one"))),
        }
    }
}

/// The wire names of two fields that get the same name.
pub fn twins<'a>(fields: impl Iterator<Item = &'a Field>) -> Option<(String, String)> {
    let fields: Vec<&Field> = fields.collect();
    let pairs = fields.iter().enumerate().flat_map(|(n, a)| fields[n + 1..].iter().map(move |b| (a, b)));
    pairs.into_iter().find(|(a, b)| a.name == b.name).map(|(a, b)| (a.wire.clone(), b.wire.clone()))
}

/// Prose on one line that cannot end a C comment.
pub fn text(prose: Option<&str>) -> String {
    prose.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ").replace("*/", "* /")
}
