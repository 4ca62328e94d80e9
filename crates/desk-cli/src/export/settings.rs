//! The settings of an export: a command continues an export with the same settings, and refuses any
//! other.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::privacy::Private;
use crate::error::{Error, Result};

/// The version of manifests and parts.
const VERSION: u32 = 1;

/// All settings that affect the bytes of parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) version: u32,
    /// The application's id, or the base URL.
    pub(crate) service: String,
    pub(crate) list: String,
    pub(crate) format: FormatName,
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
    /// Options of the list itself.
    pub(crate) arguments: BTreeMap<String, Vec<String>>,
    #[serde(flatten)]
    pub(crate) private: Private,
    /// The id of the HMAC key.
    pub(crate) hmac_key: Option<String>,
    pub(crate) partition: Option<Share>,
}

/// The name of a format in manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FormatName {
    Ndjson,
    Csv,
    CsvRaw,
    Parquet,
    Sqlite,
}

/// One of several exports that divide a time range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Share {
    /// Counts from 1.
    pub(crate) index: u32,
    pub(crate) of: u32,
}

impl std::str::FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Share, String> {
        let numbers = text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((index, of)) if (Share { index, of }).is_one() => Ok(Share { index, of }),
            _ => Err("write a share such as 3/8, the third of eight".to_owned()),
        }
    }
}

impl Share {
    fn is_one(self) -> bool {
        (1..=self.of).contains(&self.index) && self.of <= 10_000
    }

    /// The part of file names that identifies the share.
    pub(crate) fn infix(self) -> String {
        format!("-{}-of-{}", self.index, self.of)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl Settings {
    #[allow(clippy::too_many_arguments, reason = "one for each option")]
    pub(crate) fn new(
        service: String,
        list: &str,
        format: FormatName,
        (since, until): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        arguments: BTreeMap<String, Vec<String>>,
        (private, hmac_key): (Private, Option<String>),
        partition: Option<Share>,
    ) -> Result<Settings> {
        if let (Some(share), true) = (partition, since.is_none() || until.is_none()) {
            let problem =
                format!("--partition {share} needs --since and --until: all shares must divide the same time");
            return Err(Error::usage(problem).hint("give both, the same for each share"));
        }
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            return Err(Error::usage("--since is after --until").hint("swap them"));
        }
        let list = list.to_owned();
        Ok(Settings { version: VERSION, service, list, format, since, until, arguments, private, hmac_key, partition })
    }

    /// Refuses settings that no export of this version has written.
    pub(crate) fn check(&self) -> Result<()> {
        if self.version != VERSION {
            let problem = format!("the manifest has version {}, and this program knows {VERSION}", self.version);
            return Err(Error::usage(problem).hint("use the version of `desk` that began the export"));
        }
        match self.partition {
            Some(share) if !share.is_one() => {
                Err(Error::integrity(format!("the manifest has an impossible share, {share}; no file was changed"))
                    .hint("restore the manifest from a copy, or export to another directory"))
            }
            _ => Ok(()),
        }
    }

    /// The time range, both ends inclusive.
    pub(crate) fn span(&self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        match (self.partition, self.since, self.until) {
            (Some(share), Some(since), Some(until)) => {
                let (first, last) = (i128::from(since.timestamp_micros()), i128::from(until.timestamp_micros()));
                let cut = |part: u32| {
                    let cut = first + (last - first + 1) * i128::from(part) / i128::from(share.of);
                    i64::try_from(cut).unwrap_or(i64::MAX)
                };
                let at = |micros| DateTime::from_timestamp_micros(micros);
                (at(cut(share.index - 1)), at(cut(share.index) - 1))
            }
            _ => (self.since, self.until),
        }
    }

    /// The names of the settings that differ, so that `other` is another export. Shares of the same
    /// division do not differ.
    pub(crate) fn differences(&self, other: &Settings) -> Vec<String> {
        let value = |settings: &Settings| {
            let mut value = serde_json::to_value(settings).unwrap_or_default();
            value["partition"] = json!(settings.partition.map(|share| share.of));
            value
        };
        let (own, other) = (value(self), value(other));
        let names =
            own.as_object().into_iter().flatten().filter(|(name, value)| other.get(name.as_str()) != Some(value));
        names.map(|(name, _)| name.replace('_', "-")).collect()
    }
}

/// Parses `--since`: a moment, or the first one of a day.
pub(crate) fn since(text: &str) -> Result<DateTime<Utc>, String> {
    moment(text, |day| Some(day.and_time(NaiveTime::MIN).and_utc()))
}

/// Parses `--until`: a moment, or the last one of a day.
pub(crate) fn until(text: &str) -> Result<DateTime<Utc>, String> {
    moment(text, |day| {
        let next = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN).and_utc();
        next.checked_sub_signed(TimeDelta::microseconds(1))
    })
}

fn moment(text: &str, of_day: fn(NaiveDate) -> Option<DateTime<Utc>>) -> Result<DateTime<Utc>, String> {
    let day = text.parse::<NaiveDate>().ok().and_then(of_day);
    let moment = day.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc)));
    // The service's clock has microseconds.
    let moment = moment.and_then(|moment| DateTime::from_timestamp_micros(moment.timestamp_micros()));
    moment.ok_or_else(|| "write a date or a time, such as 2026-01-31 or 2026-01-31T09:30:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_divide_time_without_gap_or_overlap() {
        let (since, until) = (since("2026-01-01").expect("a day"), until("2026-01-03").expect("a day"));
        for of in [1, 2, 3, 7, 64] {
            let mut next = since;
            for index in 1..=of {
                let share = Some(Share { index, of });
                let none = (Private::default(), None);
                let settings = Settings::new(
                    String::new(),
                    "x",
                    FormatName::Csv,
                    (Some(since), Some(until)),
                    BTreeMap::new(),
                    none,
                    share,
                );
                let (from, to) = settings.expect("settings").span();
                assert_eq!(from, Some(next));
                next = to.expect("an end") + TimeDelta::microseconds(1);
            }
            assert_eq!(next, until + TimeDelta::microseconds(1));
        }
    }

    #[test]
    fn a_day_is_all_of_it() {
        assert_eq!(since("2026-01-31").expect("a day").to_rfc3339(), "2026-01-31T00:00:00+00:00");
        assert_eq!(until("2026-01-31").expect("a day").to_rfc3339(), "2026-01-31T23:59:59.999999+00:00");
        assert_eq!(until("2026-01-31T10:00:00+01:00").expect("a time").to_rfc3339(), "2026-01-31T09:00:00+00:00");
        assert!(since("yesterday").is_err());
        for wrong in ["0/3", "4/3", "3", "a/b", "1/0"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
    }
}
