//! What C reads step by step, blocking or not: pages of a list, windows of an export.
//!
//! While the caller works on a step, the next one is already asked for; its answer is read when it is needed, because nothing
//! of the library runs between calls that block. An asynchronous step has the source to itself until it ends; then what it
//! brought is handed out without waiting.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use ::desk_client::{CancelToken, Error};

use crate::client::{Caller, Inner};
use crate::error::Failure;
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::op::{self, Start};
use crate::queue::Queue;
use crate::sigpipe::Quiet;

/// Turns of the runtime after a step came, in which the request for the next one leaves.
const TURNS: usize = 2;

/// Where steps come from.
pub(crate) trait Source: Send + 'static {
    /// What a step brings.
    type Step: Send + 'static;

    /// The next step; `None` at the end.
    fn step(&mut self) -> impl Future<Output = Result<Option<Self::Step>, Error>> + Send;
}

/// A source and who reads it.
pub(crate) struct Steps<S: Source> {
    client: Arc<Inner>,
    /// Where its asynchronous steps arrive.
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

/// Frees what C reads by; NULL is fine. In a forked child it is only forgotten: its connections are the parent's.
///
/// # Safety
/// `handle` was given without an arena, and is not used afterwards.
pub(crate) unsafe fn free<H: Handle>(handle: *mut H, client: impl FnOnce(&H::Target) -> &Inner) {
    guard::release(|| {
        // A step under way is cancelled, which wakes the thread of the client.
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

/// What a step shares with who reads. Nothing is done while it is locked.
struct Shared<S: Source>(Mutex<Fetch<S>>);

enum Fetch<S: Source> {
    /// The next step is to be asked for.
    Idle(S),
    /// A step has the source.
    Lent,
    /// What such a step brought; `None` at the end.
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

    /// What one thread at a time may change.
    pub(crate) fn own<'a, T>(&self, state: &'a Mutex<T>) -> Result<MutexGuard<'a, T>, Failure> {
        match state.try_lock() {
            Ok(state) => Ok(state),
            // A panic left it between two steps.
            Err(TryLockError::Poisoned(state)) => Ok(state.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::argument(format!("{} is in use by another thread; give each thread its own", self.name)))
            }
        }
    }

    /// Whether an asynchronous step brought something.
    pub(crate) fn has_arrived(&self) -> bool {
        matches!(*self.source.fetch(), Fetch::Arrived(..))
    }

    /// The next step, from the service or from an asynchronous step; `None` at the end. It calls `begin` unless it is refused.
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
        op::may_block()?;
        begin();
        self.client.run(async {
            let step = loan.step().await;
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
            step
        })
    }

    /// An asynchronous step, which does nothing if it `is_ready`.
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

    /// Takes what an asynchronous step brought.
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

    /// Takes the source for a step; `None` if something is there already.
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

/// The source during a step; gives it back when dropped.
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

    /// Asks for the next step unless that is cancelled; what is on its way is then kept for the next one.
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
