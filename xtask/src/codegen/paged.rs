//! `x-desk-paged`: names the parameters and properties that make an operation's result a page of a
//! list.
//!
//! It names parameters and properties as on the wire. Every name must exist, and its type must
//! allow counting or comparing, so that streams and iterators need no hand-written line.

use super::lower::Lowering;
use super::model::{Field, Kind, Operation, Paged, Type, Window};
use super::source::{Node, Problem};

/// The extension's name.
pub const KEY: &str = "x-desk-paged";
const KEYS: [&str; 7] = ["items", "count", "limit", "offset", "id", "time", "window"];
const WINDOW_KEYS: [&str; 3] = ["from", "until", "part"];
const SUFFIX: &str = "_list";

impl Lowering {
    /// The extension of `operation`, if the spec has it at `node`.
    pub fn paged(&self, node: &Node<'_>, operation: &Operation) -> Result<Option<Paged>, Problem> {
        let Some(node) = node.get(KEY) else { return Ok(None) };
        only(&node, &KEYS)?;
        let Some(stem) = operation.id.strip_suffix(SUFFIX) else {
            return Err(node.problem(format!(
                "`{}` is paged, so that its id must end in `{SUFFIX}`: streams and iterators take their names from it",
                operation.id
            )));
        };
        if operation.method != "get" {
            return Err(node.problem("only a `get` can be paged: its pages are asked for again after trouble"));
        }
        let page = operation.output.as_deref();
        let page = page.ok_or_else(|| node.problem(format!("`{}` has no result to be a page", operation.id)))?;
        let what = "a required list of objects";
        let items = self.property(&node, page, "items", what, |field| object_of(field).is_some())?;
        let item = object_of(&items).unwrap_or_default().to_owned();
        let number = |field: &Field| field.always() && matches!(field.ty, Type::Int32 | Type::Int64);
        let query = |node: &Node<'_>, key: &str, what: &str, fits: fn(&Field) -> bool| {
            let wire = wanted(node, key)?;
            let found = operation.query.iter().find(|field| field.wire == wire).filter(|field| fits(field)).cloned();
            found.ok_or_else(|| node.problem(format!("`{key}: {wire}` must name {what} of the query")))
        };
        let whole: fn(&Field) -> bool = |field| !field.required && matches!(field.ty, Type::Int32 | Type::Int64);
        let time = match node.get("time") {
            None => None,
            Some(_) => Some(self.property(&node, &item, "time", "a time", |field| field.ty == Type::Time)?),
        };
        let window = match node.get("window") {
            None => None,
            Some(window) if time.is_none() => {
                return Err(window.problem("a window is one of a time: name that beside it, as `time`"));
            }
            Some(window) => {
                only(&window, &WINDOW_KEYS)?;
                let time: fn(&Field) -> bool = |field| !field.required && field.ty == Type::Time;
                let part: fn(&Field) -> bool = |field| !field.required && matches!(field.ty, Type::Enum(_));
                Some(Window {
                    from: query(&window, "from", "an optional time", time)?,
                    until: query(&window, "until", "an optional time", time)?,
                    part: match window.get("part") {
                        Some(_) => Some(query(&window, "part", "an optional enumeration", part)?),
                        None => None,
                    },
                })
            }
        };
        Ok(Some(Paged {
            stem: stem.to_owned(),
            count: self.property(&node, page, "count", "a required whole number", number)?,
            limit: query(&node, "limit", "an optional whole number", whole)?,
            offset: query(&node, "offset", "an optional whole number", whole)?,
            id: self.property(&node, &item, "id", "a required whole number", number)?,
            items,
            item,
            time,
            window,
        }))
    }

    /// The property of `schema` that `key` names.
    pub fn property(
        &self,
        node: &Node<'_>,
        schema: &str,
        key: &str,
        what: &str,
        fits: impl Fn(&Field) -> bool,
    ) -> Result<Field, Problem> {
        let wire = wanted(node, key)?;
        let fields = self.schemas.iter().find_map(|(_, found)| match &found.kind {
            Kind::Object(fields) if found.name == schema => Some(fields.as_slice()),
            _ => None,
        });
        let found = fields.unwrap_or_default().iter().find(|field| field.wire == wire).filter(|field| fits(field));
        found.cloned().ok_or_else(|| node.problem(format!("`{key}: {wire}` must name {what} of `{schema}`")))
    }
}

/// The schema of the objects that a required list holds.
fn object_of(field: &Field) -> Option<&str> {
    match &field.ty {
        Type::List(item) if field.always() && !item.nullable => match &item.ty {
            Type::Object(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

pub fn wanted<'a>(node: &Node<'a>, key: &str) -> Result<&'a str, Problem> {
    node.text(key).ok_or_else(|| node.problem(format!("`{}` lacks `{key}`; name it as on the wire", node.key())))
}

pub fn only(node: &Node<'_>, keys: &[&str]) -> Result<(), Problem> {
    match node.entries().iter().find(|entry| !keys.contains(&entry.key())) {
        Some(entry) => {
            Err(entry.problem(format!("`{}` is none of {}; mend its spelling", entry.key(), keys.join(", "))))
        }
        None => Ok(()),
    }
}
