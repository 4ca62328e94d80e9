//! A part of one hostile row, for the tests of text formats.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::super::format::{Format, NewWindow};
use super::super::super::privacy::{Privacy, Private};
use super::super::super::settings::{FormatName, Settings};
use super::super::super::target::ExportTarget;
use super::super::{PartDir, form_of};
use crate::api::{Column, Kind};
use crate::rows::{Key, Row};

pub(crate) const KEY: &[u8] = b"0123456789abcdef";
pub(crate) const ROW: &[u8] = br#"{"id": 9007199254740993, "a": "=1+1", "b": "x,\"y\"\r\nz", "c": -5, "d": null, "e": {"k": [1.50]}, "new": "\ud800!"}"#;

/// The text of a window with that row, without the properties `drop`, and with those of `hmac`
/// hashed.
pub(crate) fn text(format: &dyn Format, drop: &[&str], hmac: &[&str]) -> String {
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let dir = tempfile::tempdir().expect("a directory");
    let key = dir.path().join("key");
    std::fs::write(&key, KEY).expect("a key");
    let private = Private { drop: all(drop), hmac: all(hmac), ..Private::default() };
    let privacy = Arc::new(Privacy::new(&private, Some(&key)).expect("a key"));
    let columns = ["id", "a", "b", "c", "d", "e", "new", "gone"].map(|name| Column { name, kind: Kind::Text });
    let (none, private) = ((None, None), (private, None));
    let settings = Settings::new(String::new(), "x", FormatName::Csv, none, BTreeMap::new(), private, None);
    let settings = settings.expect("settings");
    let (table, names) = form_of(&settings, &columns, ("id", ""), true);
    let parts = PartDir::new(dir.path());
    let target = Arc::new(ExportTarget { dir: parts, settings, names, table, begun: false.into() });
    let span = (chrono::DateTime::UNIX_EPOCH, chrono::DateTime::UNIX_EPOCH);
    let mut sink = format.begin(NewWindow { target, privacy, span, revision: 0 }).expect("a sink");
    let row = Row::alone(Key { id: 1, time: None }, std::str::from_utf8(ROW).expect("text"));
    sink.rows(vec![row]).expect("a row");
    let parts = sink.finish().expect("a part").publish().expect("a part");
    std::fs::read_to_string(dir.path().join(&parts[0].file)).expect("text")
}
