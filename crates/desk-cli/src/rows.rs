//! The service's own JSON, kept as it came: results ([`Json`]) and rows of lists ([`Row`]), with properties that this version
//! does not know.
//!
//! Only what pages and windows need is decoded: a row's id and time. Rows point into the body of their page.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use desk_client::answer::{Answer, Rows};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A result.
pub(crate) struct Json(Vec<u8>);

impl Json {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn one_line(&self) -> Vec<u8> {
        flat(&self.0)
    }
}

impl<S: Serialize> Answer<S> for Json {
    fn read(body: Vec<u8>) -> Result<Json, Vec<u8>> {
        match serde_json::from_slice::<IgnoredAny>(&body) {
            Ok(_) => Ok(Json(body)),
            Err(_) => Err(body),
        }
    }

    fn of(value: S) -> Json {
        Json(serde_json::to_vec(&value).unwrap_or_default())
    }
}

/// What a page and its rows look like: generated for each list.
pub(crate) trait Shape: Send + 'static {
    type Page<'a>: Deserialize<'a> + Into<(i64, Vec<&'a RawValue>)>;
    type Item: DeserializeOwned + Into<Key>;
}

/// What tells a row apart, and its time if the list has windows.
pub(crate) struct Key {
    pub(crate) id: i64,
    pub(crate) time: Option<DateTime<Utc>>,
}

/// A row of a list.
pub(crate) struct Row {
    pub(crate) key: Key,
    page: Arc<Vec<u8>>,
    at: Range<usize>,
}

impl Row {
    /// The row as the service wrote it; line ends only between tokens.
    pub(crate) fn json(&self) -> &[u8] {
        self.page.get(self.at.clone()).unwrap_or_default()
    }

    pub(crate) fn id(row: &Row) -> i64 {
        row.key.id
    }

    pub(crate) fn time(row: &Row) -> Option<DateTime<Utc>> {
        row.key.time
    }
}

/// What tells a row apart, and where it stands in its page.
type Place = (Key, Range<usize>);

/// A page of the list that `S` describes.
pub(crate) struct PageOf<S> {
    count: i64,
    rows: Vec<Row>,
    shape: std::marker::PhantomData<S>,
}

impl<S: Shape> PageOf<S> {
    pub(crate) fn rows(self) -> Rows<Row> {
        Rows { items: self.rows, count: self.count, kept: None }
    }

    fn scan(body: &[u8]) -> Option<(i64, Vec<Place>)> {
        let (count, items) = serde_json::from_slice::<S::Page<'_>>(body).ok()?.into();
        let rows = items.into_iter().map(|item| {
            let start = (item.get().as_ptr() as usize).checked_sub(body.as_ptr() as usize)?;
            let key = serde_json::from_str::<S::Item>(item.get()).ok()?.into();
            Some((key, start..start + item.get().len()))
        });
        Some((count, rows.collect::<Option<_>>()?))
    }

    fn made(body: Vec<u8>) -> Result<PageOf<S>, Vec<u8>> {
        let Some((count, rows)) = PageOf::<S>::scan(&body) else { return Err(body) };
        let page = Arc::new(body);
        let rows = rows.into_iter().map(|(key, at)| Row { key, page: page.clone(), at }).collect();
        Ok(PageOf { count, rows, shape: std::marker::PhantomData })
    }
}

impl<S: Shape, P: Serialize> Answer<P> for PageOf<S> {
    fn read(body: Vec<u8>) -> Result<PageOf<S>, Vec<u8>> {
        PageOf::made(body)
    }

    fn of(value: P) -> PageOf<S> {
        // A page that cannot be read as rows counts what it does not have, which no reader of lists takes for the end.
        let nothing = || PageOf { count: i64::MAX, rows: Vec::new(), shape: std::marker::PhantomData };
        serde_json::to_vec(&value).ok().and_then(|body| PageOf::made(body).ok()).unwrap_or_else(nothing)
    }
}

/// JSON on one line. Inside texts JSON has no line ends, so that those there are stand between tokens.
pub(crate) fn flat(json: &[u8]) -> Vec<u8> {
    json.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }).collect()
}

#[cfg(test)]
impl Row {
    /// A row of a page of its own.
    pub(crate) fn alone(key: Key, json: &str) -> Row {
        Row { key, at: 0..json.len(), page: Arc::new(json.into()) }
    }
}
