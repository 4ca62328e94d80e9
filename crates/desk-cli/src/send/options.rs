//! The options of `desk send`: its own, and those of each message.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use chrono::TimeDelta;
use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::hours::{self, ClockRange};
use crate::api::{Argument, Bulk, Operation, ParamIn, arguments};
use crate::connect;
use crate::error::{Error, Result};
use crate::generated::operations::OPERATIONS;

const LONG: &str = "\
Send one message to many recipients, in batches, each recipient once

`plan` reads a list of recipients and writes a file with the message and the recipients; it sends no message. \
`apply` sends the plan and keeps a ledger: each batch is recorded before its request leaves, so that the same \
command continues after any interruption, a kill included, and never resends a batch that may have been sent. \
The outcome of such a batch is `unknown` until you decide it with `reconcile`.

Each plan is sent once, to one service: after a test with the emulator, make a new plan for the real service.";

const APPLY: &str = "\
Send a plan; the same command continues where it stopped

Before the first batch, `apply` asks the service whether recipients of the plan got its message already, since \
one day before the plan was made (--look-back): a plan that was copied to another machine or job, or made \
again, has no ledger of the earlier run. If the service shows such a message, or cannot tell, no message is \
sent and the exit code is 6. --not-sent-before asserts that the plan was not sent before; the ledger keeps the \
name and the reason. Later runs with the same ledger do not ask.

The service may show messages late. Two runs that start in the same moment may both send their first batch; \
each asks again after it, and ends with exit code 6 if it sees the other.";

const RECONCILE: &str = "\
Show the evidence about batches with unknown outcomes, and record your decision

Without a decision, `reconcile` only reads. It counts the messages with the text in the time of a batch, \
subtracts the batches that are known to be sent, reads the results with ids near the batch, and says \
`likely-sent`, `likely-not-sent`, `partly` or `unclear`. Another campaign with the same text, and messages that \
the service does not show, can mislead it: check yourself before you decide `not-sent`, which resends the \
batch. That decision is refused while the request may still be carried out (--settle), and if the service shows \
that the batch was sent, unless you skip that question (--offline).";

const EXAMPLES: &str = "\
Examples:
  desk send plan --recipients customers.csv --out plan.json --body message.json
  desk send apply plan.json
  desk send apply plan.json --after-canary
  desk send report plan.json > report.csv";

/// The option that asserts that a plan was not sent before.
pub(super) const NOT_SENT_BEFORE: &str = "not-sent-before";
pub(super) const LOOK_BACK: &str = "look-back";

/// The range of requests per second.
pub(super) const RATES: RangeInclusive<f64> = 0.001..=1000.0;

/// The decisions about a batch.
const DECISIONS: [&str; 3] = ["sent", "not-sent", "skip"];

/// The operations that can be sent in batches.
fn operations() -> impl Iterator<Item = (&'static Operation, &'static Bulk)> {
    OPERATIONS.iter().filter_map(|operation| Some((operation, operation.bulk.as_ref()?)))
}

/// The arguments of a message, except its recipients.
pub(crate) fn own(operation: &'static Operation, bulk: &Bulk) -> Vec<&'static Argument> {
    let body = operation.arguments.iter().filter(|argument| argument.location == ParamIn::Body);
    body.filter(|argument| argument.wire != bulk.recipients).collect()
}

/// The arguments of all messages.
pub(crate) fn of_messages() -> impl Iterator<Item = &'static Argument> {
    operations().flat_map(|(operation, bulk)| own(operation, bulk))
}

/// The chosen operation.
pub(crate) fn operation(matches: &ArgMatches) -> Result<(&'static Operation, &'static Bulk)> {
    let noun = matches.get_one::<String>("operation").map_or("", String::as_str);
    let found = operations().find(|(operation, _)| operation.noun == noun);
    found.ok_or_else(|| Error::usage(format!("`{noun}` cannot be sent in batches")).hint("see --help"))
}

