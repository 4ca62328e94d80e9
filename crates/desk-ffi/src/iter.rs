//! Lists for C: a page at a time in one arena, handed out item by item.
//!
//! An item is valid until the next step. While the caller works on a page, the next one is already asked for; its answer is
//! read when it is needed, because nothing of the library runs between calls that block. An asynchronous step has the stream
//! to itself until it ends; then the items of its page are handed out without waiting.

use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use ::desk_client::{CancelToken, ItemStream};
use bumpalo::Bump;

use crate::client::{Caller, Inner};
use crate::error::{Failure, desk_error};
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::op::{self, Completion, Start, desk_op};
use crate::options::{self, desk_iter_options};
use crate::output::View;
use crate::queue::Queue;
use crate::status::desk_status;

/// Turns of the runtime after a page came, in which the request for the next one leaves.
const TURNS: usize = 16;

/// What an iterator of C leads to: items of type `T`, seen as `V`.
pub(crate) struct Iter<T, V> {
    client: Arc<Inner>,
    /// Where its asynchronous steps arrive.
    queue: Option<Arc<Queue>>,
    source: Arc<Source<T>>,
    walk: Mutex<Walk<V>>,
}

/// What an asynchronous step shares with its iterator.
struct Source<T>(Mutex<Fetch<T>>);

enum Fetch<T> {
    /// The next page is to be asked for.
    Idle(ItemStream<T>),
    /// An asynchronous step has the stream.
    Lent,
    /// A page that such a step brought; `None` at the end of the list.
    Arrived(ItemStream<T>, Option<Vec<T>>),
}

struct Walk<V> {
    /// The page, in the arena.
    page: *const V,
    len: usize,
    next: usize,
    arena: Bump,
}

/// Makes an iterator.
///
/// # Safety
/// `options` is NULL or as large as it says.
pub(crate) unsafe fn give<H, T, V>(
    caller: &Caller,
    stream: ItemStream<T>,
    options: *const desk_iter_options,
) -> Result<*mut H, Failure>
where
    H: Handle<Target = Iter<T, V>>,
    T: Send + 'static,
{
    // SAFETY: by contract.
    let stream = match unsafe { options::max_items(options) }? {
        Some(items) => stream.max_items(items),
        None => stream,
    };
    let source = Arc::new(Source(Mutex::new(Fetch::Idle(stream))));
    let walk = Mutex::new(Walk { page: ptr::null(), len: 0, next: 0, arena: Bump::new() });
    let iter = Iter { client: caller.inner.clone(), queue: caller.queue.clone(), source, walk };
    Ok(handle::give::<H, ()>(iter, ()))
}

/// Hands out the next item; NULL at the end.
///
/// # Safety
/// `iter` is NULL or a live iterator; `out` and `err` are NULL or writable.
pub(crate) unsafe fn next<H, T, V, I>(iter: *mut H, out: *mut *const I, err: *mut *mut desk_error) -> desk_status
where
    H: Handle<Target = Iter<T, V>>,
    T: Send + 'static,
    V: View<T>,
    I: Handle<Target = V>,
{
    let work = || {
        // SAFETY: by contract.
        let iter = unsafe { live(iter) }?;
        let item = iter.walk()?.step(|| iter.page())?;
        Ok(item.cast::<I>().cast_mut())
    };
    // SAFETY: by contract; a pointer to const is as large as one to mut.
    unsafe { guard::call(out.cast::<*mut I>(), err, work) }
}

