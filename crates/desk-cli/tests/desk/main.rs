//! The real binary against the emulator.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod credentials;
mod deleted;
mod directory;
mod disturbed;
mod doctor;
mod export;
mod flow;
mod follow;
mod foreign_files;
mod formats;
mod help;
mod hostile_manifest;
mod kills;
mod manifest;
mod operations;
mod progress;
mod readme;
mod run;
mod send;
mod send_evidence;
mod send_first;
mod send_foreign;
mod send_hours;
mod send_kills;
mod send_misled;
mod send_names;
mod send_plan;
mod send_reading;
mod send_turn;
mod starting;
mod untrusted;
mod verify_read;
mod whole;
