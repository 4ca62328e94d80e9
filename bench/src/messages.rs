//! The served messages: always the same, with the shapes and the mix of real conversations.
//!
//! Texts have 118 characters on average; 43% have characters beyond ASCII, 16% have escapes. The
//! `short` shape is the older one of the spec, with 6 properties and 284 bytes per message; `full`
//! has all 11 properties.

use std::fmt::Write;
use std::ops::Range;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat};

const PLAIN: [&str; 12] = [
    "Hello",
    "my order",
    "has not arrived yet",
    "could you look into it",
    "please",
    "thank you",
    "the number is",
    "since Monday",
    "refund",
    "of course",
    "let me check that for you",
    "one moment",
];
const WIDE: [&str; 8] = ["안녕하세요", "주문", "감사합니다", "grüße", "café", "ありがとう", "😀", "naïve"];
const ESCAPED: [&str; 5] = [r"\n", r#"\"quoted\""#, r"\ud83d\ude00", r"C:\\temp", r"tab\there"];

/// A random number generator (xorshift): with a library, an update could change the texts.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

/// All messages as one text.
pub struct Messages {
    /// The JSON of the messages, with a comma after each.
    json: String,
    /// The start of each message, and the end of the last one.
    starts: Vec<usize>,
    /// The time of each message in µs, in ascending order.
    times: Vec<i64>,
}

impl Messages {
    pub fn new(count: usize, full: bool) -> Messages {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let mut all = Messages { json: String::new(), starts: vec![0], times: Vec::new() };
        for row in 0..count {
            all.times.push(message(&mut all.json, row, full, &mut random));
            all.json.push(',');
            all.starts.push(all.json.len());
        }
        all
    }

    /// The messages of a closed time interval in µs.
    pub fn between(&self, from: i64, to: i64) -> Range<usize> {
        let start = self.times.partition_point(|time| *time < from);
        start..self.times.partition_point(|time| *time <= to).max(start)
    }

    /// The page at `offset` in a range of messages, as the service responds.
    pub fn page(&self, range: Range<usize>, offset: usize, limit: usize) -> Bytes {
        let link = |offset: Option<usize>| match offset {
            Some(offset) => {
                format!(r#""https://desk-api-x.sendbird.com/platform/v1/chat_messages?limit={limit}&offset={offset}""#)
            }
            None => "null".to_owned(),
        };
        let start = (range.start + offset).min(range.end);
        let end = (start + limit).min(range.end);
        let (previous, next) = (offset.checked_sub(limit), (end < range.end).then_some(offset + limit));
        let (count, previous, next) = (range.len(), link(previous), link(next));
        let rows = &self.json[self.starts[start]..self.starts[end]];
        let rows = rows.strip_suffix(',').unwrap_or(rows);
        let mut json = String::with_capacity(rows.len() + 300);
        write!(json, r#"{{"count":{count},"previous":{previous},"next":{next},"results":["#).unwrap();
        json.push_str(rows);
        json.push_str("]}");
        Bytes::from(json)
    }
}

/// Writes a message; returns its time.
fn message(json: &mut String, row: usize, full: bool, random: &mut Random) -> i64 {
    let (id, ticket) = (10_000_000 + row, 30_000 + row / 17);
    let (user, kind) = match random.below(20) {
        0 => ("event".to_owned(), "EVENT"),
        1..=9 => (format!("agent_{}", random.below(100)), "AGENT"),
        _ => (format!("customer_{}", random.below(100_000)), "CUSTOMER"),
    };
    // Times increase with the ids, as in the service: 20 s apart.
    let (second, micros) = (1_546_300_800 + 20 * row as i64, random.below(1_000_000) as u32);
    let time = DateTime::from_timestamp(second, 1000 * micros).expect("a time");
    let at = time.timestamp_micros();
    let time = time.to_rfc3339_opts(SecondsFormat::Micros, true);
    json.push('{');
    write!(json, r#""id":{id},"#).unwrap();
    if full {
        write!(json, r#""messageId":{},"#, 514_000_000 + row).unwrap();
    }
    write!(json, r#""ticket":{ticket},"userSendbirdId":"{user}","userType":"{kind}","createdAt":"{time}","message":""#)
        .unwrap();
    text(json, random);
    json.push('"');
    if full {
        json.push_str(match random.below(10) {
            0 => r#","data":"{\"type\":\"refund\",\"amount\":50}""#,
            _ => r#","data":"""#,
        });
        match random.below(50) {
            0 => write!(
                json,
                r#","deletedAt":"{time}","requestedFrom":"DASHBOARD","requestedBy":{{"displayName":"Ann","id":{}}}"#,
                random.below(100)
            )
            .unwrap(),
            _ => json.push_str(r#","deletedAt":null,"requestedFrom":null,"requestedBy":null"#),
        }
    }
    json.push('}');
    at
}

fn text(json: &mut String, random: &mut Random) {
    let (wide, escaped, length) = (random.below(100) < 43, random.below(100) < 16, 20 + random.below(180));
    let mut written = 0;
    let mut word = |json: &mut String, word: &str| {
        json.push_str(word);
        json.push(' ');
        written += word.chars().count() as u64 + 1;
        written
    };
    if wide {
        word(json, random.pick(&WIDE));
    }
    if escaped {
        word(json, random.pick(&ESCAPED));
    }
    loop {
        let next = if wide && random.below(4) == 0 { random.pick(&WIDE) } else { random.pick(&PLAIN) };
        if word(json, next) >= length {
            break;
        }
    }
}
