//! `desk emulator`: the local service in this process, or in a background process (`--detach`).
//!
//! A background emulator must have its own session and must not hold any descriptor of the terminal
//! or of the calling script. The caller exits once the emulator answers, so that the system reaps
//! it.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use desk_emulator::program::{self, Options};
use serde_json::json;

use crate::connect::json;
use crate::error::{Error, Exit, Result};
use crate::notice::Notice;
use crate::output::{Output, message};

const DETACH: &str = "detach";
/// The hidden option of the background process.
const OWN_SESSION: &str = "own-session";

pub(crate) fn command() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Options::augment_args(Command::new("emulator"))
        .arg(
            flag(DETACH)
                .help("Run in the background: return once it answers, and print how to stop it")
                .conflicts_with("exit_on_stdin_close"),
        )
        .arg(flag(OWN_SESSION).hide(true))
        .arg(json())
}

pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let options = Options::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))?;
    if matches.get_flag(DETACH) {
        return detach(matches.get_flag("json"));
    }
    // Posted first, because commands that start now wait for it. Without a notice the emulator is
    // found only by its address and token.
    let notice = Notice::starting().ok();
    if matches.get_flag(OWN_SESSION) {
        let _ = rustix::process::setsid();
    }
    let ready = |ready: &serde_json::Value| {
        notice.as_ref().map(|notice| notice.ready(ready));
        notice
    };
    program::run(options, ready).map_err(failed)
}

fn failed(error: std::io::Error) -> Error {
    Error::new(Exit::Error, "io", format!("cannot run the emulator: {error}"))
}

/// Starts a background emulator, and prints its address once it answers.
fn detach(json: bool) -> Result<()> {
    let mut child = begin().map_err(failed)?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut line).map_err(failed)?;
    }
    if !line.ends_with('\n') {
        let ended = child.wait_with_output().map_err(failed)?;
        // The emulator has printed the reason.
        let _ = std::io::stderr().write_all(&ended.stderr);
        std::process::exit(ended.status.code().unwrap_or(i32::from(Exit::Error as u8)));
    }
    let pid = child.id();
    let mut output = Output::new();
    let printed = output.line(line.trim_end().as_bytes()).and_then(|()| output.flush());
    printed.inspect_err(|_| drop(child.kill().and_then(|()| child.wait())))?;
    let stop = format!("kill {pid}");
    message(&match json {
        true => json!({ "pid": pid, "stop": stop }).to_string(),
        false => format!("the emulator runs in the background; to stop it, run `{stop}`"),
    });
    Ok(())
}

fn begin() -> std::io::Result<Child> {
    let program = std::env::current_exe()?;
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).filter(|argument| argument != "--detach").collect();
    arguments.push(format!("--{OWN_SESSION}").into());
    let mut command = match inherited() {
        fds if fds.is_empty() => std::process::Command::new(program),
        fds => {
            let closed: String = fds.iter().map(|fd| format!(" {fd}>&-")).collect();
            let mut shell = std::process::Command::new("/bin/sh");
            shell.arg("-c").arg(format!("exec \"$0\" \"$@\"{closed}")).arg(program);
            shell
        }
    };
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Descriptors of the caller that a child would inherit, such as the lock of a script; only those
/// that every shell can close.
fn inherited() -> Vec<u32> {
    const CLOSE_ON_EXEC: u32 = 0o2_000_000;
    let keeps = |fd: &u32| {
        let info = std::fs::read_to_string(Path::new("/proc/self/fdinfo").join(fd.to_string())).unwrap_or_default();
        let flags = info.lines().find_map(|line| u32::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
        flags.is_some_and(|flags| flags & CLOSE_ON_EXEC == 0)
    };
    (3..=9).filter(keeps).collect()
}
