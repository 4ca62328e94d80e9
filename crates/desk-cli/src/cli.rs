//! The tree of commands, and the start of the chosen one.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::connect::json;
use crate::error::{Error, Exit, Result};
use crate::output::message;
use crate::{api, doctor, export, send};

const CODES: &str = "\
Exit codes:
  0 done   1 error   2 usage   3 partial   4 credentials   5 try later
  6 a request may have been carried out: investigate before you send it again
  7 data does not match its record   130 interrupted

The API token comes from --token-file FILE (`-`: stdin), from DESK_API_TOKEN, or from
~/.config/desk/credentials.toml (mode 0600):
  [default]
  application_id = \"…\"
  api_token = \"…\"";

/// All commands.
pub(crate) fn command() -> Command {
    let mut command = Command::new("desk")
        .version(env!("CARGO_PKG_VERSION"))
        .about("The Sendbird Desk Platform API from a terminal")
        .after_help(CODES)
        .subcommand_required(true)
        .arg_required_else_help(true);
    for noun in api::command::commands() {
        command = command.subcommand(noun);
    }
    if let Some(export) = export::command() {
        command = command.subcommand(export);
    }
    if let Some(send) = send::command() {
        command = command.subcommand(send);
    }
    command = command.subcommand(doctor::command());
    #[cfg(feature = "emulator")]
    {
        command = command.subcommand(crate::emulator::command());
    }
    let completions = Command::new("completions")
        .about("Print completions for a shell")
        .arg(json())
        .arg(Arg::new("shell").required(true).value_parser(value_parser!(Shell)).help("The shell").value_name("SHELL"));
    let man = Command::new("man").about("Write the manual pages into a directory").arg(json()).arg(
        Arg::new("directory")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .value_name("DIR")
            .help("The directory"),
    );
    command.subcommand(completions).subcommand(man)
}

/// The program.
pub(crate) fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // clap reports its errors before `--json` is parsed.
    let json = arguments.iter().skip(1).take_while(|argument| *argument != "--").any(|argument| argument == "--json");
    let result = command()
        .try_get_matches_from(arguments)
        .map_err(Refused::Usage)
        .and_then(|matches| run(&matches).map_err(Refused::Failed));
    let error = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Refused::Failed(error)) => error,
        Err(Refused::Usage(error)) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                return match error.print() {
                    Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Exit::Error.into(),
                    _ => ExitCode::SUCCESS,
                };
            }
            _ if json => usage(&error),
            _ => {
                let _ = error.print();
                return Exit::Usage.into();
            }
        },
    };
    message(&error.render(json));
    error.exit.into()
}

enum Refused {
    Usage(clap::Error),
    Failed(Error),
}

/// Converts an error of clap.
fn usage(error: &clap::Error) -> Error {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let error = Error::usage(line(first)).unsent();
    if rest.trim().is_empty() { error } else { error.hint(line(rest)) }
}

fn run(matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        #[cfg(feature = "emulator")]
        Some(("emulator", matches)) => crate::emulator::run(matches),
        Some(("completions", matches)) => {
            let shell = matches.get_one::<Shell>("shell").copied().unwrap_or(Shell::Bash);
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut command(), "desk", &mut text);
            let mut output = crate::output::Output::new();
            output.line(text.trim_ascii_end())?;
            output.flush()
        }
        Some(("man", matches)) => {
            let dir = api::arguments::path(matches, "directory");
            let written = std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(command(), dir));
            written.map_err(|error| Error::io("write to", dir, &error))
        }
        Some(("export", matches)) => in_runtime(export::run(matches)),
        Some(("send", matches)) => in_runtime(send::run(matches)),
        Some(("doctor", matches)) => in_runtime(doctor::run(matches)),
        Some((noun, matches)) => match matches.subcommand() {
            Some((verb, matches)) => in_runtime(api::command::run(noun, verb, matches)),
            None => Err(Error::usage("the subcommand is missing").hint("see --help")),
        },
        None => Err(Error::usage("the subcommand is missing").hint("see --help")),
    }
}

/// Runs on one thread, which takes less CPU time than a pool and sees signals at every wait.
fn in_runtime(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Error::new(Exit::Error, "io", format!("cannot start the runtime: {error}")))?;
    runtime.block_on(work)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_commands_agree_with_each_other() {
        super::command().debug_assert();
    }
}
