//! Name look-ups: `getaddrinfo` on threads of this crate, at most one at a time for each host.
//!
//! hyper-util's own resolver uses tokio's blocking pool, which panics if the system has no thread
//! left. This resolver returns a connection error if it cannot start a thread. Calls and clients
//! that need the same host share one look-up. A look-up that hangs keeps its one thread, even after
//! the calls that wait for it have ended. Results are not cached.

use std::error::Error as StdError;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::{Mutex, OnceLock};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fmt, io, process, vec};

use hyper_util::client::legacy::connect::dns::Name;
use tokio::runtime::{Handle, Id};
use tokio::sync::watch;
use tower_service::Service;

use crate::error::BoxError;
use crate::lock::lock_ignoring_poison;

/// Name of the look-up threads.
const THREAD: &str = "desk-dns";
/// Polling interval of [`join`].
const TICK: Duration = Duration::from_millis(1);

/// Result of a look-up; `None` until the look-up ends.
type Addresses = Option<Result<Vec<SocketAddr>, io::Error>>;

/// The resolver of a connector.
#[derive(Clone)]
pub(crate) struct Resolver;

/// A look-up whose thread is not joined yet.
struct Lookup {
    host: Box<str>,
    addresses: watch::Receiver<Addresses>,
    thread: JoinHandle<()>,
    /// The runtimes whose calls requested the look-up.
    runtimes: Vec<Id>,
}

/// The look-ups of one process. A forked child has none of its parent's threads and may inherit a
/// locked mutex, so it uses a table of its own.
struct Table {
    process: u32,
    lookups: Mutex<Vec<Lookup>>,
    child: OnceLock<Box<Table>>,
}

fn table() -> &'static Table {
    static FIRST: OnceLock<Box<Table>> = OnceLock::new();
    let process = process::id();
    let mut table = &FIRST;
    loop {
        let own = || Box::new(Table { process, lookups: Mutex::default(), child: OnceLock::new() });
        let found = table.get_or_init(own);
        if found.process == process {
            return found;
        }
        table = &found.child;
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<vec::IntoIter<SocketAddr>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let addresses = subscribe(name.as_str(), |host| (host, 0).to_socket_addrs());
        Box::pin(async move {
            let mut addresses = addresses?;
            // The sender is dropped without a result only if the look-up panicked.
            let ended = addresses.wait_for(Option::is_some).await?;
            match &*ended {
                Some(Ok(addresses)) => Ok(addresses.clone().into_iter()),
                Some(Err(error)) => Err(copy(error).into()),
                None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
            }
        })
    }
}

/// Subscribes to the look-up of `host` in flight, or starts one that calls `find`.
fn subscribe<A: Iterator<Item = SocketAddr>>(
    host: &str,
    find: impl FnOnce(&str) -> io::Result<A> + Send + 'static,
) -> Result<watch::Receiver<Addresses>, NoThread> {
    let runtime = Handle::try_current().ok().map(|handle| handle.id());
    let mut lookups = lock_ignoring_poison(&table().lookups);
    reap(&mut lookups, |_| true);
    let in_flight = lookups.iter_mut().find(|lookup| &*lookup.host == host && lookup.addresses.borrow().is_none());
    if let Some(lookup) = in_flight {
        lookup.runtimes.extend(runtime.filter(|runtime| !lookup.runtimes.contains(runtime)));
        return Ok(lookup.addresses.clone());
    }
    let (sender, addresses) = watch::channel(None);
    let name: Box<str> = host.into();
    let work = move || drop(sender.send(Some(find(&name).map(Iterator::collect))));
    let thread = unsignalled(|| thread::Builder::new().name(THREAD.to_owned()).spawn(work)).map_err(NoThread)?;
    let runtimes = runtime.into_iter().collect();
    lookups.push(Lookup { host: host.into(), addresses: addresses.clone(), thread, runtimes });
    Ok(addresses)
}

