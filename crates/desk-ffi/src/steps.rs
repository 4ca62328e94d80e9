//! Reads a source step by step, blocking or not: pages of a list, windows of an export.
//!
//! While the caller works on a step, the library prefetches the next one: its request is already
//! sent, and its response is read when the caller needs it, because no library code runs between
//! blocking calls. An asynchronous step has the source to itself until it ends; after that, the
//! next step returns the result without waiting.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use ::desk_client::{CancelToken, Error};

use crate::blocking;
use crate::client::{Caller, Inner};
use crate::failure::Failure;
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::queue::Queue;
use crate::sigpipe::Quiet;
use crate::start::Start;

/// Turns of the runtime after a step has arrived, in which the request for the next one leaves.
const TURNS: usize = 2;

/// A source of steps.
pub(crate) trait Source: Send + 'static {
    /// The result of a step.
    type Step: Send + 'static;

    /// The next step; `None` at the end.
    fn step(&mut self) -> impl Future<Output = Result<Option<Self::Step>, Error>> + Send;
}

/// A source with its client and its queue.
pub(crate) struct Steps<S: Source> {
    client: Arc<Inner>,
    /// The queue that receives its asynchronous steps.
    queue: Option<Arc<Queue>>,
    /// The name of the argument in C.
    name: &'static str,
    source: Arc<Shared<S>>,
    /// Cancels the last asynchronous step.
    step: Mutex<CancelToken>,
}

impl<S: Source> Drop for Steps<S> {
    fn drop(&mut self) {
        self.step.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }
}

/// Frees an iterator or an export; NULL is allowed. In a forked child the object is only forgotten,
/// because its connections belong to the parent.
///
/// # Safety
/// `handle` was given without an arena, and is not used afterwards.
pub(crate) unsafe fn free<H: Handle>(handle: *mut H, client: impl FnOnce(&H::Target) -> &Inner) {
    guard::release(|| {
        // A running step is cancelled, which wakes the client's thread.
        let _quiet = Quiet::start();
        // SAFETY: by contract.
        match unsafe { target(handle) }.map(client) {
            Some(client) if client.forked() => return handle::forget(handle),
            Some(client) if client.is_broken() => return handle::abandon(handle),
            _ => {}
        }
        // SAFETY: by contract.
        unsafe { handle::free::<H, ()>(handle) };
    });
}

/// State that the caller shares with an asynchronous step. No code does other work while it has
/// this lock.
struct Shared<S: Source>(Mutex<Fetch<S>>);

enum Fetch<S: Source> {
    /// The next step is not requested yet.
    Idle(S),
    /// A running step has the source.
    Lent,
    /// The result of an asynchronous step; `None` at the end.
    Arrived(S, Option<S::Step>),
}

impl<S: Source> Steps<S> {
    pub(crate) fn new(caller: &Caller, name: &'static str, source: S) -> Steps<S> {
        let source = Arc::new(Shared(Mutex::new(Fetch::Idle(source))));
        let step = Mutex::new(CancelToken::new());
        Steps { client: caller.inner.clone(), queue: caller.queue.clone(), name, source, step }
    }

    pub(crate) fn client(&self) -> &Inner {
        &self.client
    }

    /// Locks state that one thread at a time may change.
    pub(crate) fn own<'a, T>(&self, state: &'a Mutex<T>) -> Result<MutexGuard<'a, T>, Failure> {
        match state.try_lock() {
            Ok(state) => Ok(state),
            // A panic can only have left it between two steps.
            Err(TryLockError::Poisoned(state)) => Ok(state.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::argument(format!("{} is in use by another thread; give each thread its own", self.name)))
            }
        }
    }

    /// Whether the result of an asynchronous step is here.
    pub(crate) fn has_arrived(&self) -> bool {
        matches!(*self.source.fetch(), Fetch::Arrived(..))
    }

    /// The next step, from the service or from an asynchronous step; `None` at the end. Calls
    /// `begin` unless the step is refused.
    pub(crate) fn step(&self, begin: impl FnOnce()) -> Result<Option<S::Step>, Failure> {
        self.client.usable()?;
        let mut loan = loop {
            if let Some(step) = self.arrived() {
                begin();
                return Ok(step);
            }
            if let Some(loan) = self.lend()? {
                break loan;
            }
        };
        blocking::may_block()?;
        begin();
        self.client.run(async {
            let step = loan.step().await;
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
            step
        })
    }

    /// Prepares an asynchronous step, which does no work if `is_ready`.
    pub(crate) fn prepare(
        &self,
        is_ready: bool,
    ) -> Result<Start<impl Future<Output = Result<(), Failure>> + Send + use<S>>, Failure> {
        self.client.usable()?;
        let loan = if is_ready { None } else { self.lend()? };
        let cancel = CancelToken::new();
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = cancel.clone();
        let token = cancel.clone();
        let call = async move {
            match loan {
                Some(loan) => loan.fetch(&token).await,
                None => Ok(()),
            }
        };
        Ok(Start { inner: self.client.clone(), queue: self.queue.clone(), cancel, call })
    }

    /// Takes the result of an asynchronous step.
    fn arrived(&self) -> Option<Option<S::Step>> {
        let mut fetch = self.source.fetch();
        match std::mem::replace(&mut *fetch, Fetch::Lent) {
            Fetch::Arrived(source, step) => {
                *fetch = Fetch::Idle(source);
                Some(step)
            }
            other => {
                *fetch = other;
                None
            }
        }
    }

    /// Takes the source for a step; `None` if a result is already here.
    fn lend(&self) -> Result<Option<Loan<S>>, Failure> {
        let mut fetch = self.source.fetch();
        match std::mem::replace(&mut *fetch, Fetch::Lent) {
            Fetch::Idle(source) => Ok(Some(Loan { shared: self.source.clone(), source: Some(source) })),
            Fetch::Lent => {
                Err(Failure::misuse(format!("a step of {} has not ended; wait for it, or cancel it", self.name)))
            }
            arrived => {
                *fetch = arrived;
                Ok(None)
            }
        }
    }
}

impl<S: Source> Shared<S> {
    fn fetch(&self) -> MutexGuard<'_, Fetch<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The source during a step; dropping this returns it.
struct Loan<S: Source> {
    shared: Arc<Shared<S>>,
    source: Option<S>,
}

impl<S: Source> Loan<S> {
    async fn step(&mut self) -> Result<Option<S::Step>, Error> {
        match &mut self.source {
            Some(source) => source.step().await,
            None => Ok(None),
        }
    }

    /// Requests the next step until `cancel` fires; a response on its way is then kept for the next
    /// request.
    async fn fetch(mut self, cancel: &CancelToken) -> Result<(), Failure> {
        let step = tokio::select! {
            biased;
            step = self.step() => step?,
            () = cancel.cancelled() => return Err(Failure::Cancelled),
        };
        if let Some(source) = self.source.take() {
            *self.shared.fetch() = Fetch::Arrived(source, step);
        }
        Ok(())
    }
}

impl<S: Source> Drop for Loan<S> {
    fn drop(&mut self) {
        if let Some(source) = self.source.take() {
            *self.shared.fetch() = Fetch::Idle(source);
        }
    }
}
