//! Reads results straight from the bytes of a response, as views whose texts are the response's own
//! bytes.
//!
//! [`read`] accepts the usual form of a response: the known keys in the order of the spec, without
//! white space. At any surprise it gives up without a trace, and serde decodes the same bytes. So
//! this reader must never accept input that serde refuses, and must never yield another value than
//! serde. The readers of the results are generated; this module has their building blocks.
//!
//! While it reads, the reader overwrites the closing quotes of texts with the NULs that C is
//! promised; if it gives up, it restores the quotes. After the whole response is read, it unescapes
//! texts with escapes in place.

#[cfg(any(test, fuzzing))]
pub(crate) mod agree;
mod cursor;
mod number;
mod owned;
mod text;
mod time;

use std::mem::MaybeUninit;

use ::desk_core::decode::{self, Undecodable};
use ::desk_json::Day;
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use self::cursor::{Cursor, PAD};
pub(crate) use self::owned::{OwnedView, Row, item};
use crate::text::desk_str;
use crate::view::{self, EnumView, Enumeration, List, Object, View};

/// Maximum nesting of objects; serde goes further.
const DEPTH: u32 = 32;
/// Maximum number of items to reserve memory for in advance.
const ROOM: usize = 1000;

/// A type that is read in place: a view is never moved.
///
/// # Safety
/// Whenever `read` gives `Some`, it has written the whole of `to`.
pub(crate) unsafe trait Read: Sized {
    /// `None` at the first surprise.
    fn read(from: &mut Reader<'_, '_>, to: &mut MaybeUninit<Self>) -> Option<()>;
}

/// Reads a whole response, or returns its bytes unchanged.
pub(crate) fn read<V: Read>(mut body: Vec<u8>) -> Result<OwnedView<V>, Vec<u8>> {
    if simdutf8::basic::from_utf8(&body).is_err() {
        return Err(body);
    }
    let (arena, len) = (Bump::new(), body.len());
    // Zeros in the spare capacity: the cursor sees them, but they are not part of the response.
    body.resize(len + PAD, 0);
    body.truncate(len);
    // SAFETY: the bytes of `body`, which is not touched before the last cursor is gone.
    let start = unsafe { Cursor::new(body.as_mut_ptr()) };
    // SAFETY: the end of the same.
    let end = unsafe { Cursor::new(start.ptr().add(len)) };
    let mut page = Page { arena: &arena, end, changed: start, escaped: Vec::new(), day: Day::default(), listed: false };
    let mut reader = Reader { at: start, first: true, depth: 0, page: &mut page };
    let view = reader.value::<V>().filter(|_| reader.ended());
    let (changed, escaped) = (page.changed.since(start), page.escaped);
    let Some(view) = view else {
        // Up to `changed` only quotes became zeros: the bytes that were read had none.
        body.iter_mut().take(changed).filter(|byte| **byte == 0).for_each(|byte| *byte = b'"');
        return Err(body);
    };
    for (start, end) in escaped {
        // SAFETY: a text that was read; each byte belongs to one text at most.
        unsafe { text::unescape(start, end) };
    }
    Ok(OwnedView { view, arena, body })
}

/// Reads a whole response, with serde if [`read`] gives up.
pub(crate) fn decode<S: DeserializeOwned, V: Read + View<S>>(body: Vec<u8>) -> Result<OwnedView<V>, Undecodable> {
    read(body).or_else(|body| decode::json::<S>(body).map(|source| OwnedView::of(&source)))
}

/// State that all values of a response share.
struct Page<'a> {
    arena: &'a Bump,
    end: Cursor,
    /// After the last closing quote that was overwritten.
    changed: Cursor,
    /// Texts with escapes, from after the opening quote to the closing quote.
    escaped: Vec<(Cursor, Cursor)>,
    day: Day,
    /// Whether a list has begun.
    listed: bool,
}

/// The unread rest of a response.
pub(crate) struct Reader<'r, 'a> {
    at: Cursor,
    /// Before the first key of an object, where no comma comes.
    first: bool,
    depth: u32,
    page: &'r mut Page<'a>,
}

/// A text in a response.
struct Span {
    /// After the opening quote.
    start: Cursor,
    /// The closing quote.
    end: Cursor,
    /// Number of bytes once it is unescaped.
    len: usize,
    escaped: bool,
}

impl Span {
    /// The bytes of the text, with its escapes.
    ///
    /// # Safety
    /// The text is not handed out yet.
    unsafe fn bytes(&self) -> &[u8] {
        // SAFETY: the end is behind the start; only handing out leads to a write.
        unsafe { self.start.until(self.end) }
    }
}

