//! Error bodies: whatever they hold becomes an explanation, not much longer than the body.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let (code, text) = desk_core::fuzzing::explanation(body);
    for text in [code, text].into_iter().flatten() {
        // Bytes that are no UTF-8 become three each; for a number see `page`.
        assert!(text.len() <= 6 * body.len(), "{} bytes became {}", body.len(), text.len());
    }
});
