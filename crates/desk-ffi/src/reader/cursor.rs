//! The position of a reader in a response.
//!
//! [`PAD`] zero bytes follow the response. JSON has no zero byte, so each of them is a surprise:
//! code that only moves over bytes that it has seen and that are not zero stays within the
//! response, and never has to look for its end.

use std::slice;

/// Maximum number of bytes read in one go, and the number of zero bytes after a response.
pub(super) const PAD: usize = ::desk_core::decode::SPARE_CAPACITY;

/// A position in a response, or its end.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Cursor(*mut u8);

impl Cursor {
    /// # Safety
    /// `at` begins bytes that end in [`PAD`] zeros and stay where they are; while a cursor is used,
    /// no other code writes them.
    pub(super) unsafe fn new(at: *mut u8) -> Cursor {
        Cursor(at)
    }

    pub(super) fn ptr(self) -> *mut u8 {
        self.0
    }

    /// The next bytes; after the end they are zero.
    #[inline(always)]
    pub(super) fn peek<const N: usize>(self) -> [u8; N] {
        const { assert!(N <= PAD, "more bytes than there are behind an answer") };
        // SAFETY: so many are there.
        unsafe { self.0.cast::<[u8; N]>().read() }
    }

    #[inline(always)]
    pub(super) fn byte(self) -> u8 {
        let [byte] = self.peek();
        byte
    }

    /// The next eight bytes, the first one lowest.
    #[inline(always)]
    pub(super) fn word(self) -> u64 {
        u64::from_le_bytes(self.peek())
    }

    /// Moves over the next bytes.
    ///
    /// # Safety
    /// None of them is zero.
    #[inline(always)]
    pub(super) unsafe fn over(self, bytes: usize) -> Cursor {
        // SAFETY: then they are in the answer.
        Cursor(unsafe { self.0.add(bytes) })
    }

    /// The position after `wanted`, which has no zero, if `wanted` comes next.
    #[inline(always)]
    pub(super) fn after<const N: usize>(self, wanted: &[u8; N]) -> Option<Cursor> {
        // SAFETY: they were seen.
        (self.peek() == *wanted).then(|| unsafe { self.over(N) })
    }

    /// The distance from an earlier position.
    #[inline(always)]
    pub(super) fn since(self, earlier: Cursor) -> usize {
        self.0.addr() - earlier.0.addr()
    }

    /// The bytes up to a later position.
    ///
    /// # Safety
    /// `end` is in the same response and not before this position; no code writes the bytes while
    /// the result is used.
    pub(super) unsafe fn until<'a>(self, end: Cursor) -> &'a [u8] {
        // SAFETY: by contract.
        unsafe { slice::from_raw_parts(self.0, end.since(self)) }
    }
}
