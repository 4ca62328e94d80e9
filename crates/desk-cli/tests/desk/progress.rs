//! A bar on a terminal, plain lines elsewhere.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use desk_emulator::{Emulator, FaultPlan};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;

use crate::export::{export, seeded};
use crate::run::{run, with};
use crate::send::{NOT_BEFORE, people, plan, send};

/// What a command writes to a terminal.
fn on_a_terminal(mut command: Command) -> (i32, String) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    command.env_remove("NO_COLOR").env("TERM", "xterm");
    let mut child = command.stdout(Stdio::null()).stderr(terminal).spawn().unwrap();
    // Its end of the terminal is closed with it.
    drop(command);
    let (mut master, mut bytes, mut buffer) = (File::from(master), Vec::new(), [0; 4096]);
    // The end of a terminal is an error.
    while let Ok(read @ 1..) = master.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
    }
    let ended = child.wait().unwrap();
    (ended.code().unwrap_or(-1), String::from_utf8_lossy(&bytes).into_owned())
}

fn export_on_a_terminal(emulator: &Emulator, dir: &Path, options: &[&str]) -> String {
    let mut command = with(emulator);
    command.arg("export").arg(dir).args(options);
    let (code, text) = on_a_terminal(command);
    assert_eq!(code, 0, "{text}");
    text
}

const SMALL: [&str; 6] = ["--until", "2026-01-31", "--rows-per-window", "100", "--page-size", "50"];

#[test]
fn a_terminal_has_a_bar_and_a_pipe_has_lines() {
    let (emulator, dir) = (seeded(1500), tempfile::tempdir().unwrap());
    let fault = json!({ "rules": [{ "fault": { "delay": { "ms": 30 } } }] });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(fault).unwrap()).unwrap();
    let shown = export_on_a_terminal(&emulator, &dir.path().join("bar"), &SMALL);
    assert!(shown.contains("/1,500 rows, ") && shown.contains(" retries") && shown.contains('\u{2588}'), "{shown:?}");
    assert!(shown.contains("1500 rows in "), "{shown:?}");
    let json = export_on_a_terminal(&emulator, &dir.path().join("json"), &[&SMALL[..], &["--json"]].concat());
    assert_eq!(json, "");
    emulator.set_faults(FaultPlan::default()).unwrap();
    let lines = export(&emulator, &dir.path().join("pipe"), &SMALL).ok().err;
    assert!(!lines.contains('\u{1b}') && !lines.contains('\r'), "{lines:?}");
    assert_eq!(lines.lines().count(), 2, "{lines}");
}

#[test]
fn a_campaign_has_a_bar_too() {
    let (emulator, ids, dir) = people(1200);
    let one_by_one = ["--batch-size", "50"];
    plan(&dir, &ids, "p", &one_by_one);
    let faults = json!({ "rules": [
        { "method": "POST", "nth": 1, "fault": { "throttle": { "retry_after": { "seconds": 0 } } } },
        { "method": "POST", "nth": 3, "fault": { "cut": { "when": "after_commit" } } },
        { "method": "POST", "fault": { "delay": { "ms": 30 } } },
    ] });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(faults).unwrap()).unwrap();
    let mut command = send(&emulator, &dir, "apply", "p");
    command.args(["--yes-send-to", "1200"]);
    let (code, shown) = on_a_terminal(command);
    assert_eq!(code, 6, "{shown:?}");
    for words in ["/1,200 recipients, ", "/s, ETA ", ", 50 unknown, ", ", 1 retry, ", "\u{2588}", "batch 3: unknown"] {
        assert!(shown.contains(words), "{words}: {shown:?}");
    }
    assert!(shown.contains("of 1200 recipients: 1150 done"), "{shown:?}");
    // Elsewhere there is a summary, and a line each half minute.
    plan(&dir, &ids, "q", &one_by_one);
    let mut command = send(&emulator, &dir, "apply", "q");
    command.env("XDG_STATE_HOME", dir.path()).args(NOT_BEFORE);
    let lines = run(command, ["--yes-send-to", "1200"]).ok().err;
    assert!(!lines.contains('\u{1b}') && !lines.contains('\r') && lines.lines().count() == 1, "{lines:?}");
}
