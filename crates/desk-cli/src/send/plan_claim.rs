//! Claim files: they record which ledger sends a plan, and how many rows that ledger has at least.
//!
//! Each plan has exactly one ledger: a second ledger, or an old copy of the first, would resend
//! batches. A started plan therefore has two claim files, which know it by its hash even if its
//! file is renamed: one in the plan's directory, and one of this user for plans that are copied or
//! restored. A claim file must count a row after the ledger holds the row and before the command
//! acts on it; a ledger with fewer rows is not the newest. Writers hold the locks of the claim
//! files.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::error::{Error, Result};
use crate::files;

/// A plan as its claim files know it.
#[derive(Clone, Copy)]
pub(crate) struct PlanId<'a> {
    pub(crate) file: &'a Path,
    pub(crate) sha256: &'a str,
}

/// The locked claim files of a plan that is being sent.
#[derive(Debug, Default)]
pub(crate) struct PlanClaim {
    files: Vec<ClaimFile>,
    /// A claim file that could not be created.
    pub(crate) missing: Option<PathBuf>,
}

#[derive(Debug)]
struct ClaimFile {
    file: File,
    path: PathBuf,
    rows: usize,
}

/// The contents of a claim file.
struct Claim {
    ledger: String,
    /// The last known path of the ledger, as JSON.
    place: String,
    /// The minimum number of rows in the ledger.
    rows: usize,
}

impl Claim {
    /// `None` if the file does not exist. A file that cannot be read is an error: the plan may have
    /// been started.
    fn read(path: &Path) -> Result<Option<Claim>> {
        use io::ErrorKind::{NotADirectory, NotFound};
        let text = match files::open(path).and_then(io::read_to_string) {
            Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(None),
            text => text.map_err(|error| Error::io("read", path, &error))?,
        };
        let mut lines = text.splitn(3, '\n');
        let mut line = || lines.next().unwrap_or_default().to_owned();
        let (ledger, place, rows) = (line(), line(), line().len());
        Ok(Some(Claim { ledger, place, rows }))
    }

    /// Reads the claim file at `path`; refuses a claim by another ledger than the one with the mark
    /// `own`.
    fn read_own(own: &str, path: &Path, (file, ledger): (&Path, &Path)) -> Result<Option<Claim>> {
        match Claim::read(path)? {
            Some(claim) if claim.ledger != own => Err(claim.refuses(file, ledger)),
            claim => Ok(claim),
        }
    }

    /// The error for a plan that another ledger than `ledger` has claimed.
    fn refuses(&self, file: &Path, ledger: &Path) -> Error {
        let (plan, ledger, place) = (file.display(), ledger.display(), &self.place);
        let problem = format!("{plan} was started with another ledger than {ledger}");
        Error::usage(problem).unsent().hint(format!(
            "give its ledger by --ledger FILE (it was {place}): only that ledger has the messaged recipients, \
             and a new plan would message all again"
        ))
    }
}

