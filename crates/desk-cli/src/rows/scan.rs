//! The places of a page's rows, without decoding them: [`page`].
//!
//! The scanner accepts the form that the service usually sends, JSON without white space; for any
//! other form it returns `None`, and serde reads the same bytes. It must accept only JSON that
//! serde accepts with the same rows, ids and times.

use desk_json::Day;
use wide::u8x16;

use super::key::{At, Key, Located, PageSchema};

/// The maximum nesting; serde accepts more.
const DEPTH: u32 = 32;
/// The number of rows that memory is reserved for.
const ROOM: usize = 512;

/// The number of rows of the whole list, and the rows of this page.
pub(super) fn page<S: PageSchema>(body: &[u8]) -> Option<(i64, Vec<Located>)> {
    simdutf8::basic::from_utf8(body).ok()?;
    let (mut count, mut rows) = (None, None);
    let scan = Scan { body };
    let end = scan.object(0, |name, at| {
        if name == S::COUNT.as_bytes() && count.is_none() {
            let (value, end) = scan.integer(at)?;
            count = Some(value);
            Some(end)
        } else if name == S::ITEMS.as_bytes() && rows.is_none() {
            let (items, end) = scan.rows::<S>(at)?;
            rows = Some(items);
            Some(end)
        } else {
            // serde would take the last of two.
            let taken = name == S::COUNT.as_bytes() || name == S::ITEMS.as_bytes();
            (!taken).then(|| scan.value(at, DEPTH))?
        }
    })?;
    (end == body.len()).then_some((count?, rows?))
}

/// A page of UTF-8. Each method takes the token at a place, and returns the place after it.
#[derive(Clone, Copy)]
struct Scan<'a> {
    body: &'a [u8],
}

impl<'a> Scan<'a> {
    #[inline(always)]
    fn byte(self, at: usize) -> Option<u8> {
        self.body.get(at).copied()
    }

