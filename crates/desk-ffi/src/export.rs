//! Exports for C: one proven window per step, with rows that C looks up by index.
//!
//! A window and its rows stay valid until another step begins; a refused step leaves them valid.

use std::mem::offset_of;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::desk_client::Error;
use ::desk_core::export::{Export, Proof, SharedRow, Window};

use crate::client::Caller;
use crate::failure::{Failure, desk_error};
use crate::guard;
use crate::handle::{self, Handle, target};
use crate::op::desk_op;
use crate::options::{self, desk_export_options};
use crate::reader::item;
use crate::start::{self, Completion};
use crate::status::desk_status;
use crate::steps::{self, Source, Steps};
use crate::view::micros;

/// A time range that an export has read, with facts about its rows. Valid until the export begins
/// to return another window. Newer versions add members at the end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_window {
    /// Size of this struct; members beyond it are absent.
    pub window_size: usize,
    /// First microsecond of the window, in µs since the Unix epoch.
    pub from_us: i64,
    /// Last microsecond of the window, in µs since the Unix epoch; the next window begins one
    /// later.
    pub until_us: i64,
    /// Number of rows; the rows are sorted by time and id.
    pub count: usize,
    /// Smallest id; 0 without rows.
    pub id_min: i64,
    /// Largest id; 0 without rows.
    pub id_max: i64,
    /// Number of requests for this window, including inconclusive ones.
    pub requests: i64,
    /// Number of rows that the service returned although their time is outside the window; they are
    /// not among the rows.
    pub out_of_range_rows: i64,
    /// Whether these rows are all rows that the service counts in the window. If false, do not
    /// treat the window as complete: it may have more rows, the service may have deleted some
    /// during the read, or some may have no time.
    pub verified: bool,
}

/// The target of an export handle, for rows of any type.
pub(crate) struct Exported {
    windows: Steps<Export<SharedRow>>,
    given: Mutex<Option<Box<Given>>>,
}

// C may look up rows from any thread.
const _: () = handle::shared::<Exported>();

/// The window that C has now, with its rows.
struct Given {
    window: desk_window,
    rows: Vec<SharedRow>,
}

impl Source for Export<SharedRow> {
    type Step = Window<SharedRow>;

    async fn step(&mut self) -> Result<Option<Window<SharedRow>>, Error> {
        std::future::poll_fn(|context| self.poll_window(context)).await.transpose()
    }
}

/// Creates an export.
///
/// # Safety
/// `options` is NULL or as large as it says.
pub(crate) unsafe fn give<H: Handle<Target = Exported>>(
    caller: &Caller,
    export: Export<SharedRow>,
    options: *const desk_export_options,
) -> Result<*mut H, Failure> {
    // SAFETY: by contract.
    let export = unsafe { options::export(export, options) }?;
    let exported = Exported { windows: Steps::new(caller, "export", export), given: Mutex::new(None) };
    Ok(handle::into_handle::<H, ()>(exported, ()))
}

/// Returns the next window; NULL at the end.
///
/// # Safety
/// `export` is NULL or a live export; `out` and `err` are NULL or writable.
pub(crate) unsafe fn next<H: Handle<Target = Exported>>(
    export: *mut H,
    out: *mut *const desk_window,
    err: *mut *mut desk_error,
) -> desk_status {
    // SAFETY: by contract; a pointer to const is as large as one to mut.
    unsafe { next_of(target(export), out.cast::<*mut desk_window>(), err) }
}

/// # Safety
/// `out` and `err` are NULL or writable.
#[inline(never)]
unsafe fn next_of(export: Option<&Exported>, out: *mut *mut desk_window, err: *mut *mut desk_error) -> desk_status {
    let work = || {
        let export = live(export)?;
        // The next window needs the memory of this one.
        let begin = || *export.given() = None;
        let Some(window) = export.windows.step(begin)? else { return Ok(ptr::null_mut()) };
        let mut given = export.given();
        let given = given.insert(Box::new(Given { window: shown(&window.proof), rows: window.items }));
        Ok((&raw const given.window).cast_mut())
    };
    // SAFETY: by contract.
    unsafe { guard::call(out, err, work) }
}

/// Starts an asynchronous step that prepares the next window.
///
/// # Safety
/// As for [`start::start`]; `export` is NULL or a live export.
pub(crate) unsafe fn next_async<H: Handle<Target = Exported>>(
    export: *mut H,
    completion: Completion,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    // SAFETY: by contract.
    unsafe { next_async_of(target(export), completion, out, err) }
}

/// # Safety
/// As for [`start::start`].
#[inline(never)]
unsafe fn next_async_of(
    export: Option<&Exported>,
    completion: Completion,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    // SAFETY: by contract.
    unsafe { start::start(completion, out, err, || live(export)?.windows.prepare(false)) }
}

/// Whether the next step returns without waiting.
///
/// # Safety
/// `export` is NULL or a live export.
pub(crate) unsafe fn is_ready<H: Handle<Target = Exported>>(export: *const H) -> bool {
    // SAFETY: by contract.
    unsafe { guard::read(export, false, |export| export.windows.has_arrived()) }
}

/// A row of the current window; NULL beyond its end.
///
/// # Safety
/// `export` is NULL or a live export.
pub(crate) unsafe fn at<H: Handle<Target = Exported>, I: Handle>(export: *const H, index: usize) -> *const I
where
    I::Target: 'static,
{
    // SAFETY: by contract.
    unsafe { guard::read(export, ptr::null(), |export| export.at::<I::Target>(index)) }.cast()
}

/// Frees an export; NULL is allowed.
///
/// # Safety
/// `export` came from [`give`] and is not used afterwards.
pub(crate) unsafe fn free<H: Handle<Target = Exported>>(export: *mut H) {
    // SAFETY: by contract.
    unsafe { steps::free(export, |export| export.windows.client()) };
}

fn live(export: Option<&Exported>) -> Result<&Exported, Failure> {
    export.ok_or_else(|| Failure::argument("export is NULL; make one with its _new"))
}

impl Exported {
    /// Locks the current window; no code waits while it holds this lock.
    fn given(&self) -> MutexGuard<'_, Option<Box<Given>>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The row at `index`; NULL beyond the end.
    fn at<V: 'static>(&self, index: usize) -> *const V {
        let given = self.given();
        given.as_ref().and_then(|given| given.rows.get(index)).map_or(ptr::null(), item)
    }
}

fn shown(proof: &Proof) -> desk_window {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    desk_window {
        // Without the padding after the last member, where a newer version may add one.
        window_size: offset_of!(desk_window, verified) + size_of::<bool>(),
        from_us: micros(&proof.from),
        until_us: micros(&proof.until),
        count: usize::try_from(proof.count).unwrap_or(usize::MAX),
        id_min: proof.id_min.unwrap_or_default(),
        id_max: proof.id_max.unwrap_or_default(),
        requests: number(proof.requests),
        out_of_range_rows: number(proof.out_of_range_rows),
        verified: proof.verified,
    }
}
