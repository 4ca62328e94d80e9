//! Results on their way to C, and their end.

use ::desk_client::Response;
use bumpalo::Bump;

use crate::handle::{self, Handle};
use crate::reader::OwnedView;
use crate::response::ResponseView;
use crate::view::View;

/// A view of the result of an operation.
pub(crate) trait Root {
    /// Sets the facts about the call.
    fn set_response(&mut self, response: *const ResponseView);
}

/// Builds a result and hands it to C.
pub(crate) fn copy_into_handle<H: Handle, S>(response: &Response<S>) -> *mut H
where
    H::Target: View<S> + Root,
{
    let arena = Bump::new();
    let mut target = <H::Target as View<S>>::view(response, &arena);
    target.set_response(arena.alloc(ResponseView::new(response, &arena)));
    handle::into_handle(target, (arena, Vec::<u8>::new()))
}

/// Hands a result to C that is already built.
pub(crate) fn into_handle<H: Handle>(response: Response<OwnedView<H::Target>>) -> *mut H
where
    H::Target: Root,
{
    let about: *const ResponseView = response.arena.alloc(ResponseView::new(&response, &response.arena));
    let OwnedView { mut view, arena, body } = response.into_inner();
    view.set_response(about);
    handle::into_handle(view, (arena, body))
}

/// Frees a result; NULL is allowed.
///
/// # Safety
/// `handle` came from [`into_handle`] and is not used afterwards.
pub(crate) unsafe fn free<H: Handle>(handle: *mut H) {
    // SAFETY: by contract.
    unsafe { handle::free::<H, (Bump, Vec<u8>)>(handle) }
}
