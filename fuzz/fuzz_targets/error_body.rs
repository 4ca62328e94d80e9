//! Error bodies: every body gives an explanation that is not much longer than the body.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let (code, text) = desk_core::fuzzing::explanation(body);
    for text in [code, text].into_iter().flatten() {
        // An invalid UTF-8 byte becomes three bytes; a number can grow as in `page`.
        assert!(text.len() <= 6 * body.len(), "{} bytes gave {}", body.len(), text.len());
    }
});
