//! Lists for C: reads a page at a time and returns its items one by one.
//!
//! An item is valid until the next step.

use std::ptr;
use std::sync::{Mutex, MutexGuard};

use ::desk_client::{Error, ItemStream};
use ::desk_core::list::Rows;

use crate::client::Caller;
use crate::failure::{Failure, desk_error};
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::op::desk_op;
use crate::options::{self, desk_iter_options};
use crate::reader::Row;
use crate::start::{self, Completion};
use crate::status::desk_status;
use crate::steps::{self, Source, Steps};

/// The target of an iterator handle, with items of the view type `V`.
pub(crate) struct Iter<V: 'static> {
    pages: Steps<ItemStream<Row<V>>>,
    walk: Mutex<Walk<V>>,
}

impl<V: 'static> Source for ItemStream<Row<V>> {
    type Step = Rows<Row<V>>;

    async fn step(&mut self) -> Result<Option<Rows<Row<V>>>, Error> {
        self.next_rows().await.transpose()
    }
}

struct Walk<V> {
    page: Rows<Row<V>>,
    next: usize,
}

/// Creates an iterator.
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
    let page = Rows { items: Vec::new(), count: 0, owner: None };
    let iter = Iter { pages: Steps::new(caller, "iter", stream), walk: Mutex::new(Walk { page, next: 0 }) };
    Ok(handle::into_handle::<H, ()>(iter, ()))
}

/// Returns the next item; NULL at the end.
///
/// # Safety
/// `iter` is NULL or a live iterator; `out` and `err` are NULL or writable.
pub(crate) unsafe fn next<H, V: 'static, I>(iter: *mut H, out: *mut *const I, err: *mut *mut desk_error) -> desk_status
where
    H: Handle<Target = Iter<V>>,
    I: Handle<Target = V>,
{
    // SAFETY: by contract; a pointer to const is as large as one to mut, and an item is its view.
    unsafe { next_of(target::<H>(iter), out.cast::<*mut V>(), err) }
}

/// Like [`next`] for all lists with the same item type, so that it is compiled once.
///
/// # Safety
/// `out` and `err` are NULL or writable.
#[inline(never)]
unsafe fn next_of<V: 'static>(iter: Option<&Iter<V>>, out: *mut *mut V, err: *mut *mut desk_error) -> desk_status {
    let work = || {
        let iter = live(iter)?;
        Ok(iter.walk()?.step(&iter.pages)?.cast_mut())
    };
    // SAFETY: by contract.
    unsafe { guard::call(out, err, work) }
}

/// Starts an asynchronous step that prepares the next item.
///
/// # Safety
/// As for [`start::start`]; `iter` is NULL or a live iterator.
pub(crate) unsafe fn next_async<H, V: 'static>(
    iter: *mut H,
    completion: Completion,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status
where
    H: Handle<Target = Iter<V>>,
{
    // SAFETY: by contract.
    unsafe { next_async_of(target::<H>(iter), completion, out, err) }
}

/// # Safety
/// As for [`start::start`].
#[inline(never)]
unsafe fn next_async_of<V: 'static>(
    iter: Option<&Iter<V>>,
    completion: Completion,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    let make = || {
        let iter = live(iter)?;
        let is_ready = iter.walk()?.is_ready();
        iter.pages.prepare(is_ready)
    };
    // SAFETY: by contract.
    unsafe { start::start(completion, out, err, make) }
}

/// Whether the next step returns without waiting.
///
/// # Safety
/// `iter` is NULL or a live iterator.
pub(crate) unsafe fn is_ready<H, V: 'static>(iter: *const H) -> bool
where
    H: Handle<Target = Iter<V>>,
{
    let ready = |iter: &Iter<V>| iter.walk().is_ok_and(|walk| walk.is_ready()) || iter.pages.has_arrived();
    // SAFETY: by contract.
    unsafe { guard::read(iter, false, ready) }
}

/// Frees an iterator; NULL is allowed.
///
/// # Safety
/// `iter` came from [`give`] and is not used afterwards.
pub(crate) unsafe fn free<H, V: 'static>(iter: *mut H)
where
    H: Handle<Target = Iter<V>>,
{
    // SAFETY: by contract.
    unsafe { steps::free(iter, |iter| iter.pages.client()) };
}

fn live<V>(iter: Option<&Iter<V>>) -> Result<&Iter<V>, Failure> {
    iter.ok_or_else(|| Failure::argument("iter is NULL; make one with its _new"))
}

impl<V: 'static> Iter<V> {
    fn walk(&self) -> Result<MutexGuard<'_, Walk<V>>, Failure> {
        self.pages.own(&self.walk)
    }
}

impl<V: 'static> Walk<V> {
    fn is_ready(&self) -> bool {
        self.next < self.page.items.len()
    }

    fn step(&mut self, pages: &Steps<ItemStream<Row<V>>>) -> Result<*const V, Failure> {
        if !self.is_ready() {
            let Some(page) = pages.step(|| ())? else { return Ok(ptr::null()) };
            (self.page, self.next) = (page, 0);
        }
        let item = self.page.items.get(self.next).map_or(ptr::null(), Row::ptr);
        self.next += 1;
        Ok(item)
    }
}
