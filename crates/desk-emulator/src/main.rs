//! The program `desk-emulator`; the module `program` has its options and behaviour. An error is one
//! line on stderr and exit code 1.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use desk_emulator::program::{Options, run};

fn main() -> ExitCode {
    match run(Options::parse(), |_| ()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If stderr is closed, the exit code is the only report.
            let _ = writeln!(io::stderr(), "desk-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}
