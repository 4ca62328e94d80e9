//! `desk_cancel`: cancels calls from any thread.

use ::desk_client::CancelToken;

use crate::failure::desk_error;
use crate::guard::{self, read, release};
use crate::handle::{self, Handle};
use crate::sigpipe::Quiet;
use crate::status::desk_status;

/// A cancel token. It cancels the calls that have it in their `desk_call_options`: running calls
/// and calls that start later. Any thread may use it, also inside a log callback. Free it with
/// `desk_cancel_free`; calls that already have the token keep it.
pub struct desk_cancel {
    _opaque: (),
}

impl Handle for desk_cancel {
    type Target = CancelToken;
}

// C may cancel from any thread.
const _: () = handle::shared::<CancelToken>();

/// Creates a cancel token. On success the caller owns `*out` and frees it with `desk_cancel_free`;
/// on failure `*out` is NULL. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if `out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_cancel_new(out: *mut *mut desk_cancel, err: *mut *mut desk_error) -> desk_status {
    // SAFETY: the caller passes NULL or writable pointers.
    unsafe { guard::call(out, err, || Ok(handle::into_handle::<desk_cancel, ()>(CancelToken::new(), ()))) }
}

/// Triggers the token for good; NULL and repeated calls have no effect. Each call that has the
/// token ends at once: with its result if the result has already arrived, otherwise with
/// `DESK_CANCELLED` and the outcome that is known. The function does not wait for the calls to end.
/// Any thread; never from a signal handler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_cancel_trigger(cancel: *const desk_cancel) {
    let _quiet = Quiet::start();
    // SAFETY: the caller passes NULL or a live token.
    unsafe { read(cancel, (), CancelToken::cancel) }
}

/// Whether the token was triggered; false for NULL. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_cancel_is_triggered(cancel: *const desk_cancel) -> bool {
    // SAFETY: the caller passes NULL or a live token.
    unsafe { read(cancel, false, CancelToken::is_cancelled) }
}

/// Frees a cancel token; NULL is allowed. Freeing cancels no call. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_cancel_free(cancel: *mut desk_cancel) {
    // SAFETY: the caller owns it; tokens are made by `desk_cancel_new` alone.
    release(|| unsafe { handle::free::<desk_cancel, ()>(cancel) });
}
