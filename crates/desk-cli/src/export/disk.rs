//! The bytes of a part: [`Disk`] writes them.
//!
//! Whole sectors are written with `O_DIRECT` if the file system allows it: the page cache would
//! cost several times the CPU, and evict the pages of other programs. The bytes are in the file in
//! order, or an error was returned; they are durable once [`Disk::finish`] has ended. This module
//! does not know the name of the file.

use std::fs::File;
use std::io::{self, ErrorKind, Write};

use blake3::Hasher;

/// The size of a write: a disk takes about the same time for a few bytes as for many. Tests use
/// small blocks, so that a part has many.
pub(super) const BLOCK: usize = if cfg!(debug_assertions) { 1 << 16 } else { 1 << 20 };
/// The number of bytes that are hashed at once, while they are in the CPU's cache: many of BLAKE3's
/// chunks in parallel.
pub(super) const STEP: usize = 1 << 16;
/// The alignment of a block in memory and in the file, in bytes: few disks have larger sectors.
const SECTOR: usize = 4096;

/// A file that is appended to.
pub(super) struct Disk {
    file: File,
    /// The bytes from `start` on are not written yet: at most a block, hashed up to `hashed`.
    held: Vec<u8>,
    start: usize,
    hashed: usize,
    /// The file system has refused `O_DIRECT`.
    refused: bool,
    digest: Hasher,
    bytes: u64,
}

impl Disk {
    pub(super) fn new(file: File) -> Disk {
        // The capacity is never exceeded, so that the buffer never moves.
        let mut held: Vec<u8> = Vec::with_capacity(SECTOR + BLOCK);
        let start = held.as_ptr().align_offset(SECTOR).min(SECTOR);
        held.resize(start, 0);
        Disk { file, held, start, hashed: start, refused: false, digest: Hasher::new(), bytes: 0 }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// The number of bytes so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The hash of all bytes.
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

    /// Writes the last bytes, less than a block, and makes the file durable.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.hash(1);
        self.write((self.held.len() - self.start) / SECTOR * SECTOR)?;
        // Frees the memory: a part ends while the next one is written.
        (self.held, self.start, self.hashed) = (Vec::new(), 0, 0);
        self.file.sync_all()
    }

    /// Hashes new bytes, in multiples of `step`.
    fn hash(&mut self, step: usize) {
        let new = self.held.get(self.hashed..).unwrap_or_default();
        let new = new.get(..new.len() / step * step).unwrap_or_default();
        self.digest.update(new);
        self.hashed += new.len();
    }

    /// Writes all held bytes, the first `sectors` bytes with `O_DIRECT`. Must not be called again
    /// after an error: some of the bytes may be in the file.
    fn write(&mut self, sectors: usize) -> io::Result<()> {
        let (sectors, rest) = self.held.get(self.start..).unwrap_or_default().split_at(sectors);
        write(&self.file, sectors, &mut self.refused)?;
        // The rest is less than a sector.
        write(&self.file, rest, &mut true)?;
        self.held.truncate(self.start);
        self.hashed = self.start;
        Ok(())
    }
}

/// Writes bytes, with `O_DIRECT` unless that was refused.
fn write(mut file: &File, mut bytes: &[u8], refused: &mut bool) -> io::Result<()> {
    let mut direct = !bytes.is_empty() && pass_cache(file, !*refused);
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // The disk needs another alignment; or another process has changed the size of the
            // file; or the file has reached its limit.
            Err(error) if error.kind() == ErrorKind::InvalidInput && direct => {
                *refused = true;
                direct = pass_cache(file, false);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Switches `O_DIRECT` for the next write; returns whether it is on.
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
