//! `desk doctor`: checks that the service is reachable, and that it behaves as exports require. It
//! only reads.
//!
//! Each finding is fine, notable or wrong; a wrong one says how to fix it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use clap::{ArgMatches, Command};
use desk_client::Client;
use serde_json::json;

use crate::api::input::{Input, ListQuery};
use crate::api::{List, PageResult};
use crate::connect::{self, Connection};
use crate::counts::Counts;
use crate::error::{Error, Exit, Result, printable};
use crate::generated::lists::LISTS;
use crate::output::Output;

/// The largest difference of clocks that is not reported.
const SKEW: Duration = Duration::from_secs(5);

/// The command.
pub(crate) fn command() -> Command {
    let about = "Check address, token, clock and lists, and say how to fix problems";
    connect::arguments(
        Command::new("doctor")
            .about(about)
            .long_about(format!("{about}\n\nIt only reads: a few small requests for each list that can be exported.")),
    )
}

/// Runs every check.
pub(crate) async fn run(matches: &ArgMatches) -> Result<()> {
    let connection = Connection::new(matches)?;
    let counts = Arc::new(Counts::default());
    let client = connection.observed(counts.clone())?;
    let mut report = Report::default();
    report.add("settings", State::Fine, format!("{} with a token", printable(&connection.service(), 200)), None);
    let mut failure = None;
    // A list with a required argument cannot be checked without its value.
    for list in LISTS.iter().filter(|list| list.windows && list.arguments.iter().all(|argument| !argument.required)) {
        if let Err(error) = examine(list, &client, &mut report).await {
            let check = match error.kind {
                "connect" => "connection",
                "unauthorized" => "token",
                "rate_limited" => "rate",
                _ => "requests",
            };
            report.add(check, State::Wrong, error.message(), error.hint.clone());
            failure = Some(error);
            break;
        }
    }
    rate(&counts, &mut report);
    report.print(matches.get_flag("json"))?;
    match failure {
        // The report has printed the cause already.
        Some(error) => Err(error.context("the check was not finished")),
        None if report.is_wrong() => Err(Error::new(Exit::Error, "doctor", "a check has failed")
            .hint("fix the findings marked `wrong`, then run `desk doctor` again")),
        None => Ok(()),
    }
}

async fn examine(list: &List, client: &Client, report: &mut Report) -> Result<()> {
    let ask = async |from, until, page, offset| {
        (list.ask)(client.clone(), Input::default(), ListQuery { from, until, page: Some(page) }, offset).await
    };
    let sample = ask(None, None, list.page, 0).await?;
    if !report.has("connection") {
        report.add("connection", State::Fine, "the service answers and accepts the token".to_owned(), None);
        clock(&sample, report);
    }
    let name = list.name;
    report.add("rows", State::Fine, format!("{name}: {} in all", sample.count), None);
    order(name, &sample, report);

    let (given, wanted) = (i64::try_from(sample.rows.len()).unwrap_or(i64::MAX), list.page.min(sample.count));
    if given < wanted {
        let what =
            format!("{name}: {given} rows when {wanted} are requested; lists continue after the rows that they get");
        report.add("page size", State::Notable, what, None);
    } else {
        report.add("page size", State::Fine, format!("{name}: {given} rows when {} are requested", list.page), None);
    }

    let Some((id, time)) = sample.rows.iter().rev().find_map(|row| Some((row.key.id, row.moment()?))) else {
        report.add("bounds", State::Notable, format!("{name}: no row to test them with"), None);
        return Ok(());
    };
    let step = TimeDelta::microseconds(1);
    let at = ask(Some(time), Some(time), list.page, 0).await?;
    let others = at.rows.iter().filter(|row| row.moment() != Some(time)).count();
    if !at.rows.iter().any(|row| row.key.id == id) && at.count <= list.page {
        let what = format!("{name}: a time range of one microsecond lacks the row of that microsecond");
        let fix = "exports will be unproven; ask the service's support whether its bounds are inclusive";
        report.add("bounds", State::Wrong, what, Some(fix.to_owned()));
    } else if others > 0 {
        let what =
            format!("{name}: coarser than a microsecond ({others} rows of other times); exports skip these rows");
        report.add("bounds", State::Notable, what, None);
    } else {
        let (before, after) = (ask(None, Some(time - step), 1, 0).await?, ask(Some(time + step), None, 1, 0).await?);
        let parts = before.count + at.count + after.count;
        let all = ask(None, None, 1, 0).await?.count;
        if (sample.count..=all).contains(&parts) || (all..=sample.count).contains(&parts) {
            report.add("bounds", State::Fine, format!("{name}: inclusive, to the microsecond"), None);
        } else {
            let what = format!("{name}: {parts} rows before, at and after a moment, but {all} in all");
            let fix = "run `desk doctor` again; if it fails again, exports cannot be proven: ask the service's support";
            report.add("bounds", State::Wrong, what, Some(fix.to_owned()));
        }
    }
    Ok(())
}

