//! Reading what the service answers: never more than the cap, counted after decompression.

use bytes::Bytes;
use reqwest::Response;
use serde_json::Value;

/// The largest success body, decompressed: 32 MB.
pub(crate) const SUCCESS_CAP: usize = 32 << 20;
/// The most of an error body that is kept: 1 MB.
pub(crate) const ERROR_CAP: usize = 1 << 20;
/// The most of an error body that becomes an explanation when it is not JSON.
const TEXT_CAP: usize = 500;

/// Why a body could not be read.
pub(crate) enum BodyError {
    TooLarge,
    Broken(reqwest::Error),
}

/// Reads a whole success body.
pub(crate) async fn read(response: Response) -> Result<Bytes, BodyError> {
    let expected = response.content_length().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
    let mut body = Vec::with_capacity(expected.min(SUCCESS_CAP));
    match up_to(SUCCESS_CAP, response, &mut body).await {
        End::Whole => Ok(body.into()),
        End::Cut => Err(BodyError::TooLarge),
        End::Broken(error) => Err(BodyError::Broken(error)),
    }
}

/// Reads what can be had of an error body into `body`, also if it is dropped half way.
pub(crate) async fn read_some(response: Response, body: &mut Vec<u8>) {
    up_to(ERROR_CAP, response, body).await;
}

enum End {
    Whole,
    Cut,
    Broken(reqwest::Error),
}

async fn up_to(cap: usize, mut response: Response, body: &mut Vec<u8>) -> End {
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > cap => {
                body.extend_from_slice(&chunk[..cap - body.len()]);
                return End::Cut;
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return End::Whole,
            Err(error) => return End::Broken(error),
        }
    }
}

/// The service's code and explanation in an error body, whichever of its known shapes it has.
pub(crate) fn explanation(body: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        let text = String::from_utf8_lossy(&body[..body.len().min(TEXT_CAP)]).trim().to_owned();
        return (None, Some(text).filter(|text| !text.is_empty()));
    };
    let code = match value.get("code") {
        Some(Value::String(code)) => Some(code.clone()),
        Some(Value::Number(code)) => Some(code.to_string()),
        _ => None,
    };
    let named = ["detail", "message"].iter().find_map(|key| value.get(key)).and_then(Value::as_str);
    let text = named.map(str::to_owned).or_else(|| Some(flat(&value)).filter(|text| !text.is_empty()));
    (code, text)
}

/// `{"groupKey": ["unknown"]}` → `groupKey: unknown`.
fn flat(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let parts = fields.iter().map(|(name, value)| format!("{name}: {}", flat(value)));
            parts.collect::<Vec<_>>().join("; ")
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
        let cases: [(&str, Option<&str>, Option<&str>); 9] = [
            (r#"{"code":"not_found","detail":"Not found."}"#, Some("not_found"), Some("Not found.")),
            (r#"{"code":429100,"message":"Too many requests"}"#, Some("429100"), Some("Too many requests")),
            (r#"{"groupKey":["unknown key","x"]}"#, None, Some("groupKey: unknown key, x")),
            (r#"{"non_field_errors":["no"]}"#, None, Some("non_field_errors: no")),
            (r#"["a","b"]"#, None, Some("a, b")),
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
}
