//! Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::Exit;

/// Calls `orderly` at the first signal, ends the program at the second. Within a runtime.
pub(crate) fn on_first(orderly: impl FnOnce() + Send + 'static) {
    let both = signal(SignalKind::interrupt()).and_then(|first| Ok((first, signal(SignalKind::terminate())?)));
    // Without handlers a signal ends the program as it would any other.
    let Ok((mut interrupt, mut terminate)) = both else { return };
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        orderly();
        either(&mut interrupt, &mut terminate).await;
        std::process::exit(i32::from(Exit::Interrupted as u8));
    });
}

async fn either(first: &mut Signal, second: &mut Signal) {
    tokio::select! {
        _ = first.recv() => {}
        _ = second.recv() => {}
    }
}
