//! The threads of a client that makes asynchronous calls: `desk-io` drives its runtime, `desk-cb` runs callbacks.
//!
//! Each starts with the first call that needs it and ends when the client is freed: after the last call has ended, and after
//! the last callback has returned. Signals of the host are not handled on them.
//!
//! Invariant: a call is in `running` until it ends; the one who takes it out tells its end.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::client::Inner;
use crate::error::Failure;
use crate::op::{Ending, Finished};
use crate::sigpipe;
use crate::sync::Fifo;

thread_local!(static RUNS_CALLBACKS: Cell<bool> = const { Cell::new(false) });

/// Whether this thread runs callbacks, where nothing of the library may block.
pub(crate) fn is_callback_thread() -> bool {
    RUNS_CALLBACKS.try_with(Cell::get).unwrap_or(false)
}

pub(crate) struct Background {
    calls: TaskTracker,
    /// Calls that have not ended, by their numbers.
    running: Mutex<BTreeMap<u64, Ending>>,
    /// The number of the next call.
    next: AtomicU64,
    /// Calls whose callbacks are to be run.
    finished: Arc<Fifo<Finished, ()>>,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    stopped: bool,
    io: Option<Worker>,
    callbacks: Option<Worker>,
}

struct Worker {
    thread: JoinHandle<()>,
    /// Disconnected when its work is done.
    done: Receiver<()>,
}

impl Background {
    pub(crate) fn new() -> Background {
        Background {
            calls: TaskTracker::new(),
            running: Mutex::default(),
            next: AtomicU64::new(0),
            finished: Arc::new(Fifo::new(())),
            threads: Mutex::default(),
        }
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

    /// Notes a call, to be ended by its number.
    pub(crate) fn begin(&self, call: Ending) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.running().insert(number, call);
        number
    }

    /// Ends a call and has that told, unless it has ended already.
    pub(crate) fn end(&self, call: u64, result: Result<Box<dyn Any + Send>, Failure>) {
        let call = self.running().remove(&call);
        if let Some(finished) = call.and_then(|call| call.end(result)) {
            // The line is closed behind the last call; what comes later has lost its client, and is dropped here.
            drop(self.finished.push(finished));
        }
    }

    /// Ends all calls, which nobody drives any more.
    pub(crate) fn end_all(&self) {
        let calls: Vec<u64> = self.running().keys().copied().collect();
        calls.into_iter().for_each(|call| self.end(call, Err(Failure::Panic)));
    }

    /// Lets the threads end once the calls, which were cancelled, have ended.
    pub(crate) fn close(&self) {
        self.threads().stopped = true;
        self.calls.close();
    }

    /// Waits until the calls have ended and their callbacks have returned; false if the calls take longer than `at_most`. From
    /// inside one of the callbacks, the others are run here.
    pub(crate) fn join(&self, at_most: Duration) -> bool {
        let (io, callbacks) = {
            let mut threads = self.threads();
            (threads.io.take(), threads.callbacks.take())
        };
        let ended = io.is_none_or(|io| is_this_thread(&io.thread) || io.join(at_most));
        if !ended {
            self.end_all();
        }
        self.finished.close();
        match callbacks {
            Some(callbacks) if is_this_thread(&callbacks.thread) => run(&self.finished),
            // A panic was stopped inside; there is no other.
            Some(callbacks) => drop(callbacks.thread.join()),
            None => {}
        }
        ended
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<u64, Ending>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
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

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<Worker, Failure> {
    let (working, done) = mpsc::channel();
    let work = move || {
        work();
        drop(working);
    };
    let spawned: io::Result<_> = sigpipe::unsignalled(|| thread::Builder::new().name(name.to_owned()).spawn(work));
    let thread =
        spawned.map_err(|error| Failure::argument(format!("the client cannot start its thread {name}: {error}")))?;
    Ok(Worker { thread, done })
}

impl Worker {
    /// Waits for the thread; false if it takes longer than `at_most`.
    fn join(self, at_most: Duration) -> bool {
        let ended = self.done.recv_timeout(at_most) != Err(RecvTimeoutError::Timeout);
        if ended {
            drop(self.thread.join());
        }
        ended
    }
}

fn is_this_thread(thread: &JoinHandle<()>) -> bool {
    thread.thread().id() == thread::current().id()
}
