//! The service's own JSON, as it came: results ([`Json`]) and rows of lists ([`Row`]), with
//! properties that this version does not know.
//!
//! Only the id and the time of a row are decoded. Rows point into the body of their page.

mod key;
mod scan;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use desk_core::decode::Undecodable;
use desk_core::list::Rows;
use serde::Deserialize;
use serde::de::{Error as _, IgnoredAny};
use serde_json::value::RawValue;

use key::{At, Located};
pub(crate) use key::{Key, PageSchema};

/// A result.
pub(crate) struct Json(Vec<u8>);

impl Json {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn one_line(&self) -> Vec<u8> {
        let mut line = self.0.clone();
        flatten(&mut line);
        line
    }
}

/// Keeps a result as it came, if it is JSON.
pub(crate) fn json(body: Vec<u8>) -> Result<Json, Undecodable> {
    // `IgnoredAny` does not check the UTF-8 of texts.
    let checked = match simdutf8::basic::from_utf8(&body) {
        Ok(text) => serde_json::from_str::<IgnoredAny>(text),
        Err(error) => Err(serde_json::Error::io(std::io::Error::other(error))),
    };
    match checked {
        Ok(_) => Ok(Json(body)),
        Err(error) => Err(Undecodable { body, error }),
    }
}

/// A row of a list.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) key: Key,
    /// The body of the page, with a line end after each row.
    page: Arc<Vec<u8>>,
    at: At,
}

impl Row {
    /// The row as the service wrote it, on one line.
    pub(crate) fn json(&self) -> &[u8] {
        self.page.get(self.at.start()..self.at.end()).unwrap_or_default()
    }

    /// The first rows that are adjacent in one page, as lines with their ends, and their number.
    pub(crate) fn lines(rows: &[Row]) -> (&[u8], usize) {
        let follows = |one: &Row, next: &Row| Arc::ptr_eq(&one.page, &next.page) && one.at.end + 1 == next.at.start;
        let run = rows.chunk_by(follows).next().unwrap_or_default();
        let lines = match run {
            [first, .., last] => first.page.get(first.at.start()..=last.at.end()),
            [row] => row.page.get(row.at.start()..=row.at.end()),
            [] => None,
        };
        (lines.unwrap_or_default(), run.len())
    }

    /// The time of the row.
    pub(crate) fn moment(&self) -> Option<DateTime<Utc>> {
        self.key.time.and_then(DateTime::from_timestamp_micros)
    }

    pub(crate) fn id(row: &Row) -> i64 {
        row.key.id
    }

    pub(crate) fn time(row: &Row) -> Option<i64> {
        row.key.time
    }
}

/// The rows of a page of the list with the schema `S`.
pub(crate) fn page<S: PageSchema>(mut body: Vec<u8>) -> Result<Rows<Row>, Undecodable> {
    let (count, places) = match scan::page::<S>(&body) {
        Some(scanned) => scanned,
        None => match decode::<S>(&body) {
            Ok(decoded) => {
                flatten(&mut body);
                decoded
            }
            Err(error) => return Err(Undecodable { body, error }),
        },
    };
    for (_, at) in &places {
        // A comma, the list's end, or white space.
        if let Some(behind) = body.get_mut(at.end()) {
            *behind = b'\n';
        }
    }
    let page = Arc::new(body);
    let rows = places.into_iter().map(|(key, at)| Row { key, page: page.clone(), at }).collect();
    Ok(Rows { items: rows, count, owner: None })
}

/// Does the work of [`scan::page`] for JSON of any form.
fn decode<S: PageSchema>(body: &[u8]) -> serde_json::Result<(i64, Vec<Located>)> {
    let page: Object<'_> = serde_json::from_slice(body)?;
    let count = property(&page, S::COUNT)?;
    let items: Vec<&RawValue> = property(&page, S::ITEMS)?;
    let rows = items.into_iter().map(|item| {
        let start = (item.get().as_ptr() as usize).wrapping_sub(body.as_ptr() as usize);
        let at =
            At::new(start, start + item.get().len()).ok_or_else(|| serde_json::Error::custom("a page too large"))?;
        let row: Object<'_> = serde_json::from_str(item.get())?;
        let time: Option<DateTime<Utc>> = match S::TIME {
            Some(name) if row.contains_key(name) => property(&row, name)?,
            _ => None,
        };
        Ok((Key { id: property(&row, S::ID)?, time: time.map(|time| time.timestamp_micros()) }, at))
    });
    Ok((count, rows.collect::<serde_json::Result<_>>()?))
}

/// A property that must be there.
fn property<'a, T: Deserialize<'a>>(object: &Object<'a>, name: &'static str) -> serde_json::Result<T> {
    let value = object.get(name).ok_or_else(|| serde_json::Error::missing_field(name))?;
    // The parser has read the whole value already, so that an error here is one of shape.
    serde_json::from_str(value.get()).map_err(serde_json::Error::custom)
}

/// The last of equal names counts, as in every JSON reader.
type Object<'a> = HashMap<String, &'a RawValue>;

/// Puts JSON on one line. Texts in JSON have no line ends, so that all of them are between tokens.
fn flatten(json: &mut [u8]) {
    json.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
}

#[cfg(test)]
impl Row {
    /// A row in a page of its own.
    pub(crate) fn alone(key: Key, json: &str) -> Row {
        let mut page = format!("{json} ").into_bytes();
        flatten(&mut page);
        page.pop();
        page.push(b'\n');
        Row { key, at: At::new(0, json.len()).unwrap(), page: Arc::new(page) }
    }
}

#[cfg(test)]
#[path = "rows/tests.rs"]
mod tests;
