//! Names in the tree: of files, and of the functions that programs link.

use std::collections::BTreeSet;

/// The version, and the file names that contain it.
pub(crate) struct Names {
    pub(crate) version: String,
    pub(crate) major: String,
    pub(crate) soname: String,
    pub(crate) shared: String,
}

impl Names {
    pub(crate) fn of(version: &str) -> Names {
        let major = version.split('.').next().unwrap_or(version);
        Names {
            version: version.to_owned(),
            major: major.to_owned(),
            soname: format!("libdesk.so.{major}"),
            shared: format!("libdesk.so.{version}"),
        }
    }
}

/// The functions that a C header declares: such a line begins in the first column and has a bracket
/// after the name.
pub fn functions(header: &str) -> BTreeSet<String> {
    let declares = |line: &&str| {
        line.starts_with(|first: char| first.is_ascii_lowercase()) && line.contains('(') && !line.starts_with("typedef")
    };
    let name = |line: &str| line.split('(').next()?.rsplit([' ', '*']).next().map(str::to_owned);
    header.lines().filter(declares).filter_map(name).collect()
}
