//! Tests of the client's public interface, against servers that follow the script of a test.
//!
//! Tests of logs are in a program of their own, `logs`, because they collect all logs of a process.
#![allow(missing_docs, reason = "tests")]

mod cancel;
mod creates;
mod decode;
mod endless;
mod faults;
mod http2;
mod neighbours;
mod observe;
mod options;
mod properties;
mod raw;
mod requests;
mod retry;
