//! Tests of each sign of disorder and its effect on a scan, one by one.

use super::{Inconsistency, PageOutcome, Scan};
use crate::list::Page;

/// Returns the outcome of the last of these pages, each given as its count and ids; the scan must
/// ask for more after those before it.
fn last(mut scan: Scan<i64>, pages: &[(i64, &[i64])]) -> PageOutcome {
    let mut pages =
        pages.iter().map(|(count, ids)| Page { items: ids.to_vec(), count: *count, date: None, owner: None });
    let end = pages.next_back().expect("a page");
    for page in pages {
        assert_eq!(scan.take(page), PageOutcome::More);
    }
    scan.take(end)
}

fn strict(pages: &[(i64, &[i64])]) -> PageOutcome {
    last(Scan::strict(|id| *id, 3), pages)
}

fn loose(pages: &[(i64, &[i64])]) -> PageOutcome {
    last(Scan::loose(|id| *id), pages)
}

#[test]
fn pages_that_fit_together_are_whole() {
    assert_eq!(strict(&[(0, &[])]), PageOutcome::Whole);
    assert_eq!(strict(&[(5, &[1, 2, 3]), (5, &[3, 4, 5])]), PageOutcome::Whole);
    // The overlap alone is no step: from then on pages do not overlap.
    assert_eq!(strict(&[(3, &[1]), (3, &[1]), (3, &[2]), (3, &[3])]), PageOutcome::Whole);
}

#[test]
fn a_strict_pass_breaks_at_the_first_sign() {
    let disorder = PageOutcome::Broken(Inconsistency::Disorder);
    assert_eq!(strict(&[(5, &[1, 2, 3]), (5, &[4, 5])]), disorder);
    assert_eq!(strict(&[(5, &[1, 2, 3]), (5, &[3, 2])]), disorder);
    assert_eq!(strict(&[(5, &[1, 2, 3]), (5, &[])]), disorder);
    assert_eq!(strict(&[(3, &[1, 1, 2])]), disorder);
    let changed = PageOutcome::Broken(Inconsistency::Changed);
    assert_eq!(strict(&[(5, &[1, 2, 3]), (4, &[3, 4])]), changed);
    assert_eq!(strict(&[(2, &[1, 2, 3])]), changed);
    assert_eq!(strict(&[(1, &[])]), changed);
}

#[test]
fn a_loose_pass_goes_on_to_the_end_but_tells_of_a_change() {
    assert_eq!(loose(&[(4, &[1, 2]), (4, &[2, 1])]), PageOutcome::Whole);
    assert_eq!(loose(&[(4, &[1, 2]), (4, &[])]), PageOutcome::Whole);
    assert_eq!(loose(&[(5, &[1, 2]), (4, &[3]), (4, &[4])]), PageOutcome::Broken(Inconsistency::Changed));
}
