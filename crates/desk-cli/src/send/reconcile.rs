//! `desk send reconcile`: shows the evidence about batches with unknown outcomes, and records a
//! user's decisions.
//!
//! It only reads from the service. A decision is a permanent row of the ledger, and only a user can
//! make it.

use std::path::Path;

use chrono::{SecondsFormat, TimeDelta, Utc};
use clap::ArgMatches;
use clap::parser::ValueSource;
use serde_json::{Value, json};

use super::attempt::{Attempt, Outcome, PROCESS_ENDED, State, neighbours};
use super::campaign::Campaign;
use super::evidence::{Case, Finding, clock_is_in_order, findings, may_come};
use super::ledger::Ledger;
use super::plan::Plan;
use super::states::States;
use super::{ledger_open, options, report};
use crate::api::arguments;
use crate::connect::Connection;
use crate::error::{Error, Exit, Result, printable};
use crate::files;
use crate::output::{Output, many, message};

pub(crate) async fn run(matches: &ArgMatches) -> Result<()> {
    let file = arguments::path(matches, "plan");
    let plan = Plan::read(file)?;
    let text = |name: &str| matches.get_one::<String>(name).map_or("", |text| text.trim());
    match matches.get_one::<usize>("batch") {
        Some(number) => {
            let (by, why) = decided_by(matches)?;
            let asks = text("as") == "not-sent" && !matches.get_flag("offline");
            let asked = match report::ledger_of(matches, file, &plan)?.filter(|_| asks) {
                Some(ledger) => Some(is_not_refuted(*number, &plan, &ledger, matches).await?),
                None => None,
            };
            let mut ledger = ledger_open::to_decide(&Campaign::new(matches).ledger_path(), file, &plan)?;
            let instead = matches.get_one::<String>("instead-of").map(String::as_str);
            decide(&mut ledger, &plan, *number, (text("as"), instead, settle(matches)), (by, why), asked)?;
            let (people, decision) = (plan.batch(number - 1).len(), text("as"));
            if matches.get_flag("json") {
                let mut output = Output::new();
                output.line(json!({ "batch": number, "decision": decision }).to_string().as_bytes())?;
                output.flush()?;
            } else {
                let next = match decision {
                    "not-sent" => "; `desk send apply` will resend it",
                    _ => "; it will not be resent",
                };
                message(&format!("batch {number}, {}, is decided: {decision}{next}", many(people, "recipient")));
            }
            Ok(())
        }
        None => {
            let ledger = report::ledger_of(matches, file, &plan)?;
            let states = States::new(plan.size(), ledger.as_ref())?;
            let doubts = Doubts::new(&plan, &states, ledger.as_ref())?;
            let findings = match &ledger {
                Some(ledger) if !doubts.places.is_empty() && !matches.get_flag("offline") => {
                    ask(&doubts, ledger, matches).await?
                }
                _ => Vec::new(),
            };
            doubts.show(&findings, &decision(matches), matches.get_flag("json"))?;
            let (batches, people) = states.count("in_flight");
            if batches > 0 {
                message(&format!(
                    "{} in {} being sent now: run the command again when that has ended",
                    many(people, "recipient"),
                    many(batches, "batch")
                ));
            }
            report::doubts(ledger.as_ref(), &states, matches)
        }
    }
}

/// The name of the deciding user, and the reason.
pub(super) fn decided_by(matches: &ArgMatches) -> Result<(&str, &str)> {
    let text = |name: &str| matches.get_one::<String>(name).map_or("", |text| text.trim());
    match (text("by"), text("why")) {
        ("", _) | (_, "") => Err(Error::usage("--by or --why is empty; nothing was decided")
            .hint("give the deciding person and the reason: the ledger keeps both")),
        given => Ok(given),
    }
}

/// The time for which a request may still be carried out; the option has a default.
fn settle(matches: &ArgMatches) -> TimeDelta {
    matches.get_one("settle").copied().unwrap_or_default()
}

