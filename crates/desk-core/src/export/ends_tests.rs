//! The ends of time ranges: inclusive, within a second, and from services that cut times to
//! seconds.

use fastrand::Rng;

use super::odd::times;
use super::sim::{BEGIN, ORDERS, Order, SECOND, Service, Sim};
use super::{Got, HELD, WINDOW, check, drain, export, ready};
use crate::export::Export;

#[test]
fn a_stretch_that_ends_before_it_begins_has_no_window() {
    let service = Service::new(Sim::new(1, Order::Oldest, times(1, 30)));
    assert!(ready(export(&service, Some(BEGIN + 1), Some(BEGIN)).next_window()).is_none());
    assert_eq!(service.sim().requests, 0);
    // The export must ask for the service's clock to know that a range begins after it.
    let now = service.sim().now;
    assert!(ready(export(&service, Some(now), None).next_window()).is_none());
    assert_eq!(service.sim().requests, 1);
}

#[test]
fn both_ends_are_inclusive() {
    let service = Service::new(Sim::new(1, Order::Oldest, (BEGIN..BEGIN + 9).collect()));
    for (from, until) in [(BEGIN, BEGIN), (BEGIN + 3, BEGIN + 5), (BEGIN - 1, BEGIN + 8)] {
        let got = drain(&mut export(&service, Some(from), Some(until)));
        check(&got);
        assert_eq!(got.stretch(), (from, until));
        let wanted: Vec<i64> = (from.max(BEGIN)..=until).map(|time| time - BEGIN + 1).collect();
        assert_eq!(got.ids(), wanted);
    }
}

/// The range ends within a second; the export also requests the part of that second that a bound
/// cut to seconds omits.
#[test]
fn a_stretch_that_ends_within_a_second_loses_nothing() {
    for seed in 0..40 {
        let mut rng = Rng::with_seed(seed);
        let until = BEGIN + 40_000 * SECOND + 999_999;
        let times = (0..2_000).map(|_| BEGIN + rng.i64(0..86_400 * SECOND)).chain([until - 1, until, until + 1]);
        let times: Vec<i64> = times.collect();
        let wanted = times.iter().filter(|time| **time <= until).count();
        let mut sim = Sim::new(seed, ORDERS[seed as usize % 4], times);
        sim.bounds = |from, until| (from - from % SECOND, until - until % SECOND);
        let export = export(&Service::new(sim), Some(BEGIN), Some(until));
        let got = drain(&mut Export { flows: (seed % 8 < 4).then_some(HELD), ..export });
        check(&got);
        assert!(got.errors.is_empty(), "{:?}", got.errors);
        assert_eq!(got.ids().len(), wanted);
    }
}

#[test]
fn a_stretch_within_a_second_is_read() {
    let times = (0..10).map(|tenth| BEGIN + tenth * SECOND / 10).collect();
    let mut sim = Sim::new(1, Order::Oldest, times);
    sim.bounds = |from, until| (from - from % SECOND, until - until % SECOND);
    let got = drain(&mut export(&Service::new(sim), Some(BEGIN + SECOND / 5), Some(BEGIN + SECOND / 2)));
    check(&got);
    assert!(got.errors.is_empty(), "{:?}", got.errors);
    assert_eq!(got.ids(), [3, 4, 5, 6]);
}

/// The same where windows are hardly wider than a second: the last window never gets a part that
/// cannot be requested.
#[test]
fn the_end_of_a_dense_stretch_is_read_or_missed() {
    let mut whole = 0;
    for seed in 0..400 {
        let mut rng = Rng::with_seed(seed);
        let seconds = rng.i64(2..60);
        let until = BEGIN + seconds * SECOND + rng.i64(1..SECOND);
        let times: Vec<i64> = (0..rng.i64(10..3_000)).map(|_| BEGIN + rng.i64(0..(seconds + 1) * SECOND)).collect();
        let wanted = times.iter().filter(|time| **time <= until).count();
        let mut sim = Sim::new(seed, ORDERS[seed as usize % 4], times);
        sim.bounds = match rng.bool() {
            true => |from, until| (from - from % SECOND, until - until % SECOND),
            false => |from, until| (from, until - until % SECOND),
        };
        let export = export(&Service::new(sim), Some(BEGIN), Some(until));
        let got = drain(&mut Export { flows: rng.bool().then_some(HELD), ..export });
        check(&got);
        assert!(!got.errors.is_empty() || got.ids().len() == wanted, "seed {seed}: {} of {wanted}", got.ids().len());
        whole += usize::from(got.errors.is_empty());
    }
    assert!(whole > 250, "{whole}");
}

/// Any range that ends within a second: the export comes to its end, loses no row, and does not
/// call rows proven that it could not request.
#[test]
fn any_end_within_a_second_is_read_or_unproven() {
    let (mut whole, mut unproven) = (0, 0);
    for seed in 0..6_000 {
        let mut rng = Rng::with_seed(seed);
        let from = BEGIN + rng.i64(0..2 * SECOND);
        let until = from + rng.i64(1..4 * SECOND);
        let instant = rng.i64(from..=until);
        let spread = (0..rng.i64(0..1_200)).map(|_| rng.i64(BEGIN..until + SECOND)).collect::<Vec<_>>();
        let piled = std::iter::repeat_n(instant, if rng.bool() { rng.usize(0..1_200) } else { 0 });
        let mut sim = Sim::new(seed, ORDERS[seed as usize % 4], spread.into_iter().chain(piled).collect());
        let wanted = sim.rows.iter().filter(|row| (from..=until).contains(&row.time)).count();
        let precise = seed % 3 == 0;
        sim.bounds = match seed % 3 {
            0 => |from, until| (from, until),
            1 => |from, until| (from - from % SECOND, until - until % SECOND),
            _ => |from, until| (from, until - until % SECOND),
        };
        let service = Service::new(sim);
        let mut export = export(&service, Some(from), Some(until)).rows_per_window(rng.usize(1..WINDOW));
        let mut got = Got::default();
        // With a service that ignores times, the export repeats the error at every call.
        while got.errors.is_empty()
            && let Some(next) = ready(export.next_window())
        {
            match next {
                Ok(window) => got.windows.push(window),
                Err(error) => got.errors.push(error),
            }
        }
        check(&got);
        let told = !got.errors.is_empty() || !got.verified();
        assert!(told || got.ids().len() == wanted, "seed {seed}: {} of {wanted}", got.ids().len());
        assert!(!precise || got.ids().len() == wanted, "seed {seed}: {} of {wanted}", got.ids().len());
        assert!(service.sim().requests < 2_000, "seed {seed}: {} requests", service.sim().requests);
        whole += usize::from(!told);
        unproven += usize::from(told && precise);
    }
    assert!(whole > 2_500 && unproven < 200, "{whole} {unproven}");
}
