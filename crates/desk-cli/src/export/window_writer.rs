//! Windows → parts and the manifest: [`WindowWriter`].
//!
//! Windows are stored one after the other, in the order in which they were read; the parts of a
//! window must be durable before the manifest records them. A format that takes lines writes rows
//! at once, while the page is in the cache, to a part without a final name. All other work, and
//! every wait for the disk, happens on another thread during the reading of the next window.

use std::sync::Arc;

use desk_client::export::Window as Rows;
use tokio::task::JoinHandle;

use super::directory::ExportDir;
use super::format::{Format, NewWindow, WindowSink};
use super::privacy::Privacy;
use super::target::ExportTarget;
use super::window::{Span, Window};
use crate::error::{Error, Exit, Result};
use crate::rows::Row;

/// Stores windows.
pub(crate) struct WindowWriter {
    starter: Starter,
    dir: State,
    /// The rows of the window that is being read: written, or to be written with its last rows.
    sink: Option<Box<dyn WindowSink>>,
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
    pub(crate) fn new(dir: ExportDir, privacy: Arc<Privacy>) -> WindowWriter {
        let starter = Starter { format: dir.format(), target: dir.target().clone(), privacy };
        WindowWriter { starter, dir: State::Idle(Box::new(dir)), sink: None, rows: Vec::new() }
    }

    /// Takes rows of the window that is being read.
    pub(crate) fn rows(&mut self, span: Span, rows: Vec<Row>) -> Result<()> {
        if !self.starter.format.takes_lines(&self.starter.privacy) {
            self.rows.extend(rows);
            return Ok(());
        }
        let mut sink = self.starter.begun(self.sink.take(), span)?;
        let written = sink.rows(rows);
        self.sink = Some(sink);
        written
    }

    /// Discards the rows of the window that is being read.
    pub(crate) fn roll_back(&mut self) -> Result<()> {
        self.rows.clear();
        self.sink.take().map_or(Ok(()), |sink| sink.discard())
    }

    /// Starts to store a window with its last rows, once the window before is stored; returns that
    /// one.
    pub(crate) async fn window(&mut self, window: Rows<Row>) -> Result<Option<Window>> {
        let before = self.finish().await?;
        let Rows { items, proof } = window;
        let (starter, sink, mut rows) = (self.starter.clone(), self.sink.take(), std::mem::take(&mut self.rows));
        match rows.is_empty() {
            true => rows = items,
            false => rows.extend(items),
        }
        let State::Idle(mut dir) = std::mem::replace(&mut self.dir, State::Failed) else {
            return Err(failed("an earlier window could not be stored".to_owned()));
        };
        self.dir = State::Busy(tokio::task::spawn_blocking(move || {
            let mut sink = starter.begun(sink, (proof.from, proof.until))?;
            sink.rows(rows)?;
            let window = Window::new(&proof, sink.finish()?.publish()?);
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
            _ => Err(failed("an earlier window could not be stored".to_owned())),
        }
    }
}

/// Starts windows.
#[derive(Clone)]
struct Starter {
    format: &'static dyn Format,
    target: Arc<ExportTarget>,
    privacy: Arc<Privacy>,
}

impl Starter {
    /// The sink of a window: the one that was started, or a new one.
    fn begun(&self, sink: Option<Box<dyn WindowSink>>, span: Span) -> Result<Box<dyn WindowSink>> {
        let Starter { format, target, privacy } = self;
        let begin = || format.begin(NewWindow { target: target.clone(), privacy: privacy.clone(), span, revision: 0 });
        sink.map_or_else(begin, Ok)
    }
}

fn failed(why: String) -> Error {
    Error::new(Exit::Error, "internal", format!("a window could not be stored: {why}"))
}
