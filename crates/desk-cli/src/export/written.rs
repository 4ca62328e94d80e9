//! A window that is durable, and not visible yet: [`Written`].

use std::sync::Arc;

use super::part::{Finished, PartDir};
use super::target::ExportTarget;
use super::window::Part;
use crate::error::Result;

/// A window that is durable. Readers of the directory do not see it before [`Written::publish`].
pub(crate) struct Written {
    target: Arc<ExportTarget>,
    files: Vec<Finished>,
    /// Rows that are in no file of their own, and the step that makes them visible.
    other: Option<(Part, Commit)>,
}

type Commit = Box<dyn FnOnce() -> Result<()> + Send>;

impl Written {
    /// A window in files of its own.
    pub(crate) fn files(target: Arc<ExportTarget>, files: Vec<Finished>) -> Written {
        Written { target, files, other: None }
    }

    /// A window in a file that it shares with others.
    pub(crate) fn shared(target: Arc<ExportTarget>, part: Part, commit: Commit) -> Written {
        Written { target, files: Vec::new(), other: Some((part, commit)) }
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.files.iter().map(|finished| &finished.part).chain(self.other.iter().map(|(part, _)| part))
    }

    /// Whether the rows equal those of other parts, whose files match their hashes. `has_same_rows`
    /// compares two files with different bytes.
    pub(crate) fn is_same(
        &self,
        parts: &[Part],
        has_same_rows: impl Fn(&PartDir, &str, &str) -> Result<bool>,
    ) -> Result<bool> {
        if self.parts().map(|part| &part.blake3).eq(parts.iter().map(|part| &part.blake3)) {
            return Ok(true);
        }
        if self.files.len() != parts.len() {
            return Ok(false);
        }
        for (new, old) in self.files.iter().zip(parts) {
            let place = |file: &str| file.rsplit_once('/').map(|(place, _)| place.to_owned());
            let same_place = place(&new.part.file) == place(&old.file);
            if !same_place || !has_same_rows(&self.target.dir, &new.file(), &old.file)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes the window visible, durably; returns its parts for the manifest.
    pub(crate) fn publish(self) -> Result<Vec<Part>> {
        let files = self.files.into_iter().map(|finished| self.target.dir.publish(finished));
        let mut parts = files.collect::<Result<Vec<_>>>()?;
        if let Some((part, commit)) = self.other {
            commit()?;
            parts.push(part);
        }
        Ok(parts)
    }

    /// Leaves everything as it was.
    pub(crate) fn discard(self) -> Result<()> {
        self.files.iter().try_for_each(|finished| self.target.dir.discard(finished))
    }
}
