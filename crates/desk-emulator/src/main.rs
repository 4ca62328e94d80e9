//! The program `desk-emulator`; what it does is in `program`. A port or file it cannot use is one line on stderr and exit
//! code 1.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use desk_emulator::program::{Options, run};

fn main() -> ExitCode {
    match run(Options::parse(), |_| ()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done when stderr is closed.
            let _ = writeln!(io::stderr(), "desk-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}
