//! Running `desk` and looking at what it leaves.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use desk_emulator::Emulator;
use serde_json::Value;

/// `desk` without anything that this machine says about it.
pub(crate) fn desk() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_desk"));
    for name in ["DESK_APPLICATION_ID", "DESK_BASE_URL", "DESK_PROFILE", "DESK_API_TOKEN", "HOME"] {
        command.env_remove(name);
    }
    command
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_RUNTIME_DIR", "/nonexistent")
        // Where nothing can be, whoever runs it.
        .env("XDG_STATE_HOME", "/dev/null")
        .stdin(Stdio::null())
        .env("NO_COLOR", "1");
    command
}

/// `desk` for an emulator.
pub(crate) fn with(emulator: &Emulator) -> Command {
    let mut command = desk();
    command.env("DESK_BASE_URL", emulator.base_url()).env("DESK_API_TOKEN", emulator.token());
    command
}

pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn ok(self) -> Ended {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The error as JSON, with its exit code.
    pub(crate) fn error(&self) -> Value {
        let error: Value = serde_json::from_str(self.err.trim_end().lines().last().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error}: {}", self.err));
        let error = error["error"].clone();
        assert_eq!(error["exit_code"], self.code);
        error
    }
}

pub(crate) fn run<A: AsRef<OsStr>>(mut command: Command, arguments: impl IntoIterator<Item = A>) -> Ended {
    ended(command.args(arguments).output().unwrap())
}

pub(crate) fn ended(output: Output) -> Ended {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A command that runs beside the test.
pub(crate) fn begin(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends Ctrl-C, and waits for the end.
pub(crate) fn interrupt(child: Child) -> Ended {
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signal.unwrap().success());
    ended(child.wait_with_output().unwrap())
}

pub(crate) fn run_with_input(mut command: Command, arguments: &[&str], input: &str) -> Ended {
    command.args(arguments).stdin(Stdio::piped());
    let mut child = begin(command);
    match child.stdin.take().unwrap().write_all(input.as_bytes()) {
        // It may have refused something else before it read anything.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    ended(child.wait_with_output().unwrap())
}

/// `desk` of somebody who may read what is in a directory, and write nothing there.
pub(crate) fn as_reader(dir: &Path) -> Command {
    let copy = dir.join("desk");
    if !copy.exists() {
        // By another process: what this one writes, a child that another test begins meanwhile would hold open.
        assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_desk")).arg(&copy).status().unwrap().success());
    }
    let mut command = Command::new(copy);
    command.current_dir(dir).stdin(Stdio::null()).env_clear();
    for entry in fs::read_dir(dir).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o555)).unwrap();
    }
    fs::set_permissions(dir, Permissions::from_mode(0o555)).unwrap();
    // What root may is told by nothing in the directory.
    if fs::write(dir.join("probe"), "").is_ok() {
        fs::remove_file(dir.join("probe")).unwrap();
        command.uid(65534).gid(65534);
    }
    command
}

pub(crate) fn writable(dir: &Path) {
    fs::set_permissions(dir, Permissions::from_mode(0o755)).unwrap();
}
