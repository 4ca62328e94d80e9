//! The getters of `desk_error`.

use crate::failure::desk_error;
use crate::guard::{read, read_into, release};
use crate::handle;
use crate::status::{DESK_OK, desk_status};
use crate::text::desk_str;

/// Frees an error; NULL is allowed. Texts read from the error become invalid. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_free(error: *mut desk_error) {
    // SAFETY: the caller owns it; errors are made by `Failure::into_handle` alone.
    release(|| unsafe { handle::free::<desk_error, ()>(error) });
}

/// The class of the error, one of `DESK_...`; `DESK_OK` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_code(error: *const desk_error) -> desk_status {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, DESK_OK, |error| error.status) }
}

/// One line for people: the problem, whether a request was sent, and the next step. It holds no
/// token, URL or message text. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_message(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.message.view()) }
}

/// Whether the request may have taken effect, one of `DESK_OUTCOME_...`; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_outcome(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.outcome) }
}

/// The HTTP status; 0 without a response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_http_status(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.http_status) }
}

/// The service's own error code, a number or a word as text. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_service_code(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.service_code.view()) }
}

/// The service's own explanation. It may quote the request: do not log it where message text must
/// not appear. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_service_text(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.service_text.view()) }
}

/// The raw response body, at most 1 MB of an error response; not always UTF-8. It may hold message
/// text and other parts of the request that the service quotes. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_body(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.body.view()) }
}

/// How long the service asks the client to wait, in ms; -1 if it does not ask.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_retry_after_ms(error: *const desk_error) -> i64 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, -1, |error| error.retry_after_ms) }
}

/// Number of attempts; 0 if the library refused the call before sending a request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_attempts(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.attempts) }
}

/// The service's clock at its response to the last attempt, in µs since the Unix epoch, with a
/// resolution of 1 s. Returns whether the value is present and writes it (0 if absent) to `out`
/// unless `out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_server_date_us(error: *const desk_error, out: *mut i64) -> bool {
    // SAFETY: the caller passes NULL or a live error, and a writable `out` or NULL.
    unsafe { read_into(error, out, |error| error.server_date_us) }
}

/// Time from the start of the call to its failure, including waits between attempts, in µs; 0 if no
/// call was made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_elapsed_us(error: *const desk_error) -> i64 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.elapsed_us) }
}

/// The request id from the service or a gateway. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_request_id(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.request_id.view()) }
}
