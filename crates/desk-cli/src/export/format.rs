//! A format of exported rows: [`Format`]. Each format is one implementation in one file of
//! `formats/`.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::names::Layout;
use super::part::PartDir;
use super::privacy::Privacy;
use super::settings::Settings;
use super::table::Table;
use super::target::ExportTarget;
use super::window::{Span, Window};
use super::written::Written;
use crate::error::Result;
use crate::rows::Row;

/// A format of exported rows. The defaults are those of formats whose windows are part files.
pub(crate) trait Format: Sync {
    /// The extension of files, which is also the name of the format in `--format`.
    fn extension(&self) -> &'static str;

    /// The places of a window's rows.
    fn layout(&self, _table: &Table) -> Layout {
        Layout::Part
    }

    /// Refuses settings that the format cannot write.
    fn check(&self, _settings: &Settings, _table: &Table) -> Result<()> {
        Ok(())
    }

    /// The number of rows of a window that is held in memory.
    fn rows_held(&self) -> usize {
        10_000
    }

    /// Whether rows are written as they came, before their window is proven.
    fn takes_lines(&self, _privacy: &Privacy) -> bool {
        false
    }

    /// Starts to write a window. The rows come in order of time.
    fn begin(&self, window: NewWindow) -> Result<Box<dyn WindowSink>>;

    /// Whether two files with different bytes have the same rows.
    fn has_same_rows(&self, _dir: &PartDir, _one: &str, _other: &str) -> Result<bool> {
        Ok(false)
    }

    /// Whether a window's files exist and are as large as recorded.
    fn has(&self, target: &ExportTarget, window: &Window) -> bool {
        window.parts.iter().all(|part| target.dir.has(part))
    }

    /// Whether a window's stored data matches its recorded hashes.
    fn holds(&self, target: &ExportTarget, window: &Window) -> Result<bool> {
        for part in &window.parts {
            if !target.dir.holds(part)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the stored data lacks some of `recorded` windows, so that it cannot be the data that
    /// was written.
    fn is_short(&self, _target: &ExportTarget, _recorded: usize) -> Result<bool> {
        Ok(false)
    }

    /// The number of stored windows beyond `recorded` ones, where only the format can count them.
    fn extra_windows(&self, _target: &ExportTarget, _recorded: usize) -> Result<usize> {
        Ok(0)
    }

    /// Removes rows behind the last of `recorded` windows, which ends at `until`, where they are
    /// not in files of their own.
    fn trim(&self, _target: &ExportTarget, _recorded: usize, _until: DateTime<Utc>) -> Result<()> {
        Ok(())
    }
}

/// A window that is about to be written.
pub(crate) struct NewWindow {
    pub(crate) target: Arc<ExportTarget>,
    pub(crate) privacy: Arc<Privacy>,
    pub(crate) span: Span,
    /// The number of times that the window was read again.
    pub(crate) revision: u32,
}

/// A window that is being written.
pub(crate) trait WindowSink: Send {
    /// Writes rows. A sink that takes lines drops each page once its rows are written.
    fn rows(&mut self, rows: Vec<Row>) -> Result<()>;

    /// Removes the rows that were written.
    fn discard(self: Box<Self>) -> Result<()>;

    /// Makes the window durable, but not visible yet.
    fn finish(self: Box<Self>) -> Result<Written>;
}
