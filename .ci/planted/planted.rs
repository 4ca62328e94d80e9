//! Faults that a sanitizer in Rust code must report; `planted.c` calls them.

use std::hint::black_box;

/// Reads behind the end of the heap block.
#[unsafe(no_mangle)]
pub extern "C" fn planted_overflow() -> u8 {
    let block = black_box(vec![0_u8; 8]);
    // SAFETY: none, which is the point.
    unsafe { *block.as_ptr().add(black_box(8)) }
}

/// Reads what was freed.
#[unsafe(no_mangle)]
pub extern "C" fn planted_use_after_free() -> u8 {
    let block = black_box(vec![0_u8; 8]);
    let start = block.as_ptr();
    drop(block);
    // SAFETY: none, which is the point.
    unsafe { *black_box(start) }
}

/// Frees nothing. A copy of the last pointer may stay on the stack and hide its block, so that there are some.
#[unsafe(no_mangle)]
pub extern "C" fn planted_leak() -> u8 {
    (0..8).map(|value| black_box(Box::leak(Box::new([value; 64])))[0]).sum()
}
