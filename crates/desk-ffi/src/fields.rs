//! Structs that C owns and the library fills in with every property of a result.

use std::mem::MaybeUninit;
use std::ptr;

use crate::handle::{Handle, target};
use crate::input::LARGEST;

/// Every property begins and ends at a multiple of this many bytes.
const GROUP: usize = 8;

// With other pointer sizes a property would not end at the start of the next one.
const _: () = assert!(size_of::<usize>() == GROUP, "the structs of C are laid out for pointers of 8 bytes");

/// A struct that begins with `struct_size` and only grows at its end.
///
/// # Safety
/// The struct is `repr(C)`, begins with `struct_size: usize`, and all zeroes mean that its
/// properties are absent.
pub(crate) unsafe trait Fields: Copy {}

/// Fills in a struct up to its `struct_size`; members that this library does not know become zero.
///
/// # Safety
/// `handle` is NULL or points to a live target of `H`; `out` is NULL or leads to `struct_size`
/// writable bytes.
#[inline(always)]
pub(crate) unsafe fn fill<H: Handle, F: Fields>(
    handle: *const H,
    out: *mut F,
    get: impl FnOnce(&H::Target) -> F,
) -> bool {
    // SAFETY: by contract.
    let Some(view) = (unsafe { target(handle) }) else { return false };
    if out.is_null() || !out.is_aligned() {
        return false;
    }
    // SAFETY: by contract; every such struct begins with its size.
    let size = unsafe { out.cast::<usize>().read() };
    if size == size_of::<F>() {
        // SAFETY: by contract.
        unsafe { out.write(get(view)) };
        return true;
    }
    if size <= GROUP || size > LARGEST || !size.is_multiple_of(GROUP) {
        return false;
    }
    // SAFETY: by contract, and the size is one that a struct of another age has.
    unsafe { fill_other(size, out, get(view)) };
    true
}

/// # Safety
/// `out` leads to `size` writable bytes, of which the first are the size.
#[cold]
#[inline(never)]
unsafe fn fill_other<F: Fields>(size: usize, out: *mut F, fields: F) {
    let fields = MaybeUninit::new(fields);
    let (from, to) = (fields.as_ptr().cast::<u8>(), out.cast::<u8>());
    let known = size.min(size_of::<F>());
    // SAFETY: both have the known bytes, and `out` has the rest; the size stays what the caller
    // said.
    unsafe {
        ptr::copy_nonoverlapping(from.add(size_of::<usize>()), to.add(size_of::<usize>()), known - size_of::<usize>());
        ptr::write_bytes(to.add(known), 0, size - known);
    }
}
