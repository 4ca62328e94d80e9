//! A file descriptor that is readable while an item is ready: an eventfd on Linux, a pipe on other
//! systems.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::sync::Signal;

#[cfg(target_os = "linux")]
pub(crate) type ReadyFd = EventFd;
#[cfg(not(target_os = "linux"))]
pub(crate) type ReadyFd = Pipe;

/// The file descriptor that C polls.
pub(crate) trait Pollable: Signal + Sized {
    fn new() -> io::Result<Self>;
    fn fd(&self) -> RawFd;
}

#[cfg(target_os = "linux")]
pub(crate) struct EventFd(OwnedFd);

#[cfg(target_os = "linux")]
impl Pollable for EventFd {
    fn new() -> io::Result<EventFd> {
        // SAFETY: it takes numbers and gives a new descriptor or -1.
        owned(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) }).map(EventFd)
    }

    fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

#[cfg(target_os = "linux")]
impl Signal for EventFd {
    fn raise(&self) {
        write(&self.0, &1_u64.to_ne_bytes());
    }

    fn lower(&self) {
        read::<8>(&self.0);
    }
}

/// A pipe that holds a byte while the signal is up.
#[cfg(any(test, not(target_os = "linux")))]
pub(crate) struct Pipe {
    reader: OwnedFd,
    writer: OwnedFd,
}

#[cfg(any(test, not(target_os = "linux")))]
impl Pollable for Pipe {
    fn new() -> io::Result<Pipe> {
        let (reader, writer) = io::pipe()?;
        let (reader, writer) = (OwnedFd::from(reader), OwnedFd::from(writer));
        for fd in [&reader, &writer] {
            // SAFETY: the descriptor is open; the call only changes its flags.
            if unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) } == -1 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(Pipe { reader, writer })
    }

    fn fd(&self) -> RawFd {
        self.reader.as_raw_fd()
    }
}

#[cfg(any(test, not(target_os = "linux")))]
impl Signal for Pipe {
    fn raise(&self) {
        write(&self.writer, &[1]);
    }

    fn lower(&self) {
        read::<1>(&self.reader);
    }
}

fn owned(fd: RawFd) -> io::Result<OwnedFd> {
    if fd == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new, so that nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Writes to the descriptor, which has room because the signal is down. Repeats the write if a
/// signal handler of the host interrupts it.
fn write(fd: &OwnedFd, bytes: &[u8]) {
    // SAFETY: the descriptor is open and the bytes are there.
    while unsafe { libc::write(fd.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) } == -1 && interrupted() {}
}

fn read<const N: usize>(fd: &OwnedFd) {
    let mut bytes = [0_u8; N];
    // SAFETY: the descriptor is open and there is room for the bytes.
    while unsafe { libc::read(fd.as_raw_fd(), bytes.as_mut_ptr().cast(), N) } == -1 && interrupted() {}
}

fn interrupted() -> bool {
    io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod tests {
    use super::{Pipe, Pollable, ReadyFd};
    use crate::sync::Fifo;

    fn readable(fd: i32) -> bool {
        let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        // SAFETY: one descriptor is there.
        unsafe { libc::poll(&mut poll, 1, 0) == 1 }
    }

    fn follows_the_line<S: Pollable>() {
        let signal = S::new().unwrap_or_else(|error| panic!("no descriptor: {error}"));
        let line = Fifo::new(signal);
        let fd = line.signal().fd();
        for _ in 0..3 {
            assert!(!readable(fd));
            assert_eq!((line.push(1), line.push(2)), (Ok(()), Ok(())));
            assert!(readable(fd));
            assert_eq!(line.next(None), Some(1));
            assert!(readable(fd));
            assert_eq!(line.next(None), Some(2));
        }
        line.close();
        assert!(!readable(fd));
        assert_eq!(line.push(3), Err(3));
    }

    #[test]
    fn the_descriptor_is_readable_while_something_is_in_line() {
        follows_the_line::<ReadyFd>();
        follows_the_line::<Pipe>();
    }
}
