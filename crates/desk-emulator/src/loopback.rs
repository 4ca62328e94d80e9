//! Loopback names and addresses.

/// Whether `host`, with or without a port, is a loopback name or address.
pub(crate) fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => (address, rest.strip_prefix(':').unwrap_or(rest)),
        None => host.split_once(':').unwrap_or((host, "")),
    };
    let is_name = name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost");
    let is_address = || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    port.bytes().all(|byte| byte.is_ascii_digit()) && (is_name || is_address())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_hosts_than_loopback_are_refused() {
        for host in
            ["127.0.0.1", "127.0.0.1:80", "127.9.9.9:1", "localhost", "LocalHost:8080", "desk.localhost", "[::1]:9"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:80",
            "[::2]",
            "127.0.0.1:x",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
