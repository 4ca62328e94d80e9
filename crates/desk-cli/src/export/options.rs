//! The options of `desk export`: its own, and those of each list.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::builder::{PossibleValuesParser, ValueParser};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::format::Format;
use super::formats;
use super::lists;
use super::privacy::{Privacy, Private};
use super::settings::{self, FormatName, Settings, Share};
use crate::api::input::Input;
use crate::api::{List, ParamIn, arguments};
use crate::connect;
use crate::error::{Error, Result};
use crate::generated::lists::LISTS;

const ABOUT: &str = "Export a list to a directory, each row once, with proof";
const LONG: &str = "\
Export a list to a directory, each row once, with proof

Rows go to part files, one for each time window. A manifest records the windows, and that the service counted \
as many rows in each. The same command continues after any interruption. Without --until the export ends two \
minutes before the service's clock, and a later run continues from there.

A list without a time filter is one window; the same command downloads it again if its count has changed.

Parquet goes to LIST/date=DAY/ (UTC), SQLite to the table of LIST.sqlite, with columns of the documented types. \
The column `other` has, as JSON, values that do not fit their column and properties without a column. Times in \
SQLite are text: UTC, six digits, `Z`.

The manifest and the names of parts reveal the times of windows, even if a property is dropped, hashed or redacted.

Exports assume that the time of a row never changes, that no row appears later than two minutes after its time, \
and that ids are unique.";

/// The command, if the spec has a list.
pub(crate) fn command() -> Option<Command> {
    LISTS.first()?;
    let list = Arg::new("list").long("list").value_name("NAME").help("The list");
    let list = list.value_parser(PossibleValuesParser::new(LISTS.iter().map(|list| list.name)));
    // The other lists need an id, so that they cannot be the default.
    let mut complete = LISTS.iter().filter(|list| list.windows || LISTS.len() == 1);
    let list = match (complete.next(), complete.next()) {
        (Some(only), None) => list.default_value(only.name),
        _ => list.required(true),
    };
    let moment = |name: &'static str, help: &'static str, parser: fn(&str) -> Result<DateTime<Utc>, String>| {
        Arg::new(name).long(name).value_name("TIME").help(help).value_parser(ValueParser::new(parser))
    };
    let columns = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("COLUMN").action(ArgAction::Append).value_delimiter(',').help(help)
    };
    let command = Command::new("export")
        .about(ABOUT)
        .long_about(LONG)
        .args_conflicts_with_subcommands(true)
        .subcommand_negates_reqs(true)
        .arg(directory().help("The directory; created if it does not exist"))
        .arg(list)
        .arg(moment("since", "First time or day, such as 2026-01-31 [default: 2000-01-01]", settings::since))
        .arg(moment("until", "Last time or day, included [default: 2 minutes ago]", settings::until))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .default_value("ndjson")
                .help(
                    "Format of the files; CSV has only the columns that this version knows, the others all \
                    properties",
                )
                .value_parser(PossibleValuesParser::new(formats::choices())),
        )
        .arg(
            Arg::new("csv-raw")
                .long("csv-raw")
                .action(ArgAction::SetTrue)
                .help("Do not put ' before texts that a spreadsheet would take for formulas"),
        )
        .arg(columns("drop", "Leave this property out; repeatable"))
        .arg(columns("hmac", "Write the HMAC-SHA-256 of this property instead; repeatable"))
        .arg(key_file())
        .arg(Arg::new("redact").long("redact").value_name("COLUMN[=REGEX]").action(ArgAction::Append).help(
            "Write [redacted] instead of this property, or of each match in it; repeatable; the manifest \
                 keeps the pattern",
        ))
        .arg(Arg::new("partition").long("partition").value_name("I/N").value_parser(value_parser!(Share)).help(
            "Export only the I-th of N shares of the time range; shares may run on several machines, \
                    to one directory",
        ))
        .arg(
            Arg::new("page-size")
                .long("page-size")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..))
                .help("Rows per request [default: the maximum]"),
        )
        .arg(
            Arg::new("rows-per-window")
                .long("rows-per-window")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..=1_000_000))
                .help("Approximate rows per window [default: 10000; parquet 25000; unchanged ndjson up to 60000]"),
        )
        .arg(
            Arg::new("in-flight")
                .long("in-flight")
                .value_name("N")
                .default_value("4")
                .value_parser(value_parser!(u32).range(1..=32))
                .help("Maximum number of concurrent requests"),
        )
        .arg(
            Arg::new("follow")
                .long("follow")
                .action(ArgAction::SetTrue)
                .conflicts_with("until")
                .help("Keep running: export new rows again and again"),
        )
        .arg(
            Arg::new("every")
                .long("every")
                .value_name("TIME")
                .requires("follow")
                .default_value("60s")
                .value_parser(ValueParser::new(some_time))
                .help("Interval of --follow, such as 30s or 10m"),
        );
    let command = arguments::all(command, LISTS.iter().flat_map(|list| list.arguments), "List options");
    Some(connect::arguments(command).subcommand(connect::arguments(verify())))
}

const VERIFY: &str = "\
Check an export against its manifest and the service, and re-download windows that differ

Each part is compared with its hash, and each window with the number of rows that the service counts in it now. \
A window is downloaded again if either differs. A count does not reveal a deleted row if another row came late, \
or a row whose text has changed: --read downloads every window again and compares each row in the form of the \
export, at the cost of a whole export. A list without a time filter is always downloaded. The summary says \
whether counts or rows were compared.

Intact parts are not touched.";

