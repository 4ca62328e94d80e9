//! All formats, by their names in manifests and options.

mod csv;
mod ndjson;
mod parquet;
mod sqlite;
mod sqlite_file;
mod text;

use std::path::Path;

use super::format::Format;
use super::lists;
use super::names::Names;
use super::part::PartDir;
use super::settings::{FormatName, Settings};
use super::table::Table;
use super::target::ExportTarget;
use crate::api::Column;
use crate::error::Result;

const ALL: [(FormatName, &dyn Format); 5] = [
    (FormatName::Ndjson, &ndjson::Ndjson),
    (FormatName::Csv, &csv::Csv { guards_formulas: true }),
    (FormatName::CsvRaw, &csv::Csv { guards_formulas: false }),
    (FormatName::Parquet, &parquet::Parquet),
    (FormatName::Sqlite, &sqlite::Sqlite),
];

/// The format with this name.
pub(crate) fn of(name: FormatName) -> &'static dyn Format {
    ALL.iter().find(|(own, _)| *own == name).map_or(ALL[0].1, |(_, format)| *format)
}

/// The values of `--format`.
pub(crate) fn choices() -> Vec<&'static str> {
    let mut choices: Vec<&str> = ALL.iter().map(|(_, format)| format.extension()).collect();
    choices.dedup();
    choices
}

/// The format of a choice, in its raw variant if `is_raw`; `None` if there is no such variant.
pub(crate) fn chosen(choice: &str, is_raw: bool) -> Option<FormatName> {
    let mut variants = ALL.iter().filter(|(_, format)| format.extension() == choice).map(|(name, _)| *name);
    variants.find(|name| (*name == FormatName::CsvRaw) == is_raw)
}

/// The target of an export in a directory. Refuses settings that this version would not write.
pub(crate) fn target(dir: &Path, settings: Settings) -> Result<ExportTarget> {
    let (table, names) = form(&settings)?;
    Ok(ExportTarget { dir: PartDir::new(dir), settings, names, table, begun: false.into() })
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
    let format = of(settings.format);
    let names = Names::new(settings, format.extension(), format.layout(&table), has_windows);
    (table, names)
}
