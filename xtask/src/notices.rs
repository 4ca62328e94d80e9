//! Writes THIRD-PARTY.txt: the crates in libdesk with their licences and the notices that these
//! licences require.
//!
//! The texts come from the packages; each is printed once with the crates that use it. A crate
//! without a text gets the standard text of its licence if `notices/` has it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::crates::{Crate, Crates, host};
use crate::toolchain::output;

const LINE: &str = "--------------------------------------------------------------------------------\n";

/// The text of the file.
pub fn text(crates: &Crates) -> Result<String> {
    let mut list = String::new();
    // Text without layout → rank of its first occurrence, the text, and its crates.
    let mut texts: BTreeMap<String, (usize, String, Vec<String>)> = BTreeMap::new();
    // Crates of this repository have their own files.
    for ((name, version), one) in crates.iter().filter(|(_, one)| one.checksum.is_some()) {
        writeln!(list, "{name} {version}: {}\n    https://crates.io/crates/{name}/{version}", one.licence)?;
        let mut found = Vec::new();
        files(&one.folder, &mut found)?;
        if found.is_empty() {
            found.push(standard_text(one).with_context(|| format!("{name} {version}"))?);
        }
        for text in found {
            let key = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let place = texts.len();
            let (_, _, users) = texts.entry(key).or_insert_with(|| (place, tidy(&text), Vec::new()));
            let user = format!("{name} {version}");
            if !users.contains(&user) {
                users.push(user);
            }
        }
    }
    let mut texts: Vec<_> = texts.into_values().collect();
    texts.sort();
    let mut all = format!(
        "libdesk contains the following software, unchanged. Its licences and notices follow the list. The sources of each\n\
         crate, also of those under the MPL-2.0, are at the address beside it.\n\n{list}"
    );
    for (_, text, users) in texts {
        write!(all, "\n{LINE}{}\n{LINE}\n{text}\n", users.join(", "))?;
    }
    write!(all, "\n{LINE}The Rust standard library\n{LINE}\n{}\n", standard_library()?)?;
    Ok(all)
}

/// Reads the files that have names of licence files, at any depth: some crates contain code of
/// others.
fn files(folder: &Path, found: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths: Vec<_> = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if path.is_dir() {
            files(&path, found)?;
            continue;
        }
        let names = ["licence", "license", "copying", "copyright", "notice", "unlicense"];
        if names.iter().any(|start| name.starts_with(start)) && !name.ends_with(".rs") {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            found.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(())
}

fn standard_text(one: &Crate) -> Result<String> {
    let authors = if one.authors.is_empty() { "its authors".to_owned() } else { one.authors.join(", ") };
    Ok(match one.licence.as_str() {
        "MIT" => include_str!("notices/MIT.txt").replace("@AUTHORS@", &authors),
        "MPL-2.0" => include_str!("notices/MPL-2.0.txt").to_owned(),
        other => bail!("has no licence file; add the standard text of {other} to xtask/src/notices and notices.rs"),
    })
}

/// The notices of the standard library, which is linked into everything, as text.
fn standard_library() -> Result<String> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let page = Path::new(sysroot.trim()).join("share/doc/rust/COPYRIGHT-library.html");
    let Ok(html) = fs::read_to_string(&page) else {
        // Distributions' toolchains leave the file out.
        let mit = include_str!("notices/MIT.txt").replace("@AUTHORS@", "The Rust Project Developers");
        return Ok(format!("Rust {}: MIT OR Apache-2.0, https://www.rust-lang.org\n\n{mit}", host()?.rust));
    };
    let body = html.split_once("<body").map_or(html.as_str(), |(_, body)| body);
    let text: String = body.split('<').skip(1).filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    let entities = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#38;", "&"), ("&#39;", "'")];
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    let text = entities.iter().chain(&named).fold(text, |text, (entity, plain)| text.replace(entity, plain));
    Ok(tidy(&text))
}

/// Removes trailing spaces and repeated empty lines.
fn tidy(text: &str) -> String {
    let mut tidy = String::new();
    let mut empty = 0;
    for line in text.trim().lines().map(str::trim_end) {
        empty = if line.trim_start_matches('\u{feff}').is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidy += line;
            tidy.push('\n');
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_is_named_with_what_its_licence_wants() {
        let crates = crate::crates::linked().expect("the crates");
        let text = text(&crates).expect("the notices");
        for ((name, version), one) in &crates {
            let listed = text.contains(&format!("\n{name} {version}: {}\n", one.licence));
            assert_eq!(listed, one.checksum.is_some(), "{name} {version}");
        }
        // These packages have a text for third-party code inside them.
        for notice in [
            "Copyright 2015-2020 the fiat-crypto authors",
            "Copyright 2015-2025 Brian Smith.",
            "The Rust Project Developers",
        ] {
            assert!(text.contains(notice), "{notice}");
        }
        let apache = text.matches("Apache License\n").count();
        assert!(apache < 60, "the same text is printed once, not {apache} times");
    }

    #[test]
    fn a_crate_without_a_text_is_refused() {
        let crates = crate::crates::linked().expect("the crates");
        let (_, mut one) = crates.into_iter().next().expect("a crate");
        one.licence = "WTFPL".to_owned();
        let error = standard_text(&one).expect_err("no such text").to_string();
        assert_eq!(error, "has no licence file; add the standard text of WTFPL to xtask/src/notices and notices.rs");
    }
}
