//! `cargo xtask test`: runs all tests that need only Rust and a C and C++ compiler, cheapest first.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::toolchain::{self, c_compiler, cargo, component, cpp_compiler};

/// Stages, each with the arguments of cargo. The tests build libdesk on its own, because the
/// features of the whole workspace would make another library.
/// One of the tests compares the generated files: a run of the generator alone would build its
/// dependencies once more.
const STAGES: [(&str, &[&str]); 4] = [
    ("format", &["fmt", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--features", "xtask/codegen", "--", "--deny", "warnings"]),
    ("tests", &["test", "--workspace", "--features", "xtask/codegen"]),
    ("docs", &["doc", "--no-deps", "--package", "desk-client", "--package", "desk-core", "--package", "desk-emulator"]),
];

/// Runs the task.
pub fn run() -> Result<()> {
    c_compiler()?;
    cpp_compiler()?;
    component("fmt", "rustfmt")?;
    component("clippy", "clippy")?;
    // Most tests wait for a server or a time, so that more of them than cores run together.
    let threads = (3 * std::thread::available_parallelism().map_or(1, usize::from)).to_string();
    let threads = std::env::var("RUST_TEST_THREADS").unwrap_or(threads);
    let mut done: Vec<(&str, &str, Duration)> = Vec::new();
    let mut result = Ok(());
    for (name, args) in STAGES {
        println!("==> {name}");
        let start = Instant::now();
        let mut command = cargo();
        command.args(args).env("RUSTDOCFLAGS", "--deny warnings").env("RUST_TEST_THREADS", &threads);
        result = toolchain::finish(&mut command);
        done.push((name, if result.is_ok() { "passed" } else { "failed" }, start.elapsed()));
        if result.is_err() {
            break;
        }
    }
    for (name, state, time) in done {
        println!("{name:20} {state:6} {:>5} s", time.as_secs());
    }
    result
}
