//! Properties of every wait that headers can ask for.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::parse;

const NAMES: [&str; 5] = ["retry-after-ms", "retry-after", "date", "x-ratelimit-retryafter", "server"];
/// The three date formats of RFC 9110.
const FORMATS: [&str; 3] = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
const TEN_YEARS: i64 = 3653 * 86_400;
/// Below this number of seconds, doubles are closer together than nanoseconds.
const EXACT: u64 = 1 << 23;

/// Parses the headers, without those whose value is illegal.
fn read(headers: &[(&'static str, &[u8])]) -> Option<Duration> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            map.append(HeaderName::from_static(name), value);
        }
    }
    parse(&map)
}

fn one(name: &'static str, value: &str) -> Option<Duration> {
    read(&[(name, value.as_bytes())])
}

fn written(time: i64, format: &str) -> String {
    DateTime::<Utc>::from_timestamp(time, 0).expect("in range").format(format).to_string()
}

/// A two-digit year means 1970 to 2069; `Date` stays ten years away from both ends.
fn now() -> impl Strategy<Value = i64> {
    TEN_YEARS..(100 * 365 * 86_400 - TEN_YEARS)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(headers in vec((select(&NAMES), vec(any::<u8>(), 0..40)), 0..5)) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        read(&headers);
    }

    #[test]
    fn almost_numbers_and_dates_do_not_panic(
        name in select(&NAMES),
        number in "[-+]?([0-9]{0,20}\\.?[0-9]{0,20}([eE][-+]?[0-9]{0,4})?|inf|nan|infinity)",
        date in "[SMF][aoru][nitd],? [0-9]{1,3} (Feb|Nov|Dec) [0-9]{1,5} [0-9:]{1,9}( GMT)?",
    ) {
        one(name, &number);
        one(name, &date);
        read(&[("date", date.as_bytes()), ("retry-after", date.as_bytes())]);
    }

    #[test]
    fn whole_seconds_are_exact(seconds in 0..=1_u64 << 53) {
        let wait = Some(Duration::from_secs(seconds));
        prop_assert_eq!(one("retry-after", &seconds.to_string()), wait);
        prop_assert_eq!(one("x-ratelimit-retryafter", &seconds.to_string()), wait);
    }

    #[test]
    fn fractions_are_exact(seconds in 0..EXACT, digits in 1..=3_usize, fraction in 0..1000_u64) {
        let fraction = &format!("{fraction:03}")[..digits];
        let millis = format!("{fraction:0<3}").parse().expect("three digits");
        let wait = Some(Duration::from_secs(seconds) + Duration::from_millis(millis));
        prop_assert_eq!(one("retry-after", &format!("{seconds}.{fraction}")), wait);
        prop_assert_eq!(one("x-ratelimit-retryafter", &format!("{seconds}.{fraction}")), wait);
        prop_assert_eq!(one("retry-after-ms", &format!("{}", seconds * 1000 + millis)), wait);
    }

    #[test]
    fn milliseconds_win(millis in 0..EXACT * 1000, other in "[ -~]{0,20}", at_the_end in any::<bool>()) {
        let text = millis.to_string();
        let mut headers = vec![("retry-after", other.as_bytes()), ("x-ratelimit-retryafter", other.as_bytes())];
        headers.insert(if at_the_end { 2 } else { 0 }, ("retry-after-ms", text.as_bytes()));
        prop_assert_eq!(read(&headers), Some(Duration::from_millis(millis)));
    }

    #[test]
    fn space_around_does_not_count(name in select(&NAMES), value in "[0-9]{1,6}", around in "[ \t]{0,4}") {
        prop_assert_eq!(one(name, &format!("{around}{value}{around}")), one(name, &value));
    }

    #[test]
    fn dates_count_from_the_servers_own(
        now in now(),
        wait in -TEN_YEARS..TEN_YEARS,
        date in select(&FORMATS),
        until in select(&FORMATS),
    ) {
        let (date, until) = (written(now, date), written(now + wait, until));
        let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(0));
        prop_assert_eq!(read(&[("date", date.as_bytes()), ("retry-after", until.as_bytes())]), Some(wait));
    }
}
