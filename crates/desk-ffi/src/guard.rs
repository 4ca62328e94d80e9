//! The only way into the library: every entry point that could panic runs inside [`call`] or
//! [`read`]. So no panic crosses the boundary, outputs stay empty unless the call succeeds, and
//! every error names its cause.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use crate::failure::{Failure, desk_error};
use crate::handle::{Handle, target};
use crate::status::{DESK_OK, desk_status};

/// Runs a fallible entry point that writes its result to `out`.
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
    // The panic's text is dropped: it may quote a request.
    let failure = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return DESK_OK,
        Ok(Err(failure)) => failure,
        Err(_) => Failure::Panic,
    };
    let status = failure.status();
    if !err.is_null() {
        let error = catch_unwind(AssertUnwindSafe(|| failure.into_handle())).unwrap_or(ptr::null_mut());
        // SAFETY: by contract.
        unsafe { err.write(error) };
    }
    status
}

/// Reads from an object; returns `absent` for NULL.
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

/// Reads an optional value from an object: returns whether it is present and writes it to `out`.
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

/// Runs a `_free`; no panic may unwind into C.
pub(crate) fn release(work: impl FnOnce()) {
    // A destructor that panics has no caller to report to; the object is gone either way.
    let _ = catch_unwind(AssertUnwindSafe(work));
}
