//! The one way in: every entry point runs inside [`call`] or [`read`], so that no panic crosses the boundary, outputs are
//! empty unless the call succeeds, and an error always says what it is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use crate::error::{Failure, desk_error};
use crate::handle::{Handle, target};
use crate::status::{DESK_OK, desk_status};

/// Runs a fallible entry point whose result goes to `out`.
///
/// # Safety
/// `out` and `err` are NULL or point to writable pointers.
pub(crate) unsafe fn call<H>(
    out: *mut *mut H,
    err: *mut *mut desk_error,
    work: impl FnOnce() -> Result<*mut H, Failure>,
) -> desk_status {
    if !out.is_null() {
        // SAFETY: by contract.
        unsafe { out.write(ptr::null_mut()) };
    }
    let work = || {
        if out.is_null() {
            return Err(Failure::argument("out is NULL; pass the address of a pointer for the result"));
        }
        let result = work()?;
        // SAFETY: by contract; checked above.
        unsafe { out.write(result) };
        Ok(())
    };
    // SAFETY: passed on.
    unsafe { call_plain(err, work) }
}

/// Runs a fallible entry point without a result.
///
/// # Safety
/// `err` is NULL or points to a writable pointer.
pub(crate) unsafe fn call_plain(err: *mut *mut desk_error, work: impl FnOnce() -> Result<(), Failure>) -> desk_status {
    if !err.is_null() {
        // SAFETY: by contract.
        unsafe { err.write(ptr::null_mut()) };
    }
    // A panic's text is not passed on: it may quote what was being sent.
    let failure = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return DESK_OK,
        Ok(Err(failure)) => failure,
        Err(_) => Failure::Panic,
    };
    let status = failure.status();
    if !err.is_null() {
        let error = catch_unwind(AssertUnwindSafe(|| failure.give())).unwrap_or(ptr::null_mut());
        // SAFETY: by contract.
        unsafe { err.write(error) };
    }
    status
}

/// Reads from an object; `absent` for NULL.
///
/// # Safety
/// `handle` is NULL or points to a live target of `H`.
pub(crate) unsafe fn read<H: Handle, T>(handle: *const H, absent: T, get: impl FnOnce(&H::Target) -> T) -> T {
    // SAFETY: by contract.
    match unsafe { target(handle) } {
        Some(target) => catch_unwind(AssertUnwindSafe(|| get(target))).unwrap_or(absent),
        None => absent,
    }
}

/// Reads an optional value from an object: whether it is there, and if so into `out`.
///
/// # Safety
/// `handle` is NULL or points to a live target of `H`; `out` is NULL or writable.
pub(crate) unsafe fn read_into<H: Handle, T: Default>(
    handle: *const H,
    out: *mut T,
    get: impl FnOnce(&H::Target) -> Option<T>,
) -> bool {
    // SAFETY: passed on.
    let value = unsafe { read(handle, None, get) };
    let found = value.is_some();
    if !out.is_null() {
        // SAFETY: by contract.
        unsafe { out.write(value.unwrap_or_default()) };
    }
    found
}

/// Runs a `_free`: nothing it does may unwind into C.
pub(crate) fn release(work: impl FnOnce()) {
    // A destructor that panics has nobody to tell; the object is gone either way.
    let _ = catch_unwind(AssertUnwindSafe(work));
}
