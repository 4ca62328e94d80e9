//! `desk export`: writes all rows of a list in a time range, each once, to a directory of parts
//! with a manifest.
//!
//! The part of a window must be durable before the manifest records it, and windows follow each
//! other without a gap; so the same command continues after any end, a kill included, without
//! losing or repeating rows. The client's export proves that rows are complete; this module stores
//! them.

mod cleanup;
mod directory;
mod disk;
mod format;
mod formats;
#[cfg(test)]
mod kinds_tests;
mod lists;
mod manifest;
mod names;
mod options;
mod part;
mod privacy;
mod settings;
mod summary;
mod table;
mod target;
mod total_count;
mod totals;
mod unrecorded;
mod value;
mod verify;
mod verify_result;
mod window;
mod window_writer;
mod written;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use clap::ArgMatches;
use desk_client::export::{Piece, Pieces};
use desk_client::{Client, ErrorKind};
use tokio::sync::watch;

use crate::api::input::ListQuery;
use crate::connect::Connection;
use crate::counts::Counts;
use crate::error::{Error, Exit, Result};
use crate::files;
use crate::interrupt;
use crate::output::{many, message};
use crate::progress::{self, Progress};
use crate::rows::Row;
use directory::ExportDir;
use options::Options;
use settings::Settings;
use total_count::check_total;
use totals::Totals;
use window::Window;
use window_writer::WindowWriter;

pub(crate) use options::command;
pub(crate) use value::hex;

/// The interval between attempts to lock a directory in which another command works.
const BUSY: Duration = Duration::from_secs(5);
/// The maximum time of writing before connections are served again.
const SPELL: Duration = Duration::from_micros(500);

pub(crate) async fn run(matches: &ArgMatches) -> Result<()> {
    if let Some(("verify", matches)) = matches.subcommand() {
        let mode = verify::Mode { keep: matches.get_flag("keep-deleted"), read: matches.get_flag("read") };
        return verify::run(matches, mode).await;
    }
    let options = Options::new(matches)?;
    let connection = Connection::new(matches)?;
    let settings = options.settings(connection.service())?;
    let counts = Arc::new(Counts::default());
    let client = connection.observed(counts.clone())?;
    let mut dir = ExportDir::open(&options.dir, settings)?;
    let totals = dir.recover()?;
    if !options.list.windows && totals.windows > 0 {
        // The only window may have changed: `verify` reads it again.
        drop(dir);
        return verify::run(matches, verify::Mode::default()).await;
    }
    let started = Instant::now();
    reuse_memory();
    let settings = dir.settings().clone();
    let (first, until) = settings.span();
    let (before, unchecked) = (totals.rows, totals.unchecked(dir.manifest()));
    let (stop, interrupted) = watch::channel(false);
    let json = options.json;
    let orderly = move || {
        // The receiver is gone once the export is complete.
        let _ = stop.send(true);
        if !json {
            message("ending after the current window; a second interrupt ends at once");
        }
    };
    let last =
        Error::interrupted("ended at once").hint("run the same command again: it continues after the last window");
    interrupt::on_first(json, orderly, || last);
    let writer = WindowWriter::new(dir, options.privacy.clone());
    let mut exporter =
        Exporter { options: &options, settings: &settings, client, counts, writer, totals, interrupted, unchecked };
    match exporter.from(first).zip(until) {
        Some((from, until)) if from > until => exporter.close().await.map_err(|error| exporter.stopped(error))?,
        _ => exporter.all(first, until).await?,
    }
    let rows = exporter.totals.rows.saturating_sub(before);
    summary::print(&options, until, &exporter.totals, rows, &exporter.counts, started)
}

/// Lets each page reuse the memory of the page before: glibc's allocator keeps blocks up to the
/// size of the largest one that was freed.
fn reuse_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(4 << 20)));
}

fn verify_hint(dir: &Path) -> String {
    format!("run `desk export verify {}`: it re-downloads changed windows", files::quoted(dir))
}

fn plan(options: &Options, settings: &Settings, before: &Totals, left: u64) -> String {
    let bound = |time: Option<DateTime<Utc>>, else_: &str| time.map_or(else_.to_owned(), |time| time.to_rfc3339());
    let (since, until) = settings.span();
    let again = if before.windows > 0 { format!(" ({} are stored)", before.rows) } else { String::new() };
    format!(
        "{} from {} until {} to {}: {}{again}",
        settings.list,
        bound(since, "the first"),
        bound(until, "now"),
        options.dir.display(),
        many(left, "row"),
    )
}

/// A running export.
struct Exporter<'a> {
    options: &'a Options,
    settings: &'a Settings,
    client: Client,
    counts: Arc<Counts>,
    writer: WindowWriter,
    totals: Totals,
    interrupted: watch::Receiver<bool>,
    /// Windows of earlier runs that ended early, or found more rows, are not checked yet.
    unchecked: bool,
}

