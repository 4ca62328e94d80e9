//! Objects that C holds by pointer.
//!
//! A C type is a marker ([`Handle`]); its pointer leads to the target. [`into_handle`] boxes an object
//! that C owns, and [`free`] frees it. An object that C borrows (a message of a page) is a target
//! inside an owner's arena. C cannot mix up the two without a cast: borrowed pointers are const,
//! `_free` takes a mutable one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Number of owned objects that C has not freed.
pub(crate) static LIVE: AtomicUsize = AtomicUsize::new(0);

/// The C name of an object of type `Target`.
pub(crate) trait Handle {
    /// The type that the pointer leads to.
    type Target;
}

/// A target together with the memory that it points into. The target comes first, so that a pointer
/// to the owner is a pointer to the target.
#[repr(C)]
struct Owner<T, A> {
    target: T,
    arena: A,
}

/// Compiles only for types that several threads may use at once.
pub(crate) const fn shared<T: Send + Sync>() {}

/// Hands an object to C; the object owns `arena` until it is freed.
pub(crate) fn into_handle<H: Handle, A>(target: H::Target, arena: A) -> *mut H {
    LIVE.fetch_add(1, Ordering::SeqCst);
    Box::into_raw(Box::new(Owner { target, arena })).cast()
}

/// Frees an object; NULL is allowed.
///
/// # Safety
/// `handle` came from [`into_handle`] with the same `H` and `A`, and is not used afterwards.
pub(crate) unsafe fn free<H: Handle, A>(handle: *mut H) {
    if handle.is_null() {
        return;
    }
    // SAFETY: by contract this is the box that `into_handle` leaked, and nobody else has it.
    let owner = unsafe { Box::from_raw(handle.cast::<Owner<H::Target, A>>()) };
    LIVE.fetch_sub(1, Ordering::SeqCst);
    drop(owner);
}

/// Forgets an object without freeing it; NULL is allowed.
pub(crate) fn forget<H: Handle>(handle: *mut H) {
    if !handle.is_null() {
        LIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Leaks an object that cannot be dropped safely; NULL is allowed. Leak checkers still see it in
/// use.
pub(crate) fn abandon<H: Handle>(handle: *mut H) {
    static ABANDONED: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    ABANDONED.lock().unwrap_or_else(PoisonError::into_inner).push(handle.addr());
    forget(handle);
}

/// Returns the target of a handle.
///
/// # Safety
/// `handle` is NULL or points to a live target of `H`, owned or borrowed.
pub(crate) unsafe fn target<'a, H: Handle>(handle: *const H) -> Option<&'a H::Target> {
    // SAFETY: by contract; the target stands at the start of its owner.
    unsafe { handle.cast::<H::Target>().as_ref() }
}
