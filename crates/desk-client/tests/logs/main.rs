//! Tests of the client's logs, collected from the whole process.
#![allow(missing_docs, reason = "tests")]

mod canary;
mod spans;
