//! `desk_client` and the options of clients and calls.
//!
//! A client owns a single-threaded runtime, and a blocking call drives it on the caller's own thread: none has to be
//! woken. Only looking up a host name takes a thread of its own, for a moment. Calls of several threads share connections.

use std::future::Future;
use std::process;
use std::time::Duration;

use ::desk_client::{CallOptions, Client, Error};
use tokio::runtime::{Builder, Handle as Runtime};

use crate::error::{Failure, desk_error};
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::input;
use crate::main_thread;
use crate::sigpipe::Quiet;
use crate::status::desk_status;
use crate::text::desk_str;

/// A client of one Desk application. Any thread may use it, also several at once. Free it with `desk_client_free`.
pub struct desk_client {
    _opaque: (),
}

/// Settings of a client. Start from `DESK_CLIENT_OPTIONS_INIT`; zero means default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_client_options {
    /// `sizeof(desk_client_options)`, set by the INIT macro.
    pub struct_size: usize,
    /// The application's id (dashboard: Settings, Application, General). May be left out if `base_url` is set.
    pub application_id: desk_str,
    /// The API token (dashboard: Settings, Desk, Credentials). Sent to the base URL's origin and nowhere else.
    pub api_token: desk_str,
    /// Another address than the service's own, such as the emulator's: https, or http on this machine.
    pub base_url: desk_str,
    /// Time to open a connection, TLS included, in ms; 0: 5,000.
    pub connect_timeout_ms: i64,
    /// Time for a whole call, in ms; 0: 60,000.
    pub timeout_ms: i64,
}

/// What one call may do differently. Start from `DESK_CALL_OPTIONS_INIT`; zero means as the client does.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_call_options {
    /// `sizeof(desk_call_options)`, set by the INIT macro.
    pub struct_size: usize,
    /// Time for the whole call, in ms; 0: as the client.
    pub timeout_ms: i64,
    /// How often the request is sent at most, the first time included; 0: 5. A request that is not a read is sent again only
    /// if the service certainly did nothing.
    pub max_attempts: i64,
}

/// How long freeing a client waits for a name lookup that nobody waits for any more.
const PATIENCE: Duration = Duration::from_millis(500);

// C may use a client from any thread.
const _: () = handle::shared::<ClientObject>();

pub(crate) struct ClientObject {
    client: Client,
    /// Always there until the client is freed.
    runtime: Option<tokio::runtime::Runtime>,
    process: u32,
}

impl Handle for desk_client {
    type Target = ClientObject;
}

input::growable!(desk_client_options { api_token, base_url, connect_timeout_ms, timeout_ms } bools {});
input::growable!(desk_call_options { timeout_ms, max_attempts } bools {});

/// Makes a client. Nothing is sent and no thread is started. On success `*out` is the client, to be freed with
/// `desk_client_free`; otherwise it is NULL. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` names the option that is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_client_new(
    options: *const desk_client_options,
    out: *mut *mut desk_client,
    err: *mut *mut desk_error,
) -> desk_status {
    let work = || {
        // SAFETY: the caller passes NULL or options as large as they say.
        let options = unsafe { input::read_struct("options", options) }?;
        let Some(options) = options else {
            return Err(Failure::argument("options is NULL; pass options that began as DESK_CLIENT_OPTIONS_INIT"));
        };
        // SAFETY: the texts are the caller's and live during the call.
        let text = |name, text| unsafe { input::optional_text(name, text) };
        let mut builder = Client::builder(text("application_id", options.application_id)?.unwrap_or_default())
            .api_token(text("api_token", options.api_token)?.unwrap_or_default());
        if let Some(url) = text("base_url", options.base_url)? {
            builder = builder.base_url(url);
        }
        if let Some(timeout) = duration("connect_timeout_ms", options.connect_timeout_ms)? {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(timeout) = duration("timeout_ms", options.timeout_ms)? {
            builder = builder.timeout(timeout);
        }
        let client = builder.build()?;
        main_thread::keep_handle();
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::argument(format!("the client cannot start: {error}")))?;
        Ok(handle::give::<desk_client, ()>(ClientObject { client, runtime: Some(runtime), process: process::id() }, ()))
    };
    // SAFETY: the caller passes NULL or writable pointers.
    unsafe { guard::call(out, err, work) }
}

