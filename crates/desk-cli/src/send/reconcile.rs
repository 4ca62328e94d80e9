//! `desk send reconcile`: what is known of batches that may have been sent or not, and what a person decides about them.
//!
//! It asks the service nothing and sends nothing. A decision is one line of the ledger, for good.

use std::path::Path;

use clap::ArgMatches;
use serde_json::json;

use super::ledger::{self, Ledger};
use super::plan::Plan;
use super::state::{Attempt, Outcome, State, States};
use super::{in_doubt, report};
use crate::api::arguments;
use crate::error::{Error, Result, shown};
use crate::output::{Output, message};

pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let file = arguments::path(matches, "plan");
    let plan = Plan::read(file)?;
    let text = |name: &str| matches.get_one::<String>(name).map_or("", |text| text.trim());
    match matches.get_one::<usize>("batch") {
        Some(number) => {
            let place = matches.get_one("ledger").cloned().unwrap_or_else(|| ledger::beside(file));
            let ledger = Ledger::open_to_decide(&place, &plan)?;
            decide(&ledger, &plan, *number, text("as"), (text("by"), text("why")))?;
            let (people, decision) = (plan.batch(number - 1).len(), text("as"));
            if matches.get_flag("json") {
                let mut output = Output::new();
                output.line(json!({ "batch": number, "decision": decision }).to_string().as_bytes())?;
                output.flush()?;
            } else {
                let next = match decision {
                    "not-sent" => "; `desk send apply` will send it again",
                    _ => "; it will not be sent again",
                };
                message(&format!("batch {number}, {people} recipients, is decided: {decision}{next}"));
            }
            Ok(())
        }
        None => {
            let ledger = report::ledger_of(matches, file, &plan)?;
            let states = States::new(plan.shape(), ledger.as_ref())?;
            show(&plan, &states, file, matches.get_flag("json"))?;
            in_doubt(&states, file)
        }
    }
}

fn decide(ledger: &Ledger, plan: &Plan, number: usize, decision: &str, (by, why): (&str, &str)) -> Result<()> {
    if by.is_empty() || why.is_empty() {
        return Err(Error::usage("--by and --why must say who decides, and by what"));
    }
    let states = States::new(plan.shape(), Some(ledger))?;
    let attempt = states.attempt(number - 1);
    let open = |attempt: &&Attempt| match attempt.outcome {
        Some(Outcome::Unknown) => true,
        // It is known that it was not sent; a person may say that it is to be tried again.
        Some(Outcome::Rejected) => decision != "sent",
        _ => false,
    };
    let Some(attempt) = attempt.filter(open) else {
        let state = if number > plan.batches { "not there" } else { states.state(number - 1).name() };
        return Err(Error::usage(format!("batch {number} is {state}: there is nothing to decide"))
            .hint("`desk send reconcile PLAN` shows the batches that there are"));
    };
    ledger.decide(attempt.n, decision, by, why)
}

/// What is known of each batch in doubt.
fn show(plan: &Plan, states: &States, file: &Path, json: bool) -> Result<()> {
    let mut output = Output::new();
    let doubtful = states.all().filter(|(_, state)| *state == State::Ended(Outcome::Unknown));
    for (batch, attempt) in doubtful.filter_map(|(batch, _)| Some((batch, states.attempt(batch)?))) {
        // Created before and after it, in the order of time: an id between theirs that is not in the ledger may be its own.
        let others = || states.all().filter_map(|(other, _)| states.attempt(other)).filter(|other| other.id.is_some());
        let before =
            others().filter(|other| other.n < attempt.n).max_by_key(|other| other.n).and_then(|other| other.id);
        let after = others().filter(|other| other.n > attempt.n).min_by_key(|other| other.n).and_then(|other| other.id);
        let people = plan.batch(batch);
        let error = attempt.error.as_deref().unwrap_or("process_ended");
        let number = batch + 1;
        let line = if json {
            json!({
                "batch": number, "recipients": people, "begun": attempt.begun, "ended": attempt.ended, "error": error,
                "id_before": before, "id_after": after, "id": attempt.id,
            })
            .to_string()
        } else {
            let ended = attempt.ended.as_deref().unwrap_or("?");
            let known = |id: Option<i64>| id.map_or("none".to_owned(), |id| id.to_string());
            let first = people.first().copied().unwrap_or_default();
            format!(
                "batch {number}: {} recipients, the first {first}; sent between {} and {ended}; {}; \
                 the last id before it is {}, the next one {}",
                people.len(),
                attempt.begun,
                shown(error, 40),
                known(before),
                known(after),
            )
        };
        output.line(line.as_bytes())?;
    }
    output.flush()?;
    if states.count("unknown").0 == 0 {
        message("nothing is in doubt");
    } else if !json {
        message(&format!(
            "look whether an id between them exists and whom it reached, then type\n  desk send reconcile {} --batch N \
             --as sent|not-sent|skip --by NAME --why TEXT",
            file.display()
        ));
    }
    Ok(())
}
