//! Whether an emulator is about to start.
//!
//! A shell that runs `desk emulator & desk export` may start the second command before the first
//! has executed an instruction: `/proc` then shows only a copy of the shell. Without `/proc` no
//! process is seen, and `desk` waits for none.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::processes::{Process, SECOND, is_emulator, read};
use crate::{files, notice};

/// Posting the notice is an emulator's first act: it takes at most this long after the program is
/// executed.
const POSTS: u64 = 10 * SECOND;
/// A copy of a shell becomes another program within this time, or is no command.
const BECOMES: u64 = 5 * SECOND;
/// While a process executes a program, `/proc` shows no arguments of it: for some µs, or longer on a busy machine.
const EXECUTES: Duration = Duration::from_millis(20);

/// Whether a process will post the notice at `path`, after a wait of `waited`: an emulator that is
/// starting, or a copy of a shell that may become one.
pub(crate) fn is_emulator_coming(path: &Path, waited: Duration) -> bool {
    is_seen(path, waited) || {
        // A look while the shell's copy becomes the emulator sees neither.
        std::thread::sleep(EXECUTES);
        is_seen(path, waited)
    }
}

fn is_seen(path: &Path, waited: Duration) -> bool {
    let Some(own) = i32::try_from(std::process::id()).ok().and_then(Process::read) else { return false };
    let names = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.file_name());
    let pids = names.filter_map(|name| name.to_str()?.parse().ok());
    let all: Vec<Process> = pids.filter_map(Process::read).filter(|process| process.pid != own.pid).collect();
    let starts = |process: &Process| {
        process.may_still(POSTS, &own, waited) && is_emulator(process.pid) == Some(true) && posts(process.pid, path)
    };
    // The ancestors of this process within its session.
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
        // A shell may have executed this program in its own process.
        let is_copy = || process.program().is_some_and(|program| shells.contains(&program));
        recent && alone && (process.parent == own.pid || is_copy())
    };
    files::parent(path).is_dir() && all.iter().any(|process| starts(process) || may_start(process))
}

/// Whether a process posts its notice at `path`, by its variables.
fn posts(pid: i32, path: &Path) -> bool {
    let Some(variables) = read(pid, "environ") else { return false };
    let value = |name: &str| {
        let mut all = variables.split(|byte| *byte == 0);
        let value = all.find_map(|variable| variable.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
        Some(PathBuf::from(std::ffi::OsStr::from_bytes(value)))
    };
    notice::path_by(value) == path
}
