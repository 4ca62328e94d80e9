//! Descriptors → options of clap, and the given values → [`Input`].

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Map, Value};

use super::input::Input;
use super::param::{Argument, Kind, ParamIn};
use crate::error::{Error, Exit, Result};
use crate::files;

/// The option of an argument. A path parameter is positional unless `named`; a list may be given
/// several times, or separated by commas where no value contains one.
pub(crate) fn option(argument: &'static Argument, named: bool) -> Arg {
    let arg =
        Arg::new(argument.name).help(argument.doc).value_name(value_name(argument)).value_parser(parser(argument));
    let arg = if argument.many { arg.action(ArgAction::Append) } else { arg };
    let separable = argument.many && !matches!(argument.kind, Kind::Text | Kind::Json);
    let arg = if separable { arg.value_delimiter(',') } else { arg };
    let arg = if matches!(argument.kind, Kind::Int32 | Kind::Int64 | Kind::Double) {
        arg.allow_negative_numbers(true)
    } else {
        arg
    };
    match argument.location {
        ParamIn::Path if !named => arg.required(true),
        ParamIn::Query if !named => arg.long(argument.name).required(argument.required),
        // Missing properties of the body are reported after `--body` is read; missing arguments of
        // a list, once `--list` is known.
        _ => arg.long(argument.name),
    }
}

/// The option `--body`.
pub(crate) fn body() -> Arg {
    Arg::new("body")
        .long("body")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("JSON file with the body, `-` for stdin; options override its properties")
}

fn value_name(argument: &Argument) -> String {
    match argument.kind {
        _ if argument.location == ParamIn::Path => argument.name.to_uppercase().replace('-', "_"),
        Kind::Bool => "BOOL".to_owned(),
        Kind::Int32 | Kind::Int64 => "N".to_owned(),
        Kind::Double => "NUMBER".to_owned(),
        Kind::Text => "TEXT".to_owned(),
        Kind::Date => "DATE".to_owned(),
        Kind::Time => "TIME".to_owned(),
        Kind::Json => "JSON".to_owned(),
        Kind::Enum(_) => "NAME".to_owned(),
    }
}

/// Checks a value and keeps it as text.
fn parser(argument: &Argument) -> ValueParser {
    match argument.kind {
        Kind::Bool => PossibleValuesParser::new(["true", "false"]).into(),
        Kind::Int32 => value_parser!(i32).map(|value: i32| value.to_string()).into(),
        Kind::Int64 => value_parser!(i64).map(|value: i64| value.to_string()).into(),
        Kind::Double => ValueParser::new(number),
        Kind::Text => value_parser!(String),
        Kind::Date => ValueParser::new(date),
        Kind::Time => ValueParser::new(time),
        Kind::Json => ValueParser::new(json),
        Kind::Enum(values) => PossibleValuesParser::new(values).into(),
    }
}

fn number(text: &str) -> Result<String, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.map(|number| number.to_string()).ok_or_else(|| "write a number, such as 0.5".to_owned())
}

fn date(text: &str) -> Result<String, String> {
    let date = text.parse::<NaiveDate>().map_err(|_| "write a date, such as 2026-01-31".to_owned())?;
    Ok(date.to_string())
}

fn time(text: &str) -> Result<String, String> {
    let time = DateTime::parse_from_rfc3339(text);
    let time = time.map_err(|_| "write a time, such as 2026-01-31T09:30:00Z".to_owned())?;
    Ok(time.with_timezone(&Utc).to_rfc3339())
}

fn json(text: &str) -> Result<String, String> {
    crate::json::strict(text.as_bytes()).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// Adds the options of all `arguments`, each name once.
pub(crate) fn all(
    mut command: Command,
    arguments: impl Iterator<Item = &'static Argument>,
    heading: &'static str,
) -> Command {
    let mut names: Vec<&str> = Vec::new();
    for argument in arguments {
        if !names.contains(&argument.name) {
            names.push(argument.name);
            command = command.arg(option(argument, true).help_heading(heading));
        }
    }
    command
}

/// Refuses an option of `all` that is not among the `own` ones of the chosen operation or list.
pub(crate) fn only<'a>(
    own: impl IntoIterator<Item = &'a Argument> + Clone,
    all: impl Iterator<Item = &'a Argument>,
    matches: &ArgMatches,
    chosen: &str,
) -> Result<()> {
    let foreign = |other: &&Argument| own.clone().into_iter().all(|own| own.name != other.name);
    match all.filter(foreign).find(|other| matches.contains_id(other.name)) {
        Some(other) => Err(Error::usage(format!("--{} is not for {chosen}", other.name))),
        None => Ok(()),
    }
}

/// The given path, or the default; empty for an option without either.
pub(crate) fn path<'a>(matches: &'a ArgMatches, name: &str) -> &'a Path {
    matches.get_one::<PathBuf>(name).map_or(Path::new(""), PathBuf::as_path)
}

/// The values of the options of `arguments`, and the contents of `--body`.
pub(crate) fn input<'a>(
    arguments: impl IntoIterator<Item = &'a Argument> + Clone,
    matches: &ArgMatches,
    has_body: bool,
) -> Result<Input> {
    let mut input = Input::default();
    for argument in arguments.clone() {
        if let Ok(Some(values)) = matches.try_get_many::<String>(argument.name) {
            input.values.insert(argument.name.to_owned(), values.cloned().collect());
        }
    }
    if has_body {
        if let Some(file) = matches.get_one::<PathBuf>("body") {
            input.body = read_body(file)?;
        }
        input.fill_body(arguments)?;
    }
    Ok(input)
}

fn read_body(file: &Path) -> Result<Map<String, Value>> {
    let mut bytes = Vec::new();
    let read = files::read(file, &mut bytes);
    read.map_err(|error| Error { exit: Exit::Usage, ..Error::io("read", file, &error) })?;
    let text = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&bytes);
    let problem = match crate::json::strict(text) {
        Ok(Value::Object(body)) => return Ok(body),
        Ok(_) => "the body is not an object".to_owned(),
        Err(error) => format!("the body is not valid JSON: {error}"),
    };
    Err(Error::usage(problem).unsent().hint("write one JSON object with distinct names"))
}

/// Parses a duration.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let number = |unit: char| text.strip_suffix(unit)?.parse::<u32>().ok().map(u64::from);
    let seconds = number('d')
        .map(|days| days * 86_400)
        .or(number('h').map(|hours| hours * 3600))
        .or(number('m').map(|minutes| minutes * 60))
        .or(number('s'));
    // Subtracting more than 100 years from a date could overflow.
    let seconds = seconds.filter(|seconds| *seconds <= 36_500 * 86_400);
    seconds.map(Duration::from_secs).ok_or_else(|| "write a duration, such as 7d, 12h, 30m or 45s".to_owned())
}
