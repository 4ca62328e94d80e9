//! `desk send apply`: sends the batches of a plan that can message no recipient twice, one after
//! the other.
//!
//! Between the ledger's record of an attempt and the record of its outcome there must be only the
//! request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::DateTime;
use clap::ArgMatches;
use desk_client::{CallOptions, Client, ErrorKind};
use serde_json::json;

use super::attempt::{Outcome, State};
use super::campaign::Campaign;
use super::classify::classify;
use super::consent::{confirm, dry_run};
use super::ledger::Ledger;
use super::ledger_open;
use super::options;
use super::pacer::Pacer;
use super::plan::Plan;
use super::prior_send::{self, PriorSendCheck};
use super::states::States;
use crate::api::{Bulk, Operation, arguments};
use crate::connect::Connection;
use crate::counts::Counts;
use crate::error::{Error, Exit, Fate, Result};
use crate::interrupt;
use crate::output::{Output, many, message};
use crate::progress::{self, Progress};

/// The minimum interval between two checks of the exclusions.
const LOOK: Duration = Duration::from_secs(1);

pub(crate) async fn run(matches: &ArgMatches) -> Result<()> {
    let file = arguments::path(matches, "plan");
    let plan = Plan::read(file)?;
    let (operation, bulk) = options::planned(&plan.operation)?;
    if (bulk.exact)(&plan.input(bulk, 0))? != plan.first_body {
        let problem = "this version would send a different request from the one in the plan";
        return Err(Error::usage(problem).unsent().hint("use the version of `desk` that made the plan"));
    }
    let campaign = Campaign::new(matches);
    let place = campaign.ledger_path();
    let json = matches.get_flag("json");
    let asserted = prior_send::asserted(matches)?;
    ledger_open::check_own(&place, file, &plan)?;
    if matches.get_flag("dry-run") {
        let ledger = ledger_open::if_begun(&place, file, &plan)?;
        ledger.as_ref().map_or(Ok(()), Ledger::check_newest).map_err(Error::unsent)?;
        let states = States::new(plan.size(), ledger.as_ref())?;
        plan.check_exclusions(bulk, &states, &campaign)?;
        return dry_run(&plan, bulk, &states, json);
    }
    let connection = Connection::new(matches)?;
    confirm(&plan, &campaign, &connection.service(), matches)?;
    let counts = Arc::new(Counts::default());
    // One attempt for each record of the ledger.
    let client = connection.patient(counts.clone())?.with(CallOptions::new().max_attempts(1));
    let prior_send = PriorSendCheck::start(&plan, bulk, &campaign, &connection, matches).await?;
    let ledger = ledger_open::to_send(&place, file, &plan, &connection.service())?;
    if let Some((by, why)) = asserted.filter(|_| prior_send::has_reached_nobody(&ledger).is_ok_and(|nobody| nobody)) {
        ledger.assert(options::NOT_SENT_BEFORE, by, why).map_err(Error::unsent)?;
    }
    let states = States::new(plan.size(), Some(&ledger))?;
    plan.check_exclusions(bulk, &states, &campaign).map_err(Error::unsent)?;
    if let Some(mark) = ledger.missing_claim_file() {
        let text = format!(
            "cannot write {}: `desk` will not recognise a copy of this plan as started; set XDG_STATE_HOME",
            mark.display()
        );
        message(&if json { json!({ "warning": text }).to_string() } else { text });
    }
    let (all, unknown) = (plan.recipients.len(), states.count("unknown").1);
    let done = all - states.sendable().1;
    let mut progress = Progress::new(progress::RECIPIENTS, all as u64, done as u64, counts.clone(), json);
    progress.doubt(unknown as u64);
    let interrupted = Arc::new(AtomicBool::new(false));
    let in_flight = Arc::new(AtomicBool::new(false));
    let (flag, voice, under_way) = (interrupted.clone(), progress.voice(), in_flight.clone());
    let orderly = move || {
        flag.store(true, Ordering::Relaxed);
        voice.say("ending after the batch in flight; a second interrupt ends at once and leaves that batch unknown");
    };
    let status = campaign.command("status");
    let last = move || match under_way.load(Ordering::Relaxed) {
        true => {
            let last = Error::interrupted("ended at once; the batch in flight may have been sent or not");
            Error { fate: Some(Fate::Unknown), may_have_acted: true, ..last }.hint(format!("run `{status}`"))
        }
        false => Error::interrupted("ended at once, with no batch in flight").hint(format!("run `{status}`")),
    };
    interrupt::on_first(json, orderly, last);
    let attempts = ledger.attempts()?;
    let last = attempts.last().and_then(|last| DateTime::parse_from_rfc3339(&last.begun).ok());
    let (voice, wait) = (progress.voice(), matches.get_flag("wait"));
    let pacer = Pacer::new(plan.per_second, last.map(Into::into), (plan.only_between, wait), voice, &interrupted);
    // Counts the last unknown outcomes that no user has decided yet.
    let sent = attempts.iter().rev().filter(|last| last.outcome != Some(Outcome::NotSent));
    let unknown = sent.take_while(|last| last.in_doubt() && last.decision.is_none()).count();
    let mut sender = Sender {
        behind_canary: matches.get_flag("after-canary") || plan.canary == 0 || ledger.begun_from(plan.canary)?,
        automatic: matches.get_flag("canary-auto"),
        stop_rejected: *matches.get_one("stop-rejected").unwrap_or(&2.0),
        stop_unknown: *matches.get_one("stop-unknown").unwrap_or(&3),
        progress,
        run: RunStats { unknown, ..RunStats::default() },
        pacer,
        in_flight,
        counts,
        look: Instant::now() + LOOK,
        prior_send,
        plan: &plan,
        client,
        operation,
        bulk,
        campaign,
        ledger,
    };
    let stopped = sender.all().await;
    sender.progress.end();
    end(&sender, stopped, json)
}

