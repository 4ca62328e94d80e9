//! The place and the form of an export's windows: [`ExportTarget`].

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::lists;
use super::names::{Layout, Names};
use super::part::PartDir;
use super::settings::{Format, Settings};
use super::table::Table;
use crate::api::Column;
use crate::error::Result;

/// The place and the form of an export's windows, shared by its readers and its writer.
pub(crate) struct ExportTarget {
    pub(crate) dir: PartDir,
    pub(crate) settings: Settings,
    pub(crate) names: Names,
    pub(crate) table: Table,
    /// Whether a window was written, and a table created with it.
    pub(crate) begun: AtomicBool,
}

impl ExportTarget {
    /// Refuses settings that this version would not write.
    pub(crate) fn new(dir: &Path, settings: Settings) -> Result<ExportTarget> {
        let (table, names) = form(&settings)?;
        Ok(ExportTarget { dir: PartDir::new(dir), settings, names, table, begun: false.into() })
    }
}

/// The columns and the names of an export with these settings.
pub(crate) fn form(settings: &Settings) -> Result<(Table, Names)> {
    settings.check()?;
    let list = lists::find(&settings.list)?;
    Ok(form_of(settings, list.columns, (list.id, list.time), list.windows))
}

/// The same for rows with these columns; `keys` are their id and their time.
pub(crate) fn form_of(
    settings: &Settings,
    columns: &[Column],
    keys: (&'static str, &'static str),
    has_windows: bool,
) -> (Table, Names) {
    let table = Table::new(columns, keys, &settings.private);
    let layout = match settings.format {
        Format::Parquet => Layout::PartsByDate(table.free("date")),
        Format::Sqlite => Layout::Table,
        _ => Layout::Part,
    };
    let names = Names::new(settings, settings.format.extension(), layout, has_windows);
    (table, names)
}
