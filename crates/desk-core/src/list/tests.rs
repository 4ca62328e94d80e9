//! Tests of streams over a list in memory whose service misbehaves according to a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{ItemStream, Page, PageRequest, Pages};
use crate::{Error, ErrorKind, Outcome};

/// Response of the service to one request.
pub(super) enum Answer {
    /// The requested rows.
    Rows,
    /// At most so many rows.
    Clamp(i64),
    /// The rows at offset 0.
    Restart,
    /// No rows, the true count.
    Empty,
    Fail,
}

pub(super) type Log = Arc<Mutex<Vec<(i64, i64)>>>;

/// A stream over 0..`rows`; each request takes the next answer of the script, and the last answer
/// repeats.
pub(super) fn stream(rows: i64, limit: i64, script: Vec<Answer>) -> (ItemStream<i64>, Log) {
    let (log, script) = (Log::default(), Mutex::new(VecDeque::from(script)));
    let seen = log.clone();
    let list = Pages::new(
        "list",
        500,
        Duration::from_secs(60),
        |item: &i64| *item,
        move |request: PageRequest| {
            seen.lock().expect("unbroken").push((request.offset, request.limit));
            let mut script = script.lock().expect("unbroken");
            let answer = if script.len() > 1 { script.pop_front() } else { None };
            let answer = answer.as_ref().or(script.front()).unwrap_or(&Answer::Rows);
            let page = |offset: i64, limit: i64| Page {
                items: (offset..rows.min(offset + limit)).collect(),
                count: rows,
                date: None,
                owner: None,
            };
            let page = match answer {
                Answer::Rows => Ok(page(request.offset, request.limit)),
                Answer::Clamp(most) => Ok(page(request.offset, request.limit.min(*most))),
                Answer::Restart => Ok(page(0, request.limit)),
                Answer::Empty => Ok(page(rows, 0)),
                Answer::Fail => Err(Error::new(ErrorKind::Transport, Outcome::Unknown, "broken")),
            };
            async { page }
        },
    );
    (ItemStream::new(list, Some(limit), None), log)
}

/// All items and all errors of a stream.
pub(super) async fn drain(mut stream: ItemStream<i64>) -> (Vec<i64>, Vec<ErrorKind>) {
    let (mut items, mut errors) = (Vec::new(), Vec::new());
    while let Some(next) = stream.next().await {
        match next {
            Ok(item) => items.push(item),
            Err(error) => errors.push(error.kind()),
        }
        assert!(errors.len() < 20, "it never ends");
    }
    (items, errors)
}

/// The items before the first error, and the kind of that error.
async fn drain_some(mut stream: ItemStream<i64>) -> (Vec<i64>, Option<ErrorKind>) {
    let mut items = Vec::new();
    while let Some(next) = stream.next().await {
        match next {
            Ok(item) => items.push(item),
            Err(error) => return (items, Some(error.kind())),
        }
    }
    (items, None)
}

pub(super) fn all(rows: i64) -> Vec<i64> {
    (0..rows).collect()
}

#[tokio::test]
async fn every_row_once_whatever_the_page_size() {
    for rows in [0, 1, 2, 3, 4, 5, 6, 7, 50] {
        for limit in 1..=7 {
            let (stream, log) = stream(rows, limit, vec![]);
            assert_eq!(drain(stream).await, (all(rows), vec![]), "{rows} rows by {limit}");
            let requests = usize::try_from(((rows + limit - 1) / limit).max(1)).expect("small");
            assert_eq!(log.lock().expect("unbroken").len(), requests, "{rows} rows by {limit}");
        }
    }
}

#[tokio::test]
async fn a_clamped_limit_loses_nothing_and_is_learnt() {
    let (stream, log) = stream(25, 10, vec![Answer::Clamp(4)]);
    assert_eq!(drain(stream).await, (all(25), vec![]));
    let log = log.lock().expect("unbroken").clone();
    assert_eq!(log, [(0, 10), (4, 10), (8, 4), (12, 4), (16, 4), (20, 4), (24, 4)]);
}

#[tokio::test]
async fn one_short_page_is_no_limit() {
    let (stream, log) = stream(30, 10, vec![Answer::Clamp(7), Answer::Rows]);
    assert_eq!(drain(stream).await, (all(30), vec![]));
    assert_eq!(*log.lock().expect("unbroken"), [(0, 10), (7, 10), (17, 10), (27, 10)]);
}

#[tokio::test]
async fn an_error_leaves_it_on_the_page() {
    let script = vec![Answer::Fail, Answer::Rows, Answer::Fail, Answer::Fail, Answer::Rows];
    let (stream, log) = stream(6, 3, script);
    // The third request is a prefetch: its failure is not reported.
    assert_eq!(drain(stream).await, (all(6), vec![ErrorKind::Transport; 2]));
    assert_eq!(*log.lock().expect("unbroken"), [(0, 3), (0, 3), (3, 3), (3, 3), (3, 3)]);
}

