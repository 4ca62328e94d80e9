//! Views: the structs of results that C reads. Each is built once in an arena, then only read.
//!
//! The result that the caller owns has the arena. Every text, list and nested object reached from
//! the result points into that arena and lives as long.

use std::alloc::Layout;
use std::ptr;

use ::desk_client::Json;
use bumpalo::Bump;
use chrono::{DateTime, Utc};

use crate::text::{compact, desk_str};

/// A struct that C reads, made from a value of type `S`.
pub(crate) trait View<S> {
    /// Copies `source` into `arena`.
    fn view(source: &S, arena: &Bump) -> Self;
}

/// The value of an enumeration: its number (0 if this version does not know it) and its text.
#[derive(Clone, Copy)]
#[cfg_attr(any(test, fuzzing), derive(Debug))]
pub(crate) struct EnumView {
    pub(crate) code: i32,
    pub(crate) text: desk_str,
}

impl EnumView {
    pub(crate) const ABSENT: EnumView = EnumView { code: 0, text: desk_str::ABSENT };
}

/// An enumeration of the spec; the number of a value is its position, from 1.
pub(crate) trait Enumeration: Sized + Clone + PartialEq + 'static {
    /// The known values in the order of the spec.
    const KNOWN: &'static [Self];

    /// The text on the wire.
    fn text(&self) -> &str;

    /// The value with this text, known or not.
    fn of_text(text: &str) -> Self;

    fn code(&self) -> i32 {
        let place = Self::KNOWN.iter().position(|known| known == self);
        place.and_then(|place| i32::try_from(place + 1).ok()).unwrap_or(0)
    }

    fn of_code(code: i32) -> Option<Self> {
        let place = usize::try_from(code).ok()?.checked_sub(1)?;
        Self::KNOWN.get(place).cloned()
    }
}

/// A list in an arena.
pub(crate) struct List<T> {
    ptr: *const T,
    len: usize,
}

impl<T> List<T> {
    pub(crate) const EMPTY: List<T> = List { ptr: ptr::null(), len: 0 };

    /// `items` must live as long as the view that has the list.
    pub(crate) fn new(items: &[T]) -> List<T> {
        List { ptr: items.as_ptr(), len: items.len() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len).filter_map(|index| self.get(index))
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The item at `index`; `None` beyond the end.
    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        if index >= self.len {
            return None;
        }
        // SAFETY: there are `len` items at `ptr`, in an arena that outlives this view.
        unsafe { self.ptr.add(index).as_ref() }
    }
}

#[cfg(any(test, fuzzing))]
impl<T: std::fmt::Debug> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Copies the items of `source`, each through `item`; an absent list becomes an empty one.
pub(crate) fn list<S, T>(arena: &Bump, source: Option<&[S]>, item: impl Fn(&S) -> T) -> List<T> {
    let source = source.unwrap_or_default();
    let items = arena.alloc_slice_fill_iter(source.iter().map(item));
    List::new(items)
}

/// An object in an arena, or none.
pub(crate) struct Object<T>(*const T);

impl<T> Object<T> {
    pub(crate) const NULL: Object<T> = Object(ptr::null());

    /// `object` must live as long as the view that has it.
    pub(crate) fn new(object: &T) -> Object<T> {
        Object(object)
    }

    /// The pointer; NULL without an object.
    pub(crate) fn ptr(&self) -> *const T {
        self.0
    }
}

#[cfg(any(test, fuzzing))]
impl<T: std::fmt::Debug> std::fmt::Debug for Object<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // SAFETY: NULL or an object in an arena that outlives this view.
        unsafe { self.0.as_ref() }.fmt(f)
    }
}

/// Copies a text and appends the NUL that C is promised.
pub(crate) fn text(arena: &Bump, text: &str) -> desk_str {
    bytes(arena, text.as_bytes())
}

/// Copies bytes that may not be UTF-8, and appends a NUL.
pub(crate) fn bytes(arena: &Bump, text: &[u8]) -> desk_str {
    let layout = Layout::array::<u8>(text.len() + 1);
    let Ok(layout) = layout else { return desk_str::ABSENT };
    let copy = arena.alloc_layout(layout);
    // SAFETY: `copy` has room for the text and one byte more, and is new, so that it cannot
    // overlap.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr(), copy.as_ptr(), text.len());
        copy.add(text.len()).write(0);
    }
    desk_str { ptr: copy.as_ptr().cast(), len: text.len() }
}

/// Copies a JSON value as text.
pub(crate) fn json(arena: &Bump, value: &Json) -> desk_str {
    json_text(arena, value.as_str())
}

/// Copies the text of a JSON value.
pub(crate) fn json_text(arena: &Bump, json: &str) -> desk_str {
    text(arena, &compact(json))
}

/// Copies the value of an enumeration.
pub(crate) fn enumeration<E: Enumeration>(arena: &Bump, value: &E) -> EnumView {
    EnumView { code: value.code(), text: text(arena, value.text()) }
}

/// A time as µs since the Unix epoch.
pub(crate) fn micros(time: &DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// Copies a nested object.
pub(crate) fn object<S, T: View<S>>(arena: &Bump, source: Option<&S>) -> Object<T> {
    source.map_or(Object::NULL, |source| Object::new(arena.alloc(T::view(source, arena))))
}