/// The operation of a plan.
pub(crate) fn planned(id: &str) -> Result<(&'static Operation, &'static Bulk)> {
    operations().find(|(operation, _)| operation.id == id).ok_or_else(|| {
        Error::usage(format!("this version cannot send `{id}` in batches"))
            .unsent()
            .hint("use the version of `desk` that made the plan")
    })
}

/// The command, if the spec has an operation that can be sent in batches.
pub(crate) fn command() -> Option<Command> {
    operations().next()?;
    let command = Command::new("send")
        .about("Send one message to many recipients, each once")
        .long_about(LONG)
        .after_help(EXAMPLES);
    Some(command.subcommand_required(true).arg_required_else_help(true).subcommands([
        plan(),
        connect::arguments(apply()),
        status().arg(connect::json()),
        report().arg(connect::json()),
        connect::arguments(reconcile()),
    ]))
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn file(name: &'static str, help: &'static str) -> Arg {
    option(name, "FILE", help).value_parser(value_parser!(PathBuf))
}

fn count(name: &'static str, help: &'static str) -> Arg {
    option(name, "N", help).value_parser(value_parser!(usize))
}

fn the_plan() -> Arg {
    Arg::new("plan").value_name("PLAN").required(true).value_parser(value_parser!(PathBuf)).help("The file of the plan")
}

fn ledger() -> Arg {
    file("ledger", "The ledger of the plan [default: the plan's path with the extension .ledger]")
}

fn plan() -> Command {
    let mut nouns: Vec<&str> = operations().map(|(operation, _)| operation.noun).collect();
    nouns.dedup();
    let mut recipients: Vec<String> = operations().map(|(_, bulk)| format!("`{}`", bulk.recipients)).collect();
    recipients.dedup();
    let operation =
        option("operation", "NAME", "The message to send").value_parser(PossibleValuesParser::new(nouns.clone()));
    let operation = match nouns.as_slice() {
        [only] => operation.default_value(*only),
        _ => operation.required(true),
    };
    let command = Command::new("plan")
        .about("Read a list of recipients and write a plan; no message is sent")
        .arg(file("recipients", "").required(true).help(format!(
            "File of recipients: one number per line, or NDJSON or CSV with the name {}; `-` for stdin",
            recipients.join(" or ")
        )))
        .arg(option("out", "PLAN", "The file to write").required(true).value_parser(value_parser!(PathBuf)))
        .arg(operation)
        .arg(
            count("batch-size", "Recipients per request; one lost response leaves all of them in doubt [default: 50]")
                .value_parser(|text: &str| parse_integer(text, 1, 10_000)),
        )
        .arg(option("per-second", "R", "Maximum number of requests per second").default_value("2").value_parser(rate))
        .arg(count("canary", "Stop after this number of batches for a check; 0: never").default_value("1"))
        .arg(count("max-recipients", "Refuse a longer list"))
        .arg(
            file("suppress", "File of recipients to exclude, in the form of --recipients; `apply` checks it again")
                .action(ArgAction::Append),
        )
        .arg(file("ledger", "Ledger of an earlier campaign, for --min-gap").action(ArgAction::Append))
        .arg(
            option(
                "min-gap",
                "TIME",
                "Exclude recipients that --ledger messaged within this time, such as 7d or 12h; `apply` checks again",
            )
            .value_parser(ValueParser::new(gap)),
        )
        .arg(
            option("only-between", "TIMES", "Send only in these hours of the day, such as 09:00-20:00")
                .requires("utc-offset")
                .value_parser(ValueParser::new(|text: &str| text.parse::<ClockRange>())),
        )
        .arg(
            option("utc-offset", "OFFSET", "UTC offset of these hours, such as +09:00; without daylight saving time")
                .requires("only-between")
                .allow_hyphen_values(true)
                .value_parser(ValueParser::new(hours::offset)),
        )
        .arg(arguments::body())
        .arg(connect::json());
    arguments::all(command, of_messages(), "Message options")
}

fn apply() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("apply")
        .about("Send a plan; the same command continues where it stopped")
        .long_about(APPLY)
        .arg(the_plan())
        .arg(ledger())
        .arg(count("yes-send-to", "Send without asking if the plan has this number of recipients"))
        .arg(flag("dry-run", "Print the next request without sending it"))
        .arg(flag("wait", "Outside the plan's hours, wait instead of stopping"))
        .arg(flag("after-canary", "Continue after the canary"))
        .arg(flag("canary-auto", "Continue after the canary if it reached all recipients"))
        .arg(
            option(
                LOOK_BACK,
                "TIME",
                "How far before the plan was made to look for earlier messages, before the first batch",
            )
            .default_value("1d")
            .value_parser(ValueParser::new(gap)),
        )
        .arg(
            flag(NOT_SENT_BEFORE, "Assert that the plan was not sent before, by any ledger: the service is not asked")
                .requires_all(["by", "why"]),
        )
        .arg(option("by", "NAME", "Name of the asserting person").requires(NOT_SENT_BEFORE))
        .arg(option("why", "TEXT", "Reason of the assertion").requires(NOT_SENT_BEFORE))
        .arg(
            option("stop-rejected", "PERCENT", "Stop when a larger share of this run's batches is rejected")
                .default_value("2%")
                .value_parser(ValueParser::new(percent)),
        )
        .arg(
            count("stop-unknown", "Stop after this number of consecutive unknown outcomes, earlier runs included")
                .default_value("3")
                .value_parser(|text: &str| parse_integer(text, 1, usize::MAX)),
        )
}

