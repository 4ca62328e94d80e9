//! Exclusions: recipients on suppression lists, and recipients that other campaigns messaged
//! recently. `plan` applies them, and `apply` checks them again, because lists grow and other
//! campaigns go on.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use clap::ArgMatches;
use serde::{Deserialize, Serialize};

use super::ledger::Ledger;
use super::recipients;
use super::states::States;
use crate::api::Bulk;
use crate::error::{Error, Exit, Result};
use crate::files;
use crate::output::many;

/// The exclusions of a plan, as its file has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exclusions {
    suppress: Vec<PathBuf>,
    ledgers: Vec<PathBuf>,
    /// The minimum time between two messages to one recipient.
    min_gap_ms: i64,
}

impl Exclusions {
    /// The exclusions that the options give.
    pub(crate) fn new(matches: &ArgMatches) -> Result<Exclusions> {
        let paths = |name: &str| matches.get_many::<PathBuf>(name).into_iter().flatten().cloned().collect();
        let (suppress, ledgers): (Vec<PathBuf>, Vec<PathBuf>) = (paths("suppress"), paths("ledger"));
        let gap = matches.get_one::<TimeDelta>("min-gap");
        if gap.is_some() == ledgers.is_empty() {
            let problem = "--min-gap and --ledger need each other";
            return Err(Error::usage(problem)
                .unsent()
                .hint("give --min-gap 7d and the --ledger of each earlier campaign"));
        }
        Ok(Exclusions { suppress, ledgers, min_gap_ms: gap.map_or(0, TimeDelta::num_milliseconds) })
    }

    /// Lists that can be read only once, such as pipes.
    pub(crate) fn transient(&self) -> Vec<PathBuf> {
        self.suppress.iter().filter(|path| !lasts(path)).cloned().collect()
    }

    /// The exclusions that `apply` can check again, by absolute paths; `None` if there are none.
    pub(crate) fn lasting(self) -> Result<Option<Exclusions>> {
        let lasting = |paths: Vec<PathBuf>| -> Result<Vec<PathBuf>> {
            let files = paths.into_iter().filter(|path| lasts(path));
            // By the given name: a link may lead to another file later.
            let named = files.map(|path| std::path::absolute(&path).unwrap_or(path));
            named.map(|path| if path.to_str().is_some() { Ok(path) } else { Err(unnameable(&path)) }).collect()
        };
        let own = Exclusions { suppress: lasting(self.suppress)?, ledgers: lasting(self.ledgers)?, ..self };
        Ok(Some(own).filter(|own| !own.suppress.is_empty() || !own.ledgers.is_empty()))
    }

    /// The recipients on the suppression lists.
    pub(crate) fn suppressed(&self, bulk: &Bulk) -> Result<HashSet<i64>> {
        let mut people = HashSet::new();
        for file in &self.suppress {
            people.extend(recipients::read(file, bulk)?);
        }
        Ok(people)
    }

    /// The recipients that the other campaigns messaged recently, and how many these campaigns have
    /// yet to message.
    pub(crate) fn lately(&self) -> Result<(HashSet<i64>, usize)> {
        let (mut lately, mut waiting) = (HashSet::new(), 0);
        let since = Utc::now() - TimeDelta::milliseconds(self.min_gap_ms);
        for ledger in &self.ledgers {
            let ledger = Ledger::read(ledger, ledger).map_err(Error::unsent)?;
            let lost = "restore the newest copy with the files next to it; if it is lost, exclude all of its \
                recipients by --suppress";
            ledger.check_newest().map_err(|error| error.unsent().hint(lost))?;
            lately.extend(ledger.messaged_since(since)?);
            waiting += States::new(ledger.size()?, Some(&ledger))?.sendable().1;
        }
        Ok((lately, waiting))
    }

    /// Refuses to send to recipients that are excluded by now.
    pub(crate) fn check<'a>(&self, people: impl Iterator<Item = &'a i64>, bulk: &Bulk, own: &str) -> Result<()> {
        for file in &self.suppress {
            // Reading a file that became a pipe would wait.
            files::open(file).map_err(|error| Error::io("read", file, &error).unsent())?;
        }
        let (suppressed, (lately, _)) = (self.suppressed(bulk)?, self.lately()?);
        let (mut stopped, mut again) = (0_usize, 0_usize);
        for id in people {
            stopped += usize::from(suppressed.contains(id));
            again += usize::from(!suppressed.contains(id) && lately.contains(id));
        }
        if stopped + again == 0 {
            return Ok(());
        }
        let problem = format!(
            "since the plan was made, {} came onto --suppress and {} messaged by --ledger",
            many(stopped, "recipient"),
            many(again, "recipient"),
        );
        Err(Error::new(Exit::Error, "stopped", problem).unsent().hint(format!(
            "make a new plan; if some batches were sent, add --ledger {own} and a --min-gap that includes them"
        )))
    }
}

/// Whether another process can read the same contents at `path` later.
fn lasts(path: &Path) -> bool {
    path.is_file() && path != "-" && !path.starts_with("/dev") && !path.starts_with("/proc")
}

fn unnameable(path: &Path) -> Error {
    Error::usage(format!("the path {} is not UTF-8", path.display()))
        .unsent()
        .hint("rename the file: the plan has its path, because `apply` reads it again")
}
