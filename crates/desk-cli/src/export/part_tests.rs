//! A part holds what was written to it, in whatever pieces it came.

use std::io::Write;

use super::{BLOCK, BUFFER, Unfinished, holds};

#[test]
fn a_part_holds_what_was_written_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    let sizes = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, BUFFER - 1, BUFFER, BUFFER + 1, 3 * BUFFER + 5];
    for at in 0..20 {
        let mut part = Unfinished::new(dir.path(), format!("part-{at}")).unwrap();
        let mut wanted = Vec::new();
        for _ in 0..random.usize(..30) {
            let size = if random.bool() { sizes[random.usize(..sizes.len())] } else { random.usize(..2 * BUFFER) };
            let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(size).collect();
            part.write_all(&bytes).unwrap();
            if random.u8(..8) == 0 {
                part.flush().unwrap();
            }
            wanted.extend(bytes);
        }
        let part = part.finish().unwrap();
        let written = std::fs::read(dir.path().join(&part.file)).unwrap();
        assert_eq!(written.len() as u64, part.bytes, "part {at}");
        assert!(written == wanted, "part {at} holds other bytes");
        assert!(holds(dir.path(), &part).unwrap(), "part {at}");
    }
}
