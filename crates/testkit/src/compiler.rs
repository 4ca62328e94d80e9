//! Compiling and running C and C++ programs in tests.
//!
//! The environment variable `DESK_TEST_WRAPPER` names a program that runs them, such as valgrind
//! with its options. `DESK_TEST_CFLAGS` adds flags for the compilers, such as those of sanitizers.
//! CI sets both.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A language and its compilers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Language {
    /// C
    C,
    /// C++
    Cpp,
}

/// The installed compilers of a language; panics if there is none.
pub fn compilers(language: Language) -> Vec<&'static str> {
    let names: &[&str] = match language {
        Language::C => &["gcc", "clang", "cc"],
        Language::Cpp => &["g++", "clang++", "c++"],
    };
    let works =
        |name: &&&str| Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let mut found: Vec<&str> = names.iter().filter(works).copied().collect();
    assert!(!found.is_empty(), "no {language:?} compiler found; install gcc and g++ or clang");
    // `cc` and `c++` are links to another compiler, if another one is installed.
    if found.len() > 1 {
        found.pop();
    }
    found
}

/// A program to compile.
#[derive(Clone, Debug)]
pub struct Program {
    compiler: String,
    flags: Vec<String>,
    sources: Vec<PathBuf>,
}

/// The result of a program.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its exit code; `None` for a signal.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Program {
    /// A program in a language standard, with the warnings that users of the headers may enable,
    /// all as errors.
    pub fn new(compiler: &str, standard: &str, include: &Path) -> Program {
        let warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"];
        let mut flags: Vec<String> = warnings.map(str::to_owned).to_vec();
        flags.extend([format!("-std={standard}"), format!("-I{}", include.display()), "-g".to_owned()]);
        let extra_flags = std::env::var("DESK_TEST_CFLAGS").unwrap_or_default();
        flags.extend(extra_flags.split_whitespace().map(str::to_owned));
        Program { compiler: compiler.to_owned(), flags, sources: Vec::new() }
    }

    /// Adds a flag.
    pub fn flag(mut self, flag: &str) -> Program {
        self.flags.push(flag.to_owned());
        self
    }

    /// Adds a source file.
    pub fn source(mut self, source: impl Into<PathBuf>) -> Program {
        self.sources.push(source.into());
        self
    }

    /// Links `lib<name>.so` in `dir`.
    pub fn link(mut self, dir: &Path, name: &str) -> Program {
        self.flags.extend([
            format!("-L{}", dir.display()),
            format!("-Wl,-rpath,{}", dir.display()),
            format!("-l{name}"),
        ]);
        self
    }

    /// Compiles to `out`.
    ///
    /// # Panics
    /// If the compiler fails, with its messages.
    pub fn build(&self, out: &Path) -> PathBuf {
        let mut command = self.command(out);
        let output = command.output().expect("the compiler runs");
        assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        out.to_owned()
    }

    /// Whether the compiler accepts it.
    pub fn compiles(&self, out: &Path) -> bool {
        self.command(out).output().expect("the compiler runs").status.success()
    }

    fn command(&self, out: &Path) -> Command {
        // Libraries must follow the files that use them.
        let (flags, libraries): (Vec<_>, Vec<_>) = self.flags.iter().partition(|flag| !flag.starts_with("-l"));
        let mut command = Command::new(&self.compiler);
        command.args(flags).args(&self.sources).args(libraries).arg("-o").arg(out);
        command
    }
}

impl Run {
    /// Runs a program to its end, under `DESK_TEST_WRAPPER` if the variable is set.
    pub fn of(program: &Path, args: &[&str], env: &[(&str, &str)]) -> Run {
        let wrapper = std::env::var("DESK_TEST_WRAPPER").unwrap_or_default();
        let mut words: Vec<&OsStr> = wrapper.split_whitespace().map(OsStr::new).collect();
        words.push(program.as_os_str());
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(args).envs(env.iter().copied()).stdin(Stdio::null());
        let output = command.output().expect("the program runs");
        Run {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The standard output of a successful program.
    ///
    /// # Panics
    /// If the exit code is not 0, with the output.
    pub fn text(self) -> String {
        assert_eq!(self.code, Some(0), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self.stdout
    }
}
