//! How far a campaign is: a bar on a terminal, else a line every 30 seconds.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::counts::Counts;
use crate::output::message;

/// Between two lines.
const EVERY: Duration = Duration::from_secs(30);

/// What is shown while it is sent.
pub(crate) struct Progress {
    voice: Voice,
    counts: Arc<Counts>,
    all: usize,
    done: usize,
    unknown: usize,
    started: Instant,
    last: Instant,
}

/// Says something beside the bar.
#[derive(Clone)]
pub(crate) struct Voice {
    bar: Option<ProgressBar>,
    json: bool,
}

impl Progress {
    /// Of `all` recipients `done` are dealt with already, of whom `unknown` are in doubt.
    pub(crate) fn new(all: usize, done: usize, unknown: usize, counts: Arc<Counts>, json: bool) -> Progress {
        let shown = !json && std::io::stderr().is_terminal();
        let bar = shown.then(|| {
            let bar = ProgressBar::new(all as u64).with_position(done as u64);
            // What does not fit is cut off, not wrapped.
            let style = ProgressStyle::with_template("{bar:20} {human_pos}/{human_len} recipients, {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.reset_eta();
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let (voice, now) = (Voice { bar, json }, Instant::now());
        let progress = Progress { voice, counts, all, done, unknown, started: now, last: now };
        progress.show();
        progress
    }

    /// So many recipients more are dealt with.
    pub(crate) fn add(&mut self, people: usize, in_doubt: bool) {
        self.done += people;
        self.unknown += if in_doubt { people } else { 0 };
        self.show();
        if self.voice.bar.is_none() && self.last.elapsed() >= EVERY {
            self.last = Instant::now();
            self.line();
        }
    }

    fn show(&self) {
        let Some(bar) = &self.voice.bar else { return };
        bar.set_position(self.done as u64);
        let (retries, waits, requests) = (self.counts.retries(), self.counts.waits().as_secs(), self.counts.requests());
        let (rate, eta, unknown) = (bar.per_sec(), bar.eta().as_secs(), self.unknown);
        bar.set_message(format!(
            "{rate:.1}/s, ETA {eta} s, {unknown} unknown, {retries} retries, {waits} s waited, {requests} requests"
        ));
    }

    fn line(&self) {
        let Progress { all, done, unknown, .. } = self;
        let (seconds, retries) = (self.started.elapsed().as_secs(), self.counts.retries());
        let (requests, waits) = (self.counts.requests(), self.counts.waits().as_secs());
        message(&match self.voice.json {
            true => json!({ "progress": {
                "recipients": done, "of": all, "unknown": unknown, "seconds": seconds, "requests": requests,
                "retries": retries, "waited": waits,
            } })
            .to_string(),
            false => format!(
                "{done} of {all} recipients after {seconds} s, {unknown} unknown; {requests} requests, {retries} retries"
            ),
        });
    }

    pub(crate) fn voice(&self) -> Voice {
        self.voice.clone()
    }

    pub(crate) fn end(&self) {
        if let Some(bar) = &self.voice.bar {
            bar.finish_and_clear();
        }
    }
}

impl Voice {
    /// For people alone.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| message(text)),
            None if !self.json => message(text),
            None => {}
        }
    }
}
