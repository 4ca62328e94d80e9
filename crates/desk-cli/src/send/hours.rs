//! The hours of the day in which batches are started, at a fixed offset from UTC without daylight
//! saving time. A batch that was started is completed, which takes at most two minutes.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, FixedOffset, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// A range of times of the day with an offset: the start is included, the end is not. A range whose
/// end is the earlier time includes midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Hours {
    span: ClockRange,
    offset: FixedOffset,
}

/// A range of times of the day without an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClockRange {
    from: NaiveTime,
    until: NaiveTime,
}

impl ClockRange {
    pub(crate) fn at(self, offset: FixedOffset) -> Hours {
        Hours { span: self, offset }
    }
}

impl Hours {
    /// The next start of the hours; `None` within them.
    pub(crate) fn opens(&self, now: DateTime<Utc>) -> Option<DateTime<FixedOffset>> {
        let now = now.with_timezone(&self.offset);
        let (time, ClockRange { from, until }) = (now.time(), self.span);
        let open = if from < until { from <= time && time < until } else { from <= time || time < until };
        if open {
            return None;
        }
        let today = now.date_naive();
        let day = if time < from { today } else { today.checked_add_days(Days::new(1)).unwrap_or(today) };
        // At a fixed offset each time of the day exists once.
        day.and_time(from).and_local_timezone(self.offset).single()
    }
}

impl FromStr for ClockRange {
    type Err = String;

    fn from_str(text: &str) -> Result<ClockRange, String> {
        let time = |text: &str| {
            let short = NaiveTime::parse_from_str(text, "%H:%M");
            short.or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S")).ok()
        };
        let parts = text.split_once('-').and_then(|(from, until)| Some((time(from)?, time(until)?)));
        match parts {
            Some((from, until)) if from != until => Ok(ClockRange { from, until }),
            _ => Err("write two times of the day, such as 09:00-20:00".to_owned()),
        }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ClockRange { from, until } = self.span;
        write!(f, "{from}-{until} {}", self.offset)
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> String {
        hours.to_string()
    }
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Hours, String> {
        let (span, offset) = text.split_once(' ').ok_or_else(|| "an offset is missing".to_owned())?;
        Ok(span.parse::<ClockRange>()?.at(self::offset(offset)?))
    }
}

/// Parses an offset from UTC.
pub(crate) fn offset(text: &str) -> Result<FixedOffset, String> {
    text.parse().map_err(|_| "write an offset from UTC, such as +09:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_begin_again_where_people_are() {
        let cases = [
            ("09:00-20:00", "+09:00", "2026-01-31T00:00:00Z", None),
            ("09:00-20:00", "+09:00", "2026-01-31T10:59:59.999Z", None),
            ("09:00-20:00", "+09:00", "2026-01-31T11:00:00Z", Some("2026-02-01T09:00:00+09:00")),
            ("09:00-20:00", "+09:00", "2026-01-30T23:59:59Z", Some("2026-01-31T09:00:00+09:00")),
            ("09:00-20:00", "-05:00", "2026-01-31T00:59:59Z", None),
            ("09:00-20:00", "-05:00", "2026-01-31T02:00:00Z", Some("2026-01-31T09:00:00-05:00")),
            // Ranges that include midnight.
            ("22:00-06:00", "+00:00", "2026-01-31T23:00:00Z", None),
            ("22:00-06:00", "+00:00", "2026-01-31T05:59:59Z", None),
            ("22:00-06:00", "+00:00", "2026-01-31T06:00:00Z", Some("2026-01-31T22:00:00+00:00")),
            ("23:59:30-00:00", "+00:00", "2026-01-31T00:00:00Z", Some("2026-01-31T23:59:30+00:00")),
        ];
        for (span, at, now, opens) in cases {
            let hours = span.parse::<ClockRange>().unwrap().at(offset(at).unwrap());
            let now = DateTime::parse_from_rfc3339(now).unwrap().with_timezone(&Utc);
            assert_eq!(hours.opens(now).map(|time| time.to_rfc3339()), opens.map(str::to_owned), "{hours} {now}");
            assert_eq!(Hours::try_from(hours.to_string()), Ok(hours));
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in
            ["", "9-20", "09:00", "09:00-09:00", "09:00-24:30", "25:00-26:00", "09:00-20:00-21:00", "09:00–20:00"]
        {
            assert!(text.parse::<ClockRange>().is_err(), "{text}");
        }
        for text in ["", "9", "Tokyo", "+25:00", "Asia/Tokyo"] {
            assert!(offset(text).is_err(), "{text}");
        }
    }
}
