//! `desk send`: one message to many, batch after batch, and nobody twice.
//!
//! Invariant: what may have been sent is not sent again, but after a person has said that it was not. A plan says who and
//! what; a ledger says what became of it, and is written before anything leaves.

mod apply;
mod begun;
mod consent;
mod evidence;
mod first;
mod hours;
mod ledger;
mod left_out;
mod options;
mod plan;
mod recipients;
mod reconcile;
mod report;
mod state;
mod turn;

use std::path::PathBuf;

use clap::ArgMatches;

use crate::api::arguments;
use crate::error::{Error, Exit, Fate, Result};
use crate::files;
use crate::output::many;
use state::States;

pub(crate) use options::command;

pub(crate) async fn run(matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("plan", matches)) => plan::run(matches).await,
        Some(("apply", matches)) => apply::run(matches).await,
        Some(("status", matches)) => report::status(matches),
        Some(("report", matches)) => report::run(matches),
        Some(("reconcile", matches)) => reconcile::run(matches).await,
        _ => Err(Error::usage("a command is missing").hint("see --help")),
    }
}

/// A plan and its ledger as they were named: what a person is to type next names them so as well.
struct Campaign {
    plan: PathBuf,
    ledger: Option<PathBuf>,
}

impl Campaign {
    fn of(matches: &ArgMatches) -> Campaign {
        let (plan, ledger) = (arguments::path(matches, "plan").to_owned(), matches.get_one("ledger").cloned());
        match ledger::is_database(&plan) {
            true => Campaign { plan: "PLAN".into(), ledger: Some(plan) },
            false => Campaign { plan, ledger },
        }
    }

    /// Where its ledger is, or will be.
    fn place(&self) -> PathBuf {
        self.ledger.clone().unwrap_or_else(|| ledger::beside(&self.plan))
    }

    /// What is typed for one of the commands.
    fn command(&self, verb: &str) -> String {
        let ledger = self.ledger.as_ref().map_or(String::new(), |path| format!(" --ledger {}", files::quoted(path)));
        format!("desk send {verb} {}{ledger}", files::quoted(&self.plan))
    }
}

/// What is to be said while there are unknown outcomes.
fn in_doubt(states: &States, campaign: &Campaign) -> Result<()> {
    let (batches, people) = states.count("unknown");
    if batches == 0 {
        return Ok(());
    }
    let problem = format!("{} in {} may have been messaged or not", many(people, "recipient"), many(batches, "batch"));
    let error = Error::new(Exit::Unknown, "unknown", problem);
    let hint = format!("type `{}`: it shows what is known, and takes your decision", campaign.command("reconcile"));
    Err(Error { fate: Some(Fate::Unknown), may_have_acted: true, ..error }.hint(hint))
}
