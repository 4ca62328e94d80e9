//! What the client logs, collected from the whole process.
#![allow(missing_docs, reason = "tests")]

mod canary;
mod spans;