impl Reader<'_, '_> {
    /// Whether only white space is left.
    fn ended(&mut self) -> bool {
        while let b' ' | b'\t' | b'\n' | b'\r' = self.at.byte() {
            // SAFETY: none of these is zero.
            self.at = unsafe { self.at.over(1) };
        }
        self.at == self.page.end
    }

    /// Consumes `wanted` if it comes next. The known length makes this a single comparison.
    #[inline(always)]
    fn eat<const N: usize>(&mut self, wanted: &[u8; N]) -> bool {
        let behind = self.at.after(wanted);
        self.at = behind.unwrap_or(self.at);
        behind.is_some()
    }

    #[inline(always)]
    fn must_eat<const N: usize>(&mut self, wanted: &[u8; N]) -> Option<()> {
        self.eat(wanted).then_some(())
    }

    /// Reads `{`.
    #[inline(always)]
    pub(crate) fn open(&mut self) -> Option<()> {
        self.first = true;
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        self.must_eat(b"{")
    }

    /// Reads `}`.
    #[inline(always)]
    pub(crate) fn close(&mut self) -> Option<()> {
        self.first = false;
        self.depth -= 1;
        self.must_eat(b"}")
    }

    /// Consumes a key, given with the comma before it and the colon after it, if it comes next.
    #[inline(always)]
    fn key<const N: usize>(&mut self, key: &[u8; N]) -> bool {
        let seen = self.at.peek::<N>();
        // Without its comma the first key is a byte shorter.
        let known = if self.first { seen.get(..N - 1) == key.get(1..) } else { seen == *key };
        if known {
            // SAFETY: they were seen, and no key has a zero.
            self.at = unsafe { self.at.over(N - usize::from(self.first)) };
            self.first = false;
        }
        known
    }

    /// A required property; its value comes next.
    #[inline(always)]
    pub(crate) fn must<const N: usize>(&mut self, key: &[u8; N]) -> Option<()> {
        self.key(key).then_some(())
    }

    /// A property that may be absent or null; if it is neither, its value comes next.
    #[inline(always)]
    pub(crate) fn maybe<const N: usize>(&mut self, key: &[u8; N]) -> bool {
        self.key(key) && !self.null()
    }

    /// Consumes a null if it comes next.
    #[inline(always)]
    pub(crate) fn null(&mut self) -> bool {
        self.eat(b"null")
    }

    pub(crate) fn bool(&mut self) -> Option<bool> {
        if self.eat(b"true") { Some(true) } else { self.must_eat(b"false").map(|()| false) }
    }

    #[inline(always)]
    pub(crate) fn int64(&mut self) -> Option<i64> {
        let (value, behind) = number::whole(self.at)?;
        self.at = behind;
        Some(value)
    }

    pub(crate) fn int32(&mut self) -> Option<i32> {
        self.int64()?.try_into().ok()
    }

    /// Reads a number to the nearest value, as serde does here.
    pub(crate) fn double(&mut self) -> Option<f64> {
        let mut end = self.at;
        while !matches!(end.byte(), 0 | b',' | b'}' | b']') {
            // SAFETY: it is not zero.
            end = unsafe { end.over(1) };
        }
        // SAFETY: nothing of it was written.
        let (text, len) = first_value(unsafe { self.at.until(end) })?;
        let value: f64 = text.parse().ok()?;
        let whole = len == end.since(self.at);
        self.at = end;
        Some(value).filter(|value| whole && value.is_finite())
    }

    /// A text between its quotes, with its escapes.
    #[inline(always)]
    fn span(&mut self) -> Option<Span> {
        let start = self.at.after(b"\"")?;
        let (mut end, mut shrunk) = (text::plain(start), 0);
        let behind = loop {
            if let Some(behind) = end.after(b"\"") {
                break behind;
            }
            let (used, saved) = text::seen(end)?;
            shrunk += saved;
            // SAFETY: an escape, which has no zero.
            end = text::plain(unsafe { end.over(used) });
        };
        self.at = behind;
        Some(Span { start, end, len: end.since(start) - shrunk, escaped: shrunk > 0 })
    }

    /// A text without escapes.
    #[inline(always)]
    fn plain_span(&mut self) -> Option<Span> {
        self.span().filter(|span| !span.escaped)
    }

    /// Hands out a text with its NUL; a text with escapes gets the NUL after the response is read.
    #[inline(always)]
    fn hand_out(&mut self, span: &Span) -> desk_str {
        if span.escaped {
            self.page.escaped.push((span.start, span.end));
        } else {
            // SAFETY: the closing quote, which nobody looks at any more.
            unsafe {
                self.page.changed = span.end.over(1);
                span.end.ptr().write(0);
            }
        }
        desk_str { ptr: span.start.ptr().cast_const().cast(), len: span.len }
    }

    #[inline(always)]
    pub(crate) fn text(&mut self) -> Option<desk_str> {
        let span = self.span()?;
        Some(self.hand_out(&span))
    }

