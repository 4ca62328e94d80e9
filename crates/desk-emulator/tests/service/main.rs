//! The emulator over HTTP, through the Rust handle, and as a program.
//!
//! An independent validator checks every response that passes through [`api::Api`], errors
//! included, against `openapi/desk.yaml`; an undocumented status fails the test.

mod api;
mod contract;
mod control;
mod demo;
mod drift;
mod faults;
mod hostile;
mod inspector;
mod life_cycle;
mod lists;
mod operations;
mod paging;
mod program;
mod refusals;
mod samples;
mod storage;
mod webhook;
