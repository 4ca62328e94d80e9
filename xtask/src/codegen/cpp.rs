//! Model → `include/desk.hpp`: C++17 over `desk.h`, header-only.
//!
//! The text files next to this one hold the fixed parts (errors, results, lists, options); this
//! module emits the parts that repeat per schema and operation.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::c_async::taker;
use super::c_types::{export_type, input_type, iter_type};
use super::cpp_request::{cpp_input, inner_first, request, to_c};
use super::cpp_result::{getter, owner, seen, view};
use super::model::{Kind, Model, Operation, Paged, Schema, Type};
use super::names;

const RUNTIME: &str = include_str!("desk_hpp_runtime.txt");
const ASYNC: &str = include_str!("desk_hpp_async.txt");
const STEPS: &str = include_str!("desk_hpp_steps.txt");
const OPTIONS: &str = include_str!("desk_hpp_options.txt");
const CLIENT: &str = include_str!("desk_hpp_client.txt");

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
    let mut out = [RUNTIME, ASYNC, STEPS].concat();
    for (schema, values) in model.enums() {
        enumeration(&mut out, schema, values);
    }
    for (schema, _) in model.objects().filter(|(schema, _)| schema.output) {
        let _ = writeln!(out, "class {}View;", schema.name);
    }
    for (schema, fields) in inner_first(model) {
        request(&mut out, &cpp_input(schema), &input_type(schema), &schema.doc, fields, model);
    }
    for operation in model.operations.iter().filter(|operation| !operation.query.is_empty()) {
        let about = format!("Query parameters of Client::{}.", operation.id);
        request(
            &mut out,
            &operation.params_type(),
            &format!("desk_{}_params", operation.id),
            &about,
            &operation.query,
            model,
        );
    }
    let results: Vec<_> = model.objects().filter(|(schema, _)| schema.output).collect();
    for (schema, fields) in &results {
        view(&mut out, schema, fields);
    }
    // Getters that return other views are defined after all views.
    for (schema, fields) in &results {
        for field in fields.iter() {
            let _ = write!(out, "{}", getter(schema, field, true));
        }
    }
    for (schema, fields) in results.iter().filter(|(schema, _)| schema.root) {
        owner(&mut out, schema, fields);
    }
    for paged in model.operations.iter().filter_map(|operation| operation.paged.as_ref()) {
        let (iter, item) = (iter_type(paged), names::c_type(&paged.item));
        let _ = write!(
            out,
            "/// Iterates over every {class}; see Steps.\nusing {name} =\n    Steps<{class}View, {iter}, detail::next_item<{class}View, {iter}, {item}, {iter}_next>, {iter}_next_async, {iter}_is_ready, {iter}_free>;\n\n",
            name = iter_class(paged),
            class = paged.item,
        );
        let export = export_type(paged);
        let _ = write!(
            out,
            "/// Exports every {class}, window by window, with proof that no item is lost or duplicated; see Steps and Window.\nusing {name} =\n    Steps<Window<{class}View>, {export}, detail::next_window<{class}View, {export}, {item}, {export}_next, {export}_at>, {export}_next_async, {export}_is_ready, {export}_free>;\n\n",
            name = export_class(paged),
            class = paged.item,
        );
    }
    let (before, after) = CLIENT.split_once("  // OPERATIONS\n").unwrap_or((CLIENT, ""));
    out += OPTIONS;
    out += before;
    for operation in &model.operations {
        method(&mut out, operation, model);
        asynchronous(&mut out, operation, model);
        if let Some(paged) = &operation.paged {
            lists(&mut out, operation, paged);
        }
    }
    Ok(wrapped(&(out + after)))
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

fn enumeration(out: &mut String, schema: &Schema, values: &[String]) {
    let _ = writeln!(out, "/// {}\nenum class {} : std::int32_t {{", schema.doc, schema.name);
    let _ = writeln!(out, "  Unknown = 0,  ///< a value that this version does not know");
    for value in values {
        let _ =
            writeln!(out, "  {} = {},  ///< `{value}`", names::pascal(value), names::c_const(&[&schema.name, value]));
    }
    out.push_str("};\n\n");
}

/// The arguments of a method, in each form in which they are written.
struct Arguments {
    /// As declared.
    declared: String,
    /// As passed to another method.
    forwarded: String,
    /// The statements that turn them into C values.
    prepared: String,
    /// As passed to C.
    passed: String,
    /// As captured by a lambda, which keeps copies.
    kept: String,
}

/// Path, query, body, and then `options`: the name and type of each.
fn arguments(operation: &Operation, body: Option<&Schema>, options: &[(&str, &str)]) -> Arguments {
    let (mut declared, mut forwarded, mut prepared, mut passed, mut kept) =
        (Vec::new(), Vec::new(), String::new(), String::new(), Vec::new());
    for field in &operation.path_params {
        let ty = match &field.ty {
            Type::Text | Type::Date => "detail::Text".to_owned(),
            ty => seen(ty),
        };
        let name = names::cpp(&field.name);
        declared.push(format!("{ty} {name}"));
        passed += &match &field.ty {
            Type::Text | Type::Date => format!("detail::c_text({name}), "),
            ty => format!("{}, ", to_c(ty, &name)),
        };
        kept.push(match &field.ty {
            Type::Text | Type::Date => format!("{name} = {name}.copy()"),
            _ => name.clone(),
        });
        forwarded.push(name);
    }
    let mut object = |name: &str, ty: &str, default: &str| {
        declared.push(format!("const {ty}& {name}{default}"));
        forwarded.push(name.to_owned());
        kept.push(name.to_owned());
        let _ = writeln!(prepared, "    const auto c_{name} = {name}.c_value(scratch);");
        let _ = write!(passed, "&c_{name}, ");
    };
    // Only trailing arguments have defaults.
    if !operation.query.is_empty() {
        let optional = body.is_none() && operation.query.iter().all(|field| !field.required);
        object("params", &operation.params_type(), if optional { " = {}" } else { "" });
    }
    if let Some(body) = body {
        object("body", &cpp_input(body), "");
    }
    for (name, ty) in options {
        object(name, ty, " = {}");
    }
    Arguments {
        declared: declared.join(", "),
        forwarded: forwarded.join(", "),
        prepared,
        passed,
        kept: kept.join(", "),
    }
}

