//! The tasks of `cargo xtask`: that they do what they say, and refuse what they cannot do.
//!
//! The tests that run for minutes or need tools beside the compilers are `#[ignore]`d; `.ci/run` runs them.
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
