//! `desk send status` and `desk send report`: the contents of the ledger, by state and by
//! recipient.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::json;

use super::attempt::{Outcome, State};
use super::campaign::Campaign;
use super::ledger::Ledger;
use super::plan::Plan;
use super::states::States;
use super::{ledger_file, ledger_open};
use crate::api::arguments;
use crate::error::Result;
use crate::output::Output;

/// The ledger of a plan, if the plan was started. A ledger that the user names must exist.
pub(crate) fn ledger_of(matches: &ArgMatches, file: &Path, plan: &Plan) -> Result<Option<Ledger>> {
    match matches.get_one::<PathBuf>("ledger") {
        Some(place) => ledger_open::to_read(place, file, plan).map(Some),
        None => ledger_open::if_begun(&ledger_file::default_path(file), file, plan),
    }
}

/// The error after the output about a ledger: an old copy, or unknown outcomes.
pub(crate) fn doubts(ledger: Option<&Ledger>, states: &States, matches: &ArgMatches) -> Result<()> {
    ledger.map_or(Ok(()), Ledger::check_newest)?;
    Campaign::new(matches).check_unknown(states)
}

pub(crate) fn status(matches: &ArgMatches) -> Result<()> {
    let file = arguments::path(matches, "plan");
    let (size, ledger) = if ledger_file::is_database(file) {
        let ledger = Ledger::read(file, file)?;
        (ledger.size()?, Some(ledger))
    } else {
        let plan = Plan::read(file)?;
        (plan.size(), ledger_of(matches, file, &plan)?)
    };
    let states = States::new(size, ledger.as_ref())?;
    let mut output = Output::new();
    let text = if matches.get_flag("json") { states.json().to_string() } else { states.summary() };
    output.line(text.as_bytes())?;
    output.flush()?;
    doubts(ledger.as_ref(), &states, matches)
}

pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let file = arguments::path(matches, "plan");
    let plan = Plan::read(file)?;
    let ledger = ledger_of(matches, file, &plan)?;
    let states = States::new(plan.size(), ledger.as_ref())?;
    let csv = matches.get_one::<String>("format").is_none_or(|format| format == "csv") && !matches.get_flag("json");
    let mut output = Output::new();
    if csv {
        output.line(b"recipient,batch,outcome,id,time,error")?;
    }
    for (batch, state) in states.all() {
        let attempt = states.attempt(batch);
        let id = attempt.and_then(|attempt| attempt.id);
        let time = attempt.map(|attempt| attempt.ended.as_ref().unwrap_or(&attempt.begun));
        let error = attempt.and_then(|attempt| match state {
            State::Ended(Outcome::Partial) => {
                let sent = attempt.sent.unwrap_or_default();
                Some(format!("{sent} of {} were reached", plan.batch(batch).len()))
            }
            _ => attempt.error.clone(),
        });
        for recipient in plan.batch(batch) {
            let (batch, outcome) = (batch + 1, state.name());
            // The values are numbers, times and fixed names, which need no quotes.
            let line = if csv {
                let id = id.map_or(String::new(), |id| id.to_string());
                let (time, error) = (time.map_or("", String::as_str), error.as_deref().unwrap_or(""));
                format!("{recipient},{batch},{outcome},{id},{time},{error}")
            } else {
                json!({ "recipient": recipient, "batch": batch, "outcome": outcome, "id": id, "time": time, "error": error })
                    .to_string()
            };
            output.line(line.as_bytes())?;
        }
    }
    output.flush()?;
    doubts(ledger.as_ref(), &states, matches)
}
