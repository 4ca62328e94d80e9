//! Headers, one per line: the parsed wait is never longer than the longest wait in the headers.
#![no_main]

use std::time::{Duration, SystemTime};

use desk_core::fuzzing::retry_after;
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    if let Some(wait) = retry_after(&headers) {
        let longest = headers.iter().filter_map(|(name, value)| longest_wait(name.as_str(), value)).max();
        assert!(Some(wait) <= longest, "{wait:?} of {longest:?}");
    }
});

/// The longest wait that a header can mean; for a date, the time since 1970.
fn longest_wait(name: &str, value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let unit = match name {
        "retry-after-ms" => 1e-3,
        "retry-after" | "x-ratelimit-retryafter" => 1.0,
        _ => return None,
    };
    if let Ok(number) = text.parse::<f64>() {
        // A margin for rounding.
        return Duration::try_from_secs_f64(number * unit * (1.0 + 1e-12) + 1e-9).ok();
    }
    httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()
}
