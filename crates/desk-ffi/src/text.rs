//! Texts across the boundary: pointer and length, UTF-8.

use std::ffi::{CStr, c_char};
use std::ptr;

/// A text: `len` bytes of UTF-8 at `ptr`. `{NULL, 0}` is an absent text; an empty text has a
/// pointer.
///
/// A text passed to the library need not end in NUL, and the library only reads it during the call.
/// A text returned by the library also ends in NUL (not counted in `len`) and lives until the
/// object it came from is freed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_str {
    /// First byte, or NULL.
    pub ptr: *const c_char,
    /// Number of bytes.
    pub len: usize,
}

/// The text at `text` up to its NUL; `{NULL, 0}` for NULL. The result is not a copy: it lives as
/// long as `text`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_str_from_cstr(text: *const c_char) -> desk_str {
    if text.is_null() {
        return desk_str::ABSENT;
    }
    // SAFETY: the caller passes a NUL-terminated text.
    let len = unsafe { CStr::from_ptr(text) }.count_bytes();
    desk_str { ptr: text, len }
}

/// Shows the content for comparisons in tests, including the byte where the NUL should be.
#[cfg(any(test, fuzzing))]
impl std::fmt::Debug for desk_str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.ptr.is_null() {
            return f.write_str("absent");
        }
        // SAFETY: a text that is handed out has its NUL behind it, and lives as long as what shows
        // it.
        let bytes = unsafe { std::slice::from_raw_parts(self.ptr.cast::<u8>(), self.len + 1) };
        write!(f, "{:?}", String::from_utf8_lossy(bytes))
    }
}

impl desk_str {
    pub(crate) const ABSENT: desk_str = desk_str { ptr: ptr::null(), len: 0 };
}

/// JSON without the white space between its tokens; digits and the order of properties stay.
pub(crate) fn compact(json: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let kept = json.chars().filter(|char| {
        let kept = quoted || !matches!(char, ' ' | '\t' | '\n' | '\r');
        quoted ^= *char == '"' && !escaped;
        escaped = *char == '\\' && !escaped;
        kept
    });
    kept.collect()
}

/// A text that the library owns, with the NUL that C is promised.
#[derive(Default)]
pub(crate) struct OwnedText(Vec<u8>);

impl OwnedText {
    pub(crate) fn new(bytes: &[u8]) -> OwnedText {
        let mut text = Vec::with_capacity(bytes.len() + 1);
        text.extend_from_slice(bytes);
        text.push(0);
        OwnedText(text)
    }

    pub(crate) fn of(text: Option<&str>) -> OwnedText {
        text.map_or_else(OwnedText::default, |text| OwnedText::new(text.as_bytes()))
    }

    /// The text for C; `{NULL, 0}` if it is absent.
    pub(crate) fn view(&self) -> desk_str {
        match self.0.len() {
            0 => desk_str::ABSENT,
            len => desk_str { ptr: self.0.as_ptr().cast(), len: len - 1 },
        }
    }
}
