//! Reading of response bodies. Invariant: a body must never exceed its cap, compressed or
//! decompressed, nor outlast the deadline.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::Response;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use crate::Error;
use crate::decode::SPARE_CAPACITY;
use crate::error::BoxError;
use crate::http::deadline::AttemptDeadline;
use crate::http::token::Token;

/// Largest body of a successful response, decompressed: 32 MB.
pub(crate) const SUCCESS_CAP: usize = 32 << 20;
/// Largest part of an error body that the client keeps: 1 MB.
pub(crate) const ERROR_CAP: usize = 1 << 20;
/// The longest explanation, in bytes; the body holds the full text.
const TEXT_CAP: usize = 2000;
/// The longest service code, in bytes: a longer text is not a code.
const CODE_CAP: usize = 200;

/// Reason why a body could not be read.
pub(crate) enum BodyError {
    /// The deadline passed, or the call was cancelled.
    Late(Error),
    TooLarge,
    Broken(BoxError),
}

/// An unread response body.
pub(crate) struct ResponseBody<B = Incoming> {
    body: B,
    gzip: bool,
    /// Whether a frame was received.
    begun: bool,
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> ResponseBody<B> {
    /// Splits a response. The returned headers describe the decompressed body.
    pub(crate) fn split(response: Response<B>) -> (HeaderMap, ResponseBody<B>) {
        let (parts, body) = response.into_parts();
        let mut headers = parts.headers;
        let gzip = headers.get(CONTENT_ENCODING).is_some_and(|name| name.as_bytes().eq_ignore_ascii_case(b"gzip"));
        if gzip {
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
        }
        (headers, ResponseBody { body, gzip, begun: false })
    }

    /// Reads the whole body of a successful response.
    pub(crate) async fn read(self, deadline: &AttemptDeadline<'_>) -> Result<Vec<u8>, BodyError> {
        let length = if self.gzip { None } else { self.body.size_hint().exact() };
        let expected = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let mut body = Vec::with_capacity(expected.min(SUCCESS_CAP) + SPARE_CAPACITY);
        self.up_to(SUCCESS_CAP, &mut body, deadline).await?;
        Ok(body)
    }

    /// Reads an error body up to the cap. If it breaks off or is late, returns the bytes received
    /// so far.
    pub(crate) async fn read_some(self, deadline: &AttemptDeadline<'_>) -> Vec<u8> {
        let mut body = Vec::new();
        self.up_to(ERROR_CAP, &mut body, deadline).await.ok();
        body
    }

    async fn up_to(mut self, cap: usize, body: &mut Vec<u8>, deadline: &AttemptDeadline<'_>) -> Result<(), BodyError> {
        let mut capped = Capped { body, cap, full: false };
        if !self.gzip {
            while let Some(chunk) = self.chunk(deadline).await? {
                capped.write_all(&chunk).map_err(|_| BodyError::TooLarge)?;
            }
            return Ok(());
        }
        let mut decoder = MultiGzDecoder::new(capped);
        let mut packed = 0;
        while let Some(chunk) = self.chunk(deadline).await? {
            // Empty gzip members and blocks never reach the cap of the decompressed body, so cap
            // the compressed one too.
            packed += chunk.len();
            if packed > cap {
                return Err(BodyError::TooLarge);
            }
            decoder.write_all(&chunk).map_err(|error| unpacked(error, decoder.get_ref()))?;
        }
        // A body without bytes is valid with any content encoding.
        if packed == 0 { Ok(()) } else { decoder.try_finish().map_err(|error| unpacked(error, decoder.get_ref())) }
    }

    async fn chunk(&mut self, deadline: &AttemptDeadline<'_>) -> Result<Option<Bytes>, BodyError> {
        loop {
            let frame = deadline.run(self.body.frame()).await.map_err(BodyError::Late)?;
            let Some(frame) = frame else { return Ok(None) };
            // `run` cannot interrupt a body that is always ready, so check the clock. The first
            // frame may be late, because it came with the head, and so may the last one.
            if std::mem::replace(&mut self.begun, true) && !self.body.is_end_stream() {
                deadline.check().map_err(BodyError::Late)?;
            }
            tokio::task::consume_budget().await;
            // Skip trailers.
            if let Ok(data) = frame.map_err(|error| BodyError::Broken(error.into()))?.into_data() {
                return Ok(Some(data));
            }
        }
    }
}

fn unpacked(error: io::Error, capped: &Capped<'_>) -> BodyError {
    if capped.full { BodyError::TooLarge } else { BodyError::Broken(error.into()) }
}

/// A writer that appends to `body`, up to a cap.
struct Capped<'a> {
    body: &'a mut Vec<u8>,
    cap: usize,
    full: bool,
}

