//! The state machine of asynchronous calls, in every order in which threads can meet: loom below
//! the library's own source.
#![allow(missing_docs, unreachable_pub, dead_code, reason = "tests")]

#[path = "../src/sync/fifo.rs"]
mod fifo;
#[path = "../src/sync/slot.rs"]
mod slot;

/// loom's primitives under the names of std's.
mod primitives {
    pub(super) use std::sync::PoisonError;

    pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
}

use std::time::Duration;

use fifo::{Fifo, Signal};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use slot::{Refused, Slot};

/// A descriptor that is readable while it is up; raising it twice or lowering it twice is a defect.
#[derive(Default)]
struct Flag(AtomicBool);

impl Signal for Flag {
    fn raise(&self) {
        assert!(!self.0.swap(true, Ordering::SeqCst));
    }

    fn lower(&self) {
        assert!(self.0.swap(false, Ordering::SeqCst));
    }
}

#[test]
fn a_call_ends_with_its_result_or_as_cancelled_never_both() {
    loom::model(|| {
        let slot = Arc::new(Slot::new());
        let ends = ["result", "cancelled"].map(|end| {
            let slot = slot.clone();
            thread::spawn(move || slot.end(end).is_ok())
        });
        assert!(slot.wait(None));
        let taken = slot.take().expect("it has ended");
        let [result, cancelled] = ends.map(|end| end.join().expect("no panic"));
        assert_eq!((result, cancelled), (taken == "result", taken == "cancelled"));
        assert_eq!(slot.take(), Err(Refused::Taken));
    });
}

#[test]
fn a_result_is_taken_once_and_every_waiter_wakes() {
    loom::model(|| {
        let slot = Arc::new(Slot::new());
        let takers = [(), ()].map(|()| {
            let slot = slot.clone();
            thread::spawn(move || {
                assert!(slot.wait(None) && slot.has_ended());
                slot.take().is_ok()
            })
        });
        assert!(matches!(slot.take(), Err(Refused::NotYet)));
        assert_eq!(slot.end(1), Ok(()));
        let taken = takers.map(|taker| usize::from(taker.join().expect("no panic")));
        assert_eq!(taken.iter().sum::<usize>(), 1);
    });
}

/// The promise of a queue's file descriptor to an event loop.
#[test]
fn the_signal_is_up_exactly_while_something_is_in_line() {
    loom::model(|| {
        let line = Arc::new(Fifo::new(Flag::default()));
        let pushes = [1, 2].map(|item| {
            let line = line.clone();
            thread::spawn(move || assert_eq!(line.push(item), Ok(())))
        });
        let early = line.next(Some(Duration::ZERO));
        for push in pushes {
            push.join().expect("no panic");
        }
        assert!(line.signal().0.load(Ordering::SeqCst));
        let mut items: Vec<_> = early.into_iter().chain(line.next(None)).collect();
        if early.is_none() {
            assert!(line.signal().0.load(Ordering::SeqCst));
            items.extend(line.next(None));
        }
        assert!(!line.signal().0.load(Ordering::SeqCst));
        items.sort_unstable();
        assert_eq!(items, [1, 2]);
    });
}

/// A queue is freed while a call ends: the queue drops the call, or the call returns to its client.
#[test]
fn a_call_that_meets_the_end_of_its_queue_is_not_lost() {
    loom::model(|| {
        let line = Arc::new(Fifo::new(Flag::default()));
        let call = {
            let line = line.clone();
            thread::spawn(move || line.push(1).is_err())
        };
        line.close();
        let mut dropped = 0;
        while line.next(None).is_some() {
            dropped += 1;
        }
        let returned = call.join().expect("no panic");
        assert_eq!(dropped + usize::from(returned), 1);
        assert!(!line.signal().0.load(Ordering::SeqCst));
    });
}

/// A client is freed: its calls end, and each callback runs once, before the client is gone.
#[test]
fn each_callback_runs_once_and_before_the_client_is_gone() {
    loom::model(|| {
        let finished = Arc::new(Fifo::new(()));
        let called = Arc::new(AtomicUsize::new(0));
        let gone = Arc::new(AtomicBool::new(false));
        let slot = Arc::new(Slot::new());
        let callbacks = {
            let (finished, called, gone) = (finished.clone(), called.clone(), gone.clone());
            thread::spawn(move || {
                while let Some(()) = finished.next(None) {
                    assert!(!gone.load(Ordering::SeqCst));
                    called.fetch_add(1, Ordering::SeqCst);
                }
            })
        };
        let io = {
            let (finished, slot) = (finished.clone(), slot.clone());
            thread::spawn(move || {
                assert_eq!(slot.end("cancelled"), Ok(()));
                assert_eq!(finished.push(()), Ok(()));
            })
        };
        // Like `Background::join`.
        io.join().expect("no panic");
        finished.close();
        callbacks.join().expect("no panic");
        gone.store(true, Ordering::SeqCst);
        assert_eq!(called.load(Ordering::SeqCst), 1);
        assert_eq!(slot.take(), Ok("cancelled"));
    });
}

/// A callback frees the client and runs the remaining callbacks itself.
#[test]
fn a_callback_that_frees_the_client_runs_the_others() {
    loom::model(|| {
        let finished = Arc::new(Fifo::new(()));
        let called = Arc::new(AtomicUsize::new(0));
        let io = {
            let finished = finished.clone();
            thread::spawn(move || {
                for _ in 0..2 {
                    assert_eq!(finished.push(()), Ok(()));
                }
            })
        };
        let callbacks = {
            let (finished, called) = (finished.clone(), called.clone());
            thread::spawn(move || {
                assert_eq!(finished.next(None), Some(()));
                called.fetch_add(1, Ordering::SeqCst);
                io.join().expect("no panic");
                finished.close();
                while finished.next(None).is_some() {
                    called.fetch_add(1, Ordering::SeqCst);
                }
                assert_eq!(called.load(Ordering::SeqCst), 2);
                // The thread's own loop continues and ends.
                assert_eq!(finished.next(None), None);
            })
        };
        callbacks.join().expect("no panic");
    });
}
