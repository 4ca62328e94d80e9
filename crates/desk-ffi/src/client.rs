//! `desk_client` and the blocking calls made through it.
//!
//! A client owns a single-threaded runtime, and a blocking call drives it on the caller's own
//! thread, so that no other thread has to wake up. Only a host name lookup uses a thread of its
//! own, until the lookup ends; asynchronous calls have theirs in `background.rs`. Calls on several
//! threads share connections.
//!
//! A panic in a call makes the client refuse further calls (`poisoned`). A panic of the runtime
//! itself, for instance because the host has closed the client's file descriptors, also makes every
//! destructor below the client dangerous (`broken`): then `desk_client_free` leaks these objects.

use std::ffi::c_void;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use ::desk_client::{CancelToken, Client, Error, Response};
use ::desk_core::decode::Decode;
use ::desk_core::join_lookups;
use ::desk_core::request::Request;
use tokio::runtime::{Builder, Handle as Runtime};

use crate::background::Background;
use crate::blocking;
use crate::failure::{Failure, desk_error};
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::log::{Log, desk_log_fn};
use crate::main_thread;
use crate::options::{self, desk_call_options, desk_client_options};
use crate::queue::Queue;
use crate::sigpipe::Quiet;
use crate::status::desk_status;

/// A client of one Desk application. Any thread may use it, also several threads at once. Free it
/// with `desk_client_free`.
pub struct desk_client {
    _opaque: (),
}

const TICK: Duration = Duration::from_secs(1);
/// How long freeing a client waits for name lookups that its calls have abandoned.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long freeing a client waits for cancelled calls to end.
const CALLS_END: Duration = Duration::from_secs(5);

// C may use a client from any thread.
const _: () = handle::shared::<ClientObject>();

pub(crate) struct ClientObject {
    client: Client,
    inner: Arc<Inner>,
}

/// State that a client shares with its calls and iterators; dropped with the last of them.
pub(crate) struct Inner {
    /// `None` only while this is dropped.
    runtime: Option<tokio::runtime::Runtime>,
    log: Arc<Log>,
    process: u32,
    /// Cancels the running calls when the client is freed.
    freed: CancelToken,
    /// Number of running blocking calls; `idle` reports each change while the client is freed.
    calls: Mutex<usize>,
    idle: Condvar,
    pub(crate) background: Background,
    /// Whether a call has panicked.
    poisoned: AtomicBool,
    /// Whether objects of the runtime must not be dropped: it has panicked, or its calls hang.
    broken: AtomicBool,
}

impl Handle for desk_client {
    type Target = ClientObject;
}

/// Creates a client. The function sends no request and starts no thread. On success the caller owns
/// `*out` and frees it with `desk_client_free`; on failure `*out` is NULL. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; the message names the wrong option.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_client_new(
    options: *const desk_client_options,
    out: *mut *mut desk_client,
    err: *mut *mut desk_error,
) -> desk_status {
    let work = || {
        let log = Arc::<Log>::default();
        // SAFETY: the caller passes NULL or options as large as they say, with texts that live
        // during the call.
        let client = unsafe { options::builder(options) }?.observer(log.clone()).build()?;
        main_thread::keep_handle();
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::argument(format!("the client cannot start: {error}")))?;
        runtime.spawn(tick());
        let inner = Inner {
            runtime: Some(runtime),
            log,
            process: process::id(),
            freed: CancelToken::new(),
            calls: Mutex::default(),
            idle: Condvar::new(),
            background: Background::new(),
            poisoned: AtomicBool::new(false),
            broken: AtomicBool::new(false),
        };
        let inner = Arc::new(inner);
        Ok(handle::into_handle::<desk_client, ()>(ClientObject { client, inner }, ()))
    };
    // SAFETY: the caller passes NULL or writable pointers.
    unsafe { guard::call(out, err, work) }
}

