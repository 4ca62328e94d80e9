//! Options of clients and calls. The structs only grow at their end.

use std::sync::Arc;
use std::time::Duration;

use ::desk_client::{Builder, CallOptions, Client};
use ::desk_core::export::Export;

use crate::cancel::desk_cancel;
use crate::failure::Failure;
use crate::handle::target;
use crate::input;
use crate::queue::{Queue, desk_queue};
use crate::text::desk_str;

/// A name and a value: a header or a query parameter.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_pair {
    /// The name.
    pub name: desk_str,
    /// The value.
    pub value: desk_str,
}

/// Settings of a client. Start from `DESK_CLIENT_OPTIONS_INIT`; zero means default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_client_options {
    /// `sizeof(desk_client_options)`, set by the INIT macro.
    pub struct_size: usize,
    /// The application's id (dashboard: Settings, Application, General). Optional if `base_url` is
    /// set.
    pub application_id: desk_str,
    /// The API token (dashboard: Settings, Desk, Credentials). The client sends it only to the
    /// origin of the base URL.
    pub api_token: desk_str,
    /// Base URL instead of the service's own, such as the emulator's: https, or http on this
    /// machine.
    pub base_url: desk_str,
    /// Time limit for opening a connection, including TLS, in ms; 0: 5,000.
    pub connect_timeout_ms: i64,
    /// Deadline of a whole call, including waits and retries, in ms; 0: 120,000.
    pub timeout_ms: i64,
    /// Deadline of one attempt, in ms; 0: 60,000.
    pub attempt_timeout_ms: i64,
    /// How long the service may stay silent before and during its response, in ms; 0: 30,000.
    pub idle_timeout_ms: i64,
    /// The program's own name and version; the client appends it to the SDK's in `User-Agent`.
    pub user_agent: desk_str,
    /// Certificates to trust instead of the platform's: one or more, as PEM.
    pub ca_pem: desk_str,
    /// Path of a PEM file with such certificates; `desk_client_new` reads it.
    pub ca_file: desk_str,
    /// Proxy, as `http://host:port`. Absent: the proxy that `HTTPS_PROXY` and `NO_PROXY` name;
    /// empty: no proxy. The client never reaches addresses of this machine through a proxy.
    pub proxy: desk_str,
    /// Maximum number of idle connections to keep for later calls; 0: 32.
    pub max_idle_connections: i64,
    /// Maximum number of reads per second, evenly spaced; 0: no limit. After a 429, all calls of a
    /// client with a limit pause for as long as the service asks, and the rate falls to 0.7 of its
    /// value; it recovers by 2 % per second.
    pub reads_per_second: f64,
    /// The same limit for requests that are not reads.
    pub writes_per_second: f64,
}

/// Options of one call. Start from `DESK_CALL_OPTIONS_INIT`; zero means default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_call_options {
    /// `sizeof(desk_call_options)`, set by the INIT macro.
    pub struct_size: usize,
    /// Deadline of the whole call, including waits and retries, in ms; 0: the client's.
    pub timeout_ms: i64,
    /// Maximum number of attempts, including the first; 0: 5. The client retries a request that is
    /// not a read only if the service certainly did not process it.
    pub max_attempts: i64,
    /// Deadline of one attempt, in ms; 0: the client's.
    pub attempt_timeout_ms: i64,
    /// Additional headers. They must not replace the token or the headers that describe the body.
    pub headers: *const desk_pair,
    /// Number of `headers`.
    pub headers_len: usize,
    /// Cancels the call; NULL: no cancel token.
    pub cancel: *const desk_cancel,
    /// The queue that receives an asynchronous call when it has ended; `desk_queue_next` then calls
    /// the callback if there is one. NULL: no queue. Blocking calls ignore it.
    pub queue: *const desk_queue,
}

