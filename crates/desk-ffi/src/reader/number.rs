//! Reads integers of JSON.

use ::desk_json::{ZEROS, eight, no_digits};

use super::cursor::Cursor;

/// Reads an integer of 64 bits; returns it and the position after it. `None` for anything else,
/// such as `-0`, which serde reads as a fraction.
#[inline(always)]
pub(super) fn whole(at: Cursor) -> Option<(i64, Cursor)> {
    let (negative, start) = match at.after(b"-") {
        Some(start) => (true, start),
        None => (false, at),
    };
    let values = start.word() ^ ZEROS;
    let others = no_digits(values);
    let (mut value, mut end);
    if others != 0 {
        let digits = others.trailing_zeros() / 8;
        // Drops the bytes after the digits and puts as many zeros before the digits.
        value = if digits == 0 { 0 } else { eight(values << (64 - 8 * digits)) };
        // SAFETY: digits.
        end = unsafe { start.over(digits as usize) };
    } else {
        value = eight(values);
        // SAFETY: digits.
        end = unsafe { start.over(8) };
        while let digit @ b'0'..=b'9' = end.byte() {
            // `value` holds any nineteen digits.
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            // SAFETY: a digit.
            end = unsafe { end.over(1) };
        }
    }
    let digits = end.since(start);
    if digits > 19 {
        return None;
    }
    let value = if negative { 0_i64.checked_sub_unsigned(value)? } else { i64::try_from(value).ok()? };
    let well_formed = digits == 1 && !(negative && value == 0) || digits > 1 && start.byte() != b'0';
    // Any other byte continues the number, which is then not an integer.
    let ended = matches!(end.byte(), b',' | b'}' | b']');
    (well_formed && ended).then_some((value, end))
}
