//! The emulator that this user runs by `desk emulator`: `desk` finds it when nothing else is configured.
//!
//! Each emulator has an entry in a notice: at once, that it is starting, and its address once it answers. Invariant: an entry
//! is used only while its process lives, only with an address of this machine, and only from a file of this user that no other
//! user can read.

#[cfg(feature = "emulator")]
use std::fs::File;
#[cfg(feature = "emulator")]
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[cfg(feature = "emulator")]
use rustix::process::getpid;
use rustix::process::{Pid, geteuid, test_kill_process};
use serde_json::Value;
#[cfg(feature = "emulator")]
use serde_json::json;
use zeroize::Zeroizing;

use crate::credentials;
use crate::error::{Error, Exit, Result};
use crate::output::message;
use crate::processes;

/// An emulator that has said that it is starting is waited for so long.
const START: Duration = Duration::from_secs(120);
/// Between two looks at the notice.
const STEP: Duration = Duration::from_millis(20);
/// A wait that is longer is told.
const SILENT: Duration = Duration::from_secs(1);

/// An emulator that runs.
pub(crate) struct Local {
    pub(crate) base_url: String,
    pub(crate) token: Zeroizing<String>,
}

fn path() -> PathBuf {
    path_by(|name| std::env::var_os(name).map(PathBuf::from))
}

/// Where the notice is for a process with such variables.
pub(crate) fn path_by(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    match variable("XDG_RUNTIME_DIR").filter(|dir| dir.is_absolute()) {
        Some(dir) => dir.join("desk-emulator.json"),
        None => {
            let temporary = variable("TMPDIR").unwrap_or_else(|| "/tmp".into());
            temporary.join(format!("desk-emulator-{}.json", geteuid().as_raw()))
        }
    }
}

/// The emulator that was started last of those that still run. Waits for one that is starting.
pub(crate) fn running() -> Result<Option<Local>> {
    let (path, begun) = (path(), Instant::now());
    let mut told = false;
    loop {
        let Ok(entries) = noted(&path) else { return Ok(None) };
        let Some(entry) = entries.into_iter().find(is_alive) else {
            // Processes first: the notice that one posts after this look is read below.
            let coming = processes::emulator_comes(&path, begun.elapsed());
            match noted(&path) {
                Ok(entries) if coming || entries.iter().any(is_alive) => std::thread::sleep(STEP),
                _ => return Ok(None),
            }
            continue;
        };
        if let Some(local) = Local::of(&entry) {
            return Ok(Some(local));
        }
        if entry.get("base_url").is_some_and(|url| !url.is_null()) {
            return Ok(None);
        }
        let pid = entry.get("pid").and_then(Value::as_i64).unwrap_or_default();
        if begun.elapsed() > START {
            let problem = format!("the emulator of process {pid} is still starting");
            return Err(Error::new(Exit::TryLater, "busy", problem)
                .unsent()
                .hint(format!("type it again, or end it: `kill {pid}`")));
        }
        if begun.elapsed() > SILENT && !std::mem::replace(&mut told, true) {
            message(&format!("waiting for the emulator of process {pid}, which is starting"));
        }
        std::thread::sleep(STEP);
    }
}

impl Local {
    /// Of an entry, once it has an address.
    fn of(entry: &Value) -> Option<Local> {
        let text = |name: &str| entry.get(name)?.as_str().map(str::to_owned);
        let base_url = text("base_url").filter(|url| url.starts_with("http://127.0.0.1:"))?;
        Some(Local { base_url, token: Zeroizing::new(text("token")?) })
    }
}

/// The entries of a notice, the youngest first; each has the one before it inside. An error if it is not to be trusted.
fn noted(path: &Path) -> Result<Vec<Value>> {
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
fn is_alive(entry: &Value) -> bool {
    let pid = entry.get("pid").and_then(Value::as_i64).and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    pid.is_some_and(|pid| {
        // Its number may have become another's.
        test_kill_process(pid).is_ok() && processes::is_emulator(pid.as_raw_nonzero().get()).unwrap_or(true)
    })
}

/// Tells of this process's emulator until it is dropped.
#[cfg(feature = "emulator")]
pub(crate) struct Notice(PathBuf);

#[cfg(feature = "emulator")]
impl Notice {
    /// Says that it is starting.
    pub(crate) fn starting() -> std::io::Result<Notice> {
        let notice = Notice(path());
        edit(&notice.0, |entries| entries.insert(0, json!({ "pid": own(), "base_url": null, "token": null })))?;
        Ok(notice)
    }

    /// `ready` is what the emulator says of itself.
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
        // An entry that stays is of a process that is gone.
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

/// Changes the entries of processes that live.
#[cfg(feature = "emulator")]
fn edit(path: &Path, change: impl FnOnce(&mut Vec<Value>)) -> std::io::Result<()> {
    // Of two emulators that begin at once neither loses the other's entry; one that waits for ever would not begin.
    let dir = File::open(crate::files::parent(path))?;
    for _ in 0..100 {
        match dir.try_lock() {
            Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            _ => break,
        }
    }
    let mut entries = noted(path).unwrap_or_default();
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

/// In one step, so that nobody reads half of it.
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
