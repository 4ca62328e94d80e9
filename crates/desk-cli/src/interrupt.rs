//! Ctrl-C, SIGTERM and hangup: the first signal asks for an orderly end, the second ends the
//! program at once.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Error, Exit};
use crate::output::message;

/// The number of signals that end the program at once when they come a second time.
const ENDS: usize = 2;

/// Calls `orderly` at the first signal; at the second, prints `last` and ends the program. Needs a
/// runtime.
pub(crate) fn on_first(
    json: bool,
    orderly: impl FnOnce() + Send + 'static,
    last: impl FnOnce() -> Error + Send + 'static,
) {
    // Without handlers every signal ends the program.
    let Ok(mut signals) = signals() else { return };
    tokio::spawn(async move {
        any(&mut signals).await;
        orderly();
        // The terminal and its shell may both send a hangup.
        signals.truncate(ENDS);
        any(&mut signals).await;
        message(&last().render(json));
        std::process::exit(i32::from(Exit::Interrupted as u8));
    });
}

fn signals() -> io::Result<Vec<Signal>> {
    // With a handler, a write beyond the file size limit fails instead of killing the program.
    let _ = signal(SignalKind::from_raw(Number::XFSZ.as_raw()))?;
    let mut signals = vec![signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    if !is_ignored(Number::HUP) {
        signals.push(signal(SignalKind::hangup())?);
    }
    Ok(signals)
}

/// Whether the parent process has set a signal to be ignored, as `nohup` does with hangups.
fn is_ignored(number: Number) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask & 1 << (number.as_raw() - 1) != 0)
}

async fn any(signals: &mut [Signal]) {
    poll_fn(|context| match signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}
