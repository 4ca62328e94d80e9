//! The tasks of `cargo xtask`: each does its work and refuses bad input.
//!
//! Tests that run for minutes or need tools other than the compilers are `#[ignore]`d; `.ci/run`
//! runs them.
#![allow(missing_docs, reason = "tests")]

#[cfg(target_os = "linux")]
mod abi;
#[cfg(feature = "codegen")]
mod codegen;
#[cfg(feature = "codegen")]
mod growth;
#[cfg(target_os = "linux")]
mod install;
#[cfg(target_os = "linux")]
mod package;
#[cfg(target_os = "linux")]
mod support;
mod trees;
