//! That a plan was begun: by which ledger, and how many batches there were.
//!
//! A plan has one ledger: another that began anew, or an old copy, would send again what was sent. So a plan that is begun has
//! marks that know it by its hash, whatever its file is called: one in its directory, and one of this user for plans that are
//! copied elsewhere. Invariant: the mark tells of a batch after the ledger does and before its request leaves; so a ledger
//! that knows of fewer batches is not the newest.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::ledger::with;
use super::plan::Plan;
use crate::error::{Error, Result};
use crate::files;

/// The mark in the directory of a plan that is being sent.
#[derive(Debug)]
pub(crate) struct Begun {
    file: File,
    path: PathBuf,
    /// Batches that were begun before.
    pub(crate) batches: usize,
}

/// What a mark says.
struct Mark<'a> {
    ledger: &'a str,
    /// Where it was, as JSON.
    place: &'a str,
    batches: usize,
}

impl<'a> Mark<'a> {
    fn of(text: &'a str) -> Mark<'a> {
        let mut lines = text.splitn(3, '\n');
        let (ledger, place) = (lines.next().unwrap_or_default(), lines.next().unwrap_or("elsewhere"));
        Mark { ledger, place, batches: lines.next().map_or(0, str::len) }
    }
}

/// Where the marks of a plan are, the one in its directory first.
fn marks(file: &Path, plan: &Plan) -> Vec<PathBuf> {
    let short = plan.sha256.get(..16).unwrap_or_default();
    let own = files::parent(&files::real(file)).join(format!("desk-send-{short}.begun"));
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let state = state.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")));
    let state = state.map(|dir| dir.join("desk/begun").join(&plan.sha256));
    std::iter::once(own).chain(state).collect()
}

/// Refuses to take a plan for new that was begun with another ledger.
pub(crate) fn elsewhere(file: &Path, plan: &Plan, ledger: &Path) -> Result<()> {
    for mark in marks(file, plan) {
        if let Ok(text) = std::fs::read_to_string(&mark) {
            let problem =
                format!("{} was begun, and its ledger is not {}; nothing was sent", file.display(), ledger.display());
            let place = Mark::of(&text).place;
            let hint = format!("give its --ledger FILE (it was {place}): without it nobody knows who was messaged");
            return Err(Error::usage(problem).hint(hint));
        }
    }
    Ok(())
}

/// Makes a ledger, known by its mark, the one that a plan is sent by, before anything is. It may be moved, but not be replaced.
pub(crate) fn bind(file: &Path, plan: &Plan, own: &str, ledger: &Path) -> Result<Begun> {
    let place = ledger.canonicalize().unwrap_or_else(|_| ledger.to_owned());
    let text = format!("{own}\n{}\n", json!(place.to_string_lossy()));
    let mut first = None;
    for path in marks(file, plan) {
        let found = bound(&path, own, &text);
        match (found, &first) {
            (Ok(found), _) if Mark::of(&found).ledger != own => {
                return elsewhere(file, plan, ledger).and(Err(Error::integrity("the mark of the plan has changed")));
            }
            (Ok(found), None) => first = Some((path, Mark::of(&found).batches)),
            (Err(error), None) => return Err(Error::io("write to", &path, &error)),
            // The user's own is one more net; it may have no place.
            (_, Some(_)) => {}
        }
    }
    let Some((path, batches)) = first else { return Err(Error::integrity("the plan has no directory")) };
    let file = OpenOptions::new().append(true).open(&path).map_err(|error| Error::io("write to", &path, &error))?;
    Ok(Begun { file, path, batches })
}

/// The text of a mark, which is made if it is not there.
fn bound(path: &Path, own: &str, text: &str) -> io::Result<String> {
    if !path.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(files::parent(path))?;
        let new = with(path, &format!(".{own}"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // Of two that begin at once, one has its name there.
        let linked = std::fs::hard_link(&new, path);
        std::fs::remove_file(&new)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => files::sync(files::parent(path))?,
        }
    }
    std::fs::read_to_string(path)
}

impl Begun {
    /// Notes that one more batch is about to be sent; durable when it returns.
    pub(crate) fn add(&self) -> Result<()> {
        let written = (&self.file).write_all(b".").and_then(|()| self.file.sync_data());
        written.map_err(|error| Error::io("write to", &self.path, &error))
    }
}
