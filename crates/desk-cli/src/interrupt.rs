//! Ctrl-C, SIGTERM and a terminal that hangs up: the first asks for an orderly end, the second ends at once.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Error, Exit};
use crate::output::message;

/// Signals that end the program at once when they come a second time.
const ENDS: usize = 2;

/// Calls `orderly` at the first signal, ends the program at the second, and says so by `last`. Within a runtime.
pub(crate) fn on_first(
    json: bool,
    orderly: impl FnOnce() + Send + 'static,
    last: impl FnOnce() -> Error + Send + 'static,
) {
    // Without handlers a signal ends the program as it would any other.
    let Ok(mut signals) = signals() else { return };
    tokio::spawn(async move {
        any(&mut signals).await;
        orderly();
        // A hangup may come twice, from the terminal and from its shell.
        signals.truncate(ENDS);
        any(&mut signals).await;
        message(&last().render(json));
        std::process::exit(i32::from(Exit::Interrupted as u8));
    });
}

fn signals() -> io::Result<Vec<Signal>> {
    // With a handler, a file that is too large is an error of the write.
    let _ = signal(SignalKind::from_raw(Number::XFSZ.as_raw()))?;
    let mut signals = vec![signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    if !is_ignored(Number::HUP) {
        signals.push(signal(SignalKind::hangup())?);
    }
    Ok(signals)
}

/// Whether whoever began the program has a signal ignored, as `nohup` has hangups.
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