fn clock(sample: &PageResult, report: &mut Report) {
    let Some(date) = sample.date else {
        let what = "the service sends no time: exports end by the clock of this machine".to_owned();
        return report.add("clock", State::Notable, what, Some("keep this machine's clock right (NTP)".to_owned()));
    };
    let off = Utc::now() - date;
    match off.abs().to_std().unwrap_or_default() {
        // The service's clock has whole seconds.
        skew if skew <= SKEW => report.add("clock", State::Fine, "matches the service's".to_owned(), None),
        skew => {
            let side = if off > TimeDelta::zero() { "ahead of" } else { "behind" };
            let what = format!("this machine is {} s {side} the service; exports end by the service's", skew.as_secs());
            report.add("clock", State::Notable, what, Some("set the clock (NTP)".to_owned()));
        }
    }
}

fn order(name: &str, sample: &PageResult, report: &mut Report) {
    let keys: Vec<(Option<i64>, i64)> = sample.rows.iter().map(|row| (row.key.time, row.key.id)).collect();
    let (state, what) = if keys.len() < 2 {
        (State::Fine, "too few rows to tell")
    } else if keys.is_sorted() {
        (State::Fine, "oldest first")
    } else if keys.is_sorted_by(|a, b| a >= b) {
        (State::Fine, "newest first")
    } else if keys.is_sorted_by_key(|(time, _)| *time) || keys.is_sorted_by(|a, b| a.0 >= b.0) {
        (State::Notable, "by time, rows of one moment in any order: exports read some pages twice")
    } else {
        (State::Notable, "none: exports need more requests to prove that no row is lost")
    };
    report.add("order", state, format!("{name}: {what}"), None);
}

fn rate(counts: &Counts, report: &mut Report) {
    let (sent, throttled) = (counts.requests(), counts.throttled());
    if throttled == 0 {
        return report.add("rate", State::Fine, format!("{sent} requests without a 429"), None);
    }
    let what = format!("{throttled} of {sent} requests were answered with 429");
    let fix = "other clients use the application now, or its limit is low: run `desk doctor` again later";
    report.add("rate", State::Notable, what, Some(fix.to_owned()));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Fine,
    Notable,
    Wrong,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Fine => "ok",
            State::Notable => "note",
            State::Wrong => "wrong",
        }
    }
}

struct Finding {
    check: &'static str,
    state: State,
    what: String,
    fix: Option<String>,
}

/// The findings, in order.
#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    fn add(&mut self, check: &'static str, state: State, what: String, fix: Option<String>) {
        self.0.push(Finding { check, state, what, fix });
    }

    fn has(&self, check: &str) -> bool {
        self.0.iter().any(|finding| finding.check == check)
    }

    fn is_wrong(&self) -> bool {
        self.0.iter().any(|finding| finding.state == State::Wrong)
    }

    fn print(&self, json: bool) -> Result<()> {
        let mut output = Output::new();
        if json {
            let checks = self.0.iter().map(|Finding { check, state, what, fix }| {
                json!({ "check": check, "state": state.name(), "what": what, "mend": fix })
            });
            let all = json!({ "ok": !self.is_wrong(), "checks": checks.collect::<Vec<_>>() });
            output.line(all.to_string().as_bytes())?;
        } else {
            for Finding { check, state, what, fix } in &self.0 {
                output.line(format!("{:<6}{check:<12}{what}", state.name()).as_bytes())?;
                if let Some(fix) = fix {
                    output.line(format!("{:18}fix: {fix}", "").as_bytes())?;
                }
            }
        }
        output.flush()
    }
}
