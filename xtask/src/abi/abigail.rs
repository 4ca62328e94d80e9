//! Compares functions with libabigail, which, unlike the lists, follows every argument and result
//! to its last pointer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Header;
use crate::toolchain::{c_compiler, finish};

/// The result of abidiff.
pub(super) enum Verdict {
    Same,
    /// Only new functions, and structs that grew as expected.
    Grown,
    /// A break, with the report of abidiff.
    Breaks(String),
}

/// Writes the types of all functions to `file`, which has no paths or line numbers and so changes
/// only if the types do.
pub(super) fn write(file: &Path, header: &Header, include: &Path, work: &Path) -> Result<()> {
    let mut abidw = Command::new("abidw");
    abidw.args(["--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed", "--no-parameter-names"]);
    abidw.args(["--no-architecture", "--type-id-style", "hash", "--out-file"]).arg(file);
    run(abidw.arg(library(header, include, work)?)).map(drop)
}

/// Compares `file` with a header.
pub(super) fn compare(
    file: &Path,
    header: &Header,
    include: &Path,
    grown: &BTreeSet<String>,
    work: &Path,
) -> Result<Verdict> {
    let library = library(header, include, work)?;
    let suppressions = work.join("growth.ini");
    // A suppressed insertion at the end also hides the struct's other changes; the lists catch
    // those.
    let growth = |name: &String| format!("[suppress_type]\nname = {name}\nhas_data_member_inserted_at = end\n\n");
    fs::write(&suppressions, grown.iter().map(growth).collect::<String>())
        .with_context(|| format!("cannot write {}", suppressions.display()))?;
    let abidiff = |flags: &[&str]| {
        let mut command = Command::new("abidiff");
        run(command
            .args(["--no-default-suppression", "--no-show-locs", "--no-architecture"])
            .args(flags)
            .arg(file)
            .arg(&library))
    };
    if abidiff(&[])?.is_none() {
        return Ok(Verdict::Same);
    }
    let suppressions = suppressions.to_str().context("the target folder is not UTF-8")?;
    Ok(match abidiff(&["--no-added-syms", "--suppressions", suppressions])? {
        None => Verdict::Grown,
        Some(report) => Verdict::Breaks(report),
    })
}

/// The report of a tool that found changes; `None` if it found none.
fn run(command: &mut Command) -> Result<Option<String>> {
    // Bits of abidiff's exit code.
    const FAILED: i32 = 1 | 2;
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| {
        format!("cannot run {name}; install libabigail's tools (Debian: apt-get install abigail-tools)")
    })?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match output.status.code() {
        Some(0) => Ok(None),
        Some(code) if code & FAILED == 0 => Ok(Some(text)),
        _ => bail!("{name} failed ({}): {text}{}", output.status, String::from_utf8_lossy(&output.stderr)),
    }
}

/// Compiles the library of empty functions with full debug information.
fn library(header: &Header, include: &Path, work: &Path) -> Result<PathBuf> {
    let (source, library) = (work.join("libdesk.c"), work.join("libdesk.so"));
    fs::write(&source, header.stub()).with_context(|| format!("cannot write {}", source.display()))?;
    let mut compiler = Command::new(c_compiler()?);
    // The debug information records the name of the source as given, so the compiler gets no path.
    compiler.current_dir(work).args(["-std=c99", "-g", "-shared", "-fPIC", "-I"]).arg(include);
    compiler.args(["libdesk.c", "-o", "libdesk.so"]);
    finish(&mut compiler)?;
    Ok(library)
}