/// Refuses to resend a batch that the service shows to have been carried out; returns the attempt
/// that was checked.
async fn is_not_refuted(number: usize, plan: &Plan, ledger: &Ledger, matches: &ArgMatches) -> Result<Option<i64>> {
    let states = States::new(plan.size(), Some(ledger))?;
    let last = states.attempt(number - 1).filter(|attempt| attempt.in_doubt()).map(|attempt| attempt.n);
    let Some(last) = last else { return Ok(None) };
    let attempts = ledger.attempts()?;
    let places = attempts.iter().position(|attempt| attempt.n == last).into_iter().collect();
    let findings = ask(&Doubts { plan, attempts, places }, ledger, matches).await;
    let findings = findings.map_err(|error| error.note("nothing was decided"))?;
    match findings.first().filter(|finding| finding.suggests_sent()) {
        None => Ok(Some(last)),
        Some(finding) => {
            let report = finding.report().join("; ");
            Err(Error::usage(format!("batch {number} seems to have been sent: {report}; nothing was decided")).hint(
                "do not resend it: that messages people twice; if you are sure that it was not sent, add --offline",
            ))
        }
    }
}

fn decide(
    ledger: &mut Ledger,
    plan: &Plan,
    number: usize,
    (decision, instead, settle): (&str, Option<&str>, TimeDelta),
    (by, why): (&str, &str),
    asked: Option<Option<i64>>,
) -> Result<()> {
    let states = States::new(plan.size(), Some(ledger))?;
    let attempt = states.attempt(number - 1);
    let open = |attempt: &&Attempt| match attempt.outcome {
        Some(Outcome::Unknown) => true,
        // The batch was certainly not sent; the user may decide to retry it.
        Some(Outcome::Rejected) => decision != "sent",
        _ => false,
    };
    let Some(attempt) = attempt.filter(open) else {
        let state = if number > plan.batches { "not in the plan" } else { states.state(number - 1).name() };
        return Err(Error::usage(format!("batch {number} is {state}: it needs no decision"))
            .hint("run `desk send reconcile PLAN` to see the batches in doubt"));
    };
    if attempt.in_doubt() && asked.is_some_and(|asked| asked != Some(attempt.n)) {
        let problem = format!("batch {number} was resent just now; nothing was decided");
        return Err(Error::new(Exit::TryLater, "busy", problem).hint("run the command again"));
    }
    let sends = decision == "not-sent" && attempt.outcome == Some(Outcome::Unknown) && !settle.is_zero();
    if sends && let Some(until) = may_come(attempt, settle, Utc::now())? {
        let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
        let problem = format!("batch {number} may still be carried out until {until}; nothing was decided");
        return Err(Error::new(Exit::TryLater, "busy", problem)
            .hint("run the command again then; if you are sure that it cannot be, give a shorter --settle"));
    }
    if sends && !clock_is_in_order(&ledger.attempts()?, attempt, Utc::now())? {
        let problem = format!(
            "the clock was set after batch {number} was sent: it may still be carried out; nothing was decided"
        );
        return Err(
            Error::new(Exit::TryLater, "busy", problem).hint("if you are sure that it cannot be, give --settle 0s")
        );
    }
    let before = attempt.decision.as_deref().filter(|before| *before != decision);
    match (before, instead) {
        (Some(before), instead) if instead != Some(before) => {
            let problem = format!("batch {number} was decided already: {before}; nothing was decided");
            return Err(Error::usage(problem).hint(format!("if that was wrong, add --instead-of {before}")));
        }
        (None, Some(instead)) if attempt.decision.is_none() => {
            let problem = format!("batch {number} was not decided yet, and not {instead}; nothing was decided");
            return Err(Error::usage(problem).hint("check the number; a first decision has no --instead-of"));
        }
        _ => {}
    }
    ledger.decide(attempt.n, decision, by, why)
}

/// The batches with unknown outcomes.
struct Doubts<'a> {
    plan: &'a Plan,
    /// Every attempt, in the order of time.
    attempts: Vec<Attempt>,
    /// The places of the attempts in doubt.
    places: Vec<usize>,
}