/// Frees a client; NULL is allowed. The function cancels the running calls and waits for them, at
/// most 5 s for blocking calls on other threads; no new call may begin. It returns after all
/// callbacks of asynchronous calls have returned; inside one of these callbacks, it runs the
/// remaining ones first. It removes the log callback. The connections close once the client's
/// iterators are freed too. Results and errors of the client stay valid.
///
/// If a call has abandoned a host name lookup, the function waits at most 500 ms more for it; a
/// slower lookup ends by itself, on its thread `desk-dns`. After a `DESK_PANIC` the function may
/// leak memory and file descriptors. In a forked child it only forgets the client, because the
/// connections belong to the parent.
///
/// Any thread, once. Never call it from the client's own log callback, nor from two callbacks at
/// once that free each other's clients: they would wait for each other.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_client_free(client: *mut desk_client) {
    guard::release(|| {
        // Destructors write to sockets, and a panic writes to stderr.
        let _quiet = Quiet::start();
        // SAFETY: the caller passes NULL or a live client.
        match unsafe { target::<desk_client>(client) } {
            Some(object) if object.inner.forked() => return handle::forget(client),
            Some(object) if !object.inner.stop() => return handle::abandon(client),
            _ => {}
        }
        // SAFETY: the caller owns it; clients are made by `desk_client_new` alone.
        unsafe { handle::free::<desk_client, ()>(client) };
    });
}

/// Sets the log callback, which the client calls for each of its attempts and calls; NULL removes
/// it. Once this function returns, the previous callback does not run on another thread and is
/// never called again, so that you may free its `user_data`. Inside a callback the function does
/// not wait for other callbacks. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if `client` is NULL; `DESK_FORKED` in a forked child.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_client_set_log(
    client: *mut desk_client,
    callback: desk_log_fn,
    user_data: *mut c_void,
    err: *mut *mut desk_error,
) -> desk_status {
    let work = || {
        // SAFETY: the caller passes NULL or a live client.
        let inner = &unsafe { known(client) }?.inner;
        if inner.forked() {
            return Err(Failure::Forked);
        }
        // A client that refuses calls accepts this too: its running calls still log.
        inner.log.set(callback, user_data);
        Ok(())
    };
    // SAFETY: the caller passes NULL or a writable pointer.
    unsafe { guard::call_plain(err, work) }
}

/// A timer that is always due soon while calls run. Without it the timer of each call would be the
/// next one, and the runtime would wake itself through the kernel for it: two more system calls.
async fn tick() {
    loop {
        tokio::time::sleep(TICK).await;
    }
}

/// # Safety
/// `client` is NULL or a live client.
unsafe fn known<'a>(client: *mut desk_client) -> Result<&'a ClientObject, Failure> {
    // SAFETY: by contract.
    let object = unsafe { target::<desk_client>(client) };
    object.ok_or_else(|| Failure::argument("client is NULL; make one with desk_client_new"))
}

/// # Safety
/// `client` is NULL or a live client.
unsafe fn object<'a>(client: *mut desk_client) -> Result<&'a ClientObject, Failure> {
    // SAFETY: by contract.
    let object = unsafe { known(client) }?;
    object.inner.usable()?;
    Ok(object)
}

impl Drop for Inner {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        if self.is_broken() {
            return std::mem::forget(runtime);
        }
        // Closing a TLS connection writes to its socket.
        let _quiet = Quiet::start();
        let id = runtime.handle().id();
        // It waits for no thread: calls do not use tokio's blocking pool.
        runtime.shutdown_background();
        // A callback on a thread that another client drives must not block.
        if Runtime::try_current().is_err() {
            join_lookups(id, PATIENCE);
        }
    }
}

/// A client and its options, ready for one call.
pub(crate) struct Caller {
    pub(crate) inner: Arc<Inner>,
    /// The client with the options of this call.
    pub(crate) client: Client,
    /// The queue that receives the call if it is asynchronous.
    pub(crate) queue: Option<Arc<Queue>>,
}

impl Caller {
    /// Checks the first and the last argument of every operation.
    ///
    /// # Safety
    /// `client` is NULL or a live client, `options` NULL or as large as it says.
    pub(crate) unsafe fn new(client: *mut desk_client, options: *const desk_call_options) -> Result<Caller, Failure> {
        // SAFETY: by contract.
        let (object, (options, queue)) = unsafe { (object(client)?, options::call_options(options)?) };
        let options = options.cancel(object.inner.freed.clone());
        Ok(Caller { inner: object.inner.clone(), client: object.client.with(options), queue })
    }

    /// Like [`Caller::new`] for an asynchronous call, with a token that cancels only this call.
    ///
    /// # Safety
    /// As for [`Caller::new`].
    pub(crate) unsafe fn asynchronous(
        client: *mut desk_client,
        options: *const desk_call_options,
    ) -> Result<(Caller, CancelToken), Failure> {
        // SAFETY: by contract.
        let (object, (options, queue)) = unsafe { (object(client)?, options::call_options(options)?) };
        let cancel = CancelToken::new();
        let options = options.cancel(object.inner.freed.clone()).cancel(cancel.clone());
        Ok((Caller { inner: object.inner.clone(), client: object.client.with(options), queue }, cancel))
    }