/// The counts of this run.
#[derive(Default)]
struct RunStats {
    /// All requests, with any outcome.
    requests: usize,
    /// Batches with an outcome.
    batches: usize,
    rejected: usize,
    /// Consecutive unknown outcomes, including those of earlier runs.
    unknown: usize,
    /// Whether a request may have reached a recipient.
    acted: bool,
}

struct Sender<'a> {
    plan: &'a Plan,
    campaign: Campaign,
    client: Client,
    operation: &'static Operation,
    bulk: &'static Bulk,
    ledger: Ledger,
    behind_canary: bool,
    automatic: bool,
    /// In percent.
    stop_rejected: f64,
    stop_unknown: usize,
    progress: Progress,
    run: RunStats,
    pacer: Pacer<'a>,
    /// Whether the ledger has an attempt of this run without an outcome.
    in_flight: Arc<AtomicBool>,
    counts: Arc<Counts>,
    /// The time of the next check of the exclusions.
    look: Instant,
    /// `None` once the first batch of a new ledger has left.
    prior_send: Option<PriorSendCheck<'a>>,
}

impl Sender<'_> {
    /// Sends all sendable batches; an error tells why it stopped early.
    async fn all(&mut self) -> Result<()> {
        let mut states = States::new(self.plan.size(), Some(&self.ledger))?;
        for batch in 0..self.plan.batches {
            if !states.state(batch).is_sendable() {
                continue;
            }
            self.pacer.is_over()?;
            if batch >= self.plan.canary && !self.behind_canary {
                // Includes the batches that this run has sent.
                states = States::new(self.plan.size(), Some(&self.ledger))?;
                self.canary(&states)?;
            }
            let (outcome, error) = self.send_or_retry(batch).await?;
            self.report(batch, outcome, error.as_ref());
            let check = self.prior_send.take_if(|_| !matches!(outcome, Outcome::NotSent | Outcome::Rejected));
            self.stop(outcome, error)?;
            if let Some(check) = check.filter(|_| batch + 1 < self.plan.batches) {
                check.check_alone(&self.ledger.attempts()?).await?;
            }
        }
        Ok(())
    }

    /// Sends a batch; retries an unsent one as long as the policy allows.
    async fn send_or_retry(&mut self, batch: usize) -> Result<(Outcome, Option<Error>)> {
        let mut tries = 0;
        loop {
            self.pacer.wait().await?;
            if self.check_exclusions()? {
                // The hours may be over after a long check.
                self.pacer.is_open().await?;
            }
            if let Some(check) = &self.prior_send {
                check.refresh().await?;
            }
            let (outcome, error) = self.send(batch).await?;
            tries += 1;
            if outcome != Outcome::NotSent {
                self.pacer.success();
            }
            let unsent = error.as_ref().filter(|_| outcome == Outcome::NotSent);
            match unsent.and_then(|error| self.pacer.failure(tries, error)) {
                Some(wait) => {
                    self.counts.record_retry(wait);
                    let why = error.map_or("", |error| error.kind);
                    self.progress.voice().say(&format!("batch {}: not sent ({why}); retrying", batch + 1));
                }
                None => return Ok((outcome, error)),
            }
        }
    }

    /// Checks the exclusions again if the interval has passed; returns whether it did.
    fn check_exclusions(&mut self) -> Result<bool> {
        let begun = Instant::now();
        if begun < self.look || !self.plan.has_exclusions() {
            return Ok(false);
        }
        let states = States::new(self.plan.size(), Some(&self.ledger))?;
        self.plan.check_exclusions(self.bulk, &states, &self.campaign)?;
        // Checks of long lists are rarer.
        self.look = Instant::now() + LOOK.max(begun.elapsed() * 20);
        Ok(true)
    }

    /// Sends a batch once.
    async fn send(&mut self, batch: usize) -> Result<(Outcome, Option<Error>)> {
        let people = self.plan.batch(batch);
        let input = self.plan.input(self.bulk, batch);
        self.in_flight.store(true, Ordering::Relaxed);
        let attempt = self.ledger.begin(batch, people)?;
        self.run.requests += 1;
        let answer = (self.operation.call)(self.client.clone(), input).await;
        let (end, error) = classify(answer, self.bulk, people.len());
        self.ledger.end(attempt, &end)?;
        self.in_flight.store(false, Ordering::Relaxed);
        let text = self.bulk.evidence.as_ref().and_then(|evidence| self.plan.text(evidence.text)).unwrap_or_default();
        Ok((end.outcome, error.map(|error| error.discreet(text))))
    }

    /// Stops after the canary, unless it reached every recipient and the run continues by itself.
    fn canary(&mut self, states: &States) -> Result<()> {
        let reached = |state| matches!(state, State::Ended(Outcome::Done) | State::DecidedSent);
        let well = (0..self.plan.canary).all(|batch| reached(states.state(batch)));
        if well && self.automatic {
            self.behind_canary = true;
            return Ok(());
        }
        let reached = if well { "reached all recipients" } else { "did not reach all recipients" };
        let problem = format!("stopped after the canary: the first batches ({}) {reached}", self.plan.canary);
        let status = self.campaign.command("status");
        Err(Error::new(Exit::Partial, "stopped", problem).hint(format!(
            "check the arrived messages and run `{status}`, then run the same command with --after-canary"
        )))
    }

    /// Applies the stop rules to an outcome.
    fn stop(&mut self, outcome: Outcome, error: Option<Error>) -> Result<()> {
        self.run.batches += 1;
        self.run.acted |= !matches!(outcome, Outcome::NotSent | Outcome::Rejected);
        self.run.unknown = if outcome == Outcome::Unknown { self.run.unknown + 1 } else { 0 };
        match (outcome, error) {
            // The next batch would fail in the same way.
            (Outcome::NotSent, Some(error)) => Err(error),
            (Outcome::Rejected, error) => {
                self.run.rejected += 1;
                let (rejected, batches) = (self.run.rejected, self.run.batches);
                if rejected as f64 * 100.0 <= self.stop_rejected * batches as f64 {
                    return Ok(());
                }
                let problem = format!("{rejected} of {batches} batches were rejected");
                let stopped = Error::new(Exit::Partial, "stopped", problem);
                let stopped = error.into_iter().fold(stopped, Error::cause);
                let report = self.campaign.command("report");
                Err(stopped.hint(format!(
                    "run `{report}`; the same command continues with the other batches, with --stop-rejected \
                     100% to the end"
                )))
            }
            (Outcome::Unknown, _) if self.run.unknown >= self.stop_unknown => {
                let problem = format!("{} consecutive outcomes are unknown", self.run.unknown);
                Err(Error::new(Exit::Unknown, "stopped", problem))
            }
            _ => Ok(()),
        }
    }

    fn report(&mut self, batch: usize, outcome: Outcome, error: Option<&Error>) {
        if outcome != Outcome::Done {
            let why = match error {
                // No other message has the reason.
                Some(error) if outcome == Outcome::Rejected => format!(" ({})", error.message()),
                Some(error) => format!(" ({})", error.kind),
                // The answer was not the service's.
                None if outcome == Outcome::Unknown => format!(" ({})", ErrorKind::Decode.name()),
                None => String::new(),
            };
            let text = format!("batch {}: {}{why}", batch + 1, outcome.name().replace('_', " "));
            self.progress.voice().say(&text);
        }
        if outcome != Outcome::NotSent {
            let people = self.plan.batch(batch).len() as u64;
            if outcome == Outcome::Unknown {
                self.progress.doubt(people);
            }
            self.progress.add(people);
        }
    }
}

