//! Pages like those of Django REST framework's `LimitOffsetPagination`, which the service appears
//! to use.
//!
//! `limit` is at most 500 and by default 50; `offset` is by default 0; numbers of any length are
//! accepted. Links are absolute, sort the other parameters by name, always contain the limit, and
//! omit an offset of 0.

use std::net::SocketAddr;

use axum::extract::OriginalUri;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use super::parameters::Query;
use super::response::json;
use crate::error::{Error, Result};

const DEFAULT_LIMIT: i64 = 50;

/// The requested rows of a list.
#[derive(Clone, Copy)]
pub(super) struct Paging {
    /// The maximum of rows, 1 to 500.
    pub(super) limit: i64,
    /// The number of skipped rows.
    pub(super) offset: i64,
}

impl Paging {
    pub(super) fn from_query(query: &Query, max_limit: u16) -> Self {
        let number = |name| query.get(name).and_then(non_negative);
        let limit = number("limit").filter(|limit| *limit > 0).unwrap_or(DEFAULT_LIMIT);
        Self { limit: limit.min(max_limit.into()), offset: number("offset").unwrap_or(0) }
    }
}

/// Parses a non-negative integer as Python does; a number beyond 64 bits becomes the maximum.
fn non_negative(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix('+').unwrap_or(text);
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// Makes the links of a page.
pub(super) struct PageLinks {
    base_url: String,
    other_parameters: Vec<(String, String)>,
}

impl PageLinks {
    pub(super) fn new(parts: &Parts, query: &Query, address: SocketAddr) -> Self {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.filter(|host| !host.is_empty()).map_or_else(|| address.to_string(), str::to_owned);
        let other_parameters =
            query.0.iter().filter(|(name, _)| name != "limit" && name != "offset").cloned().collect();
        // The router removes the prefix of a nested tree from the path; the link needs the complete
        // path.
        let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.path());
        Self { base_url: format!("http://{host}{path}"), other_parameters }
    }

    fn url(&self, limit: i64, offset: i64) -> String {
        let mut pairs = self.other_parameters.clone();
        pairs.push(("limit".to_owned(), limit.to_string()));
        if offset > 0 {
            pairs.push(("offset".to_owned(), offset.to_string()));
        }
        pairs.sort_by(|(left, _), (right, _)| left.cmp(right));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}?{query}", self.base_url)
    }
}

/// The response for a page: the envelope around `results`, a complete JSON array.
pub(super) fn page_response(paging: Paging, links: &PageLinks, count: i64, results: &[u8]) -> Result<Response> {
    #[derive(Serialize)]
    struct Envelope {
        count: i64,
        previous: Option<String>,
        next: Option<String>,
    }
    let Paging { limit, offset } = paging;
    let next_offset = offset.saturating_add(limit);
    let envelope = Envelope {
        count,
        previous: (offset > 0).then(|| links.url(limit, (offset - limit).max(0))),
        next: (next_offset < count).then(|| links.url(limit, next_offset)),
    };
    let mut body = serde_json::to_vec(&envelope).map_err(|error| Error::internal(error.to_string()))?;
    body.reserve(results.len() + 16);
    // Insert the array as the last member, before the closing brace.
    body.pop();
    body.extend_from_slice(b",\"results\":");
    body.extend_from_slice(results);
    body.push(b'}');
    Ok(json(StatusCode::OK, body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::MAX_LIMIT;

    fn paging(query: &str) -> (i64, i64) {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let Paging { limit, offset } = Paging::from_query(&Query(pairs), MAX_LIMIT);
        (limit, offset)
    }

    #[test]
    fn values_out_of_range_are_clamped() {
        let long = "9".repeat(40);
        for (query, expected) in [
            ("", (50, 0)),
            ("limit=1&offset=7", (1, 7)),
            ("limit=500", (500, 0)),
            ("limit=501", (500, 0)),
            (&format!("limit={long}&offset={long}"), (500, i64::MAX)),
            ("limit=0&offset=-1", (50, 0)),
            ("limit=-3&offset=x", (50, 0)),
            ("limit=%2B7&offset=+8+", (7, 8)),
            ("limit=&offset=1.5", (50, 0)),
            ("limit=%FF", (50, 0)),
            ("limit=2&limit=3", (3, 0)),
        ] {
            assert_eq!(paging(query), expected, "{query}");
        }
    }

    #[test]
    fn links_carry_the_other_parameters_sorted() {
        let other_parameters = vec![("z".to_owned(), "a b+".to_owned()), ("a".to_owned(), "é".to_owned())];
        let links = PageLinks { base_url: "http://h/p".to_owned(), other_parameters };
        assert_eq!(links.url(10, 20), "http://h/p?a=%C3%A9&limit=10&offset=20&z=a+b%2B");
        assert_eq!(links.url(10, 0), "http://h/p?a=%C3%A9&limit=10&z=a+b%2B");
    }
}