    /// Sends one request and waits for its response on this thread.
    pub(crate) fn send<T: Send>(&self, request: Request, decode: Decode<T>) -> Result<Response<T>, Failure> {
        self.run(self.client.core().send(request, decode))
    }

    /// Runs one call to completion on this thread.
    pub(crate) fn run<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        self.inner.run(call)
    }
}

impl Inner {
    /// Whether this process is not the one that created the client.
    pub(crate) fn forked(&self) -> bool {
        self.process != process::id()
    }

    /// Returns an error if the client must not make calls: after a fork or a panic.
    pub(crate) fn usable(&self) -> Result<(), Failure> {
        if self.forked() {
            return Err(Failure::Forked);
        }
        if self.poisoned.load(Ordering::Relaxed) { Err(Failure::Poisoned) } else { Ok(()) }
    }

    /// Makes the client refuse further calls, because a panic may have left its state inconsistent.
    pub(crate) fn poison(&self) {
        self.poisoned.store(true, Ordering::Relaxed);
    }

    /// Whether objects of the runtime must not be dropped.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Runs `work` on the runtime. A panic ends all calls, because the runtime may never drive them
    /// again.
    fn contain(&self, work: impl FnOnce(&tokio::runtime::Runtime)) {
        let Some(runtime) = &self.runtime else { return };
        if catch_unwind(AssertUnwindSafe(|| work(runtime))).is_err() {
            self.give_up();
        }
    }

    #[cold]
    fn give_up(&self) {
        self.broken.store(true, Ordering::Relaxed);
        self.poison();
        self.background.end_all();
    }

    /// Spawns a call on the client's own thread, which must have been started.
    pub(crate) fn spawn(&self, call: impl Future<Output = ()> + Send + 'static) {
        self.contain(|runtime| drop(runtime.spawn(call)));
    }

    /// Drives the runtime on this thread until `end`, a trait object, so that this is compiled
    /// once.
    pub(crate) fn drive(&self, end: Pin<&mut dyn Future<Output = ()>>) {
        self.contain(|runtime| runtime.block_on(end));
    }

    /// Cancels the running calls and waits for them to end. Returns whether the client may be
    /// dropped.
    fn stop(&self) -> bool {
        self.contain(|_| self.freed.cancel());
        self.contain(|_| self.background.close());
        let patience = if self.is_broken() { Duration::ZERO } else { CALLS_END };
        if !self.background.join(patience) {
            self.broken.store(true, Ordering::Relaxed);
        }
        // A thread that itself drives calls could wait for ever.
        if let Err(thread) = Runtime::try_current() {
            let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            drop(self.idle.wait_timeout_while(calls, CALLS_END, |calls| *calls > 0));
            // One turn of the reactor shows whether it still works. A thread that is exiting can drive
            // no runtime.
            if !self.is_broken() && !thread.is_thread_local_destroyed() {
                main_thread::keep_handle();
                self.drive(pin!(tokio::task::yield_now()));
            }
        }
        self.log.set(None, std::ptr::null_mut());
        !self.is_broken()
    }

    /// Changes the number of running calls.
    fn count(&self, change: impl FnOnce(&mut usize)) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut calls);
        // No thread waits before that, and a thread that begins to wait checks the number first.
        if self.freed.is_cancelled() {
            self.idle.notify_all();
        }
    }

    /// Runs `call` to completion on this thread.
    pub(crate) fn run<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        blocking::may_block()?;
        let Some(runtime) = &self.runtime else {
            return Err(Failure::argument("client is freed; make a new one"));
        };
        let _quiet = Quiet::start();
        let _counted = Counted::new(self);
        main_thread::keep_handle();
        let mut result = None;
        {
            let call = async {
                // One turn of the reactor first: it drops pooled connections that the service has
                // closed.
                tokio::task::yield_now().await;
                result = Some(call.await);
            };
            // A trait object, so that the code that runs it is compiled once.
            let call: Pin<&mut dyn Future<Output = ()>> = pin!(call);
            runtime.block_on(call);
        }
        result.ok_or(Failure::Panic)?.map_err(Failure::from)
    }
}

/// Counts a running call while it lives.
struct Counted<'a>(&'a Inner);

impl Counted<'_> {
    fn new(inner: &Inner) -> Counted<'_> {
        inner.count(|calls| *calls += 1);
        Counted(inner)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.poison();
        }
        self.0.count(|calls| *calls -= 1);
    }
}
