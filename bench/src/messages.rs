//! The messages: the same ones every time, shaped and mixed like real conversations.
//!
//! Texts have 118 characters on average; 43% hold characters beyond ASCII, 16% hold escapes. `short` is the older of the
//! two shapes in the spec, six properties and 284 bytes a message; `full` has all eleven.

use std::fmt::Write;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat};

/// Messages of a page.
pub const PAGE: usize = 500;

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

/// `count` messages, as the pages that the service would answer.
pub fn pages(count: usize, full: bool) -> Vec<Bytes> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    (0..count.div_ceil(PAGE)).map(|page| Bytes::from(self::page(page * PAGE, count, full, &mut dice))).collect()
}

fn page(offset: usize, count: usize, full: bool, dice: &mut Dice) -> String {
    let link = |to: Option<usize>| match to {
        Some(to) => format!(r#""https://desk-api-x.sendbird.com/platform/v1/chat_messages?limit={PAGE}&offset={to}""#),
        None => "null".to_owned(),
    };
    let (previous, next) = (offset.checked_sub(PAGE), Some(offset + PAGE).filter(|next| *next < count));
    let mut json = format!(r#"{{"count":{count},"previous":{},"next":{},"results":["#, link(previous), link(next));
    for row in offset..count.min(offset + PAGE) {
        if row > offset {
            json.push(',');
        }
        message(&mut json, row, full, dice);
    }
    json.push_str("]}");
    json
}

fn message(json: &mut String, row: usize, full: bool, dice: &mut Dice) {
    let (id, ticket) = (10_000_000 + row, 30_000 + row / 17);
    let (user, kind) = match dice.roll(20) {
        0 => ("event".to_owned(), "EVENT"),
        1..=9 => (format!("agent_{}", dice.roll(100)), "AGENT"),
        _ => (format!("customer_{}", dice.roll(100_000)), "CUSTOMER"),
    };
    // In the order of the ids, as a service writes them: 20 s apart.
    let (second, micros) = (1_546_300_800 + 20 * row as i64, dice.roll(1_000_000) as u32);
    let time = DateTime::from_timestamp(second, 1000 * micros).expect("a time");
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
