//! JSON of any shape, as the text that serde makes of it.

use bumpalo::Bump;
use serde_json::{Deserializer, Value};

use super::{number, text};
use crate::output;
use crate::text::desk_str;

/// Objects and lists inside each other; serde's limit counts from further out.
const DEPTH: u32 = 32;
/// Keys of one object that are compared with each other.
const KEYS: usize = 32;

/// The value that comes, as text, and what comes behind it.
pub(super) fn text<'a>(bytes: &'a [u8], arena: &Bump) -> Option<(desk_str, &'a [u8])> {
    if let Some(rest) = same(bytes, DEPTH) {
        let value = bytes.get(..bytes.len() - rest.len())?;
        return Some((output::bytes(arena, value), rest));
    }
    let mut values = Deserializer::from_slice(bytes).into_iter::<Value>();
    let value = values.next()?.ok()?;
    let (own, rest) = bytes.split_at_checked(values.byte_offset())?;
    let nested = own.iter().filter(|byte| matches!(byte, b'{' | b'[')).count();
    // One more than are too deep may be too deep.
    (nested <= 64).then(|| (output::json(arena, &value), rest))
}

/// What comes behind a value that serde would write just as it stands; `None` if that is not certain.
fn same(bytes: &[u8], depth: u32) -> Option<&[u8]> {
    let depth = depth.checked_sub(1)?;
    match bytes.first()? {
        b'"' => string(bytes).map(|(_, rest)| rest),
        b'{' => object(bytes.get(1..)?, depth),
        b'[' => list(bytes.get(1..)?, depth),
        b't' => bytes.strip_prefix(b"true"),
        b'f' => bytes.strip_prefix(b"false"),
        b'n' => bytes.strip_prefix(b"null"),
        _ => number::whole(bytes).map(|(_, rest)| rest),
    }
}

fn object(mut bytes: &[u8], depth: u32) -> Option<&[u8]> {
    if let Some(rest) = bytes.strip_prefix(b"}") {
        return Some(rest);
    }
    let mut keys: Vec<&[u8]> = Vec::new();
    loop {
        let (key, rest) = string(bytes)?;
        // The last of two would win.
        if keys.contains(&key) || keys.len() == KEYS {
            return None;
        }
        keys.push(key);
        let rest = same(rest.strip_prefix(b":")?, depth)?;
        match rest.split_first()? {
            (b',', rest) => bytes = rest,
            (b'}', rest) => return Some(rest),
            _ => return None,
        }
    }
}

fn list(mut bytes: &[u8], depth: u32) -> Option<&[u8]> {
    if let Some(rest) = bytes.strip_prefix(b"]") {
        return Some(rest);
    }
    loop {
        let rest = same(bytes, depth)?;
        match rest.split_first()? {
            (b',', rest) => bytes = rest,
            (b']', rest) => return Some(rest),
            _ => return None,
        }
    }
}

/// A text without escapes, between its quotes, and what comes behind it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let bytes = bytes.strip_prefix(b"\"")?;
    let (own, rest) = bytes.split_at_checked(text::plain(bytes))?;
    Some((own, rest.strip_prefix(b"\"")?))
}
