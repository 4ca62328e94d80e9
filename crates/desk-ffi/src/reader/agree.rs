//! Compares the reader with serde, for tests and for the targets of `fuzz/`.
#![allow(clippy::expect_used, reason = "a finding")]

use std::fmt::Debug;

use super::{OwnedView, Read, read};
use crate::view::View;

/// Whether the reader accepts `bytes`. Panics if serde refuses bytes that the reader accepts, if
/// the two yield different views, or if the reader changes bytes that it returns.
pub(crate) fn agree<S, V>(bytes: &[u8], decode: fn(&[u8]) -> serde_json::Result<S>) -> bool
where
    V: Read + View<S> + Debug,
{
    match read::<V>(bytes.to_vec()) {
        Err(back) => {
            assert_eq!(back, bytes, "given back as it was");
            false
        }
        Ok(read) => {
            let decoded = decode(bytes).expect("serde takes what the reader takes");
            assert_eq!(format!("{:?}", read.view), format!("{:?}", OwnedView::<V>::of(&decoded).view));
            true
        }
    }
}
