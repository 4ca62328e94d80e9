//! Success bodies: decoding never panics, and a decoded value survives encoding and decoding.
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
    let json = serde_json::to_vec(&value).expect("the value can be encoded");
    // A number grows most: 1e15 is encoded as 1000000000000000.0.
    assert!(json.len() <= 6 * bytes.len(), "{} bytes became {}", bytes.len(), json.len());
    assert_eq!(serde_json::from_slice::<T>(&json).expect("the JSON can be decoded"), value);
}
