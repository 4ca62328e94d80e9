//! The program behind `desk-emulator` and `desk emulator`: options, and one emulator on a loopback
//! port until a signal stops it.
//!
//! The program prints exactly one line of JSON on stdout, when the emulator is ready. SIGINT,
//! SIGTERM and, with `--exit-on-stdin-close`, the end of stdin stop it. The command line must never
//! hold a token, because every user of the machine can read it.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use serde::Serialize;
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::{Behaviour, Emulator, FaultPlan};

const TOKEN_VARIABLE: &str = "DESK_EMULATOR_TOKEN";

/// The line that the program prints when the emulator is ready; the fields keep this order.
#[derive(Serialize)]
struct Ready<'a> {
    base_url: &'a str,
    url: &'a str,
    token: &'a str,
    application_id: &'a str,
}

/// A real local Desk service to develop and test against.
///
/// Prints {"base_url", "url", "token", "application_id"} as one line of JSON when it is ready. The
/// token is random unless a file or the variable DESK_EMULATOR_TOKEN gives one.
#[derive(Parser)]
#[command(name = "desk-emulator", version)]
pub struct Options {
    /// Loopback port to listen on; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// SQLite file that keeps the state; without it everything is in memory
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// File with the API token to accept
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Start with demo groups, agents, customers and messages; customers reply automatically
    #[arg(long)]
    demo: bool,
    /// Start with this many made-up messages, such as 500k or 10M
    #[arg(long, alias = "rows", value_name = "N", default_value = "0", value_parser = parse_rows)]
    seed_rows: u64,
    /// Seed of the made-up messages; another seed makes other conversations
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Answer 400 to a limit or offset out of range; short for --switch strict_paging=true
    #[arg(long)]
    strict_paging: bool,
    /// Set one of the switches, such as order=id_descending; repeat it for more
    #[arg(long, value_name = "NAME=VALUE")]
    switch: Vec<String>,
    /// File with fault rules (JSON, see the README of desk-emulator)
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// One more fault rule, as JSON; repeat it for more
    #[arg(long, value_name = "RULE")]
    fault: Vec<String>,
    /// Stop when stdin is closed, so that the emulator ends with its parent process
    #[arg(long)]
    exit_on_stdin_close: bool,
}

/// Runs an emulator until a signal or the end of stdin stops it.
///
/// Calls `on_ready` with the ready line before it is printed, and drops the returned value at the
/// end.
///
/// # Errors
/// The port, a file, the token, a switch or a fault rule cannot be used.
pub fn run<T>(options: Options, on_ready: impl FnOnce(&Value) -> T) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(options, on_ready))
}

async fn serve<T>(options: Options, on_ready: impl FnOnce(&Value) -> T) -> io::Result<()> {
    // Register the handlers before the ready line: its reader may send a signal at once.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut builder = Emulator::builder()
        .port(options.port)
        .demo(options.demo)
        .seed_rows(options.seed_rows)
        .behaviour(parse_behaviour(&options.switch, options.strict_paging)?);
    if let Some(seed) = options.seed {
        builder = builder.seed(seed);
    }
    if let Some(file) = options.data {
        builder = builder.data(file);
    }
    let mut plan = options.faults.as_deref().map(read_fault_plan).transpose()?.unwrap_or_default();
    for rule in &options.fault {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, format!("--fault {rule}: {error}"));
        plan.rules.push(serde_json::from_str(rule).map_err(invalid)?);
    }
    builder = builder.faults(plan);
    if let Some(token) = read_token(options.token_file)? {
        builder = builder.token(token);
    }
    let stdin = options.exit_on_stdin_close.then(watch_stdin);
    let emulator = builder.start().await?;
    let ready = Ready {
        base_url: &emulator.base_url(),
        url: &emulator.url(),
        token: emulator.token(),
        application_id: "emulator",
    };
    let _guard = on_ready(&serde_json::to_value(&ready)?);
    writeln!(io::stdout(), "{}", serde_json::to_string(&ready)?)?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = stdin_closed(stdin) => {}
    }
    emulator.shutdown().await;
    Ok(())
}

/// Parses a number with an optional suffix: `k` for thousands, `M` for millions.
fn parse_rows(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1_000),
        None => text.strip_suffix('M').map_or((text, 1), |digits| (digits, 1_000_000)),
    };
    let rows = digits.parse::<u64>().ok().and_then(|rows| rows.checked_mul(factor));
    rows.ok_or_else(|| "write a number, such as 1000, 500k or 10M".to_owned())
}

fn parse_behaviour(switches: &[String], strict_paging: bool) -> io::Result<Behaviour> {
    let strict = strict_paging.then_some("strict_paging=true");
    switches.iter().map(String::as_str).chain(strict).try_fold(Behaviour::default(), |behaviour, switch| {
        let (name, value) = switch.split_once('=').unwrap_or((switch, "true"));
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, format!("--switch {switch}: {error}"));
        behaviour.set(name, value).map_err(invalid)
    })
}

fn read_fault_plan(file: &Path) -> io::Result<FaultPlan> {
    let invalid = |kind, error: &dyn std::fmt::Display| {
        io::Error::new(kind, format!("cannot use the faults of {}: {error}", file.display()))
    };
    let text = std::fs::read_to_string(file).map_err(|error| invalid(error.kind(), &error))?;
    serde_json::from_str(&text).map_err(|error| invalid(io::ErrorKind::InvalidData, &error))
}

/// Reads the token from the file, or from the environment variable, without the line end.
fn read_token(file: Option<PathBuf>) -> io::Result<Option<String>> {
    let Some(file) = file else {
        return Ok(std::env::var(TOKEN_VARIABLE).ok());
    };
    let text = std::fs::read_to_string(&file).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot read the token from {}: {error}", file.display()))
    })?;
    Ok(Some(text.trim_end().to_owned()))
}

/// Reads stdin to its end on a separate thread, because a blocking read cannot be cancelled.
fn watch_stdin() -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 1024];
        while io::stdin().read(&mut buffer).is_ok_and(|count| count > 0) {}
        sender.send(())
    });
    receiver
}

/// Completes when stdin is closed; never completes if stdin is not watched.
async fn stdin_closed(stdin: Option<oneshot::Receiver<()>>) {
    match stdin {
        // An error means that the watching thread has ended, which also means a closed stdin.
        Some(closed) => drop(closed.await),
        None => std::future::pending().await,
    }
}
