//! [`Json`]: a value whose shape is not documented.
//!
//! [`Json`] owns the text of one JSON value, as the service wrote it. `serde_json::Value` rounds
//! numbers and sorts properties, except with features of serde_json that change the JSON of every
//! crate in the program.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::Error;

/// A JSON value of any shape, kept as text: every digit, and properties in the order of the
/// service.
///
/// Two values are equal if their texts are equal: `1.0` is not equal to `1`. A field of this type
/// cannot be part of a `#[serde(flatten)]` or `#[serde(untagged)]` container, and only serde_json
/// can read and write it.
///
/// ```
/// # fn main() -> Result<(), desk_core::Error> {
/// use desk_core::Json;
///
/// let agent: Json = r#"{"id": 12345678901234567890123, "displayName": "Ann"}"#.parse()?;
/// assert!(agent.as_str().contains("12345678901234567890123"));
/// let fields: serde_json::Value = agent.decode()?;
/// assert_eq!(fields["displayName"], "Ann");
/// # Ok(()) }
/// ```
#[derive(Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Json(Box<RawValue>);

impl Json {
    /// Encodes a value as JSON text.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if JSON cannot represent the value,
    /// such as a map whose keys are not texts.
    pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Json, Error> {
        to_raw_value(value).map(Json).map_err(|_| Error::invalid("the value cannot be written as JSON"))
    }

    /// The text, without white space around it.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Decodes the text into another type, such as `serde_json::Value`.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the text does not match the type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(self.as_str()).map_err(|error| unfit(&error, "the JSON has not the wanted shape"))
    }
}

impl FromStr for Json {
    type Err = Error;

    fn from_str(text: &str) -> Result<Json, Error> {
        let value = serde_json::from_str(text);
        value.map(Json).map_err(|error| unfit(&error, "the text is not one JSON value"))
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Json {
        // serde_json can write every `Value`: the default is never used.
        Json(to_raw_value(&value).unwrap_or_default())
    }
}

/// An error that shows only the position, because serde's text may quote the value.
fn unfit(error: &serde_json::Error, problem: &str) -> Error {
    Error::invalid(format!("{problem} (line {}, column {})", error.line(), error.column()))
}

impl PartialEq for Json {
    fn eq(&self, other: &Json) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::Json;

    #[test]
    fn a_value_keeps_its_text() {
        for text in [
            "1e999",
            "123456789012345678901234567890",
            "0.10",
            r#"{"b": 1, "a": [ 2.50 ], "b": 3}"#,
            "\"\\u00e9\"",
            "null",
        ] {
            let json: Json = format!(" {text}\n").parse().expect(text);
            assert_eq!(json.as_str(), text);
            assert_eq!(serde_json::to_string(&json).expect(text), text);
            let list: Vec<Option<Json>> = serde_json::from_str(&format!("[ {text} ]")).expect(text);
            assert_eq!(list, [(text != "null").then_some(json)]);
        }
        assert_ne!("1.0".parse::<Json>().expect("JSON"), "1".parse().expect("JSON"));
        assert_eq!(Json::encode(&[1, 2]).expect("JSON").as_str(), "[1,2]");
        assert_eq!(Json::encode(&[1, 2]).expect("JSON").decode::<Vec<u8>>().expect("a list"), [1, 2]);
    }

    #[test]
    fn what_is_not_one_value_is_refused_without_its_text() {
        for text in ["", "secret", "{\"secret\":}", "1 2", "\"secret", "[1,]"] {
            let error = text.parse::<Json>().expect_err(text).to_string();
            assert!(error.starts_with("the text is not one JSON value (line") && !error.contains("secret"), "{error}");
        }
        let error = Json::encode("secret").and_then(|json| json.decode::<u8>()).expect_err("a text").to_string();
        assert!(error.starts_with("the JSON has not the wanted shape (line") && !error.contains("secret"), "{error}");
    }
}
