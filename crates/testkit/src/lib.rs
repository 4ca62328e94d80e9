//! Shared helpers for the tests of several crates: a scripted server, the fault vectors, compilers
//! for C and C++.
//!
//! This crate must not depend on the client or the emulator, so that it can contradict them.
#![allow(clippy::expect_used, clippy::panic, reason = "a broken test fixture must stop the test")]

mod compiler;
mod faults;
mod server;

pub use compiler::{Language, Program, Run, compilers};
pub use faults::{Expect, Fault, faults, serve};
pub use server::{Request, Server, Step, reply};

// Rebuilds this crate for another checkout that shares the target folder; `.cargo/config.toml` sets
// the variable.
const _: Option<&str> = option_env!("DESK_TREE");
