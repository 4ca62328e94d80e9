//! The table, and the targets beside it.

use super::rounds::Row;

/// A figure of ours and the most it may be, as a multiple of a peer's.
struct Target {
    setting: &'static str,
    figure: &'static str,
    peer: &'static str,
    most: f64,
}

const fn target(setting: &'static str, figure: &'static str, peer: &'static str, most: f64) -> Target {
    Target { setting, figure, peer, most }
}

const TARGETS: [Target; 9] = [
    target("list, 11 properties", "cpu_us", "libcurl + simdjson", 1.0),
    target("list, 11 properties", "cpu_us", "libcurl + yyjson", 0.8),
    target("list, 6 properties", "cpu_us", "libcurl + simdjson", 1.0),
    target("list, 6 properties", "cpu_us", "libcurl + yyjson", 0.8),
    target("GET", "call_cpu_us", "libcurl easy", 1.1),
    target("GET", "p50_us", "libcurl easy", 1.1),
    target("create", "call_cpu_us", "libcurl easy", 1.1),
    target("create", "p50_us", "libcurl easy", 1.1),
    target("cold HTTPS GET", "cpu_us", "libcurl easy", 0.5),
];

/// Prints both; returns how many targets were missed.
pub(super) fn print(rows: &[Row]) -> usize {
    println!("| setting | program | CPU µs each | wall or p50 µs each | peak MB | connections |");
    println!("|---|---|--:|--:|--:|--:|");
    for row in rows {
        let figure = |name: &str| row.median(name).unwrap_or(f64::NAN);
        // Calls are timed one by one; a list and a cold call as a whole.
        let (cpu, wall) = match row.median("call_cpu_us") {
            Some(cpu) if row.units > 1 => (cpu, figure("p50_us")),
            _ => (figure("cpu_us") / row.units as f64, figure("wall_us") / row.units as f64),
        };
        let Row { setting, program, .. } = row;
        let (memory, connections) = (figure("rss_kb") / 1000.0, figure("connections"));
        println!("| {setting} | {program} | {cpu:.2} | {wall:.2} | {memory:.1} | {connections} |");
    }
    println!();
    println!("| setting | figure | against | ratio | target |");
    println!("|---|---|---|--:|--:|");
    let mut missed = 0;
    for Target { setting, figure, peer, most } in TARGETS {
        let of =
            |program: &str| rows.iter().find(|row| row.setting == setting && row.program == program)?.median(figure);
        let (Some(ours), Some(theirs)) = (of("libdesk"), of(peer)) else { continue };
        let ratio = ours / theirs;
        let verdict = if ratio <= most { "" } else { ", missed" };
        missed += usize::from(ratio > most);
        let figure = if figure == "p50_us" { "p50" } else { "CPU" };
        println!("| {setting} | {figure} | {peer} | {ratio:.2} | {most:.2}{verdict} |");
    }
    missed
}
