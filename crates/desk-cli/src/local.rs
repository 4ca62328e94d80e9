//! The emulator that this user runs by `desk emulator`: `desk` finds it when nothing else is configured.
//!
//! Invariant: it is used only while its process lives, only at an address of this machine, and only from a file of this user
//! that nobody else can read.

#[cfg(feature = "emulator")]
use std::io::Write;
use std::path::{Path, PathBuf};

#[cfg(feature = "emulator")]
use rustix::process::getpid;
use rustix::process::{Pid, geteuid, test_kill_process};
use serde_json::Value;
#[cfg(feature = "emulator")]
use serde_json::json;
use zeroize::Zeroizing;

use crate::credentials;

/// An emulator that runs.
pub(crate) struct Local {
    pub(crate) base_url: String,
    pub(crate) token: Zeroizing<String>,
}

fn path() -> PathBuf {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute());
    match own {
        Some(dir) => dir.join("desk-emulator.json"),
        None => std::env::temp_dir().join(format!("desk-emulator-{}.json", geteuid().as_raw())),
    }
}

/// The emulator that was started last of those that still run.
pub(crate) fn running() -> Option<Local> {
    let note = living(noted(&path())?)?;
    let text = |name: &str| note.get(name)?.as_str().map(str::to_owned);
    let base_url = text("base_url").filter(|url| url.starts_with("http://127.0.0.1:"))?;
    Some(Local { base_url, token: Zeroizing::new(text("token")?) })
}

fn noted(path: &Path) -> Option<Value> {
    serde_json::from_str(&credentials::read(path).ok()??).ok()
}

/// A note, or the first of those it has from before, whose process lives.
fn living(mut note: Value) -> Option<Value> {
    loop {
        let pid = i32::try_from(note.get("pid")?.as_i64()?).ok().and_then(Pid::from_raw)?;
        if test_kill_process(pid).is_ok() {
            return Some(note);
        }
        note = note.get_mut("before")?.take();
    }
}

/// Tells of this process's emulator until it is dropped.
#[cfg(feature = "emulator")]
pub(crate) struct Notice(PathBuf);

#[cfg(feature = "emulator")]
impl Notice {
    /// `ready` is what the emulator says of itself.
    pub(crate) fn post(ready: &Value) -> std::io::Result<Notice> {
        let (path, pid) = (path(), getpid().as_raw_nonzero().get());
        let before = noted(&path).and_then(living);
        let (base_url, token) = (ready.get("base_url"), ready.get("token"));
        let note = json!({ "pid": pid, "base_url": base_url, "token": token, "before": before });
        write(&path, &note.to_string()).map(|()| Notice(path))
    }
}

/// In one step, so that nobody reads half of it.
#[cfg(feature = "emulator")]
fn write(path: &Path, note: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let new = path.with_extension(getpid().as_raw_nonzero().to_string());
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new);
    let written = file.and_then(|mut file| file.write_all(note.as_bytes()));
    let posted = written.and_then(|()| std::fs::rename(&new, path));
    if posted.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    posted
}

#[cfg(feature = "emulator")]
impl Drop for Notice {
    fn drop(&mut self) {
        // A younger emulator's notice is its own, and has this one in it.
        let own = |note: &Value| note.get("pid") == Some(&json!(getpid().as_raw_nonzero().get()));
        if let Some(mut note) = noted(&self.0).filter(own) {
            let before = note.get_mut("before").map(Value::take).and_then(living);
            let left = before.map(|before| write(&self.0, &before.to_string()));
            if !matches!(left, Some(Ok(()))) {
                let _ = std::fs::remove_file(&self.0);
            }
        }
    }
}
