//! A part has the bytes that were written to it, in pieces of any size.

use std::io::Write;

use super::super::disk::{BLOCK, STEP};
use super::PartDir;

#[test]
fn a_part_holds_what_was_written_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let parts = PartDir::new(dir.path());
    let mut random = fastrand::Rng::with_seed(7);
    let sizes = [0, 1, STEP - 1, STEP, STEP + 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5];
    for at in 0..20 {
        let mut part = parts.begin(format!("part-{at}")).unwrap();
        let mut wanted = Vec::new();
        for _ in 0..random.usize(..30) {
            let size = if random.bool() { sizes[random.usize(..sizes.len())] } else { random.usize(..2 * STEP) };
            let mut bytes = vec![0; size];
            random.fill(&mut bytes);
            part.write_all(&bytes).unwrap();
            if random.u8(..8) == 0 {
                part.flush().unwrap();
            }
            wanted.extend(bytes);
        }
        let part = parts.publish(part.finish().unwrap()).unwrap();
        let written = std::fs::read(dir.path().join(&part.file)).unwrap();
        assert_eq!(written.len() as u64, part.bytes, "part {at}");
        assert!(written == wanted, "part {at} holds other bytes");
        assert!(parts.holds(&part).unwrap(), "part {at}");
    }
}

/// A truncated file is noticed at the end, for any remaining length.
#[test]
fn a_part_that_was_cut_off_is_not_finished() {
    let dir = tempfile::tempdir().unwrap();
    for left in [0, 5, 4096, BLOCK as u64 - 1] {
        let mut part = PartDir::new(dir.path()).begin(format!("part-{left}")).unwrap();
        part.write_all(&vec![b'a'; BLOCK]).unwrap();
        let unfinished = dir.path().join(format!(".part-{left}.unfinished"));
        std::fs::OpenOptions::new().write(true).open(unfinished).unwrap().set_len(left).unwrap();
        part.write_all(&vec![b'b'; BLOCK]).unwrap();
        let error = part.finish().err().unwrap();
        assert!(error.message().contains("was removed or changed"), "{left}: {}", error.message());
    }
}

#[test]
fn a_name_that_is_taken_is_not_written() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (planted, target) = (dir.path().join(".part.unfinished"), other.path().join("diary"));
    std::fs::write(&planted, "theirs").unwrap();
    let error = PartDir::new(dir.path()).begin("part".to_owned()).err().unwrap();
    assert!(error.message().contains(".part.unfinished exists already"), "{}", error.message());
    assert_eq!(std::fs::read(&planted).unwrap(), b"theirs");
    std::fs::remove_file(&planted).unwrap();
    std::os::unix::fs::symlink(&target, &planted).unwrap();
    assert!(PartDir::new(dir.path()).begin("part".to_owned()).is_err());
    assert!(!target.exists());
}
