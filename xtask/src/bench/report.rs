//! Prints the table and compares it with the targets.

use super::export::{FAST, SLOW};
use super::measure::Row;

/// A figure of libdesk's and its upper limit, as a multiple of a peer's figure or of a number.
struct Target {
    setting: &'static str,
    figure: &'static str,
    against: Against,
    most: f64,
}

enum Against {
    Peer(&'static str),
    /// This number for each unit.
    Each(&'static str, f64),
    Number(&'static str, f64),
}

const fn target(setting: &'static str, figure: &'static str, peer: &'static str, most: f64) -> Target {
    Target { setting, figure, against: Against::Peer(peer), most }
}

/// Ideal µs per row: pages of 500 rows, 20 ms each, 8 at once.
const IDEAL: f64 = 20_000.0 / 500.0 / 8.0;

const TARGETS: [Target; 13] = [
    target("list, 11 properties", "cpu_us", "libcurl + simdjson", 1.0),
    target("list, 11 properties", "cpu_us", "libcurl + yyjson", 0.8),
    target("list, 6 properties", "cpu_us", "libcurl + simdjson", 1.0),
    target("list, 6 properties", "cpu_us", "libcurl + yyjson", 0.8),
    target("GET", "call_cpu_us", "libcurl easy", 1.1),
    target("GET", "p50_us", "libcurl easy", 1.1),
    target("create", "call_cpu_us", "libcurl easy", 1.1),
    target("create", "p50_us", "libcurl easy", 1.1),
    target("cold HTTPS GET", "cpu_us", "libcurl easy", 0.5),
    target(FAST, "cpu_us", "reqwest + raw JSON", 0.75),
    target(FAST, "cpu_us", "libcurl + yyjson", 0.5),
    Target { setting: FAST, figure: "rss_kb", against: Against::Number("16 MB", 16_000.0), most: 1.0 },
    Target { setting: SLOW, figure: "wall_us", against: Against::Each("only waiting", IDEAL), most: 1.15 },
];

/// Prints the measurements.
pub(super) fn table(rows: &[Row]) {
    println!("| setting | program | CPU µs each | wall or p50 µs each | peak MB | connections |");
    println!("|---|---|--:|--:|--:|--:|");
    for row in rows {
        let figure = |name: &str| row.median(name).unwrap_or(f64::NAN);
        // Programs time single calls one by one; lists and cold calls are timed as a whole.
        let (cpu, wall) = match row.median("call_cpu_us") {
            Some(cpu) if row.units > 1 => (cpu, figure("p50_us")),
            _ => (figure("cpu_us") / row.units as f64, figure("wall_us") / row.units as f64),
        };
        let Row { setting, program, .. } = row;
        let (memory, connections) = (figure("rss_kb") / 1000.0, figure("connections"));
        println!("| {setting} | {program} | {cpu:.2} | {wall:.2} | {memory:.1} | {connections} |");
    }
}

/// Prints the figures next to their targets; returns the number of missed targets.
pub(super) fn targets(rows: &[Row]) -> usize {
    println!();
    println!("| setting | figure | against | ratio | target |");
    println!("|---|---|---|--:|--:|");
    let mut missed = 0;
    for Target { setting, figure, against, most } in TARGETS {
        let mut all = rows.iter().filter(|row| row.setting == setting);
        // The first row is libdesk's.
        let Some(own) = all.next() else { continue };
        let (peer, theirs) = match against {
            Against::Peer(peer) => (peer, all.find(|row| row.program == peer).and_then(|row| row.median(figure))),
            Against::Each(name, each) => (name, Some(each * own.units as f64)),
            Against::Number(name, number) => (name, Some(number)),
        };
        let (Some(ours), Some(theirs)) = (own.median(figure), theirs) else { continue };
        let ratio = ours / theirs;
        let verdict = if ratio <= most { "" } else { ", missed" };
        missed += usize::from(ratio > most);
        let figure = match figure {
            "p50_us" => "p50",
            "wall_us" => "wall",
            "rss_kb" => "memory",
            _ => "CPU",
        };
        println!("| {setting} | {figure} | {peer} | {ratio:.2} | {most:.2}{verdict} |");
    }
    missed
}
