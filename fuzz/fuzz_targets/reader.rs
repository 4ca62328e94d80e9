//! The reader of libdesk beside serde: what it takes, serde takes, and both see the same; what it does not, it gives back.
#![no_main]

use desk::agree;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| agree(bytes));
