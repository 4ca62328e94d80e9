//! The result of `desk export verify` and its summary: [`VerifyResult`].

use std::time::Instant;

use serde_json::json;

use crate::counts::Counts;
use crate::error::{Error, Exit, Result};
use crate::output::{Output, many, message};

#[derive(Default)]
pub(super) struct VerifyResult {
    pub(super) windows: u64,
    pub(super) rows: u64,
    pub(super) fixed: u64,
    /// The number of windows that still differ.
    pub(super) wrong: u64,
    /// The number of windows of which only the counts were compared.
    pub(super) counted: u64,
    /// The number of windows with other rows, but an equal count, at the service.
    pub(super) changed: u64,
    /// The number of stored rows that the service no longer has: kept, and removed.
    pub(super) kept: u64,
    pub(super) removed: u64,
    /// The number of rows that only the service has, in windows that are kept.
    pub(super) more: u64,
    /// The missing shares and time ranges.
    pub(super) missing: Vec<String>,
}

impl VerifyResult {
    /// The number of rows at the service, as far as it is known.
    pub(super) fn there(&self) -> u64 {
        (self.rows + self.more).saturating_sub(self.kept)
    }

    /// Records a kept window with `here` rows, of which the service has `there` now.
    pub(super) fn keep(&mut self, here: u64, there: u64) {
        self.kept += here.saturating_sub(there);
        self.more += there.saturating_sub(here);
    }

    /// Prints the summary; an error unless all windows agree. `keep` tells whether changed windows
    /// were kept.
    pub(super) fn print(&self, keep: bool, counts: &Counts, json: bool, started: Instant) -> Result<()> {
        let VerifyResult { windows, rows, fixed, wrong, counted, changed, kept, removed, more, missing } = self;
        if json {
            let compared = match *counted {
                0 if *windows > 0 => "rows",
                counted if counted < *windows => "both",
                _ => "counts",
            };
            let summary = json!({
                "windows": windows, "rows": rows, "compared": compared, "counted_windows": counted, "mended_windows": fixed,
                "changed_windows": changed, "wrong_windows": wrong, "kept_rows": kept, "removed_rows": removed,
                "unread_rows": more, "missing": missing, "requests": counts.requests(), "retries": counts.retries(),
                "seconds": started.elapsed().as_secs_f64(),
            });
            let mut output = Output::new();
            output.line(summary.to_string().as_bytes())?;
            output.flush()?;
        } else {
            let gone = [(kept, "kept"), (removed, "removed here too")].map(|(rows, what)| match rows {
                0 => String::new(),
                rows => format!(", at least {} gone from the service {what}", many(rows, "row")),
            });
            let changed = match changed {
                0 => String::new(),
                changed => format!(", an equal number of other rows in {}", many(changed, "window")),
            };
            message(&format!(
                "{} in {}: {fixed} downloaded again, {wrong} still wrong{changed}{}; {}; {} in {:.1} s",
                many(rows, "row"),
                many(windows, "window"),
                gone.concat(),
                self.compared(),
                many(counts.requests(), "request"),
                started.elapsed().as_secs_f64()
            ));
        }
        self.complete(keep)
    }

    fn compared(&self) -> String {
        match (self.counted, self.windows.saturating_sub(self.counted)) {
            (0, 1..) => "compared with every row of the service".to_owned(),
            (_, 0) => "compared with the service's counts only, not with its rows (--read compares rows)".to_owned(),
            (counted, read) => format!(
                "compared with the service's rows in {}, with its counts only in {counted} (--read compares rows)",
                many(read, "window")
            ),
        }
    }

    fn complete(&self, keep: bool) -> Result<()> {
        let VerifyResult { wrong, changed, more, missing, .. } = self;
        if *wrong > 0 {
            let problem = format!("{wrong} windows cannot be proven: the service's answers contradict each other");
            return Err(Error::integrity(problem).hint("run the same command again when the service is idle"));
        }
        let partial = |problem| Error::new(Exit::Partial, "partial", problem);
        let copy = "to get these rows too, copy the directory, and run the command without --keep-deleted";
        if *more > 0 {
            let problem = format!("the service has at least {more} more rows than the kept windows");
            return Err(partial(problem).hint(copy));
        }
        if keep && *changed > 0 {
            let kept = many(changed, "window");
            let problem = format!("the service has an equal number of other rows in {kept} kept as before");
            return Err(partial(problem).hint(copy));
        }
        if !missing.is_empty() {
            let problem =
                format!("the stored windows are correct, but the export is incomplete: {}", missing.join(", "));
            return Err(partial(problem).hint("run the `desk export` command again: it continues"));
        }
        Ok(())
    }
}
