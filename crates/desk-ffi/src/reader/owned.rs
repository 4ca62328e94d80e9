//! Views together with the bytes and the arena that they point into.

use std::any::Any;
use std::ptr;
use std::sync::Arc;

use ::desk_core::export::SharedRow;
use ::desk_core::list::Rows;
use bumpalo::Bump;

use crate::view::{List, View};

/// A view with the arena and the bytes that it points into.
pub(crate) struct OwnedView<V> {
    pub(crate) view: V,
    pub(crate) arena: Bump,
    pub(crate) body: Vec<u8>,
}

// SAFETY: a view points into its own arena and body only, and nothing changes them any more.
unsafe impl<V> Send for OwnedView<V> {}

impl<V> OwnedView<V> {
    /// Builds the view of a value that serde decoded.
    pub(crate) fn of<S>(source: &S) -> OwnedView<V>
    where
        V: View<S>,
    {
        let arena = Bump::new();
        let view = V::view(source, &arena);
        OwnedView { view, arena, body: Vec::new() }
    }

    /// The rows of a page.
    pub(crate) fn rows<T>(self, count: fn(&V) -> i64, items: fn(&V) -> &List<T>) -> Rows<Row<T>>
    where
        V: 'static,
    {
        let rows = items(&self.view).iter().map(Row::of).collect();
        Rows { items: rows, count: count(&self.view), owner: Some(Box::new(self)) }
    }

    /// The rows of a page, each of which keeps the page.
    pub(crate) fn shared_rows<T: 'static>(
        self,
        count: fn(&V) -> i64,
        items: fn(&V) -> &List<T>,
        id: fn(&T) -> i64,
        time: fn(&T) -> Option<i64>,
    ) -> Rows<SharedRow>
    where
        V: 'static,
    {
        let Rows { items, count, owner } = self.rows(count, items);
        let page = Arc::new(SharedPage { items, _owner: owner });
        let share = |(place, row): (usize, &Row<T>)| SharedRow {
            id: row.get(id),
            time: row.get(time),
            place,
            page: page.clone(),
        };
        Rows { items: page.items.iter().enumerate().map(share).collect(), count, owner: None }
    }
}

/// An item of a page; the page is kept next to it.
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

    /// Reads a value of the item. Only the iteration over a list calls this, and it holds the page
    /// during the call.
    pub(crate) fn get<R>(&self, get: impl FnOnce(&T) -> R) -> R {
        // SAFETY: the page is kept beside its rows.
        get(unsafe { &*self.0 })
    }
}

/// A page that its rows share.
struct SharedPage<T> {
    items: Vec<Row<T>>,
    _owner: Option<Box<dyn Any + Send>>,
}

// SAFETY: nothing changes the items any more, and nothing looks into what is kept.
unsafe impl<T> Sync for SharedPage<T> {}

/// The item of a row, which lives as long as the row; NULL if the row's page has no such items.
pub(crate) fn item<T: 'static>(row: &SharedRow) -> *const T {
    let page = row.page.downcast_ref::<SharedPage<T>>();
    page.and_then(|page| page.items.get(row.place)).map_or(ptr::null(), Row::ptr)
}
