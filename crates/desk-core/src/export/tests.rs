//! Exports from a lively service lose and double no row, and report windows that they could not
//! prove.

#[path = "ends_tests.rs"]
mod ends;
#[path = "odd_tests.rs"]
mod odd;
#[path = "pieces_tests.rs"]
mod pieces;
#[path = "sim.rs"]
mod sim;
#[path = "whole_tests.rs"]
mod whole;

use std::future::{Future, poll_fn};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::{Export, Piece, Window, floor_to_second};
use crate::Error;
use crate::list::PageRequest;
use sim::{BEGIN, ORDERS, Order, PAGE, Row, SECOND, Service, Sim, time};

const ROWS: usize = 3_200;
const WINDOW: usize = 800;
/// Rows of a window that the export holds.
const HELD: i64 = 400;

fn export(service: &Service, from: Option<i64>, until: Option<i64>) -> Export<Row> {
    let list = service.list();
    Export::new(list, |row| Some(row.time), &[], from.map(time), until.map(time), None).rows_per_window(WINDOW)
}

/// All results of an export.
#[derive(Default)]
struct Got {
    windows: Vec<Window<Row>>,
    errors: Vec<Error>,
    /// Pieces that came before their window was whole, and how often the export took them back.
    flowed: usize,
    again: usize,
}

impl Got {
    /// The ids of all rows, ascending.
    fn ids(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.windows.iter().flat_map(|window| window.items.iter().map(|row| row.id)).collect();
        ids.sort_unstable();
        ids
    }

    /// The time from the first window's begin to the last window's end, µs.
    fn stretch(&self) -> (i64, i64) {
        let (first, last) = (self.windows.first().expect("a window"), self.windows.last().expect("a window"));
        (first.proof.from.timestamp_micros(), last.proof.until.timestamp_micros())
    }

    fn verified(&self) -> bool {
        self.windows.iter().all(|window| window.proof.verified)
    }
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
}

