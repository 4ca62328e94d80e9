//! `desk export`: all rows of a list in a stretch of time, each once, into a directory of parts with a manifest.
//!
//! Invariant: a window's part is durable before the manifest tells of it, and windows follow each other without a gap; so the
//! same command goes on after any end, a kill included, with nothing lost or doubled. What decides that rows are complete is
//! the client's export; here they are kept.

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
use crate::retry::Rereads;
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

/// How long somebody else who is at work in the directory is left alone.
const BUSY: Duration = Duration::from_secs(5);
/// How long connections are left alone while rows are written: requests are to leave, and answers to be taken, meanwhile.
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
        // There is nothing behind it: what has changed is read anew.
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
        // Nobody listens when all is done.
        let _ = stop.send(true);
        if !json {
            message("ending after the window in flight; once more ends at once");
        }
    };
    let last =
        Error::interrupted("ended at once").hint("type the same command again: it goes on behind the last window");
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

/// Lets a page take the memory of the one before instead of the system's: glibc's allocator gives nothing smaller back than what
/// was given back to it before.
fn reuse_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(4 << 20)));
}

fn verify_hint(dir: &Path) -> String {
    format!("type `desk export verify {}`: it reads anew what has changed", files::quoted(dir))
}

fn plan(options: &Options, settings: &Settings, before: &Totals, left: u64) -> String {
    let bound = |time: Option<DateTime<Utc>>, else_: &str| time.map_or(else_.to_owned(), |time| time.to_rfc3339());
    let (since, until) = settings.span();
    let again = if before.windows > 0 { format!(" ({} are there)", before.rows) } else { String::new() };
    format!(
        "{} from {} until {} to {}: {}{again}",
        settings.list,
        bound(since, "the first"),
        bound(until, "now"),
        options.dir.display(),
        many(left, "row"),
    )
}

/// An export while it runs.
struct Exporter<'a> {
    options: &'a Options,
    settings: &'a Settings,
    client: Client,
    counts: Arc<Counts>,
    writer: WindowWriter,
    totals: Totals,
    interrupted: watch::Receiver<bool>,
    /// There are windows of runs that did not come to their end, or found more rows there.
    unchecked: bool,
}

impl Exporter<'_> {
    /// Where what is not there yet begins.
    fn from(&self, first: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        self.totals.until.map(|until| until + TimeDelta::microseconds(1)).or(first)
    }

    /// Reads what is not there yet, again and again if it is to follow.
    async fn all(&mut self, first: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) -> Result<()> {
        loop {
            let span = ListQuery { from: self.from(first), until, page: self.options.page };
            let again = match (self.stretch(span).await, self.options.follow) {
                (Ok(()), None) => return Ok(()),
                (Ok(()), Some(again)) => again,
                // The service may be back by then.
                (Err(error), Some(again)) if error.exit == Exit::TryLater => {
                    self.put_off(&error, again);
                    again
                }
                (Err(error), _) => return Err(self.stopped(error)),
            };
            self.rest(again).await.map_err(|error| self.stopped(error))?;
        }
    }

    /// Waits, and lets others verify and mend what is there meanwhile; then begins as the same command typed again would.
    async fn rest(&mut self, again: Duration) -> Result<()> {
        self.writer.dir()?.rest()?;
        let mut left = again;
        loop {
            // An error would say that the signal can never come.
            if tokio::time::timeout(left, self.interrupted.wait_for(|stop| *stop)).await.is_ok() {
                return Err(Error::interrupted("interrupted"));
            }
            match self.writer.dir()?.resume() {
                Ok(()) => break,
                // They are not done.
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

    /// Says what is waited for.
    fn put_off(&self, error: &Error, again: Duration) {
        message(&match self.options.json {
            true => error.json(),
            false => format!("{}; asks again in {} s", error.message(), again.as_secs()),
        });
    }

    /// What is there in spite of an error, and what to do.
    fn stopped(&self, error: Error) -> Error {
        let dir = self.options.dir.display();
        let error = match error.exit {
            // What is there is in doubt.
            Exit::Integrity => error,
            _ => error.note(format!("{} rows are kept in {dir}", self.totals.rows)),
        };
        match error.exit {
            Exit::Error | Exit::Auth | Exit::Usage | Exit::Integrity | Exit::Partial if error.hint.is_some() => error,
            _ => error.hint("type the same command again: it goes on from there"),
        }
    }

    /// Reads a stretch of time up to its end, or as near as the service's clock lets it.
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
        // Whole windows that were read before an error are kept.
        let written = self.writer.finish().await.map(|window| self.kept(window));
        let left = self.writer.roll_back();
        progress.end();
        let ended = written.and(read).and(left);
        self.unchecked |= ended.is_err() && self.totals.windows > 0;
        ended?;
        self.close().await
    }

    /// Notes that all there was up to the last window's end is there.
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
        let (mut rereads, mut flowed) = (Rereads::default(), 0);
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
                        // At the very end it is about all windows, which are there; else nothing can be proven.
                        return match pieces.next().await {
                            None => Err(Error { exit: Exit::Partial, ..Error::from(error) }
                                .hint(verify_hint(&self.options.dir))),
                            Some(_) => Err(error.into()),
                        };
                    }
                    // The export stands where it stood.
                    Some(Err(error)) if rereads.allow(error.kind().name()) => continue,
                    Some(Err(error)) => return Err(error.into()),
                };
            rereads.reset();
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
                Piece::Again => {
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
