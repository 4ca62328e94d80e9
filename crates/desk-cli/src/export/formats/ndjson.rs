//! NDJSON: rows as the service wrote them, with properties that this version does not know.

use super::super::format::{Format, NewWindow, WindowSink};
use super::super::privacy::Privacy;
use super::super::table::Table;
use super::super::value::{Properties, quoted};
use super::text::{TextFormat, TextSink};
use crate::error::Result;

pub(super) struct Ndjson;

impl Format for Ndjson {
    fn extension(&self) -> &'static str {
        "ndjson"
    }

    fn takes_lines(&self, privacy: &Privacy) -> bool {
        privacy.private.is_idle()
    }

    fn begin(&self, window: NewWindow) -> Result<Box<dyn WindowSink>> {
        let takes_lines = self.takes_lines(&window.privacy);
        Ok(Box::new(TextSink::new(&Ndjson, window, takes_lines)))
    }
}

impl TextFormat for Ndjson {
    fn row(&self, json: &[u8], _table: &Table, privacy: &Privacy, out: &mut Vec<u8>) -> Result<()> {
        out.push(b'{');
        let mut first = true;
        for (name, value) in &Properties::of(json)?.0 {
            let Some(value) = privacy.permitted(name, value) else { continue };
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.extend_from_slice(quoted(name).as_bytes());
            out.push(b':');
            out.extend_from_slice(value.as_bytes());
        }
        out.extend_from_slice(b"}\n");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ring::hmac;

    use super::super::super::value::hex;
    use super::super::text::testing::{KEY, ROW, text};
    use super::*;

    #[test]
    fn rows_without_private_properties_are_the_services_own() {
        let own = String::from_utf8(ROW.to_vec()).expect("text") + "\n";
        assert_eq!(text(&Ndjson, &[], &[]), own);
        let kept = text(&Ndjson, &["b", "e", "c"], &["a", "d"]);
        let hash = hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), b"=1+1").as_ref());
        assert_eq!(kept, format!("{{\"id\":9007199254740993,\"a\":\"{hash}\",\"d\":null,\"new\":\"\\ud800!\"}}\n"));
    }
}
