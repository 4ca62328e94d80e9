//! The commands of the README, typed one after the other by somebody who has configured nothing.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn the_commands_of_the_readme_run() {
    let readme = include_str!("../../../../README.md");
    let block = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines: Vec<&str> =
        block.flat_map(str::lines).filter(|line| line.starts_with("desk ")).map(str::trim_end).collect();
    assert!(lines.len() >= 5 && lines[0] == "desk emulator --demo &", "{lines:?}");
    let here = tempfile::tempdir().unwrap();
    let shell = |line: &str| {
        let desk = std::path::Path::new(env!("CARGO_BIN_EXE_desk")).parent().unwrap();
        let path = format!("{}:{}", desk.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        for name in ["DESK_APPLICATION_ID", "DESK_BASE_URL", "DESK_PROFILE", "DESK_API_TOKEN"] {
            command.env_remove(name);
        }
        command.env("PATH", path).env("XDG_RUNTIME_DIR", here.path()).env("XDG_CONFIG_HOME", "/nonexistent");
        command.env("XDG_STATE_HOME", here.path());
        command.args(["-c", line]).current_dir(here.path());
        command
    };
    let mut emulator = shell("exec desk emulator --demo --exit-on-stdin-close");
    let mut emulator = emulator.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(emulator.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    std::fs::write(here.path().join("customers.csv"), "customerIds\n101\n102\n103\n").unwrap();
    for line in &lines[1..] {
        let output = shell(line).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let rows = shell("cat desk-export/*.ndjson | wc -l").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&rows.stdout).trim(), "1000");
    drop(emulator.stdin.take());
    assert!(emulator.wait().unwrap().success());
}