fn verify() -> Command {
    Command::new("verify")
        .about("Count every window of an export again, hash its parts, and re-download windows that differ")
        .long_about(VERIFY)
        .arg(directory().help("The directory"))
        .arg(key_file())
        .arg(Arg::new("read").long("read").action(ArgAction::SetTrue).help(
            "Compare every row, not only counts: this also finds edited rows, and equal numbers of deleted and \
             added rows",
        ))
        .arg(Arg::new("keep-deleted").long("keep-deleted").action(ArgAction::SetTrue).help(
            "Keep a window whose count has changed at the service (with --read: or whose rows have), unless it \
             is damaged; without this option, rows that the service deleted are removed",
        ))
}

/// Parses the interval of `--every`.
fn some_time(text: &str) -> Result<Duration, String> {
    let time = arguments::duration(text)?;
    if time.is_zero() { Err("write 1s or more".to_owned()) } else { Ok(time) }
}

fn directory() -> Arg {
    Arg::new("directory").value_name("DIR").value_parser(value_parser!(PathBuf)).default_value("desk-export")
}

fn key_file() -> Arg {
    Arg::new("hmac-key-file")
        .long("hmac-key-file")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("File with the key of --hmac, at least 16 bytes")
}

/// The options of one command.
pub(crate) struct Options {
    pub(crate) dir: PathBuf,
    pub(crate) list: &'static List,
    pub(crate) input: Input,
    pub(crate) page: Option<i64>,
    pub(crate) rows_per_window: usize,
    /// The number of rows of a window that is held in memory.
    pub(crate) rows_held: usize,
    pub(crate) json: bool,
    pub(crate) privacy: Arc<Privacy>,
    pub(crate) in_flight: usize,
    /// The interval of `--follow`.
    pub(crate) follow: Option<Duration>,
    format: FormatName,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    partition: Option<Share>,
    private: Private,
    key_id: Option<String>,
}

/// The default number of rows of a window, and of a window that is held in memory. A window costs
/// up to three waits for the disk; a kill or an interrupt loses at most one window.
fn rows_per_window(format: &dyn Format, privacy: &Privacy, page: i64) -> (usize, usize) {
    let pages = usize::try_from(page).unwrap_or_default().saturating_mul(120);
    match format.rows_held() {
        held if format.takes_lines(privacy) => (pages.clamp(held, 6 * held), held),
        held => (held, held),
    }
}

impl Options {
    pub(crate) fn new(matches: &ArgMatches) -> Result<Options> {
        let list = lists::find(matches.get_one::<String>("list").map_or("", String::as_str))?;
        let all = LISTS.iter().flat_map(|list| list.arguments);
        arguments::only(list.arguments, all, matches, &format!("the list {}", list.name))?;
        let input = arguments::input(list.arguments, matches, false)?;
        let required = |location| matches!(location, ParamIn::Path | ParamIn::Query);
        for argument in list.arguments.iter().filter(|argument| argument.required && required(argument.location)) {
            if !input.values.contains_key(argument.name) {
                return Err(Error::usage(format!("the list {} needs --{}", list.name, argument.name)).unsent());
            }
        }
        if !list.windows {
            let timed = ["since", "until", "partition", "rows-per-window"].into_iter();
            let mut timed = timed.filter(|name| matches.value_source(name) == Some(ValueSource::CommandLine));
            let followed = matches.get_flag("follow").then_some("follow");
            if let Some(name) = timed.next().or(followed) {
                let problem = format!("--{name}: the list {} has no time filter", list.name);
                return Err(Error::usage(problem).hint("leave the option out: the whole list is exported"));
            }
        }
        let choice = matches.get_one::<String>("format").map_or("", String::as_str);
        let format = formats::chosen(choice, matches.get_flag("csv-raw"));
        let format = format.ok_or_else(|| Error::usage("--csv-raw needs --format csv"))?;
        let private = Private::given(matches, list)?;
        let privacy = Privacy::new(&private, matches.get_one::<PathBuf>("hmac-key-file"))?;
        let key_id = privacy.key_id();
        let page = matches.get_one::<u32>("page-size").map(|rows| i64::from(*rows));
        if page.is_some_and(|page| page > list.page) {
            return Err(Error::usage(format!("--page-size is at most {} for the list {}", list.page, list.name)));
        }
        let (rows_per_window, rows_held) = match matches.get_one::<u32>("rows-per-window") {
            Some(rows) => (*rows as usize, *rows as usize),
            None => rows_per_window(formats::of(format), &privacy, page.unwrap_or(list.page)),
        };
        Ok(Options {
            dir: arguments::path(matches, "directory").to_owned(),
            list,
            input,
            page,
            rows_per_window,
            rows_held,
            json: matches.get_flag("json"),
            key_id,
            privacy: Arc::new(privacy),
            in_flight: matches.get_one::<u32>("in-flight").map_or(1, |requests| *requests as usize),
            follow: matches.get_flag("follow").then(|| *matches.get_one("every").unwrap_or(&Duration::from_secs(60))),
            format,
            since: matches.get_one("since").copied(),
            until: matches.get_one("until").copied(),
            partition: matches.get_one("partition").copied(),
            private,
        })
    }

    pub(crate) fn settings(&self, service: String) -> Result<Settings> {
        let privacy = (self.private.clone(), self.key_id.clone());
        let (time, arguments) = ((self.since, self.until), self.input.values.clone());
        let settings = Settings::new(service, self.list.name, self.format, time, arguments, privacy, self.partition)?;
        let (table, _) = formats::form(&settings)?;
        formats::of(self.format).check(&settings, &table)?;
        Ok(settings)
    }
}
