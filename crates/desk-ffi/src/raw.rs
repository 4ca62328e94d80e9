//! `desk_raw_call`: requests that the spec does not have yet, through the same transport.

use std::ffi::c_void;

use ::desk_client::{RawRequest, RawResult, Response};
use bumpalo::Bump;

use crate::client::{Caller, desk_client};
use crate::failure::{Failure, desk_error};
use crate::guard::{call, read, release};
use crate::handle::Handle;
use crate::input;
use crate::op::{self, desk_free_fn, desk_op, desk_op_fn};
use crate::options::{self, desk_call_options, desk_pair};
use crate::output::{self, Root};
use crate::response::{ResponseView, desk_response};
use crate::start::{self, Completion, Start};
use crate::status::desk_status;
use crate::text::desk_str;
use crate::view::{self, List, View};

/// A request of `desk_raw_call`. Start from `DESK_RAW_REQUEST_INIT`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_raw_request {
    /// `sizeof(desk_raw_request)`, set by the INIT macro.
    pub struct_size: usize,
    /// The HTTP method: `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`.
    pub method: desk_str,
    /// Path relative to the base URL, such as `tickets/1`; plain text, which the client encodes.
    pub path: desk_str,
    /// Names and values of the query, as plain text.
    pub query: *const desk_pair,
    /// Number of `query`.
    pub query_len: usize,
    /// The body as JSON text; absent: no body.
    pub json: desk_str,
}

input::growable!(desk_raw_request { json } bools {});

/// The response to a `desk_raw_call`. Immutable; any thread may read it. Free it with
/// `desk_raw_result_free`.
pub struct desk_raw_result {
    _opaque: (),
}

pub(crate) struct RawResultView {
    body: desk_str,
    headers: List<(desk_str, desk_str)>,
    response: *const ResponseView,
}

impl Handle for desk_raw_result {
    type Target = RawResultView;
}

impl View<RawResult> for RawResultView {
    fn view(source: &RawResult, arena: &Bump) -> RawResultView {
        let headers: Vec<_> = source.headers().collect();
        RawResultView {
            body: view::bytes(arena, source.body()),
            headers: view::list(arena, Some(&headers), |(name, value)| {
                (view::text(arena, name), view::bytes(arena, value))
            }),
            response: std::ptr::null(),
        }
    }
}

impl Root for RawResultView {
    fn set_response(&mut self, response: *const ResponseView) {
        self.response = response;
    }
}

/// Makes a call that the spec does not have yet. The client sends it like any other: it retries a
/// GET or HEAD after a transient failure, and any other method only if the service certainly did
/// not process the request. Blocks until the response is complete or the deadline passes. On
/// success the caller owns `*out` and frees it with `desk_raw_result_free`; on failure `*out` is
/// NULL. `options` may be NULL. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` for an unknown method or a path that leaves the base URL; any
/// other `desk_status`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_raw_call(
    client: *mut desk_client,
    request: *const desk_raw_request,
    options: *const desk_call_options,
    out: *mut *mut desk_raw_result,
    err: *mut *mut desk_error,
) -> desk_status {
    let work = || {
        // SAFETY: the caller keeps the rules at the top of desk.h.
        let (caller, request) = unsafe { (Caller::new(client, options)?, raw_request(request)?) };
        let result: Response<RawResult> = caller.run(caller.client.raw_call(&request))?;
        Ok(output::copy_into_handle(&result))
    };
    // SAFETY: the caller passes NULL or writable pointers.
    unsafe { call(out, err, work) }
}

