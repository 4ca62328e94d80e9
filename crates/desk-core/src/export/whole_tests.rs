//! Exports of lists that cannot be filtered by time.

use super::sim::{BEGIN, ORDERS, Order, PAGE, Row, SECOND, Service, Sim};
use super::{Got, check, drain, has};
use crate::ErrorKind;
use crate::export::Export;

fn export(service: &Service, in_flight: usize) -> Export<Row> {
    Export::whole(service.list(), |row| Some(row.time), None).in_flight(in_flight)
}

#[test]
fn a_list_at_rest_is_one_window() {
    for (order, rows) in ORDERS.into_iter().flat_map(|order| [0, 1, 49, 50, 51, 700].map(|rows| (order, rows))) {
        for in_flight in [1, 4] {
            let service = Service::new(Sim::new(1, order, (0..rows).map(|row| BEGIN + row * 7 * SECOND).collect()));
            let got = drain(&mut export(&service, in_flight));
            check(&got);
            let [window] = got.windows.as_slice() else { panic!("{} windows", got.windows.len()) };
            assert!(got.errors.is_empty() && window.proof.verified, "{order:?}, {rows} rows");
            assert_eq!(got.ids(), service.ids());
            if order == Order::Oldest {
                // The first request learns the clock.
                let least = 1 + (rows.max(1) as u64).div_ceil(PAGE as u64 - 1);
                assert!(window.proof.requests <= least, "{rows} rows by {}", window.proof.requests);
            }
        }
    }
}

#[test]
fn what_is_called_proven_has_lost_nothing() {
    let mut proven = 0;
    for (order, seed) in ORDERS.into_iter().flat_map(|order| (0..25).map(move |seed| (order, seed))) {
        let service = Service::new(Sim::lively(seed, order, [30, 200, 600][seed as usize % 3]));
        let before = service.ids();
        let got = drain(&mut export(&service, 1 + seed as usize % 4));
        assert!(got.errors.is_empty() && got.windows.len() == 1);
        let (ids, after) = (got.ids(), service.ids());
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "a row came twice");
        if got.verified() {
            proven += 1;
            assert!(before.iter().all(|id| has(&ids, *id) || !has(&after, *id)), "{order:?} {seed}");
        }
    }
    assert!(proven > 30, "{proven}");
}

#[test]
fn failures_leave_it_where_it_was() {
    for every in [2, 3, 5] {
        let mut sim = Sim::new(1, ORDERS[0], (0..400).map(|row| BEGIN + row * SECOND).collect());
        sim.fails = Some(every);
        let service = Service::new(sim);
        let got: Got = drain(&mut export(&service, 1));
        assert!(got.verified() && got.errors.iter().all(|error| error.kind() == ErrorKind::Transport));
        assert_eq!(got.ids(), service.ids());
    }
}
