//! Results straight from the bytes of an answer: views whose texts are the answer's own bytes.
//!
//! [`read`] takes what the service usually sends: the known keys in the order of the spec, no white space. Anything else
//! ends it without a trace, and serde decodes the same bytes; so nothing here may accept what serde refuses, or see
//! another value in it. The readers of the results are generated; what they are made of is here.
//!
//! Nothing is written while reading. When all is read, texts are unescaped and ended with NUL where they stand.

#[cfg(any(test, fuzzing))]
pub(crate) mod agree;
mod json;
mod number;
mod text;
mod time;

use std::slice;

use ::desk_client::answer::Rows;
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use chrono::NaiveDate;

use crate::output::{EnumView, Enumeration, List, Object, View};
use crate::text::desk_str;

/// Objects inside objects; serde goes further.
const DEPTH: u32 = 32;
/// Items that room is made for before they are read.
const ROOM: usize = 1000;

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

/// What can be read.
pub(crate) trait Read: Sized {
    /// `None` at the first surprise.
    fn read(from: &mut Reader<'_>) -> Option<Self>;
}

/// Reads a whole answer, or gives it back as it was.
pub(crate) fn read<V: Read>(mut body: Vec<u8>) -> Result<Kept<V>, Vec<u8>> {
    if simdutf8::basic::from_utf8(&body).is_err() {
        return Err(body);
    }
    let (arena, base, len) = (Bump::new(), body.as_mut_ptr(), body.len());
    // SAFETY: the bytes of `body`, which nobody writes while they are read.
    let mut reader = Reader::new(base, unsafe { slice::from_raw_parts(base, len) }, &arena);
    match V::read(&mut reader).filter(|_| reader.rest.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))) {
        None => Err(body),
        Some(view) => {
            let (plain, escaped) = (reader.plain, reader.escaped);
            for text in escaped {
                // SAFETY: a text that was read, with its closing quote; each byte belongs to one text at most.
                text::unescape(unsafe { slice::from_raw_parts_mut(base.add(text.start), text.len + 1) });
            }
            for end in plain {
                // SAFETY: the place of a closing quote, which nobody looks at any more.
                unsafe { base.add(end).write(0) };
            }
            Ok(Kept { view, arena, body })
        }
    }
}

/// A text with escapes, without its quotes.
struct Escaped {
    start: usize,
    len: usize,
}

/// What is left of an answer.
pub(crate) struct Reader<'a> {
    base: *mut u8,
    len: usize,
    rest: &'a [u8],
    arena: &'a Bump,
    /// Before the first key of an object: no comma comes.
    first: bool,
    depth: u32,
    /// Where the closing quotes of texts without escapes are.
    plain: Vec<usize>,
    escaped: Vec<Escaped>,
}

/// The bytes of a text.
struct Span<'a> {
    bytes: &'a [u8],
    /// Its place in the answer.
    start: usize,
    /// Bytes when it is unescaped.
    len: usize,
    escaped: bool,
}

