//! Finds the ends of JSON texts and decodes their escapes.

use super::cursor::Cursor;

/// Number of bytes of the longest escape, a surrogate pair.
const LONGEST: usize = 12;

/// The position of the next quote, backslash or control character, zero included.
#[inline(always)]
pub(super) fn plain(mut at: Cursor) -> Cursor {
    loop {
        let found = special(at);
        if found != 0 {
            // SAFETY: what is before it is not zero.
            return unsafe { at.over(found.trailing_zeros() as usize / BITS) };
        }
        // SAFETY: none of them is zero.
        at = unsafe { at.over(STEP) };
    }
}

/// Number of bytes that are examined together.
#[cfg(target_arch = "x86_64")]
const STEP: usize = 16;
/// Number of mark bits for each byte.
#[cfg(target_arch = "x86_64")]
const BITS: usize = 1;

/// Marks the bytes that end a plain text, by one bit each.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn special(at: Cursor) -> i32 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    let chunk = at.peek::<STEP>();
    // SAFETY: every x86-64 has SSE2, and there are 16 bytes to load.
    unsafe {
        let text = _mm_loadu_si128(chunk.as_ptr().cast());
        let quote = _mm_cmpeq_epi8(text, _mm_set1_epi8(b'"'.cast_signed()));
        let backslash = _mm_cmpeq_epi8(text, _mm_set1_epi8(b'\\'.cast_signed()));
        let control = _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1f)), text);
        _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash)))
    }
}

#[cfg(not(target_arch = "x86_64"))]
const STEP: usize = 8;
#[cfg(not(target_arch = "x86_64"))]
const BITS: usize = 8;

/// Marks the bytes that end a plain text, by their highest bits. Only the lowest mark is reliable.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline(always)]
fn special_of_word(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = zero(word ^ (ONES * b'"' as u64));
    let backslash = zero(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & (ONES << 7)
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn special(at: Cursor) -> u64 {
    special_of_word(at.word())
}

/// The length of the next escape, and how many bytes longer it is than its character. `None` if it
/// is invalid.
pub(super) fn seen(at: Cursor) -> Option<(usize, usize)> {
    let (used, char) = escape(&at.peek::<LONGEST>())?;
    Some((used, used - char.len_utf8()))
}

/// The length and the character of the escape at the start of `bytes`. `None` if it is invalid.
fn escape(bytes: &[u8]) -> Option<(usize, char)> {
    let char = match bytes.strip_prefix(b"\\")?.first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(bytes),
        _ => return None,
    };
    Some((2, char))
}

/// `\u` with four digits, or two of them that encode one character.
fn unicode(bytes: &[u8]) -> Option<(usize, char)> {
    let high = unit(bytes)?;
    if let Some(char) = char::from_u32(high) {
        return Some((6, char));
    }
    let low = unit(bytes.get(6..)?)?;
    let both = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
    let mut chars = char::decode_utf16(both);
    match (chars.next(), chars.next()) {
        (Some(Ok(char)), None) => Some((12, char)),
        _ => None,
    }
}

fn unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

/// Unescapes a text in place and ends it with NUL. `start` and the closing quote `end` are the
/// positions that the reader found.
///
/// # Safety
/// The reader has read the text, and no other code uses it.
pub(super) unsafe fn unescape(start: Cursor, end: Cursor) {
    let (mut from, mut to) = (start, start.ptr());
    loop {
        let run = plain(from);
        let len = run.since(from);
        // SAFETY: what is unescaped is never longer, so `to` is not behind `from`; both are in the
        // text.
        unsafe {
            std::ptr::copy(from.ptr(), to, len);
            to = to.add(len);
        }
        if run == end {
            break;
        }
        // SAFETY: as `to` is not behind the run, nothing of the rest was written.
        let rest = unsafe { run.until(end) };
        // The reader has already checked it.
        let Some((used, char)) = escape(rest) else { break };
        let mut utf8 = [0; 4];
        let bytes = char.encode_utf8(&mut utf8);
        // SAFETY: as long as the escape at most, and that was seen.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
            to = to.add(bytes.len());
            from = run.over(used);
        }
    }
    // SAFETY: the closing quote, or before it.
    unsafe { to.write(0) };
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::special_of_word;

    #[test]
    fn every_byte_is_plain_or_not_on_every_processor() {
        for byte in 0..=u8::MAX {
            let plain = !matches!(byte, 0..0x20 | b'"' | b'\\');
            for place in 0..8 {
                let mut word = *b"\xff\x7f\x80az\xc3 #";
                word[place] = byte;
                let first = special_of_word(u64::from_le_bytes(word)).trailing_zeros() as usize / 8;
                assert_eq!(first, if plain { 8 } else { place }, "{byte} at {place}");
            }
        }
    }
}
