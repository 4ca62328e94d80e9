//! A page's rows by their places, without decoding them: [`page`].
//!
//! It takes what the service usually sends, JSON without white space, and gives up at the first surprise; then serde reads the
//! same bytes. Invariant: what it takes is JSON that serde takes as well, with the same rows, ids and times.

use desk_client::answer::words::{self, Day};

use super::{Key, Place, Shape};

/// Objects and lists inside each other; serde goes further.
const DEPTH: u32 = 32;
/// Rows that room is made for before they are seen.
const ROOM: usize = 512;

/// How many rows there are in all, and those of this page.
pub(super) fn page<S: Shape>(body: &[u8]) -> Option<(i64, Vec<Place>)> {
    simdutf8::basic::from_utf8(body).ok()?;
    let mut scan = Scan { body, at: 0, day: Day::default() };
    let (mut count, mut rows) = (None, None);
    scan.object(|scan, name| {
        if name == S::COUNT.as_bytes() && count.is_none() {
            count = Some(scan.whole()?);
        } else if name == S::ITEMS.as_bytes() && rows.is_none() {
            rows = Some(scan.rows::<S>()?);
        } else {
            // The last of two would win.
            let taken = name == S::COUNT.as_bytes() || name == S::ITEMS.as_bytes();
            (!taken).then_some(())?;
            scan.value(DEPTH)?;
        }
        Some(())
    })?;
    (scan.at == body.len()).then_some((count?, rows?))
}

/// A place in a page of UTF-8.
struct Scan<'a> {
    body: &'a [u8],
    at: usize,
    day: Day,
}

impl<'a> Scan<'a> {
    fn next(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.next() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        self.take(wanted).then_some(())
    }

    fn literal(&mut self, wanted: &[u8]) -> Option<()> {
        self.body.get(self.at..)?.starts_with(wanted).then_some(())?;
        self.at += wanted.len();
        Some(())
    }

    /// Every property's name, as it is written; `value` is to take what follows.
    #[inline(always)]
    fn object(&mut self, mut value: impl FnMut(&mut Scan<'a>, &'a [u8]) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.take(b'}') {
            return Some(());
        }
        loop {
            // A name with escapes may be one that is looked for.
            let name = self.text::<false>()?;
            self.expect(b':')?;
            value(self, name)?;
            if !self.take(b',') {
                return self.expect(b'}');
            }
        }
    }

    #[inline(always)]
    fn list(&mut self, mut value: impl FnMut(&mut Scan<'a>) -> Option<()>) -> Option<()> {
        self.expect(b'[')?;
        if self.take(b']') {
            return Some(());
        }
        loop {
            value(self)?;
            if !self.take(b',') {
                return self.expect(b']');
            }
        }
    }

    fn rows<S: Shape>(&mut self) -> Option<Vec<Place>> {
        let (mut rows, mut layout) = (Vec::with_capacity(ROOM), Vec::new());
        self.list(|scan| {
            let start = scan.at;
            let key = scan.row::<S>(&mut layout)?;
            rows.push((key, start..scan.at));
            Some(())
        })?;
        Some(rows)
    }

    /// `layout` has the names of the rows before, in order; mostly this row has the same.
    fn row<S: Shape>(&mut self, layout: &mut Vec<Name<'a>>) -> Option<Key> {
        let (mut id, mut time) = (None, None);
        self.expect(b'{')?;
        for place in 0.. {
            let rest = self.body.get(self.at..)?;
            let role = match layout.get(place) {
                Some(name) if name.begins(rest) => {
                    self.at += name.text.len();
                    name.role
                }
                known => {
                    let new = known.is_none();
                    let name = self.text::<false>()?;
                    self.expect(b':')?;
                    let role = Role::of::<S>(name);
                    if new {
                        layout.push(Name::new(rest.get(..name.len() + 3)?, role));
                    }
                    role
                }
            };
            match role {
                // The last of two would win.
                Role::Id => id.replace(self.whole()?).is_none().then_some(())?,
                Role::Time => time.replace(self.time()?).is_none().then_some(())?,
                Role::Other if self.next() == Some(b'"') => self.text::<true>().map(|_| ())?,
                Role::Other => self.value(DEPTH)?,
            }
            if !self.take(b',') {
                break;
            }
        }
        self.expect(b'}')?;
        Some(Key { id: id?, time: time.flatten() })
    }

    fn value(&mut self, depth: u32) -> Option<()> {
        match self.next()? {
            b'"' => self.text::<true>().map(|_| ()),
            b'{' => {
                let depth = depth.checked_sub(1)?;
                self.object(|scan, _| scan.value(depth))
            }
            b'[' => {
                let depth = depth.checked_sub(1)?;
                self.list(|scan| scan.value(depth))
            }
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => self.number(),
        }
    }

    /// A text as it is written, without its quotes.
    #[inline(always)]
    fn text<const ESCAPES: bool>(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            self.at += ordinary(self.body.get(self.at..)?);
            if self.take(b'"') {
                return self.body.get(start..self.at - 1);
            }
            ESCAPES.then_some(())?;
            self.escape()?;
        }
    }

