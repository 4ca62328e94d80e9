//! Protects the host from SIGPIPE: its default action ends a C program, and the library writes to
//! sockets on the caller's thread.
//!
//! While the library runs on a thread, it blocks the signal there; before it restores the host's
//! mask, it consumes a SIGPIPE that was raised in the meantime. The library installs no handler,
//! and a SIGPIPE that was pending before stays pending.

use std::mem::MaybeUninit;
use std::ptr;

/// Blocks SIGPIPE on this thread until dropped.
pub(crate) struct Quiet {
    before: libc::sigset_t,
    pending: bool,
}

impl Quiet {
    pub(crate) fn start() -> Quiet {
        let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
        let pipe = only_sigpipe();
        // SAFETY: both sets are valid; blocking a valid signal cannot fail.
        let before = unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, &pipe, before.as_mut_ptr());
            before.assume_init()
        };
        // A SIGPIPE that was not blocked would have been delivered.
        // SAFETY: the set is valid.
        let pending = unsafe { libc::sigismember(&before, libc::SIGPIPE) } == 1 && is_pending();
        Quiet { before, pending }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if !self.pending && is_pending() {
            let mut taken = 0;
            // SAFETY: the signal is pending, so that the wait returns at once.
            unsafe { libc::sigwait(&only_sigpipe(), &mut taken) };
        }
        // SAFETY: `before` is what pthread_sigmask gave.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, ptr::null_mut()) };
    }
}

/// Runs `work` with the host's signals blocked; a thread that `work` starts inherits the mask.
/// Signals that a thread itself causes, such as SIGSEGV, stay as they are.
pub(crate) fn unsignalled<T>(work: impl FnOnce() -> T) -> T {
    let own = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGABRT, libc::SIGTRAP, libc::SIGSYS];
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: sigfillset makes the set valid; blocking valid signals cannot fail.
    let before = unsafe {
        libc::sigfillset(set.as_mut_ptr());
        for signal in own {
            libc::sigdelset(set.as_mut_ptr(), signal);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), before.as_mut_ptr());
        before.assume_init()
    };
    let result = work();
    // SAFETY: `before` is what pthread_sigmask gave.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &before, ptr::null_mut()) };
    result
}

fn only_sigpipe() -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: sigemptyset makes the set valid; SIGPIPE is a signal.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE);
        set.assume_init()
    }
}

fn is_pending() -> bool {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: sigpending fills the set.
    unsafe {
        libc::sigpending(set.as_mut_ptr());
        libc::sigismember(set.as_ptr(), libc::SIGPIPE) == 1
    }
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod tests {
    use std::io::Write as _;

    use super::{Quiet, is_pending};

    #[test]
    fn a_broken_pipe_is_an_error_and_nothing_more() {
        // SAFETY: as in a C program, where nothing has changed the default.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let (reader, mut writer) = std::io::pipe().unwrap_or_else(|error| panic!("no pipe: {error}"));
        drop(reader);
        for _ in 0..3 {
            let quiet = Quiet::start();
            assert!(writer.write(b"x").is_err());
            assert!(is_pending());
            drop(quiet);
            assert!(!is_pending());
        }
        let quiet = Quiet::start();
        drop(Quiet::start());
        assert!(!is_pending());
        drop(quiet);
    }
}
