//! The threads of a client that makes asynchronous calls: `desk-io` drives its runtime, `desk-cb`
//! runs callbacks.
//!
//! Each thread starts with the first call that needs it and ends when the client is freed:
//! `desk-io` after the last call has ended, `desk-cb` after the last callback has returned. Both
//! block the host's signals.
//!
//! Invariant: a call stays in `running` until it ends; the code that takes the call out reports its
//! end.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::blocking;
use crate::failure::Failure;
use crate::op::{AnyResult, Finished, Op, desk_op_fn};
use crate::queue::Queue;
use crate::sigpipe;
use crate::sync::{Fifo, Slot};

pub(crate) struct Background {
    calls: TaskTracker,
    running: Mutex<Calls>,
    /// Ended calls whose callbacks have not run yet.
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
    done: Arc<Slot<()>>,
}

/// Calls that have not ended, each at its own index in `places`.
#[derive(Default)]
struct Calls {
    places: Vec<Option<Ending>>,
    free: Vec<usize>,
}

/// A running call with its callback and its queue.
pub(crate) struct Ending {
    pub(crate) op: Arc<Op>,
    pub(crate) callback: desk_op_fn,
    pub(crate) queue: Option<Arc<Queue>>,
}

impl Ending {
    /// Ends the call; returns a callback to run, or user data to free, on the thread `desk-cb`.
    fn end(self, result: AnyResult) -> Option<Finished> {
        let Ending { op, callback, queue } = self;
        op.end(result);
        let finished = Finished { op, callback };
        let finished = match &queue {
            // A freed queue refuses the call, whose callback then never runs.
            Some(queue) => Finished { callback: None, ..queue.push(finished).err()? },
            None => finished,
        };
        // `desk-cb` frees user data too, because that may take long.
        finished.has_work().then_some(finished)
    }
}

impl Background {
    pub(crate) fn new() -> Background {
        Background {
            calls: TaskTracker::new(),
            running: Mutex::default(),
            finished: Arc::new(Fifo::new(())),
            threads: Mutex::default(),
        }
    }

    /// Starts the threads that do not run yet; `desk-io` runs `drive`, which returns once the calls
    /// that it is given have ended. The returned token keeps the threads alive: freeing the client
    /// at this moment waits for the call that holds the token.
    pub(crate) fn start(
        &self,
        drive: impl FnOnce(TaskTracker) + Send + 'static,
        callbacks: bool,
    ) -> Result<TaskTrackerToken, Failure> {
        let mut threads = self.threads();
        if threads.stopped {
            return Err(Failure::Cancelled);
        }
        if threads.io.is_none() {
            let calls = self.calls.clone();
            threads.io = Some(spawn("desk-io", move || drive(calls))?);
        }
        if callbacks && threads.callbacks.is_none() {
            let finished = self.finished.clone();
            threads.callbacks = Some(spawn("desk-cb", move || {
                blocking::runs_callbacks();
                run(&finished);
            })?);
        }
        Ok(self.calls.token())
    }

    /// Registers a call and returns its index, by which the caller ends it exactly once.
    pub(crate) fn begin(&self, call: Ending) -> usize {
        let mut running = self.running();
        let place = running.free.pop().unwrap_or(running.places.len());
        match running.places.get_mut(place) {
            Some(free) => *free = Some(call),
            None => running.places.push(Some(call)),
        }
        place
    }

    /// Ends a call and reports its end.
    pub(crate) fn end(&self, place: usize, result: AnyResult) {
        let call = {
            let mut running = self.running();
            let call = running.places.get_mut(place).and_then(Option::take);
            if call.is_some() {
                running.free.push(place);
            }
            call
        };
        if let Some(finished) = call.and_then(|call| call.end(result)) {
            // The FIFO closes after the last call; a call that ends later has lost its client and
            // is dropped.
            drop(self.finished.push(finished));
        }
    }

    /// Ends all calls, because no thread drives them any more. No call begins afterwards.
    pub(crate) fn end_all(&self) {
        // Their indexes stay reserved: the task that drove a call may still end it.
        let calls: Vec<Ending> = self.running().places.iter_mut().filter_map(Option::take).collect();
        for finished in calls.into_iter().filter_map(|call| call.end(Err(Failure::Panic))) {
            drop(self.finished.push(finished));
        }
    }

    /// Lets the threads end once the cancelled calls have ended.
    pub(crate) fn close(&self) {
        self.threads().stopped = true;
        self.calls.close();
    }

    /// Waits until the calls have ended and their callbacks have returned; false if the calls take
    /// longer than `at_most`. Inside a callback it runs the remaining callbacks on this thread.
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
            // The thread caught every panic, so the join has no other error.
            Some(callbacks) => drop(callbacks.thread.join()),
            None => {}
        }
        ended
    }

    fn running(&self) -> MutexGuard<'_, Calls> {
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
    let done = Arc::new(Slot::new());
    let ended = done.clone();
    let work = move || {
        work();
        let _ = ended.end(());
    };
    let spawned: io::Result<_> = sigpipe::unsignalled(|| thread::Builder::new().name(name.to_owned()).spawn(work));
    let thread =
        spawned.map_err(|error| Failure::argument(format!("the client cannot start its thread {name}: {error}")))?;
    Ok(Worker { thread, done })
}

impl Worker {
    /// Waits for the thread; false if it takes longer than `at_most`.
    fn join(self, at_most: Duration) -> bool {
        let ended = self.done.wait(Some(at_most));
        if ended {
            drop(self.thread.join());
        }
        ended
    }
}

fn is_this_thread(thread: &JoinHandle<()>) -> bool {
    thread.thread().id() == thread::current().id()
}
