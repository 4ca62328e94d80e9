//! Windows → parts and the manifest: [`Keeper`].
//!
//! Invariant: one window after the other, in the order in which they were read; a window's parts are durable before the manifest tells
//! of it. Rows that are written as they came are written at once, while the page is at hand, to a part that has no name of its own
//! yet. All else, and what waits for the disk, is done on another thread while the next window is read.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use desk_client::export::Window as Rows;
use tokio::task::JoinHandle;

use super::manifest::Manifest;
use super::window::Window;
use super::writer::{Place, Writer};
use crate::error::{Error, Exit, Result};
use crate::rows::Row;

/// Keeps windows.
pub(crate) struct Keeper {
    place: Arc<Place>,
    manifest: State,
    /// What there is of the window that is being read: written, or to be written with its last rows.
    writer: Option<Writer>,
    rows: Vec<Row>,
}

enum State {
    Idle(Box<Manifest>),
    /// A window is being kept.
    Busy(JoinHandle<Result<(Box<Manifest>, Window)>>),
    /// A window could not be kept, so none behind it can.
    Failed,
}

impl Keeper {
    pub(crate) fn new(place: Place, manifest: Manifest) -> Keeper {
        let manifest = State::Idle(Box::new(manifest));
        Keeper { place: Arc::new(place), manifest, writer: None, rows: Vec::new() }
    }

    /// Takes rows of the window from and until that is being read.
    pub(crate) fn rows(&mut self, span: (DateTime<Utc>, DateTime<Utc>), rows: Vec<Row>) -> Result<()> {
        if !self.place.encoder.takes_lines() {
            self.rows.extend(rows);
            return Ok(());
        }
        let mut writer = begun(self.writer.take(), &self.place, span)?;
        let written = writer.rows(rows);
        self.writer = Some(writer);
        written
    }

    /// Forgets the rows of the window that is being read.
    pub(crate) fn again(&mut self) -> Result<()> {
        self.rows.clear();
        self.writer.take().map_or(Ok(()), Writer::discard)
    }

    /// Begins to keep a window with its last rows, as soon as the one before is kept; gives that.
    pub(crate) async fn window(&mut self, window: Rows<Row>) -> Result<Option<Window>> {
        let before = self.done().await?;
        let Rows { items, proof } = window;
        let (place, writer, mut rows) = (self.place.clone(), self.writer.take(), std::mem::take(&mut self.rows));
        match rows.is_empty() {
            true => rows = items,
            false => rows.extend(items),
        }
        let State::Idle(mut manifest) = std::mem::replace(&mut self.manifest, State::Failed) else {
            return Err(failed("one before it was not".to_owned()));
        };
        self.manifest = State::Busy(tokio::task::spawn_blocking(move || {
            let mut writer = begun(writer, &place, (proof.from, proof.until))?;
            writer.rows(rows)?;
            let window = Window::new(&proof, writer.finish()?.keep()?);
            manifest.add(&window)?;
            place.begun.store(true, Ordering::Relaxed);
            Ok((manifest, window))
        }));
        Ok(before)
    }

    /// The window that was being kept, once it is.
    pub(crate) async fn done(&mut self) -> Result<Option<Window>> {
        let State::Busy(task) = &mut self.manifest else { return Ok(None) };
        let ended = task.await;
        self.manifest = State::Failed;
        let (manifest, window) = ended.map_err(|error| failed(error.to_string()))??;
        self.manifest = State::Idle(manifest);
        Ok(Some(window))
    }

    /// The manifest, while no window is being kept.
    pub(crate) fn manifest(&mut self) -> Result<&mut Manifest> {
        match &mut self.manifest {
            State::Idle(manifest) => Ok(manifest),
            _ => Err(failed("one before it was not".to_owned())),
        }
    }

    /// Notes that all there was up to a moment is kept.
    pub(crate) fn end(&mut self, until: DateTime<Utc>) -> Result<()> {
        match &mut self.manifest {
            State::Idle(manifest) => manifest.end(until),
            _ => Ok(()),
        }
    }
}

/// What there is of a window, or its begin.
fn begun(writer: Option<Writer>, place: &Arc<Place>, span: (DateTime<Utc>, DateTime<Utc>)) -> Result<Writer> {
    writer.map_or_else(|| Writer::new(place.clone(), span, 0), Ok)
}

fn failed(why: String) -> Error {
    Error::new(Exit::Error, "internal", format!("a window could not be kept: {why}"))
}
