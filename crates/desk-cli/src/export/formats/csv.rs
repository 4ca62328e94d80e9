//! CSV by RFC 4180: the columns of the spec, in its order.

use super::super::format::{Format, NewWindow, WindowSink};
use super::super::privacy::Privacy;
use super::super::table::Table;
use super::super::value::{Properties, text};
use super::text::{TextFormat, TextSink};
use crate::error::Result;

pub(super) struct Csv {
    /// Puts `'` before a text that a spreadsheet would take for a formula.
    pub(super) guards_formulas: bool,
}

impl Format for Csv {
    fn extension(&self) -> &'static str {
        "csv"
    }

    fn begin(&self, window: NewWindow) -> Result<Box<dyn WindowSink>> {
        let format =
            if self.guards_formulas { &Csv { guards_formulas: true } } else { &Csv { guards_formulas: false } };
        Ok(Box::new(TextSink::new(format, window, false)))
    }
}

impl TextFormat for Csv {
    fn head(&self, table: &Table, out: &mut Vec<u8>) {
        let columns: Vec<&str> = table.properties().collect();
        out.extend_from_slice(columns.join(",").as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    fn row(&self, json: &[u8], table: &Table, privacy: &Privacy, out: &mut Vec<u8>) -> Result<()> {
        let row = Properties::of(json)?;
        for (at, column) in table.properties().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            // The last of equal names counts, as in every JSON reader.
            let value = row.0.iter().rev().find(|(name, _)| name == column).map(|(_, value)| *value);
            let value = value.and_then(|value| privacy.permitted(column, value));
            if let Some(value) = value.filter(|value| value != "null") {
                cell(&value, self.guards_formulas, out);
            }
        }
        out.extend_from_slice(b"\r\n");
        Ok(())
    }
}

/// Adds a value as a cell: a text without its quotes, any other value as it is in JSON.
fn cell(json: &str, guards_formulas: bool, out: &mut Vec<u8>) {
    let text = text(json).0;
    let number = json.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let quoted = text.contains(['"', ',', '\r', '\n']);
    if quoted {
        out.push(b'"');
    }
    if guards_formulas && formula {
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
    use super::super::text::testing;
    use super::*;

    #[test]
    fn csv_is_quoted_and_harmless() {
        let cells =
            "9007199254740993,'=1+1,\"x,\"\"y\"\"\r\nz\",-5,,\"{\"\"k\"\": [1.50]}\",\u{FFFD}\u{FFFD}\u{FFFD}!,\r\n";
        let guarded = testing::text(&Csv { guards_formulas: true }, &[], &[]);
        assert_eq!(guarded, format!("id,a,b,c,d,e,new,gone\r\n{cells}"));
        let raw = testing::text(&Csv { guards_formulas: false }, &["b", "e"], &[]);
        assert_eq!(raw, "id,a,c,d,new,gone\r\n9007199254740993,=1+1,-5,,\u{FFFD}\u{FFFD}\u{FFFD}!,\r\n");
        let mut out = Vec::new();
        for first in ["=", "+", "-", "@", "\\t", "\\r"] {
            cell(&format!("\"{first}x\""), true, &mut out);
            out.push(b' ');
        }
        assert_eq!(String::from_utf8(out).expect("text"), "'=x '+x '-x '@x '\tx \"'\rx\" ");
    }
}
