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
Send one message to many, batch after batch, and nobody twice

`plan` reads a list of recipients and writes a file that says who gets what; it sends nothing. `apply` sends it, and keeps a \
ledger: a batch is noted before it leaves, so that the same command goes on after any end, a kill included, without sending \
anything again that may have been sent. What became of such a batch is `unknown`, until a person decides it by `reconcile`.

A plan is sent once, and to one service: after a try at the emulator plan again for the real one.";

const APPLY: &str = "\
Send what a plan says; the same command goes on where it stopped

Before the first batch it asks the service whether people of the plan got its message already, since one day before the plan \
was made (--look-back): a plan that was copied to another machine or job, and one that was made again, have no ledger that \
knows. If the service shows that, or cannot tell, nothing is sent and the exit code is 6. --not-sent-before asserts that it \
is not so; the ledger keeps who asserts it, and why. Later runs by the same ledger do not ask.

It cannot see what the service does not show yet. Of two runs that begin in the same moment both may send their first batch; \
each looks again behind it, and ends with exit code 6 if it sees the other.";

const RECONCILE: &str = "\
Show what speaks for batches whose outcome is unknown, and take a person's decision

Without a decision it only reads. It counts what the service shows of the text in the time of a batch, less what is known to be \
sent, looks at what was created beside it, and says `likely-sent`, `likely-not-sent`, `partly` or `unclear`. Another campaign \
with the same text, and rows that the service does not show, can mislead it: look yourself before a decision of `not-sent`, \
which sends the batch again. It is not taken while the request may still be carried out (--settle), nor where the service shows \
that the batch was sent, unless it is not asked (--offline).";

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
    found.ok_or_else(|| Error::usage(format!("nothing can be sent by `{noun}`")).hint("see --help"))
}

/// The operation of a plan.
pub(crate) fn planned(id: &str) -> Result<(&'static Operation, &'static Bulk)> {
    operations().find(|(operation, _)| operation.id == id).ok_or_else(|| {
        Error::usage(format!("this version cannot send by `{id}`"))
            .unsent()
            .hint("use the version that the plan was made with")
    })
}

/// The command, if the spec has an operation that can be sent in batches.
pub(crate) fn command() -> Option<Command> {
    operations().next()?;
    let command =
        Command::new("send").about("Send one message to many, nobody twice").long_about(LONG).after_help(EXAMPLES);
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
    Arg::new("plan").value_name("PLAN").required(true).value_parser(value_parser!(PathBuf)).help("The plan's file")
}

fn ledger() -> Arg {
    file("ledger", "The plan's ledger [default: beside the plan, with the ending .ledger]")
}

fn plan() -> Command {
    let mut nouns: Vec<&str> = operations().map(|(operation, _)| operation.noun).collect();
    nouns.dedup();
    let mut recipients: Vec<String> = operations().map(|(_, bulk)| format!("`{}`", bulk.recipients)).collect();
    recipients.dedup();
    let operation = option("operation", "NAME", "What is sent").value_parser(PossibleValuesParser::new(nouns.clone()));
    let operation = match nouns.as_slice() {
        [only] => operation.default_value(*only),
        _ => operation.required(true),
    };
    let command = Command::new("plan")
        .about("Read a list of recipients and write a plan; nothing is sent")
        .arg(file("recipients", "").required(true).help(format!(
            "Whom to message: a number a line, or NDJSON or CSV with the name {}; `-` for stdin",
            recipients.join(" or ")
        )))
        .arg(option("out", "PLAN", "The file to write").required(true).value_parser(value_parser!(PathBuf)))
        .arg(operation)
        .arg(
            count("batch-size", "Recipients of a request, who are in doubt together [default: 50]")
                .value_parser(|text: &str| parse_integer(text, 1, 10_000)),
        )
        .arg(option("per-second", "R", "Requests a second at most").default_value("2").value_parser(rate))
        .arg(count("canary", "Stop after so many batches to see how they went; 0: never").default_value("1"))
        .arg(count("max-recipients", "Refuse a list that is longer"))
        .arg(
            file("suppress", "Leave these out, in the form of --recipients; `apply` looks again")
                .action(ArgAction::Append),
        )
        .arg(file("ledger", "Of a campaign before, for --min-gap").action(ArgAction::Append))
        .arg(
            option(
                "min-gap",
                "TIME",
                "Leave out who was messaged by --ledger within this time, such as 7d or 12h; `apply` looks again",
            )
            .value_parser(ValueParser::new(gap)),
        )
        .arg(
            option("only-between", "TIMES", "Send only in these hours of the day, such as 09:00-20:00")
                .requires("utc-offset")
                .value_parser(ValueParser::new(|text: &str| text.parse::<ClockRange>())),
        )
        .arg(
            option("utc-offset", "OFFSET", "Whose hours those are, such as +09:00; it does not follow summer time")
                .requires("only-between")
                .allow_hyphen_values(true)
                .value_parser(ValueParser::new(hours::offset)),
        )
        .arg(arguments::body())
        .arg(connect::json());
    arguments::all(command, of_messages(), "Of the message")
}

