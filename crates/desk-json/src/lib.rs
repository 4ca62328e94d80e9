//! Parsers of JSON numbers and times, eight bytes at a time, for the readers of desk-ffi and of the
//! command line.
//!
//! A word holds its first byte in its lowest bits.

use chrono::NaiveDate;

/// A word with the digit `0` in every byte.
pub const ZEROS: u64 = 0x3030_3030_3030_3030;
/// Length of a quoted time in UTC with six decimals, in bytes.
pub const TIME: usize = 29;

/// Marks the bytes of a word that are not digits, by their highest bits; `values` is the text XOR
/// [`ZEROS`]. The lowest mark is exact, higher marks may be wrong.
#[inline(always)]
pub fn no_digits(values: u64) -> u64 {
    (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
}

/// The number that eight digit values form; the lowest byte is the first digit.
#[inline(always)]
pub fn eight(values: u64) -> u64 {
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let high = (pairs & 0xff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let low = ((pairs >> 16) & 0xff_0000_00ff).wrapping_mul(0x2710_0000_0001);
    high.wrapping_add(low) >> 32
}

/// Cache of the last day: its text with the bytes around it, and its start in µs. Most times of a
/// page are of one or two days.
#[derive(Debug, Default)]
pub struct Day {
    text: [u8; 12],
    start: i64,
}

/// Microseconds since the Unix epoch of a time such as `"2019-03-12T05:25:41.032000Z"`, quotes
/// included; `None` for any other form.
#[inline(always)]
pub fn six_decimals(text: &[u8; TIME], day: &mut Day) -> Option<i64> {
    let [.., b'T', h0, h1, n0, n1, n2, s0, s1, s2, b'.', d0, d1, d2, d3, d4, d5, b'Z', b'"'] = *text else {
        return None;
    };
    let clock = u64::from_le_bytes([h0, h1, n0, n1, n2, s0, s1, s2]) ^ u64::from_le_bytes(*b"00:00:00");
    // A correct separator is zero here; the addition marks wrong separators and bytes that are not
    // digits.
    let wrong = (clock.wrapping_add(0x7676_7f76_767f_7676) | clock) & 0x8080_8080_8080_8080;
    let fraction = u64::from_le_bytes([0, 0, d0, d1, d2, d3, d4, d5]) ^ (ZEROS << 16);
    if wrong != 0 || no_digits(fraction) != 0 {
        return None;
    }
    let pair = |shift: u32| (clock >> shift & 15) * 10 + (clock >> (shift + 8) & 15);
    let (hour, minute, second) = (pair(0), pair(24), pair(48));
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let date = text.first_chunk::<12>()?;
    if *date != day.text {
        *day = Day { text: *date, start: midnight(date)? };
    }
    let seconds = (hour * 3600 + minute * 60 + second).cast_signed();
    Some(day.start + seconds * 1_000_000 + eight(fraction).cast_signed())
}

/// Microseconds since the Unix epoch at the start of a day, from text such as `"2019-03-12T`.
fn midnight(text: &[u8; 12]) -> Option<i64> {
    let [b'"', y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T'] = *text else { return None };
    Some(i64::from(day(two(y0, y1)? * 100 + two(y2, y3)?, two(m0, m1)?, two(d0, d1)?)?) * 86_400_000_000)
}

/// Days since the Unix epoch; `None` if there is no such date.
pub fn day(year: u32, month: u32, day: u32) -> Option<i32> {
    Some(NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?.to_epoch_days())
}

/// The number that two digits form; `None` if one is not a digit.
pub fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}
