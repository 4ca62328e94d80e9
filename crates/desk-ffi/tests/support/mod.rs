//! Where the built library and the headers are, and how test programs are made from them.
#![allow(dead_code, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use testkit::{Language, Program, compilers};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of the library, which cargo does not build for tests by itself.
pub(crate) fn library_dir() -> PathBuf {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    let dir = DIR.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args(["build", "--quiet", "--package", "desk-ffi"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let built = cargo.status();
        assert!(built.expect("cargo runs").success(), "libdesk does not build");
        // target/<profile>/deps/<this test>
        let test = std::env::current_exe().expect("a path");
        test.ancestors().nth(2).expect("target/<profile>").to_owned()
    });
    dir.clone()
}

/// Folder for programs made by tests.
pub(crate) fn out_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// A program with the headers in reach, not linked yet.
pub(crate) fn program(compiler: &str, standard: &str) -> Program {
    Program::new(compiler, standard, &root().join("include"))
}

/// Builds `tests/c/<source>` with the system's compiler and links libdesk.
pub(crate) fn build(source: &str) -> PathBuf {
    let cpp = source.ends_with(".cpp");
    let compiler = compilers(if cpp { Language::Cpp } else { Language::C })[0];
    let source_path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c").join(source);
    // The suites use POSIX beside the language.
    let program =
        program(compiler, if cpp { "c++17" } else { "c11" }).flag("-D_POSIX_C_SOURCE=200809L").source(source_path);
    program.link(&library_dir(), "desk").build(&out_dir().join(source.replace('.', "-")))
}
