//! `cargo xtask abi`: compares libdesk with the lists in `abi/`, on which programs built before
//! rely.
//!
//! `header` reads desk.h and asks the C compiler for every size, offset and number; `compare`
//! decides whether a change breaks old programs. This file holds the task and the files of `abi/`.

mod compare;
mod header;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::toolchain::{self, cargo, finish, output};
pub use compare::Report;
pub use header::Header;

const SYMBOLS: &str = "symbols.txt";
const LAYOUT: &str = "layout.txt";
const MEND: &str = "run `cargo xtask abi --accept` and commit abi/";

/// Runs the task.
pub fn run(flags: &[&str]) -> Result<()> {
    let (accepts, allows) = match flags {
        [] => (false, false),
        ["--accept"] => (true, false),
        ["--accept", "--allow-abi-break"] | ["--allow-abi-break", "--accept"] => (true, true),
        _ => bail!("abi takes --accept, and with it --allow-abi-break"),
    };
    let root = crate::root();
    let (baseline, include) = (root.join("abi"), root.join("include"));
    exports_what_it_declares(&Header::read(&include)?)?;
    let work = toolchain::target_dir().join("abi");
    let report = if accepts {
        accept(&baseline, &include, env!("CARGO_PKG_VERSION"), allows, &work)?
    } else {
        let report = check(&baseline, &include, &work)?;
        report.refuse_breaks()?;
        ensure!(
            report.additions.is_empty(),
            "abi/ lacks what is new; no program breaks:\n  {}\n{MEND}",
            report.additions.join("\n  ")
        );
        report
    };
    for line in report.breaks.iter().chain(&report.additions) {
        println!("{line}");
    }
    println!("{}", if accepts { "abi/ is current" } else { "programs built before keep working" });
    Ok(())
}

/// Compares the files in `baseline` with the header in `include`.
pub fn check(baseline: &Path, include: &Path, work: &Path) -> Result<Report> {
    fs::create_dir_all(work).with_context(|| format!("cannot create {}", work.display()))?;
    let header = Header::read(include)?;
    let old = functions(&read(&baseline.join(SYMBOLS))?);
    let old = old.into_iter().map(|(name, (_, signature))| (name, signature)).collect();
    let mut report = compare::functions(&old, &header.functions);
    report.add(compare::layouts(&read(&baseline.join(LAYOUT))?, &header.layout(include, work)?));
    Ok(report)
}

/// Rewrites `baseline`; refuses a break unless `allow_break` is set.
pub fn accept(baseline: &Path, include: &Path, version: &str, allow_break: bool, work: &Path) -> Result<Report> {
    // On the first run every item is new.
    let known = baseline.join(SYMBOLS).exists();
    let report = if known { check(baseline, include, work)? } else { Report::default() };
    if !allow_break {
        report.refuse_breaks()?;
    }
    let header = Header::read(include)?;
    for folder in [baseline, work] {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let old = if known { functions(&read(&baseline.join(SYMBOLS))?) } else { BTreeMap::new() };
    let mut symbols =
        "# The functions of libdesk, the version that brought each, its result and its arguments. `cargo xtask abi --accept`\n\
         # writes this file.\n"
            .to_owned();
    for (name, signature) in &header.functions {
        symbols += &format!("{name} {} {signature}\n", old.get(name).map_or(version, |(since, _)| since));
    }
    let layout = format!(
        "# What programs that were compiled against desk.h have built in, on machines with 64-bit pointers: numbers of\n\
         # constants, members as first..end byte. `cargo xtask abi --accept` writes this file.\n{}",
        header.layout(include, work)?
    );
    for (name, text) in [(SYMBOLS, symbols), (LAYOUT, layout)] {
        fs::write(baseline.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    Ok(report)
}

/// The version that introduced each function and the function's signature, from `symbols.txt`.
pub fn functions(symbols: &str) -> BTreeMap<String, (String, String)> {
    let function = |line: &str| {
        let (name, rest) = line.split_once(' ')?;
        let (since, signature) = rest.split_once(' ')?;
        Some((name.to_owned(), (since.to_owned(), signature.to_owned())))
    };
    symbols.lines().filter(|line| !line.starts_with('#')).filter_map(function).collect()
}

/// The dynamic symbols that a library defines.
pub fn exports(library: &Path) -> Result<BTreeSet<String>> {
    let text = output(Command::new("nm").args(["--dynamic", "--defined-only"]).arg(library))?;
    Ok(text.lines().filter_map(|line| line.split_whitespace().last().map(str::to_owned)).collect())
}

/// Fails if the library and the header declare different functions. The header is generated from
/// the sources of the library, so this fails only if an item did not come from the generator.
fn exports_what_it_declares(header: &Header) -> Result<()> {
    finish(cargo().args(["build", "--quiet", "--package", "desk-ffi"]))?;
    same_functions(&exports(&toolchain::debug_dir().join("libdesk.so"))?, header)
}

fn same_functions(exported: &BTreeSet<String>, header: &Header) -> Result<()> {
    let declared: BTreeSet<String> = header.functions.keys().cloned().collect();
    let differ: Vec<&str> = exported.symmetric_difference(&declared).map(String::as_str).collect();
    ensure!(
        differ.is_empty(),
        "desk.h and libdesk.so do not have the same functions: {}; run `cargo xtask codegen`",
        differ.join(", ")
    );
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}; {MEND}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_on_one_side_only_is_named() {
        let header = Header::read(&crate::root().join("include")).expect("the header");
        let mut exported: BTreeSet<String> = header.functions.keys().cloned().collect();
        same_functions(&exported, &header).expect("the same");
        exported.remove("desk_version");
        exported.insert("rust_eh_personality".to_owned());
        let error = same_functions(&exported, &header).expect_err("two differ").to_string();
        assert!(error.contains(": desk_version, rust_eh_personality; run `cargo xtask codegen`"), "{error}");
    }

    #[test]
    fn arguments() {
        for flags in [&["--allow-abi-break"][..], &["--check"], &["--accept", "--accept"]] {
            let error = run(flags).expect_err("a refusal").to_string();
            assert_eq!(error, "abi takes --accept, and with it --allow-abi-break");
        }
    }
}
