//! Exports that give rows as they arrive give the rows of windows, and take back those given in
//! vain.

use fastrand::Rng;

use super::odd::{all_by, pile, times};
use super::sim::{BEGIN, Bounds, ORDERS, Order, PAGE, Row, SECOND, Service, Sim};
use super::{HELD, ROWS, WINDOW, drain, export, run_by};
use crate::export::Export;

fn flowing(service: &Service, in_flight: usize) -> Export<Row> {
    Export { flows: Some(HELD), ..export(service, Some(BEGIN), None).in_flight(in_flight) }
}

#[test]
fn nothing_is_lost_while_rows_flow() {
    for order in ORDERS {
        let (mut costs, mut flowed, mut again) = (0.0, 0, 0);
        for seed in 0..60 {
            let mut sim = Sim::lively(seed, order, ROWS);
            sim.waits = u32::from(seed % 2 == 0) * 3;
            let service = Service::new(sim);
            let in_flight = [1, 8][seed as usize % 2];
            let (cost, got) = run_by(&service, flowing(&service, in_flight), in_flight);
            (costs, flowed, again) = (costs + cost / 60.0, flowed + got.flowed, again + got.again);
        }
        match order {
            Order::Oldest => assert!(costs <= 1.5 && flowed > 1_000 && again > 10, "{costs} {flowed} {again}"),
            // One page shows that rows are not in order.
            Order::Newest | Order::None => assert!(costs <= 3.0 && flowed == 0, "{order:?} {costs} {flowed}"),
            Order::Ties => assert!(costs <= 3.0, "{costs}"),
        }
    }
}

#[test]
fn rows_in_order_are_given_page_by_page_by_the_same_requests() {
    let asked = |flows| {
        let service = Service::new(Sim::new(1, Order::Oldest, times(1, 20 * WINDOW)));
        let got = all_by(&service, flows);
        assert!(got.verified() && got.again == 0);
        let proofs: Vec<_> = got.windows.iter().map(|window| window.proof.clone()).collect();
        let rows = (20 * WINDOW) / PAGE as usize;
        assert!(if flows { got.flowed > rows * 9 / 10 } else { got.flowed == 0 });
        proofs
    };
    assert_eq!(asked(true), asked(false));
}

#[test]
fn a_window_that_shrinks_to_a_page_is_begun_anew() {
    // When the export requests the second page, the window has no more rows than a page.
    let miscounts: [fn(u64, i64) -> i64; 3] = [
        |request, count| if request == 4 { PAGE } else { count },
        |request, count| if request == 4 { PAGE - 1 } else { count },
        |request, count| if request == 4 { 0 } else { count },
    ];
    for miscounts in miscounts {
        let mut sim = Sim::new(1, Order::Oldest, (0..PAGE + 10).map(|row| BEGIN + row * SECOND).collect());
        sim.miscounts = miscounts;
        let got = all_by(&Service::new(sim), true);
        assert!(got.verified() && got.again == 1);
    }
}

#[test]
fn ids_that_fall_end_the_flow() {
    // Rows by time, two of which have swapped ids.
    let mut sim = Sim::new(1, Order::Oldest, times(1, 10 * WINDOW));
    let middle = sim.rows.len() / 2 + 7;
    let (one, other) = (sim.rows[middle].id, sim.rows[middle + 30].id);
    (sim.rows[middle].id, sim.rows[middle + 30].id) = (other, one);
    let service = Service::new(sim);
    let got = all_by(&service, true);
    assert!(got.verified() && got.flowed > 0 && got.again == 1);
    // Rows do not flow again.
    assert!(got.flowed * (PAGE as usize) < 7 * WINDOW);
}

#[test]
fn what_is_held_is_no_more_than_is_held_else() {
    for order in [Order::Newest, Order::None] {
        let service = Service::new(Sim::new(1, order, pile(1, 40_000, 2)));
        let mut export = flowing(&service, 1).rows_per_window(1_000_000);
        let most = drain(&mut export).windows.iter().map(|window| window.items.len()).max();
        assert!(most <= Some(2 * HELD as usize), "{order:?}: {most:?}");
    }
}

/// Rows given of windows that were taken back do not count towards the rows there are in all.
#[test]
fn what_was_taken_back_excuses_no_loss() {
    let until = BEGIN + 3 * SECOND + SECOND / 2;
    let bounds: [Bounds; 2] =
        [|from, until| (from - from % SECOND, until - until % SECOND), |from, until| (from, until - until % SECOND)];
    let miscounts: [fn(u64, i64) -> i64; 2] =
        [|request, count| count - i64::from(request % 3 == 0), |request, count| count + i64::from(request % 4 == 0)];
    let mut losses = 0;
    for seed in 0..2_000 {
        let mut rng = Rng::with_seed(seed);
        let times = (0..rng.i64(40..160)).map(|_| BEGIN + rng.i64(0..3 * SECOND)).collect::<Vec<_>>();
        let late = (0..rng.i64(0..60)).map(|_| BEGIN + 3 * SECOND + rng.i64(0..SECOND));
        let mut sim = Sim::new(seed, Order::Oldest, times.into_iter().chain(late).collect());
        (sim.bounds, sim.miscounts) = (bounds[rng.usize(0..2)], miscounts[rng.usize(0..2)]);
        let wanted = sim.rows.iter().filter(|row| row.time <= until).count();
        let service = Service::new(sim);
        let got = drain(&mut Export { flows: Some(HELD), ..export(&service, Some(BEGIN), Some(until)) });
        let told = !got.errors.is_empty() || !got.verified();
        assert!(told || got.ids().len() == wanted, "seed {seed}: {} of {wanted}", got.ids().len());
        losses += usize::from(got.ids().len() < wanted);
    }
    assert!(losses > 100, "{losses}");
}

#[test]
fn a_page_is_held_in_any_order() {
    for order in [Order::Newest, Order::None] {
        let service = Service::new(Sim::new(1, order, times(1, PAGE as usize - 1)));
        let mut export = flowing(&service, 1);
        assert!(drain(&mut export).verified() && export.flows.is_some());
        assert_eq!(export.requests(), 3);
    }
}
