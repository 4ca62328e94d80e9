//! Reads the arguments that C passes in: structs of any version, texts, lists. Every refusal names
//! the argument and the fix.

use std::mem::MaybeUninit;
use std::{ptr, slice};

use ::desk_client::Json;
use chrono::{DateTime, NaiveDate, Utc};

use crate::failure::Failure;
use crate::text::{compact, desk_str};
use crate::view::Enumeration;

/// The largest `struct_size` that the library accepts; a larger one means an uninitialised field.
pub(crate) const LARGEST: usize = 4096;

/// A struct that begins with `struct_size` and only grows at its end.
///
/// # Safety
/// The struct is `repr(C)`, begins with `struct_size: usize`, and all zeroes is a value of it;
/// `BOOLS` has the offset of each `bool` in it.
pub(crate) unsafe trait Growable: Copy {
    /// The name of the struct in C.
    const NAME: &'static str;
    /// Sizes that the struct may have had: its end after each field from the last required one on.
    const SIZES: &'static [usize];
    /// Offsets of the struct's flags; C may leave any byte there.
    const BOOLS: &'static [usize];
}

/// Implements [`Growable`] from the fields that may end a later version of the struct.
macro_rules! growable {
    ($name:ident { $($end:ident),* } bools { $($flag:ident),* }) => {
        // SAFETY: the struct is `repr(C)` and made of numbers, flags and pointers; every flag is
        // listed.
        unsafe impl $crate::input::Growable for $name {
            const NAME: &'static str = stringify!($name);
            const SIZES: &'static [usize] = &[$($crate::input::end!($name, $end),)* size_of::<$name>()];
            const BOOLS: &'static [usize] = &[$(std::mem::offset_of!($name, $flag)),*];
        }
    };
}
pub(crate) use growable;

/// The size of a struct that ends with this field.
macro_rules! end {
    ($name:ident, $field:ident) => {{
        const fn size<S, T>(_: fn(&S) -> &T) -> usize {
            size_of::<T>()
        }
        let end = std::mem::offset_of!($name, $field) + size(|value: &$name| &value.$field);
        end.next_multiple_of(align_of::<$name>())
    }};
}
pub(crate) use end;

/// A request or a set of query parameters.
pub(crate) trait Input: Growable {
    /// The Rust value of the struct.
    type Value;

    /// Reads every field; `at` prefixes the names in errors.
    ///
    /// # Safety
    /// Its pointers are NULL or lead to the data that they describe.
    unsafe fn read(&self, at: &str) -> Result<Self::Value, Failure>;
}

/// Copies a struct up to its `struct_size`; fields that an older caller does not have are zero.
///
/// # Safety
/// `pointer` is NULL or leads to `struct_size` readable bytes.
pub(crate) unsafe fn read_struct<T: Growable>(name: &str, pointer: *const T) -> Result<Option<T>, Failure> {
    if pointer.is_null() {
        return Ok(None);
    }
    if !pointer.is_aligned() {
        return Err(Failure::argument(format!("{name} is not aligned as a {} must be", T::NAME)));
    }
    // SAFETY: every such struct begins with its size.
    let size = unsafe { pointer.cast::<usize>().read() };
    let own = size_of::<T>();
    let known = T::SIZES.contains(&size);
    let bytes = pointer.cast::<u8>();
    let newer = || {
        // SAFETY: the caller says that `size` bytes are there.
        size > own
            && size <= LARGEST
            && unsafe { slice::from_raw_parts(bytes.add(own), size - own) }.iter().all(|byte| *byte == 0)
    };
    if !known && !newer() {
        return Err(Failure::argument(format!(
            "{name} has struct_size {size}, but a {} has {own} here; start it from its INIT macro, and use a library as new as the header",
            T::NAME
        )));
    }
    let mut copy = MaybeUninit::<T>::zeroed();
    let target = copy.as_mut_ptr().cast::<u8>();
    // SAFETY: both sides have at least the smaller size; the flags get a valid byte before they are
    // read as such.
    unsafe {
        ptr::copy_nonoverlapping(bytes, target, size.min(own));
        for flag in T::BOOLS {
            let flag = target.add(*flag);
            flag.write(u8::from(flag.read() != 0));
        }
        Ok(Some(copy.assume_init()))
    }
}

/// Reads the request behind a pointer; `None` for NULL.
///
/// # Safety
/// As [`read_struct`] and [`Input::read`].
pub(crate) unsafe fn optional_object<T: Input>(name: &str, pointer: *const T) -> Result<Option<T::Value>, Failure> {
    // SAFETY: by contract.
    let Some(input) = (unsafe { read_struct(name, pointer) })? else {
        return Ok(None);
    };
    // SAFETY: by contract.
    unsafe { input.read(&format!("{name}.")) }.map(Some)
}

/// Reads the body or the query parameters of an operation, whose field names have no prefix in
/// errors; `None` for NULL.
///
/// # Safety
/// As [`read_struct`] and [`Input::read`].
pub(crate) unsafe fn top<T: Input>(name: &str, pointer: *const T) -> Result<Option<T::Value>, Failure> {
    // SAFETY: by contract.
    let Some(input) = (unsafe { read_struct(name, pointer) })? else {
        return Ok(None);
    };
    // SAFETY: by contract.
    unsafe { input.read("") }.map(Some)
}

