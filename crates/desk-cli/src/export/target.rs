//! The place and the form of an export's windows: [`ExportTarget`].

use std::sync::atomic::AtomicBool;

use super::names::Names;
use super::part::PartDir;
use super::settings::Settings;
use super::table::Table;

/// The place and the form of an export's windows, shared by its readers and its writer.
pub(crate) struct ExportTarget {
    pub(crate) dir: PartDir,
    pub(crate) settings: Settings,
    pub(crate) names: Names,
    pub(crate) table: Table,
    /// Whether a window was written, and a table created with it.
    pub(crate) begun: AtomicBool,
}
