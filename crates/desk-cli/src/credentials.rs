//! The credentials file: profiles with an address and a token.
//!
//! ```toml
//! [default]
//! application_id = "…"
//! api_token = "…"
//! ```
//!
//! The file must be a regular file of this user that no other user can read. The program never
//! writes it.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::error::{Error, Exit, Result};
use crate::files;

/// One profile.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) application_id: Option<String>,
    pub(crate) base_url: Option<String>,
    pub(crate) api_token: Option<String>,
}

impl Profile {
    pub(crate) fn is_addressed(&self) -> bool {
        self.application_id.is_some() || self.base_url.is_some()
    }
}

/// The path of the file, for messages.
pub(crate) fn place() -> String {
    path().map_or("~/.config/desk/credentials.toml".to_owned(), |path| path.display().to_string())
}

fn path() -> Option<PathBuf> {
    Some(files::of_user("XDG_CONFIG_HOME", ".config")?.join("desk/credentials.toml"))
}

/// Reads a profile; `None` if the file or the profile does not exist and `asked` is false.
pub(crate) fn profile(name: &str, asked: bool) -> Result<Option<Profile>> {
    let path = path();
    let text = path.as_deref().map_or(Ok(None), read)?;
    let Some((path, text)) = path.zip(text) else {
        return if asked {
            Err(refused(format!("there is no profile `{name}`: {} does not exist", place()))
                .hint("write it, with mode 0600; see `desk help`"))
        } else {
            Ok(None)
        };
    };
    // The error of toml would quote the line, which may contain the token.
    let mut profiles: BTreeMap<String, Profile> = toml::from_str(&text).map_err(|error| {
        let at = error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.lines().count().max(1));
        refused(format!("cannot parse {}, near line {at}", path.display()))
            .hint("write profiles as tables such as [default], with application_id or base_url, and api_token")
    })?;
    match profiles.remove(name) {
        Some(profile) => Ok(Some(profile)),
        None if asked => {
            let there: Vec<String> = profiles.into_keys().collect();
            Err(refused(format!("{} has no profile `{name}`", path.display()))
                .hint(format!("it has: {}", there.join(", "))))
        }
        None => Ok(None),
    }
}

/// Reads a file that must belong to this user and be unreadable for others; `None` if it does not
/// exist.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>> {
    let failed = |error: &std::io::Error| Error { exit: Exit::Auth, ..Error::io("read", path, error) };
    let found = match std::fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&error)),
    };
    check(path, &found)?;
    let mut file = File::open(path).map_err(|error| failed(&error))?;
    let opened = file.metadata().map_err(|error| failed(&error))?;
    // The opened file must be the checked one.
    if (opened.dev(), opened.ino()) != (found.dev(), found.ino()) {
        return Err(
            refused(format!("{} was replaced while it was opened", path.display())).hint("run the command again")
        );
    }
    check(path, &opened)?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|error| failed(&error))?;
    Ok(Some(text))
}

fn check(path: &Path, found: &Metadata) -> Result<()> {
    let name = path.display();
    if !found.is_file() {
        return Err(
            refused(format!("{name} is not a regular file")).hint("put the file itself there instead of a link")
        );
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused(format!("{name} belongs to another user")).hint("create your own"));
    }
    if found.mode() & 0o077 != 0 {
        let problem = format!("other users can read {name} (mode {:o})", found.mode() & 0o777);
        return Err(refused(problem)
            .hint(format!("run `chmod 600 {name}`; if other users may have read it, create a new token")));
    }
    Ok(())
}

fn refused(what: String) -> Error {
    Error::new(Exit::Auth, "credentials", what).unsent()
}
