//! A service in memory that orders, counts, clamps, filters and fails as a test sets it up, while
//! rows come and go.
//!
//! Invariant: the same seed must give the same responses. A request takes 0.2 s of the service's
//! clock; five rows come and half a row goes per second, and a row may go between the count and the
//! select of a request.

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use fastrand::Rng;

use crate::list::{Page, PageRequest, Pages};
use crate::{Error, ErrorKind, Outcome};

pub(super) const SECOND: i64 = 1_000_000;
/// The time of the first row.
pub(super) const BEGIN: i64 = 1_750_000_020 * SECOND;
pub(super) const PARTS: &[&str] = &["a", "b", "c"];
/// The maximum number of rows of a page.
pub(super) const PAGE: i64 = 50;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) time: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    Oldest,
    Newest,
    /// By time only: ties come in a different order with every query.
    Ties,
    None,
}

pub(super) const ORDERS: [Order; 4] = [Order::Oldest, Order::Newest, Order::Ties, Order::None];

/// Turns the requested bounds of a window into those that the service uses.
pub(super) type Bounds = fn(i64, i64) -> (i64, i64);

pub(super) struct Sim {
    rng: Rng,
    pub(super) order: Order,
    /// All rows, sorted by time and id.
    pub(super) rows: Vec<Row>,
    pub(super) now: i64,
    next_id: i64,
    /// Whether rows come and go.
    pub(super) lively: bool,
    pub(super) clamp: i64,
    /// Turns requested bounds into those that the service uses.
    pub(super) bounds: Bounds,
    pub(super) dated: bool,
    /// One request in so many fails.
    pub(super) fails: Option<u64>,
    /// The maximum number of polls for which a response stays pending.
    pub(super) waits: u32,
    pub(super) requests: u64,
    /// Requests in flight, and their maximum so far.
    pub(super) at_once: usize,
    pub(super) most_at_once: usize,
    /// Turns the number of a request and the true count into the reported count.
    pub(super) miscounts: fn(u64, i64) -> i64,
}

impl Sim {
    /// Creates a service with rows at these times, and its clock ten minutes after the last row.
    pub(super) fn new(seed: u64, order: Order, mut times: Vec<i64>) -> Sim {
        times.sort_unstable();
        let rows: Vec<Row> = (1..).zip(times).map(|(id, time)| Row { id, time }).collect();
        Sim {
            rng: Rng::with_seed(seed),
            order,
            now: rows.last().map_or(BEGIN, |row| row.time) + 600 * SECOND,
            next_id: i64::try_from(rows.len()).expect("small") + 1,
            rows,
            lively: false,
            clamp: PAGE,
            bounds: |from, until| (from, until),
            dated: true,
            fails: None,
            waits: 0,
            requests: 0,
            at_once: 0,
            most_at_once: 0,
            miscounts: |_, count| count,
        }
    }

    /// Creates a service with about `rows` rows over several days: quiet nights, busy days, bursts,
    /// ties and piles.
    pub(super) fn lively(seed: u64, order: Order, rows: usize) -> Sim {
        let mut rng = Rng::with_seed(seed);
        let day = 86_400 * SECOND;
        let span = rng.i64(2..8) * day;
        let mut times = Vec::new();
        while times.len() < rows {
            let time = rng.i64(0..span);
            let daytime = (time % day) as f64 / day as f64;
            if rng.f64() > 0.15 + 0.85 * (daytime * std::f64::consts::PI).sin() {
                continue;
            }
            let time = BEGIN + time;
            match rng.u32(0..600) {
                // A burst within two minutes, or a pile in one microsecond.
                0 => times.extend((0..rng.usize(20..120)).map(|_| time + rng.i64(0..120 * SECOND))),
                1 => times.extend((0..rng.usize(2..30)).map(|_| time)),
                _ => times.push(time),
            }
        }
        if order == Order::Ties {
            let minute = 60 * SECOND;
            times.iter_mut().for_each(|time| *time -= time.rem_euclid(minute));
        }
        Sim { lively: true, ..Sim::new(seed, order, times) }
    }

