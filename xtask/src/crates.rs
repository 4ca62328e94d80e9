//! The crates whose code is in libdesk, with their licences, checksums and sources.
//!
//! `cargo tree` lists them, with the features of this build: no macros, no build scripts, no tests.
//! Cargo's metadata and Cargo.lock supply the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::toolchain::{cargo, output};

/// Name and version.
pub type Id = (String, String);

/// A crate.
#[derive(Debug)]
pub struct Crate {
    /// The licence as an SPDX expression.
    pub licence: String,
    /// The authors in its manifest, which may name none.
    pub authors: Vec<String>,
    pub description: String,
    pub repository: Option<String>,
    /// SHA-256 of its package; `None` for crates of this repository.
    pub checksum: Option<String>,
    /// The crates that it calls.
    pub dependencies: BTreeSet<Id>,
    /// The folder with its sources.
    pub folder: PathBuf,
}

/// All crates, including those of this repository.
pub type Crates = BTreeMap<Id, Crate>;

/// The crate that libdesk is built from.
pub const ROOT: &str = "desk-ffi";

/// Asks cargo for the crates that are linked into libdesk.
pub fn linked() -> Result<Crates> {
    let target = host()?.triple;
    let tree = output(
        cargo()
            .args(["tree", "--locked", "--package", ROOT, "--edges", "normal,no-proc-macro"])
            .args(["--prefix", "depth", "--format", "|{p}|", "--target", &target]),
    )?;
    let dependencies = dependencies(&tree)?;
    let metadata =
        output(cargo().args(["metadata", "--locked", "--format-version", "1", "--filter-platform", &target]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata")?;
    let lock = fs::read_to_string(crate::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let checksums = checksums(&lock);

    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let mut crates = Crates::new();
    for package in packages {
        let text = |key: &str| package[key].as_str().map(str::to_owned);
        let id = (text("name").context("a package without a name")?, text("version").context("a version")?);
        let Some(dependencies) = dependencies.get(&id) else { continue };
        let manifest = text("manifest_path").map(PathBuf::from).context("a package without a manifest")?;
        let licence = text("license").with_context(|| format!("{} {} names no licence", id.0, id.1))?;
        let authors = package["authors"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let found = Crate {
            // Old manifests separate alternatives with a slash.
            licence: licence.replace(" / ", " OR ").replace('/', " OR "),
            authors: authors.map(str::to_owned).collect(),
            description: text("description").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "),
            repository: text("repository"),
            checksum: checksums.get(&id).cloned(),
            dependencies: dependencies.clone(),
            folder: manifest.parent().unwrap_or(Path::new("/")).to_owned(),
        };
        crates.insert(id, found);
    }
    ensure!(crates.len() == dependencies.len(), "cargo tree and cargo metadata do not know the same crates");
    Ok(crates)
}

/// The host platform and the version of rustc.
pub struct Host {
    pub triple: String,
    pub rust: String,
}

pub fn host() -> Result<Host> {
    let text = output(Command::new("rustc").arg("-vV"))?;
    let value = |key: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        value.map(str::to_owned).with_context(|| format!("rustc -vV does not say its {key}"))
    };
    Ok(Host { triple: value("host")?, rust: value("release")? })
}

/// Parses lines such as `2|serde v1.0.229|`; each line depends on the nearest line above it with a
/// smaller number. `cargo tree` marks a repeated crate and does not list its dependencies again.
fn dependencies(tree: &str) -> Result<BTreeMap<Id, BTreeSet<Id>>> {
    let mut found: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    let mut above: Vec<Id> = Vec::new();
    for line in tree.lines() {
        let entry = || {
            let (depth, rest) = line.split_once('|')?;
            let mut words = rest.split(['|', ' ']);
            let id = (words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned());
            Some((depth.parse::<usize>().ok()?, id))
        };
        let (depth, id) = entry().with_context(|| format!("cargo tree printed `{line}`"))?;
        above.truncate(depth);
        if let Some(user) = above.last() {
            found.entry(user.clone()).or_default().insert(id.clone());
        }
        found.entry(id.clone()).or_default();
        above.push(id);
    }
    Ok(found)
}

fn checksums(lock: &str) -> BTreeMap<Id, String> {
    let packages = lock.split("[[package]]").skip(1).filter_map(|package| {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
            Some(line.trim_matches('"').to_owned())
        };
        Some(((value("name")?, value("version")?), value("checksum")?))
    });
    packages.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str, version: &str) -> Id {
        (name.to_owned(), version.to_owned())
    }

    #[test]
    fn a_tree_is_read() {
        let tree = "0|a v0.1.0 (/some where)|\n1|b v1.0.0|\n2|c v2.0.0|\n1|c v1.0.0|\n2|b v1.0.0| (*)\n";
        let found = dependencies(tree).expect("a tree");
        let of = |name: &str, version: &str| found[&id(name, version)].iter().cloned().collect::<Vec<_>>();
        assert_eq!(of("a", "0.1.0"), [id("b", "1.0.0"), id("c", "1.0.0")]);
        assert_eq!(of("b", "1.0.0"), [id("c", "2.0.0")]);
        assert_eq!(of("c", "1.0.0"), [id("b", "1.0.0")]);
        assert!(dependencies("what is this").is_err());
    }

    #[test]
    fn libdesk_has_its_crates_and_no_tools() {
        let crates = linked().expect("the crates");
        let names: BTreeSet<&str> = crates.keys().map(|(name, _)| name.as_str()).collect();
        for name in [ROOT, "desk-client", "ring", "rustls", "tokio"] {
            assert!(names.contains(name), "{name}");
        }
        for name in ["progenitor", "syn", "serde_derive", "cc", "xtask", "rusqlite", "testkit"] {
            assert!(!names.contains(name), "{name} is in no library");
        }
        for ((name, version), one) in &crates {
            let own = name.starts_with("desk-");
            assert_eq!(one.checksum.as_ref().map(String::len), (!own).then_some(64), "{name} {version}");
            assert!(!one.licence.contains('/') && one.dependencies.iter().all(|id| crates.contains_key(id)));
        }
    }
}
