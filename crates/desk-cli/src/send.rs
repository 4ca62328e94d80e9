//! `desk send`: one message to many, batch after batch, and nobody twice.
//!
//! Invariant: what may have been sent is not sent again, but after a person has said that it was not. A plan says who and
//! what; a ledger says what became of it, and is written before anything leaves.

mod apply;
mod begun;
mod evidence;
mod hours;
mod ledger;
mod options;
mod plan;
mod recipients;
mod reconcile;
mod report;
mod state;

use std::path::Path;

use clap::ArgMatches;

use crate::error::{Error, Exit, Result};
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

/// What is to be said while there are unknown outcomes; `plan` is what the person types.
fn in_doubt(states: &States, plan: &Path) -> Result<()> {
    let (batches, people) = states.count("unknown");
    if batches == 0 {
        return Ok(());
    }
    let problem = format!("{people} recipients in {batches} batches may have been messaged or not");
    let error = Error::new(Exit::Unknown, "unknown", problem);
    let hint =
        format!("type `desk send reconcile {}`: it shows what is known, and takes your decision", plan.display());
    Err(Error { outcome: Some("unknown"), may_have_acted: true, ..error }.hint(hint))
}
