//! Texts of JSON: where they end, and what their escapes mean.

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES << 7;

/// How many bytes come before a quote, a backslash, a control character or the end.
#[inline(always)]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    #[cfg(target_arch = "x86_64")]
    for chunk in bytes.as_chunks::<16>().0 {
        let found = special_of_16(chunk);
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 16;
    }
    let (words, tail) = bytes.get(at..).unwrap_or_default().as_chunks::<8>();
    for word in words {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            // The lowest mark is right; those above it may not be.
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + tail.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(tail.len())
}

/// Marks the bytes that end a plain text, a bit each.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn special_of_16(chunk: &[u8; 16]) -> i32 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    // SAFETY: every x86-64 has SSE2, and there are 16 bytes to load.
    unsafe {
        let text = _mm_loadu_si128(chunk.as_ptr().cast());
        let quote = _mm_cmpeq_epi8(text, _mm_set1_epi8(b'"'.cast_signed()));
        let backslash = _mm_cmpeq_epi8(text, _mm_set1_epi8(b'\\'.cast_signed()));
        let control = _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1f)), text);
        _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash)))
    }
}

/// Marks the bytes that end a plain text, by their highest bits.
#[inline(always)]
fn special(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = zero(word ^ (ONES * b'"' as u64));
    let backslash = zero(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGH
}

/// The escape at the beginning of `bytes`: its length and what it means. `None` if it means nothing.
pub(super) fn escape(bytes: &[u8]) -> Option<(usize, char)> {
    let char = match bytes.get(1)? {
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

/// `\u` with four digits, or two of them that make one character.
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

/// Unescapes a text where it stands, and ends it with NUL: `text` is a text that was read, and one byte more.
pub(super) fn unescape(text: &mut [u8]) {
    let (mut from, mut to) = (0, 0);
    let end = text.len().saturating_sub(1);
    while from < end {
        let run = text.get(from..end).map_or(0, plain);
        if to < from {
            text.copy_within(from..from + run, to);
        }
        (from, to) = (from + run, to + run);
        // It was understood before.
        let Some((used, char)) = text.get(from..end).and_then(escape) else { break };
        if let Some(place) = text.get_mut(to..to + char.len_utf8()) {
            char.encode_utf8(place);
        }
        (from, to) = (from + used, to + char.len_utf8());
    }
    if let Some(nul) = text.get_mut(to) {
        *nul = 0;
    }
}
