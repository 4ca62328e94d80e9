//! The directory of an export: [`ExportDir`] owns its path, lock, manifest and settings.
//!
//! All manifests of a directory must be of one export: the whole, or its shares. A manifest is
//! created before the others are read, so that of two commands that start at once at least one sees
//! the other.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};

use super::cleanup::clean;
use super::format::Format;
use super::formats;
use super::manifest::{self, Manifest};
use super::settings::Settings;
use super::target::ExportTarget;
use super::totals::Totals;
use super::unrecorded::unrecorded;
use super::window::Window;
use crate::error::{Error, Exit, Result};
use crate::files;

/// The directory of an export, or of a share of it, locked against other commands.
pub(crate) struct ExportDir {
    format: &'static dyn Format,
    target: Arc<ExportTarget>,
    manifest: Manifest,
}

impl ExportDir {
    /// Opens the directory for an export with these settings, or creates it. Refuses a directory
    /// that has another export.
    pub(crate) fn open(path: &Path, settings: Settings) -> Result<ExportDir> {
        let target = formats::target(path, settings)?;
        target.dir.create()?;
        check_compatible(&target)?;
        let manifest = Manifest::open(path, target.settings.partition)?;
        Ok(ExportDir { format: formats::of(target.settings.format), target: Arc::new(target), manifest })
    }

    /// Opens the export of a manifest that exists; `None` if the export was never begun.
    pub(crate) fn existing(manifest: PathBuf) -> Result<Option<ExportDir>> {
        let manifest = Manifest::existing(manifest)?;
        let Some(settings) = manifest.settings().cloned() else { return Ok(None) };
        let target = formats::target(files::parent(manifest.path()), settings)?;
        Ok(Some(ExportDir { format: formats::of(target.settings.format), target: Arc::new(target), manifest }))
    }

    /// The place and the form of the windows, for readers and writers next to this lock.
    pub(crate) fn target(&self) -> &Arc<ExportTarget> {
        &self.target
    }

