//! The emulator as its users meet it: over HTTP, by the Rust handle, and as a program.
//!
//! Every answer of an operation that passes through [`api::Api`], refusals included, is checked against
//! `openapi/desk.yaml` by an independent validator; an undocumented status fails the test.

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
