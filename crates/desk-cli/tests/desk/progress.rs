//! A bar on a terminal, plain lines elsewhere.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use desk_emulator::{Emulator, FaultPlan};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;

use crate::export::{export, seeded};
use crate::run::with;

/// What an export writes to a terminal.
fn on_a_terminal(emulator: &Emulator, dir: &Path, options: &[&str]) -> String {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let mut command = with(emulator);
    command.env_remove("NO_COLOR").env("TERM", "xterm").arg("export").arg(dir).args(options);
    let mut child = command.stdout(Stdio::null()).stderr(terminal).spawn().unwrap();
    // Its end of the terminal is closed with it.
    drop(command);
    let (mut master, mut bytes, mut buffer) = (File::from(master), Vec::new(), [0; 4096]);
    // The end of a terminal is an error.
    while let Ok(read @ 1..) = master.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8_lossy(&bytes).into_owned()
}

const SMALL: [&str; 6] = ["--until", "2026-01-31", "--rows-per-window", "100", "--page-size", "50"];

#[test]
fn a_terminal_has_a_bar_and_a_pipe_has_lines() {
    let (emulator, dir) = (seeded(1500), tempfile::tempdir().unwrap());
    let fault = json!({ "rules": [{ "fault": { "delay": { "ms": 30 } } }] });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(fault).unwrap()).unwrap();
    let shown = on_a_terminal(&emulator, &dir.path().join("bar"), &SMALL);
    assert!(shown.contains("/1,500 rows, ") && shown.contains(" retries") && shown.contains('\u{2588}'), "{shown:?}");
    assert!(shown.contains("1500 rows in "), "{shown:?}");
    let json = on_a_terminal(&emulator, &dir.path().join("json"), &[&SMALL[..], &["--json"]].concat());
    assert_eq!(json, "");
    emulator.set_faults(FaultPlan::default()).unwrap();
    let lines = export(&emulator, &dir.path().join("pipe"), &SMALL).ok().err;
    assert!(!lines.contains('\u{1b}') && !lines.contains('\r'), "{lines:?}");
    assert_eq!(lines.lines().count(), 2, "{lines}");
}
