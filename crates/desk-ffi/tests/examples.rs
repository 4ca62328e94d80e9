//! The C and C++ examples against the emulator print what the Rust example prints.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::fs;

use desk_emulator::Emulator;
use support::{library_dir, out_dir, program, root};
use testkit::{Language, Run, compilers};

fn example(language: Language, standard: &str, source: &str) {
    let expected = fs::read_to_string(root().join("examples/expected.txt")).expect("the expected text");
    for compiler in compilers(language) {
        let example = program(compiler, standard).source(root().join(source)).link(&library_dir(), "desk");
        let example = example.build(&out_dir().join(format!("example-{compiler}")));
        let emulator = Emulator::builder().demo(true).start_blocking().expect("a free port");
        let env = [("DESK_BASE_URL", emulator.base_url()), ("DESK_API_TOKEN", emulator.token().to_owned())];
        let text = Run::of(&example, &[], &env.each_ref().map(|(name, value)| (*name, value.as_str()))).text();
        assert_eq!(text, expected, "{compiler}");
    }
}

#[test]
fn c() {
    example(Language::C, "c11", "examples/c/main.c");
}

#[test]
fn cpp() {
    example(Language::Cpp, "c++17", "examples/cpp/main.cpp");
}
