//! Privacy: properties that are dropped, hashed with a key, or redacted before a row is written.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use regex::{NoExpand, Regex};
use ring::hmac;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::value::{Properties, hex, quoted, text};
use crate::api::List;
use crate::error::{Error, Exit, Result};

/// The minimum length of a key in bytes: a shorter one could be guessed from the hashes.
const SHORTEST: usize = 16;
/// The replacement of redacted text.
const REDACTED: &str = "[redacted]";
/// The maximum nesting in which texts are searched; a value that is nested deeper is redacted as a
/// whole.
const DEEPEST: u32 = 64;

/// The private properties, as part of an export's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Private {
    pub(crate) drop: Vec<String>,
    pub(crate) hmac: Vec<String>,
    /// `COLUMN` or `COLUMN=REGEX`, in the order in which they apply.
    pub(crate) redact: Vec<String>,
}

impl Private {
    /// Reads the options. Refuses unknown properties: a misspelled one would be written.
    pub(crate) fn given(matches: &ArgMatches, list: &List) -> Result<Private> {
        let all = |option: &str| -> Vec<String> {
            matches.get_many::<String>(option).into_iter().flatten().cloned().collect()
        };
        let sorted = |option: &str| {
            let mut columns = all(option);
            columns.sort();
            columns.dedup();
            columns
        };
        let private = Private { drop: sorted("drop"), hmac: sorted("hmac"), redact: all("redact") };
        for (option, column) in private.columns() {
            if !list.columns.iter().any(|known| known.name == column) {
                let problem = format!("--{option} {column}: the list {} has no such property", list.name);
                let known: Vec<&str> = list.columns.iter().map(|column| column.name).collect();
                return Err(Error::usage(problem).unsent().hint(format!("it has: {}", known.join(", "))));
            }
            if option == "redact" && private.hmac.iter().any(|hmac| hmac == column) {
                let problem = format!("--hmac {column} and --redact {column} conflict");
                return Err(Error::usage(problem).unsent().hint("give one of them"));
            }
        }
        Ok(private)
    }

    /// The private properties, each with its option.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let named = |option, names| <[String]>::iter(names).map(move |name| (option, name.as_str()));
        let redacted = self.redact.iter().map(|redact| ("redact", split(redact).0));
        named("drop", &self.drop).chain(named("hmac", &self.hmac)).chain(redacted)
    }

    /// Whether a property is private.
    pub(super) fn touches(&self, name: &str) -> bool {
        self.columns().any(|(_, column)| column == name)
    }

    pub(super) fn drops(&self, name: &str) -> bool {
        self.drop.iter().any(|drop| drop == name)
    }

    /// Whether a property may become a text although it is none.
    pub(super) fn rewrites(&self, name: &str) -> bool {
        self.columns().any(|(option, column)| option != "drop" && column == name)
    }

    /// Whether no property is private.
    pub(super) fn is_idle(&self) -> bool {
        self.columns().next().is_none()
    }
}

fn split(redact: &str) -> (&str, Option<&str>) {
    redact.split_once('=').map_or((redact, None), |(column, pattern)| (column, Some(pattern)))
}

/// Applies the private settings to values.
pub(crate) struct Privacy {
    pub(super) private: Private,
    key: Option<hmac::Key>,
    /// The redacted columns and their patterns; without a pattern the whole value is redacted.
    redact: Vec<(String, Option<Regex>)>,
}

impl Privacy {
    /// Reads the key of `file` if a property is hashed.
    pub(crate) fn new(private: &Private, file: Option<&PathBuf>) -> Result<Privacy> {
        let key = match (file, private.hmac.is_empty()) {
            (_, true) => None,
            (Some(file), false) => Some(key(file)?),
            (None, false) => {
                return Err(
                    Error::usage("--hmac needs a key").hint("give --hmac-key-file FILE, with 16 random bytes or more")
                );
            }
        };
        let redact = private.redact.iter().map(|redact| {
            let (column, pattern) = split(redact);
            Ok((column.to_owned(), pattern.map(|text| pattern_of(column, text)).transpose()?))
        });
        let redact = redact.collect::<Result<_>>()?;
        Ok(Privacy { private: private.clone(), key, redact })
    }

    /// The id of the key, which identifies it without revealing it.
    pub(crate) fn key_id(&self) -> Option<String> {
        self.key.as_ref().map(|key| hex(hmac::sign(key, b"desk export: which key").as_ref().split_at(8).0))
    }

    /// The value that may be written for a property, as JSON; `None` if the property is dropped. A
    /// null value stays null.
    pub(super) fn permitted<'a>(&self, name: &str, json: &'a str) -> Option<Cow<'a, str>> {
        if self.private.drops(name) {
            return None;
        }
        if json == "null" {
            return Some(Cow::Borrowed(json));
        }
        if let Some(key) = self.key.as_ref().filter(|_| self.private.hmac.iter().any(|hmac| hmac == name)) {
            let hash = hmac::sign(key, text(json).0.as_bytes());
            return Some(Cow::Owned(quoted(&hex(hash.as_ref()))));
        }
        let mut json = Cow::Borrowed(json);
        for (_, pattern) in self.redact.iter().filter(|(column, _)| column == name) {
            let redacted = match pattern {
                Some(pattern) => redacted(&json, pattern, DEEPEST),
                None => Some(quoted(REDACTED)),
            };
            json = redacted.map_or(json, Cow::Owned);
        }
        Some(json)
    }
}

