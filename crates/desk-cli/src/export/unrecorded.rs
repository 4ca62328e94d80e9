//! Files of an export that no manifest records: [`unrecorded`].

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::names;
use super::target::ExportTarget;
use crate::error::Result;

/// A file of an export that no manifest records.
pub(crate) struct Unrecorded {
    pub(crate) file: String,
    /// The start of the window, if the file is a complete part.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Whether the file was still being written.
    pub(crate) is_unfinished: bool,
}

/// The files of this export, unfinished ones included, that `recorded` does not have.
pub(crate) fn unrecorded(target: &ExportTarget, recorded: &HashSet<&str>) -> Result<Vec<Unrecorded>> {
    let names = &target.names;
    let mut found = Vec::new();
    for file in files_of_parts(target)? {
        let name = file.rsplit_once('/').map_or(file.as_str(), |(_, name)| name);
        if names.has_table() {
            if names.is_of_table(name) && !recorded.contains(names.table().as_str()) {
                found.push(Unrecorded { file, from: None, is_unfinished: false });
            }
            continue;
        }
        let final_name = names::finished(name);
        let from = names.parse(final_name.unwrap_or(name)).map(|(from, _)| from);
        // Another command may be writing the files of another share.
        let from = from.filter(|from| names.is_in_share(*from));
        if from.is_some() && !recorded.contains(file.as_str()) {
            let is_unfinished = final_name.is_some();
            found.push(Unrecorded { from: from.filter(|_| !is_unfinished), is_unfinished, file });
        }
    }
    Ok(found)
}

/// All files where parts may lie, relative to the directory of the export.
fn files_of_parts(target: &ExportTarget) -> Result<Vec<String>> {
    let Some(above) = target.names.above_places() else { return target.dir.list("") };
    let mut found = Vec::new();
    let places = target.dir.list(above)?.into_iter().map(|place| format!("{above}/{place}"));
    for place in places.filter(|place| target.names.is_place(place)) {
        found.extend(target.dir.list(&place)?.into_iter().map(|name| format!("{place}/{name}")));
    }
    Ok(found)
}
