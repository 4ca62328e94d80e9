//! `cargo xtask <task>`: the command line; see `USAGE`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people at a terminal")]

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <task>

  abi                         do C programs built before still work? compare with abi/
  abi --accept                write abi/ anew; with --allow-abi-break even if such programs break
  bench                       libdesk beside libcurl with yyjson or simdjson and reqwest; see bench/README.md
    --rounds N                how often (7)
    --quick                   a small run: that all read the same
    --gate                    fail if a target is missed
    --also DIR                another installed libdesk beside this one
  codegen                     regenerate everything from openapi/desk.yaml
  codegen --check             write nothing; show what is stale and fail if anything is
  codegen --accept            regenerate, write the snapshots and abi/ as well, and show the change of the surface
    --allow-abi-break         even if C programs built before would break
  demo                        run the main job in Rust, C and C++ against a local service
  install --prefix DIR        build libdesk for use and install it with its headers, pkg-config and CMake files
    --destdir DIR             put the tree below DIR, for packages; no file will know of it
    --libdir DIR              folder of the libraries inside the prefix (lib)
    --debug-build             quick to build: not optimised
  package                     make the files of a release: tarball, Debian packages, bill of materials, checksums
    --out DIR                 where to (target/package)
    --no-deb                  without dpkg
  test                        all checks that need only Rust and a C and C++ compiler
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some((task, flags)) = args.split_first() else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    let is_help = |word: &&str| ["help", "--help", "-h"].contains(word);
    if is_help(task) || flags.iter().any(is_help) {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match run(task, flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &str, flags: &[&str]) -> Result<()> {
    let work: fn(&[&str]) -> Result<()> = match task {
        "abi" => abi,
        "bench" => bench,
        "codegen" => codegen,
        "demo" => |flags| no_flags("demo", flags).and_then(|()| xtask::demo::run()),
        "install" => install,
        "package" => package,
        "test" => |flags| no_flags("test", flags).and_then(|()| xtask::test::run()),
        _ => bail!("{task} is not a task; run `cargo xtask help` for the list"),
    };
    println!("tree: {}", xtask::root().display());
    work(flags)
}

fn no_flags(task: &str, flags: &[&str]) -> Result<()> {
    match flags {
        [] => Ok(()),
        [flag, ..] => bail!("{task} does not know {flag}; run `cargo xtask {task}`"),
    }
}

#[cfg(unix)]
fn abi(flags: &[&str]) -> Result<()> {
    xtask::abi::run(flags)
}

#[cfg(unix)]
fn bench(flags: &[&str]) -> Result<()> {
    xtask::bench::run(flags)
}

#[cfg(unix)]
fn install(flags: &[&str]) -> Result<()> {
    xtask::install::run(flags)
}

#[cfg(unix)]
fn package(flags: &[&str]) -> Result<()> {
    xtask::package::run(flags)
}

#[cfg(not(unix))]
use self::{linux_only as abi, linux_only as bench, linux_only as install, linux_only as package};

#[cfg(not(unix))]
fn linux_only(_: &[&str]) -> Result<()> {
    bail!("this task knows the libraries of Linux only")
}

#[cfg(feature = "codegen")]
fn codegen(flags: &[&str]) -> Result<()> {
    use xtask::codegen::command::{accept, check, write};
    let allows = flags.contains(&"--allow-abi-break");
    let rest: Vec<&str> = flags.iter().copied().filter(|flag| *flag != "--allow-abi-break").collect();
    match rest[..] {
        [] => write(&xtask::root(), allows),
        ["--accept"] => accept(&xtask::root(), allows),
        ["--check"] if !allows => check(&xtask::root()),
        _ => bail!("codegen takes --check, or --accept and --allow-abi-break"),
    }
}

/// Runs xtask again with the generator, which the build of the other tasks leaves out.
#[cfg(not(feature = "codegen"))]
fn codegen(flags: &[&str]) -> Result<()> {
    println!("building the generator");
    let mut cargo = xtask::toolchain::cargo();
    let status =
        cargo.args(["run", "--package", "xtask", "--features", "codegen", "--", "codegen"]).args(flags).status()?;
    // The inner run has printed the cause.
    if status.success() { Ok(()) } else { bail!("codegen did not succeed") }
}