    pub(crate) fn format(&self) -> &'static dyn Format {
        self.format
    }

    pub(crate) fn path(&self) -> &Path {
        self.target.dir.path()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.target.settings
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Rolls the directory back to its manifest; returns the totals. Begins the export if it is
    /// new.
    pub(crate) fn recover(&mut self) -> Result<Totals> {
        self.begin()?;
        let (target, manifest) = (&*self.target, &self.manifest);
        let short = self.format.is_short(target, manifest.windows().count())?;
        if !short {
            self.clean()?;
        }
        // Every window is looked at, the last one to the byte.
        let missing = manifest.windows().find(|window| short || !self.format.has(target, window));
        // A table that was replaced lacks the last window with rows.
        let last = manifest.windows().rev().find(|window| window.count > 0);
        let wrong = match (missing, last) {
            (None, Some(last)) if !self.format.holds(target, last)? => Some(last),
            (missing, _) => missing,
        };
        if let Some(window) = wrong {
            let (dir, from) = (self.path(), window.from.to_rfc3339());
            let problem = format!("the window of {from} in {} differs from its record", dir.display());
            return Err(Error::integrity(problem)
                .hint(format!("run `desk export verify {}`: it re-downloads the window", files::quoted(dir))));
        }
        let mut totals = Totals::default();
        manifest.windows().for_each(|window| totals.add(window));
        self.manifest.forget();
        if totals.windows > 0 {
            self.target.begun.store(true, Ordering::Relaxed);
        }
        Ok(totals)
    }

    /// Begins the export of the manifest, unless it was begun.
    fn begin(&mut self) -> Result<()> {
        let target = &*self.target;
        if let Some(other) = self.manifest.settings().cloned() {
            check_own_manifest(self.manifest.path(), &other)?;
            let differs = difference(&target.settings, &other, self.manifest.path());
            let Some(error) = differs else { return Ok(()) };
            let complete = unrecorded(target, &HashSet::new())?.into_iter().any(|part| !part.is_unfinished);
            if complete || !self.manifest.is_empty() {
                return Err(error);
            }
            let other = formats::target(target.dir.path(), other)?;
            clean(formats::of(other.settings.format), &other, &self.manifest)?;
        }
        self.manifest.start(target.settings.clone())?;
        files::sync(target.dir.path()).map_err(|error| Error::io("write to", target.dir.path(), &error))?;
        // Another command may have begun since the manifests were read.
        check_compatible(target).or_else(|error| self.manifest.reset().and(Err(error)))
    }

    /// Removes the leftovers of a killed command.
    pub(crate) fn clean(&self) -> Result<()> {
        clean(self.format, &self.target, &self.manifest)
    }

    /// Whether a window's stored data matches its recorded hashes.
    pub(crate) fn holds(&self, window: &Window) -> Result<bool> {
        self.format.holds(&self.target, window)
    }

    /// The complete parts of a window that the manifest does not record.
    pub(crate) fn unrecorded_parts(&self, window: &Window) -> Result<Vec<String>> {
        let recorded = window.parts.iter().map(|part| part.file.as_str()).collect();
        let left = unrecorded(&self.target, &recorded)?.into_iter();
        let left: Vec<String> = left.filter(|part| part.from == Some(window.from)).map(|part| part.file).collect();
        self.target.dir.check_own(&left)?;
        Ok(left)
    }

    pub(crate) fn remove(&self, files: &[String]) -> Result<()> {
        self.target.dir.remove(files)
    }

    /// Records a window whose parts are durable.
    pub(crate) fn add(&mut self, window: &Window) -> Result<()> {
        self.manifest.add(window)?;
        self.target.begun.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Records that all rows up to a time are in the windows.
    pub(crate) fn end(&mut self, until: DateTime<Utc>) -> Result<()> {
        self.manifest.end(until)
    }

    /// Lets other commands work here until [`ExportDir::resume`].
    pub(crate) fn rest(&mut self) -> Result<()> {
        self.manifest.rest()
    }

    /// Locks the directory again and re-reads the manifest; [`ExportDir::recover`] comes next.
    pub(crate) fn resume(&mut self) -> Result<()> {
        self.manifest.resume()
    }

    /// Refuses the directory if it has another export by now.
    pub(crate) fn check_compatible(&self) -> Result<()> {
        check_compatible(&self.target)
    }
}

/// Refuses a directory that has another export, or parts without a manifest.
fn check_compatible(target: &ExportTarget) -> Result<()> {
    let (dir, settings) = (target.dir.path(), &target.settings);
    let (mut known, manifests) = (false, manifest::all(dir)?);
    for path in &manifests {
        let Some((other, begun)) = Manifest::peek(path)? else { continue };
        known |= other.partition == settings.partition;
        // An export without windows may begin again with other settings, if it is the only one.
        let fixed = begun || manifests.len() > 1 || other.partition != settings.partition;
        if let Some(error) = difference(settings, &other, path).filter(|_| fixed) {
            return Err(error);
        }
    }
    if !known && !unrecorded(target, &HashSet::new())?.is_empty() {
        let problem = format!("{} has parts of an export, but no manifest", dir.display());
        return Err(Error::usage(problem).hint("give an empty directory, or restore the manifest"));
    }
    Ok(())
}

/// Refuses manifests of different exports, and copies of each other: the parts of one would look
/// like leftovers of the other. Skips exports that were never begun.
pub(crate) fn check_one_export(manifests: &[PathBuf]) -> Result<()> {
    let mut first: Option<Settings> = None;
    for path in manifests {
        let Some((settings, _)) = Manifest::peek(path)? else { continue };
        check_own_manifest(path, &settings)?;
        if let Some(error) = first.as_ref().and_then(|first| difference(first, &settings, path)) {
            let hint = "move the manifest and the parts of the other export to a directory of their own";
            return Err(Error { exit: Exit::Integrity, kind: "integrity", ..error }.hint(hint));
        }
        first = first.or(Some(settings));
    }
    if first.is_some() {
        return Ok(());
    }
    let names: Vec<String> = manifests.iter().map(|path| path.display().to_string()).collect();
    let problem = format!("there is no export to verify: {} has none yet", names.join(", "));
    Err(Error::new(Exit::Partial, "partial", problem).hint("run the `desk export` command again: it continues"))
}

/// Refuses the copy of another share's manifest.
fn check_own_manifest(path: &Path, settings: &Settings) -> Result<()> {
    let own = manifest::name(settings.partition);
    if path.file_name().is_some_and(|name| *name == *own) {
        return Ok(());
    }
    let problem = format!("{} is a copy of {own}", path.display());
    Err(Error::integrity(problem).hint("move it out of the directory, and restore the original manifest"))
}

/// The error that names the options in which an export differs from that of a manifest.
fn difference(settings: &Settings, other: &Settings, manifest: &Path) -> Option<Error> {
    let names = settings.differences(other);
    if names.is_empty() {
        return None;
    }
    let problem = format!("{} is of an export with other settings: {}", manifest.display(), names.join(", "));
    let before = serde_json::to_string(other).unwrap_or_default();
    Some(
        Error::usage(problem).hint(format!(
            "run the command with the settings as before, or give another directory; they were {before}"
        )),
    )
}
