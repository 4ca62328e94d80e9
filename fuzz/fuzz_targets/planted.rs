//! A defect that must be found, behind two gates that chance does not pass: only a fuzzer that sees what is compared
//! with what passes one, and only one that sees new ways opened passes both.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if has(bytes, 0, *b"plan") && has(bytes, 4, *b"ted!") {
        panic!("the planted defect");
    }
});

/// Not inlined, or the optimiser makes one gate of two.
#[inline(never)]
fn has(bytes: &[u8], at: usize, wanted: [u8; 4]) -> bool {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk);
    found.is_some_and(|found| u32::from_le_bytes(*found) == u32::from_le_bytes(wanted))
}