/// Starts a step that makes the next item ready.
///
/// # Safety
/// As of [`op::start`]; `iter` is NULL or a live iterator.
pub(crate) unsafe fn next_async<H, T, V>(
    iter: *mut H,
    completion: Completion,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status
where
    H: Handle<Target = Iter<T, V>>,
    T: Send + 'static,
{
    let make = || {
        // SAFETY: by contract.
        let iter = unsafe { live(iter) }?;
        iter.client.usable()?;
        let ready = iter.walk()?.is_ready();
        let loan = if ready { None } else { iter.source.lend()? };
        let cancel = CancelToken::new();
        let token = cancel.clone();
        let call = async move {
            match loan {
                Some(loan) => loan.fetch(&token).await,
                None => Ok(()),
            }
        };
        Ok(Start { inner: iter.client.clone(), queue: iter.queue.clone(), cancel, call })
    };
    // SAFETY: by contract.
    unsafe { op::start(completion, out, err, make) }
}

/// Whether the next step hands out something without waiting.
///
/// # Safety
/// `iter` is NULL or a live iterator.
pub(crate) unsafe fn is_ready<H, T, V>(iter: *const H) -> bool
where
    H: Handle<Target = Iter<T, V>>,
{
    let ready = |iter: &Iter<T, V>| {
        iter.walk().is_ok_and(|walk| walk.is_ready()) || matches!(*iter.source.fetch(), Fetch::Arrived(..))
    };
    // SAFETY: by contract.
    unsafe { guard::read(iter, false, ready) }
}

/// Frees an iterator; NULL is fine.
///
/// # Safety
/// `iter` came from [`give`] and is not used afterwards.
pub(crate) unsafe fn free<H, T, V>(iter: *mut H)
where
    H: Handle<Target = Iter<T, V>>,
{
    guard::release(|| {
        // SAFETY: by contract.
        if unsafe { target::<H>(iter) }.is_some_and(|iter| iter.client.forked()) {
            return handle::forget(iter);
        }
        // SAFETY: by contract.
        unsafe { handle::free::<H, ()>(iter) };
    });
}

/// # Safety
/// `iter` is NULL or a live iterator.
unsafe fn live<'a, H: Handle>(iter: *const H) -> Result<&'a H::Target, Failure> {
    // SAFETY: by contract.
    let iter = unsafe { target::<H>(iter) };
    iter.ok_or_else(|| Failure::argument("iter is NULL; make one with its _new"))
}

impl<T, V> Iter<T, V> {
    fn walk(&self) -> Result<MutexGuard<'_, Walk<V>>, Failure> {
        match self.walk.try_lock() {
            Ok(walk) => Ok(walk),
            // A panic left it between two pages.
            Err(TryLockError::Poisoned(walk)) => Ok(walk.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::argument("iter is in use by another thread; give each thread its own"))
            }
        }
    }
}

impl<T: Send + 'static, V> Iter<T, V> {
    /// The next page, from the service or from an asynchronous step; `None` at the end.
    fn page(&self) -> Result<Option<Vec<T>>, Failure> {
        self.client.usable()?;
        let mut fetch = self.source.fetch();
        match std::mem::replace(&mut *fetch, Fetch::Lent) {
            Fetch::Lent => Err(busy()),
            Fetch::Arrived(stream, page) => {
                *fetch = Fetch::Idle(stream);
                Ok(page)
            }
            Fetch::Idle(mut stream) => {
                let page = self.client.run(async {
                    let page = stream.next_page().await.transpose();
                    for _ in 0..TURNS {
                        tokio::task::yield_now().await;
                    }
                    page
                });
                *fetch = Fetch::Idle(stream);
                page
            }
        }
    }
}

fn busy() -> Failure {
    Failure::misuse("an asynchronous step of iter has not ended; wait for it, or cancel it")
}

impl<T> Source<T> {
    fn fetch(&self) -> MutexGuard<'_, Fetch<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the stream for an asynchronous step; `None` if a page is there already.
    fn lend(self: &Arc<Source<T>>) -> Result<Option<Loan<T>>, Failure> {
        let mut fetch = self.fetch();
        match std::mem::replace(&mut *fetch, Fetch::Lent) {
            Fetch::Lent => Err(busy()),
            Fetch::Idle(stream) => Ok(Some(Loan { source: self.clone(), stream: Some(stream) })),
            arrived => {
                *fetch = arrived;
                Ok(None)
            }
        }
    }
}

/// The stream of an iterator while an asynchronous step has it; gives it back when dropped.
struct Loan<T> {
    source: Arc<Source<T>>,
    stream: Option<ItemStream<T>>,
}

impl<T: Send + 'static> Loan<T> {
    /// Asks for the next page unless that is cancelled; a page on its way is then kept for the next step.
    async fn fetch(mut self, cancel: &CancelToken) -> Result<(), Failure> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let page = tokio::select! {
            biased;
            page = stream.next_page() => page.transpose()?,
            () = cancel.cancelled() => return Err(Failure::Cancelled),
        };
        if let Some(stream) = self.stream.take() {
            *self.source.fetch() = Fetch::Arrived(stream, page);
        }
        Ok(())
    }
}

impl<T> Drop for Loan<T> {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            *self.source.fetch() = Fetch::Idle(stream);
        }
    }
}

impl<V> Walk<V> {
    fn is_ready(&self) -> bool {
        self.next < self.len
    }

    fn step<T>(&mut self, page: impl FnOnce() -> Result<Option<Vec<T>>, Failure>) -> Result<*const V, Failure>
    where
        V: View<T>,
    {
        if !self.is_ready() {
            let Some(page) = page()? else { return Ok(ptr::null()) };
            (self.next, self.len) = (0, 0);
            self.arena.reset();
            let arena = &self.arena;
            let views = arena.alloc_slice_fill_iter(page.iter().map(|item| V::view(item, arena)));
            (self.page, self.len) = (views.as_ptr(), views.len());
        }
        // SAFETY: `next` is below the number of views at `page`, which live until the arena is reset.
        let item = unsafe { self.page.add(self.next) };
        self.next += 1;
        Ok(item)
    }
}
