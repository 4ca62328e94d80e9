//! Whole numbers of JSON.

use super::cursor::Cursor;

/// A `0` in every byte.
pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Marks the bytes of a word that are no digits, by their highest bits. Given are the digits' values. The lowest mark is
/// right; those above it may not be.
#[inline(always)]
pub(super) fn no_digits(values: u64) -> u64 {
    (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
}

/// The number of eight digits' values, the lowest byte the first.
#[inline(always)]
pub(super) fn eight(values: u64) -> u64 {
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let high = (pairs & 0xff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let low = ((pairs >> 16) & 0xff_0000_00ff).wrapping_mul(0x2710_0000_0001);
    high.wrapping_add(low) >> 32
}

/// A whole number that 64 bits hold, and what comes behind it. `None` for anything else, such as `-0`, which is a fraction
/// to serde.
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
        // Without the others, and with as many zeros before the digits.
        value = if digits == 0 { 0 } else { eight(values << (64 - 8 * digits)) };
        // SAFETY: digits.
        end = unsafe { start.over(digits as usize) };
    } else {
        value = eight(values);
        // SAFETY: digits.
        end = unsafe { start.over(8) };
        while let digit @ b'0'..=b'9' = end.byte() {
            // It holds any nineteen digits.
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
    // A number goes on with others: then it is no whole one.
    let ended = matches!(end.byte(), b',' | b'}' | b']');
    (well_formed && ended).then_some((value, end))
}
