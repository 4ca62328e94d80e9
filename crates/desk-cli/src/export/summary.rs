//! The summary of a complete export.

use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::options::Options;
use super::totals::Totals;
use crate::counts::Counts;
use crate::error::{Error, Exit, Result};
use crate::files;
use crate::output::{Output, many, message};

/// Prints the summary; an error if rows are missing or unproven. `last` is the requested end, `new`
/// the number of rows of this run.
pub(super) fn print(
    options: &Options,
    last: Option<DateTime<Utc>>,
    totals: &Totals,
    new: u64,
    counts: &Counts,
    started: Instant,
) -> Result<()> {
    let Totals { windows, rows, bytes, unproven, until } = totals;
    if options.json {
        let summary = json!({
            "rows": rows, "new_rows": new, "windows": windows, "unproven_windows": unproven, "bytes": bytes,
            "until": until, "requests": counts.requests(), "retries": counts.retries(),
            "seconds": started.elapsed().as_secs_f64(), "directory": options.dir.display().to_string(),
        });
        let mut output = Output::new();
        output.line(summary.to_string().as_bytes())?;
        output.flush()?;
    } else {
        let (requests, retries, seconds) = (counts.requests(), counts.retries(), started.elapsed().as_secs_f64());
        message(&format!(
            "{} in {}, {} proven, {}; {} in this run, by {}, {}, in {seconds:.1} s",
            many(rows, "row"),
            many(windows, "window"),
            windows - unproven,
            many(bytes, "byte"),
            many(new, "row"),
            many(requests, "request"),
            many(retries, "retry"),
        ));
    }
    if *unproven == 0 {
        return ahead(last, *until);
    }
    let problem = format!("{unproven} of {windows} windows are not proven: rows may be missing from them");
    Err(Error::new(Exit::Partial, "partial", problem)
        .hint(format!("run `desk export verify {}`: it re-downloads them", files::quoted(&options.dir))))
}

/// The error if the service's clock has not passed the requested end.
fn ahead(last: Option<DateTime<Utc>>, reached: Option<DateTime<Utc>>) -> Result<()> {
    match last {
        Some(until) if reached.is_none_or(|reached| reached < until) => {
            let until = until.to_rfc3339();
            let problem = format!("the export is incomplete: rows until {until} can still appear");
            Err(Error::new(Exit::Partial, "partial", problem)
                .hint("run the same command again two minutes after that time: it continues"))
        }
        _ => Ok(()),
    }
}
