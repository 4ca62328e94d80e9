//! Points in time: microseconds since the Unix epoch in the store, and on the wire
//! `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
//!
//! All times are in the years 0 to 9999, so the text always has 27 bytes. Formatting is
//! hand-written, because it runs for each row of a page. Time zones are not supported, except for
//! the offsets of RFC 3339 input.

use std::fmt;

use chrono::{DateTime, Datelike, Timelike, Utc};
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time with microsecond precision; serialises as `2026-01-31T09:30:00.123456Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(i64);

impl Time {
    /// The latest time.
    pub(crate) const MAX: Self = Self(253_402_300_799_999_999);

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Parses RFC 3339 with any offset; digits beyond the microsecond are dropped. Returns `None`
    /// for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
        (0..=9999).contains(&time.year()).then(|| Self(time.timestamp_micros()))
    }

    pub(crate) fn now() -> Self {
        Self(Utc::now().timestamp_micros())
    }

    /// The caller must keep the value between two parsed times, so that the year stays in range.
    pub(crate) const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    fn text(self) -> [u8; 27] {
        let time = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let mut write_digits = |end: usize, digits: usize, mut value: u32| {
            for index in (end - digits..end).rev() {
                text[index] = b'0' + (value % 10) as u8;
                value /= 10;
            }
        };
        write_digits(4, 4, time.year().unsigned_abs());
        write_digits(7, 2, time.month());
        write_digits(10, 2, time.day());
        write_digits(13, 2, time.hour());
        write_digits(16, 2, time.minute());
        write_digits(19, 2, time.second());
        write_digits(26, 6, time.timestamp_subsec_micros());
        text
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let invalid =
            || serde::de::Error::custom(format!("{text:?} is not an RFC 3339 time; write 2026-01-31T09:30:00Z"));
        Self::parse(&text).ok_or_else(invalid)
    }
}

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_always_has_six_digits_and_z() {
        for (input, output) in [
            ("2019-03-12T05:25:41.032Z", "2019-03-12T05:25:41.032000Z"),
            ("2020-05-11T14:25:54Z", "2020-05-11T14:25:54.000000Z"),
            ("2026-01-01T09:00:00.1234569+09:00", "2026-01-01T00:00:00.123456Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(Time::parse(input).map(|time| time.to_string()).as_deref(), Some(output), "{input}");
        }
    }

    #[test]
    fn text_other_than_rfc_3339_is_refused() {
        for input in
            ["", "now", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "9999-12-31T23:59:59-01:00"]
        {
            assert_eq!(Time::parse(input), None, "{input}");
        }
    }
}
