//! The scanner accepts only JSON that serde accepts, with equal rows.

use super::{Key, Located, PageSchema, Row, decode, page, scan};

struct Things;

impl PageSchema for Things {
    const COUNT: &'static str = "count";
    const ITEMS: &'static str = "things";
    const ID: &'static str = "id";
    const TIME: Option<&'static str> = Some("at");
}

/// A page in the form that the service writes.
const USUAL: &str = concat!(
    r#"{"count":12,"next":null,"things":["#,
    r#"{"id":7,"at":"2026-01-31T09:30:00.123456Z","text":"a\"b\\ \u00e9 안녕 \ud83d\ude00 \ud800","n":[-0.5e+3,{},[],true]},"#,
    r#"{"at":null,"id":-90,"more":{"id":"x","deep":[[{"k":"\/"}]]},"f":false},"#,
    r#"{"id":8}"#,
    r#"],"previous":"https://x/?offset=1"}"#
);

fn scanned(page: &str) -> Option<(i64, Vec<Located>)> {
    scan::page::<Things>(page.as_bytes())
}

fn same(page: &str) -> bool {
    let scanned = scanned(page);
    if let Some(scanned) = &scanned {
        assert_eq!(Some(scanned), decode::<Things>(page.as_bytes()).ok().as_ref(), "{page}");
    }
    scanned.is_some()
}

#[test]
fn what_is_usual_is_scanned() {
    assert!(same(USUAL));
    let (count, rows) = scanned(USUAL).unwrap();
    let keys: Vec<&Key> = rows.iter().map(|(key, _)| key).collect();
    let time = Some(1_769_851_800_123_456);
    assert_eq!(
        (count, keys),
        (12, vec![&Key { id: 7, time }, &Key { id: -90, time: None }, &Key { id: 8, time: None }])
    );
    assert!(same(r#"{"things":[],"count":0}"#));
}

#[test]
fn every_small_change_is_seen_as_serde_sees_it() {
    let mut taken = 0;
    for at in 0..USUAL.len() {
        let (before, behind) = USUAL.as_bytes().split_at(at);
        for byte in *b"\"\\{}[]:,0179-+.eEuntZT \n\x00\xff" {
            let changed = [before, &[byte], &behind[1..]].concat();
            let inserted = [before, &[byte], behind].concat();
            for page in [changed, inserted] {
                let Ok(page) = String::from_utf8(page) else {
                    continue;
                };
                taken += usize::from(same(&page));
            }
        }
        if let (Ok(cut), Ok(short)) = (std::str::from_utf8(before), std::str::from_utf8(&behind[1..])) {
            assert!(!same(cut));
            same(&[cut, short].concat());
        }
    }
    assert!(taken > 1000, "{taken}");
}

#[test]
fn numbers_of_every_length_are_read() {
    let mut id = 0_i64;
    for digit in "123456789012345678".bytes() {
        id = id * 10 + i64::from(digit - b'0');
        for id in [id, -id] {
            let page = format!(r#"{{"count":{id},"things":[{{"id":{id},"n":{id}}},{{"n":{id}.5,"id":{id}}}]}}"#);
            assert!(same(&page), "{page}");
            assert!(!same(&page.replace("\"id\":", "\"id\":0")), "{page}");
            assert!(!same(&page.replace("\"n\":", "\"n\":0")), "{page}");
        }
    }
}

#[test]
fn what_is_special_is_seen_wherever_it_stands() {
    let page = |text: &str| format!(r#"{{"count":1,"things":[{{"id":1,"x":"{text}","y":"z"}}]}}"#);
    let lengths = [0, 1, 14, 15, 16, 17, 62, 63, 64, 65, 79, 80, 81, 150];
    for (length, at) in lengths.into_iter().flat_map(|length| (0..=length).map(move |at| (length, at))) {
        let (before, behind) = ("x".repeat(at), "~".repeat(length - at));
        for usual in ["", " ", "!", "#", "[", "]", "\u{7f}", "\\n", "\\\"", "\\\\", "\u{a2}", "\u{dc}"] {
            assert!(same(&page(&format!("{before}{usual}{behind}"))), "{usual} at {at} of {length}");
        }
        for wrong in ["\"", "\\", "\0", "\t", "\u{1f}"] {
            assert!(!same(&page(&format!("{before}{wrong}{behind}"))), "{wrong} at {at} of {length}");
        }
    }
}

#[test]
fn what_is_not_usual_is_left_to_serde() {
    let row = |row: &str| format!(r#"{{"count":1,"things":[{row}]}}"#);
    for odd in [
        r#"{"id":1,"\u0069d":2}"#,
        r#"{"id":1,"id":2}"#,
        r#"{"id":1.0}"#,
        r#"{"id":1e3}"#,
        r#"{"id":9223372036854775807}"#,
        r#"{"id":01}"#,
        r#"{"id":-0}"#,
        r#"{"at":"2026-01-31T09:30:00.123456Z"}"#,
        r#"{"id":1,"at":"2026-01-31T09:30:00Z"}"#,
        r#"{"id":1,"at":"2026-02-31T09:30:00.123456Z"}"#,
        r#"{"id":1,"at":"2026-01-31T24:30:00.123456Z"}"#,
        r#"{"id":1,"at":1}"#,
        r#"{"id": 1}"#,
        r#"{"id":1,"x":"\ud8"}"#,
        "{\"id\":1,\"x\":\"\u{1}\"}",
        "null",
    ] {
        assert!(!same(&row(odd)), "{odd}");
    }
    assert!(!same(&row(&format!(r#"{{"id":1,"x":{}{}}}"#, "[".repeat(100), "]".repeat(100)))));
    assert!(!same(r#"{"count":1,"count":2,"things":[]}"#) && !same(r#"{"count":1}"#) && !same(r#"{"things":[]}"#));
}

#[test]
fn rows_are_on_one_line() {
    let spread: serde_json::Value =
        serde_json::from_str(r#"{"count":2,"things":[{"id":1,"x":[1,2]},{"id":2}]}"#).unwrap();
    let spread = serde_json::to_string_pretty(&spread).unwrap().into_bytes();
    let page = page::<Things>(spread).unwrap();
    let rows: Vec<Row> = page.items;
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert!(!row.json().contains(&b'\n'));
        assert_eq!(serde_json::from_slice::<serde_json::Value>(row.json()).unwrap()["id"], Row::id(row));
    }
    assert_eq!(lines(&rows).concat(), expected(&rows));
}

fn lines(mut rows: &[Row]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while !rows.is_empty() {
        let (lines, count) = Row::lines(rows);
        all.push(lines);
        rows = &rows[count..];
    }
    all
}

fn expected(rows: &[Row]) -> Vec<u8> {
    rows.iter().flat_map(|row| [row.json(), b"\n"].concat()).collect()
}

#[test]
fn rows_that_follow_each_other_are_lines_already() {
    let rows = page::<Things>(USUAL.as_bytes().to_vec()).unwrap().items;
    assert_eq!(lines(&rows), [expected(&rows)]);
    let mut others = page::<Things>(USUAL.as_bytes().to_vec()).unwrap().items;
    others.swap(0, 2);
    others.extend(rows);
    assert_eq!(lines(&others).concat(), expected(&others));
    assert_eq!(lines(&others).len(), 4);
    assert_eq!(Row::lines(&[]), (&[][..], 0));
}