impl Write for Capped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let some = bytes.len().min(self.cap - self.body.len());
        self.full |= some < bytes.len();
        self.body.extend_from_slice(&bytes[..some]);
        Ok(some)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The service's code and explanation from an error body, in any of its known shapes.
///
/// If the body echoes the token, the token is redacted before the text is cut.
pub(crate) fn explanation(body: &[u8], token: &Token) -> (Option<String>, Option<String>) {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        // An invalid byte becomes three bytes of text. A token that begins within the cap is
        // complete in this slice.
        let text = String::from_utf8_lossy(&body[..body.len().min(TEXT_CAP + token.len())]);
        return (None, short(token.struck_from(text.into_owned()).trim()));
    };
    let code = match value.get("code") {
        Some(Value::String(code)) => Some(code.clone()),
        Some(Value::Number(code)) => Some(code.to_string()),
        _ => None,
    };
    let named = ["detail", "message"].iter().find_map(|key| value.get(key)?.as_str().filter(|text| !text.is_empty()));
    let text = named.map_or_else(|| flat(&value), str::to_owned);
    let code = code.filter(|code| code.len() <= CODE_CAP && !token.is_in(code));
    (code, short(&token.struck_from(text)))
}

/// The text cut to the cap; `None` for an empty text.
fn short(text: &str) -> Option<String> {
    let end = text.floor_char_boundary(TEXT_CAP);
    Some(text[..end].to_owned()).filter(|text| !text.is_empty())
}

/// Flattens an error body: `{"groupKey": ["unknown"]}` → `groupKey: unknown`.
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
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, Response};
    use http_body::{Body, Frame};
    use tokio::time::Instant;

    use super::{BodyError, ResponseBody, explanation};
    use crate::http::deadline::AttemptDeadline;
    use crate::http::token::Token;

    /// A body that always has another frame.
    struct Endless(fn() -> Frame<Bytes>);

    impl Body for Endless {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(Some(Ok((self.0)())))
        }
    }

    const ENDLESS: [fn() -> Frame<Bytes>; 3] = [
        || Frame::data(Bytes::new()),
        || Frame::trailers(HeaderMap::new()),
        // An empty gzip member.
        || Frame::data(Bytes::from_static(b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0")),
    ];

    fn response_body(frame: fn() -> Frame<Bytes>) -> ResponseBody<Endless> {
        let response = Response::builder().header("content-encoding", "gzip").body(Endless(frame)).expect("a response");
        ResponseBody::split(response).1
    }

    fn within(time: Duration) -> AttemptDeadline<'static> {
        AttemptDeadline { until: Instant::now() + time, timeout: time, idle_timeout: time, cancels: &[] }
    }

    #[tokio::test]
    async fn an_endless_body_is_late() {
        for frame in ENDLESS {
            let end = response_body(frame).read(&within(Duration::from_millis(50))).await;
            assert!(matches!(end, Err(BodyError::Late(_))));
            response_body(frame).read_some(&within(Duration::from_millis(50))).await;
        }
    }

    #[tokio::test]
    async fn an_endless_body_lets_others_work() {
        for frame in ENDLESS {
            let day = within(Duration::from_secs(86_400));
            let read = tokio::time::timeout(Duration::from_millis(50), response_body(frame).read(&day)).await;
            assert!(read.is_err());
        }
    }

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
            let found = explanation(body.as_bytes(), &token());
            assert_eq!((found.0.as_deref(), found.1.as_deref()), (code, text), "{body}");
        }
    }

    fn token() -> Token {
        Token::new(zeroize::Zeroizing::new("canary-token".to_owned())).expect("a token")
    }

    /// The token is redacted at every position, including the cut of the explanation.
    #[test]
    fn the_token_is_in_no_explanation() {
        for at in (0..30).chain(1950..2050) {
            let text = format!("{}canary-token", "x".repeat(at));
            for body in [text.clone(), format!(r#"{{"detail":"{text}"}}"#), format!(r#"{{"code":"{text}"}}"#)] {
                let (code, text) = explanation(body.as_bytes(), &token());
                let shown = format!("{code:?} {text:?}");
                assert!(!shown.contains("cana") && !shown.contains("-to"), "at {at}: {shown}");
            }
        }
    }

    #[test]
    fn an_explanation_has_an_end() {
        let long = "\u{e9}".repeat(5000);
        for body in [long.clone(), format!(r#"{{"detail":"{long}","code":"{long}"}}"#), format!(r#"["{long}"]"#)] {
            let (code, text) = explanation(body.as_bytes(), &token());
            assert!(code.is_none() && text.is_some_and(|text| (1900..=2000).contains(&text.len())));
        }
    }
}