impl<'a> Reader<'a> {
    fn new(base: *mut u8, rest: &'a [u8], arena: &'a Bump) -> Reader<'a> {
        // Room for many short texts: it is not the answer that should make these grow.
        let (plain, escaped) = (Vec::with_capacity(rest.len() / 64), Vec::new());
        Reader { base, len: rest.len(), rest, arena, first: true, depth: 0, plain, escaped }
    }

    /// Takes `wanted` if it is what comes. Of a known length, it is compared at once.
    #[inline(always)]
    fn eat<const N: usize>(&mut self, wanted: &[u8; N]) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    #[inline(always)]
    fn must_eat<const N: usize>(&mut self, wanted: &[u8; N]) -> Option<()> {
        self.eat(wanted).then_some(())
    }

    /// `{`
    #[inline(always)]
    pub(crate) fn open(&mut self) -> Option<()> {
        self.first = true;
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        self.must_eat(b"{")
    }

    /// `}`
    #[inline(always)]
    pub(crate) fn close(&mut self) -> Option<()> {
        self.first = false;
        self.depth -= 1;
        self.must_eat(b"}")
    }

    /// A key, given with the comma before it and the colon behind it, if it is what comes.
    #[inline(always)]
    fn key<const N: usize>(&mut self, key: &[u8; N]) -> bool {
        let rest = if self.first {
            key.split_first().and_then(|(_, bare)| self.rest.strip_prefix(bare))
        } else {
            self.rest.strip_prefix(key)
        };
        let Some(rest) = rest else { return false };
        (self.rest, self.first) = (rest, false);
        true
    }

    /// A property that must be there and not null.
    #[inline(always)]
    pub(crate) fn must<T, const N: usize>(
        &mut self,
        key: &[u8; N],
        value: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.key(key) { value(self) } else { None }
    }

    /// A property that may be absent or null: then `Some(None)`.
    #[inline(always)]
    pub(crate) fn maybe<T, const N: usize>(
        &mut self,
        key: &[u8; N],
        value: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.key(key) { self.nullable(value) } else { Some(None) }
    }

    /// A value that may be null.
    #[inline(always)]
    pub(crate) fn nullable<T>(&mut self, value: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.eat(b"null") { Some(None) } else { value(self).map(Some) }
    }

    pub(crate) fn bool(&mut self) -> Option<bool> {
        if self.eat(b"true") { Some(true) } else { self.must_eat(b"false").map(|()| false) }
    }

    #[inline(always)]
    pub(crate) fn int64(&mut self) -> Option<i64> {
        let (value, rest) = number::whole(self.rest)?;
        self.rest = rest;
        Some(value)
    }

    pub(crate) fn int32(&mut self) -> Option<i32> {
        self.int64()?.try_into().ok()
    }

    /// By serde, which knows how to round.
    pub(crate) fn double(&mut self) -> Option<f64> {
        let len = self.rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']'))?;
        let (number, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        serde_json::from_slice(number).ok()
    }

    /// A text as it stands, between its quotes.
    #[inline(always)]
    fn span(&mut self) -> Option<Span<'a>> {
        self.must_eat(b"\"")?;
        let start = self.len - self.rest.len();
        let (mut at, mut shrunk) = (text::plain(self.rest), 0);
        loop {
            let tail = self.rest.get(at..)?;
            match tail.first()? {
                b'"' => break,
                b'\\' => {
                    let (used, char) = text::escape(tail)?;
                    shrunk += used - char.len_utf8();
                    at += used;
                    at += text::plain(self.rest.get(at..)?);
                }
                _ => return None,
            }
        }
        let (bytes, rest) = self.rest.split_at_checked(at)?;
        self.rest = rest.get(1..)?;
        Some(Span { bytes, start, len: at - shrunk, escaped: shrunk > 0 })
    }

    /// A text without escapes.
    #[inline(always)]
    fn plain_span(&mut self) -> Option<Span<'a>> {
        self.span().filter(|span| !span.escaped)
    }

    /// Hands a text out; it gets its NUL when all is read.
    #[inline(always)]
    fn hand_out(&mut self, span: &Span<'_>) -> desk_str {
        if span.escaped {
            self.escaped.push(Escaped { start: span.start, len: span.bytes.len() });
        } else {
            self.plain.push(span.start + span.bytes.len());
        }
        // SAFETY: the text's place in the answer.
        desk_str { ptr: unsafe { self.base.add(span.start) }.cast_const().cast(), len: span.len }
    }

    #[inline(always)]
    pub(crate) fn text(&mut self) -> Option<desk_str> {
        let span = self.span()?;
        Some(self.hand_out(&span))
    }

    #[inline(always)]
    pub(crate) fn enumeration<E: Enumeration>(&mut self) -> Option<EnumView> {
        let span = self.plain_span()?;
        let place = E::KNOWN.iter().position(|known| known.text().as_bytes() == span.bytes);
        let code = place.map_or(Some(0), |place| i32::try_from(place + 1).ok())?;
        Some(EnumView { code, text: self.hand_out(&span) })
    }

    /// µs since the Unix epoch.
    #[inline(always)]
    pub(crate) fn time(&mut self) -> Option<i64> {
        // The usual length first: then nobody looks for its end.
        if let Some(([b'"', text @ .., b'"'], rest)) = self.rest.split_first_chunk::<29>()
            && let Some(micros) = time::usual(text)
        {
            self.rest = rest;
            return Some(micros);
        }
        time::micros(self.plain_span()?.bytes)
    }

    /// A day that is written as it would be handed out.
    pub(crate) fn date(&mut self) -> Option<desk_str> {
        let span = self.plain_span()?;
        let text = std::str::from_utf8(span.bytes).ok()?;
        let day: NaiveDate = text.parse().ok()?;
        (day.to_string() == text).then(|| self.hand_out(&span))
    }

    /// Any JSON, as serde writes it: copied, because nothing behind it can be overwritten by a NUL.
    pub(crate) fn json(&mut self) -> Option<desk_str> {
        let (text, rest) = json::text(self.rest, self.arena)?;
        self.rest = rest;
        Some(text)
    }

    pub(crate) fn object<T: Read>(&mut self) -> Option<Object<T>> {
        let object = T::read(self)?;
        Some(Object::new(self.arena.alloc(object)))
    }

    #[inline(always)]
    pub(crate) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<List<T>> {
        self.must_eat(b"[")?;
        if self.eat(b"]") {
            return Some(List::EMPTY);
        }
        let before = self.rest.len();
        let mut items = ArenaVec::new_in(self.arena);
        items.push(item(self)?);
        // As many as fit, if they are all as long as the first.
        items.reserve((self.rest.len() / (before - self.rest.len()).max(1)).min(ROOM));
        while self.eat(b",") {
            items.push(item(self)?);
        }
        self.must_eat(b"]")?;
        Some(List::new(items.into_bump_slice()))
    }
}

#[cfg(test)]
#[path = "reader/tests.rs"]
mod tests;
