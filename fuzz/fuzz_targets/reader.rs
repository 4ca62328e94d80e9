//! The fast reader of libdesk and serde: the reader accepts a subset of the inputs that serde
//! accepts and gives equal values; it passes all other inputs on to serde.
#![no_main]

use desk::agree;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| agree(bytes));