impl<'a> Doubts<'a> {
    fn new(plan: &'a Plan, states: &States, ledger: Option<&Ledger>) -> Result<Doubts<'a>> {
        let attempts = ledger.map_or(Ok(Vec::new()), Ledger::attempts)?;
        let doubtful = states.all().filter(|(_, state)| *state == State::Ended(Outcome::Unknown));
        let last = doubtful.filter_map(|(batch, _)| states.attempt(batch));
        let places = last.filter_map(|last| attempts.iter().position(|attempt| attempt.n == last.n)).collect();
        Ok(Doubts { plan, attempts, places })
    }

    /// Prints each batch with its evidence.
    fn show(&self, findings: &[Finding], decision: &str, json: bool) -> Result<()> {
        let mut output = Output::new();
        for (at, place) in self.places.iter().enumerate() {
            let (Some(attempt), finding) = (self.attempts.get(*place), findings.get(at)) else { continue };
            let (before, after) = neighbours(&self.attempts, *place);
            if json {
                output.line(self.json(attempt, (before, after), finding).to_string().as_bytes())?;
                continue;
            }
            output.line(self.summary(attempt, (before, after)).as_bytes())?;
            for line in finding.map_or(Vec::new(), Finding::report) {
                output.line(format!("  {line}").as_bytes())?;
            }
            if let Some(finding) = finding {
                output.line(verdict(finding, decision, attempt.batch + 1).as_bytes())?;
            }
        }
        output.flush()?;
        match self.places.is_empty() {
            _ if json => {}
            true => message("no batch is in doubt"),
            false => message(&next(findings, decision)),
        }
        Ok(())
    }

    fn json(&self, attempt: &Attempt, (before, after): (Option<i64>, Option<i64>), finding: Option<&Finding>) -> Value {
        json!({
            "batch": attempt.batch + 1, "recipients": self.plan.batch(attempt.batch), "begun": attempt.begun,
            "ended": attempt.ended, "error": attempt.error.as_deref().unwrap_or(PROCESS_ENDED), "id_before": before,
            "id_after": after, "id": attempt.id, "verdict": finding.map(|finding| finding.verdict.name()),
            "evidence": finding.map(Finding::json),
        })
    }

    fn summary(&self, attempt: &Attempt, (before, after): (Option<i64>, Option<i64>)) -> String {
        let (number, people) = (attempt.batch + 1, self.plan.batch(attempt.batch));
        let known = |id: Option<i64>| id.map_or("none".to_owned(), |id| id.to_string());
        format!(
            "batch {number}: {}, the first {}; sent between {} and {}; {}; the last id before it is {}, the next one {}",
            many(people.len(), "recipient"),
            people.first().copied().unwrap_or_default(),
            attempt.begun,
            attempt.ended.as_deref().unwrap_or("?"),
            printable(attempt.error.as_deref().unwrap_or(PROCESS_ENDED), 40),
            known(before),
            known(after),
        )
    }
}

/// Asks the service for evidence.
async fn ask(doubts: &Doubts<'_>, ledger: &Ledger, matches: &ArgMatches) -> Result<Vec<Finding>> {
    let asked = async {
        let (_, bulk) = options::planned(&doubts.plan.operation)?;
        let connection = Connection::new(matches)?;
        ledger.check_service(&connection.service())?;
        let sent = (doubts.attempts.as_slice(), ledger.is_sending());
        match Case::new(doubts.plan, bulk, connection.client()?, sent, settle(matches)) {
            Some(mut case) => findings(&mut case, &doubts.places).await,
            None => Ok(Vec::new()),
        }
    };
    asked.await.map_err(|error| error.and_hint("add --offline to see only the ledger's records"))
}

/// The command for a decision, without the decision itself.
fn decision(matches: &ArgMatches) -> String {
    let command = Campaign::new(matches).command("reconcile");
    let given = matches.value_source("settle") == Some(ValueSource::CommandLine);
    match matches.get_raw("settle").and_then(Iterator::last).filter(|_| given) {
        Some(settle) => format!("{command} --settle {}", files::quoted(Path::new(settle))),
        None => command,
    }
}

fn verdict(finding: &Finding, command: &str, number: usize) -> String {
    let name = finding.verdict.name();
    match finding.verdict.decision() {
        Some(decision) => format!("  {name}: {command} --batch {number} --as {decision} --by NAME --why TEXT"),
        None => format!("  {name}"),
    }
}

/// The next step for the user.
fn next(findings: &[Finding], command: &str) -> String {
    let inferred = findings.first().map_or(Vec::new(), Finding::assumptions);
    let inferred = match inferred.is_empty() {
        true => String::new(),
        false => format!("this assumes, without documentation: {}\n", inferred.join("; ")),
    };
    let look = match findings.is_empty() {
        true => "check whether an id between them exists and which recipients it reached",
        false => "check whether that is correct",
    };
    format!("{inferred}{look}, then run\n  {command} --batch N --as sent|not-sent|skip --by NAME --why TEXT")
}
