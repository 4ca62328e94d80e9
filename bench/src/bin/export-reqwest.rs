//! A peer: reqwest on a single-threaded runtime, with each message's JSON copied to a file
//! unchanged.
//!
//! `export-reqwest BASE_URL MESSAGES FILE`

use std::fs::File;
use std::io::Write;

use desk_bench::PAGE;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (base, max_messages) = (&args[0], args[1].parse::<usize>()?);
    let mut file = File::create(&args[2])?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::new();
        let (mut offset, mut lines) = (0, Vec::new());
        while offset < max_messages {
            let url = format!("{base}/chat_messages?limit={PAGE}&offset={offset}");
            let request = client.get(url).header("SENDBIRDDESKAPITOKEN", "bench").send();
            let body = request.await?.error_for_status()?.bytes().await?;
            let page: Page<'_> = serde_json::from_slice(&body)?;
            if page.results.is_empty() {
                break;
            }
            offset += page.results.len();
            lines.clear();
            for message in page.results {
                lines.extend_from_slice(message.get().as_bytes());
                lines.push(b'\n');
            }
            file.write_all(&lines)?;
        }
        file.sync_all()?;
        Ok(())
    })
}