fn summary(states: &States, json: bool) -> Result<()> {
    if !json {
        message(&states.summary());
        return Ok(());
    }
    let mut output = Output::new();
    output.line(states.json().to_string().as_bytes())?;
    output.flush()
}

/// The error of a run whose ledger cannot be read at its end, after so many requests.
fn unread(error: Error, requests: usize, stopped: Result<()>) -> Error {
    if requests == 0 {
        return error.unsent();
    }
    let error = error.note(format!("the outcome of {} is only in the ledger", many(requests, "request")));
    let error = Error { exit: Exit::Unknown, fate: Some(Fate::Unknown), may_have_acted: true, ..error };
    stopped.err().into_iter().fold(error, Error::earlier)
}

/// Prints the summary; returns the error of the run.
fn end(sender: &Sender<'_>, stopped: Result<()>, json: bool) -> Result<()> {
    let states = match States::new(sender.plan.size(), Some(&sender.ledger)) {
        Ok(states) => states,
        Err(error) => return Err(unread(error, sender.run.requests, stopped)),
    };
    let printed = summary(&states, json);
    let waiting = states.sendable().1;
    let doubt = sender.campaign.check_unknown(&states);
    let stopped = match stopped {
        // A stop rule after the last batch counts as success.
        Err(error) if error.exit == Exit::Partial && waiting == 0 => Ok(()),
        stopped => stopped.map_err(|error| if sender.run.acted { error.after_other_batches() } else { error }),
    };
    match (stopped, doubt) {
        // The user knows about the interrupt, but not about unknown outcomes.
        (Err(stopped), Ok(())) if stopped.exit == Exit::Interrupted => Err(stopped),
        (Err(stopped), Err(doubt)) if stopped.exit == Exit::Interrupted => {
            let stopped = stopped.note(doubt.problem);
            Err(Error { hint: doubt.hint, fate: doubt.fate, may_have_acted: true, ..stopped })
        }
        (Err(stopped), Err(doubt)) => {
            let waits = || format!("run the same command for the {waiting} other recipients");
            let hint = stopped.hint.clone().unwrap_or_else(waits);
            Err(doubt.earlier(stopped).and_hint(&hint))
        }
        (Err(stopped), Ok(())) => Err(stopped.note(format!("{waiting} recipients are not sent yet"))),
        (Ok(()), Err(doubt)) => Err(doubt),
        (Ok(()), Ok(())) => {
            let missed = states.count("partial").1 + states.count("rejected").1;
            if missed == 0 {
                let hint = format!("run `{}`", sender.campaign.command("status"));
                return printed.map_err(|error| {
                    let error = error.note(format!("but every batch is sent: {}", states.summary())).hint(hint);
                    Error { may_have_acted: true, ..error }
                });
            }
            let problem =
                format!("every batch is sent, but {missed} recipients are in batches that were rejected or partial");
            let partial = Error::new(Exit::Partial, "partial", problem);
            Err(Error { may_have_acted: sender.run.acted, ..partial }
                .hint(format!("run `{}`", sender.campaign.command("report"))))
        }
    }
}
