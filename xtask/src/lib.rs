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

use std::env;
use std::path::{Path, PathBuf};

// Rebuilds this crate for another checkout that shares the target folder; `.cargo/config.toml` sets it.
const _: Option<&str> = option_env!("DESK_TREE");

/// The root of the tree that cargo was called in, or of the current directory's if cargo did not start this program.
///
/// cargo names the tree when it runs a program; it must not be compiled in, because checkouts that share a target folder
/// share its programs.
pub fn root() -> PathBuf {
    let named = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let starts = [named, env::current_dir().ok()];
    let root =
        |start: &PathBuf| start.ancestors().find(|dir| dir.join("xtask/Cargo.toml").is_file()).map(Path::to_owned);
    starts.iter().flatten().find_map(root).unwrap_or_default()
}
