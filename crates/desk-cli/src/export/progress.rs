//! How far an export is: a bar on a terminal, else a line every 30 seconds.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::counts::Counts;
use crate::output::message;

/// Between two lines.
const EVERY: Duration = Duration::from_secs(30);

/// What is shown while an export runs.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    counts: Arc<Counts>,
    json: bool,
    all: u64,
    done: u64,
    started: Instant,
    last: Instant,
}

impl Progress {
    /// Of `all` rows, `done` are there already.
    pub(crate) fn new(all: u64, done: u64, counts: Arc<Counts>, json: bool) -> Progress {
        let shown = !json && std::io::stderr().is_terminal();
        let bar = shown.then(|| {
            let bar = ProgressBar::new(all).with_position(done);
            // What does not fit is cut off, not wrapped.
            let style = ProgressStyle::with_template("{bar:20} {human_pos}/{human_len} rows, {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.reset_eta();
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let now = Instant::now();
        Progress { bar, counts, json, all, done, started: now, last: now }
    }

    /// More rows are there.
    pub(crate) fn add(&mut self, rows: u64) {
        self.done += rows;
        // More rows than were counted may have come meanwhile.
        self.all = self.all.max(self.done);
        self.tell();
    }

    /// Shows how it stands, if it is time to.
    pub(crate) fn tell(&mut self) {
        let (requests, retries, waits) = (self.counts.requests(), self.counts.retries(), self.counts.waits().as_secs());
        if let Some(bar) = &self.bar {
            bar.set_length(self.all);
            bar.set_position(self.done);
            let (rate, eta) = (bar.per_sec(), bar.eta().as_secs());
            bar.set_message(format!(
                "{rate:.0}/s, ETA {eta} s, {retries} retries, {waits} s waited, {requests} requests"
            ));
        } else if self.last.elapsed() >= EVERY {
            self.last = Instant::now();
            let (all, done, seconds) = (self.all, self.done, self.started.elapsed().as_secs());
            message(&match self.json {
                true => json!({ "progress": {
                    "rows": done, "of": all, "seconds": seconds, "requests": requests, "retries": retries, "waited": waits,
                } })
                .to_string(),
                false => format!("{done} of {all} rows after {seconds} s; {requests} requests, {retries} retries"),
            });
        }
    }

    /// Says something beside the bar.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| message(text)),
            None if !self.json => message(text),
            None => {}
        }
    }

    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