    #[inline(always)]
    pub(crate) fn enumeration<E: Enumeration>(&mut self) -> Option<EnumView> {
        let span = self.plain_span()?;
        // SAFETY: it is handed out below.
        let text = unsafe { span.bytes() };
        let mut code = 0;
        // The compiler unrolls this loop; `position` would be a call.
        for (known, place) in E::KNOWN.iter().zip(1..) {
            if known.text().as_bytes() == text {
                code = place;
                break;
            }
        }
        Some(EnumView { code, text: self.hand_out(&span) })
    }

    /// Reads a time, as µs since the Unix epoch.
    #[inline(always)]
    pub(crate) fn time(&mut self) -> Option<i64> {
        if let Some((micros, behind)) = time::six_decimals(self.at, &mut self.page.day) {
            self.at = behind;
            return Some(micros);
        }
        let span = self.plain_span()?;
        // SAFETY: it is not handed out.
        time::micros(unsafe { span.bytes() })
    }

    /// Reads a date that is written exactly as C receives it.
    pub(crate) fn date(&mut self) -> Option<desk_str> {
        let span = self.plain_span()?;
        // SAFETY: it is handed out below.
        let text = std::str::from_utf8(unsafe { span.bytes() }).ok()?;
        let day: NaiveDate = text.parse().ok()?;
        (day.to_string() == text).then(|| self.hand_out(&span))
    }

    /// Reads a JSON value without its white space. It copies the value, because the byte after it
    /// belongs to the next value and cannot become its NUL.
    pub(crate) fn json(&mut self) -> Option<desk_str> {
        // SAFETY: the bytes from here on were not written yet.
        let (text, len) = first_value(unsafe { self.at.until(self.page.end) })?;
        // After white space, which the check for a null does not skip.
        if text == "null" {
            return None;
        }
        let text = view::json_text(self.page.arena, text);
        // SAFETY: serde read them, and accepts no zero.
        self.at = unsafe { self.at.over(len) };
        Some(text)
    }

    #[inline(always)]
    pub(crate) fn value<T: Read>(&mut self) -> Option<T> {
        let mut value = MaybeUninit::uninit();
        T::read(self, &mut value)?;
        // SAFETY: it was read.
        Some(unsafe { value.assume_init() })
    }

    pub(crate) fn object<T: Read>(&mut self) -> Option<Object<T>> {
        let object = self.page.arena.alloc(MaybeUninit::uninit());
        T::read(self, object)?;
        // SAFETY: it was read.
        Some(Object::new(unsafe { object.assume_init_ref() }))
    }

    /// A list whose items `item` reads.
    #[inline(always)]
    pub(crate) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<List<T>> {
        // SAFETY: what is given is written.
        unsafe { self.list_of(|from, to| item(from).map(|value| _ = to.write(value))) }
    }

    /// A list whose items read themselves.
    #[inline(always)]
    pub(crate) fn objects<T: Read>(&mut self) -> Option<List<T>> {
        // SAFETY: by the contract of `Read`.
        unsafe { self.list_of(T::read) }
    }

    /// # Safety
    /// Whenever `item` gives `Some`, it has written the whole of its place.
    #[inline(always)]
    unsafe fn list_of<T>(
        &mut self,
        mut item: impl FnMut(&mut Self, &mut MaybeUninit<T>) -> Option<()>,
    ) -> Option<List<T>> {
        self.must_eat(b"[")?;
        if self.eat(b"]") {
            return Some(List::EMPTY);
        }
        let before = self.at;
        let mut items: ArenaVec<'_, MaybeUninit<T>> = ArenaVec::new_in(self.page.arena);
        let outermost = !std::mem::replace(&mut self.page.listed, true);
        loop {
            items.reserve(1);
            // SAFETY: there is room for one more, which needs no value yet.
            unsafe { items.set_len(items.len() + 1) };
            item(self, items.last_mut()?)?;
            if !self.eat(b",") {
                break;
            }
            // Reserves as many items as fit if they are as long as the first, and some more. Not
            // for inner lists: there would be many.
            if outermost && items.len() == 1 {
                let fit = self.page.end.since(self.at) / self.at.since(before).max(1);
                items.reserve((fit + fit / 2).min(ROOM));
            }
        }
        self.must_eat(b"]")?;
        let items = items.into_bump_slice();
        // SAFETY: each was written.
        Some(List::new(unsafe { items.assume_init_ref() }))
    }
}

/// The text of the JSON value at the start of `bytes`, and its end, including white space before
/// it.
fn first_value(bytes: &[u8]) -> Option<(&str, usize)> {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    let value = values.next()?.ok()?;
    Some((value.get(), values.byte_offset()))
}

#[cfg(test)]
#[path = "reader/tests.rs"]
mod tests;
