//! Processes of this machine, as far as `/proc` shows them: whether one is about to become an emulator.
//!
//! A shell that is told `desk emulator & desk export` may run the second command before the first has executed an instruction:
//! then there is only a copy of the shell. Where `/proc` is missing, no process is seen and `desk` waits for none.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{files, local};

/// Ticks of a second, in which `/proc` tells times.
const SECOND: u64 = 100;
/// In this time an emulator that was executed says that it is starting, which is its first act.
const POSTS: u64 = 10 * SECOND;
/// In this time a copy of a shell becomes another program, or is no command.
const BECOMES: u64 = 5 * SECOND;
/// On a busy machine a process waits longer for its turn, at most this long.
const BUSY: Duration = Duration::from_secs(60);

struct Process {
    pid: i32,
    parent: i32,
    session: i32,
    /// In ticks since the machine was started.
    begun: u64,
    /// Of the processor, in ticks.
    used: u64,
    /// Whether it waits for the processor or the disk alone.
    runs: bool,
}

impl Process {
    fn of(pid: i32) -> Option<Process> {
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
    fn may_still(&self, ticks: u64, own: &Process, waited: Duration) -> bool {
        let young = self.begun + ticks >= own.begun && self.used < ticks / 2;
        young && (waited.as_secs() * SECOND < ticks || self.runs && waited < BUSY)
    }

    /// Its program and arguments.
    fn program(&self) -> Option<(PathBuf, Vec<u8>)> {
        Some((std::fs::read_link(format!("/proc/{}/exe", self.pid)).ok()?, read(self.pid, "cmdline")?))
    }
}

fn read(pid: i32, name: &str) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/{name}")).ok()
}

/// Whether a process is `desk emulator`; `None` if that cannot be seen.
pub(crate) fn is_emulator(pid: i32) -> Option<bool> {
    let arguments = read(pid, "cmdline")?;
    // Behind the program, and perhaps another that began it (`timeout 60 desk emulator`).
    Some(arguments.split(|byte| *byte == 0).take(4).skip(1).any(|argument| argument == b"emulator"))
}

/// Whether a process will post the notice at `path`, after a wait of `waited`: an emulator that is starting, or a copy of a
/// shell that may become one.
pub(crate) fn emulator_comes(path: &Path, waited: Duration) -> bool {
    let Some(own) = i32::try_from(std::process::id()).ok().and_then(Process::of) else { return false };
    let names = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.file_name());
    let pids = names.filter_map(|name| name.to_str()?.parse().ok());
    let all: Vec<Process> = pids.filter_map(Process::of).filter(|process| process.pid != own.pid).collect();
    let starts = |process: &Process| {
        process.may_still(POSTS, &own, waited) && is_emulator(process.pid) == Some(true) && posts(process.pid, path)
    };
    // Above this process, within its session.
    let mut above: Vec<&Process> = Vec::new();
    let mut parent = own.parent;
    while let Some(next) = all.iter().find(|process| process.pid == parent && process.session == own.session) {
        above.push(next);
        parent = next.parent;
    }
    let shells: Vec<_> = above.iter().filter_map(|process| process.program()).collect();
    let parents: HashSet<i32> = all.iter().map(|process| process.parent).collect();
    let may_start = |process: &Process| {
        let recent = process.session == own.session && process.may_still(BECOMES, &own, waited);
        // A process with children runs commands of its own.
        let alone = !parents.contains(&process.pid) && above.iter().all(|shell| shell.pid != process.pid);
        // A shell may have become this process itself.
        let is_copy = || process.program().is_some_and(|program| shells.contains(&program));
        recent && alone && (process.parent == own.pid || is_copy())
    };
    files::parent(path).is_dir() && all.iter().any(|process| starts(process) || may_start(process))
}

/// Whether a process has its notice at `path`, by its variables.
fn posts(pid: i32, path: &Path) -> bool {
    let Some(variables) = read(pid, "environ") else { return false };
    let value = |name: &str| {
        let mut all = variables.split(|byte| *byte == 0);
        let value = all.find_map(|variable| variable.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
        Some(PathBuf::from(std::ffi::OsStr::from_bytes(value)))
    };
    local::path_by(value) == path
}
