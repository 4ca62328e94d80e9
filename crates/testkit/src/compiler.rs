//! Compiling and running C and C++ programs in tests.
//!
//! The environment variable `DESK_TEST_WRAPPER` names a program that runs them, such as valgrind
//! with its options. `DESK_TEST_CFLAGS` adds compiler flags, such as those of sanitizers. CI sets
//! both.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

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
    // `cc` and `c++` are links to another compiler if one is installed.
    if found.len() > 1 {
        found.pop();
    }
    found
}

/// The output of `--version` of a compiler.
fn version(compiler: &str) -> Vec<u8> {
    static VERSIONS: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let mut versions = VERSIONS.lock().expect("no panic holds it");
    let ask = || Command::new(compiler).arg("--version").output().expect("the compiler runs").stdout;
    versions.entry(compiler.to_owned()).or_insert_with(ask).clone()
}

/// A program to compile.
#[derive(Clone, Debug)]
pub struct Program {
    compiler: String,
    include: PathBuf,
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
        flags.extend([format!("-std={standard}"), format!("-I{}", include.display()), "-g1".to_owned()]);
        let extra_flags = std::env::var("DESK_TEST_CFLAGS").unwrap_or_default();
        flags.extend(extra_flags.split_whitespace().map(str::to_owned));
        Program { compiler: compiler.to_owned(), include: include.to_owned(), flags, sources: Vec::new() }
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

    /// Links `lib<name>.so` in `dir`. The program fails at its start if the library lacks one of
    /// its functions, so a program built before never runs with an older library unnoticed.
    pub fn link(mut self, dir: &Path, name: &str) -> Program {
        self.flags.extend([
            format!("-L{}", dir.display()),
            format!("-Wl,-rpath,{}", dir.display()),
            "-Wl,-z,now".to_owned(),
            format!("-l{name}"),
        ]);
        self
    }

    /// Compiles to `out`, unless `out` already comes from the same compiler, command, sources and
    /// headers.
    ///
    /// # Panics
    /// If the compiler fails, with its messages.
    pub fn build(&self, out: &Path) -> PathBuf {
        let mut command = self.command(out);
        let (stamp, inputs) = (out.with_added_extension("inputs"), self.inputs(&command));
        if out.exists() && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == inputs) {
            return out.to_owned();
        }
        let _ = fs::remove_file(&stamp);
        let output = command.output().expect("the compiler runs");
        assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        fs::write(stamp, inputs).expect("a file");
        out.to_owned()
    }

    /// Hash of all inputs of the build: the command, the compiler's version, the sources, and the
    /// headers in their folders and in the include folder.
    fn inputs(&self, command: &Command) -> String {
        let mut hash = DefaultHasher::new();
        (format!("{command:?}"), version(&self.compiler)).hash(&mut hash);
        let mut folders: Vec<&Path> = self.sources.iter().filter_map(|source| source.parent()).collect();
        folders.push(&self.include);
        folders.sort_unstable();
        folders.dedup();
        let is_header = |path: &PathBuf| path.extension().is_some_and(|end| end == "h" || end == "hpp");
        let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder").flatten());
        let mut headers: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_header).collect();
        headers.sort_unstable();
        for file in self.sources.iter().chain(&headers) {
            (file, fs::read(file).expect("a source")).hash(&mut hash);
        }
        format!("{:016x}", hash.finish())
    }

    /// Whether the compiler accepts the program.
    pub fn compiles(&self, out: &Path) -> bool {
        self.command(out).output().expect("the compiler runs").status.success()
    }

    /// The compiler's messages, in English.
    pub fn complaints(&self, out: &Path) -> String {
        let output = self.command(out).env("LC_ALL", "C").output().expect("the compiler runs");
        String::from_utf8_lossy(&output.stderr).into_owned()
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
