//! A program that uses rustls and serde_json as it would without desk-client, and desk-client too.

fn main() {
    // Panics if rustls finds two providers.
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    assert!(!config.crypto_provider().cipher_suites.is_empty());

    // serde_json sorts properties and rounds numbers, as by default.
    let value: serde_json::Value = serde_json::from_str(r#"{"b": 9.00013289605635609, "a": 1}"#).expect("JSON");
    assert_eq!(value.to_string(), r#"{"a":1,"b":9.000132896056355}"#);

    desk_client::Client::builder("12345678-ABCD").api_token("token").build().expect("a client");
    println!("the neighbours are as before");
}
