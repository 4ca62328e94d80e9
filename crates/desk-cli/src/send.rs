//! `desk send`: one message to many recipients, in batches, each recipient once.
//!
//! A batch that may have been sent is resent only after a user decides so. A plan has the message
//! and the recipients; a ledger has the outcome of each batch, and is written before a request
//! leaves.

mod apply;
mod attempt;
mod campaign;
mod classify;
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
        _ => Err(Error::usage("the subcommand is missing").hint("see --help")),
    }
}
