//! Rows → bytes of a part: NDJSON and CSV, without what is to be dropped and with what is to be hashed.
//!
//! NDJSON rows are the service's own JSON, with properties that this version does not know. CSV has the columns of the spec, in
//! its order, by RFC 4180; a text that a spreadsheet would take for a formula gets a `'` in front, unless told otherwise.

use std::borrow::Cow;
use std::fmt;

use ring::hmac;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::settings::Format;
use crate::error::{Error, Result};

/// What keeps properties from the disk.
pub(crate) struct Privacy {
    pub(crate) drop: Vec<String>,
    pub(crate) hmac: Vec<String>,
    pub(crate) key: Option<hmac::Key>,
}

/// Writes rows in one format.
pub(crate) struct Encoder {
    format: Format,
    columns: Vec<&'static str>,
    privacy: Privacy,
}

impl Encoder {
    pub(crate) fn new(format: Format, columns: &'static [&'static str], privacy: Privacy) -> Encoder {
        let columns =
            columns.iter().copied().filter(|column| !privacy.drop.iter().any(|drop| drop == column)).collect();
        Encoder { format, columns, privacy }
    }

    /// What a part begins with.
    pub(crate) fn head(&self, out: &mut Vec<u8>) {
        if self.format != Format::Ndjson {
            out.extend_from_slice(self.columns.join(",").as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Whether rows are written as they came.
    pub(crate) fn takes_lines(&self) -> bool {
        self.format == Format::Ndjson && self.privacy.drop.is_empty() && self.privacy.hmac.is_empty()
    }

    /// Adds a row.
    pub(crate) fn row(&self, json: &[u8], out: &mut Vec<u8>) -> Result<()> {
        if self.takes_lines() {
            out.extend_from_slice(json);
            out.push(b'\n');
            return Ok(());
        }
        let row: Properties<'_> = serde_json::from_slice(json)
            .map_err(|error| Error::integrity(format!("a row of the service cannot be read: {error}")))?;
        match self.format {
            Format::Ndjson => self.ndjson(&row, out),
            Format::Csv | Format::CsvRaw => self.csv(&row, out),
        }
        Ok(())
    }

    fn ndjson(&self, row: &Properties<'_>, out: &mut Vec<u8>) {
        out.push(b'{');
        let mut first = true;
        for (name, value) in &row.0 {
            if self.privacy.drop.iter().any(|drop| drop == name) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.extend_from_slice(serde_json::to_string(name).unwrap_or_default().as_bytes());
            out.push(b':');
            match self.hashed(name, value) {
                // Hexadecimal digits need no escapes.
                Some(hash) => out.extend_from_slice(format!("\"{hash}\"").as_bytes()),
                None => out.extend_from_slice(value.get().as_bytes()),
            }
        }
        out.extend_from_slice(b"}\n");
    }

    fn csv(&self, row: &Properties<'_>, out: &mut Vec<u8>) {
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            // The last of equal names counts, as elsewhere.
            let value = row.0.iter().rev().find(|(name, _)| name == column).map(|(_, value)| *value);
            let Some(value) = value.filter(|value| value.get() != "null") else { continue };
            match self.hashed(column, value) {
                Some(hash) => out.extend_from_slice(hash.as_bytes()),
                None => cell(value.get(), self.format == Format::Csv, out),
            }
        }
        out.extend_from_slice(b"\r\n");
    }

    /// The keyed hash of a value, if that is asked for. What is not there or null stays so.
    fn hashed(&self, name: &str, value: &RawValue) -> Option<String> {
        let key = self.privacy.key.as_ref().filter(|_| value.get() != "null")?;
        self.privacy
            .hmac
            .iter()
            .any(|hmac| hmac == name)
            .then(|| hex(hmac::sign(key, text(value.get()).as_bytes()).as_ref()))
    }
}

/// A value as a cell: texts without their quotes, anything else as it is in JSON.
fn cell(json: &str, guard: bool, out: &mut Vec<u8>) {
    let text = text(json);
    let number = json.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let quoted = text.contains(['"', ',', '\r', '\n']);
    if quoted {
        out.push(b'"');
    }
    if guard && formula {
        out.push(b'\'');
    }
    match text.contains('"') {
        true => out.extend_from_slice(text.replace('"', "\"\"").as_bytes()),
        false => out.extend_from_slice(text.as_bytes()),
    }
    if quoted {
        out.push(b'"');
    }
}

/// The text that a value stands for.
fn text(json: &str) -> Cow<'_, str> {
    if !json.starts_with('"') {
        return Cow::Borrowed(json);
    }
    // Half of a surrogate pair is no text of Unicode; the replacement character stands for it.
    let bytes = serde_json::from_str::<Bytes>(json).map(|bytes| bytes.0).unwrap_or_default();
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, byte| text + &format!("{byte:02x}"))
}

