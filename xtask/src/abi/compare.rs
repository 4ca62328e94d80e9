//! Decides whether a change of the lists in `abi/` breaks programs that were built before.
//!
//! A struct that begins with its size may grow at its end, because the library reads only as many
//! bytes as the caller's size says; every other change of a struct is a break. Functions, types and
//! constants may be added.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

/// The changes, one line each.
#[derive(Debug, Default)]
pub struct Report {
    /// Changes that break old programs.
    pub breaks: Vec<String>,
    /// Changes that only new programs can see.
    pub additions: Vec<String>,
}

impl Report {
    pub(super) fn add(&mut self, other: Report) {
        self.breaks.extend(other.breaks);
        self.additions.extend(other.additions);
    }

    /// Returns an error if the changes break old programs.
    pub fn refuse_breaks(&self) -> Result<()> {
        if self.breaks.is_empty() {
            return Ok(());
        }
        bail!(
            "C programs built before would break:\n  {}\nkeep these, or accept the break with \
             `cargo xtask abi --accept --allow-abi-break`",
            self.breaks.join("\n  ")
        )
    }
}

/// Compares signatures by the names of functions.
pub(super) fn functions(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Report {
    let mut report = Report::default();
    for (name, was) in old {
        match new.get(name) {
            None => report.breaks.push(format!("removed: function {name}: {was}")),
            Some(is) if is == was => {}
            Some(is) => report.breaks.push(format!("changed: function {name}: was {was}, is {is}")),
        }
    }
    report.additions =
        new.keys().filter(|name| !old.contains_key(*name)).map(|name| format!("new: function {name}")).collect();
    report
}

/// Compares lines such as `member desk_str.len = 8..16 size_t`.
pub(super) fn layouts(old: &str, new: &str) -> Report {
    let (old_facts, new_facts) = (facts(old), facts(new));
    let growing = growing(old);
    let mut report = Report::default();
    for (key, was) in &old_facts {
        match new_facts.get(key) {
            None => report.breaks.push(format!("removed: {key} = {was}")),
            Some(is) if is == was => {}
            Some(is) => {
                let line = format!("{key}: was {was}, is {is}");
                let same_alignment = alignment(was) == alignment(is);
                match key.strip_prefix("struct ").filter(|name| growing.contains(name)) {
                    Some(_) if same_alignment && first_number(is) > first_number(was) => {
                        report.additions.push(format!("grown: {line}"));
                    }
                    _ => report.breaks.push(format!("changed: {line}")),
                }
            }
        }
    }
    for (key, is) in new_facts.iter().filter(|(key, _)| !old_facts.contains_key(*key)) {
        let owner = key.strip_prefix("member ").and_then(|member| member.split_once('.')).map(|(owner, _)| owner);
        // No old program uses a struct that did not exist.
        let size = owner.and_then(|owner| old_facts.get(format!("struct {owner}").as_str()));
        match (size, owner) {
            (Some(size), Some(owner)) if !growing.contains(owner) => {
                report.breaks.push(format!("new in a struct of fixed size ({size}): {key} = {is}"));
            }
            // Old programs do not initialise padding: the library would read garbage from it.
            (Some(size), _) if first_number(is) < first_number(size) => {
                report.breaks.push(format!("new before the old end ({size}): {key} = {is}"));
            }
            _ => report.additions.push(format!("new: {key} = {is}")),
        }
    }
    report
}

/// The structs that may grow: they begin with their own size.
fn growing(layout: &str) -> BTreeSet<&str> {
    let owner = |line| -> Option<&str> {
        let (member, place) = str::strip_prefix(line, "member ")?.split_once(" = ")?;
        let (owner, name) = member.split_once('.')?;
        (name.ends_with("_size") && place == "0..8 size_t").then_some(owner)
    };
    layout.lines().filter_map(owner).collect()
}

fn facts(layout: &str) -> BTreeMap<&str, &str> {
    layout.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = ")).collect()
}

fn first_number(value: &str) -> u64 {
    value
        .split(|character: char| !character.is_ascii_digit())
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

fn alignment(value: &str) -> &str {
    value.rsplit(' ').next().unwrap_or(value)
}
