//! The Rust example against the emulator has the same output as the C and C++ examples.
#![allow(missing_docs, reason = "tests")]

use std::process::Command;

use desk_emulator::Emulator;

#[test]
fn example_prints_the_expected_output() {
    let emulator = Emulator::builder().demo(true).start_blocking().expect("a free port");
    let mut example = Command::new(env!("CARGO_BIN_EXE_desk-example"));
    example.env("DESK_BASE_URL", emulator.base_url()).env("DESK_API_TOKEN", emulator.token());
    let output = example.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), include_str!("../../expected.txt"));
}
