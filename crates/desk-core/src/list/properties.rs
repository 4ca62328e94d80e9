//! Properties of streams for any length of the list, any limits of client and service, and any
//! failed requests.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::tests::{Answer, all, drain, stream};

/// Response to one request: at most so many rows; `None`: a failure.
type Step = Option<i64>;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(prop_oneof![4 => (1..50_i64).prop_map(Some), 1 => Just(None)], 0..15)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_arrives_once_and_in_order(
        rows in 0..300_i64,
        limit in 1..50_i64,
        most in option::of(0..320_i64),
        steps in steps(),
    ) {
        let answer = |step: &Step| step.map_or(Answer::Fail, Answer::Clamp);
        let script = steps.iter().map(answer).chain([Answer::Rows]).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let (items, errors, log) = runtime.block_on(async {
            let (stream, log) = stream(rows, limit, script);
            let stream = match most {
                Some(most) => stream.max_items(most.unsigned_abs()),
                None => stream,
            };
            let (items, errors) = drain(stream).await;
            let log = log.lock().expect("unbroken").clone();
            (items, errors, log)
        });

        let wanted = rows.min(most.unwrap_or(i64::MAX));
        prop_assert_eq!(&items, &all(wanted));
        // A prefetch may fail without an error: it is a request that follows a received page.
        let failed = |step: usize| steps.get(step).is_some_and(Option::is_none);
        let told = (0..log.len()).filter(|step| failed(*step) && (*step == 0 || failed(step - 1))).count();
        prop_assert_eq!(errors.len(), told);

        // Each request begins after the rows received so far, and requests no more rows than the
        // stream may return.
        let mut at = 0;
        for (index, (offset, asked)) in log.iter().enumerate() {
            prop_assert_eq!(*offset, at, "request {} of {:?}", index, &log);
            prop_assert!((1..=limit).contains(asked) && *asked <= most.unwrap_or(i64::MAX) - at, "{:?}", &log);
            prop_assert!(at < rows.max(1), "{:?}", &log);
            let given = match steps.get(index) {
                Some(Some(clamp)) => *clamp.min(asked),
                Some(None) => 0,
                None => *asked,
            };
            at = (at + given).min(rows);
        }
        prop_assert_eq!(at, wanted);
    }
}
