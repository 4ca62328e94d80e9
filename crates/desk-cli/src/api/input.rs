//! The values of a command's options for typed requests: [`Input`], and [`ListQuery`] for lists.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::param::{Argument, Kind, ParamIn};
use crate::error::{Error, Result};

/// The given values, by option.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    pub(crate) values: BTreeMap<String, Vec<String>>,
    /// The body: the contents of `--body`, with the values of options.
    pub(crate) body: Map<String, Value>,
}

/// A time range, both ends inclusive, and the size of pages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ListQuery {
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
    pub(crate) page: Option<i64>,
}

impl Input {
    /// An optional argument.
    pub(crate) fn one<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>> {
        let value = self.values.get(name).and_then(|values| values.last());
        value.map(|value| parsed(name, value)).transpose()
    }

    /// A required argument.
    pub(crate) fn required<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T> {
        self.one(name)?.ok_or_else(|| missing(name))
    }

    /// An optional argument that may be given several times.
    pub(crate) fn many<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<Vec<T>>> {
        let values = self.values.get(name);
        values.map(|values| values.iter().map(|value| parsed(name, value)).collect()).transpose()
    }

    /// A required argument that may be given several times.
    pub(crate) fn required_many<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Vec<T>> {
        self.many(name)?.ok_or_else(|| missing(name))
    }

    /// The body as the type of the request.
    pub(crate) fn body<T: DeserializeOwned + Serialize>(&self) -> Result<T> {
        let given = Value::Object(self.body.clone());
        let typed: T = serde_json::from_value(given.clone())
            .map_err(|error| unfit(&error).hint("fix that property; see --help"))?;
        let back = serde_json::to_value(&typed).unwrap_or_default();
        match lost(&given, &back) {
            // The property would be dropped without notice.
            Some(name) => {
                let problem = format!("the body has `{name}`, which this version cannot send");
                Err(Error::usage(problem).unsent().hint("fix the spelling; see --help"))
            }
            None => Ok(typed),
        }
    }

    /// The exact body of the request.
    pub(crate) fn exact<T: DeserializeOwned + Serialize>(&self) -> Result<String> {
        let body = serde_json::to_string(&self.body::<T>()?);
        body.map_err(|error| unfit(&error))
    }

    /// Puts the options of the body into it; refuses a body that lacks a required property.
    pub(crate) fn fill_body<'a>(&mut self, arguments: impl IntoIterator<Item = &'a Argument>) -> Result<()> {
        let properties = arguments.into_iter().filter(|argument| argument.location == ParamIn::Body);
        for argument in properties {
            if let Some(values) = self.values.get(argument.name) {
                let values = values.iter().map(|text| json(argument, text));
                let mut values = values.collect::<Result<Vec<_>>>()?;
                let value = if argument.many { Value::Array(values) } else { values.pop().unwrap_or_default() };
                self.body.insert(argument.wire.to_owned(), value);
            }
            if argument.required && !self.body.contains_key(argument.wire) {
                return Err(missing(argument.name));
            }
        }
        Ok(())
    }
}

fn missing(name: &str) -> Error {
    Error::usage(format!("--{name} is missing")).unsent().hint("see --help")
}

fn parsed<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T> {
    text.parse().map_err(|error| unusable(name, &error))
}

fn unusable(name: &str, error: &dyn Display) -> Error {
    Error::usage(format!("invalid --{name}: {error}")).unsent()
}

fn unfit(error: &serde_json::Error) -> Error {
    Error::usage(format!("the body cannot be sent: {error}")).unsent()
}

/// The value of an option as JSON.
fn json(argument: &Argument, text: &str) -> Result<Value> {
    let name = argument.name;
    Ok(match argument.kind {
        Kind::Bool => parsed::<bool>(name, text)?.into(),
        Kind::Int32 | Kind::Int64 => parsed::<i64>(name, text)?.into(),
        Kind::Double => parsed::<f64>(name, text)?.into(),
        Kind::Json => crate::json::strict(text.as_bytes()).map_err(|error| unusable(name, &error))?,
        Kind::Text | Kind::Date | Kind::Time | Kind::Enum(_) => text.into(),
    })
}

/// The first property of `given`, at any depth, that `back` lacks. A null property counts as
/// absent.
fn lost(given: &Value, back: &Value) -> Option<String> {
    match (given, back) {
        (Value::Object(given), Value::Object(back)) => {
            given.iter().filter(|(_, value)| !value.is_null()).find_map(|(name, value)| match back.get(name) {
                Some(kept) => lost(value, kept).map(|inner| format!("{name}.{inner}")),
                None => Some(name.clone()),
            })
        }
        (Value::Array(given), Value::Array(back)) => given.iter().zip(back).find_map(|(given, back)| lost(given, back)),
        _ => None,
    }
}
