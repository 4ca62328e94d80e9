//! Processes of this machine, as far as `/proc` shows them.

use std::path::PathBuf;
use std::time::Duration;

/// Ticks in a second, the unit of times in `/proc`.
pub(crate) const SECOND: u64 = 100;
/// On a busy machine a process waits longer for its turn, at most this long.
const BUSY: Duration = Duration::from_secs(60);

pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) parent: i32,
    pub(crate) session: i32,
    /// In ticks since the machine was started.
    begun: u64,
    /// Of the processor, in ticks.
    used: u64,
    /// Whether it waits for the processor or the disk alone.
    runs: bool,
}

impl Process {
    pub(crate) fn read(pid: i32) -> Option<Process> {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name before it may have anything in it.
        let fields: Vec<&str> = text.get(text.rfind(')')? + 1..)?.split_whitespace().collect();
        let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
        let id = |place: usize| i32::try_from(number(place)?).ok();
        let state = fields.first().filter(|state| **state != "Z")?;
        let (used, runs) = (number(11)? + number(12)?, ["R", "D"].contains(state));
        Some(Process { pid, parent: id(1)?, session: id(3)?, begun: number(19)?, used, runs })
    }

    /// Whether it may still do what takes so many ticks, after a wait of `waited` by `own`. One that has not had its turn of
    /// the processor may.
    pub(crate) fn may_still(&self, ticks: u64, own: &Process, waited: Duration) -> bool {
        let young = self.begun + ticks >= own.begun && self.used < ticks / 2;
        young && (waited.as_secs() * SECOND < ticks || self.runs && waited < BUSY)
    }

    /// Its program and arguments.
    pub(crate) fn program(&self) -> Option<(PathBuf, Vec<u8>)> {
        Some((std::fs::read_link(format!("/proc/{}/exe", self.pid)).ok()?, read(self.pid, "cmdline")?))
    }
}

pub(crate) fn read(pid: i32, name: &str) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/{name}")).ok()
}

/// Whether a process is `desk emulator`; `None` if that cannot be seen.
pub(crate) fn is_emulator(pid: i32) -> Option<bool> {
    let arguments = read(pid, "cmdline")?;
    // Behind the program, and perhaps another that began it (`timeout 60 desk emulator`).
    Some(arguments.split(|byte| *byte == 0).take(4).skip(1).any(|argument| argument == b"emulator"))
}
