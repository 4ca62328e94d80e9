//! Compares the reader with serde: equal views of all accepted input, and no accepted input that
//! serde refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use ::desk_client::Json;
#[cfg(test)]
use ::desk_client::types::{ChatMessagePage, ProactiveChat};
use proptest::prelude::*;

use super::agree::agree;
use super::*;
use crate::generated::outputs::{ChatMessagePageView, ProactiveChatView};

const MESSAGE: &str = r#"{"id":1,"messageId":2,"ticket":3,"userSendbirdId":"u","userType":"AGENT","createdAt":"2019-03-12T05:25:41.032000Z","message":"m","data":"","deletedAt":null,"requestedFrom":null,"requestedBy":null}"#;
const CHAT: &str = r#"{"id":1,"project":2,"message":"m","messageCount":3,"createdBy":{"id":1,"name":"Ann"},"assignedGroup":null,"sentCount":4,"respondedCount":5,"closedCount":6,"customersList":"1,2","createdAt":"2026-01-31T09:30:00.123456Z","updatedAt":"2026-01-31T09:30:00Z","priority":"HIGH"}"#;

fn page(messages: &[&str]) -> String {
    format!(
        r#"{{"count":{},"previous":null,"next":"https://x/?a=1","results":[{}]}}"#,
        messages.len(),
        messages.join(",")
    )
}

/// The bytes with the zeros that a cursor needs, their beginning and their end.
fn padded(bytes: &[u8]) -> (Vec<u8>, Cursor, Cursor) {
    let mut padded = [bytes, &[0; PAD]].concat();
    // SAFETY: the padding is there, and a vector that moves leaves its bytes where they are.
    let (start, end) = unsafe { (Cursor::new(padded.as_mut_ptr()), Cursor::new(padded.as_mut_ptr().add(bytes.len()))) };
    (padded, start, end)
}

fn page_agrees(bytes: &[u8]) -> bool {
    agree::<ChatMessagePage, ChatMessagePageView>(bytes, |bytes| serde_json::from_slice(bytes))
}

/// Whether the reader accepts a page in which a message has `new` instead of `old`.
fn with(old: &str, new: &str) -> bool {
    assert!(MESSAGE.contains(old), "{old}");
    page_agrees(page(&[MESSAGE, &MESSAGE.replace(old, new)]).as_bytes())
}

