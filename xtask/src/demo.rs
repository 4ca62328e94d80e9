//! `cargo xtask demo`: builds the three examples, then runs each against its own service.
//!
//! The service is a child process whose standard input is a pipe from this program. It ends when
//! the pipe closes, so it never outlives this program, even if this program is killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::toolchain::{c_compiler, cargo, cpp_compiler, debug_dir, finish};

/// An example, ready to run.
pub struct Example {
    /// `Rust`, `C` or `C++`.
    pub language: &'static str,
    /// The program.
    pub program: PathBuf,
}

/// Runs the task.
pub fn run() -> Result<()> {
    let (cc, cxx) = (c_compiler()?, cpp_compiler()?);
    let expected = fs::read_to_string(crate::root().join("examples/expected.txt")).context("examples/expected.txt")?;
    step("build the library, the service and the Rust example", build)?;
    let examples = step("compile the C and C++ examples", || compile(&cc, &cxx))?;
    for example in &examples {
        let text = step(&format!("run the {} example", example.language), || play(example))?;
        for line in text.lines() {
            println!("    {line}");
        }
        if text != expected {
            bail!("the {} example printed something else than examples/expected.txt", example.language);
        }
    }
    println!("all three printed the same, which is examples/expected.txt");
    Ok(())
}

fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {what}");
    let start = Instant::now();
    let result = work().with_context(|| what.to_owned())?;
    println!("    {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// Builds libdesk, the emulator and the Rust example.
pub fn build() -> Result<()> {
    run_cargo(&["build", "--package", "desk-ffi", "--package", "desk-emulator", "--package", "desk-example"])
}

fn run_cargo(args: &[&str]) -> Result<()> {
    finish(cargo().args(args))
}

/// Compiles the C and C++ examples; returns the three examples in the order in which the task shows
/// them.
pub fn compile(cc: &str, cxx: &str) -> Result<Vec<Example>> {
    const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
    let (root, debug) = (crate::root(), debug_dir());
    let out = debug.join("examples-c");
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
    let native = |compiler: &str, standard: &str, source: &str, name: &str| -> Result<PathBuf> {
        let program = out.join(name);
        let mut command = Command::new(compiler);
        command.arg(format!("-std={standard}")).args(WARNINGS).arg("-I").arg(root.join("include"));
        command.arg(root.join(source)).arg("-o").arg(&program);
        command.arg("-L").arg(&debug).arg("-ldesk").arg(format!("-Wl,-rpath,{}", debug.display()));
        finish(&mut command)?;
        Ok(program)
    };
    Ok(vec![
        Example { language: "Rust", program: debug.join("desk-example") },
        Example { language: "C", program: native(cc, "c11", "examples/c/main.c", "example-c")? },
        Example { language: "C++", program: native(cxx, "c++17", "examples/cpp/main.cpp", "example-cpp")? },
    ])
}

/// Runs an example against a new service and returns its output.
pub fn play(example: &Example) -> Result<String> {
    let service = Service::start(&debug_dir())?;
    let output = Command::new(&example.program)
        .env("DESK_BASE_URL", &service.base_url)
        .env("DESK_API_TOKEN", &service.token)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot run {}", example.program.display()))?;
    if !output.status.success() {
        bail!("the {} example failed ({})", example.language, output.status);
    }
    String::from_utf8(output.stdout).context("the example's output")
}

/// A running demo service; dropping it stops the service.
struct Service {
    child: Child,
    base_url: String,
    token: String,
}

impl Service {
    fn start(dir: &Path) -> Result<Service> {
        let mut child = Command::new(dir.join("desk-emulator"))
            .args(["--demo", "--port", "0", "--exit-on-stdin-close"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the service")?;
        let stdout = child.stdout.take().context("the service has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).context("the service did not say where it is")?;
        let ready: serde_json::Value = serde_json::from_str(&line).context("the service did not start")?;
        let text = |key: &str| {
            ready[key].as_str().map(str::to_owned).with_context(|| format!("the service did not say its {key}"))
        };
        Ok(Service { base_url: text("base_url")?, token: text("token")?, child })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // The child may have ended already; an error does not matter.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