/// The bytes of a text.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Bytes, E> {
                Ok(Bytes(text.as_bytes().to_vec()))
            }
        }

        deserializer.deserialize_bytes(Any)
    }
}

/// The properties of an object, in order, with their values as they were written.
struct Properties<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Properties<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Properties<'de>, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Properties<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties<'de>, A::Error> {
                let mut all = Vec::with_capacity(map.size_hint().unwrap_or(16));
                while let Some(entry) = map.next_entry::<String, &'de RawValue>()? {
                    all.push(entry);
                }
                Ok(Properties(all))
            }
        }

        deserializer.deserialize_map(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &[u8] = br#"{"id": 9007199254740993, "a": "=1+1", "b": "x,\"y\"\r\nz", "c": -5, "d": null, "e": {"k": [1.50]}, "new": "\ud800!"}"#;

    fn encode(format: Format, drop: &[&str], hmac: &[&str]) -> String {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let key = Some(hmac::Key::new(hmac::HMAC_SHA256, b"0123456789abcdef"));
        let privacy = Privacy { drop: all(drop), hmac: all(hmac), key };
        let encoder = Encoder::new(format, &["id", "a", "b", "c", "d", "e", "new", "gone"], privacy);
        let mut out = Vec::new();
        encoder.head(&mut out);
        encoder.row(ROW, &mut out).expect("a row");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn csv_is_quoted_and_harmless() {
        let cells =
            "9007199254740993,'=1+1,\"x,\"\"y\"\"\r\nz\",-5,,\"{\"\"k\"\": [1.50]}\",\u{FFFD}\u{FFFD}\u{FFFD}!,\r\n";
        assert_eq!(encode(Format::Csv, &[], &[]), format!("id,a,b,c,d,e,new,gone\r\n{cells}"));
        let raw = encode(Format::CsvRaw, &["b", "e"], &[]);
        assert_eq!(raw, "id,a,c,d,new,gone\r\n9007199254740993,=1+1,-5,,\u{FFFD}\u{FFFD}\u{FFFD}!,\r\n");
        let mut out = Vec::new();
        for first in ["=", "+", "-", "@", "\\t", "\\r"] {
            cell(&format!("\"{first}x\""), true, &mut out);
            out.push(b' ');
        }
        assert_eq!(String::from_utf8(out).expect("text"), "'=x '+x '-x '@x '\tx \"'\rx\" ");
    }

    #[test]
    fn rows_of_ndjson_are_the_services_own() {
        let own = String::from_utf8(ROW.to_vec()).expect("text") + "\n";
        assert_eq!(encode(Format::Ndjson, &[], &[]), own);
        let kept = encode(Format::Ndjson, &["b", "e", "c"], &["a", "d"]);
        let hash = hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"0123456789abcdef"), b"=1+1").as_ref());
        assert_eq!(kept, format!("{{\"id\":9007199254740993,\"a\":\"{hash}\",\"d\":null,\"new\":\"\\ud800!\"}}\n"));
    }
}
