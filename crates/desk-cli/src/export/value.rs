//! The raw JSON of a row: its properties in order, and the texts of values.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Error, Result};

/// The properties of an object, in order, with their raw values.
pub(super) struct Properties<'a>(pub(super) Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Properties<'a> {
    /// The properties of a row.
    pub(super) fn of(json: &'a [u8]) -> Result<Properties<'a>> {
        serde_json::from_slice(json)
            .map_err(|error| Error::integrity(format!("a row of the service cannot be read: {error}")))
    }
}

/// The text of a value, and whether it is complete: half of a surrogate pair is no Unicode, and
/// becomes the replacement character.
pub(super) fn text(json: &str) -> (Cow<'_, str>, bool) {
    let Some(inner) = json.strip_prefix('"') else { return (Cow::Borrowed(json), true) };
    if !json.contains('\\') {
        return (Cow::Borrowed(inner.strip_suffix('"').unwrap_or(inner)), true);
    }
    let bytes = serde_json::from_str::<Bytes>(json).map(|bytes| bytes.0).unwrap_or_default();
    match String::from_utf8(bytes) {
        Ok(text) => (Cow::Owned(text), true),
        Err(error) => (Cow::Owned(String::from_utf8_lossy(error.as_bytes()).into_owned()), false),
    }
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, byte| text + &format!("{byte:02x}"))
}

/// The decoded bytes of a text.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Bytes, E> {
                Ok(Bytes(text.as_bytes().to_vec()))
            }
        }

        deserializer.deserialize_bytes(Any)
    }
}

/// The name of a property, copied only if it has escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Properties<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Properties<'de>, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Properties<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties<'de>, A::Error> {
                let mut all = Vec::with_capacity(map.size_hint().unwrap_or(16));
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    all.push((name, value.get()));
                }
                Ok(Properties(all))
            }
        }

        deserializer.deserialize_map(Any)
    }
}