impl Exporter<'_> {
    /// The start of the time that is not exported yet.
    fn from(&self, first: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        self.totals.until.map(|until| until + TimeDelta::microseconds(1)).or(first)
    }

    /// Exports the missing time; with `--follow`, again after each interval.
    async fn all(&mut self, first: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) -> Result<()> {
        loop {
            let span = ListQuery { from: self.from(first), until, page: self.options.page };
            let again = match (self.stretch(span).await, self.options.follow) {
                (Ok(()), None) => return Ok(()),
                (Ok(()), Some(again)) => again,
                // The service may answer again after the interval.
                (Err(error), Some(again)) if error.exit == Exit::TryLater => {
                    self.put_off(&error, again);
                    again
                }
                (Err(error), _) => return Err(self.stopped(error)),
            };
            self.rest(again).await.map_err(|error| self.stopped(error))?;
        }
    }

    /// Waits without the lock, so that `verify` can run; then starts as a new command would.
    async fn rest(&mut self, again: Duration) -> Result<()> {
        self.writer.dir()?.rest()?;
        let mut left = again;
        loop {
            // The sender lives as long as the handler, so that an error means no signal.
            if tokio::time::timeout(left, self.interrupted.wait_for(|stop| *stop)).await.is_ok() {
                return Err(Error::interrupted("interrupted"));
            }
            match self.writer.dir()?.resume() {
                Ok(()) => break,
                // Another command still works in the directory.
                Err(error) if error.exit == Exit::TryLater => {
                    left = again.min(BUSY);
                    self.put_off(&error, left);
                }
                Err(error) => return Err(error),
            }
        }
        let dir = self.writer.dir()?;
        dir.check_compatible()?;
        self.totals = dir.recover()?;
        self.unchecked |= self.totals.unchecked(dir.manifest());
        Ok(())
    }

    /// Reports a postponed attempt.
    fn put_off(&self, error: &Error, again: Duration) {
        message(&match self.options.json {
            true => error.json(),
            false => format!("{}; retrying in {} s", error.message(), again.as_secs()),
        });
    }

    /// Adds to an error which rows are stored, and the next step.
    fn stopped(&self, error: Error) -> Error {
        let dir = self.options.dir.display();
        let error = match error.exit {
            // The stored rows are in doubt.
            Exit::Integrity => error,
            _ => error.note(format!("{} rows are stored in {dir}", self.totals.rows)),
        };
        match error.exit {
            Exit::Error | Exit::Auth | Exit::Usage | Exit::Integrity | Exit::Partial if error.hint.is_some() => error,
            _ => error.hint("run the same command again: it continues from there"),
        }
    }

    /// Exports a time range, up to its end or as far as the service's clock allows.
    async fn stretch(&mut self, span: ListQuery) -> Result<()> {
        let Options { list, input, json, .. } = self.options;
        let left = list.count(self.client.clone(), input.clone(), span).await?;
        let left = u64::try_from(left).unwrap_or_default();
        if left == 0 && self.totals.windows > 0 && self.options.follow.is_some() {
            return self.close().await;
        }
        let there = self.totals.rows;
        let mut progress = Progress::new(progress::ROWS, there + left, there, self.counts.clone(), *json);
        if there == 0 || self.options.follow.is_none() {
            progress.voice().say(&plan(self.options, self.settings, &self.totals, left));
        }
        let mut pieces = (list.export)(&self.client, input, span)?
            .in_flight(self.options.in_flight)
            .rows_per_window(self.options.rows_per_window)
            .pieces(self.options.rows_held);
        let read = self.read(&mut pieces, &mut progress).await;
        // Windows that were complete before an error are stored.
        let written = self.writer.finish().await.map(|window| self.kept(window));
        let left = self.writer.roll_back();
        progress.end();
        let ended = written.and(read).and(left);
        self.unchecked |= ended.is_err() && self.totals.windows > 0;
        ended?;
        self.close().await
    }

    /// Records that the export is complete up to the end of the last window.
    async fn close(&mut self) -> Result<()> {
        let Some(last) = self.totals.until else { return Ok(()) };
        if self.unchecked {
            let Options { list, input, dir, .. } = self.options;
            let (first, _) = self.settings.span();
            check_total(list, &self.client, input, (first, Some(last)), self.totals.rows, &verify_hint(dir)).await?;
            self.unchecked = false;
        }
        self.writer.dir()?.end(last)
    }

    async fn read(&mut self, pieces: &mut Pieces<Row>, progress: &mut Progress) -> Result<()> {
        let mut flowed = 0;
        let mut worked = Instant::now();
        let mut clock = tokio::time::interval(Duration::from_secs(1));
        loop {
            let piece = tokio::select! {
                piece = pieces.next() => piece,
                _ = clock.tick() => {
                    progress.render();
                    continue;
                }
            };
            let piece =
                match piece {
                    None => return Ok(()),
                    Some(Ok(piece)) => piece,
                    Some(Err(error)) if error.kind() == ErrorKind::Inconsistent => {
                        // An error at the very end concerns the sum of all windows, which are
                        // stored; any other one makes a window unprovable.
                        return match pieces.next().await {
                            None => Err(Error { exit: Exit::Partial, ..Error::from(error) }
                                .hint(verify_hint(&self.options.dir))),
                            Some(_) => Err(error.into()),
                        };
                    }
                    Some(Err(error)) => return Err(error.into()),
                };
            if worked.elapsed() > SPELL {
                tokio::task::yield_now().await;
                worked = Instant::now();
            }
            match piece {
                Piece::Rows { from, until, items } => {
                    flowed += items.len() as u64;
                    progress.add(items.len() as u64);
                    self.writer.rows((from, until), items)?;
                }
                Piece::Rollback => {
                    progress.take_back(std::mem::take(&mut flowed));
                    self.writer.roll_back()?;
                }
                Piece::Window(window) => {
                    flowed = 0;
                    progress.add(window.items.len() as u64);
                    let before = self.writer.window(window).await?;
                    self.kept(before);
                    if *self.interrupted.borrow() {
                        return Err(Error::interrupted("interrupted"));
                    }
                }
            }
        }
    }

    fn kept(&mut self, window: Option<Window>) {
        if let Some(window) = window {
            self.totals.add(&window);
        }
    }
}
