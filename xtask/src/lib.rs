//! The tasks of this repository. `main.rs` is the command line; tests call the same functions.
//!
//! xtask depends on no crate that it generates: it must still build when they do not.
#![allow(unreachable_pub, missing_docs, reason = "nothing outside this program reaches it")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people at a terminal")]

#[cfg(unix)]
pub mod abi;
#[cfg(unix)]
pub mod bench;
#[cfg(feature = "codegen")]
pub mod codegen;
pub mod crates;
pub mod demo;
#[cfg(unix)]
pub mod install;
pub mod notices;
#[cfg(unix)]
pub mod package;
pub mod sbom;
pub mod test;
pub mod toolchain;

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
