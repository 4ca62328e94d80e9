//! `desk`: the operations of the spec, exports with proof, and the local service, from a terminal.
//!
//! Data goes to stdout, messages to stderr. Exit codes: 0 done, 1 error, 2 usage, 3 partial, 4
//! credentials, 5 try later, 6 the outcome of a request is unknown, 7 integrity, 130 interrupted.
//! The program keeps no state except directories of exports, ledgers of sent batches, and claim
//! files of plans.

#[allow(dead_code, reason = "what is used depends on the spec")]
mod api;
mod cli;
mod connect;
mod counts;
mod credentials;
mod doctor;
#[cfg(feature = "emulator")]
mod emulator;
mod error;
mod export;
mod files;
#[allow(clippy::all, dead_code, unused_imports, reason = "what there is depends on the spec")]
#[rustfmt::skip]
mod generated;
mod interrupt;
mod json;
mod local;
mod notice;
mod output;
mod processes;
mod progress;
mod retry;
mod rows;
mod send;
mod starting;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
