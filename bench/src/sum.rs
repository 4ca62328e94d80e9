//! The checksum over all fields of all messages: `programs/sum.h` in Rust.

/// The checksum of the messages read so far.
#[derive(Default)]
pub struct Sum {
    messages: u64,
    value: u64,
    /// Whether to sum all bytes of a text instead of its length, first and last byte.
    all_bytes: bool,
}

const PRIME: u64 = 0x100_0000_01B3;

impl Sum {
    pub fn new(all_bytes: bool) -> Sum {
        Sum { all_bytes, ..Sum::default() }
    }

    pub fn number(&mut self, number: i64) {
        self.value = self.value.rotate_left(5).wrapping_add(number as u64);
    }

    pub fn optional(&mut self, number: Option<i64>) {
        self.number(number.map_or(-1, |number| number));
    }

    pub fn text(&mut self, text: Option<&[u8]>) {
        let Some(text) = text else { return self.number(-1) };
        self.number(text.len() as i64);
        if self.all_bytes {
            for byte in text {
                self.value = (self.value ^ u64::from(*byte)).wrapping_mul(PRIME);
            }
        } else if let (Some(first), Some(last)) = (text.first(), text.last()) {
            self.number(i64::from(*first) << 8 | i64::from(*last));
        }
    }

    pub fn message(&mut self) {
        self.messages += 1;
    }

    /// Prints the line that all programs must print equally.
    pub fn print(&self) {
        println!("messages={} sum={:016x}", self.messages, self.value);
    }
}
