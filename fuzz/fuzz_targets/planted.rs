//! A planted defect behind two comparisons that random inputs do not satisfy. A fuzzer passes one
//! comparison only with feedback about compared values, and both only with coverage feedback.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if contains_at(bytes, 0, *b"plan") && contains_at(bytes, 4, *b"ted!") {
        panic!("the planted defect");
    }
});

/// Whether `bytes` has `expected` at `index`. Must not be inlined: the optimiser would merge the
/// two comparisons.
#[inline(never)]
fn contains_at(bytes: &[u8], index: usize, expected: [u8; 4]) -> bool {
    let found = bytes.get(index..).and_then(<[u8]>::first_chunk);
    found.is_some_and(|found| u32::from_le_bytes(*found) == u32::from_le_bytes(expected))
}
