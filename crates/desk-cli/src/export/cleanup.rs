//! The removal of leftovers of a killed command: [`clean`].

use std::collections::HashSet;

use super::format::Format;
use super::manifest::Manifest;
use super::target::ExportTarget;
use super::unrecorded::{Unrecorded, unrecorded};
use crate::error::{Error, Result};

/// Removes the leftovers of a kill: unfinished parts, and the parts of one window that was not
/// recorded, either the next window or one that was being read again. Any other part shows that the
/// manifest is not the newest, and stays.
pub(crate) fn clean(format: &dyn Format, target: &ExportTarget, manifest: &Manifest) -> Result<()> {
    let (next, windows) = (manifest.next()?, manifest.windows().count());
    let recorded: HashSet<&str> =
        manifest.windows().flat_map(|window| &window.parts).map(|part| part.file.as_str()).collect();
    let left = unrecorded(target, &recorded)?;
    let strange = |part: &&Unrecorded| part.from.is_some_and(|from| from != next && manifest.window(from).is_none());
    let mut strange = left.iter().filter(strange).map(|part| part.file.as_str());
    let refused = |problem: String| {
        let hint = "restore the newest manifest, or move the files of other exports away";
        Err(Error::integrity(format!("{} has {problem}", target.dir.path().display())).hint(hint))
    };
    if let Some(first) = strange.next() {
        let more = match strange.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        return refused(format!("parts that {} does not record: {first}{more}", manifest.path().display()));
    }
    if format.extra_windows(target, windows)? > 1 {
        return refused(format!("a table with more windows than {} records", manifest.path().display()));
    }
    if manifest.read_only_error().is_some() {
        return Ok(());
    }
    // The parts of a window that was read again but not recorded stay while the recorded ones are
    // missing.
    let gone = |from| manifest.window(from).is_some_and(|window| !format.has(target, window));
    let left: Vec<_> = left.iter().filter(|part| !part.from.is_some_and(gone)).map(|part| &part.file).collect();
    target.dir.check_own(left.iter().copied())?;
    target.dir.remove(left)?;
    match manifest.windows().next_back() {
        Some(last) => format.trim(target, windows, last.until),
        None => Ok(()),
    }
}
