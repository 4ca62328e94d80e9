//! Reading what the service answers: never more than the cap, counted after decompression.

use reqwest::Response;
use serde_json::Value;

use crate::Error;
use crate::deadline::InTime;

/// The largest success body, decompressed: 32 MB.
pub(crate) const SUCCESS_CAP: usize = 32 << 20;
/// The most of an error body that is kept: 1 MB.
pub(crate) const ERROR_CAP: usize = 1 << 20;
/// The longest explanation, in bytes; the whole is in the body.
const TEXT_CAP: usize = 2000;
/// The longest code that is one, in bytes.
const CODE_CAP: usize = 200;

/// Why a body could not be read.
pub(crate) enum BodyError {
    /// It did not come in time.
    Late(Error),
    TooLarge,
    Broken(reqwest::Error),
}

/// Reads a whole success body.
pub(crate) async fn read(response: Response, in_time: &InTime<'_>) -> Result<Vec<u8>, BodyError> {
    let expected = response.content_length().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
    let mut body = Vec::with_capacity(expected.min(SUCCESS_CAP));
    up_to(SUCCESS_CAP, response, &mut body, in_time).await?;
    Ok(body)
}

/// Reads what can be had of an error body into `body`, also if it breaks off or is late.
pub(crate) async fn read_some(response: Response, body: &mut Vec<u8>, in_time: &InTime<'_>) {
    up_to(ERROR_CAP, response, body, in_time).await.ok();
}

async fn up_to(cap: usize, mut response: Response, body: &mut Vec<u8>, in_time: &InTime<'_>) -> Result<(), BodyError> {
    loop {
        match in_time.run(response.chunk()).await.map_err(BodyError::Late)?.map_err(BodyError::Broken)? {
            Some(chunk) if body.len() + chunk.len() > cap => {
                body.extend_from_slice(&chunk[..cap - body.len()]);
                return Err(BodyError::TooLarge);
            }
            Some(chunk) => body.extend_from_slice(&chunk),
            None => return Ok(()),
        }
    }
}

/// The service's code and explanation in an error body, whichever of its known shapes it has.
pub(crate) fn explanation(body: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        // Three bytes for each that is not UTF-8.
        let text = String::from_utf8_lossy(&body[..body.len().min(TEXT_CAP)]);
        return (None, short(text.trim()));
    };
    let code = match value.get("code") {
        Some(Value::String(code)) => Some(code.clone()),
        Some(Value::Number(code)) => Some(code.to_string()),
        _ => None,
    };
    let named = ["detail", "message"].iter().find_map(|key| value.get(key)?.as_str().filter(|text| !text.is_empty()));
    let text = named.map_or_else(|| flat(&value), str::to_owned);
    (code.filter(|code| code.len() <= CODE_CAP), short(&text))
}

/// A text within the cap; `None` for an empty one.
fn short(text: &str) -> Option<String> {
    let end = text.floor_char_boundary(TEXT_CAP);
    Some(text[..end].to_owned()).filter(|text| !text.is_empty())
}

/// `{"groupKey": ["unknown"]}` → `groupKey: unknown`.
fn flat(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let parts = fields.iter().map(|(name, value)| (name, flat(value))).filter(|(_, text)| !text.is_empty());
            parts.map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("; ")
        }
        Value::Array(items) => items.iter().map(flat).collect::<Vec<_>>().join(", "),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::explanation;

    #[test]
    fn explains_every_known_error_shape() {
        let cases: [(&str, Option<&str>, Option<&str>); 12] = [
            (r#"{"code":"not_found","detail":"Not found."}"#, Some("not_found"), Some("Not found.")),
            (r#"{"code":429100,"message":"Too many requests"}"#, Some("429100"), Some("Too many requests")),
            (r#"{"groupKey":["unknown key","x"]}"#, None, Some("groupKey: unknown key, x")),
            (r#"{"non_field_errors":["no"]}"#, None, Some("non_field_errors: no")),
            (r#"["a","b"]"#, None, Some("a, b")),
            (r#"{"detail":null,"message":"no"}"#, None, Some("no")),
            (r#"{"detail":""}"#, None, None),
            (r#"{"groupKey":[],"x":["y"]}"#, None, Some("x: y")),
            ("[]", None, None),
            ("null", None, None),
            ("<html>bad gateway</html>", None, Some("<html>bad gateway</html>")),
            ("", None, None),
        ];
        for (body, code, text) in cases {
            let found = explanation(body.as_bytes());
            assert_eq!((found.0.as_deref(), found.1.as_deref()), (code, text), "{body}");
        }
    }

    #[test]
    fn an_explanation_has_an_end() {
        let long = "\u{e9}".repeat(5000);
        for body in [long.clone(), format!(r#"{{"detail":"{long}","code":"{long}"}}"#), format!(r#"["{long}"]"#)] {
            let (code, text) = explanation(body.as_bytes());
            assert!(code.is_none() && text.is_some_and(|text| (1900..=2000).contains(&text.len())));
        }
    }
}
