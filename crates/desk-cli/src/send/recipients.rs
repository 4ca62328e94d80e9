//! Lists of recipients: CSV, NDJSON, or one number per line. Any entry that is not clearly a
//! recipient is an error with its line number.
//!
//! This module does not know messages or plans.

use std::path::Path;

use serde_json::Value;

use crate::api::Bulk;
use crate::error::{Error, Exit, Result, printable};
use crate::{files, json};

/// The maximum number of reported problems.
const MAX_PROBLEMS: usize = 20;

/// Reads the numbers of a file or of stdin, in their order.
pub(crate) fn read(file: &Path, bulk: &Bulk) -> Result<Vec<i64>> {
    let mut bytes = Vec::new();
    let read = files::read(file, &mut bytes);
    read.map_err(|error| Error { exit: Exit::Usage, ..Error::io("read", file, &error) }.unsent())?;
    let name = if file.as_os_str() == "-" { "standard input".to_owned() } else { file.display().to_string() };
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        Error::usage(format!("{name}, line {line}: the text is not UTF-8")).unsent().hint("save the list as UTF-8")
    })?;
    if text.contains('\r') && !text.contains('\n') {
        let problem = format!("{name} has lines that end with CR only");
        return Err(Error::usage(problem).unsent().hint("save the list with LF or CRLF"));
    }
    if text.trim().is_empty() {
        let problem = format!("{name} is empty");
        return Err(Error::usage(problem).unsent().hint(format!(
            "check whether the file is complete; write an empty list as the header `{}`",
            bulk.recipients
        )));
    }
    let (ids, problems) = parse(text.strip_prefix('\u{FEFF}').unwrap_or(&text), bulk);
    if problems.is_empty() {
        return Ok(ids);
    }
    let more = problems.len().saturating_sub(MAX_PROBLEMS);
    let lines = problems.iter().take(MAX_PROBLEMS).map(|(line, problem)| format!("line {line}: {problem}"));
    let lines = lines.chain((more > 0).then(|| format!("and {more} more"))).collect();
    let problem = format!("cannot use {name}");
    let form = "write one number per line, NDJSON, or CSV with the header";
    Err(Error::usage(problem).unsent().lines(lines).hint(format!("{form} `{}`", bulk.recipients)))
}

type Problems = Vec<(usize, String)>;

fn parse(text: &str, bulk: &Bulk) -> (Vec<i64>, Problems) {
    let (mut ids, mut problems) = (Vec::new(), Vec::new());
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut keep = |line: usize, id: Result<i64, String>| match id {
        Ok(id) => ids.push(id),
        Err(problem) => problems.push((line, problem)),
    };
    let object = |line: &str| line.trim_start().starts_with('{');
    let numbers = first.trim().bytes().all(|byte| byte.is_ascii_digit());
    if object(first) || numbers && text.lines().any(object) {
        for (line, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            keep(line + 1, of_json(text, bulk));
        }
        return (ids, problems);
    }
    let mut column = None;
    let mut width = 1;
    for record in records(text) {
        let (line, fields) = match record {
            Ok(record) => record,
            Err(line) => {
                keep(line, Err("a quote is not closed, or is inside a field".to_owned()));
                break;
            }
        };
        if fields.iter().all(|field| field.trim().is_empty()) && fields.len() == 1 {
            continue;
        }
        let Some(column) = column else {
            let named = |field: &String| field.trim() == bulk.recipients;
            let header = fields.iter().position(named);
            column = Some(header.unwrap_or(0));
            width = if header.is_some() { fields.len() } else { 1 };
            if fields.iter().filter(|field| named(field)).count() > 1 {
                keep(line, Err(format!("two columns have the name `{}`", bulk.recipients)));
                break;
            }
            match (header, fields.as_slice()) {
                (Some(_), _) => {}
                (None, [one]) => keep(line, number(one, bulk)),
                (None, _) => {
                    keep(line, Err(format!("no column has the name `{}`", bulk.recipients)));
                    break;
                }
            }
            continue;
        };
        match fields.get(column) {
            Some(field) if fields.len() == width => keep(line, number(field, bulk)),
            _ => keep(line, Err(format!("{} columns instead of {width}", fields.len()))),
        }
    }
    (ids, problems)
}

