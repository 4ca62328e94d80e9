//! The threads of a client that makes asynchronous calls: `desk-io` drives its runtime, `desk-cb` runs callbacks.
//!
//! Each starts with the first call that needs it and ends when the client is freed: after the last call has ended, and after
//! the last callback has returned. Signals of the host are not handled on them.

use std::cell::Cell;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::client::Inner;
use crate::error::Failure;
use crate::op::Finished;
use crate::sigpipe;
use crate::sync::Fifo;

thread_local!(static RUNS_CALLBACKS: Cell<bool> = const { Cell::new(false) });

/// Whether this thread runs callbacks, where nothing of the library may block.
pub(crate) fn is_callback_thread() -> bool {
    RUNS_CALLBACKS.try_with(Cell::get).unwrap_or(false)
}

pub(crate) struct Background {
    calls: TaskTracker,
    /// Calls whose callbacks are to be run.
    finished: Arc<Fifo<Finished, ()>>,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    stopped: bool,
    io: Option<JoinHandle<()>>,
    callbacks: Option<JoinHandle<()>>,
}

impl Background {
    pub(crate) fn new() -> Background {
        Background { calls: TaskTracker::new(), finished: Arc::new(Fifo::new(())), threads: Mutex::default() }
    }

    /// Starts the threads that are not there yet. They last at least as long as what is handed out: a client that is freed at
    /// this moment waits for the call that has it.
    pub(crate) fn start(&self, inner: &Arc<Inner>, callbacks: bool) -> Result<TaskTrackerToken, Failure> {
        let mut threads = self.threads();
        if threads.stopped {
            return Err(Failure::Cancelled);
        }
        if threads.io.is_none() {
            let (inner, calls) = (inner.clone(), self.calls.clone());
            threads.io = Some(spawn("desk-io", move || inner.drive(calls.wait()))?);
        }
        if callbacks && threads.callbacks.is_none() {
            let finished = self.finished.clone();
            threads.callbacks = Some(spawn("desk-cb", move || {
                RUNS_CALLBACKS.set(true);
                run(&finished);
            })?);
        }
        Ok(self.calls.token())
    }

    /// Has the callback of a call run.
    pub(crate) fn finish(&self, finished: Finished) {
        // The line is closed behind the last call; what comes later has lost its client, and is dropped here.
        drop(self.finished.push(finished));
    }

    /// Waits until the calls, which were cancelled, have ended and their callbacks have returned. From inside one of these,
    /// the others are run here.
    pub(crate) fn stop(&self) {
        let Threads { io, callbacks, .. } =
            std::mem::replace(&mut *self.threads(), Threads { stopped: true, io: None, callbacks: None });
        self.calls.close();
        end(io);
        self.finished.close();
        if callbacks.as_ref().is_some_and(is_this_thread) {
            run(&self.finished);
        }
        end(callbacks);
    }

    fn threads(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(finished: &Fifo<Finished, ()>) {
    while let Some(call) = finished.next(None) {
        drop(call.run());
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Failure> {
    let spawned: io::Result<_> = sigpipe::unsignalled(|| thread::Builder::new().name(name.to_owned()).spawn(work));
    spawned.map_err(|error| Failure::argument(format!("the client cannot start its thread {name}: {error}")))
}

/// Waits for a thread, unless it is this one, which ends by itself.
fn end(thread: Option<JoinHandle<()>>) {
    if let Some(thread) = thread.filter(|thread| !is_this_thread(thread)) {
        // A panic was stopped inside; there is no other.
        drop(thread.join());
    }
}

fn is_this_thread(thread: &JoinHandle<()>) -> bool {
    thread.thread().id() == thread::current().id()
}
