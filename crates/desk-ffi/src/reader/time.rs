//! Times of JSON: `2019-03-12T05:25:41.032000Z`, in µs since the Unix epoch.

use chrono::{DateTime, NaiveDate, Utc};

use super::cursor::Cursor;
use super::number;

/// The day that was read last: its text with what is around it, and the µs at its beginning. Times of a page are mostly of
/// one or two days.
pub(super) struct Day {
    text: [u8; 12],
    start: i64,
}

impl Day {
    /// No text is this one.
    pub(super) const NONE: Day = Day { text: [0; 12], start: 0 };
}

/// A time in UTC with six decimals, and what comes behind its closing quote. `None` if it is no such.
#[inline(always)]
pub(super) fn six_decimals(at: Cursor, day: &mut Day) -> Option<(i64, Cursor)> {
    let text = at.peek::<29>();
    let [_, _, _, _, _, _, _, _, _, _, _, b'T', h0, h1, n0, n1, n2, s0, s1, s2, b'.', decimals @ ..] = text else {
        return None;
    };
    let clock = u64::from_le_bytes([h0, h1, n0, n1, n2, s0, s1, s2]) ^ u64::from_le_bytes(*b"00:00:00");
    let decimals = u64::from_le_bytes(decimals);
    // Both separators are zero now; adding marks whatever else there is.
    let wrong = (clock.wrapping_add(0x7676_7f76_767f_7676) | clock) & 0x8080_8080_8080_8080;
    let fraction = (decimals ^ number::ZEROS) << 16;
    if wrong != 0 || decimals >> 48 != 0x225a || number::no_digits(fraction) != 0 {
        return None;
    }
    let pair = |shift: u32| (clock >> shift & 15) * 10 + (clock >> (shift + 8) & 15);
    let (hour, minute, second) = (pair(0), pair(24), pair(48));
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let date = at.peek::<12>();
    if date != day.text {
        *day = Day { text: date, start: midnight(&date)? };
    }
    let seconds = (hour * 3600 + minute * 60 + second).cast_signed();
    // SAFETY: every byte was seen and is none of zero.
    Some((day.start + seconds * 1_000_000 + number::eight(fraction).cast_signed(), unsafe { at.over(29) }))
}

/// The µs at the beginning of a day, from `"2019-03-12T`.
fn midnight(text: &[u8; 12]) -> Option<i64> {
    let [b'"', y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T'] = *text else { return None };
    Some(i64::from(day(two(y0, y1)? * 100 + two(y2, y3)?, two(m0, m1)?, two(d0, d1)?)?) * 86_400_000_000)
}

/// Days since the Unix epoch.
fn day(year: u32, month: u32, day: u32) -> Option<i32> {
    Some(NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?.to_epoch_days())
}

/// The usual layout is read in place, any other by chrono. `None` if it is no time.
pub(super) fn micros(text: &[u8]) -> Option<i64> {
    usual(text).or_else(|| {
        let time: DateTime<Utc> = std::str::from_utf8(text).ok()?.parse().ok()?;
        Some(time.timestamp_micros())
    })
}

/// A time in UTC with at most nine decimals, of years 0 to 9999; no leap second.
fn usual(text: &[u8]) -> Option<i64> {
    let (moment, fraction) = text.split_first_chunk::<19>()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1] = *moment else {
        return None;
    };
    let (year, month, day) = (two(y0, y1)? * 100 + two(y2, y3)?, two(m0, m1)?, two(d0, d1)?);
    let (hour, minute, second) = (two(h0, h1)?, two(n0, n1)?, two(s0, s1)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = match fraction {
        b"Z" => 0,
        [b'.', digits @ .., b'Z'] => decimals(digits)?,
        _ => return None,
    };
    let seconds = i64::from(self::day(year, month, day)?) * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    Some(seconds * 1_000_000 + micros)
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// One to nine decimals, in µs. What is less than one is dropped, as chrono does with a time behind its second.
fn decimals(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let mut nanos = 0_i64;
    for place in 0..9 {
        let digit = digits.get(place).map_or(0, |digit| digit.wrapping_sub(b'0'));
        if digit > 9 {
            return None;
        }
        nanos = nanos * 10 + i64::from(digit);
    }
    Some(nanos / 1000)
}
