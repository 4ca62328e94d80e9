//! The wait that a service asks for, in all forms that services and gateways use.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

/// The wait that the headers ask for; `None` without a valid one.
///
/// A date counts from the server's own `Date`, so that a wrong clock on this machine has no effect;
/// a date in the past is 0.
pub(crate) fn parse(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<f64>().ok();
    let date = |name: &str| httpdate::parse_http_date(text(name)?).ok();
    if let Some(wait) = number("retry-after-ms").and_then(|ms| seconds(ms / 1000.0)) {
        return Some(wait);
    }
    if let Some(wait) = number("retry-after").and_then(seconds) {
        return Some(wait);
    }
    if let Some(until) = date("retry-after") {
        let now = date("date").unwrap_or_else(SystemTime::now);
        return Some(until.duration_since(now).unwrap_or_default());
    }
    number("x-ratelimit-retryafter").and_then(seconds)
}

/// Seconds as a duration; `None` if the number is not a valid duration.
fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value).ok()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::parse;

    type Headers = &'static [(&'static str, &'static str)];

    fn ms(headers: Headers) -> Option<u128> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
            map.insert(HeaderName::from_static(name), value);
        }
        parse(&map).map(|wait| wait.as_millis())
    }

    #[test]
    fn every_form_is_read() {
        const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let cases: [(Headers, Option<u128>); 20] = [
            (&[], None),
            (&[("retry-after", "3")], Some(3000)),
            (&[("retry-after", " 3 ")], Some(3000)),
            (&[("retry-after", "0")], Some(0)),
            (&[("retry-after", "0.25")], Some(250)),
            (&[("retry-after", "1e3")], Some(1_000_000)),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "inf")], None),
            (&[("retry-after", "1e300")], None),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "")], None),
            (&[("retry-after", "\u{e4}")], None),
            (&[DATE, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], Some(30_000)),
            (&[DATE, ("retry-after", "Sunday, 06-Nov-94 08:50:07 GMT")], Some(30_000)),
            (&[DATE, ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], Some(0)),
            (&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], Some(0)),
            (&[("retry-after-ms", "1500"), ("retry-after", "9")], Some(1500)),
            (&[("retry-after-ms", "x"), ("retry-after", "9")], Some(9000)),
            (&[("x-ratelimit-retryafter", "7")], Some(7000)),
        ];
        for (headers, wanted) in cases {
            assert_eq!(ms(headers), wanted, "{headers:?}");
        }
    }
}

#[cfg(test)]
#[path = "retry_after_properties.rs"]
mod properties;
