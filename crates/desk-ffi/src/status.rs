//! The status numbers of the C ABI. They are never reused; `desk_client::ErrorKind` has the same
//! ones.

use crate::text::desk_str;

/// How a call ended: `DESK_OK` (0) or the class of the error. 1 to 99: the caller; 100 to 199: the
/// exchange with the service; 200 to 299: an error response of the service; from 900: the library.
/// Treat an unknown number as an error.
pub type desk_status = i32;

/// Success.
pub const DESK_OK: desk_status = 0;
/// An argument breaks a rule; the message names it. No request was sent.
pub const DESK_INVALID_ARGUMENT: desk_status = 1;
/// The client was created before a fork and does not work in the child. Create a new one there.
pub const DESK_FORKED: desk_status = 2;
/// A blocking call on a thread that must not block: inside a callback, or on a thread of an async
/// runtime.
pub const DESK_WOULD_DEADLOCK: desk_status = 3;
/// The call has not ended yet.
pub const DESK_NOT_READY: desk_status = 4;
/// No connection: name lookup, refused connection, TLS handshake, proxy.
pub const DESK_CONNECT: desk_status = 100;
/// The deadline passed.
pub const DESK_TIMEOUT: desk_status = 101;
/// The connection broke after the request may have been sent.
pub const DESK_TRANSPORT: desk_status = 102;
/// The response is larger than the library accepts (32 MB).
pub const DESK_TOO_LARGE: desk_status = 103;
/// The service responded with a redirect, which the client never follows.
pub const DESK_REDIRECT: desk_status = 104;
/// A successful response with a body that could not be decoded.
pub const DESK_DECODE: desk_status = 105;
/// Contradictory responses: a list that does not advance, or a count that differs from the number
/// of rows.
pub const DESK_INCONSISTENT: desk_status = 106;
/// The call's `desk_cancel` was triggered, or its client was freed.
pub const DESK_CANCELLED: desk_status = 107;
/// HTTP 401 or 403.
pub const DESK_UNAUTHORIZED: desk_status = 200;
/// HTTP 404 or 410.
pub const DESK_NOT_FOUND: desk_status = 201;
/// HTTP 429.
pub const DESK_RATE_LIMITED: desk_status = 202;
/// Any other HTTP 4xx.
pub const DESK_REFUSED: desk_status = 203;
/// HTTP 5xx.
pub const DESK_SERVICE: desk_status = 204;
/// A defect in the library, caught at the C boundary.
pub const DESK_PANIC: desk_status = 900;

/// The library did not send the whole request, or the service did not begin it. Sending it again is
/// safe.
pub const DESK_OUTCOME_NOT_SENT: i32 = 1;
/// The service rejected the request and did not process it.
pub const DESK_OUTCOME_REJECTED: i32 = 2;
/// The service may have processed the request. Find out before you send it again.
pub const DESK_OUTCOME_UNKNOWN: i32 = 3;

/// Names in the order of the numbers.
const NAMES: &[(desk_status, &str)] = &[
    (DESK_OK, "DESK_OK\0"),
    (DESK_INVALID_ARGUMENT, "DESK_INVALID_ARGUMENT\0"),
    (DESK_FORKED, "DESK_FORKED\0"),
    (DESK_WOULD_DEADLOCK, "DESK_WOULD_DEADLOCK\0"),
    (DESK_NOT_READY, "DESK_NOT_READY\0"),
    (DESK_CONNECT, "DESK_CONNECT\0"),
    (DESK_TIMEOUT, "DESK_TIMEOUT\0"),
    (DESK_TRANSPORT, "DESK_TRANSPORT\0"),
    (DESK_TOO_LARGE, "DESK_TOO_LARGE\0"),
    (DESK_REDIRECT, "DESK_REDIRECT\0"),
    (DESK_DECODE, "DESK_DECODE\0"),
    (DESK_INCONSISTENT, "DESK_INCONSISTENT\0"),
    (DESK_CANCELLED, "DESK_CANCELLED\0"),
    (DESK_UNAUTHORIZED, "DESK_UNAUTHORIZED\0"),
    (DESK_NOT_FOUND, "DESK_NOT_FOUND\0"),
    (DESK_RATE_LIMITED, "DESK_RATE_LIMITED\0"),
    (DESK_REFUSED, "DESK_REFUSED\0"),
    (DESK_SERVICE, "DESK_SERVICE\0"),
    (DESK_PANIC, "DESK_PANIC\0"),
];

/// The name of a status, such as `DESK_OK`; `DESK_UNKNOWN_STATUS` for a number that this version
/// does not know. The text is static. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn desk_status_name(status: desk_status) -> desk_str {
    let known = NAMES.iter().find(|(number, _)| *number == status);
    let name = known.map_or("DESK_UNKNOWN_STATUS\0", |(_, name)| name);
    desk_str { ptr: name.as_ptr().cast(), len: name.len() - 1 }
}

#[cfg(test)]
mod tests {
    use desk_client::ErrorKind;

    use super::NAMES;

    #[test]
    fn every_error_kind_has_its_status() {
        for kind in ErrorKind::ALL {
            let name = NAMES.iter().find(|(number, _)| *number == kind.code()).map(|(_, name)| *name);
            let folded = name.unwrap_or_default().trim_end_matches('\0').replace('_', "").to_lowercase();
            assert_eq!(folded, format!("desk{}", format!("{kind:?}").to_lowercase()));
        }
    }
}
