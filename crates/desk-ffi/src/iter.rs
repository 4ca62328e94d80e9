//! Lists for C: a page at a time in one arena, handed out item by item.
//!
//! An item is valid until the next step. While the caller works on a page, the next one is already asked for; its answer is
//! read when it is needed, because nothing of the library runs between calls.

use std::ptr;
use std::sync::{Arc, Mutex, TryLockError};

use ::desk_client::ItemStream;
use bumpalo::Bump;

use crate::client::{Caller, Inner};
use crate::error::{Failure, desk_error};
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::options::{self, desk_iter_options};
use crate::output::View;
use crate::status::desk_status;

/// Turns of the runtime after a page came, in which the request for the next one leaves.
const TURNS: usize = 16;

/// What an iterator of C leads to: items of type `T`, seen as `V`.
pub(crate) struct Iter<T, V> {
    client: Arc<Inner>,
    walk: Mutex<Walk<T, V>>,
}

struct Walk<T, V> {
    stream: ItemStream<T>,
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
    let walk = Mutex::new(Walk { stream, page: ptr::null(), len: 0, next: 0, arena: Bump::new() });
    Ok(handle::give::<H, ()>(Iter { client: caller.inner.clone(), walk }, ()))
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
        let iter = unsafe { target::<H>(iter) };
        let iter = iter.ok_or_else(|| Failure::argument("iter is NULL; make one with its _new"))?;
        let mut walk = match iter.walk.try_lock() {
            Ok(walk) => walk,
            // A panic left it between two pages.
            Err(TryLockError::Poisoned(walk)) => walk.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::argument("iter is in use by another thread; give each thread its own"));
            }
        };
        walk.step(&iter.client).map(|item| item.cast::<I>().cast_mut())
    };
    // SAFETY: by contract; a pointer to const is as large as one to mut.
    unsafe { guard::call(out.cast::<*mut I>(), err, work) }
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

impl<T: Send + 'static, V: View<T>> Walk<T, V> {
    fn step(&mut self, client: &Inner) -> Result<*const V, Failure> {
        if self.next == self.len {
            if client.forked() {
                return Err(Failure::Forked);
            }
            let stream = &mut self.stream;
            let page = client.run(async {
                let page = stream.next_page().await.transpose();
                for _ in 0..TURNS {
                    tokio::task::yield_now().await;
                }
                page
            })?;
            let Some(page) = page else { return Ok(ptr::null()) };
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