fn apply() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("apply")
        .about("Send what a plan says; the same command goes on where it stopped")
        .long_about(APPLY)
        .arg(the_plan())
        .arg(ledger())
        .arg(count("yes-send-to", "Do not ask: send, if this is the plan's number of recipients"))
        .arg(flag("dry-run", "Print the next request and send nothing"))
        .arg(flag("wait", "Outside the plan's hours wait for them, instead of ending until then"))
        .arg(flag("after-canary", "Go on behind the first batches"))
        .arg(flag("canary-auto", "Go on behind the first batches by itself if everybody in them was reached"))
        .arg(
            option(
                LOOK_BACK,
                "TIME",
                "Before the first batch, how far before the plan was made to look for its message",
            )
            .default_value("1d")
            .value_parser(ValueParser::new(gap)),
        )
        .arg(
            flag(
                NOT_SENT_BEFORE,
                "Assert that the plan was not sent before, by whatever ledger: the service is not asked",
            )
            .requires_all(["by", "why"]),
        )
        .arg(option("by", "NAME", "Who asserts that").requires(NOT_SENT_BEFORE))
        .arg(option("why", "TEXT", "What it is asserted by").requires(NOT_SENT_BEFORE))
        .arg(
            option("stop-rejected", "PERCENT", "Stop when more of the batches of this run are rejected")
                .default_value("2%")
                .value_parser(ValueParser::new(percent)),
        )
        .arg(
            count("stop-unknown", "Stop after so many unknown outcomes in a row, those of runs before included")
                .default_value("3")
                .value_parser(|text: &str| parse_integer(text, 1, usize::MAX)),
        )
}

fn status() -> Command {
    Command::new("status")
        .about("Count what became of a plan")
        .arg(the_plan().value_name("PLAN|LEDGER").help("The file of a plan or of a ledger"))
        .arg(ledger())
}

fn report() -> Command {
    let format = option("format", "FORMAT", "What is written").default_value("csv");
    Command::new("report")
        .about("Print what became of each recipient")
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
        .about("Show what speaks for batches whose outcome is unknown, and take a person's decision")
        .long_about(RECONCILE)
        .arg(the_plan())
        .arg(ledger())
        .arg(Arg::new("offline").long("offline").action(ArgAction::SetTrue).help("Ask the service nothing"))
        .arg(
            option("settle", "TIME", "How long a request without an answer may still be carried out")
                .default_value("5m")
                .value_parser(ValueParser::new(gap)),
        )
        .arg(needs(
            count("batch", "The batch that is decided").value_parser(|text: &str| parse_integer(text, 1, usize::MAX)),
        ))
        .arg(needs(
            option("as", "DECISION", "Only not-sent lets `apply` send it again")
                .value_parser(PossibleValuesParser::new(DECISIONS)),
        ))
        .arg(
            option("instead-of", "DECISION", "The decision about it that was wrong")
                .requires("as")
                .value_parser(PossibleValuesParser::new(DECISIONS)),
        )
        .arg(needs(option("by", "NAME", "Who decides")))
        .arg(needs(option("why", "TEXT", "What it was decided by")))
}

fn parse_integer(text: &str, min: usize, max: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (min..=max).contains(number));
    number.ok_or_else(|| match max {
        usize::MAX => format!("write a whole number from {min} on"),
        _ => format!("write a whole number from {min} to {max}"),
    })
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| RATES.contains(rate));
    rate.ok_or_else(|| "write a number from 0.001 to 1000".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    let percent = text.strip_suffix('%').unwrap_or(text).parse::<f64>().ok();
    percent.filter(|percent| (0.0..=100.0).contains(percent)).ok_or_else(|| "write a share, such as 2%".to_owned())
}

fn gap(text: &str) -> Result<TimeDelta, String> {
    arguments::duration(text).and_then(|time| TimeDelta::from_std(time).map_err(|error| error.to_string()))
}
