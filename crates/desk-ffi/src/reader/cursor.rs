//! Where a reader is in an answer.
//!
//! Behind the answer come [`PAD`] zero bytes. JSON has none, so each of them is a surprise, and whoever moves only over bytes
//! that he saw and that are not zero stays within the answer: nobody looks for its end.

use std::slice;

/// The most bytes that are looked at in one go, and how many are behind an answer.
pub(super) const PAD: usize = ::desk_core::decode::SPARE_CAPACITY;

/// A place in an answer, or its end.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Cursor(*mut u8);

impl Cursor {
    /// # Safety
    /// `at` begins bytes that end in [`PAD`] zeros and stay where they are; while a cursor is used, nobody else writes them.
    pub(super) unsafe fn new(at: *mut u8) -> Cursor {
        Cursor(at)
    }

    pub(super) fn ptr(self) -> *mut u8 {
        self.0
    }

    /// The bytes that come; behind the end they are zero.
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

    /// Eight bytes, the first one lowest.
    #[inline(always)]
    pub(super) fn word(self) -> u64 {
        u64::from_le_bytes(self.peek())
    }

    /// Moves over bytes.
    ///
    /// # Safety
    /// None of them is zero.
    #[inline(always)]
    pub(super) unsafe fn over(self, bytes: usize) -> Cursor {
        // SAFETY: then they are in the answer.
        Cursor(unsafe { self.0.add(bytes) })
    }

    /// What is behind `wanted`, which has no zero, if that comes.
    #[inline(always)]
    pub(super) fn after<const N: usize>(self, wanted: &[u8; N]) -> Option<Cursor> {
        // SAFETY: they were seen.
        (self.peek() == *wanted).then(|| unsafe { self.over(N) })
    }

    /// How far it is from an earlier place.
    #[inline(always)]
    pub(super) fn since(self, earlier: Cursor) -> usize {
        self.0.addr() - earlier.0.addr()
    }

    /// The bytes up to a later place.
    ///
    /// # Safety
    /// `end` is in the same answer and not before this; none of the bytes is written while the result is used.
    pub(super) unsafe fn until<'a>(self, end: Cursor) -> &'a [u8] {
        // SAFETY: by contract.
        unsafe { slice::from_raw_parts(self.0, end.since(self)) }
    }
}
