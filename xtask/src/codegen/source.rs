//! The spec as written: a YAML tree in which each node knows its line.
//!
//! [`Node::problem`] makes every complaint about the spec, so that each names the file, the line
//! and the fix. The indentation of the text gives the line; inside a one-line `{..}` or `[..]` it
//! is the line of the opening bracket.

use std::fmt;

use yaml_serde::Value;

/// A parsed spec together with its text.
pub struct Source {
    file: String,
    lines: Vec<String>,
    root: Value,
}

/// A problem in the spec.
#[derive(Clone, Debug)]
pub struct Problem {
    file: String,
    line: usize,
    text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

impl Source {
    /// Parses `text`; `file` is the name used in problems.
    pub fn parse(file: &str, text: &str) -> Result<Source, Problem> {
        let problem = |line: usize, text: String| Problem {
            file: file.to_owned(),
            line: line.max(1),
            text: text.replace('\n', " "),
        };
        let root: Value = yaml_serde::from_str(text)
            .map_err(|error| problem(error.location().map_or(1, |at| at.line()), error.to_string()))?;
        Ok(Source { file: file.to_owned(), lines: text.lines().map(str::to_owned).collect(), root })
    }

    /// The whole document.
    pub fn root(&self) -> Node<'_> {
        Node { source: self, value: &self.root, path: Vec::new() }
    }

    /// The line (from 1) of the deepest part of `path` that is in the text.
    fn line(&self, path: &[String]) -> usize {
        let (mut at, mut floor) = (0, 0);
        let mut value = Some(&self.root);
        for part in path {
            let index = value.filter(|value| value.is_sequence()).and_then(|_| part.parse::<usize>().ok());
            let found = match index {
                Some(index) => self.item_line(at, floor, index),
                None => self.key_line(at, floor, part),
            };
            let Some((line, indent)) = found else { break };
            (at, floor) = (line, indent + 1);
            value = value.and_then(|value| match index {
                Some(index) => value.get(index),
                None => value.get(part.as_str()),
            });
        }
        at.max(1)
    }

    /// The lines below `from` that are indented by at least `floor`, with their indents.
    fn block(&self, from: usize, floor: usize) -> impl Iterator<Item = (usize, usize, &str)> {
        let below = self.lines.iter().enumerate().skip(from).filter(|(_, line)| !line.trim().is_empty());
        below
            .map(|(n, line)| (n + 1, line.len() - line.trim_start().len(), line.trim_start()))
            .take_while(move |(_, indent, _)| *indent + 1 > floor)
    }

    fn key_line(&self, from: usize, floor: usize, key: &str) -> Option<(usize, usize)> {
        // The first key of a list item follows its dash, two columns further right.
        let keyed = |(line, indent, text): (usize, usize, &str)| {
            let (indent, text) = text.strip_prefix("- ").map_or((indent, text), |rest| (indent + 2, rest));
            let name = text.split(':').next().unwrap_or("").trim_matches(['"', '\'']);
            (name == key || text.trim_matches(['"', '\'', ':']) == key).then_some((line, indent))
        };
        let start =
            if floor > 0 && self.lines.get(from.wrapping_sub(1)).is_some_and(|l| l.trim_start().starts_with("- ")) {
                from - 1
            } else {
                from
            };
        let mut hits = self.block(start, if start < from { floor - 1 } else { floor }).filter_map(keyed);
        let first = hits.next()?;
        Some(hits.fold(first, |best, hit| if hit.1 < best.1 { hit } else { best }))
    }

    fn item_line(&self, from: usize, floor: usize, index: usize) -> Option<(usize, usize)> {
        // Items of a list may stand at the indent of the key that owns it.
        let mut dashes = self.block(from, floor.saturating_sub(1)).filter(|(_, _, text)| text.starts_with('-'));
        let first = dashes.next()?;
        let mut same = std::iter::once(first).chain(dashes.filter(|dash| dash.1 == first.1));
        same.nth(index).map(|(line, indent, _)| (line, indent))
    }
}

/// A place in the spec.
#[derive(Clone)]
pub struct Node<'a> {
    source: &'a Source,
    value: &'a Value,
    path: Vec<String>,
}

impl<'a> Node<'a> {
    /// The YAML at this place.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// The path to this place, for messages: `paths./chat_messages.get`.
    pub fn path(&self) -> String {
        self.path.join(".")
    }

    /// The last part of the path.
    pub fn key(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    fn child(&self, key: impl Into<String>, value: &'a Value) -> Node<'a> {
        let mut path = self.path.clone();
        path.push(key.into());
        Node { source: self.source, value, path }
    }

    /// The child with this key.
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        self.value.get(key).map(|value| self.child(key, value))
    }

    /// The child at the end of `keys`.
    pub fn at(&self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().try_fold(self.clone(), |node, key| node.get(key))
    }

    /// All children of a mapping, in the order of the file.
    pub fn entries(&self) -> Vec<Node<'a>> {
        let mapping = self.value.as_mapping().into_iter().flatten();
        mapping.map(|(key, value)| self.child(key_text(key), value)).collect()
    }

    /// All items of a sequence.
    pub fn items(&self) -> Vec<Node<'a>> {
        let items = self.value.as_sequence().into_iter().flatten();
        items.enumerate().map(|(index, value)| self.child(index.to_string(), value)).collect()
    }

    /// The text under `key`.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    /// Whether `key` is present and true.
    pub fn flag(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The whole number under `key`.
    pub fn int(&self, key: &str) -> Option<i64> {
        self.value.get(key)?.as_i64()
    }

    /// This node, or the target of its `$ref`.
    pub fn resolve(&self) -> Result<Node<'a>, Problem> {
        let Some(target) = self.text("$ref") else {
            return Ok(self.clone());
        };
        let Some(path) = target.strip_prefix("#/") else {
            return Err(self.problem(format!("`$ref: {target}` leaves this file; move the definition into it")));
        };
        let keys: Vec<&str> = path.split('/').collect();
        let found = self.source.root().at(&keys);
        found.ok_or_else(|| self.problem(format!("`$ref: {target}` points to nothing; define it or mend the name")))
    }

    /// Makes a complaint about this place.
    pub fn problem(&self, text: impl Into<String>) -> Problem {
        Problem { file: self.source.file.clone(), line: self.source.line(&self.path), text: text.into() }
    }
}

/// A mapping key as text; response codes may be written as numbers.
pub fn key_text(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}
