//! Rows → columns, for formats with typed columns.
//!
//! No value is lost: a value that does not fit its column, and a property that this version does
//! not know, are kept as JSON in one more column, [`Table::other`]. Missing and null values are
//! both null.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use super::privacy::{Privacy, Private};
use super::value::{Properties, quoted, text};
use crate::api::{self, Kind};
use crate::error::Result;
use crate::rows::Row;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Int32,
    Int64,
    Double,
    /// A date, as days since 1970.
    Date,
    /// A moment, as microseconds since 1970.
    Time,
    Text,
    /// JSON as text.
    Json,
    /// The text of a hashed or redacted value of any type.
    Any,
}

pub(crate) struct Column {
    /// Unique even if case is ignored.
    pub(crate) name: String,
    /// The name of the property.
    wire: &'static str,
    pub(crate) ty: Type,
    /// Whether every row has a value.
    pub(crate) required: bool,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// An integer, a date or a time.
    Int(i64),
    Double(f64),
    Text(Cow<'a, str>),
}

/// The columns of a list.
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    /// The last column: an object of all properties without a column of their own.
    pub(crate) other: String,
    id: &'static str,
    time: &'static str,
}

impl Table {
    /// The table for rows with these properties; `keys` are their id and their time.
    pub(crate) fn new(known: &[api::Column], (id, time): (&'static str, &'static str), private: &Private) -> Table {
        let mut columns: Vec<Column> = Vec::new();
        for column in known.iter().filter(|column| !private.drops(column.name)) {
            let ty = match column.kind {
                _ if private.rewrites(column.name) => Type::Any,
                // Rows without an integer id are not rows of a list.
                Kind::Int32 | Kind::Int64 if column.name == id => Type::Int64,
                Kind::Bool => Type::Bool,
                Kind::Int32 => Type::Int32,
                Kind::Int64 => Type::Int64,
                Kind::Double => Type::Double,
                Kind::Date => Type::Date,
                Kind::Time => Type::Time,
                Kind::Text | Kind::Enum(_) => Type::Text,
                Kind::Json => Type::Json,
            };
            let required = column.name == id && ty == Type::Int64;
            let name = free(column.name, &columns);
            columns.push(Column { name, wire: column.name, ty, required });
        }
        Table { other: free("other", &columns), columns, id, time }
    }

    /// The properties that have a column, in the order of the spec.
    pub(crate) fn properties(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.wire)
    }

    /// The property that has the time of a row.
    pub(crate) fn time(&self) -> &'static str {
        self.time
    }

    /// A name that no column has, `other` included.
    pub(crate) fn free(&self, name: &str) -> String {
        let name = free(name, &self.columns);
        if name.eq_ignore_ascii_case(&self.other) { free(&format!("{name}_"), &self.columns) } else { name }
    }

    /// The columns by which rows are sorted, if they hold the service's values.
    pub(crate) fn order(&self) -> impl Iterator<Item = usize> {
        let at = |wire, ty| self.columns.iter().position(|column| column.wire == wire && column.ty == ty);
        let time = at(self.time, Type::Time);
        time.into_iter().chain(time.and_then(|_| at(self.id, Type::Int64)))
    }

    /// A value for each column of a row, [`Table::other`] included.
    pub(crate) fn cells<'a>(&self, row: &'a Row, privacy: &Privacy) -> Result<Vec<Value<'a>>> {
        let mut cells = vec![Value::Null; self.columns.len()];
        let mut other = String::new();
        for (name, own) in Properties::of(row.json())?.0 {
            let Some(json) = privacy.permitted(&name, own) else { continue };
            let at = self.columns.iter().position(|column| column.wire == name);
            let column = at.and_then(|at| Some((self.columns.get(at)?, cells.get_mut(at)?)));
            let fits = column.is_some_and(|(column, cell)| {
                let (value, is_complete) = value(column.ty, json.clone());
                *cell = value;
                is_complete
            });
            if !fits {
                other.push(if other.is_empty() { '{' } else { ',' });
                other.push_str(&format!("{}:{json}", quoted(&name)));
            }
        }
        cells.push(match other.is_empty() {
            true => Value::Null,
            false => Value::Text(Cow::Owned(other + "}")),
        });
        Ok(cells)
    }
}

