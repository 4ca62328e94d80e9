//! `cargo xtask test`: everything that passes on a machine with Rust and a C and C++ compiler, cheapest first.

use std::time::Instant;

use anyhow::Result;

use crate::toolchain::{self, c_compiler, cargo, cpp_compiler};

/// The task.
pub fn run() -> Result<()> {
    c_compiler()?;
    cpp_compiler()?;
    stage("format", &["fmt", "--check"])?;
    stage(
        "codegen is current",
        &["run", "--quiet", "--package", "xtask", "--features", "codegen", "--", "codegen", "--check"],
    )?;
    stage(
        "lints",
        &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--features",
            "xtask/codegen",
            "--",
            "--deny",
            "warnings",
        ],
    )?;
    stage("tests", &["test", "--workspace", "--features", "xtask/codegen"])?;
    stage("docs", &["doc", "--quiet", "--no-deps", "--package", "desk-client", "--package", "desk-emulator"])
}

fn stage(name: &str, args: &[&str]) -> Result<()> {
    println!("==> {name}");
    let start = Instant::now();
    toolchain::finish(cargo().args(args).env("RUSTDOCFLAGS", "--deny warnings"))?;
    println!("    {name}: {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