#[test]
fn what_the_service_usually_sends_is_taken() {
    let short = r#"{"id":1,"ticket":3,"userSendbirdId":"u","userType":"EVENT","createdAt":"2019-03-12T05:25:41Z","message":"m"}"#;
    for messages in [&[][..], &[MESSAGE], &[MESSAGE, short], &[short; 300]] {
        assert!(page_agrees(page(messages).as_bytes()));
    }
    assert!(page_agrees(format!("{}\r\n", page(&[MESSAGE])).as_bytes()));
    let decode = |bytes: &[u8]| serde_json::from_slice(bytes);
    assert!(agree::<ProactiveChat, ProactiveChatView>(CHAT.as_bytes(), decode));
    for (old, new) in [
        (r#""u""#, r#""""#),
        (r#""u""#, r#""\u0000\ud83d\ude00\"\\\/\b\f\n\r\t é😀\uABcd""#),
        (r#""AGENT""#, r#""BOT""#),
        (r#""AGENT""#, r#""""#),
        ("\"requestedFrom\":null", r#""requestedFrom":"DASHBOARD""#),
        ("\"requestedBy\":null", r#""requestedBy":{"b":[1,-20,{}],"a":"x","c":[],"d":true,"e":false,"f":null}"#),
        ("\"requestedBy\":null", r#""requestedBy":{"b": 1.50, "a":1e3,"a":"\u0041","c":-0,"d":12345678901234567890}"#),
        ("\"requestedBy\":null", r#""requestedBy":"x""#),
        ("\"requestedBy\":null", r#""requestedBy":7"#),
        ("\"deletedAt\":null", r#""deletedAt":"2019-03-12T14:25:41.5+09:00""#),
        (",\"data\":\"\"", ""),
        ("\"id\":1", "\"id\":-9223372036854775808"),
        ("\"id\":1", "\"id\":9223372036854775807"),
    ] {
        assert!(with(old, new), "{new}");
    }
}

#[test]
fn any_surprise_is_left_to_serde() {
    for (old, new) in [
        // Keys.
        ("\"id\":1", "\"new\":0,\"id\":1"),
        ("\"id\":1,\"messageId\":2", "\"messageId\":2,\"id\":1"),
        ("\"id\":1", "\"id\":1,\"id\":1"),
        ("\"id\":1,", ""),
        ("\"requestedBy\":null", "\"requestedBy\":null,\"new\":1"),
        ("\"ticket\"", "\"tick\\u0065t\""),
        // White space and broken JSON.
        ("\"id\":1", "\"id\": 1"),
        ("\"id\":1", " \"id\":1"),
        ("\"id\":1,", "\"id\":1,,"),
        ("\"id\":1,", ",\"id\":1,"),
        ("\"requestedBy\":null", "\"requestedBy\":null,"),
        ("\"requestedBy\":null", "\"requestedBy\":nul"),
        ("\"requestedBy\":null", "\"requestedBy\": null"),
        ("\"requestedBy\":null", "\"requestedBy\":{\"a\":}"),
        // Numbers.
        ("\"id\":1", "\"id\":01"),
        ("\"id\":1", "\"id\":-0"),
        ("\"id\":1", "\"id\":-"),
        ("\"id\":1", "\"id\":+1"),
        ("\"id\":1", "\"id\":1.0"),
        ("\"id\":1", "\"id\":1e2"),
        ("\"id\":1", "\"id\":9223372036854775808"),
        ("\"id\":1", "\"id\":\"1\""),
        ("\"id\":1", "\"id\":null"),
        // Texts.
        ("\"u\"", "null"),
        ("\"u\"", "1"),
        ("\"u\"", "\"\\x\""),
        ("\"u\"", "\"\\u12\""),
        ("\"u\"", "\"\\u12x4\""),
        ("\"u\"", "\"\\u+123\""),
        ("\"u\"", "\"\\ud800\""),
        ("\"u\"", "\"\\ud800\\u0041\""),
        ("\"u\"", "\"\\udc00\\ud800\""),
        ("\"u\"", "\"a\nb\""),
        ("\"u\"", "\"\u{1f}\""),
        ("\"AGENT\"", "\"AG\\u0045NT\""),
        ("\"AGENT\"", "null"),
        // Times.
        ("05:25:41.032000Z", "05:25:60Z"),
        ("05:25:41.032000Z", "24:00:00Z"),
        ("2019-03-12", "2019-02-29"),
        ("05:25:41.032000Z", "05:25:41."),
        ("05:25:41.032000Z", "05:25:41.Z"),
        ("05:25:41.032000Z", "05:25:41"),
        ("05:25:41.032000Z", "05:25:4\\u0031Z"),
        ("2019-03-12T", "2019-03-12 T"),
    ] {
        // serde and chrono accept some of these; the reader agrees with both if it does too.
        let taken = with(old, new);
        assert!(!taken || new.contains("60Z"), "{new}");
    }
    let whole = page(&[MESSAGE]);
    for len in 0..whole.len() {
        assert!(!page_agrees(&whole.as_bytes()[..len]));
    }
    for behind in ["x", "{}", ",", "\0", "\u{c}"] {
        assert!(!page_agrees(format!("{whole}{behind}").as_bytes()));
    }
    let mut broken = whole.clone().into_bytes();
    let at = whole.find("\"u\"").unwrap() + 1;
    broken[at] = 0xff;
    assert!(!page_agrees(&broken));
}

#[test]
fn json_of_any_depth_is_taken() {
    for depth in [10, 65, 1000, 100_000] {
        let deep = format!("\"requestedBy\":{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(with("\"requestedBy\":null", &deep), "{depth}");
    }
}

/// Every type that the generator knows.
#[derive(Debug)]
#[allow(dead_code, reason = "shown")]
struct All {
    flag: bool,
    small: Option<i32>,
    fraction: f64,
    day: desk_str,
    inner: Object<All>,
    days: List<desk_str>,
    maybe: List<Option<i64>>,
    inside: List<All>,
}

// SAFETY: it writes the whole at once.
unsafe impl Read for All {
    fn read(from: &mut Reader<'_, '_>, to: &mut MaybeUninit<All>) -> Option<()> {
        from.open()?;
        let all = All {
            flag: {
                from.must(b",\"flag\":")?;
                from.bool()?
            },
            small: if from.maybe(b",\"small\":") { Some(from.int32()?) } else { None },
            fraction: {
                from.must(b",\"fraction\":")?;
                from.double()?
            },
            day: {
                from.must(b",\"day\":")?;
                from.date()?
            },
            inner: if from.maybe(b",\"inner\":") { from.object()? } else { Object::NULL },
            days: {
                from.must(b",\"days\":")?;
                from.list(|from| from.date())?
            },
            maybe: {
                from.must(b",\"maybe\":")?;
                from.list(|from| Some(if from.null() { None } else { Some(from.int64()?) }))?
            },
            inside: if from.maybe(b",\"inside\":") { from.objects()? } else { List::EMPTY },
        };
        to.write(all);
        from.close()
    }
}

#[test]
fn every_type_is_read() {
    let leaf = r#"{"flag":false,"fraction":-1.5e3,"day":"2024-02-29","days":[],"maybe":[]}"#;
    let whole = format!(
        r#"{{"flag":true,"small":-5,"fraction":3,"day":"2026-01-31","inner":{leaf},"days":["1999-12-31"],"maybe":[null,1],"inside":[{leaf},{leaf}]}}"#
    );
    let shown = |text: &str| read::<All>(text.as_bytes().to_vec()).ok().map(|read| format!("{:?}", read.view));
    let leaf_shown = r#"All { flag: false, small: None, fraction: -1500.0, day: "2024-02-29\0", inner: None, days: [], maybe: [], inside: [] }"#;
    assert_eq!(shown(leaf).as_deref(), Some(leaf_shown));
    let whole_shown = format!(
        r#"All {{ flag: true, small: Some(-5), fraction: 3.0, day: "2026-01-31\0", inner: Some({leaf_shown}), days: ["1999-12-31\0"], maybe: [None, Some(1)], inside: [{leaf_shown}, {leaf_shown}] }}"#
    );
    assert_eq!(shown(&whole), Some(whole_shown));
    for (old, new) in [
        ("true", "tru"),
        ("true", "1"),
        ("-5", "2147483648"),
        ("\"fraction\":3", "\"fraction\":1e999"),
        ("\"fraction\":3", "\"fraction\":\"3\""),
        ("2026-01-31", "2026-1-31"),
        ("2026-01-31", "2026-02-30"),
        ("[null,1]", "[null,1,]"),
        ("[null,1]", "[null;1]"),
    ] {
        assert!(whole.contains(old));
        assert_eq!(shown(&whole.replacen(old, new, 1)), None, "{new}");
    }
    let mut deep = leaf.to_owned();
    for _ in 0..40 {
        deep = leaf.replace(r#""days""#, &format!(r#""inner":{deep},"days""#));
    }
    assert_eq!(shown(&deep), None);
}

/// A time as chrono reads it.
fn by_chrono(text: &str) -> Option<i64> {
    text.parse::<chrono::DateTime<chrono::Utc>>().ok().map(|time| time.timestamp_micros())
}

/// Any JSON text, with its escapes.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[ -~&&[^\"\\\\]]{0,20}",
        2 => "[à-ÿ가-힣😀-😎]{0,5}",
        2 => prop::sample::select(vec!["\\n", "\\\"", "\\\\", "\\/", "\\u0000", "\\u00e9", "\\ud83d\\ude00", "\\uFFFF", "\\t"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec!["\\ud800", "\\x", "\\u12", "\u{1}", "\\"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn views_are_the_same(
        texts in prop::collection::vec(text(), 3),
        id in any::<i64>(),
        time in "(20|19|00)[0-9]{2}-[0-1][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,11})?(Z|z|[+-][0-2][0-9]:?[0-5]0)",
        json in text().prop_map(|text| format!("{{\"k\":[\"{text}\",1.5,{{\"{text}\":-7}}]}}")),
        cut in any::<prop::sample::Index>(),
        flip in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let message = MESSAGE
            .replace("\"u\"", &format!("\"{}\"", texts[0]))
            .replace("\"m\"", &format!("\"{}\"", texts[1]))
            .replace("\"data\":\"\"", &format!("\"data\":\"{}\"", texts[2]))
            .replace("\"id\":1", &format!("\"id\":{id}"))
            .replace("\"deletedAt\":null", &format!("\"deletedAt\":\"{time}\""))
            .replace("\"requestedBy\":null", &format!("\"requestedBy\":{json}"));
        let whole = page(&[MESSAGE, &message]);
        page_agrees(whole.as_bytes());
        let mut bytes = whole.into_bytes();
        page_agrees(&bytes[..cut.index(bytes.len())]);
        if let Some((at, byte)) = flip {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            page_agrees(&bytes);
        }
    }

    #[test]
    fn times_are_those_of_chrono(text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{1,10})?Z") {
        prop_assert_eq!(time::micros(text.as_bytes()), by_chrono(&text));
    }

    #[test]
    fn times_of_six_decimals_are_those_of_chrono(
        texts in prop::collection::vec("20[0-9]{2}-0[12]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\\.[0-9]{6}Z", 1..6),
        flip in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let mut day = Day::default();
        for mut text in texts.iter().flat_map(|text| [text, text]).map(|text| text.clone().into_bytes()) {
            if let Some((at, byte)) = flip {
                text[at.index(27)] = byte;
            }
            let (_padded, start, end) = padded(&[b"\"", text.as_slice(), b"\""].concat());
            let read = time::six_decimals(start, &mut day);
            let wanted = std::str::from_utf8(&text).ok().and_then(by_chrono);
            if let Some((micros, behind)) = read {
                prop_assert!(behind == end && wanted == Some(micros), "{micros}");
            } else if flip.is_none() {
                // The reader leaves leap seconds to chrono.
                prop_assert!(wanted.is_none() || &text[17..19] == b"60");
            }
        }
    }

    #[test]
    fn plain_texts_end_where_they_end(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let wanted = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(bytes.len());
        let (_padded, start, _) = padded(&bytes);
        prop_assert_eq!(text::plain(start).since(start), wanted);
    }

    #[test]
    fn json_keeps_its_digits_and_loses_its_white_space(text in text(), number in any::<f64>(), whole in any::<i128>(), space in "[ \n\t]{0,2}") {
        let json = |space: &str| format!("[{{\"{text}\":{space}{number:?},\"b\":{whole},\"a\":[]}},{space}\"{text}\"]");
        let (arena, written) = (Bump::new(), json(&space));
        let (_padded, start, end) = padded(written.as_bytes());
        let mut page = Page { arena: &arena, end, changed: start, escaped: Vec::new(), day: Day::default(), listed: false };
        let mut reader = Reader { at: start, first: true, depth: 0, page: &mut page };
        let read = reader.json().map(|text| (format!("{text:?}"), end.since(reader.at)));
        let wanted = serde_json::from_str::<Json>(&written).ok().map(|_| (format!("{:?}", json("") + "\0"), 0));
        prop_assert_eq!(read, wanted);
    }
}

#[test]
fn zeros_of_the_answer_itself_stay() {
    let whole = page(&[MESSAGE]).into_bytes();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] = 0;
        assert!(!page_agrees(&bytes), "{at}");
    }
    assert!(!page_agrees(&[whole.as_slice(), &[0]].concat()) && !page_agrees(&[0; 100]));
}

#[test]
fn decoding_goes_on_with_serde_where_the_reader_gives_up() {
    let decode = |bytes: &[u8]| super::decode::<ChatMessagePage, ChatMessagePageView>(bytes.to_vec());
    let usual = page(&[MESSAGE]);
    let kept = decode(usual.as_bytes()).expect("as usual");
    assert!(!kept.body.is_empty(), "the reader keeps the bytes");
    let kept = decode(usual.replacen('{', "{ ", 1).as_bytes()).expect("with white space");
    assert!(kept.body.is_empty(), "serde does not");
    let cut = decode(&usual.as_bytes()[..usual.len() - 1]).err().expect("it is cut");
    assert!(cut.is_incomplete() && cut.body == usual.as_bytes()[..usual.len() - 1]);
    assert!(!decode(b"[]").err().expect("another shape").is_incomplete());
}
