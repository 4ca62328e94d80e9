//! `cargo xtask codegen`: reads the inputs, then writes or compares the outputs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use similar::{ChangeTag, TextDiff};

use super::{Files, Generated, header, surface};
use crate::toolchain;

const SPEC: &str = "openapi/desk.yaml";
const GENERATED: [&str; 4] =
    ["crates/desk-cli/src/generated", "crates/desk-client/src/generated", "crates/desk-ffi/src/generated", "include"];
const REMEDY: &str = "run `cargo xtask codegen`";

/// Generates all files from the inputs below `root`.
pub fn from_disk(root: &Path) -> Result<Generated> {
    let spec = read(&root.join(SPEC))?;
    super::generate(SPEC, &spec, &runtime(root)?, env!("CARGO_PKG_VERSION"))
}

/// The hand-written sources of desk-ffi that the header shows.
pub fn runtime(root: &Path) -> Result<Vec<(String, String)>> {
    let source = |name: &&str| Ok(((*name).to_owned(), read(&root.join(format!("crates/desk-ffi/src/{name}.rs")))?));
    header::RUNTIME.iter().map(source).collect()
}

/// Writes every output that differs and removes stale ones. Refuses a change that would break C
/// programs built before.
pub fn write(root: &Path, allow_abi_break: bool) -> Result<()> {
    let generated = from_disk(root)?;
    if !allow_abi_break {
        let breaks = surface::breaks(&committed_surface(root)?, &generated.c_surface);
        if !breaks.is_empty() {
            bail!(
                "C programs built before would break:\n  {}\nkeep these, or accept the break with `cargo xtask codegen --allow-abi-break`",
                breaks.join("\n  ")
            );
        }
    }
    let mut changed = 0;
    for (path, new) in differences(root, &generated.files)? {
        let file = root.join(&path);
        match new {
            Some(text) => {
                let dir = file.parent().context("an output has no folder")?;
                fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
                fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
            }
            None => fs::remove_file(&file).with_context(|| format!("cannot remove {path}"))?,
        }
        println!("{path}");
        changed += 1;
    }
    println!("{changed} of {} files changed", generated.files.len());
    Ok(())
}

/// Writes the outputs, the snapshots of the tests, and the lists in `abi/`; prints how the surface
/// of each language changes.
pub fn accept(root: &Path, allow_abi_break: bool) -> Result<()> {
    let surfaces = || {
        let text = |language: &str| {
            let name = format!("xtask/tests/tasks/snapshots/tasks__codegen__{language}_surface.snap");
            read(&root.join(name)).map(|text| (language.to_owned(), text))
        };
        ["rust", "c"].map(text).into_iter().collect::<Result<Vec<_>>>()
    };
    let before = surfaces()?;
    write(root, allow_abi_break)?;
    let mut tests = toolchain::cargo();
    tests.args(["test", "--workspace", "--features", "xtask/codegen", "--test", "tasks", "codegen::"]);
    toolchain::finish(tests.env("INSTA_UPDATE", "always").env("INSTA_FORCE_PASS", "1"))?;
    let include = root.join("include");
    let work = toolchain::target_dir().join("abi");
    crate::abi::accept(&root.join("abi"), &include, env!("CARGO_PKG_VERSION"), allow_abi_break, &work)?;
    for ((language, old), (_, new)) in before.iter().zip(surfaces()?) {
        let diff = TextDiff::from_lines(old, &new);
        let changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
        let lines: String = changes.map(|change| format!("  {}{change}", change.tag())).collect();
        println!("surface of {language}: {}", if lines.is_empty() { "unchanged" } else { "changed" });
        print!("{lines}");
    }
    Ok(())
}

/// Compares the outputs without writing; returns an error if any is stale.
pub fn check(root: &Path) -> Result<()> {
    let stale = differences(root, &from_disk(root)?.files)?;
    for (path, new) in &stale {
        let old = fs::read_to_string(root.join(path)).unwrap_or_default();
        let diff = TextDiff::from_lines(old.as_str(), new.as_deref().unwrap_or(""));
        print!(
            "{}",
            diff.unified_diff().context_radius(3).header(&format!("committed {path}"), &format!("generated {path}"))
        );
    }
    if !stale.is_empty() {
        bail!("{} generated files are stale; {REMEDY}", stale.len());
    }
    Ok(())
}

/// Outputs that differ from the disk; `None` for a file that must go.
fn differences(root: &Path, files: &Files) -> Result<Vec<(String, Option<String>)>> {
    let mut changed = Vec::new();
    for (path, text) in files {
        if fs::read_to_string(root.join(path)).ok().as_ref() != Some(text) {
            changed.push((path.clone(), Some(text.clone())));
        }
    }
    let mut found = BTreeSet::new();
    for dir in GENERATED {
        for entry in fs::read_dir(root.join(dir)).into_iter().flatten() {
            let name = entry.with_context(|| format!("cannot list {dir}"))?.file_name();
            found.insert(format!("{dir}/{}", name.to_string_lossy()));
        }
    }
    changed.extend(found.into_iter().filter(|path| !files.contains_key(path)).map(|path| (path, None)));
    Ok(changed)
}

/// The C surface of the files on disk.
fn committed_surface(root: &Path) -> Result<Vec<String>> {
    let mut sources = runtime(root)?;
    for name in super::FFI_ITEMS {
        if let Ok(text) = fs::read_to_string(root.join(format!("crates/desk-ffi/src/generated/{name}.rs"))) {
            sources.push((name.to_owned(), text));
        }
    }
    Ok(surface::c(&header::items(&sources)?))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
