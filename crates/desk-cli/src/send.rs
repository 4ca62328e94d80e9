//! `desk send`: one message to many, batch after batch, and nobody twice.
//!
//! Invariant: what may have been sent is not sent again, but after a person has said that it was not. A plan says who and
//! what; a ledger says what became of it, and is written before anything leaves.

mod apply;
mod attempt;
mod campaign;
mod consent;
mod evidence;
mod exclusions;
mod hours;
mod ledger;
mod ledger_file;
mod ledger_open;
mod options;
mod pacer;
mod plan;
mod plan_claim;
mod prior_send;
mod recipients;
mod reconcile;
mod report;
mod states;

use clap::ArgMatches;

use crate::error::{Error, Result};

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
