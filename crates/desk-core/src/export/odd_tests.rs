//! Exports from services that clamp, cut, ignore, fail or do not answer, and from nearly empty
//! lists.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use chrono::Utc;
use fastrand::Rng;

use super::sim::{BEGIN, Bounds, ORDERS, Order, PAGE, PARTS, Row, SECOND, Service, Sim, time};
use super::{Got, HELD, WINDOW, check, drain, export, lost, ready, run};
use crate::ErrorKind;
use crate::export::Export;

/// `rows` times within a day, none of them a whole second.
pub(super) fn times(seed: u64, rows: usize) -> Vec<i64> {
    let mut rng = Rng::with_seed(seed);
    (0..rows).map(|_| BEGIN + rng.i64(0..86_400) * SECOND + rng.i64(1..SECOND)).collect()
}

/// Times with a pile in one microsecond.
pub(super) fn pile(seed: u64, rows: usize, pile: usize) -> Vec<i64> {
    let mut times = times(seed, rows);
    times.extend(std::iter::repeat_n(times[rows / 2], pile));
    times
}

/// Exports all rows, which must succeed.
fn all(service: &Service) -> Got {
    all_by(service, false)
}

/// Exports all rows, as they arrive if `flows`, which must succeed.
pub(super) fn all_by(service: &Service, flows: bool) -> Got {
    let got = drain(&mut Export { flows: flows.then_some(HELD), ..export(service, Some(BEGIN), None) });
    check(&got);
    assert!(got.errors.is_empty(), "{:?}", got.errors);
    assert_eq!(got.ids(), service.ids());
    got
}

#[test]
fn a_pile_larger_than_a_page_is_read() {
    for order in ORDERS {
        for (seed, flows) in (0..10).flat_map(|seed| [(seed, false), (seed, true)]) {
            let service = Service::new(Sim::new(seed, order, pile(seed, 300, 180)));
            assert!(all_by(&service, flows).verified(), "{order:?}");
        }
    }
}

#[test]
fn a_pile_without_order_is_read_part_by_part() {
    let cost = |parts| {
        let service = Service::new(Sim::new(1, Order::None, pile(1, 10, 120)));
        let list = service.list();
        let mut export = Export::new(list, |row| Some(row.time), parts, Some(time(BEGIN)), None, None);
        let got = drain(&mut export);
        check(&got);
        assert!(got.errors.is_empty() && got.verified());
        assert_eq!(got.ids().len(), 130);
        export.requests()
    };
    assert!(cost(PARTS) < cost(&[]));
}

#[test]
fn a_pile_that_never_rests_is_unproven() {
    let mut sim = Sim::new(1, Order::None, pile(1, 10, 700));
    sim.miscounts = |request, count| count + i64::from(request % 2 == 0);
    let got = drain(&mut export(&Service::new(sim), Some(BEGIN), None));
    check(&got);
    assert!(got.windows.iter().any(|window| window.items.len() >= 700 && !window.proof.verified));
    assert_eq!(got.ids().len(), 710);
}

#[test]
fn a_count_that_is_never_right_proves_nothing_and_is_told() {
    let mut sim = Sim::new(1, Order::Oldest, times(1, 30));
    sim.miscounts = |_, count| count + 1;
    let got = drain(&mut export(&Service::new(sim), Some(BEGIN), None));
    check(&got);
    assert_eq!(got.ids().len(), 30);
    assert!(got.windows.iter().all(|window| !window.proof.verified));
    assert_eq!(got.errors.len(), 1);
    assert!(
        got.errors[0].to_string().starts_with("list: the whole stretch of time counts 1 more rows"),
        "{}",
        got.errors[0]
    );
}

#[test]
fn a_clamped_limit_loses_nothing() {
    for order in ORDERS {
        for clamp in [1, 2, 7, 49] {
            let mut sim = Sim::new(1, order, times(1, 300));
            sim.clamp = clamp;
            assert!(all(&Service::new(sim)).verified(), "{order:?} by {clamp}");
            let mut sim = Sim::lively(1, order, 500);
            sim.clamp = clamp;
            run(&Service::new(sim), 1);
        }
    }
}

#[test]
fn a_clamped_limit_is_learnt() {
    let mut sim = Sim::new(1, Order::Newest, times(1, 3_000));
    sim.clamp = 20;
    let service = Service::new(sim);
    all(&service);
    assert!(service.sim().requests < 3_000 / 20 * 12 / 10);
}

