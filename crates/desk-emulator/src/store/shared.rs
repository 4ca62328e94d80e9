//! The store behind a lock, shared by the server's tasks and the handle.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::state::Store;
use crate::error::{Error, Result};

/// A shared handle to the store.
#[derive(Clone)]
pub(crate) struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    pub(crate) fn new(store: Store) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }

    /// Locks the store. A poisoned lock is ignored: SQLite rolled the panicked transaction back.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Store> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `action` on a thread that may block.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        action: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.clone();
        let result = tokio::task::spawn_blocking(move || action(&mut store.lock())).await;
        result.unwrap_or_else(|_| Err(Error::internal("the request failed inside the emulator; please report it")))
    }
}
