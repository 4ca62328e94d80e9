//! The generator: spec → lint → model → Rust client → C ABI → headers. Pure functions from text to
//! text.
//!
//! [`generate`] returns every generated file; `codegen` writes the files, `codegen --check` and the
//! tests compare them.

mod bulk;
mod c_abi;
mod c_async;
mod c_exports;
mod c_fields;
mod c_input;
mod c_lists;
mod c_output;
mod c_reader;
mod c_twins;
mod c_types;
mod cli;
mod cli_arguments;
mod cli_bulk;
mod cli_lists;
pub mod command;
mod cpp;
mod cpp_operation;
mod cpp_request;
mod cpp_result;
mod cut;
mod header;
mod lint;
mod lower;
mod lower_schema;
mod model;
mod names;
mod paged;
mod progenitor;
mod reach;
mod rust;
mod rust_checks;
mod rust_lists;
mod rust_types;
mod source;
pub mod surface;

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use proc_macro2::TokenStream;

/// First line of every generated Rust file.
const MARK: &str = "// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.\n\n";

/// Generated files: path from the root of the repository → content.
pub type Files = BTreeMap<String, String>;

/// The generated files of desk-ffi that the header shows, in its order.
const FFI_ITEMS: [&str; 8] =
    ["constants", "inputs", "outputs", "fields", "operations", "asynchronous", "lists", "exports"];

/// The output of the generator.
pub struct Generated {
    /// Every file.
    pub files: Files,
    /// The C surface, one line for each item.
    pub c_surface: Vec<String>,
    /// The Rust surface, one line for each item.
    pub rust_surface: Vec<String>,
}

/// Generates all files from the spec `text`. `runtime` holds the hand-written sources of desk-ffi
/// that the header shows, by file name; `version` is the version of the product.
pub fn generate(file: &str, text: &str, runtime: &[(String, String)], version: &str) -> Result<Generated> {
    let source = source::Source::parse(file, text).map_err(|problem| anyhow!("{problem}"))?;
    let mut problems = lint::lint(&source);
    let model = lower::lower(&source).map_err(|more| problems.extend(more));
    let model = match model {
        Ok(model) if problems.is_empty() => model,
        _ => {
            let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            lines.dedup();
            bail!("the spec cannot be generated from:\n{}", lines.join("\n"));
        }
    };

    let wire = progenitor::emit(&model)?;
    let requests = rust::requests(&model, &wire)?;
    let mut files = Files::new();
    let client = |name: &str| format!("crates/desk-client/src/generated/{name}.rs");
    files.insert(client("wire"), format!("{MARK}{}", prettyplease::unparse(&wire)));
    for (name, tokens) in [
        ("mod", rust::module(&model)),
        ("enums", rust::enums(&model)),
        ("params", rust::params(&model)),
        ("builders", rust::builders(&model)),
        ("operations", rust::operations(&model)),
        ("requests", requests),
        ("lists", rust_lists::emit(&model)),
        ("methods", rust::methods(&model)),
    ] {
        files.insert(client(name), pretty(tokens).with_context(|| format!("generated/{name}.rs of desk-client"))?);
    }

    c_twins::check(&model, &header::items(runtime)?)?;
    let ffi = |name: &str| format!("crates/desk-ffi/src/generated/{name}.rs");
    for (name, tokens) in [
        ("mod", c_abi::module()),
        ("constants", c_abi::constants(&model)),
        ("inputs", c_input::emit(&model)?),
        ("outputs", c_output::emit(&model)?),
        ("fields", c_fields::emit(&model)),
        ("operations", c_abi::operations(&model)),
        ("asynchronous", c_async::emit(&model)),
        ("lists", c_lists::emit(&model)),
        ("exports", c_exports::emit(&model)),
        ("readers", c_reader::emit(&model)),
    ] {
        files.insert(ffi(name), pretty(tokens).with_context(|| format!("generated/{name}.rs of desk-ffi"))?);
    }
    for (name, tokens) in [
        ("mod", cli::module()),
        ("operations", cli::operations(&model)),
        ("lists", cli_lists::emit(&model)),
        ("pages", cli_lists::pages(&model)),
    ] {
        let text = pretty(tokens).with_context(|| format!("generated/{name}.rs of desk-cli"))?;
        files.insert(format!("crates/desk-cli/src/generated/{name}.rs"), text);
    }
    let mut sources = runtime.to_vec();
    sources.extend(FFI_ITEMS.map(|name| (name.to_owned(), files[&ffi(name)].clone())));
    let items = header::items(&sources)?;
    files.insert("include/desk.h".to_owned(), header::emit(&items, version)?);
    files.insert("include/desk.hpp".to_owned(), cpp::emit(&model)?);
    let shown = |name| files[&client(name)].as_str();
    let modules = ["operations", "requests", "lists"].map(|name| (name, shown(name)));
    let rust_surface = surface::rust(shown("methods"), &modules, &["params", "wire", "enums"].map(shown))?;
    Ok(Generated { c_surface: surface::c(&items), rust_surface, files })
}

/// Formats items as Rust text.
fn pretty(tokens: TokenStream) -> Result<String> {
    let text = tokens.to_string();
    let file: syn::File = syn::parse2(tokens).with_context(|| format!("not Rust: {text}"))?;
    Ok(format!("{MARK}{}", prettyplease::unparse(&file)))
}
