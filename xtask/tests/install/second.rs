//! The second Rust archive of a program: one function, which panics and catches the panic.

#[unsafe(no_mangle)]
pub extern "C" fn second_catches(number: i32) -> i32 {
    std::panic::catch_unwind(|| if number > 0 { panic!("second") } else { number }).unwrap_or(-1)
}