fn status() -> Command {
    Command::new("status")
        .about("Count the batches and recipients of a plan by state")
        .arg(the_plan().value_name("PLAN|LEDGER").help("The file of a plan or of a ledger"))
        .arg(ledger())
}

fn report() -> Command {
    let format = option("format", "FORMAT", "Format of the output").default_value("csv");
    Command::new("report")
        .about("Print the state of each recipient")
        .arg(the_plan())
        .arg(ledger())
        .arg(format.value_parser(PossibleValuesParser::new(["csv", "ndjson"])))
}

fn reconcile() -> Command {
    let together = ["batch", "as", "by", "why"];
    let needs = |arg: Arg| {
        let others = together.iter().filter(|name| arg.get_id() != **name);
        let others: Vec<&str> = others.copied().collect();
        arg.requires_all(others)
    };
    Command::new("reconcile")
        .about("Show the evidence about batches with unknown outcomes, and record your decision")
        .long_about(RECONCILE)
        .arg(the_plan())
        .arg(ledger())
        .arg(Arg::new("offline").long("offline").action(ArgAction::SetTrue).help("Do not ask the service"))
        .arg(
            option("settle", "TIME", "How long a request without a response may still be carried out")
                .default_value("5m")
                .value_parser(ValueParser::new(gap)),
        )
        .arg(needs(
            count("batch", "The number of the batch to decide")
                .value_parser(|text: &str| parse_integer(text, 1, usize::MAX)),
        ))
        .arg(needs(
            option("as", "DECISION", "The decision; only not-sent lets `apply` send the batch again")
                .value_parser(PossibleValuesParser::new(DECISIONS)),
        ))
        .arg(
            option("instead-of", "DECISION", "The wrong earlier decision to replace")
                .requires("as")
                .value_parser(PossibleValuesParser::new(DECISIONS)),
        )
        .arg(needs(option("by", "NAME", "Name of the deciding person")))
        .arg(needs(option("why", "TEXT", "Reason of the decision")))
}

fn parse_integer(text: &str, min: usize, max: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (min..=max).contains(number));
    number.ok_or_else(|| match max {
        usize::MAX => format!("write an integer from {min} on"),
        _ => format!("write an integer from {min} to {max}"),
    })
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| RATES.contains(rate));
    rate.ok_or_else(|| "write a number from 0.001 to 1000".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    let percent = text.strip_suffix('%').unwrap_or(text).parse::<f64>().ok();
    percent.filter(|percent| (0.0..=100.0).contains(percent)).ok_or_else(|| "write a percentage, such as 2%".to_owned())
}

fn gap(text: &str) -> Result<TimeDelta, String> {
    arguments::duration(text).and_then(|time| TimeDelta::from_std(time).map_err(|error| error.to_string()))
}