fn of_json(line: &str, bulk: &Bulk) -> Result<i64, String> {
    let value = json::strict(line.as_bytes()).map_err(|error| format!("invalid JSON: {error}"))?;
    let value = match &value {
        Value::Object(object) => {
            object.get(bulk.recipients).ok_or_else(|| format!("the property `{}` is missing", bulk.recipients))?
        }
        value => value,
    };
    match value {
        Value::Number(number) => self::number(&number.to_string(), bulk),
        _ => Err(format!("`{}` is not a number", printable(&value.to_string(), 40))),
    }
}

/// Accepts only digits: a sign, a point or an exponent is more likely a mistake than a recipient.
fn number(text: &str, bulk: &Bulk) -> Result<i64, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the number is missing".to_owned());
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let id = text.parse::<i64>().ok().filter(|id| digits && (bulk.min..=bulk.max).contains(id));
    id.ok_or_else(|| format!("`{}` is not an integer from {} to {}", printable(text, 40), bulk.min, bulk.max))
}

/// The records of CSV by RFC 4180, each with its first line number; an error is the line number of
/// a damaged record.
fn records(text: &str) -> impl Iterator<Item = Result<(usize, Vec<String>), usize>> {
    let (mut rest, mut line) = (text, 1);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (start, mut fields) = (line, Vec::new());
        loop {
            let (field, behind) = match rest.strip_prefix('"') {
                None => {
                    let end = rest.find([',', '\n']).unwrap_or(rest.len());
                    let (field, behind) = rest.split_at(end);
                    if field.contains('"') {
                        rest = "";
                        return Some(Err(start));
                    }
                    (field.strip_suffix('\r').unwrap_or(field).to_owned(), behind)
                }
                Some(inside) => match quoted(inside) {
                    Some((field, behind)) => {
                        line += field.matches('\n').count();
                        (field, behind.strip_prefix('\r').unwrap_or(behind))
                    }
                    None => {
                        rest = "";
                        return Some(Err(start));
                    }
                },
            };
            fields.push(field);
            if let Some(next) = behind.strip_prefix(',') {
                rest = next;
                continue;
            }
            rest = match behind.strip_prefix('\n') {
                Some(next) => next,
                None if behind.is_empty() => "",
                None => {
                    rest = "";
                    return Some(Err(start));
                }
            };
            line += 1;
            return Some(Ok((start, fields)));
        }
    })
}

/// Takes the rest of a quoted field; returns the field, and the text after its closing quote.
fn quoted(text: &str) -> Option<(String, &str)> {
    let (mut field, mut rest) = (String::new(), text);
    loop {
        let (part, behind) = rest.split_once('"')?;
        field.push_str(part);
        match behind.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bulk, parse};

    const BULK: Bulk = Bulk {
        recipients: "ids",
        sent: "",
        id: "",
        min: 1,
        max: 1000,
        batch: None,
        exact: |_| Ok(String::new()),
        evidence: None,
    };

    #[test]
    fn lists_in_all_their_forms() {
        for text in [
            "7\n8\n9\n",
            "7\r\n\r\n8\r\n9",
            "ids\n007\n8\n9\n",
            "name,ids\n\"Ann, \"\"A\"\"\",7\n\"two\nlines\",\"8\"\n,9\n",
            "{\"ids\":7}\n8\n{\"a\":1,\"ids\":9}\n",
            "7\n{\"ids\":8}\n\n9\n",
            " 7 \n8\n\"9\"\n",
        ] {
            assert_eq!(parse(text, &BULK), (vec![7, 8, 9], vec![]), "{text}");
        }
    }

    #[test]
    fn problems_have_their_line() {
        let lines = |text: &str| parse(text, &BULK).1.into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines("1\n-2\n+3\n4.0\n5e1\n1001\n0\nx\n9\n"), [2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(lines("customer\n1\n"), [1]);
        assert_eq!(lines("a,b\n1,2\n"), [1]);
        assert_eq!(lines("ids,ids\n1,2\n"), [1]);
        assert_eq!(lines("ids,n\n1\n2,\"a\nb\"\n3,4,5\n"), [2, 5]);
        assert_eq!(lines("1,2\n"), [1]);
        assert_eq!(lines("ids\n\"1\n"), [2]);
        assert_eq!(lines("{\"ids\":1}\n{\"id\":2}\n{\"ids\":\"3\"}\n{\n[4]\n{\"ids\":5.0}\n"), [2, 3, 4, 5, 6]);
    }
}
