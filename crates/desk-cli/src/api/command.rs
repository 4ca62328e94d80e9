//! `desk NOUN VERB`: one command for each operation, made from its descriptor.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use desk_client::{CallOptions, CancelToken};

use super::input::Input;
use super::{Operation, Paged, arguments};
use crate::connect::{self, Connection};
use crate::error::{Error, Exit, Fate, Result};
use crate::generated::operations::OPERATIONS;
use crate::interrupt;
use crate::output::Output;

/// A command for each noun, with its verbs.
pub(crate) fn commands() -> Vec<Command> {
    let mut nouns: Vec<&str> = Vec::new();
    for operation in OPERATIONS {
        if !nouns.contains(&operation.noun) {
            nouns.push(operation.noun);
        }
    }
    nouns.into_iter().map(noun).collect()
}

fn noun(noun: &'static str) -> Command {
    let own: Vec<&Operation> = OPERATIONS.iter().filter(|operation| operation.noun == noun).collect();
    let verbs: Vec<&str> = own.iter().map(|operation| operation.verb).collect();
    let about = match own.as_slice() {
        [only] => only.summary.to_owned(),
        _ => format!("Operations of {}: {}", noun.replace('-', " "), verbs.join(", ")),
    };
    Command::new(noun).about(about).subcommand_required(true).subcommands(own.into_iter().map(verb))
}

fn verb(operation: &'static Operation) -> Command {
    let mut long = format!("{}\n\n{}", operation.summary, operation.doc);
    if operation.deprecated {
        long.push_str("\n\nDeprecated by the service.");
    }
    let mut command = Command::new(operation.verb).about(operation.summary).long_about(long);
    for argument in operation.arguments {
        command = command.arg(arguments::option(argument, false));
    }
    if operation.body {
        command = command.arg(arguments::body());
    }
    if let Some(paged) = &operation.paged {
        let all = Arg::new("all").long("all").action(ArgAction::SetTrue);
        let max_items = Arg::new("max-items").long("max-items").value_name("N").value_parser(value_parser!(u64));
        command = command
            .arg(all.help("Print every row of all pages, one per line, instead of one page"))
            .arg(max_items.help(format!("Like --all, but stop after N rows; continue with --{} N", paged.offset)));
    }
    connect::arguments(command)
}

/// Runs the operation.
pub(crate) async fn run(noun: &str, verb: &str, matches: &ArgMatches) -> Result<()> {
    let operation = OPERATIONS.iter().find(|operation| operation.noun == noun && operation.verb == verb);
    let operation = operation.ok_or_else(|| Error::usage("there is no such operation"))?;
    let input = arguments::input(operation.arguments, matches, operation.body)?;
    let connection = Connection::new(matches)?;
    let cancel = CancelToken::new();
    let client = connection.client()?.with(CallOptions::new().cancel(cancel.clone()));
    let one_line = matches.get_flag("json");
    let last = match operation.read {
        true => Error::interrupted("ended at once"),
        false => {
            let last = Error::interrupted("ended at once; the request in flight may have been carried out");
            let unknown = Error { fate: Some(Fate::Unknown), may_have_acted: true, retryable: false, ..last };
            unknown.hint("check whether it was carried out before you send it again")
        }
    };
    interrupt::on_first(one_line, move || cancel.cancel(), || last);
    if let Some(paged) = &operation.paged {
        let max_items = matches.get_one::<u64>("max-items").copied();
        if matches.get_flag("all") || max_items.is_some() {
            return rows(paged, (paged.rows)(&client, &input)?, &input, max_items).await;
        }
    }
    let mut output = Output::new();
    if let Some(result) = (operation.call)(client, input).await? {
        output.json(&result, one_line)?;
    }
    output.flush()
}

async fn rows(
    paged: &Paged,
    mut rows: desk_client::ItemStream<crate::rows::Row>,
    input: &Input,
    max_items: Option<u64>,
) -> Result<()> {
    let mut output = Output::new();
    let mut printed = 0_i64;
    if let Some(max_items) = max_items {
        rows = rows.max_items(max_items);
    }
    while let Some(row) = rows.next().await {
        match row {
            Ok(row) => output.line(row.json())?,
            Err(error) => {
                output.flush()?;
                let error = Error::from(error);
                if printed == 0 {
                    return Err(error);
                }
                let offset = input.one::<i64>(paged.offset)?.unwrap_or(0).saturating_add(printed);
                let exit = if error.exit == Exit::TryLater { Exit::Partial } else { error.exit };
                let hint = format!("continue with --{} {offset}", paged.offset);
                return Err(Error { exit, ..error }.note(format!("{printed} rows were printed")).hint(hint));
            }
        }
        printed += 1;
        if output.is_gone() {
            break;
        }
    }
    output.flush()
}

/// Whether an operation only reads.
pub(crate) fn reads(id: &str) -> bool {
    OPERATIONS.iter().any(|operation| operation.id == id && operation.read)
}

impl From<desk_client::Error> for Error {
    fn from(error: desk_client::Error) -> Error {
        let read = error.operation().is_none_or(reads);
        Error::call(&error, read)
    }
}