/// Frees a client; NULL is fine. No call may be under way on it. Its connections are closed; results and errors got
/// through it stay valid. In a forked child it only forgets the client, whose connections are the parent's. It waits at
/// most 500 ms, for a name lookup that timed out. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_client_free(client: *mut desk_client) {
    guard::release(|| {
        // SAFETY: the caller passes NULL or a live client.
        if unsafe { target::<desk_client>(client) }.is_some_and(|object| object.process != process::id()) {
            return handle::forget(client);
        }
        // SAFETY: the caller owns it; clients are made by `desk_client_new` alone.
        unsafe { handle::free::<desk_client, ()>(client) };
    });
}

impl Drop for ClientObject {
    fn drop(&mut self) {
        // Closing TLS writes to the sockets.
        let _quiet = Quiet::start();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(PATIENCE);
        }
    }
}

/// A client and options, ready for one blocking call.
pub(crate) struct Caller<'a> {
    object: &'a ClientObject,
    /// The client with the options of this call.
    pub(crate) client: Client,
}

impl Caller<'_> {
    /// Checks the first and the last argument of every operation.
    ///
    /// # Safety
    /// `client` is NULL or a live client, `options` NULL or as large as it says.
    pub(crate) unsafe fn new<'a>(
        client: *mut desk_client,
        options: *const desk_call_options,
    ) -> Result<Caller<'a>, Failure> {
        // SAFETY: by contract.
        let object = unsafe { target::<desk_client>(client) };
        let object = object.ok_or_else(|| Failure::argument("client is NULL; make one with desk_client_new"))?;
        if object.process != process::id() {
            return Err(Failure::Forked);
        }
        // SAFETY: by contract.
        let options = unsafe { input::read_struct("options", options) }?;
        let Some(options) = options else { return Ok(Caller { object, client: object.client.clone() }) };
        let mut own = CallOptions::new();
        if let Some(timeout) = duration("timeout_ms", options.timeout_ms)? {
            own = own.timeout(timeout);
        }
        match u32::try_from(options.max_attempts) {
            Ok(0) => {}
            Ok(attempts) => own = own.max_attempts(attempts),
            Err(_) => {
                let text = format!("max_attempts is {}; it must be 0 (default) or more", options.max_attempts);
                return Err(Failure::argument(text));
            }
        }
        let client = object.client.with(own);
        Ok(Caller { object, client })
    }

    /// Runs one call to its end on this thread.
    pub(crate) fn run<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        match Runtime::try_current() {
            Ok(_) => return Err(Failure::WouldDeadlock),
            Err(error) if error.is_thread_local_destroyed() => {
                return Err(Failure::argument("the thread or process is ending; make calls before that"));
            }
            Err(_) => {}
        }
        let Some(runtime) = &self.object.runtime else {
            return Err(Failure::argument("client is freed; make a new one"));
        };
        let _quiet = Quiet::start();
        main_thread::keep_handle();
        let call = async {
            // One turn of the reactor first: connections that the service has closed meanwhile leave the pool.
            tokio::task::yield_now().await;
            call.await
        };
        runtime.block_on(call).map_err(Failure::from)
    }
}

/// Milliseconds; `None` for 0.
fn duration(name: &str, ms: i64) -> Result<Option<Duration>, Failure> {
    match u64::try_from(ms) {
        Ok(0) => Ok(None),
        Ok(ms) => Ok(Some(Duration::from_millis(ms))),
        Err(_) => Err(Failure::argument(format!("{name} is {ms}; it must be 0 (default) or more"))),
    }
}
