//! The client as its users meet it, against servers that do exactly what a test says.
//!
//! What is logged has a program of its own, `logs`, because it collects all that a process logs.
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