fn ready<R>(future: impl Future<Output = R>) -> R {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

fn drain(export: &mut Export<Row>) -> Got {
    let flows = export.flows.is_some();
    let mut got = Got::default();
    let mut flowed: Vec<Row> = Vec::new();
    while let Some(next) = ready(poll_fn(|context| export.poll_piece(context))) {
        match next {
            Ok(Piece::Rows { from, until, items }) => {
                assert!(flows && !items.is_empty() && items.len() <= PAGE as usize);
                let window = from.timestamp_micros()..=until.timestamp_micros();
                assert!(items.iter().all(|row| window.contains(&row.time)));
                flowed.extend(items);
                got.flowed += 1;
            }
            Ok(Piece::Rollback) => {
                assert!(!flowed.is_empty());
                flowed.clear();
                got.again += 1;
            }
            Ok(Piece::Window(mut window)) => {
                window.items = flowed.drain(..).chain(window.items).collect();
                got.windows.push(window);
            }
            Err(error) => got.errors.push(error),
        }
        assert!(got.errors.len() < 5_000, "it never ends");
    }
    assert!(flowed.is_empty());
    got
}

/// Checks the invariants of every export: windows tile their time range, tell the truth about
/// themselves, and no row comes twice.
fn check(got: &Got) {
    for pair in got.windows.windows(2) {
        assert_eq!(pair[0].proof.until + Duration::from_micros(1), pair[1].proof.from);
    }
    for Window { items, proof } in &got.windows {
        let (from, until) = (proof.from.timestamp_micros(), proof.until.timestamp_micros());
        assert!(from <= until);
        assert!(items.iter().all(|row| (from..=until).contains(&row.time)));
        assert!(items.is_sorted_by_key(|row| (row.time, row.id)));
        assert_eq!(proof.count, items.len() as u64);
        let ids = || items.iter().map(|row| row.id);
        assert_eq!((proof.id_min, proof.id_max), (ids().min(), ids().max()));
        assert!(proof.requests > 0);
    }
    assert!(got.ids().windows(2).all(|pair| pair[0] != pair[1]), "a row came twice");
}

/// Exports from a lively service and checks the result against the rows that were there all the
/// time; returns its requests relative to the minimum.
fn run(service: &Service, in_flight: usize) -> f64 {
    run_by(service, export(service, Some(BEGIN), None).in_flight(in_flight), in_flight).0
}

fn run_by(service: &Service, mut export: Export<Row>, in_flight: usize) -> (f64, Got) {
    let before = service.sim().rows.clone();
    let begun = service.sim().now;
    let got = drain(&mut export);
    check(&got);
    assert!(got.errors.is_empty(), "{:?}", got.errors);
    assert!(got.verified());
    let (from, until) = got.stretch();
    assert_eq!((from, until), (BEGIN, floor_to_second(begun + SECOND / 5 - 120 * SECOND)));
    assert_eq!(lost(&before, service, &got), 0);
    let requests: u64 = got.windows.iter().map(|window| window.proof.requests).sum();
    // The last count, and the pages prefetched behind the last row.
    assert!((requests + 1..requests + 1 + in_flight as u64).contains(&export.requests()));
    assert_eq!(export.requests(), service.sim().requests);
    (export.requests() as f64 / (before.len() as f64 / PAGE as f64), got)
}

/// Counts the rows that were there all the time, within the windows, but are in no window.
fn lost(before: &[Row], service: &Service, got: &Got) -> usize {
    let ((from, until), after, given) = (got.stretch(), service.ids(), got.ids());
    let stayed = before.iter().filter(|row| (from..=until).contains(&row.time) && has(&after, row.id));
    stayed.filter(|row| !has(&given, row.id)).count()
}

/// The mean cost of many exports: requests relative to the minimum.
fn cost(order: Order) -> f64 {
    let ratios: Vec<f64> = (0..100).map(|seed| run(&Service::new(Sim::lively(seed, order, ROWS)), 1)).collect();
    ratios.iter().sum::<f64>() / ratios.len() as f64
}

#[test]
fn nothing_is_lost_oldest_first() {
    assert!(cost(Order::Oldest) <= 1.3);
}

#[test]
fn nothing_is_lost_newest_first() {
    assert!(cost(Order::Newest) <= 1.3);
}

#[test]
fn nothing_is_lost_where_ties_change_places() {
    assert!(cost(Order::Ties) <= 3.0);
}

#[test]
fn nothing_is_lost_without_any_order() {
    assert!(cost(Order::None) <= 3.0);
}

#[test]
fn nothing_is_lost_with_many_requests_in_flight() {
    for (order, in_flight) in ORDERS.into_iter().flat_map(|order| [2, 8, 32].map(|in_flight| (order, in_flight))) {
        let ratios = (0..10).map(|seed| {
            let mut sim = Sim::lively(seed, order, ROWS);
            sim.waits = 3;
            run(&Service::new(sim), in_flight)
        });
        let cost = ratios.sum::<f64>() / 10.0;
        let most = if matches!(order, Order::Oldest | Order::Newest) { 1.8 } else { 3.0 };
        assert!(cost <= most, "{order:?}, {in_flight} in flight: {cost}");
    }
}

#[test]
fn windows_soon_have_as_many_rows_as_they_are_to_have() {
    let rows = (0..40_000).map(|row| BEGIN + row * 7 * SECOND).collect();
    let service = Service::new(Sim::new(1, Order::Oldest, rows));
    let got = drain(&mut export(&service, Some(BEGIN), None).rows_per_window(5_000));
    check(&got);
    let counts: Vec<u64> = got.windows.iter().map(|window| window.proof.count).collect();
    assert!(counts[0] < 2_500 && counts[6..10].iter().all(|count| (4_700..=5_000).contains(count)), "{counts:?}");
}

#[test]
fn steady_rows_are_read_by_as_many_requests_as_one_by_one() {
    let requests = |in_flight: usize| {
        let service =
            Service::new(Sim::new(1, Order::Oldest, (0..20_000).map(|row| BEGIN + row * 7 * SECOND).collect()));
        let mut export = export(&service, Some(BEGIN), None).in_flight(in_flight);
        let got = drain(&mut export);
        check(&got);
        assert!(got.verified() && got.errors.is_empty());
        assert_eq!(got.ids(), service.ids());
        assert_eq!(service.sim().most_at_once, in_flight);
        export.requests()
    };
    let one_by_one = requests(1);
    for in_flight in [2, 4, 8] {
        assert!(requests(in_flight) <= one_by_one + in_flight as u64, "{in_flight} in flight");
    }
}

/// While the caller works on a window, the service works on the next one, if more than one request
/// may be in flight.
#[test]
fn a_window_is_given_with_requests_on_their_way() {
    let left = |in_flight: usize| {
        let rows = (0..20_000).map(|row| BEGIN + row * 7 * SECOND).collect();
        let service = Service::new(Sim::new(1, Order::Oldest, rows));
        let mut export = export(&service, Some(BEGIN), None).in_flight(in_flight);
        let mut left = Vec::new();
        while let Some(window) = ready(export.next_window()) {
            window.expect("no fault");
            left.push(service.sim().at_once);
            // The caller's time must not count as the service's.
            assert!(export.asked.as_ref().is_none_or(|asked| asked.request.ahead));
        }
        left
    };
    let (one, four) = (left(1), left(4));
    assert!(one.iter().all(|left| *left == 0), "{one:?}");
    // Behind the last window, the final count of the whole time range is in flight.
    assert!(!four.is_empty() && four.iter().all(|left| *left > 0), "{four:?}");
}

/// Reads by offset alone, as the simulated service allows; returns rows lost and rows that came
/// twice.
fn naive(service: &Service) -> (usize, usize) {
    let before = service.ids();
    let list = service.list();
    let (mut ids, mut offset) = (Vec::new(), 0);
    loop {
        let request = PageRequest { limit: PAGE, offset, window: None, partition_value: None, ahead: false };
        let page = ready((list.fetch)(request)).expect("no fault");
        ids.extend(page.items.iter().map(|row| row.id));
        offset += i64::try_from(page.items.len()).expect("small");
        if page.items.is_empty() || offset >= page.count {
            break;
        }
    }
    let received = ids.len();
    ids.sort_unstable();
    ids.dedup();
    let after = service.ids();
    (before.into_iter().filter(|id| has(&after, *id) && !has(&ids, *id)).count(), received - ids.len())
}

fn has(ids: &[i64], id: i64) -> bool {
    ids.binary_search(&id).is_ok()
}

#[test]
fn offsets_alone_lose_or_double_rows() {
    for order in ORDERS {
        let (lost, doubled) = (0..5)
            .map(|seed| naive(&Service::new(Sim::lively(seed, order, ROWS))))
            .fold((0, 0), |(lost, doubled), (more_lost, more_doubled)| (lost + more_lost, doubled + more_doubled));
        match order {
            Order::Oldest => assert!(lost > 0),
            Order::Newest => assert!(doubled > 0),
            Order::Ties | Order::None => assert!(lost > 0 && doubled > 0),
        }
    }
}