/// Starts a raw call; see `desk_raw_call` and the rules of asynchronous calls at the top.
/// `desk_op_take_raw_result` takes its result. Any thread.
///
/// Errors: as `desk_raw_call` for its arguments; errors of the call itself come with its result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_raw_call_async(
    client: *mut desk_client,
    request: *const desk_raw_request,
    options: *const desk_call_options,
    callback: desk_op_fn,
    user_data: *mut c_void,
    user_data_free: desk_free_fn,
    op: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    let completion = Completion { callback, user_data, user_data_free, taker: "desk_op_take_raw_result" };
    let make = || {
        // SAFETY: the caller keeps the rules at the top of desk.h.
        let ((caller, cancel), request) = unsafe { (Caller::asynchronous(client, options)?, raw_request(request)?) };
        let Caller { inner, client, queue } = caller;
        let call = async move { client.raw_call(&request).await.map_err(Failure::from) };
        Ok(Start { inner, queue, cancel, call })
    };
    // SAFETY: the caller keeps the rules at the top of desk.h.
    unsafe { start::start(completion, op, err, make) }
}

/// Takes the result of an ended `desk_raw_call_async`, once. On success the caller owns `*out` and
/// frees it with `desk_raw_result_free`; on failure `*out` is NULL. Any thread.
///
/// Errors: the error of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if
/// `op` is a call of another kind, or if its result was already taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_take_raw_result(
    op: *const desk_op,
    out: *mut *mut desk_raw_result,
    err: *mut *mut desk_error,
) -> desk_status {
    // SAFETY: the caller passes NULL or a live call, and NULL or writable pointers.
    unsafe { call(out, err, || Ok(output::copy_into_handle(&op::take::<Response<RawResult>>(op)?))) }
}

/// # Safety
/// `request` is NULL or as large as it says, and the data that it points to lives during the call.
unsafe fn raw_request(request: *const desk_raw_request) -> Result<RawRequest, Failure> {
    // SAFETY: by contract.
    let request = input::required("request", unsafe { input::read_struct("request", request) }?)?;
    // SAFETY: by contract.
    let text = |name, text| unsafe { input::required(name, input::optional_text(name, text)?) };
    let mut raw = RawRequest::new(text("method", request.method)?, text("path", request.path)?);
    // SAFETY: by contract.
    raw.query = unsafe { options::pairs("query", request.query, request.query_len) }?;
    // SAFETY: by contract.
    raw.json = unsafe { input::optional_json("json", request.json) }?;
    Ok(raw)
}

/// Frees a raw result; NULL is allowed. Texts read from the result become invalid. Any thread,
/// once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_raw_result_free(result: *mut desk_raw_result) {
    // SAFETY: the caller owns it; it was made by `desk_raw_call`.
    release(|| unsafe { output::free(result) });
}

/// Facts about the call. Borrowed from the result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_raw_result_response(result: *const desk_raw_result) -> *const desk_response {
    // SAFETY: the caller passes NULL or a live answer.
    unsafe { read(result, std::ptr::null(), |result| result.response.cast()) }
}

/// The response body, at most 32 MB; not always UTF-8. It may hold message text. Valid until the
/// result is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_raw_result_get_body(result: *const desk_raw_result) -> desk_str {
    // SAFETY: the caller passes NULL or a live answer.
    unsafe { read(result, desk_str::ABSENT, |result| result.body) }
}

/// Number of response headers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_raw_result_get_headers_len(result: *const desk_raw_result) -> usize {
    // SAFETY: the caller passes NULL or a live answer.
    unsafe { read(result, 0, |result| result.headers.len()) }
}

/// The name of the header at `index`, in lower case; `{NULL, 0}` beyond the end. Valid until the
/// result is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_raw_result_get_header_name_at(result: *const desk_raw_result, index: usize) -> desk_str {
    // SAFETY: the caller passes NULL or a live answer.
    unsafe { read(result, desk_str::ABSENT, |result| result.headers.get(index).map_or(desk_str::ABSENT, |h| h.0)) }
}

/// The value of the header at `index`; not always UTF-8; `{NULL, 0}` beyond the end. Valid until
/// the result is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_raw_result_get_header_value_at(result: *const desk_raw_result, index: usize) -> desk_str {
    // SAFETY: the caller passes NULL or a live answer.
    unsafe { read(result, desk_str::ABSENT, |result| result.headers.get(index).map_or(desk_str::ABSENT, |h| h.1)) }
}
