//! Pages: links in both directions, clamped values, and time bounds at the microsecond.

use desk_emulator::{Emulator, SeedRequest, Time};
use serde_json::Value;

use crate::api::Api;

/// Follows `link` from `path` to the end; returns the ids of each page.
async fn follow_links(api: &Api, path: &str, link: &str) -> Vec<Vec<i64>> {
    let mut pages = Vec::new();
    let mut path = path.to_owned();
    loop {
        let page = api.get(&path).await;
        pages.push(page.ids());
        match page.body[link].as_str() {
            Some(url) => path = url.strip_prefix(&api.emulator.base_url()).unwrap().to_owned(),
            None => return pages,
        }
    }
}

/// Follows the links forward from the start and back from the last page; both must give the rows of
/// the complete list.
async fn check_links(api: &Api, list: &str, query: &str, limit: usize) {
    let next = follow_links(api, &format!("{list}?limit={limit}{query}"), "next").await;
    let all = next.concat();
    let count = api.get(&format!("{list}?limit=1{query}")).await.body["count"].as_i64().unwrap();
    assert_eq!(all.len(), usize::try_from(count).unwrap(), "{list} {query}");
    assert!(all.is_sorted_by(|left, right| left < right), "ids ascend");
    assert!(next.iter().rev().skip(1).all(|page| page.len() == limit), "only the last page is short");
    let last = (all.len() - 1) / limit * limit;
    let mut previous = follow_links(api, &format!("{list}?limit={limit}&offset={last}{query}"), "previous").await;
    previous.reverse();
    assert_eq!(previous, next, "{list} {query}");
}

#[tokio::test]
async fn links_reach_both_ends_of_every_list() {
    let api = Api::demo().await;
    check_links(&api, "/chat_messages", "", 83).await;
    check_links(&api, "/chat_messages", "", 500).await;
    check_links(&api, "/tickets/2/chat_messages", "", 3).await;
    let window = "&created_at__gte=2026-01-02T00:00:00%2B09:00&created_at__lte=2026-01-08T12:00:00.5Z";
    check_links(&api, "/chat_messages", window, 60).await;
    check_links(&api, "/chat_messages", &format!("{window}&ticket__channel_type=SENDBIRD&b=%20%26"), 60).await;
}

#[tokio::test]
async fn links_carry_the_filters_sorted() {
    let api = Api::demo().await;
    let page = api.get("/chat_messages?x=%C3%A9&offset=10&ticket_channel_type=SENDBIRD&a=1&limit=10").await.body;
    let url = format!("{}/chat_messages", api.emulator.base_url());
    assert_eq!(page["previous"], format!("{url}?a=1&limit=10&ticket_channel_type=SENDBIRD&x=%C3%A9"));
    assert_eq!(page["next"], format!("{url}?a=1&limit=10&offset=20&ticket_channel_type=SENDBIRD&x=%C3%A9"));
    let first = api.get("/chat_messages").await.body;
    assert_eq!((&first["previous"], &first["next"]), (&Value::Null, &format!("{url}?limit=50&offset=50").into()));
    let last = api.get("/chat_messages?limit=10&offset=995").await.body;
    assert_eq!((&last["previous"], &last["next"]), (&format!("{url}?limit=10&offset=985").into(), &Value::Null));
    // An offset below the limit links back to the start.
    let near = api.get("/chat_messages?limit=10&offset=3").await.body;
    assert_eq!(near["previous"], format!("{url}?limit=10"));
}

#[tokio::test]
async fn values_out_of_range_are_clamped() {
    let api = Api::demo().await;
    for (query, first, length) in [
        ("limit=9999", 1, 500),
        ("limit=0", 1, 50),
        ("limit=-5&offset=-5", 1, 50),
        ("limit=abc&offset=abc", 1, 50),
        ("limit=2&offset=998", 999, 2),
    ] {
        let ids = api.get(&format!("/chat_messages?{query}")).await.ids();
        assert_eq!((ids[0], ids.len()), (first, length), "{query}");
    }
    let beyond = api.get("/chat_messages?limit=10&offset=1000").await;
    assert_eq!((beyond.ids(), &beyond.body["count"], &beyond.body["next"]), (vec![], &1000.into(), &Value::Null));
}

/// The ids, times and tickets of all messages.
async fn all_rows(api: &Api) -> Vec<(i64, Time, i64)> {
    let mut rows = Vec::new();
    for offset in (0..).step_by(500) {
        let page = api.get(&format!("/chat_messages?limit=500&offset={offset}")).await.body;
        rows.extend(page["results"].as_array().unwrap().iter().map(|row| {
            let time = Time::parse(row["createdAt"].as_str().unwrap()).unwrap();
            (row["id"].as_i64().unwrap(), time, row["ticket"].as_i64().unwrap())
        }));
        if page["next"].is_null() {
            break;
        }
    }
    rows
}

