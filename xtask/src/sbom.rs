//! A software bill of materials of libdesk: CycloneDX 1.6, JSON.
//!
//! It lists all crates in the libraries, including the Rust standard library, with the source of
//! each, so that a scanner finds advisories. The same sources give the same bytes: no random
//! serial, no clock.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::crates::{Crates, Host, Id, ROOT};

/// The document without a serial number. `time` is the time of the sources, as RFC 3339.
pub fn document(crates: &Crates, host: &Host, version: &str, time: &str) -> Result<Value> {
    let root = crates.keys().find(|(name, _)| name == ROOT).context("desk-ffi is not among its crates")?;
    let std = format!("pkg:generic/rust-std@{}", host.rust);
    let mut components = vec![json!({
        "type": "library", "bom-ref": std, "purl": std, "name": "rust-std", "version": host.rust,
        "description": "The Rust standard library", "licenses": [{"expression": "MIT OR Apache-2.0"}],
        "externalReferences": [{"type": "vcs", "url": "https://github.com/rust-lang/rust"}],
    })];
    let mut dependencies = vec![json!({"ref": std})];
    for (id, one) in crates {
        let mut users: Vec<String> = one.dependencies.iter().map(purl).collect();
        users.push(std.clone());
        dependencies.push(json!({"ref": purl(id), "dependsOn": users}));
        if id == root {
            continue;
        }
        let mut component = json!({
            "type": "library", "bom-ref": purl(id), "purl": purl(id), "name": id.0, "version": id.1,
            "licenses": [{"expression": one.licence}],
        });
        if !one.description.is_empty() {
            component["description"] = json!(one.description);
        }
        if let Some(checksum) = &one.checksum {
            component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
        }
        if let Some(repository) = &one.repository {
            component["externalReferences"] = json!([{"type": "vcs", "url": repository}]);
        }
        components.push(component);
    }
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": time,
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": [{"type": "application", "name": "cargo xtask package", "version": version}]},
            "component": {
                "type": "library", "bom-ref": purl(root), "name": "libdesk", "version": version,
                "licenses": [{"expression": crates[root].licence}],
                "properties": [{"name": "desk:target", "value": host.triple}],
            },
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// The document with a serial number derived from its SHA-256: different documents have different
/// serial numbers.
pub fn with_serial(mut document: Value, sha256: &str) -> Value {
    let part = |from: usize, to: usize| sha256.get(from..to).unwrap_or_default();
    // A UUID of version 8, whose bits each program may choose.
    let uuid = format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32));
    document["serialNumber"] = json!(format!("urn:uuid:{uuid}"));
    document
}

fn purl((name, version): &Id) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_that_is_linked_is_there_once_and_connected() {
        let crates = crate::crates::linked().expect("the crates");
        let host = crate::crates::host().expect("rustc");
        let bom = document(&crates, &host, "0.1.0", "2026-01-01T00:00:00Z").expect("a document");
        let texts = |list: &str, key: &str| -> Vec<String> {
            let list = bom[list].as_array().expect("a list");
            list.iter().map(|one| one[key].as_str().expect("text").to_owned()).collect()
        };
        let (components, nodes) = (texts("components", "bom-ref"), texts("dependencies", "ref"));
        // The components include the standard library; libdesk itself is in the metadata.
        assert_eq!((components.len(), nodes.len()), (crates.len(), crates.len() + 1));
        let known: BTreeSet<&String> = nodes.iter().collect();
        assert_eq!(known.len(), nodes.len());
        assert!(components.iter().all(|one| known.contains(one)));
        let root = bom["metadata"]["component"]["bom-ref"].as_str().expect("text");
        // Every crate is reachable from libdesk.
        let (mut reached, mut next) = (BTreeSet::new(), vec![root.to_owned()]);
        while let Some(one) = next.pop() {
            let node = bom["dependencies"].as_array().into_iter().flatten().find(|node| node["ref"] == one.as_str());
            if reached.insert(one) {
                let below = node.expect("a node")["dependsOn"].as_array().cloned().unwrap_or_default();
                next.extend(below.iter().filter_map(|one| one.as_str().map(str::to_owned)));
            }
        }
        assert_eq!(reached.len(), nodes.len());
        assert!(reached.contains(&format!("pkg:generic/rust-std@{}", host.rust)));
    }

    #[test]
    fn the_serial_follows_the_content() {
        let serial = |sha: &str| with_serial(json!({}), sha)["serialNumber"].as_str().map(str::to_owned);
        let sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        assert_eq!(serial(sha).as_deref(), Some("urn:uuid:01234567-89ab-8def-8123-456789abcdef"));
    }
}
