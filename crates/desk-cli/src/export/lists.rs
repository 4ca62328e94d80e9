//! The lists that can be exported, by name.

use crate::api::List;
use crate::error::{Error, Result};
use crate::generated::lists::LISTS;

/// The list with a name.
pub(crate) fn find(name: &str) -> Result<&'static List> {
    LISTS.iter().find(|list| list.name == name).ok_or_else(|| {
        Error::usage(format!("this version has no list `{name}`"))
            .hint("use the version of `desk` that began the export")
    })
}