#[test]
fn bounds_cut_to_units_lose_nothing_or_are_told() {
    let mut losses = 0;
    for (seconds, seed) in [86_400, 3].into_iter().flat_map(|seconds| (0..40).map(move |seed| (seconds, seed))) {
        // The last row has a whole second, so a bound cut to seconds does not hide it.
        let mut rng = Rng::with_seed(seed);
        let times = (0..1_999).map(|_| BEGIN + rng.i64(0..seconds * SECOND)).chain([BEGIN + seconds * SECOND]);
        let mut sim = Sim::new(seed, ORDERS[seed as usize % 4], times.collect());
        sim.bounds = match seed % 8 {
            0..4 => |from, until| (from - from % SECOND, until - until % SECOND),
            _ => |from, until| (from - from % 1_000, until - until % 1_000),
        };
        let flows = seed % 16 < 8;
        let got = drain(&mut Export { flows: flows.then_some(HELD), ..export(&Service::new(sim), Some(BEGIN), None) });
        check(&got);
        let lost = 2_000 - got.ids().len();
        assert!(lost == 0 || seconds == 3);
        let told: Vec<String> = got.errors.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), usize::from(lost > 0), "{told:?}");
        assert!(told.iter().all(|told| told.contains(&format!("counts {lost} more rows"))), "{told:?}");
        losses += lost;
    }
    assert!(losses > 0);
}

#[test]
fn rows_before_the_stretch_are_no_loss() {
    let mut sim = Sim::new(1, Order::Oldest, vec![BEGIN, BEGIN + 1, BEGIN + 2 * SECOND]);
    sim.bounds = |from, until| (from - from % SECOND, until);
    let got = drain(&mut export(&Service::new(sim), Some(BEGIN + 1), None));
    check(&got);
    assert!(got.errors.is_empty() && got.verified());
    assert_eq!(got.ids(), [2, 3]);
    assert_eq!(got.windows.iter().map(|window| window.proof.out_of_range_rows).sum::<u64>(), 1);
}

#[test]
fn bounds_that_are_ignored_are_told() {
    let bounds: [Bounds; 3] = [|_, until| (0, until), |from, _| (from, i64::MAX), |_, _| (0, i64::MAX)];
    for order in ORDERS {
        for bounds in bounds {
            let mut sim = Sim::new(1, order, times(1, 5_000));
            sim.bounds = bounds;
            let mut export = export(&Service::new(sim), Some(BEGIN), None);
            let error = loop {
                if let Err(error) = ready(export.next_window()).expect("no end") {
                    break error;
                }
            };
            assert_eq!(error.kind(), ErrorKind::Inconsistent);
            assert!(error.to_string().contains("ignore the times"), "{error}");
            assert!(export.requests() < 400, "{order:?} {}", export.requests());

            // A list so short that every window shows all of it causes no error.
            let mut sim = Sim::new(1, order, times(1, 40));
            sim.bounds = bounds;
            assert!(all(&Service::new(sim)).verified());
        }
    }
}

#[test]
fn whatever_comes_together_loses_nothing() {
    for seed in 0..120 {
        let mut rng = Rng::with_seed(seed);
        let order = ORDERS[rng.usize(0..4)];
        let mut times: Vec<i64> = Sim::lively(seed, order, 600).rows.iter().map(|row| row.time).collect();
        times.extend(std::iter::repeat_n(times[300], rng.usize(0..150)));
        let mut sim = Sim::new(seed, order, times);
        sim.lively = true;
        sim.clamp = rng.i64(2..=PAGE);
        sim.fails = rng.bool().then(|| rng.u64(2..20));
        let service = Service::new(sim);
        let before = service.sim().rows.clone();
        let parts = if rng.bool() { PARTS } else { &[] };
        let dated = |row: &Row| Some(row.time);
        let page = Some(rng.i64(1..=PAGE));
        let export = Export::new(service.list(), dated, parts, None, None, page).rows_per_window(rng.usize(0..500));
        let got = drain(&mut Export { flows: rng.bool().then_some(HELD), ..export });
        check(&got);
        assert!(got.errors.iter().all(|error| error.kind() == ErrorKind::Transport), "{:?}", got.errors);
        assert_eq!(lost(&before, &service, &got), 0, "{seed}");
    }
}

/// A service whose list takes some effort to read.
fn effort(order: Order) -> Sim {
    Sim::new(7, order, pile(7, 2_500, 20))
}

fn rows(got: &Got) -> Vec<(i64, i64)> {
    got.windows.iter().flat_map(|window| window.items.iter().map(|row| (row.time, row.id))).collect()
}

#[test]
fn errors_in_the_middle_change_nothing() {
    for order in ORDERS {
        let wanted = all(&Service::new(effort(order)));
        for (every, flows) in [2, 3, 7, 50].into_iter().flat_map(|every| [(every, false), (every, true)]) {
            let mut sim = effort(order);
            sim.fails = Some(every);
            let service = Service::new(sim);
            let got = drain(&mut Export { flows: flows.then_some(HELD), ..export(&service, Some(BEGIN), None) });
            check(&got);
            // The second request is a hint, so the export does not report its failure.
            assert_eq!(got.errors.len() as u64, service.sim().requests / every - u64::from(every == 2));
            assert!(got.errors.iter().all(|error| error.kind() == ErrorKind::Transport));
            assert!(got.verified());
            assert_eq!(rows(&got), rows(&wanted), "{order:?}");
        }
    }
}

