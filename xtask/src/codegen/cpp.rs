//! Model → `include/desk.hpp`: C++17 over `desk.h`, header-only.
//!
//! The folder `templates` holds the text: fixed parts (errors, results, lists, options) as C++, and
//! templates of the parts that repeat per schema and operation. The modules `cpp*` compute the
//! names and types in them.

use anyhow::{Result, bail};
use askama::Template;

use super::cpp_operation::{Methods, export_class, iter_class, methods};
use super::cpp_request::{Request, cpp_input, requests};
use super::cpp_result::{Class, classes};
use super::model::{Kind, Model};
use super::names;

const RUNTIME: &str = include_str!("../../templates/runtime.hpp");
const ASYNC: &str = include_str!("../../templates/async.hpp");
const STEPS: &str = include_str!("../../templates/steps.hpp");
const OPTIONS: &str = include_str!("../../templates/options.hpp");
const CLIENT: &str = include_str!("../../templates/client.hpp");

/// The header as a template.
#[derive(Template)]
#[template(path = "desk.hpp.jinja", escape = "none")]
struct Header<'a> {
    model: &'a Model,
    requests: Vec<Request<'a>>,
    classes: Vec<Class<'a>>,
    operations: Vec<Methods<'a>>,
    before_operations: &'static str,
    after_operations: &'static str,
}

/// Refuses two classes with the same name.
fn no_twins(model: &Model) -> Result<()> {
    // Names in `detail` do not collide with names of the spec.
    let mut detail = false;
    let runtime = [RUNTIME, ASYNC, STEPS, OPTIONS, CLIENT].into_iter().flat_map(str::lines).filter_map(|line| {
        detail = (detail || line == "namespace detail {") && line != "}  // namespace detail";
        let rest = ["class ", "enum class ", "using "].iter().find_map(|start| line.strip_prefix(start))?;
        rest.split(|c: char| !c.is_alphanumeric()).find(|word| !detail && !word.is_empty() && *word != "nodiscard")
    });
    let mut taken: Vec<String> = runtime.map(str::to_owned).collect();
    taken.sort();
    taken.dedup();
    let mut claim = |name: String, what: &str| {
        if taken.contains(&name) {
            bail!("`{name}` in C++ would mean two things, one of them {what}; rename it in the spec");
        }
        taken.push(name);
        Ok(())
    };
    for schema in &model.schemas {
        let what = format!("schema `{}`", schema.name);
        claim(schema.name.clone(), &what)?;
        if schema.output && matches!(schema.kind, Kind::Object(_)) {
            claim(format!("{}View", schema.name), &what)?;
        }
        let input = cpp_input(schema);
        if schema.input && input != schema.name {
            claim(input, &what)?;
        }
    }
    for operation in &model.operations {
        let what = format!("operation `{}`", operation.id);
        if !operation.query.is_empty() {
            claim(operation.params_type(), &what)?;
        }
        if let Some(paged) = &operation.paged {
            claim(iter_class(paged), &what)?;
            claim(export_class(paged), &what)?;
        }
    }
    Ok(())
}

/// The header.
pub fn emit(model: &Model) -> Result<String> {
    no_twins(model)?;
    let (before_operations, after_operations) = CLIENT.split_once("  // OPERATIONS\n").unwrap_or((CLIENT, ""));
    let header = Header {
        model,
        requests: requests(model),
        classes: classes(model),
        operations: methods(model),
        before_operations,
        after_operations,
    };
    Ok(wrapped(&header.render()?))
}

/// Wraps comments that are too long; each line begins with the same mark.
fn wrapped(text: &str) -> String {
    let wrap = |line: &str| match line.split_once("/// ") {
        Some((indent, prose)) if indent.trim().is_empty() && line.len() > 120 => {
            let lines = names::wrap(prose, 116 - indent.len());
            lines.iter().map(|prose| format!("{indent}/// {prose}\n")).collect::<String>()
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(wrap).collect()
}
