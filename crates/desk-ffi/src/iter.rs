//! Lists for C: a page at a time, handed out item by item.
//!
//! An item is valid until the next step. While the caller works on a page, the next one is already asked for; its answer is
//! read when it is needed, because nothing of the library runs between calls that block. An asynchronous step has the stream
//! to itself until it ends; then the items of its page are handed out without waiting.

use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use ::desk_client::answer::Rows;
use ::desk_client::{CancelToken, ItemStream};

use crate::client::{Caller, Inner};
use crate::error::{Failure, desk_error};
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::op::{self, Completion, Start, desk_op};
use crate::options::{self, desk_iter_options};
use crate::queue::Queue;
use crate::reader::Row;
use crate::status::desk_status;

/// Turns of the runtime after a page came, in which the request for the next one leaves.
const TURNS: usize = 2;

/// What an iterator of C leads to: items seen as `V`.
pub(crate) struct Iter<V> {
    client: Arc<Inner>,
    /// Where its asynchronous steps arrive.
    queue: Option<Arc<Queue>>,
    source: Arc<Source<V>>,
    walk: Mutex<Walk<V>>,
}

/// What an asynchronous step shares with its iterator.
struct Source<V>(Mutex<Fetch<V>>);

enum Fetch<V> {
    /// The next page is to be asked for.
    Idle(ItemStream<Row<V>>),
    /// An asynchronous step has the stream.
    Lent,
    /// A page that such a step brought; `None` at the end of the list.
    Arrived(ItemStream<Row<V>>, Option<Rows<Row<V>>>),
}

struct Walk<V> {
    page: Rows<Row<V>>,
    next: usize,
}

/// Makes an iterator.
///
/// # Safety
/// `options` is NULL or as large as it says.
pub(crate) unsafe fn give<H, V: 'static>(
    caller: &Caller,
    stream: ItemStream<Row<V>>,
    options: *const desk_iter_options,
) -> Result<*mut H, Failure>
where
    H: Handle<Target = Iter<V>>,
{
    // SAFETY: by contract.
    let stream = match unsafe { options::max_items(options) }? {
        Some(items) => stream.max_items(items),
        None => stream,
    };
    let source = Arc::new(Source(Mutex::new(Fetch::Idle(stream))));
    let page = Rows { items: Vec::new(), count: 0, kept: None };
    let walk = Mutex::new(Walk { page, next: 0 });
    let iter = Iter { client: caller.inner.clone(), queue: caller.queue.clone(), source, walk };
    Ok(handle::give::<H, ()>(iter, ()))
}

/// Hands out the next item; NULL at the end.
///
/// # Safety
/// `iter` is NULL or a live iterator; `out` and `err` are NULL or writable.
pub(crate) unsafe fn next<H, V: 'static, I>(iter: *mut H, out: *mut *const I, err: *mut *mut desk_error) -> desk_status
where
    H: Handle<Target = Iter<V>>,
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
pub(crate) unsafe fn next_async<H, V: 'static>(
    iter: *mut H,
    completion: Completion,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status
where
    H: Handle<Target = Iter<V>>,
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
pub(crate) unsafe fn is_ready<H, V: 'static>(iter: *const H) -> bool
where
    H: Handle<Target = Iter<V>>,
{
    let ready = |iter: &Iter<V>| {
        iter.walk().is_ok_and(|walk| walk.is_ready()) || matches!(*iter.source.fetch(), Fetch::Arrived(..))
    };
    // SAFETY: by contract.
    unsafe { guard::read(iter, false, ready) }
}

/// Frees an iterator; NULL is fine.
///
/// # Safety
/// `iter` came from [`give`] and is not used afterwards.
pub(crate) unsafe fn free<H, V>(iter: *mut H)
where
    H: Handle<Target = Iter<V>>,
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

impl<V: 'static> Iter<V> {
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

    /// The next page, from the service or from an asynchronous step; `None` at the end.
    fn page(&self) -> Result<Option<Rows<Row<V>>>, Failure> {
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
                    let page = stream.next_rows().await.transpose();
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

impl<V> Source<V> {
    fn fetch(&self) -> MutexGuard<'_, Fetch<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the stream for an asynchronous step; `None` if a page is there already.
    fn lend(self: &Arc<Source<V>>) -> Result<Option<Loan<V>>, Failure> {
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
struct Loan<V> {
    source: Arc<Source<V>>,
    stream: Option<ItemStream<Row<V>>>,
}

impl<V: 'static> Loan<V> {
    /// Asks for the next page unless that is cancelled; a page on its way is then kept for the next step.
    async fn fetch(mut self, cancel: &CancelToken) -> Result<(), Failure> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let page = tokio::select! {
            biased;
            page = stream.next_rows() => page.transpose()?,
            () = cancel.cancelled() => return Err(Failure::Cancelled),
        };
        if let Some(stream) = self.stream.take() {
            *self.source.fetch() = Fetch::Arrived(stream, page);
        }
        Ok(())
    }
}

impl<V> Drop for Loan<V> {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            *self.source.fetch() = Fetch::Idle(stream);
        }
    }
}

impl<V: 'static> Walk<V> {
    fn is_ready(&self) -> bool {
        self.next < self.page.items.len()
    }

    fn step(&mut self, page: impl FnOnce() -> Result<Option<Rows<Row<V>>>, Failure>) -> Result<*const V, Failure> {
        if !self.is_ready() {
            let Some(page) = page()? else { return Ok(ptr::null()) };
            (self.page, self.next) = (page, 0);
        }
        let item = self.page.items.get(self.next).map_or(ptr::null(), Row::ptr);
        self.next += 1;
        Ok(item)
    }
}
