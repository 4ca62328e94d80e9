//! stdout and stderr: data on the one, messages on the other.
//!
//! A reader that has gone away (`| head`) is no error: the program ends as if all had been read.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::rows::Json;

/// Data for stdout.
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
}

impl Output {
    pub(crate) fn new() -> Output {
        Output { out: BufWriter::new(io::stdout().lock()) }
    }

    /// One line.
    pub(crate) fn line(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.out.write_all(bytes).and_then(|()| self.out.write_all(b"\n"));
        written.map_err(|error| refused(&error))
    }

    /// A result: on one line as it came, or spread out for people.
    pub(crate) fn json(&mut self, json: &Json, one_line: bool) -> Result<()> {
        let spread = if one_line { None } else { serde_json::from_slice::<Value>(json.bytes()).ok() };
        match spread.and_then(|value| serde_json::to_string_pretty(&value).ok()) {
            Some(text) => self.line(text.as_bytes()),
            None => self.line(&json.one_line()),
        }
    }

    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(|error| refused(&error))
    }
}

fn refused(error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    Error::io("write to", Path::new("standard output"), error)
}

/// A message for people, or one line of JSON.
pub(crate) fn message(text: &str) {
    // Nothing can be done when stderr is closed.
    let _ = writeln!(io::stderr(), "{text}");
}
