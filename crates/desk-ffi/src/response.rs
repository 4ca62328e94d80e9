//! `desk_response`: facts about the call that returned a result.

use ::desk_client::Response;
use bumpalo::Bump;

use crate::guard::{read, read_into};
use crate::handle::Handle;
use crate::text::desk_str;
use crate::view;

/// Facts about the call that returned a result, from `desk_..._response`. Immutable; borrowed from
/// the result.
pub struct desk_response {
    _opaque: (),
}

pub(crate) struct ResponseView {
    http_status: i32,
    attempts: i32,
    request_id: desk_str,
    server_date_us: Option<i64>,
    elapsed_us: i64,
}

impl Handle for desk_response {
    type Target = ResponseView;
}

impl ResponseView {
    pub(crate) fn new<T>(response: &Response<T>, arena: &Bump) -> ResponseView {
        ResponseView {
            http_status: i32::from(response.status()),
            attempts: i32::try_from(response.attempts()).unwrap_or(i32::MAX),
            request_id: response.request_id().map_or(desk_str::ABSENT, |id| view::text(arena, id)),
            server_date_us: response.server_date().map(|date| view::micros(&date)),
            elapsed_us: i64::try_from(response.elapsed().as_micros()).unwrap_or(i64::MAX),
        }
    }
}

/// The HTTP status, 200 to 299; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_response_get_http_status(response: *const desk_response) -> i32 {
    // SAFETY: the caller passes NULL or a live response.
    unsafe { read(response, 0, |response| response.http_status) }
}

/// Number of attempts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_response_get_attempts(response: *const desk_response) -> i32 {
    // SAFETY: the caller passes NULL or a live response.
    unsafe { read(response, 0, |response| response.attempts) }
}

/// The request id from the service or a gateway. Valid until the result is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_response_get_request_id(response: *const desk_response) -> desk_str {
    // SAFETY: the caller passes NULL or a live response.
    unsafe { read(response, desk_str::ABSENT, |response| response.request_id) }
}

/// The service's clock at its response, in µs since the Unix epoch, with a resolution of 1 s.
/// Returns whether the value is present and writes it (0 if absent) to `out` unless `out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_response_get_server_date_us(response: *const desk_response, out: *mut i64) -> bool {
    // SAFETY: the caller passes NULL or a live response, and a writable `out` or NULL.
    unsafe { read_into(response, out, |response| response.server_date_us) }
}

/// Time from the start of the call to the last byte of the body, in µs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_response_get_elapsed_us(response: *const desk_response) -> i64 {
    // SAFETY: the caller passes NULL or a live response.
    unsafe { read(response, 0, |response| response.elapsed_us) }
}
