//! Windows → parts and the manifest, on a thread of their own: [`Keeper`].
//!
//! Invariant: one window at a time, in the order in which they were read; a window's parts are durable before the manifest tells
//! of it. While a window is being written, the next one is read.

use std::path::PathBuf;
use std::sync::Arc;

use desk_client::export::Window as Rows;
use tokio::task::JoinHandle;

use super::format::Encoder;
use super::manifest::{Manifest, Window};
use super::settings::Settings;
use super::writer::Writer;
use crate::error::{Error, Exit, Result};
use crate::rows::Row;

/// Where windows go.
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) encoder: Arc<Encoder>,
    pub(crate) manifest: Manifest,
}

impl Place {
    fn keep(&mut self, window: Rows<Row>) -> Result<Window> {
        let Rows { items, proof } = window;
        let span = (proof.from, proof.until);
        let mut writer = Writer::new(&self.dir, &self.settings, &self.encoder, span, 0)?;
        writer.rows(items)?;
        let window = Window::new(&proof, writer.finish()?.keep()?);
        self.manifest.add(&window)?;
        Ok(window)
    }
}

/// Keeps windows.
pub(crate) enum Keeper {
    Idle(Box<Place>),
    Busy(JoinHandle<(Box<Place>, Result<Window>)>),
    /// A window could not be kept, so none behind it can.
    Failed,
}

impl Keeper {
    pub(crate) fn new(place: Place) -> Keeper {
        Keeper::Idle(Box::new(place))
    }

    /// Begins to write a window, as soon as the one before is kept; gives that.
    pub(crate) async fn put(&mut self, window: Rows<Row>) -> Result<Option<Window>> {
        let before = self.done().await?;
        if let Keeper::Idle(mut place) = std::mem::replace(self, Keeper::Failed) {
            *self = Keeper::Busy(tokio::task::spawn_blocking(move || {
                let kept = place.keep(window);
                (place, kept)
            }));
        }
        Ok(before)
    }

    /// The window that was being written, once it is kept.
    pub(crate) async fn done(&mut self) -> Result<Option<Window>> {
        let Keeper::Busy(task) = self else { return Ok(None) };
        let ended = task.await;
        *self = Keeper::Failed;
        let failed = |error| Error::new(Exit::Error, "internal", format!("a part could not be written: {error}"));
        let (place, kept) = ended.map_err(failed)?;
        let kept = kept?;
        *self = Keeper::Idle(place);
        Ok(Some(kept))
    }

    /// Notes that all there was up to a moment is kept.
    pub(crate) fn end(&mut self, until: chrono::DateTime<chrono::Utc>) -> Result<()> {
        match self {
            Keeper::Idle(place) => place.manifest.end(until),
            _ => Ok(()),
        }
    }
}
