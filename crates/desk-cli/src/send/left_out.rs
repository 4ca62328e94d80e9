//! Who is left out: people of lists, and those whom other campaigns have messaged lately. It is looked at when a plan is made, and
//! again before it is sent: lists grow, and other campaigns go on.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use clap::ArgMatches;
use serde::{Deserialize, Serialize};

use super::ledger::Ledger;
use super::recipients;
use super::state::States;
use crate::api::Bulk;
use crate::error::{Error, Exit, Result};
use crate::files;
use crate::output::many;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeftOut {
    suppress: Vec<PathBuf>,
    ledgers: Vec<PathBuf>,
    /// Between two messages to one.
    min_gap_ms: i64,
}

impl LeftOut {
    /// As it was asked for.
    pub(crate) fn new(matches: &ArgMatches) -> Result<LeftOut> {
        let paths = |name: &str| matches.get_many::<PathBuf>(name).into_iter().flatten().cloned().collect();
        let (suppress, ledgers): (Vec<PathBuf>, Vec<PathBuf>) = (paths("suppress"), paths("ledger"));
        let gap = matches.get_one::<TimeDelta>("min-gap");
        if gap.is_some() == ledgers.is_empty() {
            let problem = "--min-gap and --ledger need each other";
            return Err(Error::usage(problem)
                .unsent()
                .hint("give --min-gap 7d and the --ledger of each campaign before"));
        }
        Ok(LeftOut { suppress, ledgers, min_gap_ms: gap.map_or(0, TimeDelta::num_milliseconds) })
    }

    /// Lists that can be looked at only once, such as pipes.
    pub(crate) fn passing(&self) -> Vec<PathBuf> {
        self.suppress.iter().filter(|path| !lasts(path)).cloned().collect()
    }

    /// What can be looked at again, wherever that is done.
    pub(crate) fn lasting(self) -> Result<Option<LeftOut>> {
        let lasting = |paths: Vec<PathBuf>| -> Result<Vec<PathBuf>> {
            let files = paths.into_iter().filter(|path| lasts(path));
            // By the name that was given: what it leads to may become another one.
            let named = files.map(|path| std::path::absolute(&path).unwrap_or(path));
            named.map(|path| if path.to_str().is_some() { Ok(path) } else { Err(unnameable(&path)) }).collect()
        };
        let own = LeftOut { suppress: lasting(self.suppress)?, ledgers: lasting(self.ledgers)?, ..self };
        Ok(Some(own).filter(|own| !own.suppress.is_empty() || !own.ledgers.is_empty()))
    }

    /// People of the lists.
    pub(crate) fn suppressed(&self, bulk: &Bulk) -> Result<HashSet<i64>> {
        let mut people = HashSet::new();
        for file in &self.suppress {
            people.extend(recipients::read(file, bulk)?);
        }
        Ok(people)
    }

    /// Those who were messaged lately, and how many wait to be by the same campaigns.
    pub(crate) fn lately(&self) -> Result<(HashSet<i64>, usize)> {
        let (mut lately, mut waiting) = (HashSet::new(), 0);
        let since = Utc::now() - TimeDelta::milliseconds(self.min_gap_ms);
        for ledger in &self.ledgers {
            let ledger = Ledger::look(ledger, ledger).map_err(Error::unsent)?;
            let lost = "put the newest copy back, with the files beside it; if it is lost, leave out all of its people by --suppress";
            ledger.is_newest().map_err(|error| error.unsent().hint(lost))?;
            lately.extend(ledger.messaged_since(since)?);
            waiting += States::new(ledger.shape()?, Some(&ledger))?.sendable().1;
        }
        Ok((lately, waiting))
    }

    /// Refuses to send to people who are to be left out by now.
    pub(crate) fn check<'a>(&self, people: impl Iterator<Item = &'a i64>, bulk: &Bulk, own: &str) -> Result<()> {
        for file in &self.suppress {
            // What has become a pipe would be waited for.
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
            "since it was planned, of those who wait {} came onto --suppress and {} messaged by --ledger",
            many(stopped, "recipient"),
            many(again, "recipient"),
        );
        Err(Error::new(Exit::Error, "stopped", problem).unsent().hint(format!(
            "plan anew; if some of it was sent, with --ledger {own} too, and a --min-gap that goes back to then"
        )))
    }
}

/// Whether it is the same to another process.
fn lasts(path: &Path) -> bool {
    path.is_file() && path != "-" && !path.starts_with("/dev") && !path.starts_with("/proc")
}

fn unnameable(path: &Path) -> Error {
    Error::usage(format!("{} is no name in UTF-8", path.display()))
        .unsent()
        .hint("rename it: the plan names it, because it is looked at again before anything is sent")
}