impl PlanId<'_> {
    /// The paths of the plan's claim files, the one in its directory first.
    pub(crate) fn claim_files(self) -> Vec<PathBuf> {
        let short = self.sha256.get(..16).unwrap_or_default();
        let own = files::parent(&files::real(self.file)).join(format!("desk-send-{short}.begun"));
        let state =
            files::of_user("XDG_STATE_HOME", ".local/state").map(|dir| dir.join("desk/begun").join(self.sha256));
        std::iter::once(own).chain(state).collect()
    }

    /// Refuses a new `ledger` for a plan that any ledger has claimed.
    pub(crate) fn check_unclaimed(self, ledger: &Path) -> Result<()> {
        for path in self.claim_files() {
            Claim::read(&path)?.map_or(Ok(()), |claim| Err(claim.refuses(self.file, ledger)))?;
        }
        Ok(())
    }

    /// Refuses the ledger with the mark `own` if another ledger has claimed the plan.
    pub(crate) fn check_claimed_by(self, own: &str, ledger: &Path) -> Result<()> {
        let read = |path: &PathBuf| Claim::read_own(own, path, (self.file, ledger)).map(drop);
        self.claim_files().iter().try_for_each(read)
    }

    /// The minimum number of rows of the ledger with the mark `own`, and its recorded paths.
    pub(crate) fn claimed_rows(self, own: &str) -> Result<(usize, Vec<PathBuf>)> {
        let (mut rows, mut places) = (0, Vec::new());
        for path in self.claim_files() {
            if let Some(claim) = Claim::read(&path)?.filter(|claim| claim.ledger == own) {
                rows = rows.max(claim.rows);
                places.extend(serde_json::from_str::<String>(&claim.place).map(PathBuf::from));
            }
        }
        Ok((rows, places))
    }

    /// Claims the plan for the ledger with the mark `own`, before any batch is sent. The ledger may
    /// be moved later, but not replaced.
    pub(crate) fn claim(self, own: &str, ledger: &Path) -> Result<PlanClaim> {
        let place = ledger.canonicalize().unwrap_or_else(|_| ledger.to_owned());
        let text = format!("{own}\n{}\n", json!(place.to_string_lossy()));
        let (mut claim, mut failure) = (PlanClaim::default(), None);
        for path in self.claim_files() {
            // One claim file is enough.
            if let Err(error) = create(&path, own, &text) {
                failure = Some(error);
                claim.missing = Some(path);
                continue;
            }
            let open = files::open_own(&path, OpenOptions::new().append(true));
            let open = open.map_err(|error| files::failed("write to", &path, &error))?;
            files::lock(&open, &path, "desk send")?;
            let Some(read) = Claim::read_own(own, &path, (self.file, ledger))? else { continue };
            claim.files.push(ClaimFile { file: open, path, rows: read.rows });
        }
        match failure {
            Some(error) if claim.files.is_empty() => Err(error),
            _ => Ok(claim),
        }
    }

    /// Refuses claim files that another user owns or can write to.
    pub(crate) fn check_own(self) -> Result<()> {
        let check = |path: &PathBuf| files::check_own(path).map_err(|error| files::failed("look at", path, &error));
        self.claim_files().iter().try_for_each(|path| check(path).map(drop))
    }
}

/// Creates a claim file unless it exists.
fn create(path: &Path, own: &str, text: &str) -> Result<()> {
    if std::fs::symlink_metadata(path).is_ok() {
        // Its creator may have been killed before the name was durable. A user without access
        // leaves it as it is.
        let _ = files::sync(files::parent(path));
        return Ok(());
    }
    let failed = |error: io::Error| Error::io("write to", path, &error);
    DirBuilder::new().recursive(true).mode(0o700).create(files::parent(path)).map_err(failed)?;
    let new = files::with(path, &format!(".{own}"));
    // A killed run may have left this file.
    let _ = std::fs::remove_file(&new);
    let mut file = files::create_own(&new).map_err(failed)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    // Of two commands that start at once, only one can link its file.
    let linked = written.and_then(|()| std::fs::hard_link(&new, path));
    std::fs::remove_file(&new).map_err(failed)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
        _ => files::sync(files::parent(path)).map_err(failed),
    }
}

impl PlanClaim {
    /// The minimum number of rows of the ledger.
    pub(crate) fn rows(&self) -> usize {
        self.files.iter().map(|file| file.rows).max().unwrap_or_default()
    }

    /// Records that the ledger has `rows` rows; durable when it returns.
    pub(crate) fn record_rows(&mut self, rows: usize) -> Result<()> {
        for claim in &mut self.files {
            let more = vec![b'.'; rows.saturating_sub(claim.rows)];
            let written = claim.file.write_all(&more).and_then(|()| claim.file.sync_data());
            written.map_err(|error| Error::io("write to", &claim.path, &error))?;
            claim.rows = claim.rows.max(rows);
        }
        Ok(())
    }
}
