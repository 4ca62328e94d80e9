//! The tasks of this repository. `main.rs` is the command line; tests call the same functions.
//!
//! xtask must not depend on a crate that it generates: it must build even when that crate does not.
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

use std::env;
use std::path::{Path, PathBuf};

// Rebuilds this crate for another checkout that shares the target folder; `.cargo/config.toml` sets
// the variable.
const _: Option<&str> = option_env!("DESK_TREE");

/// The root of the checkout in which cargo was called, or of the current directory if cargo did not
/// start this program.
///
/// cargo passes the root when it runs a program. The path must not be compiled in, because
/// checkouts that share a target folder share its programs.
pub fn root() -> PathBuf {
    let named = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let starts = [named, env::current_dir().ok()];
    let root =
        |start: &PathBuf| start.ancestors().find(|dir| dir.join("xtask/Cargo.toml").is_file()).map(Path::to_owned);
    starts.iter().flatten().find_map(root).unwrap_or_default()
}