/// Compares time windows around some rows with a filter in this test; bounds are inclusive at the
/// microsecond.
async fn check_windows(api: &Api) {
    let rows = all_rows(api).await;
    let around = rows.iter().step_by(97).flat_map(|(_, time, _)| [-1, 0, 1].map(|shift| time.micros() + shift));
    let bounds: Vec<i64> = around.collect();
    for (index, from) in bounds.iter().enumerate().step_by(2) {
        for to in bounds.iter().skip(index).step_by(5).chain([from]).chain(bounds.first()) {
            let text = |micros: i64| {
                let (seconds, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
                let time = Time::parse("1970-01-01T00:00:00Z").map(|epoch| epoch.micros());
                assert_eq!(time, Some(0));
                chrono::DateTime::from_timestamp(seconds, u32::try_from(rest).unwrap() * 1000).unwrap().to_rfc3339()
            };
            let (gte, lte) = (text(*from).replace('+', "%2B"), text(*to).replace('+', "%2B"));
            let reply = api.get(&format!("/chat_messages?limit=500&created_at__gte={gte}&created_at__lte={lte}")).await;
            let expected: Vec<i64> =
                rows.iter().filter(|(_, time, _)| (*from..=*to).contains(&time.micros())).map(|row| row.0).collect();
            assert_eq!(reply.body["count"], expected.len(), "{gte} {lte}");
            assert_eq!(reply.ids(), expected[..expected.len().min(500)], "{gte} {lte}");
        }
    }
}

#[tokio::test]
async fn time_bounds_are_inclusive_at_the_microsecond() {
    let api = Api::demo().await;
    check_windows(&api).await;
}

#[tokio::test]
async fn time_bounds_hold_for_unordered_times() {
    let api = Api::start(Emulator::builder().seed_rows(300)).await;
    api.emulator.seed(SeedRequest { seed: 2, ..SeedRequest::rows(300) }).unwrap();
    assert!(!all_rows(&api).await.is_sorted_by_key(|row| row.1));
    check_windows(&api).await;
    check_links(&api, "/chat_messages", "&created_at__gte=2026-01-10T00:00:00Z", 37).await;
}

#[tokio::test]
async fn channel_filter_uses_the_channel_of_the_ticket() {
    let api = Api::demo().await;
    let mut sum = 0;
    for channel in [
        "SENDBIRD",
        "FACEBOOK_CONVERSATION",
        "FACEBOOK_FEED",
        "SENDBIRD_IOS",
        "SENDBIRD_ANDROID",
        "SENDBIRD_JAVASCRIPT",
        "TWITTER_STATUS",
        "TWITTER_DIRECT_MESSAGE_EVENT",
        "INSTAGRAM_COMMENT",
        "WHATSAPP_MESSAGE",
    ] {
        let page = api.get(&format!("/chat_messages?limit=500&ticket__channel_type={channel}")).await;
        let other = api.get(&format!("/chat_messages?limit=500&ticket_channel_type={channel}")).await;
        assert_eq!((page.ids(), &page.body["count"]), (other.ids(), &other.body["count"]));
        sum += page.body["count"].as_i64().unwrap();
        assert!(!page.ids().is_empty(), "the demo has messages over {channel}");
        for row in page.body["results"].as_array().unwrap() {
            assert_eq!(api.emulator.ticket(row["ticket"].as_i64().unwrap()).unwrap().channel_type, channel);
        }
    }
    assert_eq!(sum, 1000);
}

#[tokio::test]
async fn channel_filter_holds_with_a_window_and_unordered_times() {
    let api = Api::start(Emulator::builder().seed_rows(200)).await;
    for ordered in [true, false] {
        let rows = all_rows(&api).await;
        assert_eq!(rows.is_sorted_by_key(|row| row.1), ordered);
        let from = Time::parse("2026-01-12T00:00:00Z").unwrap();
        let wanted =
            |row: &&(i64, Time, i64)| row.1 >= from && api.emulator.ticket(row.2).unwrap().channel_type == "SENDBIRD";
        let expected: Vec<i64> = rows.iter().filter(wanted).map(|row| row.0).collect();
        let query = format!("created_at__gte={from}&ticket__channel_type=SENDBIRD");
        let reply = api.get(&format!("/chat_messages?limit=500&{query}")).await;
        assert_eq!((reply.ids(), &reply.body["count"]), (expected.clone(), &expected.len().into()));
        check_links(&api, "/chat_messages", &format!("&{query}"), 7).await;
        api.emulator.seed(SeedRequest { seed: 3, ..SeedRequest::rows(200) }).unwrap();
    }
}
