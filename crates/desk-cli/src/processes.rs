//! Processes of this machine, as far as `/proc` shows them.

use std::path::PathBuf;
use std::time::Duration;

/// Ticks in a second, the unit of times in `/proc`.
pub(crate) const SECOND: u64 = 100;
/// The maximum wait for a process that has not had its turn on a busy machine.
const BUSY: Duration = Duration::from_secs(60);

pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) parent: i32,
    pub(crate) session: i32,
    /// The start, in ticks since boot.
    begun: u64,
    /// The CPU time, in ticks.
    used: u64,
    /// Whether the process waits only for the CPU or the disk.
    runs: bool,
}

impl Process {
    pub(crate) fn read(pid: i32) -> Option<Process> {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name before the parenthesis may contain any character.
        let fields: Vec<&str> = text.get(text.rfind(')')? + 1..)?.split_whitespace().collect();
        let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
        let id = |place: usize| i32::try_from(number(place)?).ok();
        let state = fields.first().filter(|state| **state != "Z")?;
        let (used, runs) = (number(11)? + number(12)?, ["R", "D"].contains(state));
        Some(Process { pid, parent: id(1)?, session: id(3)?, begun: number(19)?, used, runs })
    }

    /// Whether the process may still complete a step of at most `ticks`, after a wait of `waited`
    /// by `own`; also if it has not had its turn of the CPU.
    pub(crate) fn may_still(&self, ticks: u64, own: &Process, waited: Duration) -> bool {
        let young = self.begun + ticks >= own.begun && self.used < ticks / 2;
        young && (waited.as_secs() * SECOND < ticks || self.runs && waited < BUSY)
    }

    /// The program and its arguments.
    pub(crate) fn program(&self) -> Option<(PathBuf, Vec<u8>)> {
        Some((std::fs::read_link(format!("/proc/{}/exe", self.pid)).ok()?, read(self.pid, "cmdline")?))
    }
}

pub(crate) fn read(pid: i32, name: &str) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/{name}")).ok()
}

/// Whether a process is `desk emulator`; `None` if its arguments cannot be read.
pub(crate) fn is_emulator(pid: i32) -> Option<bool> {
    let arguments = read(pid, "cmdline")?;
    // The argument follows the program, and perhaps a wrapper (`timeout 60 desk emulator`).
    Some(arguments.split(|byte| *byte == 0).take(4).skip(1).any(|argument| argument == b"emulator"))
}