/// Waits, at most `at_most`, until the look-ups that calls on this runtime requested have ended and
/// their threads are joined.
pub fn join(runtime: Id, at_most: Duration) {
    let start = Instant::now();
    loop {
        let mut lookups = lock_ignoring_poison(&table().lookups);
        reap(&mut lookups, |lookup| lookup.runtimes.contains(&runtime));
        if start.elapsed() >= at_most {
            lookups.iter_mut().for_each(|lookup| lookup.runtimes.retain(|own| *own != runtime));
        }
        if !lookups.iter().any(|lookup| lookup.runtimes.contains(&runtime)) {
            return;
        }
        drop(lookups);
        thread::sleep(TICK);
    }
}

/// Joins the threads of the `wanted` look-ups that have ended.
fn reap(lookups: &mut Vec<Lookup>, wanted: impl Fn(&Lookup) -> bool) {
    for lookup in lookups.extract_if(.., |lookup| lookup.thread.is_finished() && wanted(lookup)) {
        drop(lookup.thread.join());
    }
}

/// A copy of an I/O error.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// Runs `start` with the host's signals blocked, so that the thread that it starts inherits the
/// mask. Signals that a thread raises itself, such as SIGSEGV, stay unblocked, because the kernel
/// kills a process that blocks them.
#[cfg(unix)]
fn unsignalled<T>(start: impl FnOnce() -> T) -> T {
    use nix::sys::signal::{SigSet, SigmaskHow, Signal};

    let mut blocked = SigSet::all();
    for own in [
        Signal::SIGSEGV,
        Signal::SIGBUS,
        Signal::SIGFPE,
        Signal::SIGILL,
        Signal::SIGABRT,
        Signal::SIGTRAP,
        Signal::SIGSYS,
    ] {
        blocked.remove(own);
    }
    let before = blocked.thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let started = start();
    if let Ok(before) = before {
        let _ = before.thread_set_mask();
    }
    started
}

#[cfg(not(unix))]
fn unsignalled<T>(start: impl FnOnce() -> T) -> T {
    start()
}

/// Error of a system that cannot start a thread for a look-up.
#[derive(Debug)]
struct NoThread(io::Error);

impl fmt::Display for NoThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no thread can be started to look up the host name")
    }
}

impl StdError for NoThread {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use std::net::SocketAddr;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use tokio::runtime::{Builder, Runtime};

    use super::{join, subscribe};

    fn runtime() -> Runtime {
        Builder::new_current_thread().build().expect("a runtime")
    }

    #[test]
    fn calls_of_all_runtimes_share_a_look_up() {
        let (first, second, other) = (runtime(), runtime(), runtime());
        let (release, released) = mpsc::channel::<()>();
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let asked = first.enter();
        let mut one = subscribe("shared.test", move |_| {
            released.recv().ok();
            Ok([address].into_iter())
        })
        .expect("a thread");
        drop(asked);
        let asked = second.enter();
        let mut two = subscribe("shared.test", |_| Ok([].into_iter())).expect("the same thread");
        drop(asked);
        // `join` does not wait for look-ups of other runtimes, and waits for its own no longer than
        // its limit.
        let start = Instant::now();
        join(other.handle().id(), Duration::from_secs(600));
        join(second.handle().id(), Duration::from_millis(20));
        assert!(start.elapsed() >= Duration::from_millis(20) && one.borrow().is_none());
        release.send(()).expect("the look-up waits");
        for addresses in [&mut one, &mut two] {
            let ended = first.block_on(addresses.wait_for(Option::is_some)).expect("an answer");
            assert!(matches!(&*ended, Some(Ok(found)) if *found == [address]));
        }
        join(first.handle().id(), Duration::from_secs(600));
        // The result is not cached.
        let mut again = subscribe("shared.test", |_| Ok([].into_iter())).expect("a thread");
        let ended = first.block_on(again.wait_for(Option::is_some)).expect("an answer");
        assert!(matches!(&*ended, Some(Ok(found)) if found.is_empty()));
    }
}