    fn answer(&mut self, request: &PageRequest) -> Result<Page<Row>, Error> {
        self.requests += 1;
        self.now += SECOND / 5;
        if self.lively {
            self.rows.push(Row { id: self.next_id, time: self.now });
            self.next_id += 1;
            if self.rng.f64() < 0.1 {
                self.delete();
            }
        }
        if self.fails.is_some_and(|every| self.requests.is_multiple_of(every)) {
            return Err(Error::new(ErrorKind::Transport, Outcome::Unknown, "broken"));
        }
        let mut rows = self.select(request);
        let count = (self.miscounts)(self.requests, i64::try_from(rows.len()).expect("small"));
        if self.lively && self.rng.f64() < 0.005 {
            self.delete();
            rows = self.select(request);
        }
        self.sort(&mut rows);
        let begin = rows.len().min(request.offset.try_into().expect("positive"));
        let end = rows.len().min(begin + usize::try_from(request.limit.min(self.clamp)).expect("positive"));
        let items = rows[begin..end].to_vec();
        Ok(Page { items, count, date: self.dated.then(|| time(self.now)), owner: None })
    }

    fn delete(&mut self) {
        if !self.rows.is_empty() {
            self.rows.remove(self.rng.usize(0..self.rows.len()));
        }
    }

    /// Selects the rows of a request, without regard to limit and offset.
    fn select(&self, request: &PageRequest) -> Vec<Row> {
        let (from, until) = request
            .window
            .map_or((0, i64::MAX), |(from, until)| (self.bounds)(from.timestamp_micros(), until.timestamp_micros()));
        let begin = self.rows.partition_point(|row| row.time < from);
        let end = self.rows.partition_point(|row| row.time <= until).max(begin);
        let mut rows = self.rows[begin..end].to_vec();
        if let Some(part) = request.partition_value {
            rows.retain(|row| part == PARTS[row.id as usize % PARTS.len()]);
        }
        rows
    }

    fn sort(&mut self, rows: &mut [Row]) {
        match self.order {
            Order::Oldest => {}
            Order::Newest => rows.reverse(),
            Order::None => self.rng.shuffle(rows),
            Order::Ties => {
                for ties in rows.chunk_by_mut(|one, other| one.time == other.time) {
                    self.rng.shuffle(ties);
                }
            }
        }
    }
}

#[derive(Clone)]
pub(super) struct Service(Arc<Mutex<Sim>>);

impl Service {
    pub(super) fn new(sim: Sim) -> Service {
        Service(Arc::new(Mutex::new(sim)))
    }

    pub(super) fn sim(&self) -> MutexGuard<'_, Sim> {
        self.0.lock().expect("unbroken")
    }

    /// The ids that exist now, ascending.
    pub(super) fn ids(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.sim().rows.iter().map(|row| row.id).collect();
        ids.sort_unstable();
        ids
    }

    pub(super) fn list(&self) -> Pages<Row> {
        let service = self.clone();
        let answer = move |request: PageRequest| {
            let (page, waits) = {
                let mut sim = service.sim();
                let most = sim.waits;
                sim.at_once += 1;
                sim.most_at_once = sim.most_at_once.max(sim.at_once);
                (sim.answer(&request), sim.rng.u32(0..=most))
            };
            let gone = Gone(service.clone());
            async move {
                let _gone = gone;
                for _ in 0..waits {
                    tokio::task::yield_now().await;
                }
                page
            }
        };
        Pages::new("list", PAGE, std::time::Duration::from_secs(60), |row: &Row| row.id, answer)
    }
}

/// Takes a response out of the count of those in flight when it is dropped.
struct Gone(Service);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.sim().at_once -= 1;
    }
}

pub(super) fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).expect("a time")
}
