//! Windows → parts and the manifest: [`WindowWriter`].
//!
//! Windows are stored one after the other, in the order in which they were read; the parts of a window must be durable before the
//! manifest records them. Rows of a format that writes them as they came are written at once, while the page is in the cache, to
//! a part without a final name. Everything else, and every wait for the disk, happens on another thread during the reading of
//! the next window.

use std::sync::Arc;

use desk_client::export::Window as Rows;
use tokio::task::JoinHandle;

use super::directory::ExportDir;
use super::format::Encoder;
use super::target::ExportTarget;
use super::window::{Span, Window};
use super::writer::Writer;
use crate::error::{Error, Exit, Result};
use crate::rows::Row;

/// Stores windows.
pub(crate) struct WindowWriter {
    target: Arc<ExportTarget>,
    encoder: Arc<Encoder>,
    dir: State,
    /// The rows of the window that is being read: written, or to be written with its last rows.
    writer: Option<Writer>,
    rows: Vec<Row>,
}

enum State {
    Idle(Box<ExportDir>),
    /// A window is being stored.
    Busy(JoinHandle<Result<(Box<ExportDir>, Window)>>),
    /// A window could not be stored, so no later one can.
    Failed,
}

impl WindowWriter {
    pub(crate) fn new(dir: ExportDir, encoder: Arc<Encoder>) -> WindowWriter {
        let target = dir.target().clone();
        WindowWriter { target, encoder, dir: State::Idle(Box::new(dir)), writer: None, rows: Vec::new() }
    }

    /// Takes rows of the window that is being read.
    pub(crate) fn rows(&mut self, span: Span, rows: Vec<Row>) -> Result<()> {
        if !self.encoder.takes_lines() {
            self.rows.extend(rows);
            return Ok(());
        }
        let mut writer = begun(self.writer.take(), &self.target, &self.encoder, span)?;
        let written = writer.rows(rows);
        self.writer = Some(writer);
        written
    }

    /// Discards the rows of the window that is being read.
    pub(crate) fn roll_back(&mut self) -> Result<()> {
        self.rows.clear();
        self.writer.take().map_or(Ok(()), Writer::discard)
    }

    /// Starts to store a window with its last rows, once the window before is stored; returns that one.
    pub(crate) async fn window(&mut self, window: Rows<Row>) -> Result<Option<Window>> {
        let before = self.finish().await?;
        let Rows { items, proof } = window;
        let (target, encoder) = (self.target.clone(), self.encoder.clone());
        let (writer, mut rows) = (self.writer.take(), std::mem::take(&mut self.rows));
        match rows.is_empty() {
            true => rows = items,
            false => rows.extend(items),
        }
        let State::Idle(mut dir) = std::mem::replace(&mut self.dir, State::Failed) else {
            return Err(failed("one before it was not".to_owned()));
        };
        self.dir = State::Busy(tokio::task::spawn_blocking(move || {
            let mut writer = begun(writer, &target, &encoder, (proof.from, proof.until))?;
            writer.rows(rows)?;
            let window = Window::new(&proof, writer.finish()?.keep()?);
            dir.add(&window)?;
            Ok((dir, window))
        }));
        Ok(before)
    }

    /// Waits until the window that is being stored is stored; returns it.
    pub(crate) async fn finish(&mut self) -> Result<Option<Window>> {
        let State::Busy(task) = &mut self.dir else { return Ok(None) };
        let ended = task.await;
        self.dir = State::Failed;
        let (dir, window) = ended.map_err(|error| failed(error.to_string()))??;
        self.dir = State::Idle(dir);
        Ok(Some(window))
    }

    /// The directory, while no window is being stored.
    pub(crate) fn dir(&mut self) -> Result<&mut ExportDir> {
        match &mut self.dir {
            State::Idle(dir) => Ok(dir),
            _ => Err(failed("one before it was not".to_owned())),
        }
    }
}

/// The writer of a window: the one that was started, or a new one.
fn begun(writer: Option<Writer>, target: &Arc<ExportTarget>, encoder: &Arc<Encoder>, span: Span) -> Result<Writer> {
    writer.map_or_else(|| Writer::new((target.clone(), encoder.clone()), span, 0), Ok)
}

fn failed(why: String) -> Error {
    Error::new(Exit::Error, "internal", format!("a window could not be kept: {why}"))
}
