//! The messages: the same ones every time, shaped and mixed like real conversations.
//!
//! Texts have 118 characters on average; 43% hold characters beyond ASCII, 16% hold escapes. `short` is the older of the
//! two shapes in the spec, six properties and 284 bytes a message; `full` has all eleven.

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

/// A small generator of its own, so that no version of a library changes the texts.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len() as u64) as usize]
    }
}

/// All messages, one behind the other.
pub struct Messages {
    /// Their JSON, with a comma behind each.
    json: String,
    /// Where each begins, and the end.
    starts: Vec<usize>,
    /// When each was written, µs; they rise.
    times: Vec<i64>,
}

impl Messages {
    pub fn new(count: usize, full: bool) -> Messages {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        let mut all = Messages { json: String::new(), starts: vec![0], times: Vec::new() };
        for row in 0..count {
            all.times.push(message(&mut all.json, row, full, &mut dice));
            all.json.push(',');
            all.starts.push(all.json.len());
        }
        all
    }

    /// The messages of a closed interval of time, µs.
    pub fn between(&self, from: i64, until: i64) -> Range<usize> {
        let start = self.times.partition_point(|time| *time < from);
        start..self.times.partition_point(|time| *time <= until).max(start)
    }

    /// The page that begins `offset` messages behind the first of `those`, as the service would answer.
    pub fn page(&self, those: Range<usize>, offset: usize, limit: usize) -> Bytes {
        let link = |to: Option<usize>| match to {
            Some(to) => {
                format!(r#""https://desk-api-x.sendbird.com/platform/v1/chat_messages?limit={limit}&offset={to}""#)
            }
            None => "null".to_owned(),
        };
        let start = (those.start + offset).min(those.end);
        let end = (start + limit).min(those.end);
        let (previous, next) = (offset.checked_sub(limit), (end < those.end).then_some(offset + limit));
        let (count, previous, next) = (those.len(), link(previous), link(next));
        let rows = &self.json[self.starts[start]..self.starts[end]];
        let rows = rows.strip_suffix(',').unwrap_or(rows);
        let mut json = String::with_capacity(rows.len() + 300);
        write!(json, r#"{{"count":{count},"previous":{previous},"next":{next},"results":["#).unwrap();
        json.push_str(rows);
        json.push_str("]}");
        Bytes::from(json)
    }
}

/// Writes a message; gives its time.
fn message(json: &mut String, row: usize, full: bool, dice: &mut Dice) -> i64 {
    let (id, ticket) = (10_000_000 + row, 30_000 + row / 17);
    let (user, kind) = match dice.roll(20) {
        0 => ("event".to_owned(), "EVENT"),
        1..=9 => (format!("agent_{}", dice.roll(100)), "AGENT"),
        _ => (format!("customer_{}", dice.roll(100_000)), "CUSTOMER"),
    };
    // In the order of the ids, as a service writes them: 20 s apart.
    let (second, micros) = (1_546_300_800 + 20 * row as i64, dice.roll(1_000_000) as u32);
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
    text(json, dice);
    json.push('"');
    if full {
        json.push_str(match dice.roll(10) {
            0 => r#","data":"{\"type\":\"refund\",\"amount\":50}""#,
            _ => r#","data":"""#,
        });
        match dice.roll(50) {
            0 => write!(
                json,
                r#","deletedAt":"{time}","requestedFrom":"DASHBOARD","requestedBy":{{"displayName":"Ann","id":{}}}"#,
                dice.roll(100)
            )
            .unwrap(),
            _ => json.push_str(r#","deletedAt":null,"requestedFrom":null,"requestedBy":null"#),
        }
    }
    json.push('}');
    at
}

fn text(json: &mut String, dice: &mut Dice) {
    let (wide, escaped, length) = (dice.roll(100) < 43, dice.roll(100) < 16, 20 + dice.roll(180));
    let mut written = 0;
    let mut word = |json: &mut String, word: &str| {
        json.push_str(word);
        json.push(' ');
        written += word.chars().count() as u64 + 1;
        written
    };
    if wide {
        word(json, dice.pick(&WIDE));
    }
    if escaped {
        word(json, dice.pick(&ESCAPED));
    }
    loop {
        let next = if wide && dice.roll(4) == 0 { dice.pick(&WIDE) } else { dice.pick(&PLAIN) };
        if word(json, next) >= length {
            break;
        }
    }
}
