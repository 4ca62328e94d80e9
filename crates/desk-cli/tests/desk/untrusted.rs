//! A service whose certificate nobody vouches for: it is asked once, and waiting is not what helps.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};

use crate::run::{desk, run};
use crate::send::plan;

/// Its address, and how often somebody came.
fn service() -> (String, Arc<AtomicUsize>) {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certified.cert.der().clone()], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/platform/v1", listener.local_addr().unwrap().port());
    let came = Arc::<AtomicUsize>::default();
    let count = came.clone();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            // Who does not trust it hangs up here.
            ServerConnection::new(config.clone()).unwrap().complete_io(&mut stream).ok();
        }
    });
    (url, came)
}

fn asking(url: &str, words: &[&str]) -> Command {
    let mut command = desk();
    command.env("DESK_BASE_URL", url).env("DESK_API_TOKEN", "token").args(words);
    command
}

#[test]
fn a_service_that_is_not_trusted_is_asked_once() {
    let (url, came) = service();
    let dir = tempfile::tempdir().unwrap();
    plan(&dir, &[1, 2, 3], "p", &["--batch-size", "1"]);
    let export = dir.path().join("export").display().to_string();
    let cases: [&[&str]; 4] = [
        &["proactive-chat", "get", "1"],
        &["send", "apply", "p.json", "--yes-send-to", "3"],
        &["export", &export, "--follow"],
        &["doctor"],
    ];
    for words in cases {
        let mut command = asking(&url, words);
        command.current_dir(dir.path());
        let ended = run(command, Vec::<&str>::new());
        let all = format!("{}{}", ended.out, ended.err);
        assert_eq!(ended.code, 1, "{words:?}: {all}");
        assert!(all.contains("certificate") && all.contains("SSL_CERT_FILE"), "{words:?}: {all}");
        assert_eq!(came.swap(0, Ordering::SeqCst), 1, "{words:?}: {all}");
    }
}