    #[inline(always)]
    fn from(self, at: usize) -> Option<&'a [u8]> {
        self.body.get(at..)
    }

    #[inline(always)]
    fn expect(self, at: usize, wanted: u8) -> Option<usize> {
        (self.byte(at)? == wanted).then_some(at + 1)
    }

    #[inline(always)]
    fn literal(self, at: usize, wanted: &[u8]) -> Option<usize> {
        self.from(at)?.starts_with(wanted).then_some(at + wanted.len())
    }

    /// Takes an object: `value` gets the raw name of each property and takes its value.
    #[inline(always)]
    fn object(self, at: usize, mut value: impl FnMut(&'a [u8], usize) -> Option<usize>) -> Option<usize> {
        let mut at = self.expect(at, b'{')?;
        if self.byte(at)? == b'}' {
            return Some(at + 1);
        }
        loop {
            let (name, behind) = self.name(at)?;
            at = value(name, behind)?;
            match self.byte(at)? {
                b',' => at += 1,
                b'}' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    #[inline(always)]
    fn list(self, at: usize, mut value: impl FnMut(usize) -> Option<usize>) -> Option<usize> {
        let mut at = self.expect(at, b'[')?;
        if self.byte(at)? == b']' {
            return Some(at + 1);
        }
        loop {
            at = value(at)?;
            match self.byte(at)? {
                b',' => at += 1,
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    fn rows<S: PageSchema>(self, at: usize) -> Option<(Vec<Located>, usize)> {
        let (mut rows, mut layout, mut day) = (Vec::with_capacity(ROOM), Vec::new(), Day::default());
        let end = self.list(at, |start| {
            let (key, end) = self.row::<S>(start, &mut layout, &mut day)?;
            rows.push((key, At::new(start, end)?));
            Some(end)
        })?;
        Some((rows, end))
    }

    /// `layout` has the names of the previous rows, in order; most rows have the same.
    #[inline(always)]
    fn row<S: PageSchema>(self, at: usize, layout: &mut Vec<Name<'a>>, day: &mut Day) -> Option<(Key, usize)> {
        let (mut id, mut time) = (None, None);
        let mut at = self.expect(at, b'{')?;
        for place in 0.. {
            let rest = self.from(at)?;
            let role = match layout.get(place) {
                Some(name) if name.begins(rest) => {
                    at += name.text.len();
                    name.role
                }
                known => {
                    let new = known.is_none();
                    let (name, behind) = self.name(at)?;
                    let role = Role::of::<S>(name);
                    if new {
                        layout.push(Name::new(rest.get(..behind - at)?, role));
                    }
                    at = behind;
                    role
                }
            };
            at = match role {
                Role::Other => match self.byte(at)? {
                    b'"' => self.text::<true>(at)?,
                    b'n' => self.literal(at, b"null")?,
                    b'0'..=b'9' => self.number(at)?,
                    _ => self.value(at, DEPTH)?,
                },
                Role::Id => {
                    let (value, end) = self.integer(at)?;
                    // serde would take the last of two.
                    id.replace(value).is_none().then_some(end)?
                }
                Role::Time => {
                    let (value, end) = self.time(at, day)?;
                    time.replace(value).is_none().then_some(end)?
                }
            };
            match self.byte(at)? {
                b',' => at += 1,
                b'}' => break,
                _ => return None,
            }
        }
        Some((Key { id: id?, time: time.flatten() }, at + 1))
    }

    fn value(self, at: usize, depth: u32) -> Option<usize> {
        match self.byte(at)? {
            b'"' => self.text::<true>(at),
            b'{' => {
                let depth = depth.checked_sub(1)?;
                self.object(at, |_, at| self.value(at, depth))
            }
            b'[' => {
                let depth = depth.checked_sub(1)?;
                self.list(at, |at| self.value(at, depth))
            }
            b't' => self.literal(at, b"true"),
            b'f' => self.literal(at, b"false"),
            b'n' => self.literal(at, b"null"),
            _ => self.number(at),
        }
    }

    /// Takes a name and its colon; returns the raw name without quotes. Refuses escapes, because an
    /// escaped name may equal a wanted one.
    #[inline(always)]
    fn name(self, at: usize) -> Option<(&'a [u8], usize)> {
        let end = self.text::<false>(at)?;
        Some((self.body.get(at + 1..end - 1)?, self.expect(end, b':')?))
    }

    #[inline(always)]
    fn text<const ESCAPES: bool>(self, at: usize) -> Option<usize> {
        let mut at = self.expect(at, b'"')?;
        loop {
            at = self.ordinary(at)?;
            match self.byte(at)? {
                b'"' => return Some(at + 1),
                b'\\' if ESCAPES => at = self.escape(at)?,
                _ => return None,
            }
        }
    }

    /// The place of the next quote, backslash or control character, or the end.
    #[inline(always)]
    fn ordinary(self, mut at: usize) -> Option<usize> {
        while let Some(chunk) = self.from(at)?.first_chunk() {
            let marks = special(chunk).to_bitmask();
            if marks != 0 {
                return Some(at + marks.trailing_zeros() as usize);
            }
            at += chunk.len();
            // Most texts end within the first chunk, and most others much later.
            while let Some(chunk) = self.from(at)?.first_chunk::<64>() {
                let mut marks = [u8x16::ZERO; 4];
                marks.iter_mut().zip(chunk.as_chunks().0).for_each(|(marks, chunk)| *marks = special(chunk));
                if marks.iter().fold(u8x16::ZERO, |all, marks| all | *marks).to_bitmask() != 0 {
                    let marks = marks.iter().rev().fold(0, |all, marks| all << 16 | u64::from(marks.to_bitmask()));
                    return Some(at + marks.trailing_zeros() as usize);
                }
                at += chunk.len();
            }
        }
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        let rest = self.from(at)?;
        Some(at + rest.iter().position(is_special).unwrap_or(rest.len()))
    }

    fn escape(self, at: usize) -> Option<usize> {
        match self.from(at)? {
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(at + 2),
            // Half of a surrogate pair is accepted, as by serde where it decodes no text.
            [b'\\', b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => Some(at + 6),
            _ => None,
        }
    }

    fn digits(self, at: usize) -> Option<usize> {
        let digits = self.from(at)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0).then_some(at + digits)
    }

    /// Takes up to seven digits: their value, their number, and the byte after them.
    #[inline(always)]
    fn few(self, at: usize) -> Option<(u64, usize, u8)> {
        let rest = self.from(at)?.first_chunk()?;
        let values = u64::from_le_bytes(*rest) ^ desk_json::ZEROS;
        let digits = desk_json::no_digits(values).trailing_zeros() as usize / 8;
        let behind = *rest.get(digits)?;
        // Shifts out the other bytes, which puts zeros before the digits.
        let value = if digits == 0 { 0 } else { desk_json::eight(values << (64 - 8 * digits)) };
        Some((value, digits, behind))
    }

    /// Takes an integer of up to 15 digits without a sign, if the next token is one.
    #[inline(always)]
    fn natural(self, at: usize) -> Option<(u64, usize)> {
        let is_end = |behind| matches!(behind, b',' | b'}' | b']');
        if let Some((value, digits, behind)) = self.few(at) {
            let well_formed = digits == 1 || digits > 1 && self.byte(at)? != b'0';
            return (well_formed && is_end(behind)).then_some((value, at + digits));
        }
        let head = self.from(at)?.first_chunk()?;
        let values = u64::from_le_bytes(*head) ^ desk_json::ZEROS;
        let (value, digits, behind) = self.few(at + head.len())?;
        let scale = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000].get(digits)?;
        let well_formed = desk_json::no_digits(values) == 0 && head[0] != b'0' && is_end(behind);
        well_formed.then_some((desk_json::eight(values) * scale + value, at + head.len() + digits))
    }

    fn number(self, at: usize) -> Option<usize> {
        if let Some((_, end)) = self.natural(at) {
            return Some(end);
        }
        let over = |at: usize, bytes: &[u8]| at + usize::from(self.byte(at).is_some_and(|byte| bytes.contains(&byte)));
        let mut at = over(at, b"-");
        at = if self.byte(at)? == b'0' { at + 1 } else { self.digits(at)? };
        if self.byte(at)? == b'.' {
            at = self.digits(at + 1)?;
        }
        if matches!(self.byte(at)?, b'e' | b'E') {
            at = self.digits(over(at + 1, b"+-"))?;
        }
        Some(at)
    }

    /// Takes an integer of up to 18 digits.
    #[inline(always)]
    fn integer(self, at: usize) -> Option<(i64, usize)> {
        if let Some((value, end)) = self.natural(at) {
            return Some((i64::try_from(value).ok()?, end));
        }
        let negative = self.byte(at)? == b'-';
        let start = at + usize::from(negative);
        let (mut at, mut value) = (start, 0_i64);
        while let digit @ b'0'..=b'9' = self.byte(at)? {
            (at - start < 18).then_some(())?;
            value = value * 10 + i64::from(digit - b'0');
            at += 1;
        }
        let digits = at - start;
        let well_formed = digits == 1 && !(negative && value == 0) || digits > 1 && self.byte(start)? != b'0';
        // A fraction would continue the number.
        let ended = matches!(self.byte(at)?, b',' | b'}' | b']');
        (well_formed && ended).then_some((if negative { -value } else { value }, at))
    }

    /// Takes a time in UTC with six decimals, as µs, or null.
    #[inline(always)]
    fn time(self, at: usize, day: &mut Day) -> Option<(Option<i64>, usize)> {
        if self.byte(at)? == b'n' {
            return Some((None, self.literal(at, b"null")?));
        }
        let text = self.from(at)?.first_chunk()?;
        Some((Some(desk_json::six_decimals(text, day)?), at + text.len()))
    }
}

/// A name with its quotes and its colon.
struct Name<'a> {
    text: &'a [u8],
    /// The first bytes, and the mask of the bytes in use.
    head: [u64; WORDS],
    mask: [u64; WORDS],
    role: Role,
}

/// The number of words by which names are compared.
const WORDS: usize = 3;

impl<'a> Name<'a> {
    fn new(text: &'a [u8], role: Role) -> Name<'a> {
        let (mut head, mut mask) = ([0; WORDS], [0; WORDS]);
        for (at, byte) in text.iter().enumerate() {
            let shift = at % 8 * 8;
            if let (Some(head), Some(mask)) = (head.get_mut(at / 8), mask.get_mut(at / 8)) {
                *head |= u64::from(*byte) << shift;
                *mask |= 0xff << shift;
            }
        }
        Name { text, head, mask, role }
    }

    #[inline(always)]
    fn begins(&self, rest: &[u8]) -> bool {
        let Some((words, behind)) = rest.split_first_chunk::<{ 8 * WORDS }>() else { return false };
        let (words, _) = words.as_chunks::<8>();
        let pairs = words.iter().zip(self.head.iter().zip(&self.mask));
        let differs = pairs.fold(0, |differs, (word, (head, mask))| differs | u64::from_le_bytes(*word) & mask ^ head);
        differs == 0 && self.text.get(8 * WORDS..).is_none_or(|tail| tail.is_empty() || behind.starts_with(tail))
    }
}

/// The role of a property of a row.
#[derive(Clone, Copy)]
enum Role {
    Id,
    Time,
    Other,
}

impl Role {
    fn of<S: PageSchema>(name: &[u8]) -> Role {
        if name == S::ID.as_bytes() {
            Role::Id
        } else if S::TIME.is_some_and(|time| name == time.as_bytes()) {
            Role::Time
        } else {
            Role::Other
        }
    }
}

/// Marks each special byte: a quote, a backslash or a control character.
#[inline(always)]
fn special(text: &[u8; 16]) -> u8x16 {
    let (text, all) = (u8x16::from(*text), |byte: u8| u8x16::from([byte; 16]));
    // The XOR keeps control characters below a blank, and turns a quote into one.
    let turned = text ^ all(b'"' ^ b' ');
    turned.min(all(b' ')).simd_eq(turned) | text.simd_eq(all(b'\\'))
}
