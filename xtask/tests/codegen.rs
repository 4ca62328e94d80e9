//! The generator: what it writes is committed, what users see of it is reviewed, what it cannot express it refuses.

use std::fs;

use xtask::codegen::{command, generate};

#[test]
fn show() {
    let g = command::from_disk(&xtask::root()).unwrap();
    println!("{}", g.c_surface.join("\n"));
    println!("{}", g.rust_surface.join("\n"));
}