#[tokio::test]
async fn no_progress_is_an_error_that_can_be_overcome() {
    for standstill in [|| Answer::Restart, || Answer::Empty] {
        // After one response without progress, the stream retries; after two, it returns an error.
        let (one, _) = stream(6, 3, vec![Answer::Rows, standstill(), Answer::Rows]);
        assert_eq!(drain(one).await, (all(6), vec![]));
        let (two, _) = stream(6, 3, vec![Answer::Rows, standstill(), standstill(), Answer::Rows]);
        assert_eq!(drain(two).await, (all(6), vec![ErrorKind::Inconsistent]));
        let (mut ever, log) = stream(6, 3, vec![Answer::Rows, standstill()]);
        assert_eq!(ever.next_page().await.expect("a page").expect("rows"), [0, 1, 2]);
        for _ in 0..3 {
            let error = ever.next_page().await.expect("not the end").expect_err("no progress");
            assert!(error.to_string().starts_with("list: the list does not move on"), "{error}");
        }
        assert_eq!(log.lock().expect("unbroken").len(), 7);
    }
}

/// A service that treats a deep offset as 0 returns the rows of the first page, far behind it.
#[tokio::test]
async fn rows_of_the_first_page_are_known_again_later() {
    for fine in 1..4 {
        let mut script: Vec<Answer> = (0..fine).map(|_| Answer::Rows).collect();
        script.push(Answer::Restart);
        let (mut broken, _) = stream(15, 3, script);
        for page in 0..fine {
            let wanted: Vec<i64> = (page * 3..page * 3 + 3).collect();
            assert_eq!(broken.next_page().await.expect("a page").expect("rows"), wanted);
        }
        let error = broken.next_page().await.expect("not the end").expect_err("the first page again");
        let offset = fine * 3;
        assert_eq!(
            error.to_string(),
            format!(
                "list: the list does not move on: offset {offset} gives the rows of the first page; asking again is safe"
            )
        );
    }
}

/// The last page is smaller than the first one because of `max_items`.
#[tokio::test]
async fn a_part_of_the_first_page_is_known_as_well() {
    let (broken, _) = stream(15, 3, vec![Answer::Rows, Answer::Restart]);
    assert_eq!(drain_some(broken.max_items(5)).await, (all(3), Some(ErrorKind::Inconsistent)));
}

#[tokio::test]
async fn it_ends_after_max_items_without_asking_for_more() {
    for (most, requests) in [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (99, 4)] {
        let (stream, log) = stream(10, 3, vec![]);
        let wanted = all(10.min(i64::try_from(most).expect("small")));
        assert_eq!(drain(stream.max_items(most)).await, (wanted, vec![]), "{most}");
        assert_eq!(log.lock().expect("unbroken").len(), requests, "{most}");
    }
}

#[tokio::test]
async fn the_next_page_is_on_its_way_while_one_is_read() {
    let (mut stream, log) = stream(6, 3, vec![]);
    assert_eq!(stream.next().await.expect("a row").expect("no fault"), 0);
    tokio::task::yield_now().await;
    assert_eq!(*log.lock().expect("unbroken"), [(0, 3), (3, 3)]);
    assert_eq!(stream.next_page().await.expect("a page").expect("no fault"), [1, 2]);
    assert_eq!(stream.next_page().await.expect("a page").expect("no fault"), [3, 4, 5]);
    assert!(stream.next_page().await.is_none() && stream.next().await.is_none());
}

/// The list is newest first, in pages of three, and three new rows arrive between the first page
/// and the second.
#[tokio::test]
async fn rows_that_were_moved_by_new_ones_are_passed_over() {
    let turn = Mutex::new(0);
    let list = Pages::new(
        "list",
        3,
        Duration::from_secs(60),
        |item: &i64| *item,
        move |request: PageRequest| {
            let newest = if std::mem::replace(&mut *turn.lock().expect("unbroken"), 1) == 0 { 6 } else { 9 };
            let items = (1..=newest).rev().skip(usize::try_from(request.offset).expect("small")).take(3).collect();
            async move { Ok(Page { items, count: newest, date: None, owner: None }) }
        },
    );
    assert_eq!(drain(ItemStream::new(list, None, None)).await, (vec![6, 5, 4, 3, 2, 1], vec![]));
}

/// The prefetched page never arrives; the second request for it succeeds.
#[tokio::test(start_paused = true)]
async fn what_was_asked_for_ahead_is_not_waited_for_without_end() {
    let log = Log::default();
    let seen = log.clone();
    let list = Pages::new(
        "list",
        3,
        Duration::from_secs(60),
        |item: &i64| *item,
        move |request: PageRequest| {
            seen.lock().expect("unbroken").push((request.offset, i64::from(request.ahead)));
            async move {
                if request.ahead {
                    std::future::pending::<()>().await;
                }
                Ok(Page { items: (request.offset..request.offset + 3).collect(), count: 6, date: None, owner: None })
            }
        },
    );
    assert_eq!(drain(ItemStream::new(list, None, None)).await, (all(6), vec![]));
    assert_eq!(*log.lock().expect("unbroken"), [(0, 0), (3, 1), (3, 0)]);
}
