//! Parameters of the path and of the query string.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::error::{Error, Result};

/// The spellings of this parameter in two generations of the documentation.
pub(super) const CHANNEL_TYPE: [&str; 2] = ["ticket__channel_type", "ticket_channel_type"];

/// The query string. The last of several equal names counts; invalid UTF-8 becomes U+FFFD.
pub(super) struct Query(pub(super) Vec<(String, String)>);

impl Query {
    pub(super) fn from_parts(parts: &Parts) -> Self {
        Self(form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// The value of a parameter under any of its spellings.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        find(&self.0, name).or_else(|| if name == CHANNEL_TYPE[0] { find(&self.0, CHANNEL_TYPE[1]) } else { None })
    }

    /// The value of an integer parameter, if the query has it.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>> {
        let number = self.get(name).map(str::parse).transpose();
        number.map_err(|_| Error::invalid(format!("{name}: must be a 64-bit integer")))
    }
}

pub(super) fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Decodes the parameters of the path.
pub(super) async fn path_parameters(parts: &mut Parts) -> Result<Vec<(String, String)>> {
    let raw = RawPathParams::from_request_parts(parts, &()).await;
    let raw = raw.map_err(|error| Error::invalid(format!("the path cannot be read: {error}")))?;
    Ok(raw.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// The value of an integer parameter of the path.
pub(super) fn path_id(path: &[(String, String)], name: &str) -> Result<i64> {
    let text = find(path, name).unwrap_or_default();
    text.parse().map_err(|_| Error::invalid(format!("{name}: must be a 64-bit integer, not {text:?}")))
}