/// A name that no column has, even if case is ignored.
fn free(name: &str, taken: &[Column]) -> String {
    let mut name = name.to_owned();
    while taken.iter().any(|column| column.name.eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

/// The value of a column, and whether it is the complete value.
fn value(ty: Type, json: Cow<'_, str>) -> (Value<'_>, bool) {
    if json == "null" {
        return (Value::Null, true);
    }
    let fitting = |value: Option<Value<'static>>| value.map_or((Value::Null, false), |value| (value, true));
    match ty {
        Type::Bool => fitting(json.parse().ok().map(Value::Bool)),
        Type::Int32 => fitting(parse_integer(&json).filter(|n| i32::try_from(*n).is_ok()).map(Value::Int)),
        Type::Int64 => fitting(parse_integer(&json).map(Value::Int)),
        Type::Double => fitting(serde_json::from_str(&json).ok().map(Value::Double)),
        Type::Date => fitting(quoted_text(&json).and_then(|text| Some(Value::Int(days(text.parse().ok()?))))),
        Type::Time => match quoted_text(&json).and_then(|text| text.parse::<DateTime<Utc>>().ok()) {
            Some(time) => (Value::Int(time.timestamp_micros()), time.timestamp_subsec_nanos().is_multiple_of(1000)),
            None => (Value::Null, false),
        },
        Type::Text if !json.starts_with('"') => (Value::Null, false),
        Type::Text | Type::Any => words(json),
        Type::Json => (Value::Text(json), true),
    }
}

fn words(json: Cow<'_, str>) -> (Value<'_>, bool) {
    match json {
        Cow::Borrowed(json) => {
            let (text, is_complete) = text(json);
            (Value::Text(text), is_complete)
        }
        Cow::Owned(json) => {
            let (text, is_complete) = text(&json);
            (Value::Text(Cow::Owned(text.into_owned())), is_complete)
        }
    }
}

/// Parses an integer without fraction or exponent.
fn parse_integer(json: &str) -> Option<i64> {
    serde_json::from_str(json).ok()
}

fn quoted_text(json: &str) -> Option<Cow<'_, str>> {
    json.starts_with('"').then(|| text(json).0)
}

fn days(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(ty: Type, json: &str) -> (Value<'_>, bool) {
        value(ty, Cow::Borrowed(json))
    }

    #[test]
    fn values_fit_their_columns_or_are_said_not_to() {
        use Type::*;
        for (ty, json, wanted) in [
            (Bool, "true", Value::Bool(true)),
            (Int32, "-2147483648", Value::Int(-2_147_483_648)),
            (Int64, "9223372036854775807", Value::Int(i64::MAX)),
            (Double, "1", Value::Double(1.0)),
            (Double, "-1.5e3", Value::Double(-1500.0)),
            (Date, "\"2026-01-31\"", Value::Int(20_484)),
            (Time, "\"1970-01-01T00:00:01.000002Z\"", Value::Int(1_000_002)),
            (Time, "\"1970-01-01T09:00:00+09:00\"", Value::Int(0)),
            (Text, "\"a\\nb\"", Value::Text("a\nb".into())),
            (Json, "{\"k\": [1.50, \"\\ud800\"]}", Value::Text("{\"k\": [1.50, \"\\ud800\"]}".into())),
            (Json, "5", Value::Text("5".into())),
            (Any, "5", Value::Text("5".into())),
            (Any, "\"x\"", Value::Text("x".into())),
        ] {
            assert_eq!(cell(ty, json), (wanted, true), "{json}");
            assert_eq!(cell(ty, "null"), (Value::Null, true));
        }
        for (ty, json) in [
            (Bool, "\"true\""),
            (Bool, "1"),
            (Int32, "2147483648"),
            (Int64, "9223372036854775808"),
            (Int64, "1.0"),
            (Int64, "\"1\""),
            (Double, "1e999"),
            (Double, "\"1\""),
            (Date, "\"2026-02-30\""),
            (Date, "20484"),
            (Time, "\"yesterday\""),
            (Time, "0"),
            (Text, "5"),
            (Text, "{}"),
        ] {
            assert_eq!(cell(ty, json), (Value::Null, false), "{json}");
        }
        // A partial value goes to the column, and the complete one to `other`.
        assert_eq!(cell(Time, "\"1970-01-01T00:00:00.0000019Z\""), (Value::Int(1), false));
        let (Value::Text(half), false) = cell(Text, "\"a\\ud800\"") else { unreachable!("half a pair is no text") };
        assert!(half.starts_with("a\u{FFFD}"));
    }
}
