//! The log of API requests: the last [`MAX_ENTRIES`], without tokens, headers and bodies.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::{Method, Uri};
use serde::Serialize;
use serde_json::{Value, json};

use crate::time::Time;

/// The maximum of requests that are kept.
const MAX_ENTRIES: usize = 10_000;

/// A request to the API.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RequestEntry {
    /// The time of arrival.
    pub time: Time,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The raw query after the `?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The operation id in the spec.
    pub operation: String,
    /// The HTTP status; absent if no valid response was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The name of the fault that was played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The duration in µs.
    pub duration_us: u64,
}

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<VecDeque<RequestEntry>>>);

impl Log {
    /// Starts an entry, which is added to the log when it is dropped.
    pub(super) fn begin(&self, time: Time, method: &Method, uri: &Uri, operation: &str) -> PendingEntry {
        let entry = RequestEntry {
            time,
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: uri.query().map(str::to_owned),
            operation: operation.to_owned(),
            status: None,
            fault: None,
            duration_us: 0,
        };
        PendingEntry { log: self.clone(), started: Instant::now(), entry }
    }

    /// All entries, oldest first.
    pub(crate) fn entries(&self) -> Vec<RequestEntry> {
        self.lock().iter().cloned().collect()
    }

    /// The last `count` entries, newest first.
    pub(super) fn newest(&self, count: usize) -> Vec<RequestEntry> {
        self.lock().iter().rev().take(count).cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// One line of JSON for each entry.
    pub(super) fn ndjson(&self) -> String {
        self.entries().iter().filter_map(|entry| serde_json::to_string(entry).ok()).map(|line| line + "\n").collect()
    }

    /// The log as HTTP Archive 1.2, for browsers and proxies; `address` is the server's.
    pub(super) fn har(&self, address: &str) -> Value {
        let entries: Vec<Value> = self.entries().iter().map(|entry| entry.har(address)).collect();
        let creator = json!({ "name": "desk-emulator", "version": env!("CARGO_PKG_VERSION") });
        json!({ "log": { "version": "1.2", "creator": creator, "entries": entries } })
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<RequestEntry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RequestEntry {
    fn har(&self, address: &str) -> Value {
        let query = self.query.as_deref().unwrap_or_default();
        let pairs: Vec<Value> = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        let separator = if self.query.is_some() { "?" } else { "" };
        let ms = self.duration_us as f64 / 1000.0;
        json!({
            "startedDateTime": self.time,
            "time": ms,
            "request": {
                "method": self.method, "url": format!("http://{address}{}{separator}{query}", self.path),
                "httpVersion": "HTTP/1.1", "headers": [], "queryString": pairs, "cookies": [],
                "headersSize": -1, "bodySize": -1,
            },
            // HTTP Archive uses 0 for "no response".
            "response": {
                "status": self.status.unwrap_or(0), "statusText": "", "httpVersion": "HTTP/1.1", "headers": [],
                "cookies": [], "content": { "size": -1, "mimeType": "" }, "redirectURL": "", "headersSize": -1,
                "bodySize": -1,
            },
            "cache": {},
            "timings": { "send": 0, "wait": ms, "receive": 0 },
            "comment": self.fault.as_deref().map(|fault| format!("fault: {fault}")).unwrap_or_default(),
        })
    }
}

/// The entry of a request in progress.
pub(super) struct PendingEntry {
    log: Log,
    started: Instant,
    pub(super) entry: RequestEntry,
}

impl Drop for PendingEntry {
    fn drop(&mut self) {
        self.entry.duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let mut entries = self.log.lock();
        if entries.len() == MAX_ENTRIES {
            entries.pop_front();
        }
        entries.push_back(self.entry.clone());
    }
}