/// Options of an iterator. Start from `DESK_ITER_OPTIONS_INIT`; zero means default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_iter_options {
    /// `sizeof(desk_iter_options)`, set by the INIT macro.
    pub struct_size: usize,
    /// Maximum number of items; 0: all.
    pub max_items: i64,
}

/// Options of an export. Start from `DESK_EXPORT_OPTIONS_INIT`; zero means default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_export_options {
    /// `sizeof(desk_export_options)`, set by the INIT macro.
    pub struct_size: usize,
    /// How long after its time a row may still appear, in ms; 0: 120,000; 1: practically no delay.
    /// The export stops this far behind the service's clock.
    pub max_lateness_ms: i64,
    /// Approximate number of rows per window; 0: 10,000. At least a page, at most 1,000,000. The
    /// export holds one window in memory.
    pub rows_per_window: i64,
    /// Maximum number of concurrent requests; 0: 1. At most 32. The export holds as many pages in
    /// memory, in addition to a window.
    pub in_flight: i64,
}

input::growable!(desk_client_options {
    api_token, base_url, connect_timeout_ms, timeout_ms, attempt_timeout_ms, idle_timeout_ms, user_agent, ca_pem, ca_file,
    proxy, max_idle_connections, reads_per_second, writes_per_second
} bools {});
input::growable!(desk_call_options { timeout_ms, max_attempts, attempt_timeout_ms, headers_len, cancel, queue } bools {});
input::growable!(desk_iter_options { max_items } bools {});
input::growable!(desk_export_options { max_lateness_ms, rows_per_window, in_flight } bools {});