/// The value with all matches redacted, or `None` if there is no match: in texts, including those
/// inside lists and objects and the names of properties, and in numbers as they are written.
fn redacted(json: &str, pattern: &Regex, deepest: u32) -> Option<String> {
    if deepest == 0 {
        return Some(quoted(REDACTED));
    }
    let inside = |json: &str| redacted(json, pattern, deepest - 1);
    if json.starts_with('{') {
        let Ok(Properties(all)) = serde_json::from_str(json) else { return Some(quoted(REDACTED)) };
        let mut changed = false;
        let parts = all.iter().map(|(name, value)| {
            let (name, value) = (quoted(name), inside(value).inspect(|_| changed = true).unwrap_or(value.to_string()));
            let name = inside(&name).inspect(|_| changed = true).unwrap_or(name);
            format!("{name}:{value}")
        });
        let object = format!("{{{}}}", parts.collect::<Vec<_>>().join(","));
        return changed.then_some(object);
    }
    if json.starts_with('[') {
        let Ok(all) = serde_json::from_str::<Vec<&RawValue>>(json) else { return Some(quoted(REDACTED)) };
        let mut changed = false;
        let parts =
            all.iter().map(|value| inside(value.get()).inspect(|_| changed = true).unwrap_or(value.to_string()));
        let list = format!("[{}]", parts.collect::<Vec<_>>().join(","));
        return changed.then_some(list);
    }
    match pattern.replace_all(&text(json).0, NoExpand(REDACTED)) {
        Cow::Owned(text) if json != "null" => Some(quoted(&text)),
        _ => None,
    }
}

fn pattern_of(column: &str, text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|error| {
        // The error of regex marks the place over several lines.
        let error = error.to_string();
        let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let problem = format!("--redact {column}: the pattern is not a regular expression: {why}");
        Error::usage(problem).unsent().hint("fix the pattern, or escape a literal character, such as `\\(`")
    })
}

fn key(file: &Path) -> Result<hmac::Key> {
    let bytes = std::fs::read(file).map_err(|error| Error { exit: Exit::Usage, ..Error::io("read", file, &error) })?;
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    if bytes.len() < SHORTEST {
        let problem = format!("the key in {} has {} bytes; the minimum is {SHORTEST}", file.display(), bytes.len());
        return Err(
            Error::usage(problem).hint("give another file: run `head -c 32 /dev/urandom > NEW_FILE` to create one")
        );
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permitted(redact: &[&str], json: &str) -> String {
        let redact = redact.iter().map(|redact| (*redact).to_owned()).collect();
        let privacy = Privacy::new(&Private { redact, ..Private::default() }, None).expect("patterns");
        privacy.permitted("a", json).expect("kept").into_owned()
    }

    #[test]
    fn matches_are_redacted_wherever_texts_are() {
        assert_eq!(permitted(&["a"], "{\"b\": 1}"), "\"[redacted]\"");
        assert_eq!(permitted(&["a", "a=x"], "null"), "null");
        assert_eq!(permitted(&["b"], "1"), "1");
        let number = "a=[0-9]{4,}";
        for (json, wanted) in [
            ("\"call 12345 or 678\"", "\"call [redacted] or 678\""),
            // Escapes do not hide a match.
            ("\"\\u0031\\u00320000 \\\"q\\\"\"", "\"[redacted] \\\"q\\\"\""),
            ("12345", "\"[redacted]\""),
            ("123", "123"),
            ("true", "true"),
            // A value without a match stays exactly as it is.
            ("{\"k\": [1.50, \"x\"]}", "{\"k\": [1.50, \"x\"]}"),
            ("{\"k\": [1.50, {\"\\u00312345\": \"12345\"}]}", "{\"k\":[1.50,{\"[redacted]\":\"[redacted]\"}]}"),
        ] {
            assert_eq!(permitted(&[number], json), wanted, "{json}");
        }
        assert_eq!(permitted(&["a=x", "a=y"], "\"xyz $0\""), "\"[redacted][redacted]z $0\"");
        let deep = format!("{}\"1234\"{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(!permitted(&[number], &deep).contains("1234"));
    }

    #[test]
    fn a_bad_pattern_is_said_in_one_line() {
        let private = Private { redact: vec!["a=(x".to_owned()], ..Private::default() };
        let error = Privacy::new(&private, None).err().expect("refused");
        assert_eq!(
            error.message(),
            "--redact a: the pattern is not a regular expression: unclosed group; nothing was sent"
        );
    }
}
