//! The stored windows of an export: whether they are as recorded, and the removal of leftovers.

use std::collections::HashSet;

use super::database;
use super::manifest::Manifest;
use super::settings::Format;
use super::target::ExportTarget;
use super::unrecorded::{Unrecorded, unrecorded};
use super::window::Window;
use crate::error::{Error, Result};

/// Whether there is a table that lacks windows.
pub(crate) fn is_short(target: &ExportTarget, manifest: &Manifest) -> Result<bool> {
    match target.settings.format {
        Format::Sqlite => database::is_short(target, manifest.windows().count()),
        _ => Ok(false),
    }
}

/// Whether a window's files exist and are as large as recorded. A table is one file for all windows.
pub(crate) fn has(target: &ExportTarget, window: &Window) -> bool {
    match target.settings.format {
        Format::Sqlite => target.dir.path().join(target.names.table()).is_file(),
        _ => window.parts.iter().all(|part| target.dir.has(part)),
    }
}

/// Whether a window's stored data matches its recorded hashes.
pub(crate) fn holds(target: &ExportTarget, window: &Window) -> Result<bool> {
    if target.settings.format == Format::Sqlite {
        return database::holds(target, window);
    }
    for part in &window.parts {
        if !target.dir.holds(part)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes what a kill leaves: unfinished parts, and the parts of one window that was not recorded, either the next window or one
/// that was being read again. Any other part shows that the manifest is not the newest, and stays.
pub(crate) fn clean(target: &ExportTarget, manifest: &Manifest) -> Result<()> {
    let (next, windows) = (manifest.next()?, manifest.windows().count());
    let recorded: HashSet<&str> =
        manifest.windows().flat_map(|window| &window.parts).map(|part| part.file.as_str()).collect();
    let left = unrecorded(target, &recorded)?;
    let strange = |part: &&Unrecorded| part.from.is_some_and(|from| from != next && manifest.window(from).is_none());
    let mut strange = left.iter().filter(strange).map(|part| part.file.as_str());
    let refused = |problem: String| {
        let hint = "put the newest manifest back, or move away what is not of this export";
        Err(Error::integrity(format!("{} has {problem}", target.dir.path().display())).hint(hint))
    };
    if let Some(first) = strange.next() {
        let more = match strange.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        return refused(format!("parts that {} does not tell of: {first}{more}", manifest.path().display()));
    }
    let is_table = target.names.has_table();
    if is_table && database::beyond(target, windows)? > 1 {
        return refused(format!("a table with more windows than {} tells of", manifest.path().display()));
    }
    if manifest.is_fixed().is_some() {
        return Ok(());
    }
    // The parts of a window that was read again but not recorded stay while the recorded ones are missing.
    let gone = |from| manifest.window(from).is_some_and(|window| !has(target, window));
    let left: Vec<_> = left.iter().filter(|part| !part.from.is_some_and(gone)).map(|part| &part.file).collect();
    target.dir.check_own(left.iter().copied())?;
    target.dir.remove(left)?;
    match manifest.windows().next_back().filter(|_| is_table) {
        Some(last) => database::trim(target, (windows, last.until)),
        None => Ok(()),
    }
}