#[test]
fn a_dropped_future_changes_nothing() {
    for order in ORDERS {
        let wanted = all(&Service::new(effort(order)));
        let mut rng = Rng::with_seed(1);
        let mut sim = effort(order);
        sim.waits = 3;
        let service = Service::new(sim);
        let mut export = export(&service, Some(BEGIN), None);
        let mut got = Got::default();
        loop {
            let polls = rng.u32(0..4);
            let next = ready(async {
                let mut next = pin!(export.next_window());
                for _ in 0..polls {
                    if let Poll::Ready(next) = poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await {
                        return Some(next);
                    }
                    tokio::task::yield_now().await;
                }
                None
            });
            match next {
                Some(Some(window)) => got.windows.push(window.expect("no fault")),
                Some(None) => break,
                None => {}
            }
        }
        check(&got);
        assert!(got.verified());
        assert_eq!(rows(&got), rows(&wanted), "{order:?}");
        assert_eq!(export.requests(), service.sim().requests);
    }
}

#[test]
fn hardly_any_row_takes_hardly_any_request() {
    for rows in 0..3 {
        let service = Service::new(Sim::new(1, Order::Oldest, times(1, rows)));
        let got = all(&service);
        assert_eq!(got.windows.len(), 1);
        assert_eq!(service.sim().requests, 3);
    }
}

#[test]
fn rows_are_found_without_a_begin() {
    // The last rows may be younger than the maximum lateness.
    for (order, age) in ORDERS.into_iter().flat_map(|order| [600, 0].map(|age| (order, age))) {
        let mut sim = Sim::new(1, order, times(1, 3_000));
        let last = sim.rows.last().expect("rows").time;
        sim.now = last + age * SECOND;
        let service = Service::new(sim);
        let got = drain(&mut export(&service, None, None));
        check(&got);
        let (_, until) = got.stretch();
        let wanted = service.sim().rows.iter().filter(|row| row.time <= until).count();
        assert!(got.ids().len() == wanted && (age == 0) == (wanted < 3_000), "{wanted}");
        assert_eq!(got.windows[0].proof.from.to_rfc3339(), "2000-01-01T00:00:00+00:00");
        let searched: u64 =
            got.windows.iter().take_while(|window| window.items.is_empty()).map(|w| w.proof.requests).sum();
        let most = if order == Order::None { 40 } else { 4 };
        assert!(searched <= most, "{order:?}: {searched}");
    }
}

#[test]
fn a_few_rows_far_apart_are_read_by_windows_as_wide_as_they_come() {
    let day = 86_400 * SECOND;
    for rows in [2, 11] {
        let times: Vec<i64> = (0..rows).map(|row| BEGIN - row * 900 * day).collect();
        let service = Service::new(Sim::new(1, Order::Oldest, times));
        for (page, window) in [(1, 1_000_000), (10, 1_000_000), (2, 2)] {
            let mut export = Export::new(service.list(), |row: &Row| Some(row.time), &[], None, None, Some(page));
            export = export.rows_per_window(window);
            let got = drain(&mut export);
            check(&got);
            assert_eq!(got.ids(), service.ids());
            assert!(export.requests() < 1_000, "{}", export.requests());
        }
    }
}

#[test]
fn without_a_date_the_clock_here_counts() {
    let mut sim = Sim::new(1, Order::Newest, times(1, 300));
    sim.dated = false;
    let now = || (Utc::now().timestamp() - 120) * SECOND;
    let before = now();
    let got = all(&Service::new(sim));
    let (_, until) = got.stretch();
    assert!((before..=now()).contains(&until));
}

#[test]
fn rows_without_a_time_come_once_and_unproven() {
    for (flows, rows) in [(false, WINDOW / 50), (true, WINDOW / 50), (true, WINDOW)] {
        let service = Service::new(Sim::new(1, Order::Oldest, times(1, 200)));
        let dated = |row: &Row| (row.id % 50 != 0).then_some(row.time);
        let export = Export::new(service.list(), dated, &[], None, None, Some(20)).rows_per_window(rows);
        let got = drain(&mut Export { flows: flows.then_some(HELD), ..export });
        assert!(got.errors.is_empty());
        assert_eq!(got.ids(), service.ids());
        let undated = |row: &Row| row.id % 50 == 0;
        assert!(got.windows.iter().all(|window| window.proof.verified != window.items.iter().any(undated)));
    }
}

#[test]
fn debug_shows_no_rows() {
    let service = Service::new(Sim::new(1, Order::Oldest, vec![BEGIN]));
    let mut export = export(&service, Some(BEGIN), Some(BEGIN));
    let window = ready(export.next_window()).expect("a window").expect("no fault");
    assert_eq!(format!("{export:?}"), "Export { operation: \"list\", requests: 2, .. }");
    assert!(format!("{window:?}").starts_with("Window { proof: Proof {"));
    assert!(!format!("{window:?}").contains("items"));
}

#[test]
fn an_export_can_move_between_threads() {
    fn moves<T: Send>(_: &T) {}
    let service = Service::new(Sim::new(1, Order::Oldest, vec![BEGIN]));
    let mut export = export(&service, None, None);
    moves(&export);
    moves(&export.next_window());
}
