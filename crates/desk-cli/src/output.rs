//! Data on stdout, messages on stderr.
//!
//! A closed pipe (`| head`) is no error: the program continues without output and keeps its exit
//! code.

use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::rows::Json;

/// Data for stdout.
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    gone: bool,
}

impl Output {
    pub(crate) fn new() -> Output {
        Output { out: BufWriter::new(io::stdout().lock()), gone: false }
    }

    /// Whether the reader has closed the pipe.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Writes one line.
    pub(crate) fn line(&mut self, bytes: &[u8]) -> Result<()> {
        self.out(|out| out.write_all(bytes).and_then(|()| out.write_all(b"\n")))
    }

    /// Writes a result: as it came on one line, or indented for people.
    pub(crate) fn json(&mut self, json: &Json, one_line: bool) -> Result<()> {
        let spread = if one_line { None } else { serde_json::from_slice::<Value>(json.bytes()).ok() };
        match spread.and_then(|value| serde_json::to_string_pretty(&value).ok()) {
            Some(text) => self.line(text.as_bytes()),
            None => self.line(&json.one_line()),
        }
    }

    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out(Write::flush)
    }

    fn out(&mut self, write: impl FnOnce(&mut BufWriter<StdoutLock<'static>>) -> io::Result<()>) -> Result<()> {
        if self.gone {
            return Ok(());
        }
        match write(&mut self.out) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            written => written.map_err(|error| Error::io("write to", Path::new("standard output"), &error)),
        }
    }
}

/// `1 row`, `2 rows`.
pub(crate) fn many(count: impl Display, name: &str) -> String {
    let count = count.to_string();
    match name.strip_suffix('y') {
        _ if count == "1" => format!("{count} {name}"),
        Some(stem) => format!("{count} {stem}ies"),
        None if name.ends_with("ch") => format!("{count} {name}es"),
        None => format!("{count} {name}s"),
    }
}

/// Prints a message, or one line of JSON, on stderr.
pub(crate) fn message(text: &str) {
    // An error cannot be reported if stderr is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::many;

    #[test]
    fn one_is_one_and_others_are_many() {
        assert_eq!([0, 1, 2].map(|count| many(count, "row")), ["0 rows", "1 row", "2 rows"]);
        assert_eq!([many(1, "batch"), many(3, "batch")], ["1 batch", "3 batches"]);
        assert_eq!([many(1, "retry"), many(3, "retry")], ["1 retry", "3 retries"]);
    }
}
