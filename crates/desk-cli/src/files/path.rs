//! Paths as names: the parent, the target of a link, the form that a shell takes. Opens no file.

use std::path::{Path, PathBuf};

/// The directory of a file.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The target of a symbolic link; any other path as it is.
pub(crate) fn real(path: &Path) -> PathBuf {
    let leads = path.is_symlink().then(|| path.canonicalize().ok()).flatten();
    leads.unwrap_or_else(|| path.to_owned())
}

/// A path in the form that a shell takes.
pub(crate) fn quoted(path: &Path) -> String {
    let name = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%=".contains(c);
    let name = if name.starts_with('-') { format!("./{name}") } else { name };
    match !name.is_empty() && name.chars().all(plain) {
        true => name,
        false => format!("'{}'", name.replace('\'', "'\\''")),
    }
}

/// The path with a suffix.
pub(crate) fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
