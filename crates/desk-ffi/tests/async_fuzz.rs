//! Runs random legal sequences of calls over clients, queues, tokens, calls and iterators of C, on
//! several threads.
//!
//! `DESK_TEST_FUZZ="SECONDS SEED"` sets the duration and the first seed; CI runs it longer, with
//! sanitizers. To repeat a failure, pass the last seed that the test printed: `DESK_TEST_FUZZ="0
//! SEED"`.
#![allow(missing_docs, clippy::print_stdout, reason = "tests")]

mod support;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use support::{build, page};
use testkit::{Request, Run, Server, Step, reply};

/// Number of sequences that one process runs.
const SEQUENCES: u64 = 20;

/// Responds in turn in every way: with good responses at once, late and in two parts; with errors;
/// with connections that it cuts, resets and leaves silent.
fn moody_server() -> Server {
    let turn = AtomicU64::new(0);
    Server::start(move |request| {
        // Successive requests get different moods, and each mood recurs.
        let mood = turn.fetch_add(1, Ordering::Relaxed).wrapping_mul(11) % 24;
        let good = good(request);
        let pause = Step::Pause(Duration::from_millis(mood));
        match mood {
            0..13 => vec![good],
            13..17 => vec![pause, good],
            17 | 18 => {
                let Step::Send(bytes) = good else { return vec![Step::Close] };
                let (head, tail) = bytes.split_at(bytes.len() / 2);
                vec![Step::Send(head.to_vec()), pause, if mood == 17 { Step::Close } else { Step::Send(tail.to_vec()) }]
            }
            19 | 20 => vec![reply(503, &[], b"")],
            21 => vec![Step::Close],
            22 => vec![Step::Reset],
            _ => vec![Step::Hang],
        }
    })
}

fn good(request: &Request) -> Step {
    if request.target.starts_with("/proactive_chats/") {
        return reply(
            200,
            &[],
            br#"{"id":1,"project":1,"message":"hi","messageCount":1,"sentCount":0,"respondedCount":0,"closedCount":0,
                "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"LOW"}"#,
        );
    }
    // A page also serves as the response to the raw call.
    page(request).swap_remove(0)
}

#[test]
fn any_legal_sequence_ends_with_nothing_left() {
    let words = std::env::var("DESK_TEST_FUZZ").unwrap_or_else(|_| "3 1".to_owned());
    let numbers: Vec<u64> = words.split(' ').map(|word| word.parse().expect("SECONDS SEED")).collect();
    let (program, server) = (build("async_fuzz.c"), moody_server());
    let until = Instant::now() + Duration::from_secs(numbers[0]);
    for first in (numbers[1]..).step_by(SEQUENCES as usize) {
        let text = Run::of(&program, &[&server.url(), &first.to_string(), &SEQUENCES.to_string()], &[]).text();
        print!("from seed {first}: results, cancelled, errors: {text}");
        if Instant::now() >= until {
            break;
        }
    }
}

/// Proves that the program detects a leak: it leaves one handle unfreed.
#[test]
fn a_handle_that_is_forgotten_is_seen() {
    let run = Run::of(&build("async_fuzz.c"), &[&moody_server().url(), "1", &SEQUENCES.to_string(), "forget"], &[]);
    assert!(run.code != Some(0) && run.stderr.contains("desk_debug_live_objects() == 0"), "{}", run.stderr);
}
