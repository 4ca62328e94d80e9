//! Progress of a long command: a bar on a terminal, otherwise a line every 30 seconds.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::counts::Counts;
use crate::output::{many, message};

/// The interval between two lines.
const EVERY: Duration = Duration::from_secs(30);

/// The unit of progress.
pub(crate) struct Unit {
    name: &'static str,
    /// The decimals of the rate.
    decimals: usize,
}

pub(crate) const ROWS: Unit = Unit { name: "rows", decimals: 0 };
pub(crate) const RECIPIENTS: Unit = Unit { name: "recipients", decimals: 1 };

/// The progress of a running command.
pub(crate) struct Progress {
    unit: Unit,
    voice: Voice,
    counts: Arc<Counts>,
    all: u64,
    done: u64,
    /// The number of done units in doubt, for commands that can have doubts.
    unknown: Option<u64>,
    started: Instant,
    last: Instant,
}

/// Prints messages next to the bar.
#[derive(Clone)]
pub(crate) struct Voice {
    bar: Option<ProgressBar>,
    json: bool,
}

impl Progress {
    /// Starts with `done` units of `all`.
    pub(crate) fn new(unit: Unit, all: u64, done: u64, counts: Arc<Counts>, json: bool) -> Progress {
        let is_visible = !json && std::io::stderr().is_terminal();
        let bar = is_visible.then(|| {
            let bar = ProgressBar::new(all).with_position(done);
            // A message that does not fit is cut off, not wrapped.
            let template = format!("{{bar:20}} {{human_pos}}/{{human_len}} {}, {{wide_msg}}", unit.name);
            bar.set_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.reset_eta();
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let (voice, now) = (Voice { bar, json }, Instant::now());
        Progress { unit, voice, counts, all, done, unknown: None, started: now, last: now }
    }

    /// Adds done units.
    pub(crate) fn add(&mut self, more: u64) {
        self.done += more;
        // Units may have been added after the count.
        self.all = self.all.max(self.done);
        self.render();
    }

    /// Removes done units that are repeated.
    pub(crate) fn take_back(&mut self, again: u64) {
        self.done = self.done.saturating_sub(again);
        self.render();
    }

    /// Adds done units in doubt.
    pub(crate) fn doubt(&mut self, more: u64) {
        self.unknown = Some(self.unknown.unwrap_or(0) + more);
        self.render();
    }

    /// Updates the bar, or prints a line if one is due.
    pub(crate) fn render(&mut self) {
        let Progress { all, done, unknown, .. } = *self;
        let Unit { name, decimals } = self.unit;
        let (requests, retries, waits) = (self.counts.requests(), self.counts.retries(), self.counts.waits().as_secs());
        let doubt = unknown.map(|unknown| format!(", {unknown} unknown")).unwrap_or_default();
        if let Some(bar) = &self.voice.bar {
            bar.set_length(all);
            bar.set_position(done);
            let (rate, eta) = (bar.per_sec(), bar.eta().as_secs());
            let (requests, retries) = (many(requests, "request"), many(retries, "retry"));
            bar.set_message(format!(
                "{rate:.decimals$}/s, ETA {eta} s{doubt}, {retries}, {waits} s waited, {requests}"
            ));
        } else if self.last.elapsed() >= EVERY {
            self.last = Instant::now();
            let seconds = self.started.elapsed().as_secs();
            message(&match self.voice.json {
                true => {
                    let mut line = json!({
                        name: done, "of": all, "seconds": seconds, "requests": requests, "retries": retries, "waited": waits,
                    });
                    if let (Some(line), Some(unknown)) = (line.as_object_mut(), unknown) {
                        line.insert("unknown".into(), unknown.into());
                    }
                    json!({ "progress": line }).to_string()
                }
                false => {
                    let (requests, retries) = (many(requests, "request"), many(retries, "retry"));
                    format!("{done} of {all} {name} after {seconds} s{doubt}; {requests}, {retries}")
                }
            });
        }
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
    /// Prints a message unless the output is JSON.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| message(text)),
            None if !self.json => message(text),
            None => {}
        }
    }
}
