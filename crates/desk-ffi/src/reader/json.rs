//! JSON of any shape, as the text that serde makes of it.

use ::desk_client::answer;
use bumpalo::Bump;

use super::cursor::Cursor;
use super::{number, text};
use crate::output;
use crate::text::desk_str;

/// Objects and lists inside each other; serde's limit counts from further out.
const DEPTH: u32 = 32;
/// Keys of one object that are compared with each other.
const KEYS: usize = 32;

/// The value that comes, as text, and what comes behind it. `end` is the end of the answer.
pub(super) fn text(at: Cursor, end: Cursor, arena: &Bump) -> Option<(desk_str, Cursor)> {
    if let Some(behind) = same(at, DEPTH) {
        // SAFETY: it was read, and nothing of it is written.
        return Some((output::bytes(arena, unsafe { at.until(behind) }), behind));
    }
    // SAFETY: nothing of what is to come was written yet.
    let (value, len) = answer::json(unsafe { at.until(end) })?;
    // Behind white space, which those who look for a null do not pass over.
    if value.is_null() {
        return None;
    }
    // SAFETY: serde took them, and takes no zero.
    let behind = unsafe { at.over(len) };
    // SAFETY: as before.
    let nested = unsafe { at.until(behind) }.iter().filter(|byte| matches!(byte, b'{' | b'[')).count();
    // As deep as serde goes, less the objects that are around it.
    (nested <= 63).then(|| (output::json(arena, &value), behind))
}

/// What comes behind a value that serde would write just as it stands; `None` if that is not certain.
fn same(at: Cursor, depth: u32) -> Option<Cursor> {
    let depth = depth.checked_sub(1)?;
    match at.byte() {
        b'"' => string(at),
        b'{' => object(at.after(b"{")?, depth),
        b'[' => list(at.after(b"[")?, depth),
        b't' => at.after(b"true"),
        b'f' => at.after(b"false"),
        b'n' => at.after(b"null"),
        _ => number::whole(at).map(|(_, behind)| behind),
    }
}

fn object(mut at: Cursor, depth: u32) -> Option<Cursor> {
    if let Some(behind) = at.after(b"}") {
        return Some(behind);
    }
    let mut keys: Vec<&[u8]> = Vec::new();
    loop {
        let behind = string(at)?;
        // SAFETY: it was read, and nothing of it is written.
        let key = unsafe { at.until(behind) };
        // The last of two would win.
        if keys.contains(&key) || keys.len() == KEYS {
            return None;
        }
        keys.push(key);
        at = same(behind.after(b":")?, depth)?;
        match at.after(b",") {
            Some(behind) => at = behind,
            None => return at.after(b"}"),
        }
    }
}

fn list(mut at: Cursor, depth: u32) -> Option<Cursor> {
    if let Some(behind) = at.after(b"]") {
        return Some(behind);
    }
    loop {
        at = same(at, depth)?;
        match at.after(b",") {
            Some(behind) => at = behind,
            None => return at.after(b"]"),
        }
    }
}

/// What comes behind a text without escapes.
fn string(at: Cursor) -> Option<Cursor> {
    text::plain(at.after(b"\"")?).after(b"\"")
}
