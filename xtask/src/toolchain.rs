//! The programs that the tasks call: cargo and the compilers for C and C++.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// cargo in the root of the repository, with the environment of a terminal: the outer cargo sets
/// variables such as `CARGO_PKG_NAME`, which ring's build script reads, so cargo would rebuild ring
/// and all crates that use it.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::root());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// The target folder of cargo.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), |dir| crate::root().join(dir))
}

/// The folder of cargo's debug builds.
pub fn debug_dir() -> PathBuf {
    target_dir().join("debug")
}

/// The C compiler: `$CC` or an installed one.
pub fn c_compiler() -> Result<String> {
    find("CC", &["cc", "gcc", "clang"], "C")
}

/// The C++ compiler: `$CXX` or an installed one.
pub fn cpp_compiler() -> Result<String> {
    find("CXX", &["c++", "g++", "clang++"], "C++")
}

fn find(variable: &str, names: &[&str], language: &str) -> Result<String> {
    if let Ok(chosen) = std::env::var(variable) {
        return match starts(&chosen) {
            Ok(()) => Ok(chosen),
            Err(error) => bail!("{variable}={chosen} cannot be run ({error}); set it to a {language} compiler"),
        };
    }
    for name in names {
        match starts(name) {
            Ok(()) => return Ok((*name).to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => bail!("{name} cannot be run ({error})"),
        }
    }
    bail!(
        "no {language} compiler found; install gcc and g++ or clang (Debian: apt-get install gcc g++) or set {variable}"
    )
}

/// Checks that a program starts; the program need not succeed.
fn starts(name: &str) -> io::Result<()> {
    Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().map(drop)
}

/// Returns an error if the toolchain lacks a component that a stage needs.
pub fn component(subcommand: &str, name: &str) -> Result<()> {
    let version = cargo().args([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match version {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => bail!("`cargo {subcommand}` is not installed; run `rustup component add {name}`"),
        Err(error) => bail!("cargo cannot be run ({error})"),
    }
}

/// Runs a command to its end; the error of a failure shows the command.
pub fn finish(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {}", command.get_program().to_string_lossy()))?;
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// The output of a command; the error of a failure shows the command and its messages.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {}", command.get_program().to_string_lossy()))?;
    if !output.status.success() {
        bail!("{} failed ({})\n{}", line(command), output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} printed what is not UTF-8", line(command)))
}

/// The command as a user would type it.
pub fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
