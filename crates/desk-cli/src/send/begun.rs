//! That a plan was begun: by which ledger, and how much is in that.
//!
//! A plan has one ledger: another that began anew, or an old copy, would send again what was sent. So a plan that is begun has
//! marks that know it by its hash, whatever its file is called: one in its directory, and one of this user for plans that are
//! copied or put back. Invariant: a mark counts a row of the ledger after the ledger has it and before anything is done about
//! it; so a ledger with fewer rows is not the newest. Who writes has the marks locked.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::error::{Error, Result};
use crate::files;

/// The marks of a plan that is being sent.
#[derive(Debug, Default)]
pub(crate) struct Begun {
    marks: Vec<Open>,
    /// A mark that could not be made.
    pub(crate) without: Option<PathBuf>,
}

#[derive(Debug)]
struct Open {
    file: File,
    path: PathBuf,
    rows: usize,
}

/// What a mark says.
struct Mark {
    ledger: String,
    /// Where it was, as JSON.
    place: String,
    /// Rows that the ledger has at least.
    rows: usize,
}

impl Mark {
    /// `None` if there is none; one that cannot be read is no reason to begin anew.
    fn read(path: &Path) -> Result<Option<Mark>> {
        use io::ErrorKind::{NotADirectory, NotFound};
        let text = match files::open(path).and_then(io::read_to_string) {
            Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(None),
            text => text.map_err(|error| Error::io("read", path, &error))?,
        };
        let mut lines = text.splitn(3, '\n');
        let mut line = || lines.next().unwrap_or_default().to_owned();
        let (ledger, place, rows) = (line(), line(), line().len());
        Ok(Some(Mark { ledger, place, rows }))
    }

    /// Refuses one of another ledger than that known by `own`.
    fn of(own: &str, path: &Path, (file, ledger): (&Path, &Path)) -> Result<Option<Mark>> {
        match Mark::read(path)? {
            Some(mark) if mark.ledger != own => Err(mark.refuses(file, ledger)),
            mark => Ok(mark),
        }
    }

    /// Of a plan that was begun with another ledger than `ledger`.
    fn refuses(&self, file: &Path, ledger: &Path) -> Error {
        let (plan, ledger, place) = (file.display(), ledger.display(), &self.place);
        Error::usage(format!("{plan} was begun, and its ledger is not {ledger}")).unsent().hint(format!(
            "give its --ledger FILE (it was {place}): without it nobody knows who was messaged, and a new plan messages all again"
        ))
    }
}

/// Where the marks of the plan with this hash are, the one in its directory first.
pub(crate) fn places(file: &Path, sha256: &str) -> Vec<PathBuf> {
    let short = sha256.get(..16).unwrap_or_default();
    let own = files::parent(&files::real(file)).join(format!("desk-send-{short}.begun"));
    let state = files::of_user("XDG_STATE_HOME", ".local/state").map(|dir| dir.join("desk/begun").join(sha256));
    std::iter::once(own).chain(state).collect()
}

/// Refuses to take a plan for new that was begun with another ledger.
pub(crate) fn elsewhere(file: &Path, sha256: &str, ledger: &Path) -> Result<()> {
    for place in places(file, sha256) {
        Mark::read(&place)?.map_or(Ok(()), |mark| Err(mark.refuses(file, ledger)))?;
    }
    Ok(())
}

/// Refuses a ledger, known by `own`, that the plan was not begun with.
pub(crate) fn is_by(file: &Path, sha256: &str, own: &str, ledger: &Path) -> Result<()> {
    places(file, sha256).iter().try_for_each(|place| Mark::of(own, place, (file, ledger)).map(|_| ()))
}

/// What the marks that there are of the ledger known by `own` tell: how many rows it has at least, and where it was.
pub(crate) fn counted(file: &Path, sha256: &str, own: &str) -> Result<(usize, Vec<PathBuf>)> {
    let (mut rows, mut were) = (0, Vec::new());
    for place in places(file, sha256) {
        if let Some(mark) = Mark::read(&place)?.filter(|mark| mark.ledger == own) {
            rows = rows.max(mark.rows);
            were.extend(serde_json::from_str::<String>(&mark.place).map(PathBuf::from));
        }
    }
    Ok((rows, were))
}

/// Makes a ledger, known by `own`, the one that a plan is sent by, before anything is, if it [is](is_by). It may be moved, but not
/// be replaced.
pub(crate) fn bind(file: &Path, sha256: &str, own: &str, ledger: &Path) -> Result<Begun> {
    let place = ledger.canonicalize().unwrap_or_else(|_| ledger.to_owned());
    let text = format!("{own}\n{}\n", json!(place.to_string_lossy()));
    let (mut begun, mut without) = (Begun::default(), None);
    for path in places(file, sha256) {
        // One that cannot be made is done without, if there is another.
        if let Err(error) = make(&path, own, &text) {
            without = Some(error);
            begun.without = Some(path);
            continue;
        }
        let open = files::open_own(&path, OpenOptions::new().append(true));
        let open = open.map_err(|error| files::failed("write to", &path, &error))?;
        files::lock(&open, &path, "desk send")?;
        let Some(mark) = Mark::of(own, &path, (file, ledger))? else { continue };
        begun.marks.push(Open { file: open, path, rows: mark.rows });
    }
    match without {
        Some(error) if begun.marks.is_empty() => Err(error),
        _ => Ok(begun),
    }
}

/// Makes a mark, if there is none.
fn make(path: &Path, own: &str, text: &str) -> Result<()> {
    if std::fs::symlink_metadata(path).is_ok() {
        // Whoever made it may have been killed before it was durable; who may not look there leaves it as it is.
        let _ = files::sync(files::parent(path));
        return Ok(());
    }
    let failed = |error: io::Error| Error::io("write to", path, &error);
    DirBuilder::new().recursive(true).mode(0o700).create(files::parent(path)).map_err(failed)?;
    let new = files::with(path, &format!(".{own}"));
    // A run that was killed may have left one.
    let _ = std::fs::remove_file(&new);
    let mut file = files::create_own(&new).map_err(failed)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    // Of two that begin at once, one has its name there.
    let linked = written.and_then(|()| std::fs::hard_link(&new, path));
    std::fs::remove_file(&new).map_err(failed)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
        _ => files::sync(files::parent(path)).map_err(failed),
    }
}

/// Refuses marks that another user made or can change.
pub(crate) fn are_own(file: &Path, sha256: &str) -> Result<()> {
    let check = |place: &PathBuf| files::check_own(place).map_err(|error| files::failed("look at", place, &error));
    places(file, sha256).iter().try_for_each(|place| check(place).map(drop))
}

impl Begun {
    /// Rows that the ledger has at least.
    pub(crate) fn rows(&self) -> usize {
        self.marks.iter().map(|mark| mark.rows).max().unwrap_or_default()
    }

    /// Notes that the ledger has so many rows; durable when it returns.
    pub(crate) fn reach(&mut self, rows: usize) -> Result<()> {
        for mark in &mut self.marks {
            let more = vec![b'.'; rows.saturating_sub(mark.rows)];
            let written = mark.file.write_all(&more).and_then(|()| mark.file.sync_data());
            written.map_err(|error| Error::io("write to", &mark.path, &error))?;
            mark.rows = mark.rows.max(rows);
        }
        Ok(())
    }
}
