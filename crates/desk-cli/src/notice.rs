//! The notice of emulators: where `desk emulator` posts its address and token for the commands of
//! the same user.
//!
//! Each emulator has one entry: first that it is starting, then its address. An entry must be
//! ignored unless its process lives, its address is one of this machine, and no other user can read
//! the file.

#[cfg(feature = "emulator")]
use std::fs::File;
#[cfg(feature = "emulator")]
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(feature = "emulator")]
use rustix::process::getpid;
use rustix::process::{Pid, geteuid, test_kill_process};
use serde_json::Value;
#[cfg(feature = "emulator")]
use serde_json::json;

use crate::credentials;
use crate::error::Result;
use crate::processes;

/// The path of the notice for this process.
pub(crate) fn path() -> PathBuf {
    path_by(|name| std::env::var_os(name).map(PathBuf::from))
}

/// The path of the notice for a process with these variables.
pub(crate) fn path_by(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    match variable("XDG_RUNTIME_DIR").filter(|dir| dir.is_absolute()) {
        Some(dir) => dir.join("desk-emulator.json"),
        None => {
            let temporary = variable("TMPDIR").unwrap_or_else(|| "/tmp".into());
            temporary.join(format!("desk-emulator-{}.json", geteuid().as_raw()))
        }
    }
}

/// The entries of a notice, the youngest first; each holds the next older one. An error if the file
/// cannot be trusted.
pub(crate) fn entries(path: &Path) -> Result<Vec<Value>> {
    let mut read = credentials::read(path);
    for _ in 0..5 {
        // An emulator may have replaced it while it was opened.
        if read.is_err() {
            std::thread::sleep(Duration::from_millis(2));
            read = credentials::read(path);
        }
    }
    let mut next = read?.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let mut entries = Vec::new();
    while let Some(mut entry) = next.filter(Value::is_object) {
        next = entry.as_object_mut().and_then(|entry| entry.remove("before"));
        entries.push(entry);
    }
    Ok(entries)
}

/// Whether the process of an entry runs an emulator.
pub(crate) fn is_alive(entry: &Value) -> bool {
    let pid = entry.get("pid").and_then(Value::as_i64).and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    pid.is_some_and(|pid| {
        // Another process may have the number now.
        test_kill_process(pid).is_ok() && processes::is_emulator(pid.as_raw_nonzero().get()).unwrap_or(true)
    })
}

/// The entry of this process's emulator; dropping it removes the entry.
#[cfg(feature = "emulator")]
pub(crate) struct Notice(PathBuf);

#[cfg(feature = "emulator")]
impl Notice {
    /// Posts that the emulator is starting.
    pub(crate) fn starting() -> std::io::Result<Notice> {
        let notice = Notice(path());
        edit(&notice.0, |entries| entries.insert(0, json!({ "pid": own(), "base_url": null, "token": null })))?;
        Ok(notice)
    }

    /// Posts the address and the token of `ready`, the emulator's own description.
    pub(crate) fn ready(&self, ready: &Value) -> std::io::Result<()> {
        let entry = json!({ "pid": own(), "base_url": ready.get("base_url"), "token": ready.get("token") });
        edit(&self.0, |entries| match entries.iter_mut().find(|entry| is_own(entry)) {
            Some(place) => *place = entry,
            None => entries.insert(0, entry),
        })
    }
}

#[cfg(feature = "emulator")]
impl Drop for Notice {
    fn drop(&mut self) {
        // An entry that stays belongs to a dead process, and readers ignore it.
        let _ = edit(&self.0, |entries| entries.retain(|entry| !is_own(entry)));
    }
}

#[cfg(feature = "emulator")]
fn own() -> i32 {
    getpid().as_raw_nonzero().get()
}

#[cfg(feature = "emulator")]
fn is_own(entry: &Value) -> bool {
    entry.get("pid") == Some(&json!(own()))
}

/// Changes the entries of live processes.
#[cfg(feature = "emulator")]
fn edit(path: &Path, change: impl FnOnce(&mut Vec<Value>)) -> std::io::Result<()> {
    // The lock keeps two emulators that start at once from losing an entry. The wait is limited, so
    // that the emulator starts in any case.
    let dir = File::open(crate::files::parent(path))?;
    for _ in 0..100 {
        match dir.try_lock() {
            Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            _ => break,
        }
    }
    let mut entries = entries(path).unwrap_or_default();
    entries.retain(is_alive);
    change(&mut entries);
    let nested = entries.into_iter().rev().reduce(|before, mut entry| {
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("before".to_owned(), before);
        }
        entry
    });
    match nested {
        Some(note) => write(path, &note.to_string()),
        None => std::fs::remove_file(path),
    }
}

/// Replaces the file in one step, so that readers never see a part of it.
#[cfg(feature = "emulator")]
fn write(path: &Path, note: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let new = path.with_extension(own().to_string());
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new);
    let written = file.and_then(|mut file| file.write_all(note.as_bytes()));
    let posted = written.and_then(|()| std::fs::rename(&new, path));
    if posted.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    posted
}