    fn escape(&mut self) -> Option<()> {
        let length = match self.body.get(self.at..)? {
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            // Half of a pair is taken for a text here, as serde does where it decodes nothing.
            [b'\\', b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => 6,
            _ => return None,
        };
        self.at += length;
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.next().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// The value and length of a whole number of up to seven digits, if that comes.
    #[inline(always)]
    fn short(&self) -> Option<(u64, usize)> {
        let rest = self.body.get(self.at..)?.first_chunk()?;
        let values = u64::from_le_bytes(*rest) ^ words::ZEROS;
        let digits = words::no_digits(values).trailing_zeros() as usize / 8;
        let behind = *rest.get(digits)?;
        // Without the others, and with as many zeros before the digits.
        let value = if digits == 0 { 0 } else { words::eight(values << (64 - 8 * digits)) };
        let well_formed = digits == 1 || digits > 1 && rest[0] != b'0';
        (well_formed && matches!(behind, b',' | b'}' | b']')).then_some((value, digits))
    }

    fn number(&mut self) -> Option<()> {
        if let Some((_, digits)) = self.short() {
            self.at += digits;
            return Some(());
        }
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Some(())
    }

    /// A whole number of at most 18 digits.
    #[inline(always)]
    fn whole(&mut self) -> Option<i64> {
        if let Some((value, digits)) = self.short() {
            self.at += digits;
            return i64::try_from(value).ok();
        }
        let negative = self.take(b'-');
        let (start, mut value) = (self.at, 0_i64);
        while let Some(digit @ b'0'..=b'9') = self.next() {
            (self.at - start < 18).then_some(())?;
            value = value * 10 + i64::from(digit - b'0');
            self.at += 1;
        }
        let digits = self.at - start;
        let well_formed = digits == 1 && !(negative && value == 0) || digits > 1 && self.body.get(start) != Some(&b'0');
        // A fraction goes on.
        let ended = matches!(self.next(), Some(b',' | b'}' | b']'));
        (well_formed && ended).then_some(if negative { -value } else { value })
    }

    /// A time in UTC with six decimals, µs, or null.
    fn time(&mut self) -> Option<Option<i64>> {
        if self.next() == Some(b'n') {
            return self.literal(b"null").map(|()| None);
        }
        let text = self.body.get(self.at..)?.first_chunk()?;
        let time = words::six_decimals(text, &mut self.day)?;
        self.at += text.len();
        Some(Some(time))
    }
}

/// A name with its quotes and its colon.
struct Name<'a> {
    text: &'a [u8],
    /// Its first bytes, and which they are.
    head: [u64; 2],
    mask: [u64; 2],
    role: Role,
}

impl<'a> Name<'a> {
    fn new(text: &'a [u8], role: Role) -> Name<'a> {
        let (mut head, mut mask) = ([0; 2], [0; 2]);
        for (at, byte) in text.iter().take(16).enumerate() {
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
        let Some((first, rest)) = rest.split_first_chunk() else { return false };
        let Some((second, rest)) = rest.split_first_chunk() else { return false };
        let [first, second] = [u64::from_le_bytes(*first), u64::from_le_bytes(*second)];
        let differs = first & self.mask[0] ^ self.head[0] | second & self.mask[1] ^ self.head[1];
        differs == 0 && self.text.get(16..).is_none_or(|tail| tail.is_empty() || rest.starts_with(tail))
    }
}

/// What a property of a row is.
#[derive(Clone, Copy)]
enum Role {
    Id,
    Time,
    Other,
}

impl Role {
    fn of<S: Shape>(name: &[u8]) -> Role {
        if name == S::ID.as_bytes() {
            Role::Id
        } else if S::TIME.is_some_and(|time| name == time.as_bytes()) {
            Role::Time
        } else {
            Role::Other
        }
    }
}

/// How many bytes come before a quote, a backslash or a control character.
#[inline(always)]
fn ordinary(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    let mut is_long = false;
    while let Some((word, behind)) = rest.split_first_chunk() {
        let marks = words::special(u64::from_le_bytes(*word));
        if marks != 0 {
            return bytes.len() - rest.len() + marks.trailing_zeros() as usize / 8;
        }
        rest = behind;
        if !is_long {
            while let Some((block, behind)) = rest.split_first_chunk() {
                if has_special(block) {
                    break;
                }
                rest = behind;
            }
            is_long = true;
        }
    }
    bytes.len() - rest.len() + rest.iter().take_while(|byte| !is_special(**byte)).count()
}

/// Without a way out, so that all are looked at together.
#[inline(always)]
fn has_special(block: &[u8; 32]) -> bool {
    block.iter().fold(false, |found, byte| found | is_special(*byte))
}

#[inline(always)]
fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < 0x20)
}
