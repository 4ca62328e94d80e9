//! Views together with the bytes and the arena that they point into.

use ::desk_client::answer::Rows;
use bumpalo::Bump;

use crate::output::{List, View};

/// A view with all that it points into.
pub(crate) struct Kept<V> {
    pub(crate) view: V,
    pub(crate) arena: Bump,
    pub(crate) body: Vec<u8>,
}

// SAFETY: a view points into its own arena and body only, and nothing changes them any more.
unsafe impl<V> Send for Kept<V> {}

impl<V> Kept<V> {
    /// Made from what serde decoded.
    pub(crate) fn of<S>(source: &S) -> Kept<V>
    where
        V: View<S>,
    {
        let arena = Bump::new();
        let view = V::view(source, &arena);
        Kept { view, arena, body: Vec::new() }
    }

    /// The rows of a page.
    pub(crate) fn rows<T>(self, count: fn(&V) -> i64, items: fn(&V) -> &List<T>) -> Rows<Row<T>>
    where
        V: 'static,
    {
        let rows = items(&self.view).iter().map(Row::of).collect();
        Rows { items: rows, count: count(&self.view), kept: Some(Box::new(self)) }
    }
}

/// An item of a page that is kept beside it.
pub(crate) struct Row<T>(*const T);

// SAFETY: as the page that it belongs to.
unsafe impl<T> Send for Row<T> {}

impl<T> Row<T> {
    fn of(item: &T) -> Row<T> {
        Row(item)
    }

    pub(crate) fn ptr(&self) -> *const T {
        self.0
    }

    /// Something of the item. Asked for by the walk over a list only, which holds the page meanwhile.
    pub(crate) fn get<R>(&self, get: impl FnOnce(&T) -> R) -> R {
        // SAFETY: the page is kept beside its rows.
        get(unsafe { &*self.0 })
    }
}
