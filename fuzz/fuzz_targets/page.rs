//! Success bodies: nothing panics, and what decodes is the same after encoding it and decoding that.
#![no_main]

use std::fmt::Debug;

use desk_client::types::{ChatMessagePage, ProactiveChat};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_target!(|bytes: &[u8]| {
    round_trip::<ChatMessagePage>(bytes);
    round_trip::<ProactiveChat>(bytes);
});

fn round_trip<T: DeserializeOwned + Serialize + Debug + PartialEq>(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<T>(bytes) else { return };
    let json = serde_json::to_vec(&value).expect("it encodes");
    // A number grows most: 1e15 is written as 1000000000000000.0.
    assert!(json.len() <= 6 * bytes.len(), "{} bytes became {}", bytes.len(), json.len());
    assert_eq!(serde_json::from_slice::<T>(&json).expect("it decodes again"), value);
}
