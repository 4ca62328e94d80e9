//! The emulator of this user: `desk` uses it when neither an address nor a token is configured.

use std::time::{Duration, Instant};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::{Error, Exit, Result};
use crate::notice;
use crate::output::message;
use crate::starting;

/// The maximum wait for an emulator that is starting.
const START: Duration = Duration::from_secs(120);
/// The interval between two reads of the notice.
const STEP: Duration = Duration::from_millis(20);
/// A longer wait is announced.
const SILENT: Duration = Duration::from_secs(1);

/// A running emulator.
pub(crate) struct Local {
    pub(crate) base_url: String,
    pub(crate) token: Zeroizing<String>,
}

/// The running emulator that was started last. Waits for one that is starting.
pub(crate) fn running() -> Result<Option<Local>> {
    let (path, begun) = (notice::path(), Instant::now());
    let mut announced = false;
    loop {
        let Ok(entries) = notice::entries(&path) else { return Ok(None) };
        let Some(entry) = entries.into_iter().find(notice::is_alive) else {
            // Processes first: a notice that is posted after this line is read below.
            let coming = starting::is_emulator_coming(&path, begun.elapsed());
            match notice::entries(&path) {
                Ok(entries) if coming || entries.iter().any(notice::is_alive) => std::thread::sleep(STEP),
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
                .hint(format!("run the command again, or run `kill {pid}`")));
        }
        if begun.elapsed() > SILENT && !std::mem::replace(&mut announced, true) {
            message(&format!("waiting for the emulator of process {pid}, which is starting"));
        }
        std::thread::sleep(STEP);
    }
}

impl Local {
    /// The emulator of an entry that has an address.
    fn of(entry: &Value) -> Option<Local> {
        let text = |name: &str| entry.get(name)?.as_str().map(str::to_owned);
        let base_url = text("base_url").filter(|url| url.starts_with("http://127.0.0.1:"))?;
        Some(Local { base_url, token: Zeroizing::new(text("token")?) })
    }
}