/// The name of a setting, its value in C, and the function that sets it.
type Setting<C, T> = (&'static str, C, fn(Builder, T) -> Builder);

/// A builder with the settings in `options`.
///
/// # Safety
/// `options` is NULL or as large as it says, and its texts live during the call.
pub(crate) unsafe fn builder(options: *const desk_client_options) -> Result<Builder, Failure> {
    // SAFETY: by contract.
    let options = unsafe { input::read_struct("options", options) }?;
    let Some(options) = options else {
        return Err(Failure::argument("options is NULL; pass options that began as DESK_CLIENT_OPTIONS_INIT"));
    };
    // SAFETY: by contract.
    let text = |name, text| unsafe { input::optional_text(name, text) };
    let mut builder = Client::builder(text("application_id", options.application_id)?.unwrap_or_default())
        .api_token(text("api_token", options.api_token)?.unwrap_or_default());
    let texts: [Setting<desk_str, String>; 5] = [
        ("base_url", options.base_url, |builder, text| builder.base_url(text)),
        ("user_agent", options.user_agent, |builder, text| builder.user_agent(text)),
        ("ca_pem", options.ca_pem, |builder, text| builder.ca_pem(text)),
        ("ca_file", options.ca_file, |builder, text| builder.ca_file(text)),
        ("proxy", options.proxy, |builder, text| builder.proxy(text)),
    ];
    for (name, value, set) in texts {
        if let Some(text) = text(name, value)? {
            builder = set(builder, text);
        }
    }
    let times: [Setting<i64, Duration>; 4] = [
        ("connect_timeout_ms", options.connect_timeout_ms, Builder::connect_timeout),
        ("timeout_ms", options.timeout_ms, Builder::timeout),
        ("attempt_timeout_ms", options.attempt_timeout_ms, Builder::attempt_timeout),
        ("idle_timeout_ms", options.idle_timeout_ms, Builder::idle_timeout),
    ];
    for (name, value, set) in times {
        if let Some(time) = duration(name, value)? {
            builder = set(builder, time);
        }
    }
    if let Some(connections) = number("max_idle_connections", options.max_idle_connections)? {
        builder = builder.max_idle_connections(usize::try_from(connections).unwrap_or(usize::MAX));
    }
    if options.reads_per_second != 0.0 {
        builder = builder.reads_per_second(options.reads_per_second);
    }
    if options.writes_per_second != 0.0 {
        builder = builder.writes_per_second(options.writes_per_second);
    }
    Ok(builder)
}

/// The options of one call, and the queue that receives it if it is asynchronous.
///
/// # Safety
/// `options` is NULL or as large as it says, and its headers live during the call.
pub(crate) unsafe fn call_options(
    options: *const desk_call_options,
) -> Result<(CallOptions, Option<Arc<Queue>>), Failure> {
    // SAFETY: by contract.
    let options = unsafe { input::read_struct("options", options) }?;
    let mut own = CallOptions::new();
    let Some(options) = options else { return Ok((own, None)) };
    if let Some(timeout) = duration("timeout_ms", options.timeout_ms)? {
        own = own.timeout(timeout);
    }
    if let Some(timeout) = duration("attempt_timeout_ms", options.attempt_timeout_ms)? {
        own = own.attempt_timeout(timeout);
    }
    if let Some(attempts) = number("max_attempts", options.max_attempts)? {
        own = own.max_attempts(u32::try_from(attempts).unwrap_or(u32::MAX));
    }
    // SAFETY: by contract.
    for (name, value) in unsafe { pairs("headers", options.headers, options.headers_len) }? {
        own = own.header(name, value);
    }
    // SAFETY: by contract.
    if let Some(token) = unsafe { target::<desk_cancel>(options.cancel) } {
        own = own.cancel(token.clone());
    }
    // SAFETY: by contract.
    let queue = unsafe { target::<desk_queue>(options.queue) };
    Ok((own, queue.cloned()))
}

/// Maximum number of items to read.
///
/// # Safety
/// `options` is NULL or as large as it says.
pub(crate) unsafe fn max_items(options: *const desk_iter_options) -> Result<Option<u64>, Failure> {
    // SAFETY: by contract.
    match unsafe { input::read_struct("iter_options", options) }? {
        Some(options) => number("max_items", options.max_items),
        None => Ok(None),
    }
}

/// The export with `options` applied.
///
/// # Safety
/// `options` is NULL or as large as it says.
pub(crate) unsafe fn export<T: Send + 'static>(
    mut export: Export<T>,
    options: *const desk_export_options,
) -> Result<Export<T>, Failure> {
    // SAFETY: by contract.
    let Some(options) = unsafe { input::read_struct("export_options", options) }? else { return Ok(export) };
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    if let Some(time) = duration("max_lateness_ms", options.max_lateness_ms)? {
        export = export.max_lateness(time);
    }
    if let Some(rows) = number("rows_per_window", options.rows_per_window)? {
        export = export.rows_per_window(size(rows));
    }
    if let Some(requests) = number("in_flight", options.in_flight)? {
        export = export.in_flight(size(requests));
    }
    Ok(export)
}

/// Names and values as texts; each must be present.
///
/// # Safety
/// `pointer` leads to `len` pairs whose texts live during the call.
pub(crate) unsafe fn pairs(
    name: &str,
    pointer: *const desk_pair,
    len: usize,
) -> Result<Vec<(String, String)>, Failure> {
    let read = |at: &str, pair: desk_pair| {
        // SAFETY: by contract.
        let text = |part: &str, text| unsafe {
            let name = format!("{at}.{part}");
            input::required(&name, input::optional_text(&name, text)?)
        };
        Ok((text("name", pair.name)?, text("value", pair.value)?))
    };
    // SAFETY: by contract.
    Ok(unsafe { input::optional_items(name, pointer, len, read) }?.unwrap_or_default())
}

/// A duration in milliseconds; `None` for 0.
fn duration(name: &str, ms: i64) -> Result<Option<Duration>, Failure> {
    Ok(number(name, ms)?.map(Duration::from_millis))
}

/// A non-negative number; `None` for 0.
fn number(name: &str, value: i64) -> Result<Option<u64>, Failure> {
    match u64::try_from(value) {
        Ok(0) => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(Failure::argument(format!("{name} is {value}; it must be 0 (default) or more"))),
    }
}
