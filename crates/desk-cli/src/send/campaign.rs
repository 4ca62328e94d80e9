//! A plan and its ledger, as the user named them: [`Campaign`].

use std::path::PathBuf;

use clap::ArgMatches;

use super::ledger_file;
use super::states::States;
use crate::api::arguments;
use crate::error::{Error, Exit, Fate, Result};
use crate::files;
use crate::output::many;

/// A plan and its ledger as the user named them: hints name them the same way.
pub(super) struct Campaign {
    pub(super) plan: PathBuf,
    ledger: Option<PathBuf>,
}

impl Campaign {
    pub(super) fn new(matches: &ArgMatches) -> Campaign {
        let (plan, ledger) = (arguments::path(matches, "plan").to_owned(), matches.get_one("ledger").cloned());
        match ledger_file::is_database(&plan) {
            true => Campaign { plan: "PLAN".into(), ledger: Some(plan) },
            false => Campaign { plan, ledger },
        }
    }

    /// The path of the ledger, which may not exist yet.
    pub(super) fn ledger_path(&self) -> PathBuf {
        self.ledger.clone().unwrap_or_else(|| ledger_file::default_path(&self.plan))
    }

    /// The command line of a subcommand for this campaign.
    pub(super) fn command(&self, verb: &str) -> String {
        let ledger = self.ledger.as_ref().map_or(String::new(), |path| format!(" --ledger {}", files::quoted(path)));
        format!("desk send {verb} {}{ledger}", files::quoted(&self.plan))
    }

    /// The error while outcomes are unknown.
    pub(super) fn check_unknown(&self, states: &States) -> Result<()> {
        let (batches, people) = states.count("unknown");
        if batches == 0 {
            return Ok(());
        }
        let problem =
            format!("{} in {} may have been messaged or not", many(people, "recipient"), many(batches, "batch"));
        let error = Error::new(Exit::Unknown, "unknown", problem);
        let hint = format!("run `{}`: it shows the evidence and records your decision", self.command("reconcile"));
        Err(Error { fate: Some(Fate::Unknown), may_have_acted: true, ..error }.hint(hint))
    }
}
