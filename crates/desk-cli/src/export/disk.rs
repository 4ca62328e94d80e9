//! The bytes of a part on their way to the disk: [`Disk`].
//!
//! Whole sectors go past the system's page cache, where the file system lets them: to pass through it costs several times the CPU, and
//! pushes out what others need. Invariant: what was given is in the file in order, or an error was told; it is durable once
//! [`Disk::finish`] has ended. What the file is called is not known here.

use std::fs::File;
use std::io::{self, ErrorKind, Write};

use blake3::Hasher;

/// Bytes that are written at once: a disk is as busy with a few as with many. Tests have parts of many blocks, though small ones.
pub(super) const BLOCK: usize = if cfg!(debug_assertions) { 1 << 16 } else { 1 << 20 };
/// Bytes that are hashed at once, while they are near: many of BLAKE3's chunks, side by side.
pub(super) const STEP: usize = 1 << 16;
/// What a block's place in memory and in the file is a multiple of, bytes: hardly a disk has larger sectors.
const SECTOR: usize = 4096;

/// A file that is appended to.
pub(super) struct Disk {
    file: File,
    /// Behind `start` what is not written yet: at most a block, hashed up to `hashed`.
    held: Vec<u8>,
    start: usize,
    hashed: usize,
    /// The file system did not let a block pass the page cache by.
    refused: bool,
    digest: Hasher,
    bytes: u64,
}

impl Disk {
    pub(super) fn new(file: File) -> Disk {
        // There is room for all that is ever held, so that it never moves.
        let mut held: Vec<u8> = Vec::with_capacity(SECTOR + BLOCK);
        let start = held.as_ptr().align_offset(SECTOR).min(SECTOR);
        held.resize(start, 0);
        Disk { file, held, start, hashed: start, refused: false, digest: Hasher::new(), bytes: 0 }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// How many bytes it was given.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The hash of all of them, at the end.
    pub(super) fn blake3(&self) -> String {
        self.digest.finalize().to_hex().to_string()
    }

    pub(super) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = self.start + BLOCK - self.held.len();
            let (now, later) = bytes.split_at(bytes.len().min(room));
            self.held.extend_from_slice(now);
            self.hash(STEP);
            if now.len() == room {
                self.write(BLOCK)?;
            }
            bytes = later;
        }
        Ok(())
    }

    /// Writes what is left, which is no whole block, and makes all durable.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.hash(1);
        self.write((self.held.len() - self.start) / SECTOR * SECTOR)?;
        // Its memory is wanted: a part ends while the next one is written.
        (self.held, self.start, self.hashed) = (Vec::new(), 0, 0);
        self.file.sync_all()
    }

    /// Hashes what is new, in multiples of `step`.
    fn hash(&mut self, step: usize) {
        let new = self.held.get(self.hashed..).unwrap_or_default();
        let new = new.get(..new.len() / step * step).unwrap_or_default();
        self.digest.update(new);
        self.hashed += new.len();
    }

    /// Writes all that is held, its first bytes, so many whole sectors, past the cache. After an error it is not to be called again: some
    /// of it may be in the file.
    fn write(&mut self, sectors: usize) -> io::Result<()> {
        let (sectors, rest) = self.held.get(self.start..).unwrap_or_default().split_at(sectors);
        write(&self.file, sectors, &mut self.refused)?;
        // No whole sector.
        write(&self.file, rest, &mut true)?;
        self.held.truncate(self.start);
        self.hashed = self.start;
        Ok(())
    }
}

/// Writes bytes, past the cache unless that was refused.
fn write(mut file: &File, mut bytes: &[u8], refused: &mut bool) -> io::Result<()> {
    let mut direct = !bytes.is_empty() && pass_cache(file, !*refused);
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // The disk wants other multiples; or the file ends elsewhere, because something else has changed it, or at its limit.
            Err(error) if error.kind() == ErrorKind::InvalidInput && direct => {
                *refused = true;
                direct = pass_cache(file, false);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Says whether what is written next is to pass the page cache by; gives whether it will.
#[cfg(target_os = "linux")]
fn pass_cache(file: &File, wanted: bool) -> bool {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let set = |flags: OFlags| {
        let new = if wanted { flags | OFlags::DIRECT } else { flags - OFlags::DIRECT };
        if new == flags { Ok(()) } else { fcntl_setfl(file, new) }
    };
    fcntl_getfl(file).and_then(set).is_ok() && wanted
}

#[cfg(not(target_os = "linux"))]
fn pass_cache(_: &File, _: bool) -> bool {
    false
}

#[cfg(test)]
#[path = "disk_tests.rs"]
mod tests;
