//! Model → the methods of the client in `desk.hpp`, and the classes that read lists.

use askama::Template;

use super::c_async::taker;
use super::c_types::{export_type, iter_type};
use super::cpp_request::{cpp_input, to_c};
use super::cpp_result::seen;
use super::model::{Model, Operation, Paged, Schema, Type};
use super::names;

/// The methods of an operation.
#[derive(Template)]
#[template(path = "operation.hpp.jinja", escape = "none")]
pub struct Methods<'a> {
    operation: &'a Operation,
    deprecated: &'static str,
    arguments: Arguments,
    /// The class of the result.
    output: &'a str,
    /// The C name of the result.
    c_output: Option<String>,
    /// The C function that takes the result of an asynchronous call.
    taker: String,
    /// Both ways to read the operation's list.
    pub lists: Vec<List<'a>>,
}

/// A way to read a list.
pub struct List<'a> {
    /// The schema of the items.
    pub item: &'a str,
    /// Whether a step is a window of an export, not an item.
    pub windows: bool,
    /// The class whose steps read the list.
    pub class: String,
    /// The C name of that class.
    pub c_name: String,
    /// The method that makes an object of that class.
    name: String,
    arguments: Arguments,
}

/// The arguments of a method, in each form in which they are written.
#[derive(Default)]
struct Arguments {
    /// As declared.
    declared: Vec<String>,
    /// As passed to another method.
    forwarded: Vec<String>,
    /// Those that are turned into C structs first.
    objects: Vec<&'static str>,
    /// As passed to C.
    passed: Vec<String>,
    /// As captured by a lambda, which keeps copies.
    kept: Vec<String>,
}

/// The class that iterates over a list.
pub fn iter_class(paged: &Paged) -> String {
    format!("{}Iter", names::pascal(&paged.stem))
}

/// The class that exports a list.
pub fn export_class(paged: &Paged) -> String {
    format!("{}Export", names::pascal(&paged.stem))
}

/// The methods of every operation.
pub fn methods(model: &Model) -> Vec<Methods<'_>> {
    let one = |operation| Methods {
        operation,
        deprecated: if operation.deprecated { " Deprecated by the service." } else { "" },
        arguments: arguments(operation, operation.body.as_ref().and_then(|body| model.schema(body)), None),
        output: operation.output.as_deref().unwrap_or("void"),
        c_output: operation.output.as_deref().map(names::c_type),
        taker: taker(operation.output.as_deref()),
        lists: operation.paged.iter().flat_map(|paged| lists(operation, paged)).collect(),
    };
    model.operations.iter().map(one).collect()
}

fn lists<'a>(operation: &Operation, paged: &'a Paged) -> [List<'a>; 2] {
    [
        List {
            item: &paged.item,
            windows: false,
            class: iter_class(paged),
            c_name: iter_type(paged),
            name: format!("{}_iter", paged.stem),
            arguments: arguments(operation, None, Some(("iter_options", "IterOptions"))),
        },
        List {
            item: &paged.item,
            windows: true,
            class: export_class(paged),
            c_name: export_type(paged),
            name: format!("{}_export", paged.stem),
            arguments: arguments(operation, None, Some(("export_options", "ExportOptions"))),
        },
    ]
}

/// Path, query, body, and then options: `own`, by name and type, and those of every call.
fn arguments(operation: &Operation, body: Option<&Schema>, own: Option<(&'static str, &str)>) -> Arguments {
    let mut all = Arguments::default();
    for field in &operation.path_params {
        let name = names::cpp(&field.name);
        let (ty, passed, kept) = match &field.ty {
            Type::Text | Type::Date => {
                ("detail::Text".to_owned(), format!("detail::c_text({name})"), format!("{name} = {name}.copy()"))
            }
            ty => (seen(ty), to_c(ty, &name), name.clone()),
        };
        all.declared.push(format!("{ty} {name}"));
        all.passed.push(passed);
        all.kept.push(kept);
        all.forwarded.push(name);
    }
    let mut object = |name: &'static str, ty: &str, default: &str| {
        all.declared.push(format!("const {ty}& {name}{default}"));
        all.passed.push(format!("&c_{name}"));
        all.kept.push(name.to_owned());
        all.forwarded.push(name.to_owned());
        all.objects.push(name);
    };
    // Only trailing arguments have defaults.
    if !operation.query.is_empty() {
        let optional = body.is_none() && operation.query.iter().all(|field| !field.required);
        object("params", &operation.params_type(), if optional { " = {}" } else { "" });
    }
    if let Some(body) = body {
        object("body", &cpp_input(body), "");
    }
    for (name, ty) in own.into_iter().chain([("options", "CallOptions")]) {
        object(name, ty, " = {}");
    }
    all
}