/// A value that must be present.
pub(crate) fn required<T>(name: &str, value: Option<T>) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::argument(format!("{name} is missing; set it")))
}

/// A text, or `None` for `{NULL, 0}`.
///
/// # Safety
/// The text leads to as many bytes as it says.
pub(crate) unsafe fn optional_text(name: &str, text: desk_str) -> Result<Option<String>, Failure> {
    // SAFETY: by contract.
    let Some(bytes) = (unsafe { optional_list(name, text.ptr.cast::<u8>(), text.len) })? else {
        return Ok(None);
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(error) => Err(Failure::argument(format!("{name} is not UTF-8 (byte {}); convert it", error.valid_up_to()))),
    }
}

/// A list, or `None` for NULL and 0.
///
/// # Safety
/// `pointer` leads to `len` items.
pub(crate) unsafe fn optional_list<'a, T>(
    name: &str,
    pointer: *const T,
    len: usize,
) -> Result<Option<&'a [T]>, Failure> {
    if pointer.is_null() {
        return match len {
            0 => Ok(None),
            _ => Err(Failure::argument(format!("{name} is NULL but its length is {len}; set both or none"))),
        };
    }
    if !pointer.is_aligned() {
        return Err(Failure::argument(format!("{name} is not aligned; pass an array of its type")));
    }
    if len.checked_mul(size_of::<T>()).is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        return Err(Failure::argument(format!(
            "{name} has length {len}, more than memory can hold; set the number of items"
        )));
    }
    // SAFETY: by contract, and the length was checked.
    Ok(Some(unsafe { slice::from_raw_parts(pointer, len) }))
}

/// A list; `item` reads each item and receives the item's name.
///
/// # Safety
/// `pointer` leads to `len` items.
pub(crate) unsafe fn optional_items<T: Copy, V>(
    name: &str,
    pointer: *const T,
    len: usize,
    item: impl Fn(&str, T) -> Result<V, Failure>,
) -> Result<Option<Vec<V>>, Failure> {
    // SAFETY: by contract.
    let Some(items) = (unsafe { optional_list(name, pointer, len) })? else {
        return Ok(None);
    };
    let items = items.iter().enumerate().map(|(index, value)| item(&format!("{name}[{index}]"), *value));
    items.collect::<Result<_, _>>().map(Some)
}

/// A time, from µs since the Unix epoch.
pub(crate) fn time(name: &str, us: i64) -> Result<DateTime<Utc>, Failure> {
    let time = DateTime::from_timestamp_micros(us);
    time.ok_or_else(|| {
        Failure::argument(format!("{name} is {us}, beyond what a date can be; give µs since 1970-01-01 UTC"))
    })
}

/// A date, from `YYYY-MM-DD`.
///
/// # Safety
/// As [`optional_text`].
pub(crate) unsafe fn optional_date(name: &str, text: desk_str) -> Result<Option<NaiveDate>, Failure> {
    // SAFETY: by contract.
    let Some(text) = (unsafe { optional_text(name, text) })? else {
        return Ok(None);
    };
    let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d");
    date.map(Some).map_err(|_| Failure::argument(format!("{name} is no day; write it as 2026-01-31")))
}

/// A JSON value, from its text.
///
/// # Safety
/// As [`optional_text`].
pub(crate) unsafe fn optional_json(name: &str, text: desk_str) -> Result<Option<Json>, Failure> {
    // SAFETY: by contract.
    let Some(text) = (unsafe { optional_text(name, text) })? else {
        return Ok(None);
    };
    let json: Json = serde_json::from_str(&text).map_err(|error| {
        Failure::argument(format!("{name} is not JSON (line {}, column {}); fix it", error.line(), error.column()))
    })?;
    Ok(compact(json.as_str()).parse().ok())
}

/// The value of an enumeration, from its number.
pub(crate) fn optional_code<E: Enumeration>(name: &str, code: i32) -> Result<Option<E>, Failure> {
    if code == 0 {
        return Ok(None);
    }
    let value = E::of_code(code);
    value.map(Some).ok_or_else(|| {
        Failure::argument(format!("{name} is {code}; it must be one of its constants, 1 to {}", E::KNOWN.len()))
    })
}

/// The value of an enumeration, from its number or, if it has no constant yet, from its text.
///
/// # Safety
/// As [`optional_text`].
pub(crate) unsafe fn optional_enum<E: Enumeration>(
    name: &str,
    code: i32,
    text: desk_str,
) -> Result<Option<E>, Failure> {
    let code = optional_code(name, code)?;
    // SAFETY: by contract.
    let text = unsafe { optional_text(&format!("{name}_text"), text) }?;
    match (code, text) {
        (Some(_), Some(_)) => Err(Failure::argument(format!("{name} and {name}_text are both set; set one"))),
        (code, text) => Ok(code.or_else(|| text.map(|text| E::of_text(&text)))),
    }
}
