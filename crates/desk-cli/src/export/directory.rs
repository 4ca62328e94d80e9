//! The directory of an export: whose it is, before anything in it is changed.
//!
//! Invariant: its manifests are of one export, a whole one or its shares. A manifest is made first and the others are looked at
//! behind that, so that of two that begin at once at least one sees the other.

use std::path::{Path, PathBuf};

use super::manifest::{self, Manifest};
use super::part;
use super::settings::Settings;
use super::writer;
use crate::error::{Error, Exit, Result};
use crate::files;

/// Refuses a directory that has another export, or parts without a manifest.
pub(super) fn compatible(dir: &Path, settings: &Settings) -> Result<()> {
    let (mut known, manifests) = (false, manifest::all(dir)?);
    for path in &manifests {
        let Some((other, begun)) = Manifest::peek(path)? else { continue };
        known |= other.partition == settings.partition;
        // The only one may begin anew, as long as it has nothing.
        let fixed = begun || manifests.len() > 1 || other.partition != settings.partition;
        if let Some(error) = differs(settings, &other, path).filter(|_| fixed) {
            return Err(error);
        }
    }
    if !known && !part::unrecorded(dir, settings, &Default::default())?.is_empty() {
        let problem = format!("{} has parts of an export, but no manifest", dir.display());
        return Err(Error::usage(problem).hint("name an empty directory, or put the manifest back"));
    }
    Ok(())
}

/// Begins the export that a manifest is to tell of, if it was not begun.
pub(super) fn begin(dir: &Path, manifest: &mut Manifest, settings: &Settings) -> Result<()> {
    if let Some(other) = manifest.settings().cloned() {
        is_its_own(manifest.path(), &other)?;
        let Some(error) = differs(settings, &other, manifest.path()) else { return Ok(()) };
        let whole = part::unrecorded(dir, settings, &Default::default())?.into_iter().any(|part| !part.unfinished);
        if whole || !manifest.is_empty() {
            return Err(error);
        }
        writer::clean(dir, manifest)?;
    }
    manifest.start(settings.clone())?;
    files::sync(dir).map_err(|error| Error::io("write to", dir, &error))?;
    // Others may have begun since they were looked at.
    compatible(dir, settings).or_else(|error| manifest.reset().and(Err(error)))
}

/// Refuses manifests that are not of one export, or copies of each other: what the one does not tell of, the other would lose. An
/// export that has come to nothing is none.
pub(super) fn one(paths: &[PathBuf]) -> Result<()> {
    let mut first: Option<Settings> = None;
    for path in paths {
        let Some((settings, _)) = Manifest::peek(path)? else { continue };
        is_its_own(path, &settings)?;
        if let Some(error) = first.as_ref().and_then(|first| differs(first, &settings, path)) {
            let hint = "move what is of the other export, manifest and parts, to a directory of its own";
            return Err(Error { exit: Exit::Integrity, kind: "integrity", ..error }.hint(hint));
        }
        first = first.or(Some(settings));
    }
    if first.is_some() {
        return Ok(());
    }
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let problem = format!("nothing can be verified: {} tells of no export yet", names.join(", "));
    Err(Error::new(Exit::Partial, "partial", problem).hint("type the `desk export` command again: it goes on"))
}

/// Refuses the copy of another share's manifest.
fn is_its_own(path: &Path, settings: &Settings) -> Result<()> {
    let own = manifest::name(settings.partition);
    if path.file_name().is_some_and(|name| *name == *own) {
        return Ok(());
    }
    let problem = format!("{} is a copy of {own}", path.display());
    Err(Error::integrity(problem).hint("move it out of the directory, and put this one's own back"))
}

/// Names the options in which an export differs from that of a manifest.
fn differs(settings: &Settings, other: &Settings, manifest: &Path) -> Option<Error> {
    let names = settings.differences(other);
    if names.is_empty() {
        return None;
    }
    let problem = format!("{} is of an export with other settings: {}", manifest.display(), names.join(", "));
    let before = serde_json::to_string(other).unwrap_or_default();
    Some(Error::usage(problem).hint(format!("type the command as it was, or name another directory; it was {before}")))
}
