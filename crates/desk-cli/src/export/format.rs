//! Rows → bytes of a part: NDJSON and CSV; and which columns other formats have.
//!
//! NDJSON rows are the service's own JSON, with properties that this version does not know. CSV has the columns of the spec, in
//! its order, by RFC 4180; a text that a spreadsheet would take for a formula gets a `'` in front, unless told otherwise.

use super::privacy::Privacy;
use super::settings::Format;
use super::table::{Table, Value};
use super::value::{Properties, quoted, text};
use crate::api::Column;
use crate::error::Result;
use crate::rows::Row;

/// Writes rows in one format.
pub(crate) struct Encoder {
    format: Format,
    columns: Vec<&'static str>,
    privacy: Privacy,
    pub(super) table: Table,
}

impl Encoder {
    /// For rows with these columns; `keys` are their id and their time.
    pub(crate) fn new(
        format: Format,
        columns: &'static [Column],
        keys: (&'static str, &'static str),
        privacy: Privacy,
    ) -> Encoder {
        let table = Table::new(columns, keys, &privacy.private);
        let columns =
            columns.iter().map(|column| column.name).filter(|column| !privacy.private.drops(column)).collect();
        Encoder { format, columns, table, privacy }
    }

    /// What a part of texts begins with.
    pub(crate) fn head(&self, out: &mut Vec<u8>) {
        if self.format != Format::Ndjson {
            out.extend_from_slice(self.columns.join(",").as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Whether rows are written as they came.
    pub(crate) fn takes_lines(&self) -> bool {
        self.format == Format::Ndjson && self.privacy.private.is_idle()
    }

    /// Rows that are held in memory. Readers like row groups of Parquet large.
    pub(crate) fn rows_held(&self) -> usize {
        if self.format == Format::Parquet { 25_000 } else { 10_000 }
    }

    /// Adds a row, as text.
    pub(crate) fn row(&self, json: &[u8], out: &mut Vec<u8>) -> Result<()> {
        if self.takes_lines() {
            out.extend_from_slice(json);
            out.push(b'\n');
            return Ok(());
        }
        let row = Properties::of(json)?;
        match self.format {
            Format::Ndjson => self.ndjson(&row, out),
            _ => self.csv(&row, out),
        }
        Ok(())
    }

    /// A row, as values of the columns of [`Encoder::table`].
    pub(super) fn cells<'a>(&self, row: &'a Row) -> Result<Vec<Value<'a>>> {
        self.table.cells(row, &self.privacy)
    }

    fn ndjson(&self, row: &Properties<'_>, out: &mut Vec<u8>) {
        out.push(b'{');
        let mut first = true;
        for (name, value) in &row.0 {
            let Some(value) = self.privacy.shown(name, value) else { continue };
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.extend_from_slice(quoted(name).as_bytes());
            out.push(b':');
            out.extend_from_slice(value.as_bytes());
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
            let value = value.and_then(|value| self.privacy.shown(column, value));
            if let Some(value) = value.filter(|value| value != "null") {
                cell(&value, self.format == Format::Csv, out);
            }
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// A value as a cell: texts without their quotes, anything else as it is in JSON.
fn cell(json: &str, guard: bool, out: &mut Vec<u8>) {
    let text = text(json).0;
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

#[cfg(test)]
mod tests {
    use ring::hmac;

    use super::super::privacy::Private;
    use super::super::value::hex;
    use super::*;
    use crate::api::Kind;

    const KEY: &[u8] = b"0123456789abcdef";
    const ROW: &[u8] = br#"{"id": 9007199254740993, "a": "=1+1", "b": "x,\"y\"\r\nz", "c": -5, "d": null, "e": {"k": [1.50]}, "new": "\ud800!"}"#;

    fn encode(format: Format, drop: &[&str], hmac: &[&str]) -> String {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), KEY).expect("a key");
        let private = Private { drop: all(drop), hmac: all(hmac), ..Private::default() };
        let privacy = Privacy::new(&private, Some(&file.path().to_owned())).expect("a key");
        let columns = ["id", "a", "b", "c", "d", "e", "new", "gone"].map(|name| Column { name, kind: Kind::Text });
        let encoder = Encoder::new(format, Vec::leak(columns.into()), ("id", ""), privacy);
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
        let hash = hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), b"=1+1").as_ref());
        assert_eq!(kept, format!("{{\"id\":9007199254740993,\"a\":\"{hash}\",\"d\":null,\"new\":\"\\ud800!\"}}\n"));
    }
}
