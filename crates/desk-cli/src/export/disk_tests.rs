//! Blocks are written with `O_DIRECT` where possible, and through the page cache otherwise.

use std::fs::OpenOptions;
use std::io::ErrorKind;

use super::{BLOCK, Disk, SECTOR, pass_cache};

fn open(path: &str) -> Disk {
    Disk::new(OpenOptions::new().append(true).open(path).unwrap())
}

#[test]
fn what_is_held_lies_and_grows_by_sectors() {
    let mut disk = Disk::new(tempfile::tempfile().unwrap());
    for _ in 0..5 {
        disk.put(&vec![b'x'; BLOCK / 2]).unwrap();
        let place = disk.held.as_ptr() as usize + disk.start;
        assert!(place.is_multiple_of(SECTOR), "{place}");
        assert_eq!(disk.file().metadata().unwrap().len(), disk.bytes() / BLOCK as u64 * BLOCK as u64);
    }
}

/// A device refuses `O_DIRECT`.
#[test]
fn blocks_are_written_where_the_cache_cannot_be_passed_by() {
    let mut disk = open("/dev/null");
    disk.put(&vec![b'x'; 2 * BLOCK]).unwrap();
    assert!(!pass_cache(disk.file(), true));
    assert_eq!((disk.held.len(), disk.bytes()), (disk.start, 2 * BLOCK as u64));
}

#[test]
fn a_full_disk_is_told() {
    let mut disk = open("/dev/full");
    disk.put(&vec![b'x'; BLOCK - 1]).unwrap();
    assert_eq!(disk.put(b"x").unwrap_err().kind(), ErrorKind::StorageFull);
}
