//! Properties of times in both directions: read from JSON and sent in a query, each compared with
//! an independent calendar.
#![allow(deprecated, reason = "all operations are tested")]

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use desk_client::Client;
use desk_client::types::{ChatMessage, ChatMessageListParams};
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;
use testkit::{Server, reply};

/// A written time: date, time of day, digits of a fraction, minutes east of Greenwich (`None` for
/// `Z`).
#[derive(Clone, Debug)]
struct Written {
    date: (i64, i64, i64),
    time: (i64, i64, i64),
    fraction: String,
    offset: Option<i64>,
}

impl Written {
    fn text(&self) -> String {
        let ((year, month, day), (hour, minute, second)) = (self.date, self.time);
        let point = if self.fraction.is_empty() { "" } else { "." };
        let offset = self.offset.map_or("Z".to_owned(), |east| {
            let sign = if east < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", east.abs() / 60, east.abs() % 60)
        });
        let fraction = &self.fraction;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{point}{fraction}{offset}")
    }

    /// Microseconds since the Unix epoch.
    fn micros(&self) -> i64 {
        let (hour, minute, second) = self.time;
        let minutes = days(self.date) * 1440 + hour * 60 + minute - self.offset.unwrap_or(0);
        let fraction: i64 = format!("{:0<6}", self.fraction)[..6].parse().expect("six digits");
        (minutes * 60 + second) * 1_000_000 + fraction
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, counted by years and months.
fn days((year, month, day): (i64, i64, i64)) -> i64 {
    let before = year - 1;
    let years = before * 365 + before / 4 - before / 100 + before / 400;
    let months: i64 = (1..month).map(|month| days_of(year, month)).sum();
    years + months + day - 1 - 719_162
}

fn written(seconds: RangeInclusive<i64>) -> impl Strategy<Value = Written> {
    // Prefers the days on which calendars fail most often.
    let year = prop_oneof![4 => 1..=9999_i64, 1 => Just(1), 1 => Just(9999), 2 => (1..=24_i64).prop_map(|n| n * 400)];
    let month = prop_oneof![3 => 1..=12_i64, 1 => Just(2)];
    let date = (year, month, prop_oneof![3 => 1..=31_i64, 1 => Just(31)])
        .prop_map(|(year, month, day)| (year, month, day.min(days_of(year, month))));
    let offset = option::of(-(23 * 60 + 59)..=23 * 60 + 59_i64);
    (date, (0..24_i64, 0..60_i64, seconds), "[0-9]{0,6}", offset).prop_map(|(date, time, fraction, offset)| Written {
        date,
        time,
        fraction,
        offset,
    })
}

fn message(created_at: &str) -> Result<ChatMessage, serde_json::Error> {
    serde_json::from_value(json!({
        "id": 1, "ticket": 2, "userSendbirdId": "u", "userType": "AGENT", "createdAt": created_at, "message": "m"
    }))
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn the_calendar_of_this_test_is_right() {
    for (date, number) in [
        ((1, 1, 1), -719_162),
        ((1970, 1, 1), 0),
        ((2000, 2, 29), 11_016),
        ((2000, 3, 1), 11_017),
        ((2100, 3, 1), 47_541),
        ((9999, 12, 31), 2_932_896),
    ] {
        assert_eq!(days(date), number, "{date:?}");
    }
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn a_time_is_read_to_the_microsecond(written in written(0..=59)) {
        let read = message(&written.text()).expect("a time");
        prop_assert_eq!(read.created_at.timestamp_micros(), written.micros(), "{}", written.text());
        let json = serde_json::to_string(&read).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<ChatMessage>(&json).expect("a message"), read, "{}", json);
    }

    #[test]
    fn a_leap_second_is_an_error_or_next_to_its_minute(written in written(60..=60)) {
        if let Ok(read) = message(&written.text()) {
            // A leap second is written as :59 plus a second and its fraction, or as the next
            // minute.
            let late = read.created_at.timestamp_micros() - written.micros();
            prop_assert!((-1_000_000..=1_000_000).contains(&late), "{} is {} µs off", written.text(), late);
            let json = serde_json::to_string(&read).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<ChatMessage>(&json).expect("a message"), read, "{}", json);
        }
    }

    #[test]
    fn numbers_of_undocumented_objects_keep_their_value(number in any::<f64>()) {
        let mut json = serde_json::to_value(message("2019-03-12T05:25:41Z").expect("a message")).expect("JSON");
        json["requestedBy"] = json!({ "seen": number });
        let read: ChatMessage = serde_json::from_str(&json.to_string()).expect("a message");
        prop_assert_eq!(read.requested_by, Some(json!({ "seen": number }).into()));
    }

    #[test]
    fn a_text_that_is_no_time_is_an_error(text in "[-+0-9TZ:. ]{0,40}") {
        let _ = message(&text);
    }
}

#[test]
fn a_time_is_sent_to_the_microsecond() {
    let server = Server::start(|_| vec![reply(200, &[], br#"{"count":0,"results":[]}"#)]);
    let client = Client::builder("").api_token("t").base_url(server.url()).build().expect("settings are right");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let times = (days((1, 1, 1)) * 86_400..days((10_000, 1, 1)) * 86_400, 0..1_000_000_000_u32, 0..=3_u32);
    let outcome = TestRunner::new(config(128)).run(&times, |(seconds, nanos, thousands)| {
        // Times with fewer digits are sent in shorter forms.
        let nanos = nanos - nanos % 1000_u32.pow(thousands);
        let time = DateTime::<Utc>::from_timestamp(seconds, nanos).expect("in range");
        let params = ChatMessageListParams::builder().created_at_gte(time).build();
        runtime.block_on(client.chat_message_list(&params)).expect("a page");
        let target = server.requests().pop().expect("a request").target;
        let (_, value) = target.split_once("?created_at__gte=").expect("the parameter");
        prop_assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || "%-.".contains(c)), "{}", target);
        prop_assert_eq!(sent(&value.replace("%3A", ":")), Some(time.timestamp_micros()), "{}", target);
        Ok(())
    });
    outcome.expect("every time");
}

/// Parses a sent time, in microseconds; accepts only `YYYY-MM-DDThh:mm:ss[.fraction]Z`.
fn sent(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let numbers = |text: &str, mark: char| -> Option<(i64, i64, i64)> {
        let numbers: Option<Vec<i64>> = text.split(mark).map(|number| number.parse().ok()).collect();
        <[i64; 3]>::try_from(numbers?).ok().map(Into::into)
    };
    let fraction = fraction.to_owned();
    Some(Written { date: numbers(date, '-')?, time: numbers(time, ':')?, fraction, offset: None }.micros())
}
