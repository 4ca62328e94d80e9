//! Panics inside calls, which C cannot cause.

use std::ptr;

use super::{Completion, Start, start};
use crate::client::{Caller, desk_client, desk_client_free, desk_client_new};
use crate::failure::Failure;
use crate::op::{desk_op_free, desk_op_wait, take};
use crate::options::desk_client_options;
use crate::status::{DESK_OK, DESK_PANIC};
use crate::text::desk_str;

fn client() -> *mut desk_client {
    // SAFETY: all zeroes is a value of the options: everything absent.
    let mut options: desk_client_options = unsafe { std::mem::zeroed() };
    let text = |text: &'static str| desk_str { ptr: text.as_ptr().cast(), len: text.len() };
    options.struct_size = size_of::<desk_client_options>();
    (options.base_url, options.api_token) = (text("http://127.0.0.1:9"), text("t"));
    let mut client = ptr::null_mut();
    // SAFETY: the options are whole, and the pointers writable.
    assert_eq!(unsafe { desk_client_new(&options, &mut client, ptr::null_mut()) }, DESK_OK);
    client
}

fn caller(client: *mut desk_client) -> Result<Caller, Failure> {
    // SAFETY: the client lives.
    unsafe { Caller::new(client, ptr::null()) }
}

#[test]
fn a_panic_in_a_call_is_its_error_and_poisons_its_client_only() {
    let (broken, other) = (client(), client());
    let made = caller(broken).unwrap_or_else(|_| panic!("a fresh client"));
    // The guard of every entry point catches it.
    let panics = std::panic::AssertUnwindSafe(|| made.run(async { panic!("planted") }) as Result<(), Failure>);
    assert!(std::panic::catch_unwind(panics).is_err());
    assert!(caller(broken).err().is_some_and(|failure| failure.status() == DESK_PANIC));
    assert!(caller(other).is_ok());
    // SAFETY: both are ours, and used no more.
    unsafe { (desk_client_free(broken), desk_client_free(other)) };
}

#[test]
fn a_panic_in_an_asynchronous_call_is_its_error_too() {
    let broken = client();
    let completion =
        Completion { callback: None, user_data: ptr::null_mut(), user_data_free: None, taker: "desk_op_take" };
    let mut op = ptr::null_mut();
    let make = || {
        let Caller { inner, queue, .. } = caller(broken)?;
        let call = async { if inner_panics() { panic!("planted") } else { Ok(()) } };
        Ok(Start { inner, queue, cancel: Default::default(), call })
    };
    // SAFETY: the pointers are writable, and the op and the client are ours until they are freed.
    unsafe {
        assert_eq!(start(completion, &mut op, ptr::null_mut(), make), DESK_OK);
        assert_eq!(desk_op_wait(op, -1, ptr::null_mut()), DESK_OK);
        assert!(take::<()>(op).is_err_and(|failure| failure.status() == DESK_PANIC));
        assert!(caller(broken).err().is_some_and(|failure| failure.status() == DESK_PANIC));
        desk_op_free(op);
        desk_client_free(broken);
    }
}

/// A condition that the compiler does not see through, so that the call has a type.
fn inner_panics() -> bool {
    true
}
