//! libdesk as programs in C and C++ meet it: each test builds one with the system's compilers and runs it.
//!
//! `.ci/run` runs most modules again under valgrind, `.ci/sanitize` with sanitizers; `support` says how. All tests of one module:
//! `cargo test -p desk-ffi --test libdesk lists::`.
#![allow(missing_docs, reason = "tests")]

mod async_fuzz;
mod asynchronous;
mod broken;
mod c_abi;
mod examples;
mod exports;
mod frozen;
mod headers;
mod host;
mod lifetimes;
mod lists;
mod model;
mod modes;
mod options;
mod readme;
mod support;
mod tls;