fn iter_class(paged: &Paged) -> String {
    format!("{}Iter", names::pascal(&paged.stem))
}

fn export_class(paged: &Paged) -> String {
    format!("{}Export", names::pascal(&paged.stem))
}

/// Both ways to read a list.
fn lists(out: &mut String, operation: &Operation, paged: &Paged) {
    let about = "Iterates over every item of {}, page by page; items inserted or deleted during the iteration can shift others.";
    steps(out, operation, about, &format!("{}_iter", paged.stem), &iter_class(paged), ("iter_options", "IterOptions"));
    let about = "Exports every item of {}, window by window, with proof that no item is lost or duplicated.";
    let export = format!("{}_export", paged.stem);
    steps(out, operation, about, &export, &export_class(paged), ("export_options", "ExportOptions"));
}

fn steps(out: &mut String, operation: &Operation, about: &str, name: &str, class: &str, own: (&str, &str)) {
    let Arguments { declared, forwarded, prepared, passed, .. } =
        arguments(operation, None, &[own, ("options", "CallOptions")]);
    let (about, c) = (about.replace("{}", &operation.id), format!("desk_{name}"));
    let deprecated = if operation.deprecated { " Deprecated by the service." } else { "" };
    let _ = write!(
        out,
        "  /// {about}{deprecated} Sends no request before the first step.\n  Result<{class}> try_{name}({declared}) const {{\n    detail::Scratch scratch;\n{prepared}    return detail::call<{class}, {c}>(scratch, [&]({c}** out, desk_error** err) {{\n      return {c}_new(c_ptr(), {passed}out, err);\n    }}, options.stop_);\n  }}\n#ifndef DESK_NO_EXCEPTIONS\n  /// Like try_{name}, but throws Error; an input range.\n  {class} {name}({declared}) const {{ return try_{name}({forwarded}).value(); }}\n#endif\n\n"
    );
}

fn method(out: &mut String, operation: &Operation, model: &Model) {
    let id = &operation.id;
    let body = operation.body.as_ref().and_then(|body| model.schema(body));
    let Arguments { declared, forwarded, prepared, passed, .. } =
        arguments(operation, body, &[("options", "CallOptions")]);
    let output = operation.output.as_deref().unwrap_or("void");
    let deprecated = if operation.deprecated { " Deprecated by the service." } else { "" };
    let about = format!("{}. {}{deprecated}", operation.summary.trim_end_matches('.'), operation.doc);
    let call = match &operation.output {
        Some(output) => {
            let c = names::c_type(output);
            format!(
                "return detail::call<{output}, {c}>(scratch, [&]({c}** out, desk_error** err) {{\n      return desk_{id}(c_ptr(), {passed}out, err);\n    }});"
            )
        }
        None => format!(
            "return detail::call_plain(scratch, [&](desk_error** err) {{\n      return desk_{id}(c_ptr(), {passed}err);\n    }});"
        ),
    };
    let _ = write!(
        out,
        "  /// {about}\n  ///\n  /// Blocks until the response is complete or the deadline passes. Any thread.\n  Result<{output}> try_{id}({declared}) const {{\n    detail::Scratch scratch;\n{prepared}    {call}\n  }}\n#ifndef DESK_NO_EXCEPTIONS\n  /// Like try_{id}, but throws Error.\n  {output} {id}({declared}) const {{ return try_{id}({forwarded}).value(); }}\n#endif\n\n"
    );
}

fn asynchronous(out: &mut String, operation: &Operation, model: &Model) {
    let id = &operation.id;
    let body = operation.body.as_ref().and_then(|body| model.schema(body));
    let Arguments { declared, prepared, passed, kept, .. } = arguments(operation, body, &[("options", "CallOptions")]);
    let output = operation.output.as_deref().unwrap_or("void");
    let deprecated = if operation.deprecated { " Deprecated by the service." } else { "" };
    let taker = taker(operation.output.as_deref());
    let take = match &operation.output {
        Some(output) => {
            let c = names::c_type(output);
            format!(
                "return detail::call<{output}, {c}>(detail::Scratch(), [&]({c}** out, desk_error** err) {{\n            return {taker}(op, out, err);\n          }});"
            )
        }
        None => format!(
            "return detail::call_plain(detail::Scratch(), [&](desk_error** err) {{ return {taker}(op, err); }});"
        ),
    };
    let prepared = prepared.replace("    const", "          const");
    let _ = write!(
        out,
        "  /// Like {id}, without blocking; see Async.{deprecated} Any thread.\n  Async<{output}> {id}_async({declared}) const {{\n    return Async<{output}>(\n        [weak_core = std::weak_ptr<Core>(core_), {kept}](const detail::Completion& end) {{\n          const auto live_core = weak_core.lock();\n          detail::Scratch scratch;\n{prepared}          return detail::call_plain(scratch, [&](desk_error** err) {{\n            const auto open = hold(live_core);\n            return desk_{id}_async(c_client(live_core), {passed}end.callback, end.user_data, end.user_data_free, end.op, err);\n          }});\n        }},\n        [](const desk_op* op) {{\n          {take}\n        }},\n        options.stop_);\n  }}\n\n"
    );
}
