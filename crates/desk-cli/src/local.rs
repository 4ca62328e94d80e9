//! The emulator that this user runs by `desk emulator`: `desk` finds it when nothing else is configured.
//!
//! Invariant: it is used only while its process lives, only at an address of this machine, and only from a file of this user
//! that nobody else can read.

#[cfg(feature = "emulator")]
use std::io::Write;
#[cfg(feature = "emulator")]
use std::path::Path;
use std::path::PathBuf;

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

/// The emulator that was started last, if it still runs.
pub(crate) fn running() -> Option<Local> {
    let note: Value = serde_json::from_str(&credentials::read(&path()).ok()??).ok()?;
    let text = |name: &str| note.get(name)?.as_str().map(str::to_owned);
    let pid = i32::try_from(note.get("pid")?.as_i64()?).ok().and_then(Pid::from_raw)?;
    let base_url = text("base_url").filter(|url| url.starts_with("http://127.0.0.1:"))?;
    test_kill_process(pid).ok()?;
    Some(Local { base_url, token: Zeroizing::new(text("token")?) })
}

/// Tells of this process's emulator until it is dropped, and then of the one before, if that still runs.
#[cfg(feature = "emulator")]
pub(crate) struct Notice {
    path: PathBuf,
    before: Option<String>,
}

#[cfg(feature = "emulator")]
impl Notice {
    /// `ready` is what the emulator says of itself.
    pub(crate) fn post(ready: &Value) -> std::io::Result<Notice> {
        let path = path();
        let before = running().and_then(|_| std::fs::read_to_string(&path).ok());
        let pid = getpid().as_raw_nonzero().get();
        let note = json!({ "pid": pid, "base_url": ready.get("base_url"), "token": ready.get("token") });
        write(&path, &note.to_string()).map(|()| Notice { path, before })
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
        // A younger emulator's notice is its own.
        let own = std::fs::read_to_string(&self.path).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        if own.is_some_and(|note| note.get("pid") == Some(&json!(getpid().as_raw_nonzero().get()))) {
            // One that has ended meanwhile is told apart by its process.
            let left = self.before.take().map(|before| write(&self.path, &before));
            if !matches!(left, Some(Ok(()))) {
                let _ = std::fs::remove_file(&self.path);
            }
        }
    }
}
