//! The service's own JSON, as it came: results ([`Json`]) and rows of lists ([`Row`]), with
//! properties that this version does not know.
//!
//! Only the id and the time of a row are decoded. Rows point into the body of their page.

mod key;
mod scan;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use desk_client::answer::{Answer, Rows};
use serde::Serialize;
use serde::de::IgnoredAny;
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

impl<S: Serialize> Answer<S> for Json {
    fn read(body: Vec<u8>) -> Result<Json, Vec<u8>> {
        // `IgnoredAny` does not check the UTF-8 of texts.
        let text = simdutf8::basic::from_utf8(&body).ok();
        match text.and_then(|text| serde_json::from_str::<IgnoredAny>(text).ok()) {
            Some(_) => Ok(Json(body)),
            None => Err(body),
        }
    }

    fn of(value: S) -> Json {
        Json(serde_json::to_vec(&value).unwrap_or_default())
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

/// A page of the list with the schema `S`.
pub(crate) struct PageOf<S> {
    count: i64,
    rows: Vec<Row>,
    shape: std::marker::PhantomData<S>,
}

impl<S: PageSchema> PageOf<S> {
    pub(crate) fn rows(self) -> Rows<Row> {
        Rows { items: self.rows, count: self.count, kept: None }
    }

    fn made(mut body: Vec<u8>) -> Result<PageOf<S>, Vec<u8>> {
        let scanned = scan::page::<S>(&body).or_else(|| {
            let decoded = decode::<S>(&body)?;
            flatten(&mut body);
            Some(decoded)
        });
        let Some((count, places)) = scanned else { return Err(body) };
        for (_, at) in &places {
            // The byte after a row is a comma, the end of the list, or white space.
            if let Some(behind) = body.get_mut(at.end()) {
                *behind = b'\n';
            }
        }
        let page = Arc::new(body);
        let rows = places.into_iter().map(|(key, at)| Row { key, page: page.clone(), at }).collect();
        Ok(PageOf { count, rows, shape: std::marker::PhantomData })
    }
}

impl<S: PageSchema, P: Serialize> Answer<P> for PageOf<S> {
    fn read(body: Vec<u8>) -> Result<PageOf<S>, Vec<u8>> {
        PageOf::made(body)
    }

    fn of(value: P) -> PageOf<S> {
        // A page that cannot be read as rows counts more rows than it has, which no reader of lists
        // takes for the end.
        let nothing = || PageOf { count: i64::MAX, rows: Vec::new(), shape: std::marker::PhantomData };
        serde_json::to_vec(&value).ok().and_then(|body| PageOf::made(body).ok()).unwrap_or_else(nothing)
    }
}

/// Does the work of [`scan::page`] for JSON of any form.
fn decode<S: PageSchema>(body: &[u8]) -> Option<(i64, Vec<Located>)> {
    let page: Object<'_> = serde_json::from_slice(body).ok()?;
    let count = serde_json::from_str(page.get(S::COUNT)?.get()).ok()?;
    let items: Vec<&RawValue> = serde_json::from_str(page.get(S::ITEMS)?.get()).ok()?;
    let rows = items.into_iter().map(|item| {
        let start = (item.get().as_ptr() as usize).checked_sub(body.as_ptr() as usize)?;
        let row: Object<'_> = serde_json::from_str(item.get()).ok()?;
        let id = serde_json::from_str(row.get(S::ID)?.get()).ok()?;
        let time = match S::TIME.and_then(|name| row.get(name)) {
            Some(time) => serde_json::from_str::<Option<DateTime<Utc>>>(time.get()).ok()?,
            None => None,
        };
        Some((Key { id, time: time.map(|time| time.timestamp_micros()) }, At::new(start, start + item.get().len())?))
    });
    Some((count, rows.collect::<Option<_>>()?))
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
