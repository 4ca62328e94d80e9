//! Reads times of JSON, such as `2019-03-12T05:25:41.032000Z`, as µs since the Unix epoch.

use ::desk_json::{Day, TIME, two};
use chrono::{DateTime, Utc};

use super::cursor::Cursor;

/// A time in UTC with six decimals, and the position after its closing quote. `None` for any other
/// text.
#[inline(always)]
pub(super) fn six_decimals(at: Cursor, day: &mut Day) -> Option<(i64, Cursor)> {
    let micros = ::desk_json::six_decimals(&at.peek::<TIME>(), day)?;
    // SAFETY: every byte was seen and is none of zero.
    Some((micros, unsafe { at.over(TIME) }))
}

/// Reads the usual layout in place and leaves any other to chrono. `None` if the text is not a
/// time.
pub(super) fn micros(text: &[u8]) -> Option<i64> {
    usual(text).or_else(|| {
        let time: DateTime<Utc> = std::str::from_utf8(text).ok()?.parse().ok()?;
        Some(time.timestamp_micros())
    })
}

/// A time in UTC with at most nine decimals, in the years 0 to 9999, without leap seconds.
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
    let seconds =
        i64::from(::desk_json::day(year, month, day)?) * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    Some(seconds * 1_000_000 + micros)
}

/// One to nine decimals, in µs. Drops fractions of a microsecond, as chrono does.
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
