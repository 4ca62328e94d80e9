//! Whole numbers of JSON.

/// A whole number that 64 bits hold, and what comes behind it. `None` for anything else, such as `-0`, which is a fraction
/// to serde.
#[inline(always)]
pub(super) fn whole(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (negative, mut rest) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, bytes),
    };
    // It holds any nineteen digits.
    let mut value = 0_u64;
    let (first, len) = (rest.first()?, rest.len());
    while let Some((digit @ b'0'..=b'9', behind)) = rest.split_first() {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        rest = behind;
    }
    let digits = len - rest.len();
    if digits > 19 {
        return None;
    }
    let value = if negative { 0_i64.checked_sub_unsigned(value)? } else { i64::try_from(value).ok()? };
    let well_formed = digits == 1 && !(negative && value == 0) || digits > 1 && *first != b'0';
    // A number goes on with these: then it is no whole one.
    let ended = matches!(rest.first()?, b',' | b'}' | b']');
    (well_formed && ended).then_some((value, rest))
}
